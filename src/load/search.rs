//! The highest rate at which a plan holds: up by doubling, then in between until the two ends are close.

/// The ends are close enough when one is at most so many times the other.
const CLOSE: f64 = 1.05;
/// The most rates that are tried.
const TRIALS: usize = 24;

/// So often are the two ends tried before they are believed.
const REPEATS: usize = 3;

/// A search for the highest rate that holds.
#[derive(Clone, Debug)]
pub struct Search {
    begin: f64,
    trials: Vec<(f64, Trial)>,
}

/// What came of a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trial {
    /// It held.
    Held,
    /// It did not.
    Failed,
}

/// A rate, and how often it held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tried {
    /// Requests a second.
    pub rate: f64,
    /// How often it held.
    pub held: usize,
    /// How often it was tried.
    pub times: usize,
}

impl Search {
    /// A search that begins at a rate, in requests a second.
    pub fn new(begin: f64) -> Self {
        Self { begin: begin.max(1.0), trials: Vec::new() }
    }

    /// The next rate to be tried; nothing when the search is over.
    pub fn next(&self) -> Option<f64> {
        let next = match self.found() {
            (None, None) => self.begin,
            (Some(held), None) => held.rate * 2.0,
            (None, Some(failed)) => failed.rate / 2.0,
            (Some(held), Some(failed)) if failed.rate / held.rate <= CLOSE => {
                // One trial of a noisy machine is no knee.
                [held, failed].into_iter().find(|end| end.times < REPEATS)?.rate
            }
            // In the middle by ratio: rates are compared by how many times more they are.
            (Some(held), Some(failed)) => (held.rate * failed.rate).sqrt(),
        };
        (self.trials.len() < TRIALS && next >= 1.0).then(|| next.round())
    }

    /// Takes notice of what came of a rate.
    pub fn tell(&mut self, rate: f64, trial: Trial) {
        self.trials.push((rate, trial));
    }

    /// The highest rate that held more often than not below the lowest that did not, and that one.
    pub fn found(&self) -> (Option<Tried>, Option<Tried>) {
        let mut rates: Vec<f64> = self.trials.iter().map(|(rate, _)| *rate).collect();
        rates.sort_by(f64::total_cmp);
        rates.dedup();
        let tried: Vec<Tried> = rates.into_iter().map(|rate| self.tried(rate)).collect();
        let fails = |tried: &Tried| tried.held * 2 <= tried.times;
        let first = tried.iter().position(fails).unwrap_or(tried.len());
        let held = first.checked_sub(1).and_then(|at| tried.get(at));
        (held.copied(), tried.get(first).copied())
    }

    fn tried(&self, rate: f64) -> Tried {
        let own = self.trials.iter().filter(|(tried, _)| tried.total_cmp(&rate).is_eq());
        let held = own.clone().filter(|(_, trial)| *trial == Trial::Held).count();
        Tried { rate, held, times: own.count() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(begin: f64, capacity: f64) -> (Option<f64>, Option<f64>, usize) {
        let mut search = Search::new(begin);
        while let Some(rate) = search.next() {
            search.tell(rate, if rate <= capacity { Trial::Held } else { Trial::Failed });
        }
        let (held, failed) = search.found();
        if let (Some(held), Some(failed)) = (held, failed) {
            assert_eq!((held.held, held.times, failed.held, failed.times), (3, 3, 0, 3));
        }
        (held.map(|end| end.rate), failed.map(|end| end.rate), search.trials.len())
    }

    #[test]
    fn a_rate_that_held_by_luck_is_not_the_knee() {
        let mut search = Search::new(1000.0);
        for (rate, trial) in
            [(1000.0, Trial::Held), (2000.0, Trial::Failed), (1414.0, Trial::Held), (1414.0, Trial::Failed)]
        {
            search.tell(rate, trial);
        }
        let (held, failed) = search.found();
        assert_eq!((held.unwrap().rate, failed.unwrap().rate), (1000.0, 1414.0));
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
