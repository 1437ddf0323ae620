//! The highest rate at which a plan holds: up by doubling, then in between until the two ends are close.

/// The ends are close enough when one is at most so many times the other.
const CLOSE: f64 = 1.05;
/// The most rates that are tried.
const TRIALS: u32 = 16;

/// A search for the highest rate that holds.
#[derive(Clone, Copy, Debug)]
pub struct Search {
    begin: f64,
    held: Option<f64>,
    failed: Option<f64>,
    trials: u32,
}

/// What came of a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trial {
    /// It held.
    Held,
    /// It did not.
    Failed,
}

impl Search {
    /// A search that begins at a rate, in requests a second.
    pub fn new(begin: f64) -> Self {
        Self { begin: begin.max(1.0), held: None, failed: None, trials: 0 }
    }

    /// The next rate to be tried; nothing when the search is over.
    pub fn next(&self) -> Option<f64> {
        let next = match (self.held, self.failed) {
            (None, None) => self.begin,
            (Some(held), None) => held * 2.0,
            (None, Some(failed)) => failed / 2.0,
            (Some(held), Some(failed)) if failed / held <= CLOSE => return None,
            // In the middle by ratio: rates are compared by how many times more they are.
            (Some(held), Some(failed)) => (held * failed).sqrt(),
        };
        (self.trials < TRIALS && next >= 1.0).then(|| next.round())
    }

    /// Takes notice of what came of a rate.
    pub fn tell(&mut self, rate: f64, trial: Trial) {
        self.trials += 1;
        match trial {
            Trial::Held => self.held = Some(self.held.map_or(rate, |held| held.max(rate))),
            Trial::Failed => self.failed = Some(self.failed.map_or(rate, |failed| failed.min(rate))),
        }
    }

    /// The highest rate that held, and the lowest that did not.
    pub fn found(&self) -> (Option<f64>, Option<f64>) {
        (self.held, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(begin: f64, capacity: f64) -> (Option<f64>, Option<f64>, u32) {
        let mut search = Search::new(begin);
        while let Some(rate) = search.next() {
            search.tell(rate, if rate <= capacity { Trial::Held } else { Trial::Failed });
        }
        (search.held, search.failed, search.trials)
    }

    #[test]
    fn the_knee_is_found_from_below_and_from_above() {
        for (begin, capacity) in [(10.0, 3_000.0), (100_000.0, 3_000.0), (2_900.0, 3_000.0)] {
            let (held, failed, trials) = search(begin, capacity);
            let (held, failed) = (held.unwrap(), failed.unwrap());
            assert!(held <= capacity && failed > capacity && failed / held <= 1.06, "{held} {failed}");
            assert!(trials <= TRIALS, "{trials}");
        }
    }

    #[test]
    fn what_holds_nothing_and_what_holds_everything_ends_too() {
        assert_eq!(search(100.0, 0.5).0, None);
        assert_eq!(search(100.0, f64::MAX).1, None);
    }
}
