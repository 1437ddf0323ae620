//! Defects of several keys in one request: which of them is read, by whom.

use std::sync::Arc;

use super::syntax::{find_alias, read_otherwise};
use super::{Defect, defect};
use crate::contract::{Carrier, RefusalKind};
use crate::mock::edge::{Denial, Edge, Presented};
use crate::mock::message::Head;

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect("first-wins", "Reads the first of several keys.", first_wins),
    defect("last-wins", "Reads the last of several keys.", last_wins),
    defect(
        "authn-first-authz-last",
        "Lets in by the first of several keys and permits by the last.",
        authn_first_authz_last,
    ),
    defect("split-on-comma", "Takes a key apart at commas, and any part for a key.", split_on_comma),
    defect(
        "alias-overrides-canonical",
        "Prefers a field of a similar name to the declared one.",
        alias_overrides_canonical,
    ),
    defect(
        "location-precedence-split",
        "Prefers a token in the Authorization field to the declared key.",
        location_precedence_split,
    ),
];

/// Which of several values is taken.
type Choice = fn(&[&[u8]]) -> Option<Vec<u8>>;

/// The values of the declared field, where the key is in one.
fn values<'a>(head: &'a Head, carrier: &'a Carrier) -> Vec<&'a [u8]> {
    match carrier {
        Carrier::Header { name, .. } => head.values(name.as_str()).map(|value| &value[..]).collect(),
        Carrier::Query(_) | Carrier::Cookie(_) => Vec::new(),
    }
}

fn choose(edge: &mut Edge, choice: Choice) {
    let chosen = move |head: &Head, carrier: &Carrier| choice(&values(head, carrier));
    read_otherwise(edge, |presented| *presented == Presented::Several, chosen);
}

fn first(values: &[&[u8]]) -> Option<Vec<u8>> {
    values.first().map(|value| value.to_vec())
}

fn last(values: &[&[u8]]) -> Option<Vec<u8>> {
    values.last().map(|value| value.to_vec())
}

/// `headers.get(name)`, which is the first.
fn first_wins(edge: &mut Edge) {
    choose(edge, first);
}

/// Fields become a map, and a later one replaces an earlier one.
fn last_wins(edge: &mut Edge) {
    choose(edge, last);
}

/// The guard reads the first key, and the permissions come from a map of fields, which holds the last.
fn authn_first_authz_last(edge: &mut Edge) {
    choose(edge, first);
    let sound = Arc::clone(&edge.authenticate);
    edge.authenticate = Arc::new(move |edge, request| {
        let known = sound(edge, request)?;
        let permitted = values(request.head, &request.site.server.authentication.carrier);
        let other = last(&permitted).map(|other| (edge.look_up)(&request.site.server, &other));
        // Nobody is permitted anything whose key is unknown.
        other.unwrap_or_else(|| Some(Arc::clone(&known))).ok_or(Denial::Refused(RefusalKind::Invalid))
    });
}

/// Joined lines are taken apart again, and every part is tried.
fn split_on_comma(edge: &mut Edge) {
    let sound = Arc::clone(&edge.look_up);
    edge.look_up = Arc::new(move |server, presented| {
        let mut parts = presented.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        parts.find_map(|part| sound(server, part))
    });
}

/// The guard asks for the declared field; the identity is read from variables, where a similar name is the same.
fn alias_overrides_canonical(edge: &mut Edge) {
    let aliased = |head: &Head, carrier: &Carrier| {
        find_alias(head, carrier, b'_').or_else(|| find_alias(head, carrier, b'.'))
    };
    read_otherwise(edge, |presented| presented.value().is_some(), aliased);
}

/// A request with a key goes on to a library that prefers a Bearer token where it finds one.
fn location_precedence_split(edge: &mut Edge) {
    let token = |head: &Head, _: &Carrier| {
        Some(head.text("authorization")?.strip_prefix("Bearer ")?.as_bytes().to_vec())
    };
    read_otherwise(edge, |presented| presented.value().is_some(), token);
}
