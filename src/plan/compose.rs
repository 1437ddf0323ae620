//! From a sound request and a twist to a draft.

use super::bind::Cell;
use super::draft::{Draft, DraftBody, Place, Preparation};
use super::forge::Dice;
use super::{BoundOperation, Inputs, path};
use crate::contract::{self, Body, Carrier, Operation};
use crate::document::{HeaderName, JsonPath};
use crate::scenario::{
    self, BodyTwist, Carry, HeaderLine, IdempotencyKey, IfRefused, SchemeForm, Separator, Twist,
};

/// Stands for the field in which the edge tells what is behind it whose request it is.
const IDENTITY: &str = "{identity}";

/// Whose keys a request carries: the first, and a second.
pub(super) type Senders<'a> = (Option<&'a str>, Option<&'a str>);

/// The request of a cell under a twist, with the keys of these credentials, its path parameters still open.
pub(super) fn draft(cell: &Cell<'_>, twist: &Twist, (first, second): Senders<'_>) -> Draft {
    let operation = &cell.operation.operation;
    let mut draft = Draft::sound(operation, sound_body(cell.inputs, cell.operation));
    let public = path::public(cell.inputs.contract);
    let mut dice = Dice::new(0, &format!("{}/{}", cell.scenario.id, cell.operation.id));
    if let Some(method) = &twist.method {
        draft.method = method.to_string();
    }
    if let Some(path) = &twist.path {
        draft.target = path::twisted(path, &draft.target, (public, &mut dice));
    }
    if let Some(body) = &twist.body {
        twist_body(body, (cell, &mut draft), &mut dice);
    }
    draft.headers.extend(idempotency_line(operation, twist.idempotency));
    let identity = cell.inputs.contract.control.identity.as_ref().map_or("", HeaderName::as_str);
    let filled = |value: &str| value.replace(path::PUBLIC, public).replace(IDENTITY, identity);
    let line = |line: &HeaderLine| (line.name.to_string(), filled(&line.value));
    draft.headers.extend(twist.headers.iter().map(line));
    draft.key = first.map(|credential| cell.key(credential, twist));
    draft.second = second.zip(twist.second.as_ref()).map(|(credential, second)| {
        let own = Twist {
            credential: second.credential.clone().or_else(|| twist.credential.clone()),
            key: second.key.clone(),
            carry: second.carry.clone(),
            ..Twist::default()
        };
        (cell.key(credential, &own), second.at)
    });
    draft.plaintext = twist.plaintext == Some(true);
    draft.node = twist.node.unwrap_or_default();
    draft
}

/// A request of another operation, made for what its answer tells.
pub(super) fn preparation(operation: &BoundOperation, draft: Draft, capture: &JsonPath) -> Preparation {
    Preparation {
        operation: operation.id.clone(),
        draft: Box::new(draft),
        status: operation.operation.accepted.status,
        capture: capture.clone(),
        environment: None,
        if_refused: IfRefused::Unclear,
    }
}

/// A sound request of an operation with a credential's key, or that of a key which a step modelled on it.
pub(super) fn sound(
    cell: &Cell<'_>,
    (operation, credential): (&BoundOperation, &str),
    pick: &Twist,
) -> Draft {
    let mut draft = Draft::sound(&operation.operation, sound_body(cell.inputs, operation));
    for (name, parameter) in &operation.operation.parameters {
        draft.target = draft.target.replace(&format!("{{{name}}}"), &parameter.example);
    }
    draft.key = Some(cell.key(credential, pick));
    draft
}

/// Where a key goes: the declared carrier, or where the twist says.
pub(super) fn place(declared: &Carrier, carry: Option<&Carry>) -> Place {
    Place::Carrier(match carry {
        None => declared.clone(),
        Some(Carry::Header(name)) => Carrier::Header { name: name.clone(), scheme: None },
        Some(Carry::Query(name)) => Carrier::Query(name.clone()),
        Some(Carry::Cookie(name)) => Carrier::Cookie(name.clone()),
        Some(Carry::Body(member)) => return Place::Body(member.clone()),
        Some(Carry::Scheme(form)) => respelt(declared, *form),
        Some(Carry::Alias(separator)) => alias(declared, *separator).unwrap_or_else(|| declared.clone()),
    })
}

/// The declared carrier, its scheme written otherwise.
fn respelt(declared: &Carrier, form: SchemeForm) -> Carrier {
    let Carrier::Header { name, scheme: Some(scheme) } = declared else { return declared.clone() };
    let scheme = match form {
        SchemeForm::Lower => Some(scheme.to_ascii_lowercase()),
        SchemeForm::Upper => Some(scheme.to_ascii_uppercase()),
        SchemeForm::Left => None,
    };
    Carrier::Header { name: name.clone(), scheme }
}

/// The declared header field under a name with other separators, where its name has any.
pub(super) fn alias(declared: &Carrier, separator: Separator) -> Option<Carrier> {
    let Carrier::Header { name, scheme } = declared else { return None };
    let sign = match separator {
        Separator::Underscore => "_",
        Separator::Dot => ".",
    };
    let other = name.as_str().replace('-', sign);
    let name = HeaderName::parse(&other).ok().filter(|_| other != name.as_str())?;
    Some(Carrier::Header { name, scheme: scheme.clone() })
}

/// The body of a sound request.
pub(super) fn sound_body(inputs: &Inputs<'_>, operation: &BoundOperation) -> Option<DraftBody> {
    operation.operation.body.as_ref().map(|body| from_file(inputs, body))
}

/// The other sound body of an operation, where it has one.
fn other_body(cell: &Cell<'_>) -> Option<DraftBody> {
    let body = cell.operation.operation.idempotency.as_ref()?.other_body.as_ref()?;
    Some(from_file(cell.inputs, body))
}

fn from_file(inputs: &Inputs<'_>, body: &Body) -> DraftBody {
    let bytes = inputs.bodies.get(body.path()).cloned().unwrap_or_default();
    let content_type = body.content_type().to_owned();
    DraftBody { bytes, content_type, file: Some(body.path().to_owned()) }
}

/// The header line of an idempotency key, as the operation declares it.
fn idempotency_line(operation: &Operation, key: Option<IdempotencyKey>) -> Option<(String, String)> {
    let (declared, key) = operation.idempotency.as_ref().zip(key)?;
    let value = match key {
        IdempotencyKey::One => declared.value.clone(),
        IdempotencyKey::Another => {
            declared.value.replace(contract::UNIQUE, &format!("{{{}}}", scenario::OTHER_UNIQUE))
        }
    };
    Some((declared.header.to_string(), value))
}

fn twist_body(twist: &BodyTwist, (cell, draft): (&Cell<'_>, &mut Draft), dice: &mut Dice) {
    let sound_type = draft.body.as_ref().map_or("application/json", |body| &*body.content_type).to_owned();
    let sound = draft.body.take();
    let bytes = || sound.as_ref().map_or_else(Vec::new, |body| body.bytes.clone());
    let made = |bytes, content_type| Some(DraftBody { bytes, content_type, file: None });
    draft.body = match twist {
        BodyTwist::Empty(true) => None,
        BodyTwist::Empty(false) | BodyTwist::Other(false) => sound,
        BodyTwist::Other(true) => other_body(cell),
        BodyTwist::Truncate(count) => {
            let mut bytes = bytes();
            bytes.truncate(bytes.trim_ascii_end().len().saturating_sub(*count));
            made(bytes, sound_type)
        }
        BodyTwist::Json(document) => made(document.to_string().into_bytes(), "application/json".to_owned()),
        BodyTwist::Text { text, content_type } => made(text.clone().into_bytes(), content_type.clone()),
        BodyTwist::ContentType(content_type) => made(bytes(), content_type.clone()),
        BodyTwist::Encoded(coding) => {
            draft.headers.push(("Content-Encoding".to_owned(), coding.clone()));
            let noise = (0..32).flat_map(|_| dice.next_u64().to_le_bytes()).collect();
            made(noise, sound_type)
        }
    };
}
