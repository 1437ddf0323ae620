//! Sends a plan's cases and collects what came of them.
//!
//! The work is done by a runtime of its own; whoever calls waits outside it, on a plain channel with a deadline, so a
//! target that starves the runtime cannot make a run hang. What happens is told as [`Event`]s; nothing here prints.

mod carry;
mod collect;
mod conclude;
mod controls;
mod lane;
mod patience;
mod procedure;
mod record;
mod reproduce;
mod schedule;
mod settle;
mod steer;
mod tokens;
mod unique;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

pub use carry::fresh as fresh_captures;
pub use collect::{Interrupter, Signal, run};
pub use conclude::{Conclusion, Header, Strictness, conclude};
pub use lane::{Lane, LaneError};
pub use record::exchange as evidence;
pub use steer::{Grip, Hands, Objection, Steering};

use crate::contract::{Contract, Keyring};
use crate::outcome::{CaseResult, Control};
use crate::plan::Plan;
use crate::redact::Redactor;

/// Everything that a run needs to know; it does not change while it goes on.
#[derive(Debug)]
pub struct Job {
    /// What to send.
    pub plan: Arc<Plan>,
    /// What the target is held to.
    pub contract: Contract,
    /// The keys.
    pub keyring: Keyring,
    /// What keeps the keys out of every result.
    pub redactor: Redactor,
    /// Where each environment's requests go.
    pub lanes: BTreeMap<String, Lane>,
    /// How the target is steered.
    pub steering: Steering,
    /// How to go about it.
    pub settings: Settings,
}

impl Job {
    /// What hands need of it.
    fn grip(&self) -> Grip<'_> {
        Grip { keyring: &self.keyring, steering: &self.steering, redactor: &self.redactor }
    }
}

/// How to go about a run.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Cases under way at once.
    pub jobs: usize,
    /// The seed behind the order and every random value.
    pub seed: u64,
    /// How long one exchange may take, as the client was told.
    pub exchange_limit: Duration,
    /// How long the whole run may take.
    pub deadline: Duration,
    /// How many cases are sent between two controls.
    pub control_every: usize,
    /// Of which cases a result shows what was sent and received.
    pub shown: Shown,
}

/// Of which cases a result shows what was sent and received, and how to send it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Of every one.
    Every,
    /// Of those that did not pass: for whoever looks at nothing else, because showing takes longer than sending.
    Findings,
}

/// What happens during a run.
#[derive(Debug)]
pub enum Event<'a> {
    /// The plan is about to be sent: so many cases.
    Started {
        /// How many cases there are.
        cases: usize,
    },
    /// A control was probed.
    Control(&'a Control),
    /// A case is finished.
    Case(&'a CaseResult),
    /// The operator wants the run to stop: what is under way is finished first.
    Interrupted,
}

/// What came of a run, before it is concluded.
#[derive(Debug, Default)]
pub struct Collected {
    /// The cases, in the order of the plan.
    pub cases: Vec<CaseResult>,
    /// The controls, in the order in which they were probed.
    pub controls: Vec<Control>,
    /// The signal that cut the run short, if one did.
    pub signal: Option<Signal>,
    /// What was changed about the target and could not be taken back.
    pub left: Vec<String>,
    /// How long it took.
    pub duration: Duration,
}

/// Shared by everything that works on a run.
type Shared = Arc<Job>;
