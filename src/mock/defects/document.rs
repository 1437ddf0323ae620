//! Defects of what the API says about itself.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Defect, defect};
use crate::contract::Contract;
use crate::mock::edge::Edge;

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect("doc-missing-security", "Describes an operation without a word of its key.", missing_security),
    defect("doc-undefined-scheme", "Describes keys by a scheme that it does not define.", undefined_scheme),
    defect("doc-scheme-half-defined", "Does not say where a key belongs.", scheme_half_defined),
    defect("doc-anonymous-op", "Describes an operation as open that is not.", anonymous_operation),
    defect("doc-optional-key", "Describes the key of an operation as optional.", optional_key),
    defect("undocumented-401", "Does not describe how a request without a key is refused.", undocumented_401),
    defect(
        "undocumented-challenge",
        "Describes the refusal of a request without a key without its challenge.",
        undocumented_challenge,
    ),
    defect("doc-refusal-unlike", "Describes refusals in another shape than they have.", refusal_unlike),
    defect(
        "doc-authorization-parameter",
        "Describes the key as a parameter that everybody ignores.",
        authorization_parameter,
    ),
];

/// Changes the description after it was made.
fn redescribe(edge: &mut Edge, change: fn(&Contract, &mut Value)) {
    let sound = Arc::clone(&edge.describe);
    edge.describe = Arc::new(move |contract| {
        let mut document = sound(contract);
        change(contract, &mut document);
        document
    });
}

/// Changes the description of the operation that was added last; its path is no other's.
fn redescribe_last(edge: &mut Edge, change: fn(&mut Value)) {
    let sound = Arc::clone(&edge.describe);
    edge.describe = Arc::new(move |contract| {
        let mut document = sound(contract);
        let last = contract.operations().filter(|(_, operation)| !operation.admin).last();
        if let Some((_, operation)) = last {
            let method = operation.method.as_str().to_ascii_lowercase();
            let paths = document.get_mut("paths");
            if let Some(described) = paths.and_then(|paths| paths.get_mut(&operation.path)?.get_mut(method)) {
                change(described);
            }
        }
        document
    });
}

fn set(value: &mut Value, member: &str, content: Value) {
    if let Some(members) = value.as_object_mut() {
        members.insert(member.to_owned(), content);
    }
}

fn remove(value: Option<&mut Value>, member: &str) {
    if let Some(members) = value.and_then(Value::as_object_mut) {
        members.remove(member);
    }
}

/// Security is written down by every operation for itself, and the last one forgot.
fn missing_security(edge: &mut Edge) {
    redescribe_last(edge, |operation| remove(Some(operation), "security"));
}

/// The scheme was renamed where it is defined.
fn undefined_scheme(edge: &mut Edge) {
    redescribe(edge, |_, document| {
        if let Some(schemes) = document.pointer_mut("/components/securitySchemes") {
            let scheme = schemes.get("key").cloned().unwrap_or_default();
            *schemes = json!({ "apiKey": scheme });
        }
    });
}

/// The name of the field is in the prose.
fn scheme_half_defined(edge: &mut Edge) {
    redescribe(edge, |_, document| remove(document.pointer_mut("/components/securitySchemes/key"), "name"));
}

/// The guard was switched on later than the description was written.
fn anonymous_operation(edge: &mut Edge) {
    redescribe_last(edge, |operation| set(operation, "security", json!([])));
}

/// An empty alternative was meant to say that the other one has no scopes.
fn optional_key(edge: &mut Edge) {
    redescribe_last(edge, |operation| set(operation, "security", json!([{ "key": [] }, {}])));
}

/// The guard refuses, and the description is made from the handlers, which do not.
fn undocumented_401(edge: &mut Edge) {
    redescribe(edge, |_, document| {
        let paths = document.get_mut("paths").and_then(Value::as_object_mut);
        for item in paths.into_iter().flat_map(serde_json::Map::values_mut) {
            for operation in item.as_object_mut().into_iter().flat_map(serde_json::Map::values_mut) {
                remove(operation.get_mut("responses"), "401");
            }
        }
    });
}

/// Responses are described by their bodies.
fn undocumented_challenge(edge: &mut Edge) {
    redescribe(edge, |_, document| {
        remove(document.pointer_mut("/components/responses/Refused401"), "headers");
    });
}

/// The shape of errors was changed, and the description was not.
fn refusal_unlike(edge: &mut Edge) {
    redescribe(edge, |_, document| {
        if let Some(schema) = document.pointer_mut("/components/schemas/Refusal") {
            set(schema, "required", json!(["error_description"]));
        }
    });
}

/// The key is described like any other field.
fn authorization_parameter(edge: &mut Edge) {
    redescribe_last(edge, |operation| {
        if let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
            let schema = json!({ "type": "string" });
            parameters.push(json!({ "name": "Authorization", "in": "header", "schema": schema }));
        }
    });
}
