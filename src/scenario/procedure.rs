//! What no list of requests can say: a named routine, with its parameters.
//!
//! Each variant is carried out by a file of its own in `runner::procedure`. There are few of them, and they stay few.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Expectation, Twist};
use crate::document::{Millis, Name};

/// A named routine that sends many requests and judges them together.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Procedure {
    /// Compares how long answers take, class against class, over one connection and in random order.
    Timing(Timing),
    /// Sends as much as so many clients can, and judges every answer.
    Flood(Flood),
    /// Goes on beyond a limit that the contract declares.
    Exceed(Box<Exceed>),
    /// Mints tokens, and asks whether somebody who has some could guess another.
    Mint(Mint),
}

/// Sends the check's own request again and again, which mints a token each time, and examines the tokens: whether one
/// repeats, how much of them differs, and whether a character follows the order in which they were minted.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mint {
    /// How many are minted.
    #[schemars(range(min = 100, max = 50_000))]
    pub tokens: u32,
    /// How long it may take, five minutes without this: it ends with fewer tokens then.
    #[serde(default)]
    pub at_most: Option<Millis>,
    /// How likely sound tokens may be found fault with by chance, over all characters together.
    #[serde(default = "mint_alpha")]
    #[schemars(range(min = 0.000_000_000_001, max = 0.01))]
    pub alpha: f64,
    /// How many bits of a token nobody may be able to know (RFC 6749 section 10.10).
    #[serde(default = "mint_bits")]
    #[schemars(range(min = 32, max = 512))]
    pub bits: u32,
}

impl Mint {
    /// How long it may take.
    pub fn longest(&self) -> Duration {
        self.at_most.as_ref().map_or(Duration::from_mins(5), Millis::duration)
    }
}

fn mint_alpha() -> f64 {
    0.000_001
}

fn mint_bits() -> u32 {
    128
}

/// Compares how long the answers of two or more classes take. Every two of them are compared.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Timing {
    /// The classes; what they say is added to `request` and `expect`. Only answers as expected are counted.
    #[schemars(length(min = 2, max = 6))]
    pub classes: Vec<Class>,
    /// How many answers of each class are counted.
    #[serde(default = "samples")]
    #[schemars(range(min = 50, max = 20_000))]
    pub samples: u32,
    /// How many answers of each class are left out at first.
    #[serde(default = "warm_up")]
    #[schemars(range(min = 0, max = 5000))]
    pub warm_up: u32,
    /// How long it may take, a minute without this: it ends with fewer answers then.
    #[serde(default)]
    pub at_most: Option<Millis>,
    /// How likely any difference may be found by chance, over all comparisons together.
    #[serde(default = "alpha")]
    #[schemars(range(min = 0.000_000_1, max = 0.1))]
    pub alpha: f64,
    /// How large a difference must be to count, as Cliff's delta: 0 is none, 1 is that every answer of the one class
    /// took longer than every one of the other.
    #[serde(default = "effect")]
    #[schemars(range(min = 0.05, max = 1.0))]
    pub effect: f64,
    /// How far apart the medians must be to count.
    pub floor: Millis,
}

/// Requests of one kind.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// What they are called.
    pub name: Name,
    /// What makes them differ.
    #[serde(default)]
    pub request: Twist,
    /// What is right for each of their answers.
    #[serde(default)]
    pub expect: Expectation,
}

/// Sends as much as so many clients can at once. A client whose request is shed (429, or 503 with Retry-After) waits for
/// a moment; any other sends its next request at once.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flood {
    /// How long it lasts.
    pub lasts: Millis,
    /// Who takes part; what they say is added to `request` and `expect`.
    #[schemars(length(min = 1, max = 8))]
    pub crowds: Vec<Crowd>,
    /// What must hold of all answers together.
    pub right: FloodRule,
}

/// Clients that send requests of one kind, each one after the other.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Crowd {
    /// What they are called.
    pub name: Name,
    /// How many there are.
    #[schemars(range(min = 1, max = 512))]
    pub clients: u32,
    /// How much later than the others they begin.
    #[serde(default)]
    pub after: Option<Millis>,
    /// What makes their requests differ.
    #[serde(default)]
    pub request: Twist,
    /// What is right for each of their answers.
    #[serde(default)]
    pub expect: Expectation,
}

/// What must hold of all answers to a flood.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FloodRule {
    /// This never happens.
    Never(Never),
    /// A refusal costs no more time than an acceptance.
    Cheap(Cheap),
}

/// What must never happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Never {
    /// That what is to be refused is accepted.
    Accepted,
    /// That what is to be accepted is refused as if its key were wrong.
    Denied,
}

/// Of which crowd the answers must not take longer than those of which other one.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cheap {
    /// The crowd that is refused.
    pub refused: Name,
    /// The crowd that is accepted.
    pub accepted: Name,
    /// How many times as long it must take to count: at the median and at the 99th percentile.
    #[schemars(range(min = 1.0, max = 100.0))]
    pub times: f64,
    /// How much longer it must take to count.
    pub floor: Millis,
}

/// Sends the check's own request more often than a limit allows that the contract declares for the operation, after a
/// pause as long as its window. While the limit is not reached, `expect` is right.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exceed {
    /// The limit. `{address}` in a header field is another address in every request.
    pub limit: LimitName,
    /// How many times as many requests are sent.
    #[serde(default = "times")]
    #[schemars(range(min = 2, max = 20))]
    pub times: u32,
    /// What the first answer must be that is not as expected. There must be one, or the answers must become slower and
    /// slower; without this, nothing is asked of them.
    #[serde(default)]
    pub turns: Option<Expectation>,
    /// What is sent at last, and what is right for it.
    #[serde(default)]
    pub then: Option<Afterwards>,
}

/// Which limit of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LimitName {
    /// How many requests one key has.
    Key,
    /// How many wrong keys one client may try.
    Guesses,
}

impl LimitName {
    /// The word that stands for it in both formats.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Guesses => "guesses",
        }
    }
}

/// A request of its own, not added to the check's.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Afterwards {
    /// What makes it differ from a sound one.
    #[serde(default)]
    pub request: Twist,
    /// What is right.
    pub expect: Expectation,
}

impl Timing {
    /// How long it may take.
    pub fn longest(&self) -> Duration {
        self.at_most.as_ref().map_or(Duration::from_mins(1), Millis::duration)
    }
}

impl Procedure {
    /// The word that stands for it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Timing(_) => "timing",
            Self::Flood(_) => "flood",
            Self::Exceed(_) => "exceed",
            Self::Mint(_) => "mint",
        }
    }

    /// The requests that it sends and what is right for each, in an order that who carries it out relies on: the classes
    /// or crowds; or the request, what it turns into, and what is sent at last.
    pub fn requests(&self, (request, expect): (&Twist, &Expectation)) -> Vec<(Twist, Expectation)> {
        let added = |more: &Twist, right: &Expectation| {
            (request.clone().overlaid(more), expect.clone().overlaid(right))
        };
        match self {
            Self::Timing(it) => it.classes.iter().map(|one| added(&one.request, &one.expect)).collect(),
            Self::Flood(it) => it.crowds.iter().map(|one| added(&one.request, &one.expect)).collect(),
            Self::Mint(_) => vec![(request.clone(), expect.clone())],
            Self::Exceed(it) => {
                let turned = it.turns.clone().unwrap_or_default();
                let last = it.then.iter().map(|then| (then.request.clone(), then.expect.clone()));
                [(request.clone(), expect.clone()), (request.clone(), turned)]
                    .into_iter()
                    .chain(last)
                    .collect()
            }
        }
    }
}

fn samples() -> u32 {
    3400
}

fn warm_up() -> u32 {
    100
}

fn alpha() -> f64 {
    0.001
}

fn effect() -> f64 {
    0.2
}

fn times() -> u32 {
    3
}
