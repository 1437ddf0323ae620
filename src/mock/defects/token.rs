//! Defects of tokens: what a key is exchanged for.

use std::sync::Arc;

use super::{Defect, defect, nobody};
use crate::contract::RefusalKind;
use crate::mock::edge::{Denial, Edge, Presented};

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect("token-mint-open", "Mints tokens for whoever asks without a key.", mint_open),
    defect("token-equals-key", "Lets a token do whatever its key may do.", equals_key),
    defect("token-no-expiry", "Accepts tokens whose time is over.", no_expiry),
    defect("token-outlives-key", "Accepts tokens whose key was withdrawn.", outlives_key),
    defect("token-delete-noop", "Says that a token was withdrawn, and still accepts it.", delete_noop),
    defect("delete-500", "Breaks over a request to withdraw a token that names none.", delete_500),
];

/// The route is from the time before there were keys, and it was needed to get one.
fn mint_open(edge: &mut Edge) {
    let sound = Arc::clone(&edge.authenticate);
    edge.authenticate = Arc::new(move |edge, request| {
        let server = &request.site.server;
        let mints = request.operation().is_some_and(|it| server.mints.as_deref() == Some(it.id.as_str()));
        let presented = (edge.extract)(request.head, &server.authentication.carrier);
        if mints && presented == Presented::Absent {
            return Ok(nobody(server));
        }
        sound(edge, request)
    });
}

/// A token stands for its key, and nobody reads what was asked for when it was minted.
fn equals_key(edge: &mut Edge) {
    edge.exchange.acts = Arc::new(|token| Arc::clone(&token.parent));
}

/// The end of a token is in the answer that mints it, for the client to keep to.
fn no_expiry(edge: &mut Edge) {
    let sound = Arc::clone(&edge.exchange.own_state);
    edge.exchange.own_state =
        Arc::new(move |token, now_ms| sound(token, now_ms).filter(|kind| *kind != RefusalKind::Expired));
}

/// A token is looked up by itself, and whose it was is only in the records.
fn outlives_key(edge: &mut Edge) {
    edge.exchange.parents_state = Arc::new(|_, _| None);
}

/// The row is marked in one table and the guard reads another.
fn delete_noop(edge: &mut Edge) {
    edge.exchange.revoke = Arc::new(|_, _| ());
}

/// `request.body.token.value`, and there is no body.
fn delete_500(edge: &mut Edge) {
    edge.exchange.empty = || Denial::Internal;
}
