//! The acceptance that a contract declares, as an answer.

use serde_json::{Value, json};

use super::build::{Place, place, suits, text, value};
use crate::contract::{Acceptance, Matcher};
use crate::mock::message::Content;

/// The media type of a document where the contract does not name one.
const JSON: &str = "application/json";

/// What an accepted request is answered by the contract's own words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sample {
    /// The status code.
    pub(crate) status: u16,
    /// The fields.
    pub(crate) fields: Vec<(String, String)>,
    /// The document.
    pub(crate) body: Value,
    /// Its media type; nothing where no document is sent.
    media_type: Option<String>,
}

impl Sample {
    /// An answer that the contract recognises as an acceptance.
    ///
    /// # Errors
    /// What it asks for that cannot be produced.
    pub(crate) fn of(accepted: &Acceptance) -> Result<Self, String> {
        let status = accepted.status;
        let mut body = json!({});
        for (path, matcher) in &accepted.body {
            let made = value(matcher, status).map_err(|what| format!("{path}: {what}"))?;
            if let Some(made) = made {
                place(&mut body, &Place::parse(path.as_str())?, made);
            }
        }
        let mut fields = Vec::new();
        let mut media_type = Some(JSON.to_owned());
        for (name, matcher) in &accepted.headers {
            let made =
                type_or_text((name.http(), matcher), status).map_err(|what| format!("{name}: {what}"))?;
            if *name.http() == http::header::CONTENT_TYPE && !is_bare(status) {
                media_type = made;
            } else {
                fields.extend(made.map(|made| (name.to_string(), made)));
            }
        }
        if is_bare(status) {
            media_type = None;
        } else if media_type.is_none() && body != json!({}) {
            return Err("Content-Type: a document has one".to_owned());
        }
        Ok(Self { status, fields, body, media_type })
    }

    /// A document as the content of the answer. What is not of a JSON type holds the same document: its type is all that
    /// the contract says of it.
    pub(crate) fn content(&self, value: Value) -> Content {
        match &self.media_type {
            None => Content::Nothing,
            Some(named) if is_json(named) => Content::Json { media_type: named.clone().into(), value },
            Some(named) => {
                let bytes = serde_json::to_vec(&value).unwrap_or_default();
                Content::Written { media_type: named.clone().into(), bytes }
            }
        }
    }
}

/// The value of a field; that of a document's type is the usual one wherever that is right.
fn type_or_text(
    (name, matcher): (&http::HeaderName, &Matcher),
    status: u16,
) -> Result<Option<String>, String> {
    if *name == http::header::CONTENT_TYPE && !is_bare(status) && suits(matcher, &json!(JSON), status) {
        return Ok(Some(JSON.to_owned()));
    }
    text(matcher, status)
}

/// Whether an answer of a status has no content (RFC 9110 sections 15.3.5 and 15.3.6).
fn is_bare(status: u16) -> bool {
    matches!(status, 204 | 205)
}

/// Whether a media type is JSON, or of something that is written in it (RFC 6839 section 3.1).
fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == JSON || essence.ends_with("+json")
}
