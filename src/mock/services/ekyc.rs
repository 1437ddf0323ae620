//! Electronic know-your-customer: documents are read, faces compared, people asked to move.
//!
//! The results are computed from what is sent, and the same every time: small enough to check by hand, real
//! enough that a wrong input gives another result.

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::vector::{Face, reported};
use super::{Call, input, pgm::Graymap};
use crate::mock::edge::Denial;

/// Base64 with or without its padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// From which similarity on two faces are said to be one person's.
pub(super) const SAME: f64 = 0.9;
/// From which motion on somebody is said to have moved.
const MOVED: f64 = 0.3;
/// The most documents that are read at once.
const BATCH: usize = 20;

#[derive(Deserialize)]
struct Document {
    document_type: String,
    image: Image,
}

#[derive(Deserialize)]
struct Image {
    media_type: String,
    data: String,
}

/// Reads a document: its number is a digest of its picture's pixels, so another picture has another number.
pub(super) fn ocr(call: &Call<'_>) -> Result<Value, Denial> {
    let document: Document = input::read(call.body())?;
    Ok(json!({ "result": read(&document)? }))
}

#[derive(Deserialize)]
struct Batch {
    documents: Vec<Document>,
}

/// Reads several documents.
pub(super) fn ocr_batch(call: &Call<'_>) -> Result<Value, Denial> {
    let batch: Batch = input::read(call.body())?;
    if batch.documents.is_empty() || batch.documents.len() > BATCH {
        return Err(Denial::Unprocessable(format!("A batch is 1 to {BATCH} documents.")));
    }
    let results: Vec<Value> = batch.documents.iter().map(read).collect::<Result<_, _>>()?;
    Ok(json!({ "results": results }))
}

fn read(document: &Document) -> Result<Value, Denial> {
    let wrong = |what: &str| Denial::Unprocessable(what.to_owned());
    if document.image.media_type != "image/x-portable-graymap" {
        return Err(wrong("The image is not a portable graymap."));
    }
    let bytes = BASE64.decode(&document.image.data).map_err(|_| wrong("The image is not base64."))?;
    let picture = Graymap::read(&bytes).ok_or_else(|| wrong("The image is not a portable graymap."))?;
    let digest = Sha256::digest(&picture.pixels);
    let digits: String = digest.iter().take(9).map(|byte| char::from(b'0' + byte % 10)).collect();
    Ok(json!({
        "document_type": document.document_type,
        "document_number": digits,
        "confidence": reported(picture.contrast()),
        "image": { "width": picture.width, "height": picture.height },
    }))
}

#[derive(Deserialize)]
struct Pair {
    left: Face,
    right: Face,
}

/// Compares two faces.
pub(super) fn face_compare(call: &Call<'_>) -> Result<Value, Denial> {
    let pair: Pair = input::read(call.body())?;
    let similarity = pair.left.checked()?.similarity(&pair.right.checked()?);
    Ok(json!({ "result": { "similarity": reported(similarity), "match": similarity >= SAME } }))
}

#[derive(Deserialize)]
struct Session {
    checks: Vec<String>,
    frames: Vec<Frame>,
}

#[derive(Deserialize)]
struct Frame {
    check: String,
    motion: Vec<f64>,
}

/// Says whether somebody is alive: whether they moved in every way they were asked to.
pub(super) fn liveness(call: &Call<'_>) -> Result<Value, Denial> {
    let session: Session = input::read(call.body())?;
    if session.checks.is_empty() {
        return Err(Denial::Unprocessable("Nothing was asked for.".to_owned()));
    }
    let moved = |check: &String| {
        let frames = session.frames.iter().filter(|frame| frame.check == *check);
        frames.flat_map(|frame| &frame.motion).any(|motion| *motion >= MOVED)
    };
    let checks: Vec<Value> =
        session.checks.iter().map(|check| json!({ "check": check, "passed": moved(check) })).collect();
    let live = session.checks.iter().all(moved);
    Ok(json!({ "result": { "live": live, "checks": checks } }))
}

/// Tells an application how many of its requests were accepted in this environment, this one included.
#[expect(clippy::unnecessary_wraps, reason = "every operation has the same signature")]
pub(super) fn usage(call: &Call<'_>) -> Result<Value, Denial> {
    Ok(json!({ "usage": { "application": call.application(), "requests": call.used() } }))
}
