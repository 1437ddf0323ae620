//! A generator that is starved says so, and by what.

use std::process::{Command, Output};

use super::{PLAN, ends_with, load, no_privilege, not_tested, sound};
use crate::program;
use crate::support::{Edge, Keys, Lockproof, Reply, Server, Small};

fn have(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// A shell with the small contract and the plan in its folder, and the program as `$LOCKPROOF`.
fn shell(script: &str, url: &str) -> Output {
    let folder = tempfile::TempDir::with_prefix("lockproof-e2e-").unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("lockproof.yaml", &Small::at(url).text());
    write("search.json", r#"{"words":["one","two"]}"#);
    write("plan.yaml", PLAN);
    let keys = Keys::default();
    Command::new("sh")
        .args(["-c", script])
        .current_dir(folder.path())
        .env("LOCKPROOF", program::path())
        .env("KEY_FULL", keys.full)
        .env("KEY_NARROW", keys.narrow)
        .env("KEY_EXPIRED", keys.expired)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn too_few_ports_are_named_before_anything_is_sent() {
    // A network of its own, in which the system has eight ports to give.
    let inside = "echo '40000 40007' > /proc/sys/net/ipv4/ip_local_port_range && exec \"$LOCKPROOF\" load plan.yaml \
                  --contract lockproof.yaml --connections 64 --rate 400/s";
    let script = format!("unshare --net --map-root-user sh -c '{}'", inside.replace('\'', "'\\''"));
    let output = shell(&script, "http://127.0.0.1:9");
    let said = said(&output);
    if said.contains("unshare")
        || said.contains("Read-only file system")
        || said.contains("Permission denied")
    {
        // A privilege, not a tool; room.rs has a test of what is read and compared.
        return no_privilege(&format!(
            "too few ports, for this system gives no network of one's own: {said}"
        ));
    }
    assert_eq!(output.status.code(), Some(5), "{said}");
    assert!(
        said.contains("64 connections to one address need as many ports, and the system has 8"),
        "{said}"
    );
}

#[test]
fn a_core_that_others_keep_busy_makes_the_result_void() {
    if !have("taskset") {
        return not_tested("a busy core, for there is no taskset here");
    }
    let server = sound();
    // Six that never sleep, on the one core on which the generator may run, and it comes behind them.
    let script = "taskset -c 0 sh -c '
        for one in 1 2 3 4 5 6; do (while :; do :; done) & others=\"$others $!\"; done
        nice -n 10 \"$LOCKPROOF\" load plan.yaml --contract lockproof.yaml --rate 2000/s --duration 3s --max-lag 1ms
        exit=$?
        kill $others
        exit $exit'";
    let output = shell(script, &server.url());
    let said = said(&output);
    assert_eq!(output.status.code(), Some(5), "{said}");
    assert!(
        said.contains("the generator was late by") || said.contains("the generator did not run for"),
        "{said}"
    );
}

#[test]
fn a_plan_near_the_ceiling_of_the_generator_is_flagged() {
    let server = sound();
    let calibration = r#"{ "requests_per_second": 1000.0, "cpu_us_per_request": 2000.0 }"#;
    let outcome = load(&server.url(), PLAN)
        .file("reports/latest/calibration.json", calibration)
        .args(&["--threads", "1"])
        .run();
    ends_with(&outcome, 0, "400 requests a second at its peak, 80 % of what the generator was calibrated to");
}

#[test]
fn a_protected_environment_has_caps_of_its_own() {
    let edge = Edge::default();
    let server = Server::http(move |request| Reply::Whole(edge.answer(request)));
    let protected = || -> Lockproof {
        let contract = Small::at(&server.url()).environment("protected: true");
        super::load_with(&contract, PLAN).args(&["--allow", "test"])
    };
    ends_with(
        &protected().run(),
        2,
        "`test` is protected: a load may ask for 5 requests a second at the most",
    );
    let closed = protected().args(&["--connections", "4", "--model", "closed"]).run();
    ends_with(&closed, 2, "a closed model asks for as many as it gets: give it --model open with a --rate");
    let long = protected().args(&["--rate", "5/s", "--duration", "1h"]).run();
    ends_with(&long, 2, "a load may send 1000 requests, and the plan has 18000");
    assert!(server.requests().is_empty());
    let permitted = protected().args(&["--max-rate", "400/s"]).run();
    ends_with(&permitted, 0, "exit 0");
    let capped = load(&server.url(), PLAN).args(&["--max-rate", "399/s"]).run();
    ends_with(&capped, 2, "a load may ask for 399 requests a second at the most, and the plan asks for 400");
}
