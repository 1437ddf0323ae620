//! Whether a threshold was met by what was measured.

use super::{Bound, Figure, Threshold, Time};

/// What was measured, as far as thresholds ask for it.
pub trait Measured {
    /// A percentile in seconds; nothing where too few samples support it.
    fn percentile(&self, of: &str, time: Time, percent: f64) -> Option<f64>;
    /// The largest in seconds; nothing without samples.
    fn longest(&self, of: &str, time: Time) -> Option<f64>;
    /// A count, of all or of a part of the mix.
    fn count(&self, what: &str, class: Option<&str>) -> Option<u64>;
    /// A count as a part of what it could have been; nothing where there was nothing.
    fn rate(&self, what: &str, class: Option<&str>) -> Option<f64>;
    /// Right answers a second; nothing where nothing was sent.
    fn throughput(&self, of: &str) -> Option<f64>;
}

/// What a threshold came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weighed {
    /// The figure, in the unit of its bound; nothing where nothing was measured.
    pub figure: Option<f64>,
    /// What it was compared with; nothing where that was not measured.
    pub bound: Option<f64>,
    /// Whether the threshold was met.
    pub met: bool,
}

impl Threshold {
    /// Weighs it: what was not measured is not met.
    pub fn weigh(&self, measured: &dyn Measured) -> Weighed {
        let figure = self.figure.measured(measured);
        let bound = match &self.bound {
            Bound::Fixed(bound) => Some(*bound),
            Bound::Policy(_) => None,
            Bound::Compared { factor, figure, plus } => {
                figure.measured(measured).map(|other| factor * other + plus)
            }
        };
        let met = figure.zip(bound).is_some_and(|(figure, bound)| self.compare.holds(figure, bound));
        Weighed { figure, bound, met }
    }
}

impl Figure {
    fn measured(&self, measured: &dyn Measured) -> Option<f64> {
        match self {
            Self::Percentile { percent, of, time } => measured.percentile(of, *time, *percent),
            Self::Longest { of, time } => measured.longest(of, *time),
            Self::Rate { what, class } => measured.rate(what, class.as_deref()),
            Self::Count { what, class } => {
                let count = measured.count(what, class.as_deref());
                count.map(crate::load::number::real)
            }
            Self::Throughput { of } => measured.throughput(of),
        }
    }
}
