//! The operator's own operations.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Call, input};
use crate::contract::{Grant, OperationId};
use crate::mock::edge::{Denial, Key, Token};
use crate::mock::server::Server;

/// The longest that a token may live, in seconds.
const LONGEST: u32 = 24 * 3600;

#[derive(Deserialize)]
struct Wish {
    operations: Vec<Grant>,
    lifetime_seconds: u32,
}

/// Mints a token: it acts for the same application, may do less than the key and lives for a while. It can do nothing
/// that the key cannot, and no operator's work.
pub(super) fn mint_token(call: &Call<'_>) -> Result<Value, Denial> {
    let wish: Wish = input::read(call.body())?;
    let (Some(parent), server) = (call.key, &call.request.site.server) else { return Err(Denial::Internal) };
    let exchange = &server.edge.exchange;
    if !(1..=LONGEST).contains(&wish.lifetime_seconds) {
        return Err(Denial::Unprocessable(format!("A token lives for 1 to {LONGEST} seconds.")));
    }
    let grantable = |grant: &Grant| {
        let (service, name) = grant.parts();
        let id = OperationId::new(service, name.unwrap_or_default());
        let operation = server.routes.all().iter().find(|routed| routed.id == id);
        operation.is_some_and(|it| (exchange.grants)(&server.edge, parent, it, &server.routes))
    };
    if wish.operations.is_empty() || !wish.operations.iter().all(grantable) {
        return Err(Denial::Unprocessable("A token may only do what its key may do.".to_owned()));
    }
    let now_ms = server.clock.now_ms();
    let ends = now_ms.saturating_add(i64::from(wish.lifetime_seconds) * 1000);
    let ends = ends.min(parent.expires_at.load(Ordering::Acquire));
    let name = format!("token-{}", call.request.id);
    let mut own = Key::new(&name, Arc::clone(&parent.application), wish.operations);
    own.environments = (exchange.bound)(&call.request.site.environment);
    own.expires_at.store(ends, Ordering::Release);
    let token = Token { own: Arc::new(own), parent: Arc::clone(parent) };
    let value = text(server, token, now_ms)?;
    // What its key has left can be less than what was wished for.
    let lives = ends.saturating_sub(now_ms) / 1000;
    Ok(json!({ "token": { "value": value, "expires_in": lives } }))
}

/// The text of a token: a JWT holds all there is to know of it, and any other text nothing.
fn text(server: &Server, token: Token, now_ms: i64) -> Result<String, Denial> {
    if let Some(signer) = &server.signer {
        return signer.mint(&token.own, &token.parent, now_ms).ok_or(Denial::Internal);
    }
    let value = (server.edge.exchange.text)(&token, now_ms).ok_or(Denial::Internal)?;
    if server.tokens.issue(&value, token, now_ms) { Ok(value) } else { Err(Denial::Unavailable) }
}

#[derive(Deserialize)]
struct Which {
    token: Named,
}

#[derive(Deserialize)]
struct Named {
    value: String,
}

/// Withdraws a token, and says the same where there is none (RFC 7009 section 2.2).
pub(super) fn revoke_token(call: &Call<'_>) -> Result<Value, Denial> {
    let exchange = &call.request.site.server.edge.exchange;
    if call.body().is_empty() {
        return Err((exchange.empty)());
    }
    let wish: Which = input::read(call.body())?;
    (exchange.revoke)(&call.request.site.server, wish.token.value.as_bytes());
    Ok(json!({ "revoked": true }))
}
