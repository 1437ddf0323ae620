//! What a service is given: JSON that is malformed (400), that says the wrong thing (422), or that is right.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::mock::edge::Denial;

/// The document in a body.
///
/// # Errors
/// A body that is not JSON.
pub(crate) fn document(body: &[u8]) -> Result<Value, Denial> {
    serde_json::from_slice(body).map_err(|_| Denial::MalformedBody("The body is not a JSON document."))
}

/// The document in a body, as what an operation needs.
///
/// # Errors
/// A body that is not JSON, and one that lacks something or holds it in the wrong type. The message names
/// what is wrong and never repeats what was sent.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Denial> {
    let document = document(body)?;
    serde_json::from_value(document).map_err(|error| {
        let text = error.to_string();
        let named =
            text.strip_prefix("missing field ").map(|member| format!("The member {member} is missing."));
        Denial::Unprocessable(named.unwrap_or_else(|| "A member has the wrong type.".to_owned()))
    })
}
