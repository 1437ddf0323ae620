//! The reference contract's suite against implementations that share nothing with the program but the text of the
//! contract, from which they take the keys: sound, every check comes to the verdict that it comes to on the reference
//! server; with one fault planted, that fault alone is found.

mod sockets;
mod stubbed;
mod stubs;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Lockproof, Outcome};
pub(crate) use stubs::{Environment, Implementation};

/// Where the reference contract lies.
const REFERENCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reference");

/// The families that every implementation has to do with.
const FAMILIES: [&str; 9] = ["core", "shape", "order", "syntax", "leak", "wire", "path", "method", "trust"];

/// What is not the same on an implementation: a tag or a family of checks that is left out there, and why. Whatever is not
/// left out comes to the same verdict, case by case.
type Differences<'a> = &'a [(&'a str, &'a str)];

/// What no implementation but the reference server has: the sections of the contract that are missing for the others, and
/// why. The checks that need one are skipped.
const LACKING: [(&str, &str); 1] = [("control", "nothing steers an implementation from outside")];

/// `lockproof run` of those families but for what is left out.
fn run(differences: Differences<'_>) -> Lockproof {
    let families = FAMILIES.iter().flat_map(|family| ["--tag", family]);
    let left_out = differences.iter().flat_map(|(tag, _)| ["--skip-tag", tag]);
    let arguments: Vec<_> = ["run", "--seed", "11"].into_iter().chain(families).chain(left_out).collect();
    Lockproof::new(&arguments)
}

/// The same against somebody else's two environments.
fn run_at(sandbox: &str, production: &str, differences: Differences<'_>) -> Lockproof {
    at(run(differences), sandbox, production)
}

/// A command that is given the contract and the request bodies, and somebody else's two environments.
pub(crate) fn at(program: Lockproof, sandbox: &str, production: &str) -> Lockproof {
    program
        .args(&["--contract", "lockproof.yaml", "--allow-effects"])
        .file("lockproof.yaml", contract())
        .prepare(copy_requests)
        .env("SANDBOX_URL", sandbox)
        .env("PRODUCTION_URL", production)
}

/// The reference contract without what is lacking.
fn contract() -> String {
    let text = fs::read_to_string(format!("{REFERENCE}/lockproof.yaml")).unwrap();
    let mut kept = true;
    let belongs = |line: &&str| {
        if line.starts_with(|c: char| c.is_ascii_lowercase()) {
            kept = !LACKING
                .iter()
                .any(|(section, _)| line.strip_prefix(section).is_some_and(|rest| rest.starts_with(':')));
        }
        kept
    };
    text.lines().filter(belongs).flat_map(|line| [line, "\n"]).collect()
}

fn copy_requests(folder: &Path) {
    fs::create_dir(folder.join("requests")).unwrap();
    for entry in fs::read_dir(format!("{REFERENCE}/requests")).unwrap() {
        let file = entry.unwrap();
        fs::copy(file.path(), folder.join("requests").join(file.file_name())).unwrap();
    }
}

/// A sound implementation is told from the reference server by no check.
fn is_judged_like_the_reference_server(outcome: &Outcome, differences: Differences<'_>) {
    let (here, there) = (outcome.results(), run(differences).run().results());
    let [here, there] = [&here, &there].map(|results| results["cases"].as_array().unwrap());
    let ids = |cases: &[Value]| cases.iter().map(|case| case["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(here), ids(there));
    let lacks = |case: &Value| {
        let why = case["actual"].as_str().unwrap();
        case["verdict"] == "skip"
            && LACKING
                .iter()
                .any(|(section, _)| why.starts_with(&format!("the contract lacks a line `{section}")))
    };
    let same = |(case, other): &(&Value, &Value)| case["verdict"] == other["verdict"] || lacks(case);
    let told_apart: Vec<_> =
        here.iter().zip(there).filter(|pair| !same(pair)).map(|(case, _)| &case["id"]).collect();
    assert!(told_apart.is_empty(), "{told_apart:?}\n{}", outcome.complaints());
    assert_eq!(outcome.complaints(), "");
    assert_eq!((outcome.code, outcome.verdict()), (Some(0), "conformant".to_owned()), "{outcome}");
    assert!(outcome.count("pass") > 500, "{outcome}");
}

/// A fault is found by one check and explained to all others.
fn is_found_by(outcome: &Outcome, check: &str) {
    let found = &outcome.checks("fail") | &outcome.checks("warn");
    assert_eq!(found, BTreeSet::from([check.to_owned()]), "{}", outcome.complaints());
    assert_eq!(outcome.count("inconclusive"), 0, "{}", outcome.complaints());
    assert_eq!((outcome.code, outcome.verdict()), (Some(1), "non-conformant".to_owned()), "{outcome}");
}
