//! The matrix as a document: the committed evidence, for whoever wants to know why a green run means something.

use std::fmt::Write as _;

use super::matrix::Matrix;
use super::page::numbers;
use super::shipped;
use crate::mock::{defects, variants};
use crate::outcome::Verdict;

const INTRODUCTION: &str = "\
# The defect matrix

Written by `lockproof prove`, which runs the suite on the sound reference server, on every defect that can be planted in
it, and on every harmless variant of it. A find counts where the check names the defect, comes to the verdict that its
severity asks for, and has its evidence to show: the requirement, what was seen, the exchange, and a command that
reproduces it. `lockproof scan` is tried on what is shipped with a key in it, and without one. Run it yourself before you
trust a green run; see one row with `lockproof run --defect ID`.
";

/// The document.
pub fn markdown(matrix: &Matrix) -> String {
    let mut text = format!("{INTRODUCTION}\n| | |\n|---|---|\n");
    for (name, value) in numbers(matrix) {
        writeln!(text, "| {name} | {} |", cell(&value)).ok();
    }
    for (heading, all) in matrix.complaints() {
        writeln!(text, "\n## {heading}\n").ok();
        for one in all {
            writeln!(text, "- {}", cell(&one)).ok();
        }
    }
    the_defects(matrix, &mut text);
    the_shipped(matrix, &mut text);
    the_collateral(matrix, &mut text);
    the_variants(matrix, &mut text);
    text
}

fn the_defects(matrix: &Matrix, text: &mut String) {
    text.push_str(
        "\n## Defects\n\n| defect | what the server does | found by | on the stage |\n|---|---|---|---|\n",
    );
    for (id, verdicts) in &matrix.matrix {
        let what = defects::find(id).map_or("", |defect| defect.what);
        let found: Vec<_> = verdicts.iter().map(|(check, verdict)| found(check, *verdict)).collect();
        let stage = matrix.staged.get(id).map_or("", String::as_str);
        writeln!(text, "| `{id}` | {} | {} | {stage} |", cell(what), found.join(", ")).ok();
    }
}

/// A check with its verdict, where that is not the one that breaks a build.
fn found(check: &str, verdict: Verdict) -> String {
    match verdict {
        Verdict::Fail => format!("`{check}`"),
        Verdict::Pass | Verdict::Warn | Verdict::Skip | Verdict::Inconclusive | Verdict::Error => {
            format!("`{check}` ({verdict})")
        }
    }
}

fn the_shipped(matrix: &Matrix, text: &mut String) {
    if !matrix.shipped.is_empty() {
        text.push_str(
            "\n## What ships with a key\n\n| artefact | how the key got there | found by |\n|---|---|---|\n",
        );
    }
    for (id, check) in &matrix.shipped {
        let what = shipped::find(id).map_or("", |artefact| artefact.what);
        writeln!(text, "| `{id}` | {} | `{check}` |", cell(what)).ok();
    }
}

fn the_collateral(matrix: &Matrix, text: &mut String) {
    if !matrix.collateral_kills.is_empty() {
        text.push_str("\n## Declared collateral\n\n");
    }
    for kill in &matrix.collateral_kills {
        writeln!(text, "- `{}` by `{}`: {}", kill.defect, kill.check, cell(&kill.why)).ok();
    }
}

fn the_variants(matrix: &Matrix, text: &mut String) {
    text.push_str("\n## Harmless variants\n\n| variant | what the server does |\n|---|---|\n");
    for id in &matrix.variants {
        let what = variants::find(id).map_or("", |variant| variant.what);
        writeln!(text, "| `{id}` | {} |", cell(what)).ok();
    }
}

/// Text that stays within its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}
