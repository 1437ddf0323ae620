//! What a conclusion must know of a load beside what was collected: of the job that was sent, or of the results of its
//! shards, where several processes sent it.

use std::time::Duration;

use super::format::Model;
use super::identity;
use super::job::Job;
use super::steer::Act;
use super::threshold::Threshold;
use crate::outcome::load::{Identity, Target, Turn};
use crate::redact::{Redacted, Redactor};

/// What a conclusion must know of a load.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) identity: Identity,
    pub(super) model: Model,
    pub(super) target: Target,
    /// The host that the operator is authorised to load, where that had to be said.
    pub(super) authorized: Option<Redacted>,
    pub(super) seed: u64,
    /// How many requests are planned behind the warm-up; nothing in the closed model.
    pub(super) planned: Option<u64>,
    pub(super) span: Duration,
    pub(super) warm_up: Duration,
    /// How long something is sent alone, behind the warm-up.
    pub(super) alone: Duration,
    pub(super) classes: Vec<ClassSheet>,
    pub(super) thresholds: Vec<Threshold>,
    /// What is done to the target.
    pub(super) acts: Vec<Act>,
    pub(super) threads: usize,
    pub(super) connections: usize,
    pub(super) timeout: Duration,
    pub(super) redactor: Redactor,
}

/// The same of a class.
#[derive(Clone, Debug)]
pub(super) struct ClassSheet {
    pub(super) name: String,
    pub(super) entry: String,
    pub(super) operation: Option<String>,
    pub(super) credential: Option<String>,
    pub(super) accepts: bool,
    pub(super) turn: Turn,
    pub(super) expected: Redacted,
    /// Whether its key has an end while it is sent.
    pub(super) key: KeyLife,
}

/// Whether the key of a class has an end while it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyLife {
    /// It has none.
    Lasts,
    /// It has.
    Ends,
}

impl Sheet {
    /// Of the job that was sent.
    pub(super) fn of(job: &Job) -> Self {
        let redact = |text: &str| job.redactor.redact(text);
        let classes = job.classes.iter().map(|class| ClassSheet {
            name: class.name.clone(),
            entry: class.entry.clone(),
            operation: Some(class.operation.clone()),
            credential: class.credential.clone(),
            accepts: class.accepts,
            turn: class.turn,
            expected: redact(&class.expected()),
            key: if class.end.is_some() { KeyLife::Ends } else { KeyLife::Lasts },
        });
        Self {
            name: job.name.clone(),
            title: job.title.clone(),
            identity: identity::of(job),
            model: job.model,
            target: Target { environment: job.target.environment.clone(), url: redact(&job.target.url) },
            authorized: job.target.authorized.as_ref().map(|host| redact(host)),
            seed: job.settings.seed,
            planned: planned(job),
            span: job.span,
            warm_up: job.warm_up,
            alone: job.alone,
            classes: classes.collect(),
            thresholds: job.thresholds.clone(),
            acts: job.timeline.iter().flat_map(|timeline| timeline.acts.clone()).collect(),
            threads: job.settings.threads,
            connections: job.settings.connections,
            timeout: job.settings.timeout,
            redactor: job.redactor.clone(),
        }
    }
}

/// How many requests the job's share of the plan has behind its warm-up.
fn planned(job: &Job) -> Option<u64> {
    let schedule = job.schedule.as_ref()?;
    let (most, shard) = (job.settings.requests, job.settings.shard);
    let own = |requests: u64| shard.share(requests.min(most));
    Some(own(schedule.planned()).saturating_sub(own(schedule.due_before(job.warm_up))))
}
