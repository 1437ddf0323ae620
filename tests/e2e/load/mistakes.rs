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
