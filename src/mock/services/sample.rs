//! The acceptance that a contract declares, as an answer.

use serde_json::{Value, json};

use super::build::{Place, place, text, value};
use crate::contract::Acceptance;

/// What an accepted request is answered by the contract's own words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sample {
    /// The status code.
    pub(crate) status: u16,
    /// The fields.
    pub(crate) fields: Vec<(String, String)>,
    /// The document.
    pub(crate) body: Value,
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
        for (name, matcher) in &accepted.headers {
            let made = text(matcher, status).map_err(|what| format!("{name}: {what}"))?;
            // The content names its own type.
            if let Some(made) = made.filter(|_| *name.http() != http::header::CONTENT_TYPE) {
                fields.push((name.to_string(), made));
            }
        }
        Ok(Self { status, fields, body })
    }
}
