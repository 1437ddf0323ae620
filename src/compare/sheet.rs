//! A comparison for people: facts, tables, and what it comes to.

use crate::report::{Ink, Page};

/// The most rows of a table.
pub(super) const MOST_ROWS: usize = 50;

/// What people are shown of a comparison.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// What is compared.
    pub title: String,
    /// Names, and what is to be said of them.
    pub facts: Vec<(&'static str, String)>,
    /// The tables.
    pub tables: Vec<Table>,
    /// What it comes to.
    pub verdict: (Ink, String),
}

/// A table; one without a row is not shown.
#[derive(Clone, Debug)]
pub struct Table {
    /// What its rows have in common.
    pub title: &'static str,
    /// Whether that is good or bad.
    pub ink: Ink,
    /// What its columns are.
    pub head: Vec<&'static str>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

/// Writes a sheet on a page: a row is a paragraph, its first column in front.
pub fn page(sheet: &Sheet, page: &mut Page) {
    page.line(0, &[(Ink::Strong, &sheet.title)]);
    for (name, text) in &sheet.facts {
        page.field(name, (Ink::Plain, text));
    }
    for table in sheet.tables.iter().filter(|table| !table.rows.is_empty()) {
        page.gap();
        let title = format!("{}: {}", table.title, table.rows.len());
        page.line(0, &[(table.ink, &title)]);
        for row in table.rows.iter().take(MOST_ROWS) {
            let Some((first, others)) = row.split_first() else { continue };
            page.line(2, &[(Ink::Strong, first)]);
            for (name, text) in table.head.iter().skip(1).zip(others).filter(|(_, text)| !text.is_empty()) {
                page.paragraph(4, 6, (Ink::Plain, &format!("{name} {text}")));
            }
        }
        if let Some(more) = table.rows.len().checked_sub(MOST_ROWS).filter(|more| *more > 0) {
            page.line(2, &[(Ink::Faint, &format!("and {more} more"))]);
        }
    }
    page.gap();
    let (ink, text) = &sheet.verdict;
    page.paragraph(0, 0, (*ink, text));
}
