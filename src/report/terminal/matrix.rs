//! The permission matrix: what each key may do, as the target showed it.

use crate::outcome::RunResult;
use crate::report::page::{Ink, Page};
use crate::report::permissions::{self, Cell, Cells, Shown};
use crate::report::words::shorten;

/// The most characters of a credential's name.
const LONGEST_NAME: usize = 24;

/// The columns that a number takes.
const NUMBERED: usize = 4;

/// How a cell looks.
fn symbol(cell: Option<&Cell<'_>>) -> (Ink, &'static str) {
    match cell.map(|cell| cell.shown) {
        None => (Ink::Faint, "·"),
        Some(Shown::Accepted) => (Ink::Good, "ok"),
        Some(Shown::Refused) => (Ink::Plain, "--"),
        Some(Shown::Unknown) => (Ink::Doubt, "??"),
        Some(Shown::Wrong) => (Ink::Bad, "!!"),
    }
}

/// A table for each environment in which anything was asked.
pub(super) fn matrices(result: &RunResult, page: &mut Page) {
    let asked = permissions::of(result);
    if asked.is_empty() {
        return;
    }
    page.heading("Permissions");
    let legend = "ok accepted and -- refused, both as they should be; !! wrong; ?? unknown; · not asked";
    page.paragraph(2, 2, (Ink::Faint, legend));
    let table = Table::new(result, page.width());
    table.legend(page);
    for (environment, cells) in &asked {
        page.gap();
        table.draw(page, environment, cells);
    }
}

/// How the tables of a page are laid out.
struct Table<'a> {
    credentials: &'a [String],
    operations: &'a [String],
    /// The title of each column: the operation, or its number where the names do not fit.
    titles: Vec<String>,
    /// The columns for the credentials' names.
    margin: usize,
    width: usize,
}

impl<'a> Table<'a> {
    fn new(result: &'a RunResult, width: usize) -> Self {
        let contract = &result.contract;
        let longest = contract.credentials.iter().map(|name| name.chars().count()).max();
        let margin = longest.unwrap_or_default().min(LONGEST_NAME) + 4;
        let named: usize = contract.operations.iter().map(|name| name.chars().count().max(2) + 2).sum();
        let titles = if margin + named <= width {
            contract.operations.clone()
        } else {
            (1..=contract.operations.len()).map(|number| number.to_string()).collect()
        };
        Self { credentials: &contract.credentials, operations: &contract.operations, titles, margin, width }
    }

    fn is_numbered(&self) -> bool {
        self.titles.as_slice() != self.operations
    }

    /// What the numbers mean, where columns are numbered.
    fn legend(&self, page: &mut Page) {
        if self.is_numbered() {
            let entries: Vec<_> = self
                .titles
                .iter()
                .zip(self.operations)
                .map(|(number, name)| format!("{number}\u{a0}{name}"))
                .collect();
            page.paragraph(2, 2, (Ink::Plain, &entries.join("  ")));
        }
    }

    /// The table of one environment, in as many parts as the width asks for.
    fn draw(&self, page: &mut Page, environment: &str, cells: &Cells<'_>) {
        let columns: Vec<_> = self.titles.iter().zip(self.operations).collect();
        let fit = if self.is_numbered() {
            self.width.saturating_sub(self.margin) / NUMBERED
        } else {
            columns.len()
        };
        for part in columns.chunks(fit.max(1)) {
            let titles = part.iter().map(|(title, _)| (Ink::Faint, title.as_str()));
            self.row(page, (Ink::Strong, environment), part, titles);
            for credential in self.credentials {
                let symbols = part
                    .iter()
                    .map(|(_, operation)| symbol(cells.get(&(credential.as_str(), operation.as_str()))));
                self.row(page, (Ink::Plain, credential), part, symbols);
            }
        }
    }

    fn row<'b>(
        &self,
        page: &mut Page,
        name: (Ink, &str),
        columns: &[(&String, &String)],
        entries: impl Iterator<Item = (Ink, &'b str)>,
    ) {
        let name = (name.0, pad(&shorten(name.1, LONGEST_NAME), self.margin - 2));
        let widths = columns.iter().map(|(title, _)| title.chars().count().max(2) + 2);
        let entries = entries.zip(widths).map(|((ink, entry), width)| (ink, pad(entry, width)));
        let words: Vec<_> = std::iter::once(name).chain(entries).collect();
        let words: Vec<_> = words.iter().map(|(ink, word)| (*ink, word.as_str())).collect();
        page.line(2, &words);
    }
}

fn pad(text: &str, width: usize) -> String {
    format!("{text:width$}")
}
