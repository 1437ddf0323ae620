use std::collections::BTreeMap;

use super::{Filter, Inputs, Permits, Plan};
use crate::contract;
use crate::document::Source;
use crate::outcome::Expects;
use crate::scenario::{Suite, SuiteFile};

const CONTRACT: &str = r"
lockproof: 1
api: Records
environments: { local: { base_url: 'http://127.0.0.1:1' } }
authentication: { carrier: { header: X-API-Key } }
services:
  records:
    operations:
      list: { method: GET, path: /records, accepted: { status: 200 } }
      read: { method: GET, path: /record, accepted: { status: 200 } }
credentials:
  full: { key: { env: FULL }, allows: [records] }
  narrow: { key: { env: NARROW }, allows: [records.read] }
refusals:
  missing: { status: 401 }
  invalid: { status: 401 }
  insufficient: { status: 403 }
";

fn plan(expect: &str) -> Plan {
    planned(CONTRACT, &format!("over: {{ operations: [records.list], credentials: {{}} }}, expect: {expect}"))
}

fn planned(contract: &str, check: &str) -> Plan {
    let source = Source { name: "lockproof.yaml".to_owned(), text: contract.to_owned() };
    let contract = contract::load(source, &|_| None).unwrap();
    let text = format!("{{ id: one, title: t, severity: must, sources: [s], why: w, advice: a, {check} }}");
    let suite = Suite::read([SuiteFile { path: "core/one.yaml".to_owned(), text }]).unwrap();
    let (bodies, permits) = (BTreeMap::new(), Permits::default());
    let inputs = Inputs { contract: &contract, bodies: &bodies, suite: &suite, permits: &permits };
    Plan::expand(&inputs, &Filter::default())
}

fn cells(plan: &Plan) -> Vec<(&str, Option<Expects>)> {
    plan.cases.iter().map(|case| (case.credential.as_deref().unwrap_or(""), case.expects)).collect()
}

#[test]
fn a_check_that_asks_for_what_the_contract_implies_answers_a_cell_of_the_permission_matrix() {
    let plan = plan("{ declared: true }");
    assert_eq!(cells(&plan), [("full", Some(Expects::Acceptance)), ("narrow", Some(Expects::Refusal))]);
}

#[test]
fn a_check_that_asks_for_more_than_the_verdict_answers_no_cell_of_the_permission_matrix() {
    for expect in
        ["{ headers: { Cache-Control: no-store } }", "{ declared: true, headers: { Vary: absent } }"]
    {
        assert_eq!(cells(&plan(expect)), [("full", None), ("narrow", None)], "{expect}");
    }
}

#[test]
fn a_path_is_shared_with_an_operation_that_needs_no_key_too() {
    let open = "public: [{ method: GET, path: /note }]";
    let note = "      note: { method: POST, path: /note, accepted: { status: 200 } }\ncredentials:";
    let check = "{ id: one, title: t, severity: must, sources: [s], why: w, advice: a, \
                 over: { operations: { shares_path: false } }, request: { credential: none }, \
                 expect: { refusal: missing } }";
    let operations = |contract: &str| {
        let source = Source { name: "lockproof.yaml".to_owned(), text: contract.to_owned() };
        let contract = contract::load(source, &|_| None).unwrap();
        let file = SuiteFile { path: "core/one.yaml".to_owned(), text: check.to_owned() };
        let suite = Suite::read([file]).unwrap();
        let (bodies, permits) = (BTreeMap::new(), Permits::default());
        let inputs = Inputs { contract: &contract, bodies: &bodies, suite: &suite, permits: &permits };
        let plan = Plan::expand(&inputs, &Filter::default());
        plan.cases.iter().map(|case| case.operation.id.to_string()).collect::<Vec<_>>()
    };
    let alone = CONTRACT.replace("credentials:", note);
    assert_eq!(operations(&alone), ["records.list", "records.read", "records.note"]);
    assert_eq!(operations(&format!("{alone}{open}\n")), ["records.list", "records.read"]);
}

/// What is sent first, and why nothing is, of the only case of a check.
fn twin(contract: &str, check: &str) -> (Option<(String, Option<String>)>, Option<String>) {
    let mut plan = planned(contract, check);
    let case = plan.cases.remove(0);
    let sent = case.twin.map(|twin| (twin.draft.target, twin.draft.key.map(|key| key.credential)));
    (sent, case.work.err())
}

#[test]
fn a_twin_is_laid_over_the_request_of_the_check_and_of_its_variant() {
    let check = "over: { operations: [records.list] }, request: { credential: none }, expect: { status: [4xx] }, \
                 twin: { credential: { allowing: operation } }, \
                 each: [{ name: a, request: { path: { append: /a } }, twin: { path: { append: /b } } }]";
    let sent = ("/records/b".to_owned(), Some("full".to_owned()));
    assert_eq!(twin(CONTRACT, check), (Some(sent), None));
}

#[test]
fn a_check_without_a_twin_sends_none() {
    assert_eq!(twin(CONTRACT, "expect: { refusal: missing }, request: { credential: none }"), (None, None));
}

#[test]
fn a_twin_counts_among_what_a_case_may_send() {
    let check = "request: { credential: none }, expect: { status: [4xx] }";
    let exchanges = |check: &str| planned(CONTRACT, check).cases[0].exchanges();
    let with = exchanges(&format!("{check}, twin: {{ credential: {{ allowing: operation }} }}"));
    assert_eq!(with, 2 * exchanges(check));
}

#[test]
fn a_twin_may_change_the_target_only_where_the_operator_permits_it() {
    let contract = CONTRACT.replace("path: /records,", "path: /records, effect: creates,");
    let check =
        "over: { operations: [records.list] }, request: { credential: none }, expect: { status: [4xx] }";
    assert_eq!(twin(&contract, check), (None, None));
    let (sent, why) = twin(&contract, &format!("{check}, twin: {{ credential: {{ allowing: operation }} }}"));
    assert_eq!(sent, None);
    let wanted = "an accepted `records.list` changes the target; permit it with --allow-effects";
    assert_eq!(why.as_deref(), Some(wanted));
}

#[test]
fn a_twin_whose_key_may_not_use_the_operation_is_not_sent() {
    let check = "over: { operations: [records.list] }, expect: { status: [4xx] }, \
                 twin: { credential: narrow, headers: [{ A: b }] }";
    let why = "its twin must be accepted, and its key may not use the operation here";
    assert_eq!(twin(CONTRACT, check), (None, Some(why.to_owned())));
}

/// A check of what a batch carries.
const BATCH: &str = "needs: [operation.carries], \
    over: { operations: { carries: true }, credentials: { denied_by: carried } }, expect: { declared: true }";

#[test]
fn a_key_may_use_a_batch_only_where_it_may_make_the_calls_within() {
    let batch = "      batch: { method: POST, path: /batch, carries: [records.list], accepted: { status: 200 } }\n\
                 credentials:\n  batch: { key: { env: BATCH }, allows: [records.batch] }";
    let plan = planned(&CONTRACT.replace("credentials:", batch), BATCH);
    let [case] = plan.cases.as_slice() else { panic!("not one case: {:?}", plan.cases) };
    assert_eq!((case.operation.id.as_str(), case.credential.as_deref()), ("records.batch", Some("batch")));
    assert_eq!(case.work.as_ref().unwrap()[0].requirement.to_string(), "the refusal `insufficient`");
}

#[test]
fn where_the_contract_declares_no_operation_of_the_kind_the_check_says_so() {
    let plan = planned(CONTRACT, BATCH);
    let why: Vec<_> = plan.cases.iter().map(|case| case.work.as_ref().unwrap_err().as_str()).collect();
    assert_eq!(why, ["the contract lacks an operation with a line `carries`"]);
}

/// Why the only case of a check does not apply, or whose keys its steps carry.
fn senders(contract: &str, check: &str) -> Result<Vec<String>, String> {
    let work = planned(contract, check).cases.remove(0).work?;
    Ok(work.into_iter().map(|step| step.draft.key.map(|key| key.credential).unwrap_or_default()).collect())
}

#[test]
fn a_foreign_key_is_another_applications_and_allowed_the_same() {
    let check = "over: { operations: [records.read] }, expect: { accepted: true }, \
                 steps: [{}, { request: { credential: { foreign: operation } } }]";
    assert_eq!(senders(CONTRACT, check), Ok(vec!["full".to_owned(), "narrow".to_owned()]));
    let one = CONTRACT.replace("env: NARROW }", "env: NARROW }, application: full");
    let why = senders(&one, check).unwrap_err();
    assert!(why.contains("of a second application") && why.contains("under `credentials`"), "{why}");
}

#[test]
fn what_the_contract_does_not_say_of_repetitions_is_named_by_its_line() {
    let skipped = |check: &str| {
        let check = format!("over: {{ operations: [records.list] }}, expect: {{ accepted: true }}, {check}");
        senders(CONTRACT, &check).unwrap_err()
    };
    let line = |line: &str| format!("the contract lacks a line `{line}`");
    assert_eq!(skipped("needs: [idempotency]"), line("services.records.operations.list.idempotency"));
    let once = skipped("request: { idempotency: one }");
    assert_eq!(once, line("services.records.operations.list.idempotency"));
    assert_eq!(skipped("needs: [validator]"), line("services.records.operations.list.accepted.headers.ETag"));
    assert_eq!(skipped("request: { key: { random: same_id } }"), line("authentication.key_id"));
    let other = skipped("request: { body: { other: true } }");
    assert_eq!(other, line("services.records.operations.list.idempotency.other_body"));
}

#[test]
fn a_difference_that_the_contract_declares_is_no_fault() {
    let check = "needs: [alike.expired], expect: { accepted: true }";
    let with = |line: &str| {
        senders(&CONTRACT.replace("  insufficient:", &format!("  {line}\n  insufficient:")), check)
    };
    assert_eq!(senders(CONTRACT, check).unwrap_err(), "the contract lacks a line `refusals.expired`");
    let differs = with("expired: { status: 403 }").unwrap_err();
    assert_eq!(differs, "the contract declares `refusals.expired` to differ from `refusals.invalid`");
    assert!(with("expired: { like: invalid }").is_ok() && with("expired: { status: 401 }").is_ok());
    let unknown = "needs: [alike.unknown_path], expect: { accepted: true }";
    let policy =
        |status| senders(&format!("{CONTRACT}policy: {{ unknown_path_without_key: {status} }}\n"), unknown);
    assert!(policy(401).is_ok() && policy(404).is_err());
}

#[test]
fn what_caches_know_of_a_key_is_not_asked_of_them() {
    let check = "needs: [unknown-field], expect: { varies_on_key: true }";
    let carried = |carrier: &str| senders(&CONTRACT.replace("header: X-API-Key", carrier), check);
    assert!(carried("header: X-API-Key").is_ok() && carried("cookie: key").is_ok());
    assert!(carried("header: Authorization, scheme: Bearer").unwrap_err().contains("in Authorization"));
    assert!(carried("query: key").unwrap_err().contains("in the address"));
}

#[test]
fn a_name_that_the_contract_does_not_have_becomes_a_case_that_says_so() {
    let check = "over: { operations: [records.list, record.lst], environments: [local, sandpit] }, \
                 request: { credential: none }, expect: { refusal: missing }";
    let plan = planned(CONTRACT, check);
    let said: Vec<_> =
        plan.cases.iter().map(|case| (&*case.id, case.work.as_ref().err().map(|it| &**it))).collect();
    let why = "the contract has no operation `record.lst` and no environment `sandpit`";
    assert_eq!(
        said,
        [("one/local/records.list/none", None), ("one/local/records.list/not-in-the-contract", Some(why))]
    );
    let nowhere =
        "over: { environments: [sandpit] }, request: { credential: none }, expect: { refusal: missing }";
    assert_eq!(planned(CONTRACT, nowhere).cases.len(), 1);
}

#[test]
fn operations_that_need_no_key_have_names_of_their_own() {
    let open = ["/a/b", "/a-b", "/a-b-2", "/A/b"].map(|path| format!("{{ method: GET, path: {path} }}"));
    let contract = format!("{CONTRACT}public: [{}]\n", open.join(", "));
    let plan = planned(&contract, "over: { operations: { public: true } }, expect: { accepted: true }");
    let ids: Vec<_> = plan.cases.iter().map(|case| case.operation.id.as_str()).collect();
    assert_eq!(ids, ["public.get-a-b", "public.get-a-b-2", "public.get-a-b-2-2", "public.get-a-b-3"]);
}

#[test]
fn a_step_that_is_compared_with_others_is_told_their_requests() {
    let mut expect: crate::scenario::Expectation = serde_json::from_value(serde_json::json!({
        "same_as": { "step": 3 },
        "any_of": [{ "differs_from": { "step": 1, "like": 3 } }],
    }))
    .unwrap();
    // The second step sends nothing.
    expect.renumber(&[1, 1, 2]);
    let differs = expect.any_of[0].differs_from.as_ref().map(|it| (it.step, it.like));
    assert_eq!((expect.same_as.map(|it| it.step), differs), (Some(2), Some((1, 2))));
}
