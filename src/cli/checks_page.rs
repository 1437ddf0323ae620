//! `docs/checks.md`: every check of the suite, in Markdown. A function of the suite.

use std::fmt::Write as _;

use indexmap::IndexMap;

use crate::mock::defects;
use crate::scenario::{Line, Scenario};

use super::explain::{MUST_BE_ACCEPTED, SLOW, SOUND_REQUEST};

/// The document: a table for each family, and a section for each check.
pub(super) fn write(suite: &[Scenario]) -> String {
    let mut families: IndexMap<&str, Vec<&Scenario>> = IndexMap::new();
    for check in suite {
        families.entry(&check.family).or_default().push(check);
    }
    let mut page = String::from("# The checks\n\n");
    let count = suite.len();
    writeln!(page, "{count} checks, written by `lockproof scenarios docs > docs/checks.md` from").ok();
    page += "[scenarios](../scenarios); `lockproof explain ID` shows one of them on the terminal.\n\n";
    writeln!(page, "{SOUND_REQUEST}").ok();
    for (family, checks) in families {
        writeln!(page, "\n## {family}\n").ok();
        table(&mut page, &checks);
        for check in checks {
            section(&mut page, check);
        }
    }
    page
}

fn table(page: &mut String, checks: &[&Scenario]) {
    *page += "| check | severity | what holds |\n|---|---|---|\n";
    for check in checks {
        let (id, severity) = (&check.id, check.severity.as_str());
        let slow = if check.slow { ", slow" } else { "" };
        writeln!(page, "| [`{id}`](#{id}) | {severity}{slow} | {} |", check.title).ok();
    }
}

fn section(page: &mut String, check: &Scenario) {
    let (id, family) = (&check.id, &check.family);
    let words = check.words();
    let slow = [SLOW.to_owned()];
    writeln!(page, "\n### {id}\n\n**{}.** {}\n", check.title, check.why).ok();
    writeln!(page, "- *Severity*: {}; [the file](../scenarios/{family}/{id}.yaml)", check.severity.as_str())
        .ok();
    writeln!(page, "- *Over*: {}", words.over).ok();
    writeln!(page, "- *Sends*: {}", words.sends).ok();
    lines(page, &words.variants, "in variants");
    lines(page, &words.steps, "in steps");
    item(page, "Procedure", &words.procedure.into_iter().collect::<Vec<_>>());
    lines(page, &words.kinds, "it sends");
    let twin = words.twin.map(|twin| format!("{twin}; {MUST_BE_ACCEPTED}"));
    item(page, "Its twin", &twin.into_iter().collect::<Vec<_>>());
    item(page, "Right is", &words.right.into_iter().collect::<Vec<_>>());
    item(page, "Advice", std::slice::from_ref(&check.advice));
    item(page, "Sources", &check.sources);
    item(page, "Slow", if check.slow { slow.as_slice() } else { &[] });
    item(page, "Needs", &check.needs.iter().map(|need| format!("`{need}`")).collect::<Vec<_>>());
    item(
        page,
        "Explained by",
        &check.depends_on.iter().map(|id| format!("[{id}](#{id})")).collect::<Vec<_>>(),
    );
    item(page, "Must find", &check.catches.iter().map(|id| defect(id.as_str())).collect::<Vec<_>>());
}

/// A list of what makes the cases, or the requests of one, differ.
fn lines(page: &mut String, lines: &[Line], title: &str) {
    if lines.is_empty() {
        return;
    }
    writeln!(page, "  - {title}:").ok();
    for line in lines {
        writeln!(page, "    - {}: {}", line.name, line.text()).ok();
    }
}

fn item(page: &mut String, name: &str, texts: &[String]) {
    if !texts.is_empty() {
        writeln!(page, "- *{name}*: {}", texts.join("; ")).ok();
    }
}

fn defect(id: &str) -> String {
    let what = defects::find(id).map_or("", |defect| defect.what);
    format!("`{id}` ({})", what.trim_end_matches('.'))
}
