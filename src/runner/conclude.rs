//! From what was collected to what is concluded: the run's verdict, its exit code and its notices.

use std::collections::BTreeSet;

use crate::outcome::{
    CheckInfo, ContractInfo, Control, ControlKind, ExitCode, FORMAT, RunResult, RunVerdict, Summary, Target,
    Tool, Verdict,
};
use crate::plan::Plan;
use crate::redact::Redactor;

use super::{Collected, Signal};

/// What a result says of the run beside what was collected.
#[derive(Clone, Debug)]
pub struct Header {
    /// The contract.
    pub contract: ContractInfo,
    /// Where the requests went, by environment.
    pub targets: Vec<(String, String)>,
    /// The seed.
    pub seed: u64,
    /// When the run began, in UTC (RFC 3339).
    pub started: String,
    /// What a reader must know first.
    pub notices: Vec<String>,
    /// Whether a warning counts like a failure.
    pub strictness: Strictness,
}

/// Whether a warning counts like a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// It does not.
    Lenient,
    /// It does.
    Strict,
}

/// The whole result, and how the program is to end.
#[derive(Clone, Debug)]
pub struct Conclusion {
    /// The result.
    pub result: RunResult,
    /// How to end.
    pub exit: ExitCode,
}

/// Concludes a run.
pub fn conclude(header: Header, plan: &Plan, collected: Collected, redactor: &Redactor) -> Conclusion {
    let summary = Summary::of(collected.cases.iter().map(|case| case.verdict));
    let (verdict, exit) = weigh(summary, &collected, header.strictness);
    let mut notices = header.notices;
    notices.extend(unreached(plan));
    notices.extend(not_enforced(&collected));
    let left = collected.left.iter();
    notices.extend(left.map(|what| format!("the target is not as it was; take this back by hand: {what}")));
    let result = RunResult {
        format: FORMAT.to_owned(),
        tool: Tool { name: "lockproof".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        contract: header.contract,
        target: header
            .targets
            .into_iter()
            .map(|(environment, url)| Target { environment, url: redactor.redact(&url) })
            .collect(),
        seed: header.seed,
        started: header.started,
        duration_ms: u64::try_from(collected.duration.as_millis()).unwrap_or(u64::MAX),
        verdict,
        exit_code: exit.code(),
        summary,
        notices: notices.iter().map(|notice| redactor.redact(notice)).collect(),
        controls: collected.controls,
        checks: checks(plan),
        cases: collected.cases,
    };
    Conclusion { result, exit }
}

/// A witnessed failure is a fact, whatever else is unclear; our own faults and interruptions come first.
fn weigh(summary: Summary, collected: &Collected, strictness: Strictness) -> (RunVerdict, ExitCode) {
    let warned = strictness == Strictness::Strict && summary.warn > 0;
    let failed = summary.fail > 0 || warned || open(collected).next().is_some();
    match collected.signal {
        Some(Signal::Interrupt) => return (RunVerdict::Aborted, ExitCode::Interrupted),
        Some(Signal::Terminate) => return (RunVerdict::Aborted, ExitCode::Terminated),
        None => {}
    }
    if summary.error > 0 {
        let verdict = if failed { RunVerdict::NonConformant } else { RunVerdict::Inconclusive };
        return (verdict, ExitCode::Internal);
    }
    if failed {
        return (RunVerdict::NonConformant, ExitCode::NonConformant);
    }
    let judged = summary.count(Verdict::Pass) + summary.count(Verdict::Warn);
    if summary.inconclusive > 0 || judged == 0 {
        return (RunVerdict::Inconclusive, ExitCode::Inconclusive);
    }
    (RunVerdict::Conformant, ExitCode::Conformant)
}

fn unreached(plan: &Plan) -> Option<String> {
    let names: Vec<_> = plan.unreached.iter().map(ToString::to_string).collect();
    (!names.is_empty()).then(|| format!("no check reaches {}", names.join(", ")))
}

/// The controls that saw a request without a key accepted.
fn open(collected: &Collected) -> impl Iterator<Item = &Control> {
    collected
        .controls
        .iter()
        .filter(|one| one.kind == ControlKind::Negative && !one.held && one.exchange.is_some())
}

fn not_enforced(collected: &Collected) -> Option<String> {
    let open: BTreeSet<_> =
        open(collected).map(|one| format!("{} ({})", one.operation, one.environment)).collect();
    let open: Vec<_> = open.into_iter().collect();
    (!open.is_empty())
        .then(|| format!("authentication is not enforced: no key is needed for {}", open.join(", ")))
}

/// The checks of a plan, each once, in the order of the plan.
fn checks(plan: &Plan) -> Vec<CheckInfo> {
    let mut seen = BTreeSet::new();
    let fresh = plan
        .cases
        .iter()
        .map(|case| &case.scenario)
        .filter(|scenario| seen.insert(scenario.id.as_str().to_owned()));
    fresh
        .map(|scenario| CheckInfo {
            id: scenario.id.to_string(),
            family: scenario.family.clone(),
            title: scenario.title.clone(),
            severity: scenario.severity,
            sources: scenario.sources.clone(),
            why: scenario.why.clone(),
            advice: scenario.advice.clone(),
            file: scenario.file.clone(),
            site: Some(scenario.site),
        })
        .collect()
}
