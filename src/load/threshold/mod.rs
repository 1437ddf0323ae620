//! Thresholds: bounds on what was measured, as a plan writes them.
//!
//! `p99(accepted, response) < 20ms`, `rate(false_accept) == 0`, `rate(shed) < 1%`, `throughput(good) > 100/s`,
//! `max(leased, outlived) <= policy.max_revocation_lag`.
//! A threshold without samples is missed: nothing measured is nothing shown.

mod parse;
mod weigh;

use std::borrow::Cow;

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
    /// With what: seconds for times, parts of 1 for rates, a number for counts, a second for throughput.
    pub bound: f64,
    /// The line of the contract's policy that the bound is, where it is one.
    policy: Option<String>,
    /// The part of the mix that it names, and where.
    class: Option<(String, Span)>,
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
    /// The part of the mix that it names, if it names one, and where in its text.
    pub fn class(&self) -> Option<&(String, Span)> {
        self.class.as_ref()
    }

    /// The same with a bound that is a number, where it was a line of the contract's policy.
    ///
    /// # Errors
    /// When the contract has no such line.
    pub fn settled(mut self, policy: &Policy) -> Result<Self, String> {
        if let Some(name) = self.policy.take() {
            let time = policy.time(&name);
            let time = time.ok_or_else(|| format!("the contract lacks a line `policy.{name}`"))?;
            self.bound = time.as_secs_f64();
            // Whoever reads a result need not have the contract.
            self.text = self.text.replace(&format!("policy.{name}"), &format!("{}ms", time.as_millis()));
        }
        Ok(self)
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
