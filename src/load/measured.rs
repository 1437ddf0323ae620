//! What thresholds may ask of what was collected.

use super::collect::Collected;
use super::number::{real, share};
use super::sheet::{ClassSheet, KeyLife, Sheet};
use super::tally::Counts;
use super::threshold::{Measured, Time};
use super::times::Times;
use super::verdict::Outcome;
use crate::outcome::load::Turn;

/// What was collected, for those who ask.
#[derive(Debug)]
pub(super) struct Figures<'a> {
    pub(super) job: &'a Sheet,
    pub(super) collected: &'a Collected,
}

impl Figures<'_> {
    /// The classes that a selector means: those where an acceptance is right, those where a refusal is, all, or those of
    /// a part of the mix. What is sent alone is meant only by its own name, and by all.
    fn classes(&self, of: &str) -> Vec<usize> {
        let meant = |class: &ClassSheet| match of {
            "all" => true,
            "accepted" => class.accepts && class.turn == Turn::InTheMix,
            "refused" => !class.accepts && class.turn == Turn::InTheMix,
            name => class.entry == name || class.name == name,
        };
        (0..).zip(&self.job.classes).filter(|(_, class)| meant(class)).map(|(number, _)| number).collect()
    }

    fn times(&self, of: &str, time: Time) -> Times {
        let together = self.collected.times_of(self.classes(of).into_iter());
        let (mut right, other) = match time {
            Time::Response => (together.response, together.other_response),
            Time::Service => (together.service, together.other_service),
            Time::Outlived => (together.outlived, Times::default()),
        };
        if of == "all" {
            right.add(&other);
        }
        right
    }

    /// Whether a key had its end while it was sent, and was refused behind it.
    fn has_ended(&self, of: &str) -> bool {
        let classes = self.classes(of).into_iter();
        let known = classes
            .filter_map(|class| Some((self.job.classes.get(class)?, self.collected.measured.get(class)?)));
        let mut ended = known.filter(|(class, _)| class.key == KeyLife::Ends);
        ended.any(|(_, counts)| counts.of(Outcome::RightRefusal) > 0)
    }

    fn counts(&self, class: Option<&str>) -> Counts {
        let classes = self.classes(class.unwrap_or("all"));
        let measured = classes.into_iter().filter_map(|class| self.collected.measured.get(class));
        measured.fold(Counts::default(), |mut sum, counts| {
            sum += counts;
            sum
        })
    }
}

impl Measured for Figures<'_> {
    fn percentile(&self, of: &str, time: Time, percent: f64) -> Option<f64> {
        self.times(of, time).percentile(percent).map(|micros| real(micros) / 1e6)
    }

    fn longest(&self, of: &str, time: Time) -> Option<f64> {
        let longest = self.times(of, time).longest();
        // Where a key had its end and nothing was accepted behind it, nothing outlived it.
        let none = (time == Time::Outlived && self.has_ended(of)).then_some(0);
        longest.or(none).map(|micros| real(micros) / 1e6)
    }

    fn count(&self, what: &str, class: Option<&str>) -> Option<u64> {
        let counts = self.counts(class);
        // Nothing measured is nothing shown.
        (counts.sent > 0).then(|| of_name(&counts, what)).flatten()
    }

    fn rate(&self, what: &str, class: Option<&str>) -> Option<f64> {
        let counts = self.counts(class);
        let planned = counts.sent + counts.dropped;
        let of = if matches!(what, "dropped" | "late" | "sent") { planned } else { counts.sent };
        of_name(&counts, what).and_then(|count| share(count, of))
    }

    fn throughput(&self, of: &str) -> Option<f64> {
        let counts = self.counts(Some(of));
        let right = counts.of(Outcome::RightAccept) + counts.of(Outcome::RightRefusal);
        let span = self.collected.duration.min(self.job.span).saturating_sub(self.job.warm_up);
        let is_alone =
            |class| self.job.classes.get::<usize>(class).is_some_and(|class| class.turn == Turn::Alone);
        let span = match of {
            "all" => span,
            _ if self.classes(of).into_iter().all(is_alone) => span.min(self.job.alone),
            _ => span.saturating_sub(self.job.alone),
        };
        (counts.sent > 0 && !span.is_zero()).then(|| real(right) / span.as_secs_f64())
    }
}

/// A count by the name that thresholds have for it.
fn of_name(counts: &Counts, what: &str) -> Option<u64> {
    Some(match what {
        "right_accept" => counts.of(Outcome::RightAccept),
        "right_refusal" => counts.of(Outcome::RightRefusal),
        "false_accept" => counts.of(Outcome::FalseAccept),
        "false_refusal" => counts.of(Outcome::FalseRefusal),
        "shed" => counts.of(Outcome::Shed),
        "broken" => counts.broken(),
        "timed_out" => counts.of(Outcome::TimedOut),
        "late" => counts.late,
        "dropped" => counts.dropped,
        "sent" => counts.sent,
        "completed" => counts.completed(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::threshold::COUNTS;

    #[test]
    fn every_count_that_a_threshold_may_name_is_one() {
        for name in COUNTS {
            assert!(of_name(&Counts::default(), name).is_some(), "{name}");
        }
    }
}
