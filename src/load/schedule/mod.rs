//! When each request is due: a pure function of its number, and of nothing else.
//!
//! A schedule is a rate over time, and the n-th request is due when n requests have become due: the inverse of the
//! integral of the rate. No request's time depends on when another was sent, so a schedule cannot drift. This room
//! of the house knows no clock; its tests are tables.

mod curve;
#[cfg(test)]
mod tests;

use std::time::Duration;

use super::number::{mixed, nanos, real, seconds, unit, whole};
pub use curve::Curve;

/// When each request is due.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    segments: Vec<Segment>,
    arrivals: Arrivals,
}

/// How requests are spread under the rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrivals {
    /// Evenly: each is due when the rate says so.
    Even,
    /// At random, independently of each other, as strangers come: a Poisson process of the same rate.
    Poisson {
        /// The seed of the chance.
        seed: u64,
    },
}

/// A part of a schedule.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Segment {
    /// When it begins, in seconds from the start.
    start: f64,
    /// How long it is, in seconds.
    length: f64,
    /// How many requests are due before it.
    before: f64,
    /// Its rate.
    curve: Curve,
}

impl Segment {
    /// How many requests are due in it.
    fn area(&self) -> f64 {
        self.curve.area(self.length)
    }
}

impl Schedule {
    /// A schedule of several curves, each for its time, one behind the other.
    pub fn new(curves: &[(Curve, Duration)], arrivals: Arrivals) -> Self {
        let (mut start, mut before) = (0.0, 0.0);
        let mut segments = Vec::new();
        for (curve, length) in curves {
            let segment = Segment { start, length: length.as_secs_f64(), before, curve: *curve };
            start += segment.length;
            before += segment.area();
            segments.push(segment);
        }
        Self { segments, arrivals }
    }

    /// When it ends.
    pub fn end(&self) -> Duration {
        let end = self.segments.last().map_or(0.0, |last| last.start + last.length);
        Duration::from_nanos(nanos(end))
    }

    /// The highest rate, in requests a second.
    pub fn peak(&self) -> f64 {
        self.segments.iter().map(|segment| segment.curve.peak(segment.length)).fold(0.0, f64::max)
    }

    /// How many requests would be due at this rate, with what is left of one.
    pub fn integral(&self) -> f64 {
        self.segments.last().map_or(0.0, |last| last.before + last.area())
    }

    /// The rate at a moment, in requests a second.
    pub fn rate(&self, at: Duration) -> f64 {
        let at = at.as_secs_f64();
        let later = self.segments.partition_point(|segment| segment.start <= at);
        let segment = later.checked_sub(1).and_then(|number| self.segments.get(number));
        segment.filter(|one| at <= one.start + one.length).map_or(0.0, |one| one.curve.rate(at - one.start))
    }

    /// When a request is due, counted from the start; nothing behind the end.
    ///
    /// Where requests come at random this adds up all that came before; [`Cursor`] goes on from where it was.
    pub fn due(&self, number: u64) -> Option<Duration> {
        Cursor::new(self).due(self, number).map(Duration::from_nanos)
    }

    /// How many requests are due before the end.
    pub fn planned(&self) -> u64 {
        match self.arrivals {
            // The first is due at once, so what is left of one is one.
            Arrivals::Even => whole(self.integral().ceil()),
            Arrivals::Poisson { .. } => {
                let (mut cursor, end, mut count) = (Cursor::new(self), self.integral(), 0);
                while cursor.place(count) < end {
                    count += 1;
                }
                count
            }
        }
    }

    /// How many requests are due before a moment.
    pub fn due_before(&self, at: Duration) -> u64 {
        let (mut cursor, end) = (Cursor::new(self), super::number::nanos_of(at));
        match self.arrivals {
            // Bisected: the times never go back.
            Arrivals::Even => {
                let (mut low, mut high) = (0, self.planned());
                while low < high {
                    let middle = low.midpoint(high);
                    if cursor.due(self, middle).is_some_and(|due| due < end) {
                        low = middle + 1;
                    } else {
                        high = middle;
                    }
                }
                low
            }
            Arrivals::Poisson { .. } => {
                let mut count = 0;
                while cursor.due(self, count).is_some_and(|due| due < end) {
                    count += 1;
                }
                count
            }
        }
    }

    /// When so many requests have become due, in nanoseconds.
    fn reached(&self, place: f64) -> Option<u64> {
        let at = self.segments.partition_point(|segment| segment.before + segment.area() <= place);
        let segment = self.segments.get(at)?;
        let within = segment.curve.reached(place - segment.before, segment.length);
        Some(nanos(segment.start + within.min(segment.length)))
    }
}

/// A place in a schedule, for those who ask for one request after the other.
#[derive(Clone, Debug)]
pub struct Cursor {
    arrivals: Arrivals,
    /// The request that was asked for last, and its place.
    last: Option<(u64, f64)>,
}

impl Cursor {
    /// Before the first request of a schedule.
    pub fn new(schedule: &Schedule) -> Self {
        Self { arrivals: schedule.arrivals, last: None }
    }

    /// When a request is due, in nanoseconds from the start; nothing behind the end.
    pub fn due(&mut self, schedule: &Schedule, number: u64) -> Option<u64> {
        schedule.reached(self.place(number))
    }

    /// How many requests are due before this one, at the rate of the schedule.
    fn place(&mut self, number: u64) -> f64 {
        let Arrivals::Poisson { seed } = self.arrivals else { return real(number) };
        let (mut at, mut place) = self.last.filter(|(last, _)| *last <= number).unwrap_or((0, gap(seed, 0)));
        while at < number {
            at += 1;
            place += gap(seed, at);
        }
        self.last = Some((at, place));
        place
    }
}

/// The gap before a request that comes at random: exponential, 1 on average.
fn gap(seed: u64, number: u64) -> f64 {
    -(1.0 - unit(seed, number)).ln()
}

/// Which of some weights a request falls to; each request by itself, so that every shard agrees.
pub fn drawn(cumulative: &[f64], seed: u64, number: u64) -> usize {
    let total = cumulative.last().copied().unwrap_or(0.0);
    let ticket = unit(mixed(seed, 0x006d_6978), number) * total;
    cumulative.partition_point(|end| *end <= ticket).min(cumulative.len().saturating_sub(1))
}

/// The seconds of a time in nanoseconds, for whoever draws a line over time.
pub fn second_of(nanos: u64) -> u64 {
    whole(seconds(nanos))
}
