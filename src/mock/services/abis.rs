//! The biometric identification system: who is this, and is this who they claim to be?
//!
//! Every application has its own people; another's do not exist for it.

use std::sync::PoisonError;

use serde::Deserialize;
use serde_json::{Value, json};

use super::ekyc::SAME;
use super::gallery::{Gallery, Subject};
use super::vector::{Face, reported};
use super::{Call, input};
use crate::mock::edge::Denial;
use crate::mock::random;

/// The most candidates that are returned.
const MOST: usize = 100;

#[derive(Deserialize)]
struct Enrolment {
    external_id: String,
    face: Face,
}

/// Enrols somebody and gives them an id.
pub(super) fn enroll(call: &Call<'_>) -> Result<Value, Denial> {
    let enrolment: Enrolment = input::read(call.body())?;
    let face = enrolment.face.checked()?;
    let digits = random::RequestId::fresh().to_string();
    let id = format!("sub_{}", digits.get(..16).unwrap_or_default());
    let subject = Subject { owner: call.application().to_owned(), external_id: enrolment.external_id, face };
    let answer = shown(&id, &subject);
    in_gallery(call, |gallery| gallery.enrol(&id, subject));
    Ok(answer)
}

#[derive(Deserialize)]
struct Claim {
    claimed: Face,
    probe: Face,
}

/// Compares a face with the one that is claimed.
pub(super) fn verify(call: &Call<'_>) -> Result<Value, Denial> {
    let claim: Claim = input::read(call.body())?;
    let score = claim.claimed.checked()?.similarity(&claim.probe.checked()?);
    Ok(json!({ "verification": { "score": reported(score), "match": score >= SAME } }))
}

#[derive(Deserialize)]
struct Search {
    probe: Face,
    #[serde(default = "ten")]
    limit: usize,
}

fn ten() -> usize {
    10
}

/// Finds the people of the calling application who look like a face.
pub(super) fn identify(call: &Call<'_>) -> Result<Value, Denial> {
    let search: Search = input::read(call.body())?;
    let probe = search.probe.checked()?;
    let candidates: Vec<Value> = in_gallery(call, |gallery| {
        let alike = gallery.identify(call.application(), &probe, SAME);
        let shown = |(id, subject, score): (&str, &Subject, f64)| json!({ "subject": id, "external_id": subject.external_id, "score": reported(score) });
        alike.into_iter().take(search.limit.min(MOST)).map(shown).collect()
    });
    Ok(json!({ "identification": { "candidates": candidates } }))
}

/// Shows somebody, unless they are another application's.
pub(super) fn subject(call: &Call<'_>) -> Result<Value, Denial> {
    let id = call.parameter("subject");
    in_gallery(call, |gallery| own(call, gallery, id).map(|subject| shown(id, subject)))
}

/// Forgets somebody, unless they are another application's.
pub(super) fn delete(call: &Call<'_>) -> Result<Value, Denial> {
    let id = call.parameter("subject");
    in_gallery(call, |gallery| {
        own(call, gallery, id)?;
        gallery.delete(id);
        Ok(json!({ "deleted": id }))
    })
}

/// Somebody whom the calling application may see.
fn own<'a>(call: &Call<'_>, gallery: &'a Gallery, id: &str) -> Result<&'a Subject, Denial> {
    let edge = &call.request.site.server.edge;
    let subject = gallery.find(id).ok_or(Denial::NotFound)?;
    let own = call.key.is_some_and(|key| (edge.owner)(key, &subject.owner));
    if own { Ok(subject) } else { Err(edge.foreign.clone()) }
}

fn shown(id: &str, subject: &Subject) -> Value {
    json!({ "subject": { "id": id, "external_id": subject.external_id } })
}

fn in_gallery<T>(call: &Call<'_>, act: impl FnOnce(&mut Gallery) -> T) -> T {
    let gallery = &call.request.site.data.gallery;
    act(&mut gallery.lock().unwrap_or_else(PoisonError::into_inner))
}
