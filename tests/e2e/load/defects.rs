//! What goes wrong only under load: each ready plan finds what it is there to find, and nothing on the sound server.
//!
//! The plans go at a pace that a busy machine can keep. Where times are compared, the sound server has three tries:
//! other tests run beside these.

use super::{ends_with, result};
use crate::support::{Lockproof, Outcome};

/// More than the reference server has places for: each request takes half a second.
const OVERLOAD: &[&str] = &["--rate", "600/s", "--duration", "2s", "--warm-up", "0s", "--delay", "500ms"];
/// Few connections, so that each carries many requests.
const STEADY: &[&str] = &["--rate", "400/s", "--duration", "2s", "--warm-up", "0s", "--connections", "8"];
/// Samples enough for the 95th percentile of good keys alone.
const FLOOD: &[&str] = &["--rate", "800/s", "--duration", "3s", "--warm-up", "0s"];
const REFUSALS: &[&str] = &["--rate", "300/s", "--duration", "2s", "--warm-up", "200ms"];

/// A ready plan at a pace, on the reference server.
fn plan(name: &str, pace: &[&str], defect: Option<&str>) -> Outcome {
    let defect: Vec<_> = defect.into_iter().flat_map(|id| ["--defect", id]).collect();
    Lockproof::new(&["load", name, "--max-lag", "60s", "--max-cpu", "100"]).args(pace).args(&defect).run()
}

fn is_sound(name: &str, pace: &[&str]) -> Outcome {
    let tries = (0..3).map(|_| plan(name, pace, None));
    let outcome = tries.reduce(|last, next| if last.code == Some(0) { last } else { next }).unwrap();
    ends_with(&outcome, 0, "exit 0: no answer was wrong");
    outcome
}

#[test]
fn a_server_that_is_full_sends_away_and_neither_opens_nor_calls_good_keys_bad() {
    let outcome = is_sound("overload", OVERLOAD);
    assert!(result(&outcome)["shed"].as_u64() > Some(50), "{outcome}");
}

#[test]
fn a_server_that_sheds_the_guard_instead_of_the_load_is_found_by_overload() {
    let outcome = plan("overload", OVERLOAD, Some("shed-load-skips-auth"));
    ends_with(&outcome, 1, "WRONG false accept in");
}

#[test]
fn a_time_out_that_becomes_a_yes_is_found_by_overload() {
    let outcome = plan("overload", OVERLOAD, Some("pool-timeout-becomes-allow"));
    ends_with(&outcome, 1, "WRONG false accept in");
}

#[test]
fn a_time_out_that_becomes_a_wrong_key_is_found_by_overload() {
    let outcome = plan("overload", OVERLOAD, Some("timeout-becomes-401"));
    ends_with(&outcome, 1, "WRONG false refusal in `good");
}

#[test]
fn a_verdict_that_is_kept_for_a_connection_is_found_by_steady() {
    is_sound("steady", STEADY);
    let outcome = plan("steady", STEADY, Some("verdict-cached-per-connection"));
    ends_with(&outcome, 1, "WRONG false accept in `expired`");
}

#[test]
fn good_keys_beside_a_flood_are_as_well_off_as_alone() {
    let outcome = is_sound("flood", FLOOD);
    assert!(outcome.says("good-alone"), "{outcome}");
    let result = result(&outcome);
    let class = |name: &str| {
        let classes = result["classes"].as_array().unwrap();
        classes.iter().find(|class| class["name"].as_str().unwrap().split('/').next() == Some(name)).unwrap()
    };
    // A tenth of all is good: 80 a second, for three seconds alone and for three beside the flood.
    let sent = |name: &str| class(name)["sent"].as_u64().unwrap();
    assert!((50..200).contains(&sent("good-alone")) && (1800..2600).contains(&sent("flood")), "{outcome}");
}

#[test]
fn good_keys_that_a_flood_makes_bad_ones_are_found_by_flood() {
    let outcome = plan("flood", FLOOD, Some("negative-cache-too-coarse"));
    ends_with(&outcome, 1, "WRONG false refusal in `good");
}

#[test]
fn good_keys_that_a_flood_holds_up_are_found_by_flood() {
    let outcome = plan("flood", FLOOD, Some("refusals-hold-up-all"));
    ends_with(&outcome, 4, "MISSED p50(good) < 2 * p50(good-alone) + 2ms");
}

#[test]
fn a_refusal_that_costs_more_than_an_acceptance_is_found_by_refusal_cost() {
    is_sound("refusal-cost", REFUSALS);
    for defect in ["slow-refusal", "expensive-deny"] {
        let outcome = plan("refusal-cost", REFUSALS, Some(defect));
        ends_with(&outcome, 4, "MISSED p50(unknown-key, service) < 1.5 * p50(accepted-key, service) + 2ms");
    }
}
