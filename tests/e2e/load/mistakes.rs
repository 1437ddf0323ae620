//! What is in a plan and cannot be sent: said before anything is.

use super::{ends_with, load, sound};
use crate::support::Lockproof;

/// A plan that sends one operation of the reference contract, in one way.
fn sending(operation: &str, request: &str) -> Lockproof {
    let plan = format!(
        "load: 1\ntitle: One\nrate: 10/s\nmix:\n  - {{ name: one, operations: [{operation}], request: {request}, expect: refusal }}\n"
    );
    Lockproof::new(&["load", "plan.yaml"]).file("plan.yaml", &plan)
}

#[test]
fn a_request_that_takes_more_than_itself_is_refused_before_anything_is_sent() {
    for (operation, request, why) in [
        ("ekyc.ocr", "{ token: { minted_by: { allowing: mint } } }", "needs an object that is made first"),
        ("ekyc.ocr", "{ node: other }", "it would go to another node"),
        ("ekyc.ocr", "{ revoke_token: true }", "it carries a token that is minted first"),
    ] {
        let outcome = sending(operation, request).run();
        ends_with(&outcome, 2, why);
        assert!(
            outcome.says("could not send `one`") || outcome.says("could not make"),
            "{request}: {outcome}"
        );
    }
}

#[test]
fn an_operation_that_the_contract_does_not_have_is_a_mistake_of_the_plan() {
    let server = sound();
    let plan =
        "load: 1\ntitle: One\nrate: 10/s\nmix: [{ name: one, operations: [items.list, items.gone] }]\n";
    ends_with(&load(&server.url(), plan).run(), 2, "the contract has no operation `items.gone`");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_load_of_nothing_is_refused_before_anything_is_sent() {
    let server = sound();
    let plan = "load: 1\ntitle: One\nrate: 10/s\nmix: [{ name: one, operations: [items.list] }]\n";
    for (arguments, why) in [
        (["--rate", "0"], "write `100/s`"),
        (["--duration", "0s"], "it would end before it begins"),
        (["--timeout", "0ms"], "it would end before it begins"),
        (["--start-at", "yesterday"], "write it as `2027-01-31T12:00:00Z`"),
    ] {
        ends_with(&load(&server.url(), plan).args(&arguments).run(), 2, why);
    }
    let never = plan.replace("10/s", "0/s");
    let outcome = load(&server.url(), &never).run();
    ends_with(&outcome, 2, "nothing would ever be sent");
    assert!(outcome.says("plan.yaml:3:7"), "{outcome}");
    assert_eq!(server.connections(), 0);
}

#[test]
fn what_cannot_stand_together_in_a_plan_is_a_mistake() {
    let server = sound();
    let alone = "load: 1\ntitle: One\nrate: 10/s\nalone: { entries: [one], for: 1s }\ntimeline:\n  \
                 - control: { create: { key: leased } }\nmix: [{ name: one, operations: [items.list] }]\n";
    let users = "load: 1\ntitle: One\njourneys: [{ name: go, steps: [{ send: { name: one, operations: [items.list] } }] }]\n\
                 thresholds: ['p99(all) < 1s abort_on_fail']\n";
    for (plan, why) in [
        (alone, "the one compares, the other changes what is compared"),
        (users, "users are not ended early"),
    ] {
        ends_with(&load(&server.url(), plan).run(), 2, why);
    }
    assert_eq!(server.connections(), 0);
}
