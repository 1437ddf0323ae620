//! `diff`: two implementations of one contract.

use crate::support::{Edge, Keys, Lockproof, Outcome, Reply, Server, Small, json, problem};

/// A target whose answers are bent.
fn serve(bend: impl Fn(String) -> String + Send + Sync + 'static) -> Server {
    let edge = Edge::new(&Keys::default());
    Server::http(move |request| {
        let sound = String::from_utf8(edge.answer(request)).unwrap();
        if request.method == "HEAD" {
            Reply::Whole(sound.into_bytes())
        } else {
            Reply::Whole(bend(sound).into_bytes())
        }
    })
}

fn sound() -> Server {
    serve(|answer| answer)
}

fn diff(a: &Server, b: &Server, arguments: &[&str]) -> Outcome {
    let program = Small::at("http://127.0.0.1:1").program(&Keys::default());
    let program = program.args(&["diff", "--contract", "lockproof.yaml", "--seed", "7", "--tag", "core"]);
    program.args(&["--target", &a.url(), "--target", &b.url()]).args(arguments).run()
}

#[test]
fn two_that_are_the_same_are_said_to_be() {
    let (a, b) = (sound(), sound());
    let outcome = diff(&a, &b, &[]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert!(outcome.says("the two are the same"), "{outcome}");
    assert!(!a.requests().is_empty() && !b.requests().is_empty());
}

#[test]
fn who_accepts_what_the_other_refuses_is_found_on_either_side() {
    let lax = || {
        serve(|answer| {
            if answer.contains("insufficient_permissions") {
                return String::from_utf8(json(200, r#"{"items":[]}"#)).unwrap();
            }
            answer
        })
    };
    for (a, b, line) in
        [(sound(), lax(), "A: refused, status 403, pass"), (lax(), sound(), "A: accepted, status 200, fail")]
    {
        let outcome = diff(&a, &b, &["--only", "key-insufficient-scope"]);
        assert_eq!(outcome.code, Some(1), "{outcome}");
        assert!(outcome.says("accepted by one and not by the other") && outcome.says(line), "{outcome}");
    }
}

#[test]
fn a_refusal_and_what_nobody_recognises_are_not_alike_though_both_fail() {
    let other = || serve(|answer| answer.replace("invalid_api_key", "unknown_api_key"));
    let strange = || {
        serve(|answer| {
            if answer.contains("invalid_api_key") {
                return String::from_utf8(json(200, r#"{"hello":1}"#)).unwrap();
            }
            answer
        })
    };
    for (a, b) in [(other(), strange()), (strange(), other())] {
        let outcome = diff(&a, &b, &["--only", "key-unknown"]);
        assert_eq!(outcome.code, Some(1), "{outcome}");
        assert!(outcome.says("the two differ") && outcome.says("alike 0 cases"), "{outcome}");
    }
}

#[test]
fn refusals_that_differ_are_shown_by_what_differs() {
    let other = serve(|answer| answer.replace("realm=\"items\"", "realm=\"goods\""));
    let outcome = diff(&sound(), &other, &["--format", "json"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    let value: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!((&value["split"], &value["judged_apart"]), (&serde_json::json!([]), &serde_json::json!([])));
    let refusals = value["refusals"].as_array().unwrap();
    let lines = serde_json::json!([
        "- www-authenticate: ApiKey realm=\"items\"",
        "+ www-authenticate: ApiKey realm=\"goods\""
    ]);
    assert!(!refusals.is_empty() && refusals.iter().all(|refusal| refusal["lines"] == lines), "{outcome}");
    let page = diff(&sound(), &other, &["--only", "key-missing"]);
    insta::assert_snapshot!(page.stdout.replace(|c: char| c.is_ascii_digit(), "0"));
}

#[test]
fn a_side_that_fails_where_the_other_does_too_is_a_failure_though_the_two_are_the_same() {
    let open = || serve(|answer| answer.replace("invalid_api_key", "unknown_api_key"));
    let outcome = diff(&open(), &open(), &["--only", "key-unknown"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert!(outcome.says("the two are the same"), "{outcome}");
}

#[test]
fn a_side_that_is_down_is_inconclusive_and_neither_the_same_nor_another() {
    let server = sound();
    let (up, gone) = (server.url(), "http://127.0.0.1:1");
    for (a, b, says) in [
        (gone, gone, "nothing was compared"),
        (gone, &*up, "answered by one alone"),
        (&*up, gone, "answered by one alone"),
    ] {
        let program = Small::at("http://127.0.0.1:1").program(&Keys::default());
        let program =
            program.args(&["diff", "--contract", "lockproof.yaml", "--tag", "core", "--timeout", "1s"]);
        let down = program.args(&["--target", a, "--target", b]).run();
        assert_eq!(down.code, Some(3), "{down}");
        assert!(
            down.says(says) && !down.says("the two differ") && !down.says("the two are the same"),
            "{down}"
        );
        assert!(down.says("not judged") && down.says("did not hold"), "{down}");
    }
}

#[test]
fn a_slip_in_a_selection_is_wrong_usage_and_nothing_is_sent() {
    let (a, b) = (sound(), sound());
    let outcome = diff(&a, &b, &["--only", "key-missing", "--only", "key-mising"]);
    assert_eq!(outcome.code, Some(2), "{outcome}");
    assert!(outcome.says("did you mean `key-missing`?"), "{outcome}");
    assert!(a.requests().is_empty() && b.requests().is_empty());
}

#[test]
fn the_help_says_that_a_contract_is_needed() {
    let help = Lockproof::new(&["diff", "--help"]).run();
    assert_eq!(help.code, Some(0), "{help}");
    assert!(help.says("The contract that both are judged by"), "{help}");
    assert!(!help.says("without it, the built-in reference server"), "{help}");
    assert!(!help.says("--defect") && !help.says("--reference"), "{help}");
}

#[test]
fn two_targets_are_wanted_and_a_contract() {
    for (arguments, said) in [
        (&["diff"][..], "name a contract and two of its targets"),
        (
            &["diff", "--contract", "lockproof.yaml", "--target", "http://127.0.0.1:1"],
            "two are compared, and 1 given",
        ),
        (
            &["diff", "--contract", "lockproof.yaml", "--target", "a=http://x", "--target", "test"],
            "no environment `a`",
        ),
    ] {
        let program = Small::at("http://127.0.0.1:1").program(&Keys::default());
        let outcome = program.args(arguments).run();
        assert_eq!(outcome.code, Some(2), "{outcome}");
        assert!(outcome.says(said), "{said}: {outcome}");
    }
}

#[test]
fn two_environments_of_a_contract_can_be_compared() {
    let (staging, production) =
        (sound(), serve(|answer| answer.replace("realm=\"items\"", "realm=\"goods\"")));
    let text = Small::at(&staging.url()).text();
    let environment = format!("test: {{ base_url: \"{}\" }}", staging.url());
    assert!(text.contains(&environment), "{text}");
    let both = format!("{environment}, live: {{ base_url: \"{}\" }}", production.url());
    let program = Small::at("http://127.0.0.1:1").program(&Keys::default());
    let program = program.file("lockproof.yaml", text.replace(&environment, &both));
    let program = program.args(&["diff", "--contract", "lockproof.yaml", "--only", "key-missing"]);
    let outcome = program.args(&["--target", "test", "--target", "live"]).run();
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert!(outcome.says("key-missing/items.list/none") && outcome.says("realm=\"goods\""), "{outcome}");
}

#[test]
fn what_the_contract_has_otherwise_of_two_environments_is_told_and_is_no_difference() {
    let (edge, keys) = (Edge::new(&Keys::default()), Keys::default());
    let production = Server::http(move |request| {
        let foreign = request.header("x-api-key") == Some(&keys.narrow) && request.method != "HEAD";
        Reply::Whole(if foreign { problem(403, "insufficient_permissions") } else { edge.answer(request) })
    });
    let staging = sound();
    let mut text = Small::at(&staging.url()).text();
    let environment = format!("test: {{ base_url: \"{}\" }}", staging.url());
    for (was, is) in [
        (environment.clone(), format!("{environment}, live: {{ base_url: \"{}\" }}", production.url())),
        ("allows: [items.list] }".to_owned(), "allows: [items.list], environments: [test] }".to_owned()),
        (
            "  insufficient:".to_owned(),
            "  wrong_environment: { like: insufficient }\n  insufficient:".to_owned(),
        ),
    ] {
        assert!(text.contains(&was), "{text}");
        text = text.replace(&was, &is);
    }
    let program = Small::at("http://127.0.0.1:1").program(&Keys::default()).file("lockproof.yaml", text);
    let program = program.args(&["diff", "--contract", "lockproof.yaml", "--only", "scope-matrix"]);
    let program = program.args(&["--only", "key-wrong-environment", "--target", "test", "--target", "live"]);
    let outcome = program.run();
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert!(outcome.says("the same wherever the same is asked and expected of both"), "{outcome}");
    assert!(
        outcome.says("scope-matrix/items.list/narrow") && outcome.says("not among its cases"),
        "{outcome}"
    );
}
