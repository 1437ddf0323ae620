//! How much was tested, by family.

use crate::outcome::RunResult;
use crate::report::families::{self, Family};
use crate::report::page::{Ink, Page};
use crate::report::words::shorten;

/// The most characters of a family's name.
const LONGEST_NAME: usize = 20;

/// A line for each family: its checks, its cases, and what they came to.
pub(super) fn coverage(result: &RunResult, page: &mut Page) {
    let families = families::of(result);
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
    for (family, Family { checks, summary }) in families {
        let unknown = summary.inconclusive + summary.error;
        let numbers =
            [checks.len(), summary.total(), summary.pass, summary.fail, summary.warn, summary.skip, unknown];
        let ink = if summary.fail > 0 { Ink::Bad } else { Ink::Plain };
        row(page, ink, family, numbers.map(|number| number.to_string()).as_slice());
    }
}

fn row(page: &mut Page, ink: Ink, family: &str, columns: &[String]) {
    let family = shorten(family, LONGEST_NAME);
    let columns: String = columns.iter().map(|column| format!("{column:>6}")).collect::<Vec<_>>().concat();
    page.line(2, &[(ink, &format!("{family:<14}")), (ink, &columns)]);
}
