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
    let source = Source { name: "lockproof.yaml".to_owned(), text: CONTRACT.to_owned() };
    let contract = contract::load(source, &|_| None).unwrap();
    let text = format!(
        "{{ id: one, title: t, severity: must, sources: [s], why: w, advice: a, \
         over: {{ operations: [records.list], credentials: {{}} }}, expect: {expect} }}"
    );
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
