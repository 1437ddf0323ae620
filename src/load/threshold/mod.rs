//! Thresholds: bounds on what was measured, as a plan writes them.
//!
//! `p99(accepted, response) < 20ms`, `rate(false_accept) == 0`, `rate(shed) < 1%`, `throughput(good) > 100/s`; beside a
//! line of the contract, `max(leased, outlived) <= policy.max_revocation_lag`; beside another figure,
//! `p99(refused) < 2 * p99(accepted) + 5ms`. With `abort_on_fail 5s` behind it the run ends where it does not hold once
//! 5 s are measured. A threshold without samples is missed: nothing measured is nothing shown.

mod bound;
mod parse;
mod weigh;

use std::borrow::Cow;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

pub use parse::{Mistake, parse};
pub use weigh::{Measured, Weighed};

use crate::contract::Policy;
use crate::document::Span;

/// What a figure can be taken of beside the parts of the mix.
pub const SELECTORS: [&str; 3] = ["accepted", "refused", "all"];

/// What can be counted.
pub const COUNTS: [&str; 11] = [
    "right_accept",
    "right_refusal",
    "false_accept",
    "false_refusal",
    "shed",
    "broken",
    "timed_out",
    "late",
    "dropped",
    "sent",
    "completed",
];

/// A bound on a figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// As it was written.
    pub text: String,
    /// The figure.
    pub figure: Figure,
    /// How it must compare.
    pub compare: Compare,
    /// With what.
    pub bound: Bound,
    /// How long is measured, warm-up left out, before the run is ended where it does not hold; nothing where it is only
    /// weighed when all is over.
    pub abort: Option<Duration>,
    /// The parts of the mix that it names, and where.
    classes: Vec<(String, Span)>,
}

/// What a figure is compared with: seconds for times, parts of 1 for rates, a number for counts, a second for
/// throughput.
#[derive(Clone, Debug, PartialEq)]
pub enum Bound {
    /// Always the same.
    Fixed(f64),
    /// Another figure of the same kind.
    Compared {
        /// So many times that.
        factor: f64,
        /// That.
        figure: Figure,
        /// And so much more.
        plus: f64,
    },
    /// A line of the contract's policy, by its name: a number once there is a contract.
    Policy(String),
}

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub enum Figure {
    /// So many of all are at most so large.
    Percentile {
        /// How many of a hundred.
        percent: f64,
        /// Of which requests.
        of: String,
        /// Counted from when.
        time: Time,
    },
    /// The largest.
    Longest {
        /// Of which requests.
        of: String,
        /// Counted from when.
        time: Time,
    },
    /// A count as a part of all that was sent, or, for what was not sent, of all that was planned.
    Rate {
        /// What is counted.
        what: String,
        /// In which part of the mix, where not in all.
        class: Option<String>,
    },
    /// A count.
    Count {
        /// What is counted.
        what: String,
        /// In which part of the mix, where not in all.
        class: Option<String>,
    },
    /// Right answers a second.
    Throughput {
        /// Of which requests.
        of: String,
    },
}

/// Counted from when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// From when the request was due.
    Response,
    /// From when it was sent.
    Service,
    /// From the end of the key that it was sent with until it was sent: of accepted requests alone.
    Outlived,
}

/// How two numbers must compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
    /// `==`
    Equal,
}

impl Threshold {
    /// The parts of the mix that it names, and where in its text.
    pub fn classes(&self) -> &[(String, Span)] {
        &self.classes
    }

    /// Whether it asks for times.
    pub fn wants_times(&self) -> bool {
        let other = match &self.bound {
            Bound::Fixed(_) | Bound::Policy(_) => None,
            Bound::Compared { figure, .. } => Some(figure),
        };
        std::iter::once(&self.figure).chain(other).any(Figure::is_time)
    }

    /// The same with a bound that is a number, where it was a line of the contract's policy.
    ///
    /// # Errors
    /// When the contract has no such line.
    pub fn settled(mut self, policy: &Policy) -> Result<Self, String> {
        if let Bound::Policy(name) = &self.bound {
            let time = policy.time(name);
            let time = time.ok_or_else(|| format!("the contract lacks a line `policy.{name}`"))?;
            // Whoever reads a result need not have the contract.
            self.text = self.text.replace(&format!("policy.{name}"), &format!("{}ms", time.as_millis()));
            self.bound = Bound::Fixed(time.as_secs_f64());
        }
        Ok(self)
    }
}

impl Figure {
    /// Whether it is a time.
    fn is_time(&self) -> bool {
        matches!(self, Self::Percentile { .. } | Self::Longest { .. })
    }

    /// Whether another is of the same kind, so that the two can be compared.
    fn is_like(&self, other: &Self) -> bool {
        match self {
            Self::Percentile { .. } | Self::Longest { .. } => other.is_time(),
            Self::Rate { .. } => matches!(other, Self::Rate { .. }),
            Self::Count { .. } => matches!(other, Self::Count { .. }),
            Self::Throughput { .. } => matches!(other, Self::Throughput { .. }),
        }
    }
}

impl Compare {
    /// Whether two numbers compare so.
    #[expect(clippy::float_cmp, reason = "whoever writes `== 0` means exactly 0")]
    pub fn holds(self, figure: f64, bound: f64) -> bool {
        match self {
            Self::Less => figure < bound,
            Self::AtMost => figure <= bound,
            Self::More => figure > bound,
            Self::AtLeast => figure >= bound,
            Self::Equal => figure == bound,
        }
    }
}

impl<'de> Deserialize<'de> for Threshold {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse(&text).map_err(|mistake| de::Error::custom(mistake.message))
    }
}

impl JsonSchema for Threshold {
    fn schema_name() -> Cow<'static, str> {
        "Threshold".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1 })
    }
}
