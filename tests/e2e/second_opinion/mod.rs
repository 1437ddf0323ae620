//! The reference contract's suite against implementations that share nothing with the program but the text of the
//! contract, from which they take the keys: sound, every check comes to the verdict that it comes to on the reference
//! server; with one fault planted, that fault alone is found.

mod sockets;
mod stubbed;
mod stubs;

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{Lockproof, Outcome};

/// The families that every implementation has to do with.
const FAMILIES: [&str; 9] = ["core", "shape", "order", "syntax", "leak", "wire", "path", "method", "trust"];

/// What is not the same on an implementation: a check, or a tag or family of checks, that is left out there, and why.
/// Whatever is not left out comes to the same verdict, case by case.
type Differences<'a> = &'a [(&'a str, &'a str)];

/// `lockproof run` of those families but for what is left out.
fn run(differences: Differences<'_>) -> Lockproof {
    let families = FAMILIES.iter().flat_map(|family| ["--tag", family]);
    let left_out = differences.iter().flat_map(|(tag, _)| ["--skip-tag", tag]);
    let arguments: Vec<_> = ["run", "--seed", "11"].into_iter().chain(families).chain(left_out).collect();
    Lockproof::new(&arguments)
}

/// The same against somebody else's two environments.
fn run_at(sandbox: &str, production: &str, differences: Differences<'_>) -> Lockproof {
    let contract = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reference/lockproof.yaml");
    run(differences)
        .args(&["--contract", contract, "--allow-effects"])
        .env("SANDBOX_URL", sandbox)
        .env("PRODUCTION_URL", production)
}

/// The verdict of every case, by check.
fn verdicts(outcome: &Outcome) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut verdicts = BTreeMap::<_, BTreeMap<_, _>>::new();
    for case in outcome.results()["cases"].as_array().unwrap() {
        let [check, id, verdict] =
            ["check", "id", "verdict"].map(|name| case[name].as_str().unwrap().to_owned());
        verdicts.entry(check).or_default().insert(id, verdict);
    }
    verdicts
}

/// A sound implementation is told from the reference server by no check.
fn is_judged_like_the_reference_server(outcome: &Outcome, differences: Differences<'_>) {
    let (here, there) = (verdicts(outcome), verdicts(&run(differences).run()));
    let checks: BTreeSet<_> = here.keys().chain(there.keys()).collect();
    let told_apart: Vec<_> = checks.iter().filter(|check| here.get(**check) != there.get(**check)).collect();
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
