//! One backend, with both ends of it: started, tried, and ended.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use super::run::{Bench, ProveError};
use super::seen::Seen;
use super::subject::{Kind, Subject};
use super::trial::{header, now_ms, settings};
use crate::contract::Contract;
use crate::mock::backend::{self, BackendConfig};
use crate::mock::{self, Config, MockError};
use crate::plan::{Inputs, Permits};
use crate::redact::Redactor;
use crate::runner::{self, Job, Lane, LaneError, Settings, Steering, conclude};
use crate::wire::{ClientOptions, Origin, Plane, Upstream};

/// Tries a backend.
///
/// # Errors
/// When it, or the platform behind it, cannot be started or reached at all.
pub(super) fn carry_out(subject: &Subject, bench: &Bench) -> Result<Seen, ProveError> {
    let fixture = bench.fixture(subject.stage);
    let failed = |error| ProveError::start(subject, error);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let config = Config::new(fixture.contract.clone(), fixture.keyring.clone());
    let platform = runtime.block_on(mock::start(config)).map_err(failed)?;
    let facing = fixture.contract.facing_clients();
    let (mut contract, declared) =
        facing.zip(fixture.contract.backend.as_ref()).ok_or(failed(MockError::NoBackend))?;
    let origin = Origin::new(platform.url(declared.environment.as_str()).unwrap_or_default())
        .map_err(LaneError::from)?;
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let upstream = runtime.block_on(Upstream::open(free, &origin))?;
    let backend = runtime.block_on(backend::start(BackendConfig {
        contract: fixture.contract.clone(),
        keyring: fixture.keyring.clone(),
        listen: free,
        platform: upstream.url(),
        defects: planted(subject),
    }));
    let backend = backend.map_err(failed)?;
    contract.environments.values_mut().for_each(|one| one.base_url.clone_from(&backend.url));
    let permits = Permits { effects: true, ..Permits::default() };
    let inputs =
        Inputs { contract: &contract, bodies: &fixture.bodies, suite: &bench.suite, permits: &permits };
    let plan = bench.plans.of(subject, &inputs);
    let redactor = Redactor::new(&fixture.keyring);
    let plane = Plane::new(&contract.control, &ClientOptions::default(), PathBuf::new(), std::iter::empty());
    let job = Job {
        plan: Arc::clone(&plan),
        lanes: [lane(&contract)?].into(),
        contract,
        keyring: fixture.keyring.clone(),
        redactor: redactor.clone(),
        steering: Steering::new(plane.map_err(LaneError::from)?, now_ms),
        upstream: Some(upstream),
        settings: Settings { jobs: 1, ..settings(subject) },
    };
    let collected = runner::run(job, drop, &mut |_| {})?;
    runtime.block_on(async {
        backend.shutdown().await;
        platform.shutdown().await;
    });
    Ok(Seen::of(conclude(header(subject.seed), &plan, collected, &redactor).result))
}

/// What is wrong with it.
fn planted(subject: &Subject) -> Vec<&'static mock::defects::Defect> {
    match subject.kind {
        Kind::Sound | Kind::Variant(_) => Vec::new(),
        Kind::Defect(defect) => vec![defect],
        Kind::Pair(one, other) => vec![one, other],
    }
}

/// The way to the backend.
fn lane(contract: &Contract) -> Result<(String, Lane), ProveError> {
    let mut all = contract.environments.iter();
    let (name, base) =
        all.next().map(|(name, one)| (name.to_string(), one.base_url.clone())).unwrap_or_default();
    Ok((name, Lane::new(&base, None, &ClientOptions::default())?))
}
