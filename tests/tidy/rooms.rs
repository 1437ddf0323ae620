//! Who may do what, and who may know whom.

use crate::obeyed;
use crate::source::{Texts, program};

/// The rooms that are functions of values.
const PURE: [&str; 12] = [
    "compare", "contract", "document", "hpack", "judge", "outcome", "plan", "redact", "report", "scan",
    "scenario", "snapshot",
];

/// What a pure room must not name: sockets, clocks, the environment, files, threads, and waiting.
const IMPURE: &[&str] = &[
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "UnixStream",
    "UnixListener",
    "reqwest",
    "hyper",
    "rustls",
    "tokio",
    "async",
    "await",
    "SystemTime",
    "Instant",
    "std::env",
    "std::fs",
    "std::process",
    "std::thread",
];

/// Which rooms a room may name beside itself; `cli` may name all of them.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("document", &[]),
    ("hpack", &[]),
    ("contract", &["document"]),
    ("redact", &["contract"]),
    ("scenario", &["contract", "document"]),
    ("outcome", &["redact", "scenario"]),
    ("report", &["document", "outcome"]),
    ("snapshot", &["contract", "document", "outcome", "redact", "report", "scenario"]),
    ("compare", &["judge", "outcome", "report", "snapshot"]),
    ("judge", &["contract", "document", "redact", "wire"]),
    ("scan", &["outcome", "redact", "scenario"]),
    ("plan", &["contract", "document", "judge", "outcome", "scenario"]),
    ("wire", &["contract", "document", "hpack", "plan"]),
    ("runner", &["contract", "document", "judge", "outcome", "plan", "redact", "scenario", "wire"]),
    ("load", &["contract", "document", "judge", "outcome", "plan", "redact", "runner", "scenario", "wire"]),
    ("mock", &["contract", "document", "hpack"]),
    (
        "prove",
        &["contract", "document", "mock", "outcome", "plan", "redact", "runner", "scan", "scenario", "wire"],
    ),
];

#[test]
fn a_pure_room_has_no_socket_no_clock_no_environment_and_does_not_wait() {
    let code = program(Texts::Blanked);
    let pure = code.iter().filter(|code| PURE.contains(&code.room()));
    let broken: Vec<_> = pure.flat_map(|code| code.places(IMPURE)).collect();
    obeyed(&broken, "Take the value as an argument, or move the work to `runner`, `wire` or `cli`.");
}

#[test]
fn a_room_names_only_the_rooms_that_come_before_it() {
    let mut broken = Vec::new();
    for code in program(Texts::Blanked).iter().filter(|code| !["cli", "main", "lib"].contains(&code.room())) {
        let known = MAY_NAME.iter().find(|(room, _)| *room == code.room());
        let Some((room, may_name)) = known else {
            broken.push(format!("{}: the room `{}` is not in the table", code.path, code.room()));
            continue;
        };
        for (number, line) in (1..).zip(&code.lines) {
            let named = line.split("crate::").skip(1).map(|rest| {
                rest.split(|c: char| !c.is_ascii_lowercase() && c != '{').next().unwrap_or_default()
            });
            let foreign = named.filter(|name| name != room && !may_name.contains(name));
            broken.extend(foreign.map(|name| format!("{}:{number}: crate::{name}", code.path)));
        }
    }
    obeyed(
        &broken,
        "Data flows one way (ARCHITECTURE.md). Move what both rooms need to the one that comes first; write one \
         `use` a room; a new room gets a row in MAY_NAME.",
    );
}

#[test]
fn the_oracle_shares_no_code_with_what_it_judges() {
    let judging = ["judge", "plan", "scenario", "runner", "wire", "outcome", "load"]
        .map(|room| format!("crate::{room}"));
    let judging: Vec<&str> = judging.iter().map(String::as_str).collect();
    let broken: Vec<_> = program(Texts::Blanked)
        .iter()
        .flat_map(|code| match code.room() {
            "judge" => code.places(&["mock"]),
            "mock" => code.places(&judging),
            _ => Vec::new(),
        })
        .collect();
    obeyed(&broken, "Write it twice: a judge that shares code with the reference server proves nothing.");
}

#[test]
fn only_wire_load_and_mock_open_sockets() {
    let sockets =
        ["TcpStream", "TcpListener", "TcpSocket", "UdpSocket", "UnixStream", "UnixListener", "reqwest"];
    let code = program(Texts::Blanked);
    let others = code.iter().filter(|code| !["wire", "load", "mock"].contains(&code.room()));
    let broken: Vec<_> = others.flat_map(|code| code.places(&sockets)).collect();
    obeyed(&broken, "Send it through `wire::Ordinary`, which keeps a key at one origin.");
}

#[test]
fn one_constructor_builds_the_http_client() {
    let words = ["Client::builder", "Client::new", "ClientBuilder"];
    let built: Vec<_> = program(Texts::Blanked).iter().flat_map(|code| code.places(&words)).collect();
    let elsewhere: Vec<_> =
        built.iter().filter(|place| !place.starts_with("src/wire/client.rs:")).cloned().collect();
    obeyed(&elsewhere, "Use `wire::client::build`: every other client follows redirects with the key.");
    assert_eq!(built.len(), 1, "src/wire/client.rs builds the client once: {built:?}");
}

#[test]
fn one_file_names_goose() {
    let code = program(Texts::Blanked);
    let others = code.iter().filter(|code| code.path != "src/load/journeys.rs");
    let broken: Vec<_> = others.flat_map(|code| code.places(&["goose::", "ctrlc::"])).collect();
    obeyed(&broken, "Journeys are all that goose is for: it prints, and takes the process for its own.");
}

#[test]
fn only_document_reads_yaml() {
    let parsers = ["granit_parser", "serde_yaml", "yaml_serde", "serde_saphyr", "saphyr", "serde_norway"];
    let code = program(Texts::Blanked);
    let others = code.iter().filter(|code| code.room() != "document");
    let broken: Vec<_> = others.flat_map(|code| code.places(&parsers)).collect();
    obeyed(&broken, "Read it with `document::Format`: it refuses duplicate keys and finds every mistake.");
}

#[test]
fn only_cli_prints_and_reads_the_environment() {
    let words = [
        "println!",
        "print!",
        "eprintln!",
        "eprint!",
        "dbg!",
        "io::stdout",
        "io::stderr",
        "io::stdin",
        "stdout()",
        "stderr()",
        "std::env",
        "env::var",
        "process::exit",
    ];
    let code = program(Texts::Blanked);
    let others = code.iter().filter(|code| code.room() != "cli");
    let broken: Vec<_> = others.flat_map(|code| code.places(&words)).collect();
    obeyed(
        &broken,
        "Return what there is to say, and let `cli` print it; take what you need as an argument.",
    );
}
