//! The matrix for a person at a terminal: the numbers, whatever is wrong, and what it comes to.

use std::fmt::Write as _;

use super::matrix::Matrix;

/// The page, lines of text.
pub fn page(matrix: &Matrix) -> String {
    let mut text = format!(
        "{} on {}, {} and the sound server\n\n",
        count(matrix.checks, "check"),
        count(matrix.defects, "defect"),
        count(matrix.variants.len(), "harmless variant")
    );
    for (name, value) in numbers(matrix) {
        writeln!(text, "  {name:<20} {value}").ok();
    }
    for (heading, all) in matrix.complaints() {
        writeln!(text, "\n{heading}").ok();
        for one in all {
            writeln!(text, "  {one}").ok();
        }
    }
    text + "\n" + &verdict(matrix) + "\n"
}

/// The numbers by which a suite is measured.
pub(super) fn numbers(matrix: &Matrix) -> Vec<(&'static str, String)> {
    let mut numbers = vec![
        ("defects killed", killed(matrix)),
        ("undeclared kills", matrix.undeclared_kills.len().to_string()),
        ("declared collateral", matrix.collateral_kills.len().to_string()),
        ("missed kills", matrix.missed_kills.len().to_string()),
        ("weak kills", matrix.weak_kills.len().to_string()),
        ("idle checks", matrix.idle_checks.len().to_string()),
        ("false alarms", alarms(matrix)),
    ];
    if !matrix.shipped.is_empty() || !matrix.overlooked.is_empty() {
        let all = matrix.shipped.len() + matrix.overlooked.len();
        numbers.push(("shipped keys found", format!("{} of {all}", matrix.shipped.len())));
    }
    if !matrix.left_out.is_empty() {
        numbers.push(("slow checks", format!("{} left out; `--slow` tries them", matrix.left_out.len())));
    }
    if matrix.pairs > 0 {
        numbers.push(("masked pairs", format!("{} of {}", matrix.masked_pairs.len(), matrix.pairs)));
    }
    numbers
}

fn killed(matrix: &Matrix) -> String {
    let judgeable = matrix.defects - matrix.unjudgeable.len();
    let percent = (100 * matrix.killed).checked_div(judgeable).unwrap_or(0);
    match &*matrix.unjudgeable {
        [] => format!("{} of {judgeable} ({percent} %)", matrix.killed),
        some => format!(
            "{} of {judgeable} that can be judged ({percent} %); rightly called unjudgeable: {}",
            matrix.killed,
            some.join(", ")
        ),
    }
}

fn alarms(matrix: &Matrix) -> String {
    format!(
        "{} on the sound server with {} ({}) and on {}",
        matrix.false_alarms.len(),
        count(matrix.seeds, "seed"),
        matrix.stages.join(", "),
        count(matrix.variants.len(), "variant")
    )
}

/// A number with its noun.
fn count(number: usize, one: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {one}{plural}")
}

/// The last lines: what all of it comes to.
fn verdict(matrix: &Matrix) -> String {
    let problems: usize = matrix.complaints().iter().map(|(_, all)| all.len()).sum();
    if problems == 0 {
        return "proved: every defect is found by the checks that name it, and by no other".to_owned();
    }
    let how = "look at one with `lockproof run` and --defect ID, --variant ID or --seed N";
    format!("{how}\nnot proved: {}", count(problems, "complaint"))
}
