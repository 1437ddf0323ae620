//! Which part of the mix a request falls to: by its number, and by what is sent when it is due.

use std::time::Duration;

use super::number::nanos_of;
use super::schedule::drawn;
use crate::outcome::load::Turn;

/// How often one class is sent, compared with the others, and when.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    /// How often.
    pub weight: f64,
    /// Whether it is sent alone, before the others, or with them.
    pub turn: Turn,
    /// From when on, counted from the end of the warm-up; nothing for what is sent from the beginning.
    pub from: Option<Duration>,
    /// Until when; nothing for what is sent to the end.
    pub until: Option<Duration>,
}

/// The weights of the classes, each added to those before it, from one instant to the next.
#[derive(Clone, Debug, Default)]
pub(super) struct Weights(Vec<(u64, Vec<f64>)>);

impl Share {
    /// Its part of what is sent at an instant; nothing for the time of the warm-up.
    fn at(&self, at: Option<Duration>, alone: Duration) -> f64 {
        let is_alone = !alone.is_zero() && at.is_none_or(|at| at < alone);
        let has_turn = is_alone == (self.turn == Turn::Alone);
        if has_turn && self.is_sent(at) { self.weight } else { 0.0 }
    }

    fn is_sent(&self, at: Option<Duration>) -> bool {
        let begun = self.from.is_none_or(|from| at.is_some_and(|at| from <= at));
        begun && self.until.is_none_or(|until| at.is_none_or(|at| at < until))
    }
}

impl Weights {
    /// The weights of a single class.
    pub(super) fn all_of_one() -> Self {
        Self(vec![(0, vec![1.0])])
    }

    /// The weights of all instants, where something is sent alone for a while behind the warm-up.
    ///
    /// # Errors
    /// When there is an instant at which nothing is sent.
    pub(super) fn new(shares: &[Share], warm_up: Duration, alone: Duration) -> Result<Self, String> {
        let mut instants: Vec<Option<Duration>> =
            shares.iter().flat_map(|share| [share.from, share.until]).flatten().map(Some).collect();
        instants.push(None);
        instants.extend((!alone.is_zero()).then_some(Some(alone)));
        instants.sort_unstable();
        instants.dedup();
        let mut all = Vec::new();
        for at in instants {
            let mut sum = 0.0;
            let added = shares.iter().map(|share| {
                sum += share.at(at, alone);
                sum
            });
            let weights: Vec<f64> = added.collect();
            if weights.last().is_none_or(|sum| *sum <= 0.0) {
                let when = at.map_or_else(|| "at the beginning".to_owned(), |at| format!("after {at:?}"));
                return Err(format!("nothing in the mix is sent {when}"));
            }
            all.push((at.map_or(0, |at| nanos_of(warm_up + at)), weights));
        }
        Ok(Self(all))
    }

    /// Which class the request of a number is of that is due at an instant, in nanoseconds from the start.
    pub(super) fn draw(&self, seed: u64, (number, at): (u64, u64)) -> usize {
        let behind = self.0.partition_point(|(from, _)| *from <= at);
        let weights = self.0.get(behind.saturating_sub(1)).map(|(_, weights)| weights.as_slice());
        drawn(weights.unwrap_or_default(), seed, number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn share(from: Option<u64>, until: Option<u64>) -> Share {
        Share {
            weight: 1.0,
            turn: Turn::InTheMix,
            from: from.map(Duration::from_secs),
            until: until.map(Duration::from_secs),
        }
    }

    #[test]
    fn a_class_is_sent_in_its_time_and_in_no_other() {
        let shares = [share(None, Some(2)), share(Some(1), None)];
        let weights = Weights::new(&shares, Duration::from_secs(10), Duration::ZERO).unwrap();
        let seen = |at: u64| {
            let drawn = (0..1000).map(|number| weights.draw(1, (number, at)));
            drawn.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>()
        };
        assert_eq!(seen(0), [0]);
        assert_eq!(seen(11 * SECOND - 1), [0]);
        assert_eq!(seen(11 * SECOND), [0, 1]);
        assert_eq!(seen(12 * SECOND), [1]);
    }

    #[test]
    fn what_is_sent_alone_has_its_turn_before_the_others_and_not_again() {
        let shares = [share(None, None), Share { turn: Turn::Alone, ..share(None, None) }];
        let class = |alone: u64, at: u64| {
            let weights = Weights::new(&shares, Duration::from_secs(1), Duration::from_secs(alone)).unwrap();
            let drawn: std::collections::BTreeSet<_> =
                (0..100).map(|number| weights.draw(1, (number, at))).collect();
            drawn.into_iter().collect::<Vec<_>>()
        };
        assert_eq!(
            (class(2, 0), class(2, 3 * SECOND - 1), class(2, 3 * SECOND)),
            (vec![1], vec![1], vec![0])
        );
        assert_eq!((class(0, 0), class(0, 5 * SECOND)), (vec![0], vec![0]));
    }

    #[test]
    fn a_time_in_which_nothing_is_sent_is_a_mistake() {
        let gap = [share(None, Some(2)), share(Some(3), None)];
        assert!(Weights::new(&gap, Duration::ZERO, Duration::ZERO).unwrap_err().contains("after 2s"));
        assert!(
            Weights::new(&[share(Some(3), None)], Duration::ZERO, Duration::ZERO)
                .unwrap_err()
                .contains("beginning")
        );
    }
}
