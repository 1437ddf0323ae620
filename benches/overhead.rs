//! What a case costs the harness: CPU time of this process, judging and reporting included, the server excluded.
//!
//! `cargo bench --bench overhead` starts the reference server in a process of its own, runs the built-in suite on it
//! several times, and prints the CPU time that a case takes, with its range: one that an ordinary client sends, and one of
//! exact bytes, its connection included. Absolute times mean little on a shared machine; compare runs that were made
//! side by side.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops where it cannot go on"
)]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use lockproof::contract::{self, Contract, KeySupply, Keyring};
use lockproof::document::Source;
use lockproof::outcome::{ContractInfo, Verdict};
use lockproof::plan::{Filter, Inputs, Permits, Plan};
use lockproof::redact::Redactor;
use lockproof::report::{Colour, Format, Style};
use lockproof::runner::{self, Header, Job, Lane, Settings, Shown, Steering, Strictness, conclude};
use lockproof::scenario::{Suite, builtin_files};
use lockproof::wire::{ClientOptions, Plane};
use rustix::time::{ClockId, clock_gettime};

/// Runs that count, after one that does not.
const RUNS: usize = 10;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reference");

/// CPU time, wall time and cases of one run.
type Sample = (Duration, Duration, u32);

/// The reference server as a child process, ended when this is dropped.
struct Server {
    child: Child,
    addresses: BTreeMap<String, String>,
}

impl Server {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lockproof"))
            .args(["mock", "--quiet"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut address =
            || lines.next().unwrap().unwrap().split_once(' ').map(|(a, b)| (a.into(), b.into()));
        let addresses = [address(), address()].into_iter().flatten().collect();
        Self { child, addresses }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The reference contract holds its own keys.
struct NoSupply;

impl KeySupply for NoSupply {
    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn file(&self, _: &Path) -> Result<String, String> {
        Err("there are no files".to_owned())
    }

    fn stdin(&self, _: &str) -> Option<String> {
        None
    }
}

fn main() {
    let server = Server::start();
    let text = std::fs::read_to_string(format!("{FOLDER}/lockproof.yaml")).unwrap();
    let source = Source { name: "lockproof.yaml".to_owned(), text };
    let contract = contract::load(source, &|_| None).unwrap();
    let keyring = Keyring::fetch(&contract, Path::new(FOLDER), &NoSupply).unwrap();
    println!("{RUNS} runs of each, 32 jobs; the server in a process of its own");
    for part in PARTS {
        report(&part, (0..=RUNS).map(|seed| measure(&server, &contract, &keyring, (seed as u64, &part))));
    }
}

/// A part of the suite, and what a case of it may cost.
struct Part {
    name: &'static str,
    is_exact: bool,
    bar_us: u32,
}

const PARTS: [Part; 2] = [
    Part { name: "ordinary", is_exact: false, bar_us: 150 },
    Part { name: "exact bytes", is_exact: true, bar_us: 500 },
];

impl Part {
    fn filter(&self) -> Filter {
        let mut filter = Filter::default();
        let tags = if self.is_exact { &mut filter.tags } else { &mut filter.without };
        tags.push(EXACT.to_owned());
        filter
    }
}

/// What marks checks that no ordinary client can send.
const EXACT: &str = "exact-bytes";

/// Prints what a part costs; the first run does not count.
fn report(part: &Part, samples: impl Iterator<Item = Sample>) {
    let samples: Vec<Sample> = samples.skip(1).collect();
    let cases = samples[0].2;
    let per_case = |cpu: &Duration| cpu.as_secs_f64() * 1e6 / f64::from(cases);
    let mut cpu: Vec<f64> = samples.iter().map(|(cpu, _, _)| per_case(cpu)).collect();
    cpu.sort_by(f64::total_cmp);
    let (median, least, most) = (cpu[RUNS / 2], cpu[0], cpu[RUNS - 1]);
    let wall = samples.iter().map(|(_, wall, _)| wall).max().unwrap().as_millis();
    let Part { name, bar_us, .. } = part;
    println!(
        "{name}: harness CPU a case {median:.0} us [{least:.0}-{most:.0}], the bar is {bar_us} us; {cases} cases"
    );
    println!("  the longest run took {wall} ms, its plan and its reports included");
}

/// CPU time and wall time of one run, and how many cases it sent.
fn measure(server: &Server, contract: &Contract, keyring: &Keyring, (seed, part): (u64, &Part)) -> Sample {
    let (began, cpu) = (Instant::now(), cpu_time());
    let suite = Suite::read(builtin_files()).unwrap();
    let bodies = bodies(contract);
    let permits = Permits { effects: true, ..Permits::default() };
    let inputs = Inputs { contract, bodies: &bodies, suite: &suite, permits: &permits };
    let plan = Arc::new(Plan::expand(&inputs, &part.filter()));
    let redactor = Redactor::new(keyring);
    let lane = |(name, url): (&String, &String)| {
        (name.clone(), Lane::new(url, None, &ClientOptions::default()).unwrap())
    };
    let second = Duration::from_secs(1);
    let settings = Settings {
        jobs: 32,
        seed,
        exchange_limit: 10 * second,
        deadline: 60 * second,
        control_every: 250,
        shown: Shown::Every,
    };
    let sources = contract.credentials.values().map(|credential| &credential.key);
    let plane = Plane::new(&contract.control, &ClientOptions::default(), PathBuf::new(), sources).unwrap();
    let job = Job {
        plan: Arc::clone(&plan),
        contract: contract.clone(),
        keyring: keyring.clone(),
        redactor: redactor.clone(),
        lanes: server.addresses.iter().map(lane).collect(),
        steering: Steering::new(plane, || 0),
        upstream: None,
        settings,
    };
    let collected = runner::run(job, drop, &mut |_| ()).unwrap();
    let conclusion = conclude(header(seed), &plan, collected, &redactor);
    // What a run writes where nothing is said, and its page on the terminal.
    for format in Format::ALL.iter().filter(|format| format.is_usual() || **format == Format::Terminal) {
        format.render(&conclusion.result, Style { width: 100, colour: Colour::Off }).unwrap();
    }
    assert_eq!(conclusion.result.summary.count(Verdict::Fail), 0);
    let sent = plan.cases.iter().filter(|case| case.applies()).count();
    (cpu_time().saturating_sub(cpu), began.elapsed(), u32::try_from(sent).unwrap())
}

fn bodies(contract: &Contract) -> BTreeMap<String, Vec<u8>> {
    let bodies = contract.operations().filter_map(|(_, operation)| operation.body.as_ref());
    bodies
        .map(|body| (body.path().to_owned(), std::fs::read(format!("{FOLDER}/{}", body.path())).unwrap()))
        .collect()
}

fn header(seed: u64) -> Header {
    let contract = ContractInfo {
        api: "benchmark".to_owned(),
        file: "lockproof.yaml".to_owned(),
        environments: Vec::new(),
        operations: Vec::new(),
        credentials: Vec::new(),
    };
    Header {
        contract,
        targets: Vec::new(),
        seed,
        started: String::new(),
        notices: Vec::new(),
        strictness: Strictness::Lenient,
    }
}

fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}
