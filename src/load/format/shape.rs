//! Rates that change: how a file says them, and the curves that they are.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::document::{Millis, Rate};
use crate::load::schedule::Curve;

/// A rate that changes over the duration.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// The same all the time.
    Constant(Rate),
    /// From one rate to another in a straight line.
    Ramp(Ramp),
    /// From one rate to another in equal steps, each as long as the others.
    Steps(Steps),
    /// One rate, and another for a while.
    Spike(Spike),
    /// Up and down around a mean.
    Sine(Sine),
}

/// From one rate to another in a straight line.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ramp {
    /// The rate at the beginning.
    pub from: Rate,
    /// The rate at the end.
    pub to: Rate,
}

/// From one rate to another in equal steps.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Steps {
    /// The rate of the first step.
    pub from: Rate,
    /// The rate of the last step.
    pub to: Rate,
    /// How many steps there are.
    #[schemars(range(min = 2, max = 1000))]
    pub count: u32,
}

/// One rate, and another for a while.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spike {
    /// The rate before and after.
    pub base: Rate,
    /// The rate meanwhile.
    pub peak: Rate,
    /// When it begins.
    pub at: Millis,
    /// How long it lasts.
    pub r#for: Millis,
}

/// Up and down around a mean.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sine {
    /// The mean rate.
    pub mean: Rate,
    /// How far it goes to either side; at most the mean.
    pub amplitude: Rate,
    /// How long one turn takes.
    pub period: Millis,
}

/// A part of a rate that goes from one target to the next.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// How long it takes.
    pub r#for: Millis,
    /// The rate at its end.
    pub to: Rate,
}

/// A curve and the time that it takes.
pub(in crate::load) type Timed = (Curve, Duration);

impl Shape {
    /// The curves of the shape over a duration.
    pub(in crate::load) fn curves(&self, over: Duration) -> Vec<Timed> {
        let seconds = over.as_secs_f64();
        match self {
            Self::Constant(rate) => vec![(Curve::constant(rate.per_second()), over)],
            Self::Ramp(ramp) => vec![line(ramp.from.per_second(), ramp.to.per_second(), over)],
            Self::Steps(steps) => steps.curves(seconds),
            Self::Spike(spike) => spike.curves(over),
            Self::Sine(sine) => {
                let (mean, amplitude) = (sine.mean.per_second(), sine.amplitude.per_second());
                let period = sine.period.duration().as_secs_f64();
                vec![(Curve::Wave { mean, amplitude, period }, over)]
            }
        }
    }
}

impl Steps {
    fn curves(&self, seconds: f64) -> Vec<Timed> {
        let (from, to, count) = (self.from.per_second(), self.to.per_second(), f64::from(self.count));
        let each = Duration::from_secs_f64(seconds / count);
        let rate = |step: u32| from + (to - from) * f64::from(step) / (count - 1.0).max(1.0);
        (0..self.count).map(|step| (Curve::constant(rate(step)), each)).collect()
    }
}

impl Spike {
    fn curves(&self, over: Duration) -> Vec<Timed> {
        let base = Curve::constant(self.base.per_second());
        let before = self.at.duration().min(over);
        let within = self.r#for.duration().min(over.saturating_sub(before));
        let after = over.saturating_sub(before + within);
        vec![(base, before), (Curve::constant(self.peak.per_second()), within), (base, after)]
    }
}

/// The curves of stages, the first of which begins at a rate.
pub(in crate::load) fn staged(stages: &[Stage], begins: f64) -> Vec<Timed> {
    let mut from = begins;
    let curve = |stage: &Stage| {
        let to = stage.to.per_second();
        line(std::mem::replace(&mut from, to), to, stage.r#for.duration())
    };
    stages.iter().map(curve).collect()
}

fn line(from: f64, to: f64, over: Duration) -> Timed {
    (Curve::Line { from, to, over: over.as_secs_f64() }, over)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(text: &str) -> Rate {
        Rate::parse(text).unwrap()
    }

    fn time(text: &str) -> Millis {
        Millis::parse(text).unwrap()
    }

    #[test]
    fn a_shape_fills_its_duration() {
        let over = Duration::from_secs(12);
        let shapes = [
            Shape::Constant(rate("10/s")),
            Shape::Ramp(Ramp { from: rate("0/s"), to: rate("10/s") }),
            Shape::Steps(Steps { from: rate("10/s"), to: rate("40/s"), count: 4 }),
            Shape::Spike(Spike { base: rate("1/s"), peak: rate("9/s"), at: time("3s"), r#for: time("2s") }),
            Shape::Sine(Sine { mean: rate("5/s"), amplitude: rate("5/s"), period: time("3s") }),
        ];
        for shape in shapes {
            let sum: Duration = shape.curves(over).iter().map(|(_, length)| *length).sum();
            assert_eq!(sum, over, "{shape:?}");
        }
    }

    #[test]
    fn steps_reach_both_of_their_ends_and_stages_begin_where_the_last_one_ended() {
        let steps = Shape::Steps(Steps { from: rate("10/s"), to: rate("40/s"), count: 4 });
        let rates: Vec<f64> =
            steps.curves(Duration::from_secs(4)).iter().map(|(curve, _)| curve.rate(0.0)).collect();
        assert_eq!(rates, [10.0, 20.0, 30.0, 40.0]);
        let stages = [("1s", "100/s"), ("2s", "100/s"), ("1s", "0/s")];
        let stages = stages.map(|(length, to)| Stage { r#for: time(length), to: rate(to) });
        let ends: Vec<_> = staged(&stages, 7.0)
            .iter()
            .map(|(curve, length)| (curve.rate(0.0), curve.rate(length.as_secs_f64())))
            .collect();
        assert_eq!(ends, [(7.0, 100.0), (100.0, 100.0), (100.0, 0.0)]);
    }
}
