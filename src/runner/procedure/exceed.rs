//! Goes on beyond a limit that the contract declares.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::time::sleep;

use super::{Bench, Came, Kind, locked, micros};
use crate::contract::Limit;
use crate::judge::Finding;
use crate::judge::statistics::Sorted;
use crate::runner::carry::Carried;
use crate::scenario::{Exceed, LimitName};
use crate::wire::{Captures, Exchange};

/// Requests under way at once, so that a distant target is asked often enough within the window.
const AT_ONCE: u32 = 8;
/// What is waited beyond a window, so that the next one has begun.
const MARGIN: Duration = Duration::from_millis(100);
/// How many times as long answers take at the end as at the beginning where a target slows its clients down, and how
/// much longer.
const SLOWER: f64 = 3.0;
const SLOWER_BY_US: f64 = 50_000.0;

/// Which of the case's requests is which.
const WITHIN: usize = 0;
const TURNED: usize = 1;
const LAST: usize = 2;

pub(super) async fn carry(bench: &Bench<'_>, exceed: &Exceed) -> Result<Carried, String> {
    let name = exceed.limit.as_str();
    let limit = bench.case.operation.operation.limits.named(name);
    let limit = limit.ok_or_else(|| format!("the contract lacks a line `limits.{name}` of the operation"))?;
    // What other cases sent does not count any more, and what this one sends does not count for others.
    sleep(limit.window() + MARGIN).await;
    let came = beyond(bench, exceed, limit).await;
    sleep(limit.window() + MARGIN).await;
    came.map(Came::carried)
}

async fn beyond(bench: &Bench<'_>, exceed: &Exceed, limit: &Limit) -> Result<Came, String> {
    let pressed = press(bench, exceed, limit).await?;
    let expected = expected(bench, exceed)?;
    if let Some(came) =
        pressed.turned(bench, (exceed, limit), &expected)?.filter(|it| it.finding != Finding::Holds)
    {
        return Ok(came);
    }
    let words = pressed.words(limit);
    if exceed.then.is_none() {
        let shown = pressed.first_turned.or(pressed.latest.map(|exchange| (WITHIN, exchange)));
        let shown = shown.map(|(_, exchange)| (TURNED, exchange));
        return Ok(Came { expected, finding: Finding::Holds, actual: words, shown });
    }
    let request = bench.request(LAST, &Captures::new(), &mut bench.dice("last"))?;
    let exchange = bench.send(LAST, request).await?;
    let (judgement, _) = bench.judge(LAST, &exchange)?;
    let actual = format!("{}; before that: {words}", judgement.actual);
    Ok(Came { expected, finding: judgement.finding, actual, shown: Some((LAST, exchange)) })
}

fn expected(bench: &Bench<'_>, exceed: &Exceed) -> Result<String, String> {
    let limit = match exceed.limit {
        LimitName::Key => "requests than the key has",
        LimitName::Guesses => "wrong keys than one client may try",
    };
    let mut expected = Vec::new();
    if exceed.turns.is_some() {
        expected.push(format!("{}, or slower and slower answers", bench.step(TURNED)?.requirement));
    }
    if exceed.then.is_some() {
        expected.push(format!("at last {}", bench.step(LAST)?.requirement));
    }
    Ok(format!("after more {limit}: {}", expected.join("; ")))
}

/// All requests beyond the limit, or as many as it takes until the target turns, where that is what is asked.
async fn press(bench: &Bench<'_>, exceed: &Exceed, limit: &Limit) -> Result<Pressed, String> {
    let pressed = Mutex::new(Pressed::default());
    let total = limit.requests.saturating_mul(exceed.times);
    let began = Instant::now();
    let until = if exceed.turns.is_some() { Until::Turned } else { Until::Sent };
    let clients = (0..AT_ONCE).map(|_| client(bench, &pressed, (total, until)));
    join_all(clients).await.into_iter().collect::<Result<(), _>>()?;
    let mut pressed = pressed.into_inner().unwrap_or_else(PoisonError::into_inner);
    pressed.took = began.elapsed();
    Ok(pressed)
}

/// How long it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Until {
    Turned,
    Sent,
}

async fn client(
    bench: &Bench<'_>,
    pressed: &Mutex<Pressed>,
    (total, until): (u32, Until),
) -> Result<(), String> {
    loop {
        let turn = {
            let mut pressed = locked(pressed);
            if pressed.sent >= total || (until == Until::Turned && pressed.first_turned.is_some()) {
                return Ok(());
            }
            pressed.sent += 1;
            pressed.sent
        };
        let captures = Captures::from([("address".to_owned(), address(turn))]);
        let mut dice = bench.dice(&turn.to_string());
        let exchange = bench.send(WITHIN, bench.request(WITHIN, &captures, &mut dice)?).await?;
        let (judgement, kind) = bench.judge(WITHIN, &exchange)?;
        let mut pressed = locked(pressed);
        pressed.times.extend(exchange.timing.last_byte);
        if judgement.finding == Finding::Holds {
            pressed.as_expected += 1;
            pressed.latest = Some(exchange);
        } else if kind == Kind::None {
            pressed.failed = Some(judgement.actual);
        } else if pressed.first_turned.is_none() {
            pressed.first_turned = Some((usize::try_from(turn).unwrap_or(usize::MAX), exchange));
        }
    }
}

/// An address that is another one for every number (RFC 2544 sets these aside for tests).
fn address(number: u32) -> String {
    let [_, _, high, low] = number.to_be_bytes();
    format!("198.18.{high}.{low}")
}

/// What came of it.
#[derive(Default)]
struct Pressed {
    sent: u32,
    as_expected: u32,
    times: Vec<Duration>,
    took: Duration,
    latest: Option<Exchange>,
    /// The first answer that was not as expected, and the number of its request.
    first_turned: Option<(usize, Exchange)>,
    failed: Option<String>,
}

impl Pressed {
    fn words(&self, limit: &Limit) -> String {
        let Limit { requests, within } = limit;
        let turned = self.first_turned.as_ref().map_or_else(String::new, |(number, exchange)| {
            let status = exchange.answer.as_ref().map_or(0, |answer| answer.status);
            format!(", request {number} with status {status}")
        });
        let (sent, right, took) = (self.sent, self.as_expected, self.took.as_secs_f64());
        format!(
            "{sent} requests in {took:.2} s where {requests} within {within} are declared: {right} answered as \
             before{turned}"
        )
    }

    /// Whether the target turned, and rightly, where that is asked.
    fn turned(
        &self,
        bench: &Bench<'_>,
        (exceed, limit): (&Exceed, &Limit),
        expected: &str,
    ) -> Result<Option<Came>, String> {
        if exceed.turns.is_none() {
            return Ok(None);
        }
        let words = self.words(limit);
        let came =
            |finding, actual, shown| Ok(Some(Came { expected: expected.to_owned(), finding, actual, shown }));
        if let Some((_, exchange)) = &self.first_turned {
            let (judgement, _) = bench.judge(TURNED, exchange)?;
            let actual = format!("{}; {words}", judgement.actual);
            return came(judgement.finding, actual, Some((TURNED, exchange.clone())));
        }
        if let Some(why) = &self.failed {
            return Err(format!("the target stopped answering: {why}; {words}"));
        }
        let shown = self.latest.clone().map(|exchange| (WITHIN, exchange));
        if let Some(growth) = self.growth() {
            return came(Finding::Holds, format!("{growth}; {words}"), shown);
        }
        // The limit may never have been reached: so few are sent in two windows at the least.
        if self.took >= limit.window().saturating_mul(2) {
            return Err(format!("the target answers too slowly for its limit to be reached: {words}"));
        }
        came(Finding::Broken, words, shown)
    }

    /// How much slower the last tenth of the answers came than the first, where that is much.
    fn growth(&self) -> Option<String> {
        let tenth = (self.times.len() / 10).max(1);
        let first = Sorted::of_times(self.times.get(..tenth)?)?.median();
        let last = Sorted::of_times(self.times.get(self.times.len().checked_sub(tenth)?..)?)?.median();
        let slower = last >= SLOWER * first && last - first >= SLOWER_BY_US;
        slower.then(|| format!("answers take {} at first and {} at last", micros(first), micros(last)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_an_address_of_its_own() {
        assert_eq!(
            (address(1), address(255), address(256)),
            ("198.18.0.1".to_owned(), "198.18.0.255".to_owned(), "198.18.1.0".to_owned())
        );
    }

    #[test]
    fn only_much_slower_is_slower() {
        let grown = |first: u64, last: u64| {
            let times =
                (0..100).map(|at| Duration::from_millis(if at < 50 { first } else { last })).collect();
            Pressed { times, ..Pressed::default() }.growth().is_some()
        };
        assert!(grown(10, 100));
        assert!(!grown(10, 29), "not three times as slow");
        assert!(!grown(1, 40), "not much in itself");
        assert!(Pressed::default().growth().is_none());
    }
}
