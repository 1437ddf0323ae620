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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;
    use crate::wire::{Answer, ClientOptions, Timing};

    /// An exchange with a busy target.
    fn busy(retry_after: &str) -> Exchange {
        let headers = vec![("retry-after".to_owned(), retry_after.as_bytes().to_vec())];
        let answer = Answer { status: 503, headers, ..Answer::default() };
        let request = Request::bare(http::Method::GET, "http://127.0.0.1/");
        let timing = Timing::default();
        Exchange { request, answer: Some(answer), failure: None, timing, transcript: None, behind: None }
    }

    #[test]
    fn the_longest_is_as_long_as_every_wait_that_is_granted() {
        let waits =
            ["0", "1", "2", "3", "60", "18446744073709551615", "soon"].map(|text| again_after(&busy(text)));
        let second = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(waits, [second(0), second(1), second(2), None, None, None, None]);
        let limit = Duration::from_millis(300);
        // Asked three times in all, with the longest wait between.
        assert_eq!(longest(limit), limit * 3 + Duration::from_secs(2) * 2);
    }

    #[tokio::test]
    async fn a_target_that_stays_busy_is_asked_no_more_often_than_is_allowed_for() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&asked);
        let serving = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                counted.fetch_add(1, Ordering::Relaxed);
                assert!(stream.read(&mut [0; 1024]).await.unwrap() > 0);
                let busy =
                    b"HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
                stream.write_all(busy).await.unwrap();
            }
        });
        let lane = Lane::new(&base, None, &ClientOptions::default()).unwrap();
        let request = || Request::bare(http::Method::GET, &format!("{base}/"));
        let (exchange, again) = send(&lane, Sender::Ordinary, request(), &|_| false).await;
        assert_eq!((exchange.answer.unwrap().status, again), (503, RETRIES));
        assert_eq!(asked.swap(0, Ordering::Relaxed), RETRIES + 1);
        let (_, again) = send(&lane, Sender::Ordinary, request(), &|status| status == 503).await;
        assert_eq!((asked.load(Ordering::Relaxed), again), (1, 0));
        serving.abort();
    }
}
