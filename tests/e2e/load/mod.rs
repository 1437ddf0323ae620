//! `lockproof load`: every answer judged, nothing lost, and nothing claimed that was not measured.
//!
//! The generator's own limits are wide here: other tests run beside these, and what is tested is not how fast this
//! machine is.

mod accounting;
mod accuracy;
mod comparing;
mod cost;
mod defects;
mod end;
mod honesty;
mod idle;
mod journeys;
mod keys;
mod ledger;
mod mistakes;
mod rare;
mod shards;
mod starved;
mod transport;
mod wrong;

use std::io::Write as _;

use serde_json::Value;

use crate::support::{Edge, Keys, Lockproof, Outcome, Reply, Server, Small};

/// Every kind of key that the small contract knows.
const PLAN: &str = r"load: 1
title: Good and bad keys
rate: 400/s
duration: 500ms
connections: 8
timeout: 20s
mix:
  - { name: good, weight: 2, operations: [items.list], request: { credential: full } }
  - { name: search, operations: [items.search], request: { credential: full } }
  - { name: missing, operations: [items.list], request: { credential: none } }
  - { name: unknown, operations: [items.list], request: { key: { random: like } } }
  - { name: expired, operations: [items.list], request: { credential: expired } }
  - { name: narrow, operations: [items.search], request: { credential: narrow } }
";

/// `lockproof load` with a plan on a target that keeps the small contract.
fn load(url: &str, plan: &str) -> Lockproof {
    load_with(&Small::at(url), plan)
}

fn load_with(contract: &Small, plan: &str) -> Lockproof {
    strictly(contract, plan).args(&["--max-lag", "60s", "--max-cpu", "100"])
}

/// The same with the generator's own limits.
fn strictly(contract: &Small, plan: &str) -> Lockproof {
    let program = contract.program(&Keys::default()).file("plan.yaml", plan);
    program.args(&["load", "plan.yaml", "--contract", "lockproof.yaml"])
}

/// A sound target.
fn sound() -> Server {
    let edge = Edge::default();
    Server::http(move |request| Reply::Whole(edge.answer(request)))
}

/// `load.json`.
fn result(outcome: &Outcome) -> Value {
    outcome.json("reports/latest/load.json")
}

/// A count of the result.
fn count(outcome: &Outcome, name: &str) -> u64 {
    result(outcome)[name].as_u64().unwrap_or_else(|| panic!("{name}: {outcome}"))
}

/// What is not tested, for a program is not here: in CI, where it could be, that is a failure.
fn not_tested(what: &str) {
    no_privilege(what);
    assert!(std::env::var_os("CI").is_none(), "NOT TESTED: {what}");
}

/// What is not tested, for the system does not let us. It is said to whoever runs the tests, past what captures them.
fn no_privilege(what: &str) {
    writeln!(std::io::stderr(), "NOT TESTED: {what}").ok();
}

fn ends_with(outcome: &Outcome, code: i32, says: &str) {
    assert_eq!(outcome.code, Some(code), "{outcome}");
    assert!(outcome.says(says), "it does not say `{says}`: {outcome}");
}
