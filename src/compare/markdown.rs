//! A comparison as Markdown, for a pull request. What a target wrote stays text there: no table, link, image, mention or
//! markup comes of it.

use std::fmt::Write as _;

use super::sheet::{MOST_ROWS, Sheet, Table};
use crate::report::escape_markdown;

/// Writes a sheet as Markdown.
pub fn markdown(sheet: &Sheet) -> String {
    let mut text =
        format!("### {}\n\n**{}**\n", escape_markdown(&sheet.title), escape_markdown(&sheet.verdict.1));
    for (name, fact) in sheet.facts.iter().filter(|(_, fact)| !fact.is_empty()) {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n- {name}: {}", escape_markdown(fact));
    }
    text.push('\n');
    for table in sheet.tables.iter().filter(|table| !table.rows.is_empty()) {
        of_table(table, &mut text);
    }
    text
}

fn of_table(table: &Table, text: &mut String) {
    let _ = write!(text, "\n#### {}: {}\n\n", table.title, table.rows.len());
    let _ = writeln!(text, "| {} |", table.head.join(" | "));
    let _ = writeln!(text, "|{}", " --- |".repeat(table.head.len()));
    for row in table.rows.iter().take(MOST_ROWS) {
        let cells: Vec<_> = row.iter().map(|cell| escape_markdown(cell)).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    if let Some(more) = table.rows.len().checked_sub(MOST_ROWS).filter(|more| *more > 0) {
        let _ = write!(text, "\nand {more} more\n");
    }
}
