//! The reference server keeps a contract that is not its own, as a run of the suite sees it.

use crate::support::Lockproof;

/// What a contract may declare, and few do: a document that is no JSON, and operations of the method HEAD.
const EXPORTS: &str = r#"
lockproof: 1
api: Exports
environments: { live: { base_url: "http://127.0.0.1:9" } }
authentication: { carrier: { header: X-API-Key } }
services:
  exports:
    operations:
      rows: { method: GET, path: /rows, accepted: { status: 200, headers: { Content-Type: { equals: text/csv } } } }
      count: { method: HEAD, path: /rows, accepted: { status: 200, headers: { X-Count: exists } } }
      probe: { method: HEAD, path: /probe, accepted: { status: 204 } }
credentials:
  full: { key: { fixture: exports_full_0123456789abcdef }, allows: [exports] }
  rows-only: { key: { fixture: exports_rows_0123456789abcdef }, allows: [exports.rows] }
refusals:
  missing: { status: 401 }
  invalid: { like: missing }
  insufficient: { status: 403 }
volatile: { headers: [X-Request-Id], body: [$.request_id] }
"#;

#[test]
fn a_contract_of_files_and_of_the_method_head_is_conformant_on_the_reference_server() {
    let run = Lockproof::new(&["run", "--contract", "lockproof.yaml", "--reference", "--strict"]);
    let outcome = run.file("lockproof.yaml", EXPORTS).run();
    assert_eq!(outcome.code, Some(0), "{outcome}");
    for operation in ["exports.rows", "exports.count", "exports.probe"] {
        assert!(outcome.stdout.contains(operation), "{operation} was asked: {outcome}");
    }
}
