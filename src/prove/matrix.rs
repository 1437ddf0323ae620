//! The defect matrix: the published evidence that a green run means something.

use std::fmt;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::outcome::Verdict;

/// The name and version of the `defect-matrix.json` format.
pub const FORMAT: &str = "lockproof-defect-matrix/1";

/// What the suite finds in which server: the content of `defect-matrix.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Matrix {
    /// The name and version of this format.
    pub format: String,
    /// How many checks the suite has.
    pub checks: usize,
    /// The slow checks, where they were left out, and with them the defects that only they find.
    #[serde(default)]
    pub left_out: Vec<String>,
    /// How many defects were planted, one at a time.
    pub defects: usize,
    /// How many of them were found by a check that is there to find them.
    pub killed: usize,
    /// Defects that no check that names them found.
    pub survived: Vec<String>,
    /// Defects that leave nothing to judge: the server accepts nobody, and the suite said so and nothing else.
    pub unjudgeable: Vec<String>,
    /// Checks that name a defect and did not find it.
    pub missed_kills: Vec<Find>,
    /// Checks that found a defect which they neither name nor declare as collateral.
    pub undeclared_kills: Vec<Find>,
    /// Checks that found a defect which they declare as collateral, and the reason that they give.
    pub collateral_kills: Vec<Weakness>,
    /// Checks that found a defect and have no sound evidence to show, and what is wrong with it.
    pub weak_kills: Vec<Weakness>,
    /// Checks that can fail and find none of the defects.
    pub idle_checks: Vec<String>,
    /// How many seeds the sound server was tried with, in turn in every stage.
    pub seeds: usize,
    /// The stages in which the sound server was tried.
    pub stages: Vec<String>,
    /// The harmless variants that were tried.
    pub variants: Vec<String>,
    /// Whatever was raised on the sound server or on a harmless variant.
    pub false_alarms: Vec<Alarm>,
    /// How many pairs of defects of one family were planted together.
    pub pairs: usize,
    /// Pairs of which neither defect was found by a check that names it.
    pub masked_pairs: Vec<String>,
    /// The stage in which each defect was planted.
    pub staged: IndexMap<String, String>,
    /// The worst verdict of every check that found something, by defect.
    pub matrix: IndexMap<String, IndexMap<String, Verdict>>,
    /// Of everything that is shipped with a key in it, the check of the scan that found the key.
    #[serde(default)]
    pub shipped: IndexMap<String, String>,
    /// What is shipped with a key in it that the scan did not find once and as what it is.
    #[serde(default)]
    pub overlooked: Vec<String>,
}

/// A check and a defect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Find {
    /// The defect.
    pub defect: String,
    /// The check.
    pub check: String,
}

/// A check, a defect, and what there is to say of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Weakness {
    /// The defect.
    pub defect: String,
    /// The check.
    pub check: String,
    /// What there is to say.
    pub why: String,
}

/// Something that was raised where there is nothing to raise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alarm {
    /// The server on which it was raised.
    pub server: String,
    /// The case that raised it; of a run that came to nothing, nothing.
    pub case: Option<String>,
    /// What it came to.
    pub verdict: String,
    /// What was seen.
    pub actual: String,
}

impl Matrix {
    /// Whether the suite is proved: everything that should be found is, rightly, and nothing else.
    pub fn holds(&self) -> bool {
        self.complaints().is_empty()
    }

    /// What is not as it should be, by what it is.
    pub(super) fn complaints(&self) -> Vec<(&'static str, Vec<String>)> {
        let all = [
            ("Defects that survived", self.survived.clone()),
            ("Checks that name a defect and do not find it", shown(&self.missed_kills)),
            ("Checks that find a defect which they neither name nor declare", shown(&self.undeclared_kills)),
            ("Finds without sound evidence", shown(&self.weak_kills)),
            ("Checks that can fail and find nothing", self.idle_checks.clone()),
            ("False alarms", shown(&self.false_alarms)),
            ("Shipped keys that were overlooked", self.overlooked.clone()),
            ("Pairs of defects that hide each other", self.masked_pairs.clone()),
        ];
        all.into_iter().filter(|(_, them)| !them.is_empty()).collect()
    }
}

fn shown<T: ToString>(them: &[T]) -> Vec<String> {
    them.iter().map(ToString::to_string).collect()
}

impl fmt::Display for Find {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {}", self.defect, self.check)
    }
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {}: {}", self.defect, self.check, self.why)
    }
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let case = self.case.as_deref().unwrap_or("the whole run");
        write!(f, "{}: {case} is {}: {}", self.server, self.verdict, self.actual)
    }
}
