//! Operations that are done once, however often their request is sent with the same idempotency key.
//!
//! Only what was done is remembered: a refusal is not, so that whoever was refused may ask again.

use std::collections::HashMap;
use std::sync::PoisonError;

use super::Call;
use crate::mock::edge::{Denial, Digest};
use crate::mock::message::Answer;

/// How long an answer is remembered, in milliseconds.
const DAY_MS: i64 = 24 * 3_600_000;
/// The most answers that are remembered at a time; old ones make room.
const MOST: usize = 10_000;

/// What was done already, in one environment.
#[derive(Debug, Default)]
pub(crate) struct Done(HashMap<Place, Entry>);

/// Whose idempotency key, for what, and the key.
type Place = (String, String, Vec<u8>);

#[derive(Debug)]
struct Entry {
    payload: Digest,
    answer: Answer,
    ends_ms: i64,
}

impl Done {
    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    fn make_room(&mut self, now_ms: i64) -> Result<(), Denial> {
        if self.0.len() >= MOST {
            self.0.retain(|_, entry| entry.ends_ms > now_ms);
        }
        if self.0.len() < MOST { Ok(()) } else { Err(Denial::Unavailable) }
    }
}

/// Does the work of a call, unless it was done for the same idempotency key already: then the answer is the first one's.
pub(super) fn once(call: &Call<'_>, work: impl FnOnce() -> Result<Answer, Denial>) -> Result<Answer, Denial> {
    let Some(given) = given(call)? else { return work() };
    let (head, server) = (call.request.head, &call.request.site.server);
    let repetition = server.edge.repetition;
    let owner = (repetition.owner)(call.key.map(std::convert::AsRef::as_ref)).to_owned();
    let place = (owner, format!("{} {}", head.method, head.target.path), given);
    let payload = (repetition.payload)(call.body());
    let now_ms = server.clock.now_ms();
    // Held until the work is done: of two at once, the second gets the answer to the first.
    let mut done = call.request.site.data.done.lock().unwrap_or_else(PoisonError::into_inner);
    match done.0.get(&place).filter(|entry| entry.ends_ms > now_ms) {
        Some(entry) if entry.payload == payload => return Ok(entry.answer.clone()),
        Some(_) => {
            let what = "The idempotency key was used for another request.";
            return Err(Denial::Unprocessable(what.to_owned()));
        }
        None => {}
    }
    done.make_room(now_ms)?;
    let answer = work()?;
    let entry = Entry { payload, answer: answer.clone(), ends_ms: now_ms.saturating_add(DAY_MS) };
    done.0.insert(place, entry);
    Ok(answer)
}

/// The idempotency key of a call, where its operation honours them.
fn given(call: &Call<'_>) -> Result<Option<Vec<u8>>, Denial> {
    let Some(name) = &call.operation.idempotency else { return Ok(None) };
    let mut values = call.request.head.values(name);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) if !value.is_empty() => Ok(Some(value.to_vec())),
        (Some(_), _) => Err(Denial::Malformed("One idempotency key is taken.")),
    }
}
