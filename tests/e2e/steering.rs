//! Targets that are steered: keys that come to be during a run stay out of every report, and whatever is changed is
//! taken back, however the run ends.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::process::Signal;

use crate::canary::Canary;
use crate::support::{Edge, Keys, Lockproof, Outcome, Reply, Request, Server, Small, answer, json};

/// A small target that issues keys, and knows what was done to it.
#[derive(Clone, Default)]
struct Target {
    edge: Edge,
    issued: Arc<Mutex<Vec<String>>>,
    revoked: Arc<Mutex<bool>>,
    done: Arc<Mutex<Vec<String>>>,
}

impl Target {
    fn done(&self) -> Vec<String> {
        self.done.lock().unwrap().clone()
    }

    /// Whether a key is one that was issued.
    fn issued(&self, key: &str) -> bool {
        self.issued.lock().unwrap().iter().any(|issued| issued == key)
    }

    /// Serves it: what steers it is carried out, a request with a key that was issued is answered by `issued` where
    /// that says anything, and every other one as it should be.
    fn serve(&self, issued: impl Fn(&Self, &str) -> Option<Reply> + Send + Sync + 'static) -> Server {
        let target = self.clone();
        Server::http(move |request| {
            let own = || {
                let key = request.header("x-api-key")?;
                target.issued(key).then(|| issued(&target, key)).flatten()
            };
            let sound = || Reply::Whole(target.edge.answer(request));
            target.steered(request).or_else(own).unwrap_or_else(sound)
        })
    }

    /// Steers, where the request is for what steers.
    fn steered(&self, request: &Request) -> Option<Reply> {
        let what = request.path().strip_prefix("/control/")?.to_owned();
        if what == "keys" {
            let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
            self.issued.lock().unwrap().push(body["key"].as_str().unwrap().to_owned());
        }
        if what.ends_with("/revoke") {
            *self.revoked.lock().unwrap() = true;
        }
        self.done.lock().unwrap().push(format!("{} {what}", request.method));
        Some(Reply::Whole(json(200, "{}")))
    }
}

/// The small contract with a way to steer.
fn contract(url: &str) -> String {
    let call = |method: &str, path: &str, body: &str| {
        format!("{{ http: {{ method: {method}, url: \"{url}/control/{path}\"{body} }} }}")
    };
    format!(
        "{}  revoked: {{ like: invalid }}\npolicy: {{ max_revocation_lag: 200ms }}\ncontrol:\n  create: {}\n  delete: {}\n  \
         revoke: {}\n  store: {{ stop: {}, start: {} }}\n",
        Small::at(url).text(),
        call("POST", "keys", ", body: { key: \"{key}\", name: \"{credential}\" }"),
        call("DELETE", "keys/{credential}", ""),
        call("POST", "keys/{credential}/revoke", ""),
        call("POST", "store/stop", ""),
        call("POST", "store/start", ""),
    )
}

fn run(url: &str, keys: &Keys) -> Lockproof {
    let run = Small::at(url).program(keys).file("lockproof.yaml", contract(url));
    run.args(&[
        "run",
        "--contract",
        "lockproof.yaml",
        "--report",
        "json=results.json",
        "--report",
        "terminal=page.txt",
    ])
    .args(&["--report", "junit=junit.xml"])
}

/// A scenario of our own, which stops the key store and then asks.
const STOPPED: &str = r"
id: stopped
title: A sample
severity: must
sources: [a]
why: Because
advice: Change it
needs: [control.store.stop]
alone: true
over: { operations: { first_of: all } }
steps:
  - control: { store: stop }
  - expect: { accepted: true }
";

fn is_clean_of(outcome: &Outcome, key: &str) {
    let canary = Canary::new(key);
    let mut given_out = vec![outcome.stdout.clone().into_bytes(), outcome.stderr.clone().into_bytes()];
    given_out.extend(outcome.files().iter().map(|path| std::fs::read(path).unwrap()));
    for bytes in &given_out {
        if let Some(found) = canary.find(bytes) {
            panic!("a key that was made is given out, {found}: {}", String::from_utf8_lossy(bytes));
        }
    }
}

#[test]
fn a_key_that_was_made_during_a_run_is_in_no_report() {
    let target = Target::default();
    // Accepted for good, and told in every form.
    let server = target.serve(|_, key| {
        let reversed: String = key.chars().rev().collect();
        let body = format!(r#"{{"items":[],"key":"{key}","part":"{}","back":"{reversed}"}}"#, &key[6..24]);
        Some(Reply::Whole(answer(200, &format!("X-Key: {key}\r\n"), body.as_bytes())))
    });
    let outcome = run(&server.url(), &Keys::default()).args(&["--only", "revoke-lag"]).run();
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert!(outcome.says("[KEY:created/leaked]"), "{outcome}");
    let issued = target.issued.lock().unwrap().clone();
    assert_eq!(issued.len(), 3, "one for each attempt");
    for key in &issued {
        is_clean_of(&outcome, key);
    }
    let done = target.done();
    assert_eq!(done.iter().filter(|what| what.starts_with("DELETE")).count(), 3, "{done:?}");
}

#[test]
fn a_lag_is_measured_and_told() {
    let target = Target::default();
    let server = target.serve(|target, _| {
        let revoked = *target.revoked.lock().unwrap();
        (!revoked).then(|| Reply::Whole(json(200, r#"{"items":[]}"#)))
    });
    let outcome = run(&server.url(), &Keys::default()).args(&["--only", "revoke-lag"]).run();
    assert_eq!(outcome.code, Some(0), "{outcome}");
    let actual = outcome.json("results.json")["cases"][0]["actual"].as_str().unwrap().to_owned();
    assert!(actual.ends_with(" ms after the change"), "{actual}");
}

#[test]
fn what_was_stopped_is_started_again_where_the_case_fails() {
    let target = Target::default();
    let steered = target.clone();
    let server = Server::http(move |request| {
        steered.steered(request).unwrap_or_else(|| match steered.done().last() {
            Some(last) if last.ends_with("stop") => Reply::Whole(json(401, r#"{"code":"invalid_api_key"}"#)),
            _ => Reply::Whole(steered.edge.answer(request)),
        })
    });
    let program = run(&server.url(), &Keys::default()).file("own/stopped.yaml", STOPPED);
    let outcome = program.args(&["--scenarios", "own"]).run();
    assert_eq!(outcome.code, Some(1), "{outcome}");
    let done = target.done();
    assert_eq!(done, ["POST store/stop", "POST store/start"].repeat(3), "each attempt for itself");
    // The controls behind it found the target as it was.
    assert!(outcome.says("0 pass, 1 fail"), "{outcome}");
}

#[test]
fn what_was_stopped_is_started_again_where_the_run_is_broken_off() {
    for times in [1, 2] {
        let target = Target::default();
        let steered = target.clone();
        let server = Server::http(move |request| {
            steered.steered(request).unwrap_or_else(|| match steered.done().last() {
                // No answer comes as long as it is stopped.
                Some(last) if last.ends_with("stop") => Reply::silence(Duration::from_secs(20)),
                _ => Reply::Whole(steered.edge.answer(request)),
            })
        });
        let program = run(&server.url(), &Keys::default()).file("own/stopped.yaml", STOPPED);
        let running = program
            .args(&["--scenarios", "own", "--timeout", "30s"])
            .stdout(std::process::Stdio::piped())
            .start();
        // Four controls or less, the action, and the request that hangs.
        while !target.done().iter().any(|what| what.ends_with("stop")) {
            std::thread::yield_now();
        }
        running.signal(Signal::INT);
        if times == 2 {
            running.await_stderr("interrupt again to stop at once");
            running.signal(Signal::INT);
        }
        let outcome = running.wait();
        assert_eq!(outcome.code, Some(130), "{outcome}");
        assert_eq!(target.done(), ["POST store/stop", "POST store/start"], "{outcome}");
        assert!(outcome.took < Duration::from_secs(15), "{outcome}");
    }
}

#[test]
fn what_cannot_be_taken_back_is_said() {
    let target = Target::default();
    let steered = target.clone();
    let server = Server::http(move |request| match request.path() {
        "/control/store/start" => Reply::Whole(json(500, "{}")),
        _ => steered.steered(request).unwrap_or_else(|| Reply::Whole(steered.edge.answer(request))),
    });
    let program = run(&server.url(), &Keys::default()).file("own/stopped.yaml", STOPPED);
    let outcome = program.args(&["--scenarios", "own"]).run();
    assert_eq!(outcome.code, Some(3), "{outcome}");
    assert!(
        outcome.says("not taken back: control.store.stop by control.store.start: status 500"),
        "{outcome}"
    );
}

#[test]
fn a_contract_without_control_skips_such_checks_and_names_the_line() {
    let edge = Edge::default();
    let server = Server::http(move |request| Reply::Whole(edge.answer(request)));
    let run =
        Small::at(&server.url()).program(&Keys::default()).args(&["run", "--contract", "lockproof.yaml"]);
    let outcome = run.args(&["--only", "expiry-boundary", "--only", "key-missing"]).run();
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert!(outcome.says("the contract lacks a line `control.create`"), "{outcome}");
}

#[test]
fn a_key_whose_answer_is_incomplete_is_kept_out_of_reports_and_taken_back_as_far_as_can_be() {
    let key = "tst_Issued7hK2mNp4QrSt6UvWx8Yz3AbCd";
    for (answers, taken_back) in [
        (r#"{"id":"k_77"}"#.to_owned(), true),
        (format!(r#"{{"key":"{key}"}}"#), false),
        (r#"{"key":"the","id":"k_77"}"#.to_owned(), true),
        (r#"{"key":null,"id":"k_77"}"#.to_owned(), true),
    ] {
        let target = Target::default();
        let steered = target.clone();
        let server = Server::http(move |request| {
            let told = steered.steered(request).map(|reply| match request.method.as_str() {
                "POST" if request.path() == "/control/keys" => Reply::Whole(json(200, &answers)),
                _ => reply,
            });
            told.unwrap_or_else(|| Reply::Whole(steered.edge.answer(request)))
        });
        let contract = contract(&server.url()).replace("keys/{credential}", "keys/{id}").replacen(
            "name: \"{credential}\" } } }",
            "name: \"{credential}\" } }, answers: { key: $.key, id: $.id } }",
            1,
        );
        assert!(contract.contains("answers:"), "{contract}");
        let program = run(&server.url(), &Keys::default()).file("lockproof.yaml", contract);
        let outcome = program.args(&["--only", "revoke-lag"]).run();
        assert_eq!(outcome.code, Some(3), "{outcome}");
        is_clean_of(&outcome, key);
        let done = target.done();
        assert_eq!(done.iter().any(|what| what == "DELETE keys/k_77"), taken_back, "{done:?}: {outcome}");
        // A text that is too short to be a key is not taken out of every report.
        assert!(!outcome.stdout.contains("[KEY:created/leaked]"), "{outcome}");
    }
}

#[test]
fn what_is_put_elsewhere_is_not_steered_where_it_was() {
    let (old, new) = (Target::default(), Target::default());
    let node = Server::http(|_| Reply::Whole(json(200, "{}")));
    let (from, to) = (old.serve(|_, _| None), new.serve(|_, _| None));
    let nodes = format!("nodes: [\"{0}\"], plaintext_url: \"{0}\"", node.url());
    let contract = contract(&from.url());
    let own = format!("base_url: \"{}\"", from.url());
    let contract = contract.replacen(&own, &format!("{own}, {nodes}"), 1);
    let run = run(&from.url(), &Keys::default()).file("lockproof.yaml", contract);
    let outcome = run.args(&["--target", &to.url(), "--skip-tag", "exact-bytes"]).run();
    assert!(outcome.says("are not used"), "{outcome}");
    assert_eq!(
        (from.connections(), node.connections(), to.requests().is_empty()),
        (0, 0, false),
        "{outcome}"
    );
}
