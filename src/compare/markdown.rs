//! A comparison as Markdown, for a pull request. What a target wrote stays text there: no table, link, image, mention or
//! markup comes of it.

use std::fmt::Write as _;

use super::sheet::{MOST_ROWS, Sheet, Table};
use crate::report::escape_terminal;

/// The longest text of a cell.
const LONGEST: usize = 400;

/// Writes a sheet as Markdown.
pub fn markdown(sheet: &Sheet) -> String {
    let mut text = format!("### {}\n\n**{}**\n", plain(&sheet.title), plain(&sheet.verdict.1));
    for (name, fact) in sheet.facts.iter().filter(|(_, fact)| !fact.is_empty()) {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n- {name}: {}", plain(fact));
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
        let cells: Vec<_> = row.iter().map(|cell| plain(cell)).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    if let Some(more) = table.rows.len().checked_sub(MOST_ROWS).filter(|more| *more > 0) {
        let _ = write!(text, "\nand {more} more\n");
    }
}

/// Text that Markdown takes for nothing but text: whatever is no letter, digit, space or harmless sign is written as its
/// number.
fn plain(text: &str) -> String {
    let visible = escape_terminal(text);
    let mut plain = String::with_capacity(visible.len());
    for c in visible.chars().take(LONGEST) {
        if c.is_alphanumeric()
            || matches!(c, ' ' | '.' | ',' | ';' | '%' | '(' | ')' | '/' | '+' | '=' | '-' | '"' | '\'')
        {
            plain.push(c);
        } else {
            let _ = write!(plain, "&#{};", u32::from(c));
        }
    }
    if visible.chars().nth(LONGEST).is_some() {
        plain.push('…');
    }
    // What looks like an address becomes a link by itself.
    plain.replace("www.", "www&#46;")
}
