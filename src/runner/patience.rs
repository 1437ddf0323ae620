//! Sends a request; waits for a busy target, and asks again where it cannot have been looked at, within bounds.

use std::time::Duration;

use crate::judge::seconds;
use crate::plan::Sender;
use crate::wire::{Exchange, FailureKind, Request};

use super::Lane;

/// The longest that a target may ask us to wait before we try again.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// How often a busy target, or one that did not look at a request, is asked again.
const RETRIES: u32 = 2;

/// How long sending may take where every exchange may take so long: waiting and asking again included.
pub(super) fn longest(exchange_limit: Duration) -> Duration {
    exchange_limit * (RETRIES + 1) + LONGEST_WAIT * RETRIES
}

/// Sends a request and tells how often it was sent once more: never for an answer that is looked for.
pub(super) async fn send(
    lane: &Lane,
    sender: Sender,
    request: Request,
    wanted: &(dyn Fn(u16) -> bool + Sync),
) -> (Exchange, u32) {
    for again in 0..RETRIES {
        let exchange = lane.send(sender, request.clone()).await;
        let found = exchange.answer.as_ref().is_some_and(|answer| wanted(answer.status));
        match again_after(&exchange).filter(|_| !found) {
            None => return (exchange, again),
            Some(wait) => tokio::time::sleep(wait).await,
        }
    }
    (lane.send(sender, request).await, RETRIES)
}

/// Whether to ask again, and after how long.
fn again_after(exchange: &Exchange) -> Option<Duration> {
    if let Some(failure) = &exchange.failure {
        // A connection that was used before may have ended before the request came (RFC 9112 section 9.3.1). On a new one the
        // end is what the target has to say of the request.
        let used = exchange.timing.connect.is_none() && exchange.answer.is_none();
        let unseen = failure.kind == FailureKind::Unseen || (failure.kind == FailureKind::Closed && used);
        return unseen.then_some(Duration::ZERO);
    }
    let answer = exchange.answer.as_ref().filter(|answer| [429, 503].contains(&answer.status))?;
    let wait = Duration::from_secs(seconds(answer.header("retry-after").next()?)?);
    (wait <= LONGEST_WAIT).then_some(wait)
}
