//! Tokens: what a key is exchanged for. A token is known by its digest, like a key, and apart from the keys: neither
//! ever counts in the other's place.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock};

use sha2::{Digest as _, Sha256};

use super::extract::extract;
use super::jwt::{self, Verification};
use super::{Access, Denial, Edge, Key, Presented, Request, Routed, Routes, keys, steps};
use crate::contract::{Carrier, RefusalKind};
use crate::mock::message::Head;
use crate::mock::parts::Part;
use crate::mock::random;
use crate::mock::server::Server;

/// The most tokens at a time; those whose time is over make room.
const LIMIT: usize = 50_000;

/// A token: what it may do, and the key that it was minted with.
#[derive(Debug)]
pub(crate) struct Token {
    /// What it may do, where, and how long.
    pub(crate) own: Arc<Key>,
    /// The key that it was minted with.
    pub(crate) parent: Arc<Key>,
}

/// Every token that is known.
#[derive(Debug, Default)]
pub(crate) struct TokenStore {
    known: RwLock<HashMap<[u8; 32], Arc<Token>>>,
    /// What was withdrawn of tokens that are not kept: their names, and when they are over by themselves.
    withdrawn: RwLock<HashMap<String, i64>>,
}

impl TokenStore {
    /// Takes a token in; `false` where there is no room.
    pub(crate) fn issue(&self, text: &str, token: Token, now_ms: i64) -> bool {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= LIMIT {
            known.retain(|_, token| token.own.expires_at.load(Ordering::Acquire) > now_ms);
        }
        let room = known.len() < LIMIT;
        if room {
            known.insert(digest(text.as_bytes()), Arc::new(token));
        }
        room
    }

    /// The token of a text.
    pub(crate) fn find(&self, text: &[u8]) -> Option<Arc<Token>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(&digest(text)).map(Arc::clone)
    }

    /// Withdraws a token that is not kept, until it is over by itself.
    fn withdraw(&self, token: &Key, now_ms: i64) {
        let mut withdrawn = self.withdrawn.write().unwrap_or_else(PoisonError::into_inner);
        withdrawn.retain(|_, ends| *ends > now_ms);
        withdrawn.insert(token.credential.clone(), token.expires_at.load(Ordering::Acquire));
    }

    /// Whether a token that is not kept was withdrawn.
    pub(crate) fn is_withdrawn(&self, name: &str) -> bool {
        self.withdrawn.read().unwrap_or_else(PoisonError::into_inner).contains_key(name)
    }

    /// Forgets every token.
    pub(crate) fn clear(&self) {
        self.withdrawn.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.known.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn digest(text: &[u8]) -> [u8; 32] {
    Sha256::digest(text).into()
}

/// Where a request carries a token.
type Place = Arc<dyn for<'a> Fn(&'a Head, &'a Carrier) -> Presented<'a> + Send + Sync>;
/// Why a token does not work.
type Dead = Arc<dyn Fn(&Token, i64) -> Option<RefusalKind> + Send + Sync>;
/// Why a token's key does not work.
type KeyDead = Arc<dyn Fn(&Server, &Token) -> Option<RefusalKind> + Send + Sync>;
/// Whether a key may do something.
type Grants = Arc<dyn Fn(&Edge, &Key, &Routed, &Routes) -> bool + Send + Sync>;
/// Withdraws a token.
type Revoke = Arc<dyn Fn(&Server, &[u8]) + Send + Sync>;
/// The key that a token acts as.
type Acts = Arc<dyn Fn(&Token) -> Arc<Key> + Send + Sync>;

/// The stages that have to do with tokens.
#[derive(Clone)]
pub(crate) struct Exchange {
    /// What a request presents as a token.
    pub(crate) presented: Place,
    /// How a token is verified that is a JWT.
    pub(crate) jwt: Verification,
    /// Whether a key may do what it mints a token for.
    pub(crate) grants: Grants,
    /// The text of a token that says nothing.
    pub(crate) text: fn(&Token, i64) -> Option<String>,
    /// Where a token may be used that is minted in an environment.
    pub(crate) bound: fn(&str) -> Option<Vec<String>>,
    /// Whether its time is over, or it was withdrawn.
    pub(crate) own_state: Dead,
    /// Whether the key that it was minted with no longer works.
    pub(crate) parents_state: KeyDead,
    /// Whether that key may still do what the token is used for.
    pub(crate) still_grants: Grants,
    /// What it may do.
    pub(crate) acts: Acts,
    /// How it is withdrawn.
    pub(crate) revoke: Revoke,
    /// What a request without a body says of the token that it is about.
    pub(crate) empty: fn() -> Denial,
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Exchange")
    }
}

impl Exchange {
    /// As it should be.
    pub(super) fn sound() -> Self {
        Self {
            presented: Arc::new(extract),
            jwt: Verification::sound(),
            grants: Arc::new(grants),
            text: |_, _| random::secret(48).map(|text| format!("lpt_{text}")),
            bound: |environment| Some(vec![environment.to_owned()]),
            own_state: Arc::new(|token, now_ms| state(&token.own, now_ms)),
            parents_state: Arc::new(parents_state),
            still_grants: Arc::new(grants),
            acts: Arc::new(|token| Arc::clone(&token.own)),
            revoke: Arc::new(revoke),
            empty: || Denial::MalformedBody("The body is empty."),
        }
    }
}

/// Why a token, or its key, no longer works: what exchanges keys for tokens looks at that by itself.
fn state(key: &Key, now_ms: i64) -> Option<RefusalKind> {
    let over = keys::expired(key, now_ms).then_some(RefusalKind::Expired);
    let withdrawn = keys::revoked(key).then_some(RefusalKind::Revoked);
    let early = keys::early(key, now_ms).then_some(RefusalKind::NotYetValid);
    withdrawn.or(keys::disabled(key).then_some(RefusalKind::Disabled)).or(over).or(early)
}

/// Why the key that a token was minted with no longer works, as it is now: a key that was deleted is gone.
fn parents_state(server: &Server, token: &Token) -> Option<RefusalKind> {
    match server.keys.credential(&token.parent.credential) {
        None => Some(RefusalKind::Revoked),
        Some(key) => state(&key, server.clock.now_ms()),
    }
}

/// Tokens are for what applications do: no operator's work is done with one.
fn grants(edge: &Edge, key: &Key, operation: &Routed, routes: &Routes) -> bool {
    operation.access == Access::Applications && (edge.permission)(key, operation, routes)
}

/// Sets the flag that every use looks at. Whether there is such a token is nobody's affair (RFC 7009 section 2.2).
fn revoke(server: &Server, text: &[u8]) {
    let Ok(token) = known(server, text) else { return };
    token.own.revoked.store(true, Ordering::Release);
    if server.signer.is_some() {
        server.tokens.withdraw(&token.own, server.clock.now_ms());
    }
}

/// Whether a request presents a token, about which the key store has to be asked.
pub(super) fn presents_one(edge: &Edge, request: &Request<'_>) -> bool {
    let declared = request.site.server.token_carrier.as_ref();
    declared.is_some_and(|declared| {
        matches!((edge.exchange.presented)(request.head, declared), Presented::One(_))
    })
}

/// What a request's token lets it do: asked only where there is no key in the key's place.
pub(super) fn authenticate(edge: &Edge, request: &Request<'_>) -> Result<Arc<Key>, Denial> {
    let server = &request.site.server;
    let missing = Denial::Refused(RefusalKind::Missing);
    let Some(declared) = &server.token_carrier else { return Err(missing) };
    let presented = (edge.exchange.presented)(request.head, declared);
    // No token is better than the key that it was minted with, and that has to be looked up.
    if matches!(presented, Presented::One(_)) {
        steps::reached(edge, request)?;
    }
    let token = match presented {
        // Another scheme is no token, and no key either.
        Presented::Absent | Presented::Empty => return Err(missing),
        Presented::Several => Err(RefusalKind::Invalid),
        Presented::One(_) if server.parts.lacks(Part::Key) => Err(RefusalKind::Invalid),
        Presented::One(text) => known(server, &text),
    };
    let token = token.map_err(Denial::Refused)?;
    let dead = (edge.exchange.own_state)(&token, server.clock.now_ms());
    if let Some(kind) = dead.or_else(|| (edge.exchange.parents_state)(server, &token)) {
        return Err(Denial::Refused(kind));
    }
    narrowed(edge, request, &token).map(|()| (edge.exchange.acts)(&token))
}

/// The token of a text: a JWT speaks for itself.
fn known(server: &Server, text: &[u8]) -> Result<Arc<Token>, RefusalKind> {
    match &server.signer {
        None => server.tokens.find(text).ok_or(RefusalKind::Invalid),
        Some(signer) => jwt::read(server, signer, text),
    }
}

/// A token loses what its key loses.
fn narrowed(edge: &Edge, request: &Request<'_>, token: &Token) -> Result<(), Denial> {
    let server = &request.site.server;
    let parent = server.keys.credential(&token.parent.credential);
    let Some((operation, parent)) = request.operation().zip(parent) else { return Ok(()) };
    let is_for_operators = operation.access == Access::Operator;
    let still = is_for_operators || (edge.exchange.still_grants)(edge, &parent, operation, &server.routes);
    if still { Ok(()) } else { Err(Denial::Refused(RefusalKind::Insufficient)) }
}
