//! Which run a result is of: what tells results that belong together from those that do not.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::job::Job;
use crate::contract::Contract;
use crate::outcome::load::{Identity, ShardInfo};

/// The identity of what a job sends.
pub(super) fn of(job: &Job) -> Identity {
    let shard = job.settings.shard;
    let info = ShardInfo { number: shard.number(), of: shard.of() };
    Identity {
        run: job.run.clone(),
        plan: plan(job),
        contract: contract(&job.contract),
        shard: (!shard.is_whole()).then_some(info),
    }
}

/// The name of a run: the same for all who send the same plan at the same `moment`, another for everybody else.
pub fn run_id(job: &Job, moment: &str) -> String {
    digest(&format!("{} {moment}", plan(job)))
}

/// A digest of everything about a plan that decides what is sent, when, and what is right. No key is in it: a digest of
/// something that can be guessed tells it.
fn plan(job: &Job) -> String {
    let settings = &job.settings;
    let mut text = format!(
        "{} {} {:?} {:?} {:?} {:?} {:?} {:?}",
        env!("CARGO_PKG_VERSION"),
        job.name,
        job.model,
        job.schedule,
        job.span,
        job.warm_up,
        job.weights,
        job.alone
    );
    for class in &job.classes {
        write!(text, "\n{} {} {:?} {}", class.name, class.operation, class.credential, class.requirement)
            .ok();
    }
    let acts = job.timeline.iter().flat_map(|timeline| &timeline.acts);
    for act in acts {
        write!(text, "\n{:?} {}", act.at, act.deed).ok();
    }
    let thresholds: Vec<_> = job.thresholds.iter().map(|threshold| &threshold.text).collect();
    write!(text, "\n{:?} {:?} {} {}", thresholds, job.shed, job.target.environment, job.target.url).ok();
    write!(text, "\n{} {} {:?}", settings.seed, settings.requests, settings.timeout).ok();
    digest(&text)
}

/// A digest of what a contract promises; where its environments are is not a part of that.
fn contract(contract: &Contract) -> String {
    let Contract { lockproof, api, authentication, services, credentials, refusals, policy, public, .. } =
        contract;
    digest(&format!(
        "{lockproof} {api} {authentication:?} {services:?} {credentials:?} {refusals:?} {policy:?} {public:?}"
    ))
}

/// Half of a SHA-256 in hex digits: enough to tell apart what nobody forges.
fn digest(text: &str) -> String {
    Sha256::digest(text).iter().take(16).fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").ok();
        hex
    })
}
