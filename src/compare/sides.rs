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
    /// Cases that are judged differently, though both accept or both refuse.
    pub judged_apart: Vec<Split>,
    /// Cases that only one of them has an answer to.
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

    /// Whether a sameness says anything: not where one of them has no answer, or nothing was answered by both.
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
        unanswered: Vec::new(),
        alike: 0,
    };
    let mut refusals: IndexMap<Vec<String>, Vec<String>> = IndexMap::new();
    for (key, one) in &cases_a {
        let Some(other) = cases_b.get(key) else { continue };
        let split = || Split { case: key.clone(), a: seen(one), b: seen(other) };
        match (standing(one), standing(other)) {
            (None, None) => {}
            (None, Some(_)) | (Some(_), None) => comparison.unanswered.push(split()),
            (Some(one_accepts), Some(other_accepts)) if one_accepts != other_accepts => {
                comparison.split.push(split());
            }
            _ => match differing(forms_a.get(key), forms_b.get(key)) {
                Some(lines) => refusals.entry(lines).or_default().push(key.clone()),
                None if one.verdict != other.verdict => comparison.judged_apart.push(split()),
                None => comparison.alike += 1,
            },
        }
    }
    comparison.refusals = refusals.into_iter().map(|(lines, cases)| Differing { cases, lines }).collect();
    comparison
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

/// Whether a case was accepted; nothing where there is no answer that was judged.
fn standing(case: &CaseResult) -> Option<bool> {
    let judged = !matches!(case.verdict, Verdict::Skip | Verdict::Inconclusive | Verdict::Error);
    case.answered.filter(|_| judged).map(|answered| answered == Answered::Acceptance)
}

/// The lines in which two refusals differ; nothing where they do not.
fn differing(
    one: Option<&&Result<Form, String>>,
    other: Option<&&Result<Form, String>>,
) -> Option<Vec<String>> {
    let (one, other) = match (one?, other?) {
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

fn seen(case: &CaseResult) -> String {
    let status = case.exchange.as_ref().and_then(|exchange| exchange.received.as_ref());
    let status =
        status.map_or_else(|| "no answer".to_owned(), |received| format!("status {}", received.status));
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
    SideInfo {
        name: name.to_owned(),
        environment,
        summary: result.summary,
        verdict: result.verdict.as_str().to_owned(),
    }
}

impl From<&SidesComparison> for Sheet {
    fn from(comparison: &SidesComparison) -> Self {
        let SidesComparison { a, b, split, refusals, judged_apart, unanswered, alike, .. } = comparison;
        let side = |side: &SideInfo| {
            let Summary { pass, fail, warn, skip, inconclusive, .. } = side.summary;
            let counts =
                format!("{pass} pass, {fail} fail, {warn} warn, {skip} skip, {inconclusive} inconclusive");
            format!("{} ({}): {}, {counts}", side.name, side.environment, side.verdict)
        };
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
        let (ink, word) = match (comparison.is_same(), comparison.is_whole()) {
            (false, _) => (Ink::Bad, "the two differ"),
            (true, true) => (Ink::Good, "the two are the same"),
            (true, false) if *alike == 0 => {
                (Ink::Doubt, "nothing was compared: no case was answered by both")
            }
            (true, false) => {
                (Ink::Doubt, "no difference where both answered; some cases only one of them did")
            }
        };
        Self {
            title: "Two implementations".to_owned(),
            facts: vec![("A", side(a)), ("B", side(b)), ("alike", format!("{alike} cases"))],
            tables: vec![
                splits("accepted by one and not by the other", Ink::Bad, split),
                Table { title: "refused differently (- A, + B)", ink: Ink::Doubt, head, rows },
                splits("judged differently", Ink::Doubt, judged_apart),
                splits("answered by one alone", Ink::Doubt, unanswered),
            ],
            verdict: (ink, word.to_owned()),
        }
    }
}
