//! Two implementations of one contract: who accepts what the other refuses, and whose refusal differs in what.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Serialize;

use super::sheet::{Sheet, Table};
use crate::outcome::{Answered, CaseResult, RunResult, Summary, Verdict};
use crate::report::Ink;
use crate::snapshot::{Form, Observed, Sign, alike, difference};

/// How two implementations compare.
#[derive(Clone, Debug, Serialize)]
pub struct SidesComparison {
    /// The name and version of this format.
    pub format: &'static str,
    /// The one.
    pub a: SideInfo,
    /// The other.
    pub b: SideInfo,
    /// Cases that one accepts and the other refuses.
    pub split: Vec<Split>,
    /// Refusals that differ, each with the cases that it is the answer to.
    pub refusals: Vec<Differing>,
    /// Cases that are recognised as different things, or judged differently, though both accept or neither does.
    pub judged_apart: Vec<Split>,
    /// Cases that the contract does not have alike for both, as of two environments with other keys: other things are
    /// expected of them and came, or only one of them is asked.
    pub expected_apart: Vec<Split>,
    /// Cases that both were asked, and only one of them has an answer to.
    pub unanswered: Vec<Split>,
    /// Cases that are answered alike.
    pub alike: usize,
}

/// One implementation.
#[derive(Clone, Debug, Serialize)]
pub struct SideInfo {
    /// What it was called on the command line.
    pub name: String,
    /// The environment of the contract that it is.
    pub environment: String,
    /// What came of its cases.
    pub summary: Summary,
    /// What it came to.
    pub verdict: String,
    /// The first control that did not hold, if there is one: then it was not judged.
    pub problem: Option<String>,
}

/// A case that the two take differently.
#[derive(Clone, Debug, Serialize)]
pub struct Split {
    /// The case, without its environment.
    pub case: String,
    /// What the one answers.
    pub a: String,
    /// What the other answers.
    pub b: String,
}

/// A refusal that differs.
#[derive(Clone, Debug, Serialize)]
pub struct Differing {
    /// The cases, without their environment.
    pub cases: Vec<String>,
    /// The lines in which the two differ: `-` of the one, `+` of the other.
    pub lines: Vec<String>,
}

impl SidesComparison {
    /// Whether the two are the same wherever both have answered.
    pub fn is_same(&self) -> bool {
        self.split.is_empty() && self.refusals.is_empty() && self.judged_apart.is_empty()
    }

    /// Whether a sameness says anything: not where one of them owes an answer, or nothing was answered by both.
    pub fn is_whole(&self) -> bool {
        self.unanswered.is_empty() && self.alike > 0
    }
}

/// One side: what it is called, what came of its run, and its refusals in normal form.
pub type Side<'a> = (&'a str, &'a RunResult, &'a [Observed]);

/// Compares two sides.
pub fn sides(a: Side<'_>, b: Side<'_>) -> SidesComparison {
    let (cases_a, cases_b) = (by_key(a.1), by_key(b.1));
    let (forms_a, forms_b) = (forms(a.2), forms(b.2));
    let mut comparison = SidesComparison {
        format: "lockproof-diff/1",
        a: info(a),
        b: info(b),
        split: Vec::new(),
        refusals: Vec::new(),
        judged_apart: Vec::new(),
        expected_apart: Vec::new(),
        unanswered: Vec::new(),
        alike: 0,
    };
    let mut refusals: IndexMap<Vec<String>, Vec<String>> = IndexMap::new();
    let only_b = cases_b.keys().filter(|key| !cases_a.contains_key(*key));
    for key in cases_a.keys().chain(only_b) {
        let (one, other) = (cases_a.get(key).copied(), cases_b.get(key).copied());
        let split = || Split { case: key.clone(), a: told(one), b: told(other) };
        match pair((one, forms_a.get(key).copied()), (other, forms_b.get(key).copied())) {
            Pair::Unknown => {}
            Pair::ExpectedApart => comparison.expected_apart.push(split()),
            Pair::OneAlone => comparison.unanswered.push(split()),
            Pair::Split => comparison.split.push(split()),
            Pair::Refusals(lines) => refusals.entry(lines).or_default().push(key.clone()),
            Pair::Apart => comparison.judged_apart.push(split()),
            Pair::Alike => comparison.alike += 1,
        }
    }
    comparison.refusals = refusals.into_iter().map(|(lines, cases)| Differing { cases, lines }).collect();
    comparison
}

/// How two answers to one case compare.
#[derive(Debug, PartialEq, Eq)]
enum Pair {
    /// Neither has an answer that was judged.
    Unknown,
    /// Only one of them has.
    OneAlone,
    /// What the contract has of them differs, and so do they.
    ExpectedApart,
    /// One accepts, the other does not.
    Split,
    /// The refusals differ in these lines.
    Refusals(Vec<String>),
    /// They are recognised as different things, or judged differently.
    Apart,
    /// Nothing tells them apart.
    Alike,
}

/// A case of one side, if it is one there, and its refusal in normal form, if it has one.
type Seen<'a> = (Option<&'a CaseResult>, Option<&'a Result<Form, String>>);

fn pair((one, form): Seen<'_>, (other, other_form): Seen<'_>) -> Pair {
    let is_asked = |case: Option<&CaseResult>| case.is_some_and(|case| case.verdict != Verdict::Skip);
    match (one.and_then(judged), other.and_then(judged)) {
        (None, None) => Pair::Unknown,
        (Some(one), Some(other)) => {
            let pair = answers((one, form), (other, other_form));
            let is_expected = pair != Pair::Alike && is_expected(one.0, other.0);
            if is_expected { Pair::ExpectedApart } else { pair }
        }
        (Some(_), None) if is_asked(other) => Pair::OneAlone,
        (None, Some(_)) if is_asked(one) => Pair::OneAlone,
        (Some(_), None) | (None, Some(_)) => Pair::ExpectedApart,
    }
}

/// Whether two that differ do so because the contract has it so.
fn is_expected(one: &CaseResult, other: &CaseResult) -> bool {
    let pass = [one, other].iter().all(|case| case.verdict == Verdict::Pass);
    pass && one.expected.as_str() != other.expected.as_str()
}

/// An answer that was judged, and its normal form.
type Answer<'a> = ((&'a CaseResult, Answered), Option<&'a Result<Form, String>>);

fn answers((one, form): Answer<'_>, (other, other_form): Answer<'_>) -> Pair {
    let accepts = |(_, answered)| answered == Answered::Acceptance;
    if accepts(one) != accepts(other) {
        return Pair::Split;
    }
    let same = match (form, other_form) {
        (Some(form), Some(other_form)) => match differing(form, other_form) {
            Some(lines) => return Pair::Refusals(lines),
            None => true,
        },
        (None, None) => same_kind(one, other),
        // What has no form is no refusal, or not a whole one.
        (Some(_), None) | (None, Some(_)) => false,
    };
    if same && one.0.verdict == other.0.verdict { Pair::Alike } else { Pair::Apart }
}

/// Whether two answers that have no form are taken for the same. A refusal has none where a procedure was judged by many
/// answers; of what nobody recognises the status is all that can be compared.
fn same_kind((one, was): (&CaseResult, Answered), (other, is): (&CaseResult, Answered)) -> bool {
    was == is && (was != Answered::Neither || status(one) == status(other))
}

/// The id of a case without its environment: two environments of a contract may be compared.
pub fn key(id: &str) -> String {
    let mut parts: Vec<&str> = id.splitn(3, '/').collect();
    if parts.len() == 3 {
        parts.remove(1);
    }
    parts.join("/")
}

fn by_key(result: &RunResult) -> IndexMap<String, &CaseResult> {
    result.cases.iter().map(|case| (key(&case.id), case)).collect()
}

fn forms(observed: &[Observed]) -> BTreeMap<String, &Result<Form, String>> {
    observed.iter().map(|one| (key(&one.case), &one.form)).collect()
}

/// A case and what its answer is; nothing where there is no answer that was judged.
fn judged(case: &CaseResult) -> Option<(&CaseResult, Answered)> {
    let judged = !matches!(case.verdict, Verdict::Skip | Verdict::Inconclusive | Verdict::Error);
    case.answered.filter(|_| judged).map(|answered| (case, answered))
}

fn status(case: &CaseResult) -> Option<u16> {
    Some(case.exchange.as_ref()?.received.as_ref()?.status)
}

/// The lines in which two refusals differ; nothing where they do not.
fn differing(one: &Result<Form, String>, other: &Result<Form, String>) -> Option<Vec<String>> {
    let (one, other) = match (one, other) {
        (Ok(one), Ok(other)) => (one.to_string(), other.to_string()),
        (Err(why), Ok(_)) => return Some(vec![format!("- not alike each time: {why}")]),
        (Ok(_), Err(why)) => return Some(vec![format!("+ not alike each time: {why}")]),
        (Err(_), Err(_)) => return None,
    };
    if alike(&one, &other) {
        return None;
    }
    let lines = difference(&one, &other).into_iter().filter_map(|line| {
        let sign = match line.sign {
            Sign::Old => '-',
            Sign::New => '+',
            Sign::Both | Sign::Gap => return None,
        };
        Some(format!("{sign} {}", line.text().trim()))
    });
    Some(lines.collect())
}

/// What a side makes of a case, in words. Two environments of a contract need not have the same cases: other credentials
/// hold in each, and variants may name the other one.
fn told(case: Option<&CaseResult>) -> String {
    let Some(case) = case else { return "not among its cases".to_owned() };
    if case.verdict == Verdict::Skip {
        return format!("skipped: {}", case.actual);
    }
    let status = status(case).map_or_else(|| "no answer".to_owned(), |status| format!("status {status}"));
    let what = match case.answered {
        Some(Answered::Acceptance) => "accepted",
        Some(Answered::Refusal) => "refused",
        Some(Answered::Neither) => "neither accepted nor refused as declared",
        None => "not judged",
    };
    format!("{what}, {status}, {}", case.verdict)
}

fn info((name, result, _): Side<'_>) -> SideInfo {
    let environment = result.cases.first().map(|case| case.environment.clone()).unwrap_or_default();
    let broken = result.controls.iter().find(|control| !control.held);
    let problem = broken.map(|control| {
        format!("the control of {} did not hold: {}; {}", control.operation, control.actual, control.advice)
    });
    SideInfo {
        name: name.to_owned(),
        environment,
        summary: result.summary,
        verdict: result.verdict.as_str().to_owned(),
        problem,
    }
}

/// A side in a line.
fn in_a_line(side: &SideInfo) -> String {
    let Summary { pass, fail, warn, skip, inconclusive, .. } = side.summary;
    let of = if side.name == side.environment { String::new() } else { format!(" ({})", side.environment) };
    let counts = format!("{pass} pass, {fail} fail, {warn} warn, {skip} skip, {inconclusive} inconclusive");
    format!("{}{of}: {}, {counts}", side.name, side.verdict)
}

/// What it comes to.
fn in_short(comparison: &SidesComparison) -> (Ink, &'static str) {
    match (comparison.is_same(), comparison.is_whole()) {
        (false, _) => (Ink::Bad, "the two differ"),
        (true, true) if comparison.expected_apart.is_empty() => (Ink::Good, "the two are the same"),
        (true, true) => (Ink::Good, "the two are the same wherever the same is asked and expected of both"),
        (true, false) if comparison.alike == 0 => {
            (Ink::Doubt, "nothing was compared: no case was answered by both")
        }
        (true, false) => (Ink::Doubt, "no difference where both answered; some cases only one of them did"),
    }
}

impl From<&SidesComparison> for Sheet {
    fn from(comparison: &SidesComparison) -> Self {
        let SidesComparison { a, b, split, refusals, judged_apart, expected_apart, .. } = comparison;
        let splits = |title, ink, list: &[Split]| {
            let row = |split: &Split| vec![split.case.clone(), split.a.clone(), split.b.clone()];
            Table { title, ink, head: vec!["case", "A:", "B:"], rows: list.iter().map(row).collect() }
        };
        let refusal = |it: &Differing| {
            let first = it.cases.first().cloned().unwrap_or_default();
            let more = it.cases.len().saturating_sub(1);
            let more = if more == 0 { String::new() } else { format!("and {more} more") };
            vec![first, more, it.lines.join("  ")]
        };
        let rows = refusals.iter().map(refusal).collect();
        let head = vec!["case", "", ""];
        let plural = if comparison.alike == 1 { "case" } else { "cases" };
        let (ink, word) = in_short(comparison);
        Self {
            title: "Two implementations".to_owned(),
            facts: vec![
                ("A", in_a_line(a)),
                ("not judged", a.problem.clone().unwrap_or_default()),
                ("B", in_a_line(b)),
                ("not judged", b.problem.clone().unwrap_or_default()),
                ("alike", format!("{} {plural}", comparison.alike)),
            ],
            tables: vec![
                splits("accepted by one and not by the other", Ink::Bad, split),
                Table { title: "refused differently (- A, + B)", ink: Ink::Doubt, head, rows },
                splits("answered or judged differently", Ink::Doubt, judged_apart),
                splits("answered by one alone", Ink::Doubt, &comparison.unanswered),
                splits("asked or expected of one alone", Ink::Plain, expected_apart),
            ],
            verdict: (ink, word.to_owned()),
        }
    }
}
