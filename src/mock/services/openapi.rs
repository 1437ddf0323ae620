//! The description of the API (`OpenAPI` 3.1), made of the contract that is served, so that it is true.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Call;
use crate::contract::{Carrier, Contract, Operation, OperationId, PublicOperation, Refusal, RefusalKind};
use crate::mock::edge::Denial;

/// What anybody who calls an operation can be refused for.
const EVERYBODYS: [RefusalKind; 3] = [RefusalKind::Missing, RefusalKind::Invalid, RefusalKind::Insufficient];

/// Answers with the description, to whoever found the way to it.
pub(crate) fn serve(call: &Call<'_>) -> Result<Value, Denial> {
    let description = &call.request.site.server.description;
    description.as_object().map(|members| Value::Object(members.clone())).ok_or(Denial::NotFound)
}

/// The operation that serves the description, where the contract says that there is one and declares no other there.
fn operation(contract: &Contract) -> Option<PublicOperation> {
    let path = contract.documents.openapi.as_ref()?.path();
    let is_same = |method: &str, other: &str| method == "GET" && other == path;
    let guarded = contract.operations().any(|(_, one)| is_same(one.method.as_str(), &one.path));
    let public = contract.public.iter().any(|one| is_same(one.method.as_str(), &one.path));
    let document = json!({ "method": "GET", "path": path });
    serde_json::from_value(document).ok().filter(|_| !guarded && !public)
}

/// Every operation that needs no key, that of the description among them, by names of which no two are equal.
pub(crate) fn open(contract: &Contract) -> Vec<(OperationId, PublicOperation)> {
    let mut whole = contract.clone();
    whole.public.extend(operation(contract));
    whole.public_operations().map(|(id, one)| (id, one.clone())).collect()
}

/// The description of a contract.
pub(crate) fn describe(contract: &Contract) -> Value {
    let mut paths = Map::new();
    let mut add = |method: &str, path: &str, operation: Value| {
        let path = path.split('?').next().unwrap_or_default().to_owned();
        let item = paths.entry(path).or_insert_with(|| json!({}));
        if let Some(item) = item.as_object_mut() {
            item.insert(method.to_ascii_lowercase(), operation);
        }
    };
    for (id, operation) in contract.operations() {
        add(operation.method.as_str(), &operation.path, guarded(contract, &id, operation));
    }
    for (id, one) in open(contract) {
        let operation = one.as_operation();
        let mut described = basic(&id, &operation);
        merge(&mut described, json!({ "security": [] }));
        add(one.method.as_str(), &one.path, described);
    }
    json!({
        "openapi": "3.1.1",
        "info": { "title": contract.api, "version": "1" },
        "paths": paths,
        "components": {
            "securitySchemes": { "key": scheme(&contract.authentication.carrier) },
            "schemas": { "Refusal": { "type": "object", "properties": properties(contract) } },
            "responses": responses(contract)
        }
    })
}

/// What every operation has.
fn basic(id: &OperationId, operation: &Operation) -> Value {
    let parameter = |name: &crate::document::Name| json!({ "name": name.as_str(), "in": "path", "required": true, "schema": { "type": "string" } });
    let status = operation.accepted.status.to_string();
    let mut described = json!({
        "operationId": id.as_str(),
        "parameters": operation.parameters.keys().map(parameter).collect::<Vec<_>>(),
        "responses": { status: { "description": "Accepted." } }
    });
    if let Some(body) = &operation.body {
        let content = json!({ body.content_type(): {} });
        merge(&mut described, json!({ "requestBody": { "required": true, "content": content } }));
    }
    described
}

/// An operation that needs a key: which permission the key needs, and how it is refused.
fn guarded(contract: &Contract, id: &OperationId, operation: &Operation) -> Value {
    let mut described = basic(id, operation);
    merge(&mut described, json!({ "security": [{ "key": [id.as_str()] }] }));
    let refusals = statuses(contract).into_iter().map(|status| {
        let response = json!({ "$ref": format!("#/components/responses/Refused{status}") });
        (status.to_string(), response)
    });
    if let Some(responses) = described.get_mut("responses").and_then(Value::as_object_mut) {
        responses.extend(refusals);
    }
    described
}

/// How a key is carried, as a Security Scheme Object.
fn scheme(carrier: &Carrier) -> Value {
    let key = |place: &str, name: &str| json!({ "type": "apiKey", "in": place, "name": name });
    match carrier {
        Carrier::Header { name, scheme: Some(scheme) }
            if name.as_str().eq_ignore_ascii_case("authorization") =>
        {
            json!({ "type": "http", "scheme": scheme.to_ascii_lowercase() })
        }
        Carrier::Header { name, .. } => key("header", name.as_str()),
        Carrier::Query(name) => key("query", name),
        Carrier::Cookie(name) => key("cookie", name),
    }
}

fn refusals(contract: &Contract) -> impl Iterator<Item = &Refusal> {
    EVERYBODYS.iter().filter_map(|kind| contract.refusal(*kind))
}

fn statuses(contract: &Contract) -> BTreeSet<u16> {
    refusals(contract).filter_map(|refusal| refusal.status).collect()
}

/// The responses of the refusals, one for every status.
fn responses(contract: &Contract) -> Value {
    let problems = contract.policy.problem_details == Some(true);
    let media_type = if problems { "application/problem+json" } else { "application/json" };
    let content = json!({ media_type: { "schema": { "$ref": "#/components/schemas/Refusal" } } });
    let response = |status: u16| {
        let mut alike = refusals(contract).filter(|refusal| refusal.status == Some(status));
        let mut response = json!({ "description": "The request is refused.", "content": content });
        if status == 401 || alike.any(|refusal| refusal.challenge.is_some()) {
            let field = json!({ "required": true, "schema": { "type": "string" } });
            merge(&mut response, json!({ "headers": { "WWW-Authenticate": field } }));
        }
        (format!("Refused{status}"), response)
    };
    statuses(contract).into_iter().map(response).collect::<Map<_, _>>().into()
}

/// The members of a refusal's document by which the contract tells it from others, where they are the document's own.
fn properties(contract: &Contract) -> Value {
    let paths = refusals(contract).flat_map(|refusal| refusal.body.keys());
    let names = paths.filter_map(|path| path.as_str().strip_prefix("$.")?.split('.').next());
    names.map(|name| (name.to_owned(), json!({}))).collect::<Map<_, _>>().into()
}

/// Adds members to an object.
fn merge(object: &mut Value, members: Value) {
    if let (Value::Object(object), Value::Object(members)) = (object, members) {
        object.extend(members);
    }
}
