//! One server: started, tried, and ended.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::between;
use super::run::{Bench, ProveError};
use super::seen::Seen;
use super::stage::Keeps;
use super::subject::Subject;
use crate::contract::Contract;
use crate::mock::{self, Clock, Config, Running};
use crate::outcome::ContractInfo;
use crate::plan::{Frames, Inputs, Permits, Slow};
use crate::redact::Redactor;
use crate::runner::{self, Header, Job, Lane, LaneError, Settings, Shown, Steering, Strictness, conclude};
use crate::wire::{ClientOptions, HttpVersion, Plane};

/// How long one server may be tried.
const DEADLINE: Duration = Duration::from_mins(2);
/// How long it may be where slow checks are part of it.
const SLOW_DEADLINE: Duration = Duration::from_mins(10);
/// Cases under way at once.
const CASES_AT_ONCE: usize = 16;
/// So many cases are sent between two controls.
const CASES_BETWEEN_CONTROLS: usize = 250;

/// Tries a server.
///
/// # Errors
/// When it cannot be started or reached at all.
pub(super) fn carry_out(subject: &Subject, bench: &Bench) -> Result<Seen, ProveError> {
    if subject.stage.keeps == Keeps::Between {
        return between::carry_out(subject, bench);
    }
    let fixture = bench.fixture(subject.stage);
    let mut config = Config::new(fixture.contract.clone(), fixture.keyring.clone());
    subject.set(&mut config);
    config.control = true;
    let http = if subject.speaks_http2(&config) { HttpVersion::Http2 } else { HttpVersion::Http1 };
    let mut contract = config.contract.clone();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let running = runtime.block_on(mock::start(config)).map_err(|error| ProveError::start(subject, error))?;
    aim(&mut contract, &running);
    let no_exact_bytes = (http == HttpVersion::Http2).then_some("this stage speaks HTTP/2");
    let frames = if http == HttpVersion::Http2 { Frames::Anywhere } else { Frames::OverTls };
    let slow = subject.slow;
    let permits = Permits { effects: true, environments: Vec::new(), no_exact_bytes, frames, slow };
    let inputs =
        Inputs { contract: &contract, bodies: &fixture.bodies, suite: &bench.suite, permits: &permits };
    let plan = bench.plans.of(subject, &inputs);
    let redactor = Redactor::new(&fixture.keyring);
    let sources = contract.credentials.values().map(|credential| &credential.key);
    let plane = Plane::new(&contract.control, &ClientOptions::default(), PathBuf::new(), sources);
    let plane = plane.map_err(LaneError::from)?;
    let job = Job {
        plan: Arc::clone(&plan),
        lanes: lanes(&contract, &running, http)?,
        contract,
        keyring: fixture.keyring.clone(),
        redactor: redactor.clone(),
        steering: Steering::new(plane, now_ms),
        upstream: None,
        settings: settings(subject),
    };
    let collected = runner::run(job, drop, &mut |_| {})?;
    runtime.block_on(running.shutdown());
    Ok(Seen::of(conclude(header(subject.seed), &plan, collected, &redactor).result))
}

/// Puts the environments where the server is.
fn aim(contract: &mut Contract, running: &Running) {
    for (name, environment) in &mut contract.environments {
        let endpoint = running.endpoints.iter().find(|endpoint| endpoint.environment == name.as_str());
        if let Some(endpoint) = endpoint {
            environment.base_url.clone_from(&endpoint.url);
            environment.plaintext_url.clone_from(&endpoint.plaintext_url);
            environment.nodes.clone_from(&endpoint.nodes);
            environment.protected = false;
        }
    }
    let control_url = running.control_url.as_deref().unwrap_or_default();
    *contract.control = contract.control.at(control_url);
}

/// The wall clock, which is the reference server's too.
pub(super) fn now_ms() -> i64 {
    Clock::system().now_ms()
}

fn lanes(
    contract: &Contract,
    running: &Running,
    http: HttpVersion,
) -> Result<BTreeMap<String, Lane>, ProveError> {
    let authority = running.certificates.iter().map(|it| it.ca_pem.clone().into_bytes());
    let options = ClientOptions { http, authorities: authority.collect(), ..ClientOptions::default() };
    let lane = |(name, environment): (&_, &crate::contract::Environment)| {
        let lane = Lane::new(&environment.base_url, environment.plaintext_url.as_deref(), &options)?;
        let lane = lane.with_nodes(&environment.nodes)?;
        Ok((ToString::to_string(name), lane))
    };
    contract.environments.iter().map(lane).collect()
}

pub(super) fn settings(subject: &Subject) -> Settings {
    Settings {
        jobs: CASES_AT_ONCE,
        seed: subject.seed,
        exchange_limit: ClientOptions::default().limits.total,
        deadline: if subject.slow == Slow::Included { SLOW_DEADLINE } else { DEADLINE },
        control_every: CASES_BETWEEN_CONTROLS,
        shown: Shown::Findings,
    }
}

/// What a result says of itself; nobody gets to read it.
pub(super) fn header(seed: u64) -> Header {
    let contract = ContractInfo {
        api: String::new(),
        file: String::new(),
        environments: Vec::new(),
        operations: Vec::new(),
        credentials: Vec::new(),
    };
    let (targets, started, notices) = (Vec::new(), String::new(), Vec::new());
    Header { contract, targets, seed, started, notices, strictness: Strictness::Lenient }
}
