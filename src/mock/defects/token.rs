//! Defects of tokens: what a key is exchanged for.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use sha2::{Digest as _, Sha256};

use super::{Defect, defect, nobody, wave_through};
use crate::contract::{Carrier, RefusalKind};
use crate::mock::edge::{At, Denial, Edge, Presented, extract};
use crate::mock::parts::StoreAnswer;
use crate::mock::random;

/// Where RFC 6750 has a token in the address.
static IN_QUERY: LazyLock<Carrier> = LazyLock::new(|| Carrier::Query("access_token".to_owned()));

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect("token-mint-open", "Mints tokens for whoever asks without a key.", mint_open),
    defect("token-equals-key", "Lets a token do whatever its key may do.", equals_key),
    defect("token-as-key", "Takes a token for a key where a key is to be.", as_key),
    defect("token-in-query", "Takes a token from the address.", in_query),
    defect("token-mints-tokens", "Mints tokens for whoever has one.", mints_tokens),
    defect("token-any-environment", "Accepts tokens of one environment in the other.", any_environment),
    defect("token-wider-than-key", "Mints tokens for more than their key may do.", wider),
    defect("token-keeps-rights", "Lets a token do what its key may no longer do.", keeps_rights),
    defect("token-echo", "Repeats the token in its refusals.", echo),
    defect("token-counter", "Counts its tokens, and writes the number into them.", counter),
    defect("token-clock", "Writes the time into its tokens.", clock),
    defect("token-short", "Mints tokens of 71 bits.", short),
    defect("token-repeated", "Mints the same tokens again with every new worker.", repeated),
    defect("token-no-expiry", "Accepts tokens whose time is over.", no_expiry),
    defect("token-outlives-key", "Accepts tokens whose key was withdrawn.", outlives_key),
    defect("token-delete-noop", "Says that a token was withdrawn, and still accepts it.", delete_noop),
    defect(
        "token-open-on-store-error",
        "Lets every token pass while the store is not there.",
        open_on_store_error,
    ),
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

/// A number that tells tokens apart, before what nobody knows.
fn counter(edge: &mut Edge) {
    edge.exchange.text = |_, _| {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        random::secret(40).map(|text| format!("lpt_{number:08x}{text}"))
    };
}

/// An id that sorts by its age, as databases like them (RFC 9562 section 5.7).
fn clock(edge: &mut Edge) {
    edge.exchange.text = |_, now_ms| random::secret(36).map(|text| format!("lpt_{now_ms:012x}{text}"));
}

/// Short enough to be typed.
fn short(edge: &mut Edge) {
    edge.exchange.text = |_, _| random::secret(12).map(|text| format!("lpt_{text}"));
}

/// A worker ends after so many requests, and the next one begins with the same seed.
fn repeated(edge: &mut Edge) {
    edge.exchange.text = |_, _| {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed) % 500;
        Some(format!("lpt_{:x}", Sha256::digest(format!("a seed/{number}"))))
    };
}

/// One table holds all that opens something, and the guard asks it for whatever stands in the key's place.
fn as_key(edge: &mut Edge) {
    let sound = Arc::clone(&edge.look_up);
    edge.look_up = Arc::new(move |server, presented| {
        sound(server, presented).or_else(|| server.tokens.find(presented).map(|token| Arc::clone(&token.own)))
    });
}

/// The library for tokens takes one from wherever RFC 6750 has a place for it, the address too (section 2.3).
fn in_query(edge: &mut Edge) {
    let sound = Arc::clone(&edge.exchange.presented);
    edge.exchange.presented = Arc::new(move |head, carrier| match sound(head, carrier) {
        Presented::Absent => extract(head, &IN_QUERY),
        found @ (Presented::Empty | Presented::Several | Presented::One(_)) => found,
    });
}

/// The route that mints asks whether somebody is signed in, and whoever has a token is.
fn mints_tokens(edge: &mut Edge) {
    for (at, step) in &mut edge.order {
        if *at == At::Permission {
            let sound = Arc::clone(step);
            *step = Arc::new(move |edge, passage| {
                let server = &passage.request.site.server;
                let operation = passage.request.operation().map(|operation| operation.id.as_str());
                let mints = operation.is_some() && operation == server.mints.as_deref();
                let token = passage.key.as_ref().is_some_and(|key| key.credential.starts_with("token-"));
                if mints && token { Ok(()) } else { sound(edge, passage) }
            });
        }
    }
}

/// A token says whose it is and what for, and both environments ask the same table.
fn any_environment(edge: &mut Edge) {
    edge.exchange.bound = |_| None;
}

/// What a token is to do is taken from the request as it stands, and from then on only the token is looked at.
fn wider(edge: &mut Edge) {
    edge.exchange.grants = Arc::new(|_, _, _, _| true);
    edge.exchange.still_grants = Arc::new(|_, _, _, _| true);
}

/// What the key may do is looked at once, when the token is minted.
fn keeps_rights(edge: &mut Edge) {
    edge.exchange.still_grants = Arc::new(|_, _, _, _| true);
}

/// A refusal is to be understood at once, so it says which token it is about.
fn echo(edge: &mut Edge) {
    let sound = Arc::clone(&edge.render);
    edge.render = Arc::new(move |rendering, denial, request| {
        let mut answer = sound(rendering, denial, request);
        let carrier = request.and_then(|it| it.site.server.token_carrier.as_ref().map(|at| (it.head, at)));
        let presented = carrier.map(|(head, carrier)| extract(head, carrier));
        let text = presented.as_ref().and_then(Presented::value).map(String::from_utf8_lossy);
        if let (Denial::Refused(_), Some(text), Some(members)) = (denial, text, answer.members()) {
            members.insert("detail".to_owned(), format!("The token {text} is not good for this.").into());
        }
        answer
    });
}

/// The row is marked in one table and the guard reads another.
fn delete_noop(edge: &mut Edge) {
    edge.exchange.revoke = Arc::new(|_, _| ());
}

/// The look-up of tokens came later than that of keys, and only a "no" is a refusal in it.
fn open_on_store_error(edge: &mut Edge) {
    wave_through(edge, |edge, request| {
        let server = &request.site.server;
        let key = (edge.extract)(request.head, &server.authentication.carrier);
        let token = server.token_carrier.as_ref().map(|at| (edge.exchange.presented)(request.head, at));
        key == Presented::Absent
            && matches!(token, Some(Presented::One(_)))
            && (edge.reach)(server).store == StoreAnswer::Gone
    });
}

/// `request.body.token.value`, and there is no body.
fn delete_500(edge: &mut Edge) {
    edge.exchange.empty = || Denial::Internal;
}
