//! The cases as data for the script: compact, because there may be very many.

use indexmap::{IndexMap, IndexSet};
use serde::Serialize;

use super::element::weight;
use crate::outcome::{CheckInfo, RunResult, Summary, Verdict};
use crate::report::escape_terminal;
use crate::report::words::shorten;

/// The most characters of a text; fewer, where all of them take more than there is room for.
const LONGEST: [usize; 5] = [400, 160, 80, 40, 10];

/// The bytes that texts may take.
const ROOM: usize = 3 * 512 * 1024;

/// A check, and what its cases came to.
#[derive(Debug, Default)]
pub(super) struct Entry<'a> {
    /// What is known of it.
    pub(super) info: Option<&'a CheckInfo>,
    /// Its family.
    pub(super) family: &'a str,
    /// How many cases came to each verdict.
    pub(super) summary: Summary,
}

/// The checks by id, in their order; the script knows them by their numbers in it.
pub(super) fn index(result: &RunResult) -> IndexMap<&str, Entry<'_>> {
    let known = result.checks.iter().map(|info| {
        let entry = Entry { info: Some(info), family: &info.family, summary: Summary::default() };
        (info.id.as_str(), entry)
    });
    let mut checks: IndexMap<&str, Entry<'_>> = known.collect();
    for case in &result.cases {
        let unknown = Entry { info: None, family: &case.family, summary: Summary::default() };
        let entry = checks.entry(&case.check).or_insert(unknown);
        entry.summary = entry.summary.and(case.verdict);
    }
    checks
}

/// What the script is given.
#[derive(Debug, Serialize)]
pub(super) struct Data {
    /// The words for verdicts, by number.
    verdicts: [&'static str; 6],
    /// Every text once.
    texts: IndexSet<String>,
    /// The cases, in the order of the plan.
    cases: Vec<Row>,
    /// What runs one of them again, its id behind it; empty where nothing was sent, and nothing can be again.
    again: &'static str,
}

/// A case: its id; the numbers of its check, its verdict, what was expected and what was seen; microseconds.
#[derive(Debug, Serialize)]
struct Row(String, usize, usize, usize, usize, u64);

/// The cases of a run.
pub(super) fn of(result: &RunResult) -> Data {
    let fits = |data: &Data| data.texts.iter().map(|text| weight(text)).sum::<usize>() <= ROOM;
    let mut all = LONGEST.into_iter().map(|longest| cut_at(longest, result));
    all.find(fits).unwrap_or_else(|| cut_at(0, result))
}

/// The same, with texts of so many characters.
fn cut_at(longest: usize, result: &RunResult) -> Data {
    let checks: IndexMap<&str, Entry<'_>> = index(result);
    let mut texts = IndexSet::new();
    let mut number = |text: &str| texts.insert_full(escape_terminal(&shorten(text, longest))).0;
    let cases = result.cases.iter().map(|case| {
        let verdict = Verdict::ALL.iter().position(|verdict| *verdict == case.verdict);
        Row(
            escape_terminal(&case.id),
            checks.get_index_of(case.check.as_str()).unwrap_or_default(),
            verdict.unwrap_or_default(),
            number(case.expected.as_str()),
            number(case.actual.as_str()),
            case.duration_us,
        )
    });
    let cases = cases.collect();
    let again = if result.target.is_empty() { "" } else { "lockproof run --only" };
    Data { verdicts: Verdict::ALL.map(Verdict::as_str), texts, cases, again }
}
