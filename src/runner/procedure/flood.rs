//! Sends as much as so many clients can at once, and judges every answer.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::time::sleep;

use super::{Bench, Came, Kind, locked, micros};
use crate::document::Millis;
use crate::judge::Finding;
use crate::judge::statistics::{Sorted, at_most};
use crate::runner::carry::Carried;
use crate::scenario::{Cheap, Flood, FloodRule, Never};
use crate::wire::{Captures, Exchange};

/// How long a client waits that was sent away.
const MOMENT: Duration = Duration::from_millis(20);
/// So many answers must be judged to say anything.
const FEWEST: usize = 50;

pub(super) async fn carry(bench: &Bench<'_>, flood: &Flood) -> Result<Carried, String> {
    let first = pour(bench, flood, "first").await?;
    let came = match &flood.right {
        FloodRule::Never(never) => first.never(bench, *never),
        FloodRule::Cheap(cheap) => {
            let came = first.cheap(flood, cheap)?;
            if came.finding != Finding::Broken {
                return Ok(came.carried());
            }
            // What may be chance is looked at once more.
            let again = pour(bench, flood, "again").await?.cheap(flood, cheap)?;
            let more = match again.finding {
                Finding::Broken => "; measured twice with the same result",
                Finding::Holds | Finding::Unclear => "; a second measurement showed it and the first did not",
            };
            let counts = if again.finding == Finding::Broken { came } else { again };
            Came { actual: format!("{}{more}", counts.actual), ..counts }
        }
    };
    Ok(came.carried())
}

/// The whole flood.
async fn pour(bench: &Bench<'_>, flood: &Flood, purpose: &str) -> Result<Poured, String> {
    let began = Instant::now();
    let ends = began + flood.lasts.duration();
    let tallies: Vec<Mutex<Tally>> = flood.crowds.iter().map(|_| Mutex::default()).collect();
    let mut clients = Vec::new();
    for (at, (crowd, tally)) in flood.crowds.iter().zip(&tallies).enumerate() {
        for number in 0..crowd.clients {
            let client = Client { bench, at, tally, ends, purpose: format!("{purpose} {at} {number}") };
            let after = crowd.after.as_ref().map_or(Duration::ZERO, Millis::duration);
            clients.push(client.send(after));
        }
    }
    join_all(clients).await.into_iter().collect::<Result<(), _>>()?;
    let names = flood.crowds.iter().map(|crowd| crowd.name.to_string()).collect();
    let tallies =
        tallies.into_iter().map(|tally| tally.into_inner().unwrap_or_else(PoisonError::into_inner)).collect();
    Ok(Poured { names, tallies, took: began.elapsed() })
}

/// One of a crowd.
struct Client<'a> {
    bench: &'a Bench<'a>,
    at: usize,
    tally: &'a Mutex<Tally>,
    ends: Instant,
    purpose: String,
}

impl Client<'_> {
    /// One request after the other.
    async fn send(self, after: Duration) -> Result<(), String> {
        sleep(after).await;
        let mut dice = self.bench.dice(&self.purpose);
        while Instant::now() < self.ends {
            let request = self.bench.request(self.at, &Captures::new(), &mut dice)?;
            let exchange = self.bench.send(self.at, request).await?;
            let (judgement, kind) = self.bench.judge(self.at, &exchange)?;
            let wants = self.bench.step(self.at)?.requirement.wants_acceptance();
            let fate = Fate::of((wants, judgement.finding), kind);
            locked(self.tally).enter(fate, exchange);
            if matches!(fate, Fate::Shed | Fate::Failed) {
                sleep(MOMENT).await;
            }
        }
        Ok(())
    }
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It was answered as it should be.
    Right,
    /// The target had no time for it.
    Shed,
    /// No whole answer came.
    Failed,
    /// It was accepted and should have been refused.
    Accepted,
    /// It was refused and should have been accepted.
    Denied,
    /// Its answer was another one than the right one, and neither of these.
    Other,
}

impl Fate {
    fn of((wants_acceptance, finding): (bool, Finding), kind: Kind) -> Self {
        match kind {
            Kind::None => Self::Failed,
            Kind::Shed => Self::Shed,
            Kind::Accepted if !wants_acceptance => Self::Accepted,
            Kind::Refused if wants_acceptance => Self::Denied,
            Kind::Accepted | Kind::Refused | Kind::Other if finding == Finding::Holds => Self::Right,
            Kind::Accepted | Kind::Refused | Kind::Other => Self::Other,
        }
    }
}

/// What became of the requests of a crowd.
#[derive(Default)]
struct Tally {
    right: Vec<Duration>,
    shed: usize,
    failed: usize,
    accepted: usize,
    denied: usize,
    other: usize,
    /// The gravest exchange, or the latest that was right.
    shown: Option<(Fate, Exchange)>,
}

impl Tally {
    fn enter(&mut self, fate: Fate, exchange: Exchange) {
        match fate {
            Fate::Right => self.right.extend(exchange.timing.last_byte),
            Fate::Shed => self.shed += 1,
            Fate::Failed => self.failed += 1,
            Fate::Accepted => self.accepted += 1,
            Fate::Denied => self.denied += 1,
            Fate::Other => self.other += 1,
        }
        let grave = |fate: Fate| matches!(fate, Fate::Accepted | Fate::Denied);
        let known = self.shown.as_ref().map(|(fate, _)| *fate);
        if !known.is_some_and(grave) && (grave(fate) || fate == Fate::Right || known.is_none()) {
            self.shown = Some((fate, exchange));
        }
    }

    /// How many answers say something of the lock.
    fn judged(&self) -> usize {
        self.right.len() + self.accepted + self.denied + self.other
    }

    fn words(&self, name: &str) -> String {
        let times = Sorted::of_times(&self.right).map_or_else(String::new, |times| {
            format!(" (p50 {}, p99 {})", micros(times.median()), micros(times.permille(990)))
        });
        let counts = [
            (self.shed, "shed"),
            (self.failed, "without an answer"),
            (self.accepted, "wrongly accepted"),
            (self.denied, "wrongly denied"),
            (self.other, "answered otherwise"),
        ];
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let rest: Vec<_> = counts.map(|(count, what)| format!(", {count} {what}")).collect();
        format!("{name}: {} as expected{times}{}", self.right.len(), rest.concat())
    }
}

/// What came of a flood.
struct Poured {
    names: Vec<String>,
    tallies: Vec<Tally>,
    took: Duration,
}

impl Poured {
    fn words(&self) -> String {
        let all: Vec<_> =
            self.names.iter().zip(&self.tallies).map(|(name, tally)| tally.words(name)).collect();
        format!("{}; in {:.1} s", all.join("; "), self.took.as_secs_f64())
    }

    /// The exchange of a crowd that is shown.
    fn shown(&self, at: usize) -> Option<(usize, Exchange)> {
        let (_, exchange) = self.tallies.get(at)?.shown.as_ref()?;
        Some((at, exchange.clone()))
    }

    /// Something that must never happen did not happen.
    fn never(&self, bench: &Bench<'_>, never: Never) -> Came {
        let (what, expected) = match never {
            Never::Accepted => {
                ("accepted", "no request accepted that is to be refused, however busy the target is")
            }
            Never::Denied => {
                ("denied", "no request with a good key refused for its key, however busy the target is")
            }
        };
        let wants = |at: usize| bench.steps.get(at).is_some_and(|step| step.requirement.wants_acceptance());
        let counted: Vec<usize> =
            (0..self.tallies.len()).filter(|at| wants(*at) == (never == Never::Denied)).collect();
        let of = |count: fn(&Tally) -> usize| -> usize {
            counted.iter().filter_map(|at| self.tallies.get(*at)).map(count).sum()
        };
        let judged = of(Tally::judged);
        let wrong = match never {
            Never::Accepted => of(|tally| tally.accepted),
            Never::Denied => of(|tally| tally.denied),
        };
        let (finding, sum) = match wrong {
            0 if judged < FEWEST => (
                Finding::Unclear,
                format!("only {judged} answers say anything of the lock, the rest was shed or failed"),
            ),
            0 => {
                let bound = 100.0 * at_most(judged);
                (Finding::Holds, format!("0 of {judged} wrongly {what}: at most {bound:.2} % at 95 %"))
            }
            wrong => (Finding::Broken, format!("{wrong} of {judged} wrongly {what}")),
        };
        let worst = |at: &&usize| self.tallies.get(**at).map_or(0, |tally| tally.accepted + tally.denied);
        let shown = counted.iter().max_by_key(worst).and_then(|at| self.shown(*at));
        Came { expected: expected.to_owned(), finding, actual: format!("{sum}; {}", self.words()), shown }
    }

    /// A refusal costs no more than an acceptance.
    fn cheap(&self, flood: &Flood, cheap: &Cheap) -> Result<Came, String> {
        let Cheap { times, floor, .. } = cheap;
        let place = |name: &crate::document::Name| {
            let mut crowds = flood.crowds.iter();
            crowds.position(|crowd| crowd.name.as_str() == name.as_str())
        };
        let times_of = |at: Option<usize>| {
            let tally = self.tallies.get(at?)?;
            Sorted::of_times(&tally.right).filter(|times| times.len() >= FEWEST)
        };
        let (Some(refused), Some(accepted)) =
            (times_of(place(&cheap.refused)), times_of(place(&cheap.accepted)))
        else {
            return Err(format!("fewer than {FEWEST} answers of a kind to compare: {}", self.words()));
        };
        let floor_us = floor.duration().as_secs_f64() * 1e6;
        let dear = |refused: f64, accepted: f64| refused > times * accepted && refused - accepted >= floor_us;
        let both =
            dear(refused.median(), accepted.median()) && dear(refused.permille(990), accepted.permille(990));
        let finding = if both { Finding::Broken } else { Finding::Holds };
        let expected = format!(
            "refusals that do not take {times} times as long as acceptances and {floor} more, at the median and at the \
             99th percentile"
        );
        let per_second = refused.len() * 1000 / usize::try_from(self.took.as_millis()).unwrap_or(1).max(1);
        let actual = format!("{}; {per_second} refusals a second", self.words());
        Ok(Came { expected, finding, actual, shown: place(&cheap.refused).and_then(|at| self.shown(at)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_becomes_of_a_request_depends_on_what_was_right() {
        let (refused, accepted) = ((false, Finding::Holds), (true, Finding::Holds));
        assert_eq!(Fate::of(refused, Kind::Refused), Fate::Right);
        assert_eq!(Fate::of(accepted, Kind::Accepted), Fate::Right);
        assert_eq!(Fate::of((false, Finding::Broken), Kind::Accepted), Fate::Accepted);
        assert_eq!(Fate::of((true, Finding::Broken), Kind::Refused), Fate::Denied);
        assert_eq!(Fate::of((true, Finding::Broken), Kind::Shed), Fate::Shed);
        assert_eq!(Fate::of((false, Finding::Broken), Kind::Other), Fate::Other);
        assert_eq!(Fate::of((false, Finding::Unclear), Kind::None), Fate::Failed);
        // The wrong refusal is no way around the lock, and no proof of it either.
        assert_eq!(Fate::of((false, Finding::Broken), Kind::Refused), Fate::Other);
    }
}
