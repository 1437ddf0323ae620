//! What is in a plan and cannot be sent: said before anything is.

use super::{PLAN, ends_with, load, sound};
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

#[test]
fn a_rate_beside_a_closed_model_is_refused_and_the_cure_works() {
    let server = sound();
    let closed = PLAN.replace("rate: 400/s\n", "model: closed\n");
    let search = PLAN.replace("rate: 400/s\n", "find_capacity: { from: 100/s }\n");
    let mistakes = [
        (PLAN, &["--rate", "50/s", "--model", "closed"][..], "leave --rate out, or --model closed"),
        (&*closed, &["--rate", "50/s"][..], "leave --rate out, or say --model open beside it"),
        (&*search, &["--model", "closed"][..], "leave --model closed out"),
    ];
    for (plan, flags, why) in mistakes {
        ends_with(&load(&server.url(), plan).args(flags).run(), 2, why);
    }
    assert_eq!(server.connections(), 0);
    let cured = load(&server.url(), &closed).args(&["--rate", "50/s", "--model", "open"]).run();
    ends_with(&cured, 0, "exit 0");
}

#[test]
fn a_time_that_nobody_waits_for_is_refused() {
    let server = sound();
    let load = |arguments: &[&str]| load(&server.url(), PLAN).args(arguments).run();
    let alone = |arguments: &[&str]| Lockproof::new(arguments).run();
    for refused in [
        load(&["--rate", "1/s", "--duration", "99999999999999h"]),
        load(&["--timeout", "584542046090y"]),
        load(&["--warm-up", "367d"]),
        alone(&["load", "--delay", "99999999999999h"]),
        alone(&["run", "--timeout", "584542046090y"]),
        alone(&["run", "--deadline", "584542046090y"]),
        alone(&["between", "--timeout", "584542046090y"]),
    ] {
        ends_with(&refused, 2, "longer than 366 days");
    }
    let plan = PLAN.replace("500ms", "101y");
    ends_with(&super::load(&server.url(), &plan).run(), 2, "longer than 100 years");
    assert_eq!(server.connections(), 0);
}
