//! From figures to places on a page.

use std::fmt;

/// A place, written with one digit behind the point.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(super) struct Px(pub(super) f64);

impl fmt::Display for Px {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1}", self.0)
    }
}

/// A count as a number with a fraction; what is larger than 2^32 is as large as can be drawn.
pub(super) fn real(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// From figures between two bounds to places between two others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    kind: Kind,
    from: f64,
    to: f64,
    begin: f64,
    end: f64,
}

/// How figures lie on a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Linear,
    Logarithmic,
}

impl Scale {
    /// Equal steps for equal differences, from 0 to `most`.
    pub(super) fn linear(most: u64, (begin, end): (f64, f64)) -> Self {
        Self { kind: Kind::Linear, from: 0.0, to: real(most).max(1.0), begin, end }
    }

    /// Equal steps for equal ratios.
    pub(super) fn logarithmic((least, most): (u64, u64), (begin, end): (f64, f64)) -> Self {
        let from = real(least).max(1.0);
        Self { kind: Kind::Logarithmic, from, to: real(most).max(from * 2.0), begin, end }
    }

    /// The place of a figure.
    pub(super) fn at(&self, figure: u64) -> Px {
        let figure = real(figure).clamp(self.from, self.to);
        let share = match self.kind {
            Kind::Linear => (figure - self.from) / (self.to - self.from),
            Kind::Logarithmic => (figure / self.from).ln() / (self.to / self.from).ln(),
        };
        Px(self.begin + share * (self.end - self.begin))
    }

    /// Round figures to be marked: 1, 2 and 5 of every power of ten, or so many that about `wanted` remain.
    pub(super) fn ticks(&self, wanted: usize) -> Vec<u64> {
        let round = (0..10).flat_map(|power| [1, 2, 5].map(|digit: u64| digit * 10_u64.pow(power)));
        let within = |figure: &u64| real(*figure) >= self.from && real(*figure) <= self.to;
        match self.kind {
            Kind::Logarithmic => {
                let all: Vec<_> = round.filter(within).collect();
                let powers = all.iter().copied().filter(|figure| is_power_of_ten(*figure));
                if all.len() > wanted { powers.collect() } else { all }
            }
            Kind::Linear => {
                let steps = round.filter(|step| self.to / real(*step) <= real(wanted as u64));
                let step = steps.min().unwrap_or(1);
                (0..=wanted as u64).map(|number| number * step).filter(within).collect()
            }
        }
    }
}

fn is_power_of_ten(figure: u64) -> bool {
    figure.to_string().trim_end_matches('0') == "1"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_placed_between_the_bounds() {
        let scale = Scale::linear(200, (0.0, 100.0));
        assert_eq!(
            [0, 50, 200, 900].map(|figure| scale.at(figure).to_string()),
            ["0.0", "25.0", "100.0", "100.0"]
        );
        let scale = Scale::logarithmic((10, 1_000), (0.0, 100.0));
        assert_eq!(
            [1, 10, 100, 1_000].map(|figure| scale.at(figure).to_string()),
            ["0.0", "0.0", "50.0", "100.0"]
        );
    }

    #[test]
    fn marks_are_round_and_few() {
        assert_eq!(Scale::linear(200, (0.0, 1.0)).ticks(4), [0, 50, 100, 150, 200]);
        assert_eq!(Scale::linear(0, (0.0, 1.0)).ticks(4), [0, 1]);
        assert_eq!(
            Scale::logarithmic((150, 90_000), (0.0, 1.0)).ticks(9),
            [200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000]
        );
        assert_eq!(Scale::logarithmic((150, 90_000), (0.0, 1.0)).ticks(5), [1_000, 10_000]);
    }
}
