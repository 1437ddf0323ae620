//! How much was tested, by family.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::outcome::{RunResult, Summary};
use crate::report::page::{Ink, Page};
use crate::report::words::shorten;

/// The most characters of a family's name.
const LONGEST_NAME: usize = 20;

/// A line for each family: its checks, its cases, and what they came to.
pub(super) fn coverage(result: &RunResult, page: &mut Page) {
    let families = families(result);
    if families.is_empty() {
        return;
    }
    page.heading("Coverage");
    row(
        page,
        Ink::Faint,
        "family",
        ["checks", "cases", "pass", "fail", "warn", "skip", "?"].map(str::to_owned).as_slice(),
    );
    for (family, (checks, summary)) in families {
        let unknown = summary.inconclusive + summary.error;
        let numbers =
            [checks.len(), summary.total(), summary.pass, summary.fail, summary.warn, summary.skip, unknown];
        let ink = if summary.fail > 0 { Ink::Bad } else { Ink::Plain };
        row(page, ink, family, numbers.map(|number| number.to_string()).as_slice());
    }
}

/// The checks of every family and what their cases came to, in the order of the checks.
fn families(result: &RunResult) -> IndexMap<&str, (BTreeSet<&str>, Summary)> {
    let mut families: IndexMap<&str, (BTreeSet<&str>, Summary)> = IndexMap::new();
    for check in &result.checks {
        families.entry(&check.family).or_default().0.insert(&check.id);
    }
    for case in &result.cases {
        let (checks, summary) = families.entry(&case.family).or_default();
        checks.insert(&case.check);
        *summary = summary.and(case.verdict);
    }
    families
}

fn row(page: &mut Page, ink: Ink, family: &str, columns: &[String]) {
    let family = shorten(family, LONGEST_NAME);
    let columns: String = columns.iter().map(|column| format!("{column:>6}")).collect::<Vec<_>>().concat();
    page.line(2, &[(ink, &format!("{family:<14}")), (ink, &columns)]);
}
