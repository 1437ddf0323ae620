//! Schemas that others have written, within documents of theirs.

use jsonschema::Draft;
use serde_json::{Value, json};

/// What is wrong with a value by a schema within a document, at a place that a JSON pointer names; nothing where the
/// value fits. References lead to other places of the document, and never out of it.
///
/// # Errors
/// Why the schema cannot be used.
pub fn misfit(document: &Value, pointer: &str, value: &Value) -> Result<Option<String>, String> {
    const SIGNS: percent_encoding::AsciiSet = percent_encoding::CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'%')
        .add(b'<')
        .add(b'>')
        .add(b'`')
        .add(b'{')
        .add(b'}');
    let mut root = document.clone();
    let members = root.as_object_mut().ok_or("the document is no object")?;
    let reference = percent_encoding::utf8_percent_encode(pointer, &SIGNS).to_string();
    members.insert("$ref".to_owned(), json!(format!("#{reference}")));
    let options = jsonschema::options().with_draft(Draft::Draft202012);
    let validator = options.build(&root).map_err(|error| error.to_string())?;
    Ok(validator.iter_errors(value).next().map(|error| {
        let place = error.instance_path().to_string();
        let place = if place.is_empty() { "the whole".to_owned() } else { place };
        format!("{place}: {error}")
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_held_to_a_schema_within_a_document_and_its_references() {
        let document = json!({
            "paths": { "/a/{id}": { "schema": { "$ref": "#/components/schemas/E" } } },
            "components": { "schemas": { "E": { "type": "object", "required": ["code"] } } }
        });
        let judge = |value: Value| misfit(&document, "/paths/~1a~1{id}/schema", &value);
        assert_eq!(judge(json!({ "code": 1 })), Ok(None));
        assert!(judge(json!({})).unwrap().unwrap().starts_with("the whole"));
        assert!(misfit(&document, "/nowhere", &json!(1)).is_err());
        let outside = json!({ "s": { "$ref": "https://elsewhere.invalid/s" } });
        assert!(misfit(&outside, "/s", &json!(1)).is_err());
    }
}
