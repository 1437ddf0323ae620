//! Compares how long the answers of classes take.

use std::time::{Duration, Instant};

use super::{Bench, Came, Kind, chance, micros};
use crate::judge::Finding;
use crate::judge::statistics::{Comparison, Rules, Sorted, compare, smallest_visible};
use crate::runner::carry::{Carried, Decided};
use crate::scenario::Timing;
use crate::wire::{Captures, Exchange, Request};

/// So many different keys a class has, where they are random: all of them were seen before anything is counted, so that
/// a target that remembers keys remembers those of every class.
const KEYS: usize = 8;
/// So many answers of each class are needed to say anything.
const FEWEST: usize = 50;
/// After so many answers that say that the target had enough, it is left alone.
const ENOUGH: usize = 3;

/// Measures; where classes differ, measures once more: only what differs twice, in the same direction, counts.
pub(super) async fn carry(bench: &Bench<'_>, timing: &Timing) -> Result<Carried, String> {
    let first = match measure(bench, timing, "first").await? {
        Measured::Throttled(seen) => return Ok(throttled(timing, *seen)),
        Measured::Times(times) => times,
    };
    let found = first.differences();
    if found.is_empty() {
        return Ok(first.came(timing, Finding::Holds, "").carried());
    }
    let again = match measure(bench, timing, "again").await? {
        Measured::Throttled(seen) => return Ok(throttled(timing, *seen)),
        Measured::Times(times) => times,
    };
    let same = |one: &&Pair<'_>| {
        let mut others = again.differences().into_iter();
        others.any(|other| other.is_like(one))
    };
    if found.iter().any(|one| same(&one)) {
        return Ok(first.came(timing, Finding::Broken, "; measured twice with the same result").carried());
    }
    let once = "; a second measurement did not show what the first one did";
    Ok(again.came(timing, Finding::Holds, once).carried())
}

/// A target that stops answering guesses cannot be timed, and nobody else can time it either.
fn throttled(timing: &Timing, (at, exchange, after): (usize, Exchange, usize)) -> Carried {
    let status = exchange.answer.as_ref().map_or(0, |answer| answer.status);
    let actual = format!(
        "after {after} requests the target has enough of this client (status {status}): too few to tell times apart; \
         exempt this client to have them measured"
    );
    let came =
        Came { expected: expected(timing), finding: Finding::Unclear, actual, shown: Some((at, exchange)) };
    Carried { decided: Decided::Unmeasurable, ..came.carried() }
}

fn expected(timing: &Timing) -> String {
    let Timing { alpha, effect, floor, .. } = timing;
    format!(
        "no two classes whose answers differ in time (Mann-Whitney, two-sided, alpha {alpha} over all comparisons) by \
         a Cliff's delta of {effect} or more and by {floor} or more between the medians"
    )
}

/// What a measurement came to.
enum Measured {
    Times(Box<Times>),
    /// The target had enough: the class, the answer that says so, and how many there were before it.
    Throttled(Box<(usize, Exchange, usize)>),
}

async fn measure(bench: &Bench<'_>, timing: &Timing, purpose: &str) -> Result<Measured, String> {
    let mut dice = bench.dice(purpose);
    let classes = timing.classes.len();
    let pool = (0..classes).map(|at| pool(bench, at, purpose)).collect::<Result<Vec<_>, _>>()?;
    let mut run = Run::new(classes);
    let (rounds, warm_up) = (timing.samples + timing.warm_up, timing.warm_up);
    let mut order: Vec<usize> = (0..classes).collect();
    for round in 0..rounds {
        dice.shuffle(&mut order);
        for at in &order {
            let Some(requests) = pool.get(*at) else { continue };
            let Some(request) = requests.get(usize::try_from(round).unwrap_or(0) % KEYS) else { continue };
            let exchange = bench.send(*at, request.clone()).await?;
            run.sent += 1;
            if !run.take(bench, (*at, round >= warm_up), exchange)? {
                continue;
            }
            if let Some(throttled) = run.throttled.take().filter(|_| run.shed >= ENOUGH) {
                return Ok(Measured::Throttled(Box::new(throttled)));
            }
        }
        if run.began.elapsed() > timing.longest() {
            break;
        }
    }
    run.times(bench, timing).map(|times| Measured::Times(Box::new(times)))
}

/// The requests of a class that are sent in turn.
fn pool(bench: &Bench<'_>, at: usize, purpose: &str) -> Result<Vec<Request>, String> {
    let mut dice = bench.dice(&format!("{purpose} {at}"));
    (0..KEYS).map(|_| bench.request(at, &Captures::new(), &mut dice)).collect()
}

/// A measurement under way.
struct Run {
    began: Instant,
    sent: usize,
    shed: usize,
    /// Answers that came over a connection that was made for them: connecting is none of the target's thinking.
    connected: usize,
    times: Vec<Vec<Duration>>,
    last: Vec<Option<Exchange>>,
    throttled: Option<(usize, Exchange, usize)>,
}

impl Run {
    fn new(classes: usize) -> Self {
        Self {
            began: Instant::now(),
            sent: 0,
            shed: 0,
            connected: 0,
            times: vec![Vec::new(); classes],
            last: vec![None; classes],
            throttled: None,
        }
    }

    /// Takes an answer in; whether the target had enough.
    fn take(
        &mut self,
        bench: &Bench<'_>,
        (at, counts): (usize, bool),
        exchange: Exchange,
    ) -> Result<bool, String> {
        let (judgement, kind) = bench.judge(at, &exchange)?;
        if kind == Kind::Shed {
            self.shed += 1;
            let after = self.sent.saturating_sub(self.shed);
            self.throttled = Some((at, exchange, after));
            return Ok(true);
        }
        if judgement.finding != Finding::Holds {
            let class = bench.step(at)?.draft.method.clone();
            return Err(format!("a {class} request is not answered as it must be: {}", judgement.actual));
        }
        if !counts {
            return Ok(false);
        }
        if exchange.timing.connect.is_some() {
            self.connected += 1;
            return Ok(false);
        }
        if let (Some(times), Some(took)) = (self.times.get_mut(at), exchange.timing.first_byte) {
            times.push(took);
        }
        if let Some(last) = self.last.get_mut(at) {
            *last = Some(exchange);
        }
        Ok(false)
    }

    fn times(self, bench: &Bench<'_>, timing: &Timing) -> Result<Times, String> {
        let fewest = self.times.iter().map(Vec::len).min().unwrap_or(0);
        if fewest < FEWEST {
            return Err(format!(
                "only {fewest} answers of a class could be timed, of {} that were sent, {} of them on new \
                 connections; {FEWEST} are needed",
                self.sent, self.connected
            ));
        }
        let classes: Vec<Sorted> = self.times.iter().filter_map(|times| Sorted::of_times(times)).collect();
        let mut dice = bench.dice("bootstrap");
        let pairs = pairs(classes.len());
        let floor = timing.floor.duration().as_secs_f64() * 1e6;
        let rules = Rules { alpha: timing.alpha, comparisons: pairs.len(), effect: timing.effect, floor };
        let compared = pairs.into_iter().filter_map(|(one, other)| {
            let comparison = compare(classes.get(one)?, classes.get(other)?, &mut |bound| dice.below(bound));
            Some((one, other, comparison))
        });
        let compared = compared.collect();
        let names = timing.classes.iter().map(|class| class.name.to_string()).collect();
        Ok(Times { run: self, names, classes, compared, rules })
    }
}

/// Every two of so many.
fn pairs(classes: usize) -> Vec<(usize, usize)> {
    (0..classes).flat_map(|one| (one + 1..classes).map(move |other| (one, other))).collect()
}

/// What was measured.
struct Times {
    run: Run,
    names: Vec<String>,
    classes: Vec<Sorted>,
    compared: Vec<(usize, usize, Comparison)>,
    rules: Rules,
}

/// Two classes that differ.
struct Pair<'a> {
    one: usize,
    other: usize,
    comparison: &'a Comparison,
}

impl Pair<'_> {
    /// Whether it is the same two classes, and the same one of them is slower.
    fn is_like(&self, other: &Self) -> bool {
        let sign = |pair: &Self| pair.comparison.difference > 0.0;
        (self.one, self.other, sign(self)) == (other.one, other.other, sign(other))
    }

    fn slower(&self) -> usize {
        if self.comparison.difference > 0.0 { self.other } else { self.one }
    }
}

impl Times {
    /// The differences that count.
    fn differences(&self) -> Vec<Pair<'_>> {
        let all = self.compared.iter().filter(|(_, _, comparison)| comparison.counts(&self.rules));
        all.map(|(one, other, comparison)| Pair { one: *one, other: *other, comparison }).collect()
    }

    fn came(&self, timing: &Timing, finding: Finding, more: &str) -> Came {
        let shown = self.differences().first().map_or(0, Pair::slower);
        let exchange = self.run.last.get(shown).cloned().flatten();
        let actual = format!("{}{more}", self.words());
        Came { expected: expected(timing), finding, actual, shown: exchange.map(|one| (shown, one)) }
    }

    /// Every number that the verdict is made of.
    fn words(&self) -> String {
        let name = |at: usize| self.names.get(at).map_or("", String::as_str);
        let class = |(at, times): (usize, &Sorted)| format!("{} {}", name(at), micros(times.median()));
        let medians: Vec<_> = self.classes.iter().enumerate().map(class).collect();
        let pair = |(one, other, it): &(usize, usize, Comparison)| {
            let (low, high) = (micros(it.interval.low), micros(it.interval.high));
            let counts = if it.counts(&self.rules) { " - this counts" } else { "" };
            format!(
                "{} against {}: {} (95 %: {low} to {high}), Cliff's delta {:.3}, {}{counts}",
                name(*other),
                name(*one),
                micros(it.difference),
                it.delta,
                chance(it.p)
            )
        };
        let pairs: Vec<_> = self.compared.iter().map(pair).collect();
        let sizes = || self.classes.iter().map(Sorted::len);
        let (fewest, seconds) = (sizes().min().unwrap_or(0), self.run.began.elapsed().as_secs_f64());
        let visible = smallest_visible(fewest, fewest, &self.rules);
        format!(
            "medians: {}; {}; {} answers of each class or more, in random order, {} on new connections left out, in \
             {seconds:.1} s; each comparison at p < {:.1e}; the smallest delta that so many would show in four of \
             five runs is {visible:.3}",
            medians.join(", "),
            pairs.join("; "),
            fewest,
            self.run.connected,
            self.rules.share()
        )
    }
}
