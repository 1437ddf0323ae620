//! Plans on their way to a target, as often as it takes.

use std::sync::Arc;

use crate::plan::Plan;
use crate::redact::Redactor;
use crate::runner::{self, Collected, Event, Job};

use super::error::Failure;
use super::output::Output;
use super::progress::Ticker;
use super::run::PaceArgs;
use super::signals;
use super::target::{Aimed, TargetArgs};

/// How plans are sent to one target.
#[derive(Debug)]
pub(super) struct Sending<'a> {
    target: &'a TargetArgs,
    pace: &'a PaceArgs,
    aimed: &'a Aimed,
    redactor: Redactor,
    output: &'a Output,
}

impl<'a> Sending<'a> {
    pub(super) fn new(
        (target, pace): (&'a TargetArgs, &'a PaceArgs),
        aimed: &'a Aimed,
        output: &'a Output,
    ) -> Self {
        Self { target, pace, aimed, redactor: Redactor::new(&aimed.bundle.keyring), output }
    }

    /// Where it goes.
    pub(super) fn aimed(&self) -> &Aimed {
        self.aimed
    }

    /// What keeps the keys out of every result.
    pub(super) fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Sends a plan, and waits for what comes of it.
    pub(super) fn send(&self, plan: &Arc<Plan>, seed: u64) -> Result<Collected, Failure> {
        self.send_telling(plan, seed, &mut |_| ())
    }

    /// The same, and tells what happens meanwhile.
    pub(super) fn send_telling(
        &self,
        plan: &Arc<Plan>,
        seed: u64,
        tell: &mut dyn FnMut(&Event<'_>),
    ) -> Result<Collected, Failure> {
        let bundle = &self.aimed.bundle;
        let job = Job {
            plan: Arc::clone(plan),
            contract: bundle.contract.clone(),
            keyring: bundle.keyring.clone(),
            redactor: self.redactor.clone(),
            lanes: self.target.lanes(self.aimed, self.pace.limits.timeout)?,
            steering: self.target.steering(self.aimed, self.pace.limits.timeout)?,
            upstream: None,
            settings: self.pace.settings(seed),
        };
        carry_out(job, self.output, tell)
    }
}

/// Carries a job out: shows how far it is, tells what happens, and stops where the operator wants that.
pub(super) fn carry_out(
    job: Job,
    output: &Output,
    tell: &mut dyn FnMut(&Event<'_>),
) -> Result<Collected, Failure> {
    let mut ticker = Ticker::new(output);
    let stoppable = |stop: runner::Interrupter| signals::tell(move |signal| stop.interrupt(signal));
    let mut notice = |event: &Event<'_>| {
        ticker.notice(event);
        tell(event);
    };
    let collected = runner::run(job, stoppable, &mut notice)
        .map_err(|error| Failure::System(format!("start the run: {error}")))?;
    ticker.finish();
    Ok(collected)
}
