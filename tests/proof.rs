//! The committed defect matrix is what a proof of today says: `cargo test --test proof`.
//!
//! It is not among the tests of `cargo test`, because a debug build takes many minutes for it. `.ci/run` proves with the
//! release build, and names the matrix that came of it in `MATRIX`; without that, this test proves by itself.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod program;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use lockproof::mock::{defects, variants};
use lockproof::prove::{self, Matrix};
use lockproof::scenario::{Scenario, Suite, builtin_files};

/// How the committed evidence is brought up to date.
const REGENERATE: &str = "PROVE=1 reports/reference/regenerate.sh";

fn suite() -> Vec<Scenario> {
    Suite::read(builtin_files()).expect("the built-in suite is sound").scenarios
}

/// The committed evidence, as it is.
fn evidence() -> Matrix {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/reference/defect-matrix.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn the_suite_is_proved_and_the_committed_matrix_is_what_the_proof_says() {
    let folder = tempfile::tempdir().unwrap();
    let written = std::env::var_os("MATRIX").map_or_else(|| proof(folder.path()), PathBuf::from);
    let matrix: Matrix = serde_json::from_slice(&std::fs::read(written).unwrap()).unwrap();
    assert!(matrix.holds(), "{}", prove::page(&matrix));
    let fast = defects::all().count() - slow_ones().len();
    assert_eq!((matrix.defects, matrix.killed + matrix.unjudgeable.len()), (fast, fast));
    assert_eq!(matrix.unjudgeable, ["deny-all"]);
    assert_eq!(matrix.left_out.len(), suite().iter().filter(|check| check.slow).count());
    assert_eq!((matrix.checks, matrix.variants.len()), (suite().len(), variants::all().count()));
    // How long was looked is all that may differ.
    let evidence = without_slow(evidence(), &matrix);
    let as_thorough = Matrix { seeds: matrix.seeds, pairs: matrix.pairs, ..evidence };
    assert_eq!(as_thorough, matrix, "the evidence is out of date; run: {REGENERATE}");
}

/// Proves the suite; the file with the matrix.
fn proof(folder: &Path) -> PathBuf {
    let (json, markdown) = (folder.join("matrix.json"), folder.join("matrix.md"));
    let output = program::command()
        .args(["prove", "--quiet", "--report", &format!("json={}", json.display())])
        .args(["--report", &format!("markdown={}", markdown.display())])
        .output()
        .expect("the program starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let matrix: Matrix = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    assert_eq!(std::fs::read_to_string(markdown).unwrap(), prove::markdown(&matrix));
    json
}

/// The defects that only slow checks are there to find.
fn slow_ones() -> BTreeSet<&'static str> {
    let suite = suite();
    let fast = suite.iter().filter(|check| !check.slow).flat_map(|check| &check.catches);
    let fast: BTreeSet<String> = fast.map(ToString::to_string).collect();
    let is_slow = |id: &&str| !fast.contains(*id);
    defects::all().map(|defect| defect.id).filter(is_slow).collect()
}

/// The evidence as it is without slow checks, where they were part of it.
fn without_slow(evidence: Matrix, fast: &Matrix) -> Matrix {
    if !evidence.left_out.is_empty() {
        return evidence;
    }
    let mut evidence = Matrix { left_out: fast.left_out.clone(), ..evidence };
    let slow = slow_ones();
    for defect in &slow {
        evidence.matrix.shift_remove(*defect);
        evidence.staged.shift_remove(*defect);
    }
    Matrix { defects: evidence.defects - slow.len(), killed: evidence.killed - slow.len(), ..evidence }
}
