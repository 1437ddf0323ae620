//! Results made by hand, for the tests of every format.

use crate::outcome::{
    CaseResult, CheckInfo, ContractInfo, Control, ControlKind, Exchange, Expects, FORMAT, Received, Redacted,
    RunResult, RunVerdict, Sent, Summary, Target, Timing, Tool, Verdict,
};
use crate::redact::Redactor;
use crate::scenario::{Region, Severity};

/// Text that a redactor without keys has been through.
pub(super) fn redacted(text: &str) -> Redacted {
    Redactor::default().redact(text)
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

/// A run without a case.
pub(super) fn empty() -> RunResult {
    RunResult {
        format: FORMAT.to_owned(),
        tool: Tool { name: "lockproof".to_owned(), version: "0.1.0".to_owned() },
        contract: ContractInfo {
            api: "Records (an example)".to_owned(),
            file: "lockproof.yaml".to_owned(),
            environments: names(&["sandbox", "production"]),
            operations: names(&[
                "records.list",
                "records.read",
                "records.create",
                "reports.monthly-statement",
            ]),
            credentials: names(&["full", "read-only", "sandbox-only", "expired"]),
        },
        target: vec![
            Target { environment: "sandbox".to_owned(), url: redacted("https://sandbox.example.com") },
            Target { environment: "production".to_owned(), url: redacted("https://api.example.com") },
        ],
        seed: 42,
        started: "2026-01-02T03:04:05Z".to_owned(),
        duration_ms: 1_234,
        verdict: RunVerdict::Conformant,
        exit_code: 0,
        summary: Summary::default(),
        notices: vec![],
        controls: vec![],
        checks: vec![
            check("permission-matrix", "permissions", "Each key may do what it is allowed and nothing else"),
            check("key-missing", "core", "A request without a key is refused"),
            check("challenge-names-scheme", "core", "A refusal names the authentication scheme"),
            check("revocation-takes-effect", "lifecycle", "A revoked key stops working in time"),
        ],
        cases: vec![],
    }
}

fn check(id: &str, family: &str, title: &str) -> CheckInfo {
    CheckInfo {
        id: id.to_owned(),
        family: family.to_owned(),
        title: title.to_owned(),
        severity: Severity::Must,
        sources: names(&["RFC 9110 section 15.5.2", "OWASP API2:2023"]),
        why: "Whoever finds the address finds the data. A guard that runs only when the key is there guards nothing."
            .to_owned(),
        advice: "Refuse at the edge, before routing to a service, every request that carries no key.".to_owned(),
        file: format!("scenarios/{family}/{id}.yaml"),
        site: Some(Region { line: 3, column: 8, end_line: 3, end_column: 8 + title.len() }),
    }
}

/// A case of a check of [`empty`], whose id is `<check>/<environment>/<operation>/<last>`.
pub(super) fn case(id: &str, verdict: Verdict, actual: &str) -> CaseResult {
    let parts: Vec<_> = id.split('/').collect();
    let [check, environment, operation, last] = parts.as_slice() else { panic!("{id} has four parts") };
    let family = empty().checks.iter().find(|info| info.id == *check).map(|info| info.family.clone());
    CaseResult {
        id: id.to_owned(),
        check: (*check).to_owned(),
        family: family.unwrap_or_else(|| "core".to_owned()),
        severity: Severity::Must,
        environment: (*environment).to_owned(),
        operation: (*operation).to_owned(),
        credential: None,
        expects: None,
        variant: Some((*last).to_owned()),
        verdict,
        answered: None,
        explained_by: None,
        requirement: redacted("a request without a key is refused as `missing`"),
        expected: redacted("status 401, a challenge with the scheme ApiKey, $.code = missing_api_key"),
        actual: redacted(actual),
        reproduce: None,
        exchange: None,
        duration_us: 1_500,
        file: None,
    }
}

/// A case of the permission matrix.
pub(super) fn cell(place: &str, expects: Expects, verdict: Verdict) -> CaseResult {
    let case = case(&format!("permission-matrix/{place}"), verdict, "status 200");
    CaseResult { credential: case.variant.clone(), variant: None, expects: Some(expects), ..case }
}

/// A run with these cases, and what they come to.
pub(super) fn run_of(cases: Vec<CaseResult>) -> RunResult {
    let summary = Summary::of(cases.iter().map(|case| case.verdict));
    let (verdict, exit_code) = match (summary.fail, summary.inconclusive + summary.error) {
        (0, 0) => (RunVerdict::Conformant, 0),
        (0, _) => (RunVerdict::Inconclusive, 3),
        _ => (RunVerdict::NonConformant, 1),
    };
    RunResult { verdict, exit_code, summary, cases, ..empty() }
}

/// A run in which everything held.
pub(super) fn clean() -> RunResult {
    let mut cases = Vec::new();
    for environment in ["sandbox", "production"] {
        for credential in ["full", "read-only", "sandbox-only", "expired"] {
            for operation in empty().contract.operations {
                let reads = operation.ends_with("list") || operation.ends_with("read");
                let allowed = match credential {
                    "full" => true,
                    "read-only" => reads,
                    "sandbox-only" => environment == "sandbox",
                    _ => false,
                };
                let expects = if allowed { Expects::Acceptance } else { Expects::Refusal };
                cases.push(cell(&format!("{environment}/{operation}/{credential}"), expects, Verdict::Pass));
            }
        }
    }
    cases.push(case("key-missing/sandbox/records.list/none", Verdict::Pass, "status 401"));
    let skipped = "revocation-takes-effect/sandbox/records.list/revoked";
    cases.push(case(skipped, Verdict::Skip, "no control.revoke in the contract"));
    run_of(cases)
}

/// A run in which every verdict occurs, and a control did not hold.
pub(super) fn mixed() -> RunResult {
    let failed = |id: &str| CaseResult {
        reproduce: Some(redacted(
            "curl -sS -i -X POST 'https://sandbox.example.com/v1/records' -d '{\"name\":\"x\"}'",
        )),
        exchange: Some(exchange()),
        ..case(id, Verdict::Fail, "status 201: the request was accepted")
    };
    let mut cases = clean().cases;
    cases.truncate(9);
    cases.push(cell("production/records.read/full", Expects::Acceptance, Verdict::Inconclusive));
    cases.push(cell("production/records.create/read-only", Expects::Refusal, Verdict::Fail));
    cases.push(failed("key-missing/sandbox/records.create/none"));
    cases.extend((1..=8).map(|n| failed(&format!("key-missing/sandbox/records.create/empty-{n}"))));
    cases.push(warned());
    cases.push(case(
        "key-missing/production/records.list/none",
        Verdict::Inconclusive,
        "no answer within 10 s",
    ));
    cases.push(case(
        "key-missing/production/records.read/none",
        Verdict::Inconclusive,
        "no answer within 10 s",
    ));
    cases.push(case("key-missing/production/records.create/none", Verdict::Error, "the judge panicked"));
    for operation in ["records.list", "records.read"] {
        let id = format!("revocation-takes-effect/sandbox/{operation}/revoked");
        cases.push(case(&id, Verdict::Skip, "no control.revoke in the contract"));
    }
    RunResult {
        notices: vec![redacted("TLS certificates were not verified: the answers could come from anyone")],
        controls: vec![control(), broken_control()],
        ..run_of(cases)
    }
}

/// A case that only warns.
pub(super) fn warned() -> CaseResult {
    let id = "challenge-names-scheme/sandbox/records.list/none";
    CaseResult { severity: Severity::Should, ..case(id, Verdict::Warn, "WWW-Authenticate is absent") }
}

fn control() -> Control {
    Control {
        kind: ControlKind::Positive,
        environment: "production".to_owned(),
        operation: "records.read".to_owned(),
        when: "before".to_owned(),
        held: true,
        actual: redacted("status 200 with the key of `full`"),
        advice: "Check that the key of `full` works, and that the service is up.".to_owned(),
        exchange: None,
    }
}

fn broken_control() -> Control {
    let actual = redacted("status 503 with the key of `full`");
    Control { when: "during".to_owned(), held: false, actual, ..control() }
}

/// An exchange in which a key was accepted that was not there.
pub(super) fn exchange() -> Exchange {
    Exchange {
        conversation: None,
        behind: Vec::new(),
        sent: Sent {
            method: redacted("POST"),
            url: redacted("https://sandbox.example.com/v1/records"),
            headers: vec![(redacted("content-type"), redacted("application/json"))],
            body: Some(redacted("{\"name\":\"x\"}")),
            body_bytes: 12,
        },
        received: Some(Received {
            version: "HTTP/1.1".to_owned(),
            status: 201,
            headers: (1..=14).map(|n| (redacted(&format!("x-header-{n}")), redacted("value"))).collect(),
            body: redacted(&(1..=15).map(|n| format!("line {n}")).collect::<Vec<_>>().join("\r\n")),
            body_bytes: 120,
            truncated: true,
            cut: None,
        }),
        problem: None,
        timing: Timing { connect_us: Some(800), first_byte_us: Some(2_000), last_byte_us: Some(2_350) },
    }
}

/// A run with one case for every verdict, in which one text stands wherever a target or a scenario can put one.
pub(super) fn evil(text: &str) -> RunResult {
    let mut result = mixed();
    let mut seen = std::collections::BTreeSet::new();
    result.cases.retain(|case| seen.insert(case.verdict));
    result.summary = Summary::of(result.cases.iter().map(|case| case.verdict));
    result.notices.push(redacted(text));
    result.contract.api = text.to_owned();
    result.controls.iter_mut().for_each(|control| control.actual = redacted(text));
    for check in &mut result.checks {
        check.title = text.to_owned();
        check.why = text.to_owned();
        check.advice = text.to_owned();
        check.sources = vec![text.to_owned()];
    }
    for case in &mut result.cases {
        case.requirement = redacted(text);
        case.expected = redacted(text);
        case.actual = redacted(text);
        case.reproduce = Some(redacted(text));
        case.exchange = Some(evil_exchange(text));
    }
    result
}

fn evil_exchange(text: &str) -> Exchange {
    let sound = exchange();
    let headers = vec![(redacted(text), redacted(text))];
    let sent = Sent {
        method: redacted(text),
        url: redacted(text),
        headers: headers.clone(),
        body: Some(redacted(text)),
        ..sound.sent
    };
    let received = sound.received.map(|received| Received { headers, body: redacted(text), ..received });
    Exchange { sent, received, problem: Some(redacted(text)), ..sound }
}
