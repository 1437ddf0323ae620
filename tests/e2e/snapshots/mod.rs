//! Snapshots through the binary: recorded, compared, reviewed, and kept out of trouble.

mod edges;
mod folder;
mod reference;
mod review;
mod run;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::{Edge, Keys, Lockproof, Outcome, Reply, Server, Small, answer};

/// A sound target whose refusals have what differs from answer to answer, and say this about a key that nobody knows.
fn volatile(detail: &'static str) -> Server {
    let edge = Edge::new(&Keys::default());
    let number = AtomicUsize::new(1);
    Server::http(move |request| {
        let sound = edge.answer(request);
        let text = String::from_utf8_lossy(&sound);
        let Some(code) = ["invalid_api_key", "missing_api_key"].into_iter().find(|code| text.contains(code))
        else {
            return Reply::Whole(sound);
        };
        let number = number.fetch_add(1, Ordering::Relaxed);
        let head = format!(
            "Content-Type: application/problem+json\r\nCache-Control: no-store\r\n\
             WWW-Authenticate: ApiKey realm=\"items\"\r\nX-Trace: t-{number:x}\r\nX-Left: {number}\r\n"
        );
        let detail = if code == "invalid_api_key" { detail } else { "Send a key." };
        let body = format!(
            r#"{{"status":401,"code":"{code}","detail":"{detail}","request":"{number:08x}-0000-4000-8000-000000000000","at":"2026-11-25T18:26:{:02}Z","left":{number},"text":"Request no {number}."}}"#,
            number % 60
        );
        Reply::Whole(answer(401, &head, body.as_bytes()))
    })
}

/// The program with the small contract, some snapshots from before, and only checks that such a target stands.
fn program(server: &Server, verb: &[&str], before: Option<&Outcome>) -> Lockproof {
    let program = Small::at(&server.url()).program(&Keys::default()).args(verb);
    let program = program.args(&["--contract", "lockproof.yaml", "--seed", "7", "--tag", "core"]);
    match before {
        Some(before) => program.prepare(|folder| copy(before, folder)),
        None => program,
    }
}

/// `lockproof snapshot`, everything approved.
fn approved(server: &Server) -> Outcome {
    let outcome = program(server, &["snapshot", "--approve"], None).run();
    assert_eq!(outcome.code, Some(0), "{outcome}");
    outcome
}

/// `lockproof snapshot review`, in the folder of a run.
fn review(before: &Outcome, arguments: &[&str]) -> Lockproof {
    Lockproof::new(&["snapshot", "review"]).args(arguments).prepare(|folder| copy(before, folder))
}

fn copy(before: &Outcome, folder: &Path) {
    fs::create_dir(folder.join("snapshots")).unwrap();
    for name in names(before) {
        fs::copy(before.folder().join("snapshots").join(&name), folder.join("snapshots").join(&name))
            .unwrap();
    }
}

/// The names of the files in the folder of the snapshots.
fn names(outcome: &Outcome) -> Vec<String> {
    let Ok(entries) = fs::read_dir(outcome.folder().join("snapshots")) else { return Vec::new() };
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A file in the folder of the snapshots.
fn text(outcome: &Outcome, name: &str) -> String {
    fs::read_to_string(outcome.folder().join("snapshots").join(name)).unwrap()
}
