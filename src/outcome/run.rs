//! A run, its controls, its checks and its cases.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Exchange, Redacted, RunVerdict, Verdict};
use crate::scenario::{Region, Severity};

/// Everything that a run concluded: the content of `results.json`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RunResult {
    /// The name and version of this format.
    pub format: String,
    /// Who made it.
    pub tool: Tool,
    /// The contract that the target was held to.
    pub contract: ContractInfo,
    /// Where the requests went.
    pub target: Vec<Target>,
    /// The seed behind the order of sending and every random value.
    pub seed: u64,
    /// When the run began, in UTC (RFC 3339).
    pub started: String,
    /// How long it took.
    pub duration_ms: u64,
    /// What it came to.
    pub verdict: RunVerdict,
    /// The number that the process ended with.
    pub exit_code: u8,
    /// How many cases came to each verdict.
    pub summary: Summary,
    /// What a reader must know before trusting anything below: TLS not verified, interrupted, unreached operations.
    pub notices: Vec<Redacted>,
    /// The probes that show whether the target can be judged at all.
    pub controls: Vec<Control>,
    /// The checks that the cases belong to.
    pub checks: Vec<CheckInfo>,
    /// The cases, in the order of the plan.
    pub cases: Vec<CaseResult>,
}

/// The program that made a result.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A contract, for a reader of a result.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ContractInfo {
    /// What the API is called.
    pub api: String,
    /// The file that it was read from.
    pub file: String,
    /// The environments, in the order of the contract.
    pub environments: Vec<String>,
    /// The operations, in the order of the contract.
    pub operations: Vec<String>,
    /// The credentials, in the order of the contract.
    pub credentials: Vec<String>,
}

/// Where the requests of one environment went.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// The environment.
    pub environment: String,
    /// Its base URL.
    pub url: Redacted,
}

/// How many cases came to each verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Requirements that hold.
    pub pass: usize,
    /// Broken MUSTs.
    pub fail: usize,
    /// Broken SHOULDs.
    pub warn: usize,
    /// Cases that do not apply.
    pub skip: usize,
    /// Cases that could not be judged.
    pub inconclusive: usize,
    /// Our own faults.
    pub error: usize,
}

impl Summary {
    /// Counts verdicts.
    pub fn of(verdicts: impl IntoIterator<Item = Verdict>) -> Self {
        verdicts.into_iter().fold(Self::default(), Self::and)
    }

    /// One more verdict.
    #[must_use]
    pub fn and(mut self, verdict: Verdict) -> Self {
        let slot = self.slot(verdict);
        *slot = slot.saturating_add(1);
        self
    }

    /// How many cases came to a verdict.
    pub fn count(mut self, verdict: Verdict) -> usize {
        *self.slot(verdict)
    }

    /// How many cases there are. It may come from a file, and nobody knows what that says.
    pub fn total(self) -> usize {
        Verdict::ALL.into_iter().map(|verdict| self.count(verdict)).fold(0, usize::saturating_add)
    }

    fn slot(&mut self, verdict: Verdict) -> &mut usize {
        match verdict {
            Verdict::Pass => &mut self.pass,
            Verdict::Fail => &mut self.fail,
            Verdict::Warn => &mut self.warn,
            Verdict::Skip => &mut self.skip,
            Verdict::Inconclusive => &mut self.inconclusive,
            Verdict::Error => &mut self.error,
        }
    }
}

/// One probe that shows whether the target can be judged at all.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Control {
    /// What it shows.
    pub kind: ControlKind,
    /// Where.
    pub environment: String,
    /// With which operation.
    pub operation: String,
    /// When: `before`, `during` or `after`.
    pub when: String,
    /// Whether it held.
    pub held: bool,
    /// What was seen.
    pub actual: Redacted,
    /// What to do where it did not hold.
    pub advice: String,
    /// The evidence where it did not hold.
    pub exchange: Option<Exchange>,
}

/// What a control shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ControlKind {
    /// An accepted key is accepted, and the acceptance is recognised.
    Positive,
    /// A request without a key is not answered like one that is accepted.
    Negative,
}

/// A check, for a reader of a result.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct CheckInfo {
    /// Its id.
    pub id: String,
    /// Its family.
    pub family: String,
    /// What holds when it passes.
    pub title: String,
    /// How much it matters.
    pub severity: Severity,
    /// The rules that it stands on.
    pub sources: Vec<String>,
    /// What goes wrong in the world when it does not hold.
    pub why: String,
    /// What to change on the server.
    pub advice: String,
    /// The file that it was read from; one of the built-in suite as in the repository of Lockproof.
    pub file: String,
    /// Where that file says what holds.
    #[serde(default)]
    pub site: Option<Region>,
}

/// One case and what it came to.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct CaseResult {
    /// `<check>/<environment>/<service.operation>/<credential or variant>`.
    pub id: String,
    /// The check's id.
    pub check: String,
    /// The check's family.
    pub family: String,
    /// How much the check matters.
    pub severity: Severity,
    /// The environment.
    pub environment: String,
    /// The operation.
    pub operation: String,
    /// The credential whose key was sent, if one was.
    pub credential: Option<String>,
    /// What the contract implies, where the request was a plain sound one of that credential and nothing else:
    /// the cell of the permission matrix that this case answers. Nothing for every case with a twist.
    pub expects: Option<Expects>,
    /// The variant, if the check has any.
    pub variant: Option<String>,
    /// What it came to.
    pub verdict: Verdict,
    /// What the contract takes the answer for that decided, where there was one.
    #[serde(default)]
    pub answered: Option<Answered>,
    /// For a skip: the check whose failure explains what was seen here.
    #[serde(default)]
    pub explained_by: Option<String>,
    /// What must hold.
    pub requirement: Redacted,
    /// What a right answer looks like.
    pub expected: Redacted,
    /// What was seen; for a skip, why it does not apply.
    pub actual: Redacted,
    /// A command that sends the same request, the key as the variable that the contract takes it from, or as
    /// `$LOCKPROOF_KEY_...` where it comes from elsewhere.
    pub reproduce: Option<Redacted>,
    /// The evidence: the exchange that decided.
    pub exchange: Option<Exchange>,
    /// How long the case took.
    pub duration_us: u64,
    /// The file that it is about, where it is about one: what a scan looked into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Redacted>,
}

/// What an answer is by the contract, whatever was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Answered {
    /// An acceptance of the operation.
    Acceptance,
    /// A refusal that the contract declares.
    Refusal,
    /// Neither.
    Neither,
}

/// What a contract implies for a plain, sound request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Expects {
    /// The credential may use the operation here.
    Acceptance,
    /// It may not.
    Refusal,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_that_no_run_has_do_not_wrap() {
        let summary = Summary { pass: usize::MAX, fail: 1, ..Summary::default() };
        assert_eq!(summary.total(), usize::MAX);
        assert_eq!(summary.and(Verdict::Pass), summary);
        assert_eq!(Summary::of([Verdict::Pass, Verdict::Fail, Verdict::Pass]).total(), 3);
    }
}
