//! A rate over time: its value, its integral, and the inverse of that.

use std::f64::consts::TAU;

/// Steps of the search for a place on a wave; a bisection alone would be exact to a nanosecond in a day.
const STEPS: usize = 64;

/// A rate over time, in requests a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Curve {
    /// From one rate to another in a straight line; the same twice is a constant rate.
    Line {
        /// The rate at its beginning.
        from: f64,
        /// The rate at its end.
        to: f64,
        /// How long it takes, in seconds.
        over: f64,
    },
    /// Up and down around a mean, beginning at the mean and going up.
    Wave {
        /// The mean rate.
        mean: f64,
        /// How far it goes to either side; not below nothing.
        amplitude: f64,
        /// How long one turn takes, in seconds.
        period: f64,
    },
}

impl Curve {
    /// A constant rate.
    pub fn constant(rate: f64) -> Self {
        Self::Line { from: rate, to: rate, over: 1.0 }
    }

    /// The rate at a time.
    pub fn rate(self, at: f64) -> f64 {
        match self {
            Self::Line { from, to, over } => from + (to - from) * at / over,
            Self::Wave { mean, amplitude, period } => mean + amplitude * (TAU * at / period).sin(),
        }
    }

    /// The highest rate within a length.
    pub fn peak(self, length: f64) -> f64 {
        match self {
            Self::Line { .. } if length <= 0.0 => 0.0,
            Self::Line { .. } => self.rate(0.0).max(self.rate(length)),
            Self::Wave { mean, amplitude, .. } => mean + amplitude,
        }
    }

    /// How many requests are due until a time.
    pub fn area(self, until: f64) -> f64 {
        match self {
            Self::Line { from, to, over } => from * until + (to - from) / over * until * until / 2.0,
            Self::Wave { mean, amplitude, period } => {
                mean * until + amplitude * period / TAU * (1.0 - (TAU * until / period).cos())
            }
        }
    }

    /// When so many requests have become due, within a length.
    pub fn reached(self, area: f64, length: f64) -> f64 {
        match self {
            Self::Line { from, to, over } => {
                let slope = (to - from) / over;
                let root = (from * from + 2.0 * slope * area).max(0.0).sqrt();
                // The usual formula would subtract two nearly equal numbers where the slope is small.
                if area <= 0.0 { 0.0 } else { 2.0 * area / (from + root) }
            }
            Self::Wave { .. } => self.searched(area, length),
        }
    }

    /// The same by Newton's method, kept between two bounds that close in.
    fn searched(self, area: f64, length: f64) -> f64 {
        let (mut low, mut high) = (0.0, length);
        let mut at = length / 2.0;
        for _ in 0..STEPS {
            let missing = area - self.area(at);
            if missing > 0.0 {
                low = at;
            } else {
                high = at;
            }
            let rate = self.rate(at);
            let next = if rate > 0.0 { at + missing / rate } else { low };
            let next = if next > low && next < high { next } else { f64::midpoint(low, high) };
            if (next - at).abs() < 1e-10 {
                return next;
            }
            at = next;
        }
        at
    }
}
