//! Steers the target while a load goes on: on a thread and a runtime of its own, so that neither waits for the other.
//!
//! Whatever was changed is taken back at the end, however that comes.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::job::{Job, Sealed};
use super::number::nanos_of;
use super::stamp::blanks;
use crate::contract::Keyring;
use crate::plan::{Deed, Dice, Draft};
use crate::runner::{Grip, Hands, Objection, Steering};
use crate::wire::{Origin, seal};

/// How long may be waited for what is done before anything is sent.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long may be waited for what is under way when all is over.
const FINISHING: Duration = Duration::from_secs(5);

/// What is done to the target, in order, and what it takes.
#[derive(Debug)]
pub(super) struct Timeline {
    /// What is done.
    pub(super) acts: Vec<Act>,
    /// What can be sealed only when its key is there.
    pub(super) drafts: Vec<Unsealed>,
    /// Where it goes.
    pub(super) origin: Origin,
    /// The keys to begin with.
    pub(super) keyring: Keyring,
    /// How the target is steered.
    pub(super) steering: Steering,
}

/// Something that is done at an instant.
#[derive(Clone, Debug)]
pub struct Act {
    /// When, counted from the start; nothing for what is done before it.
    pub at: Option<Duration>,
    /// What.
    pub deed: Deed,
    /// Whether a key is good for nothing from then on.
    pub ends: bool,
}

/// A class whose key is not there yet.
#[derive(Clone, Debug)]
pub struct Unsealed {
    /// The class.
    pub class: usize,
    /// The created key.
    pub key: String,
    /// The request.
    pub draft: Draft,
}

/// What came of an act.
#[derive(Clone, Debug)]
pub struct Performed {
    /// Which.
    pub act: usize,
    /// When it was asked for, from the start; nothing where that was before it.
    pub at: Option<Duration>,
    /// How long it took.
    pub took: Duration,
    /// Why it was not done, where it was not.
    pub problem: Option<String>,
}

/// The end of those who wait: what was done, and a way to tell of the start and the end.
#[derive(Debug)]
pub(super) struct Helm {
    start: Sender<Instant>,
    performed: Receiver<Told>,
}

#[derive(Debug)]
enum Told {
    /// Something was done, or was not.
    Performed(Performed),
    /// All that comes before the start was done.
    Ready,
}

impl Helm {
    /// Takes the helm, where there is something to steer, and waits until everything is done that comes before the start;
    /// what was done is told, in order.
    pub(super) fn take(job: &Arc<Job>, done: &mut Vec<Performed>) -> std::io::Result<Option<Self>> {
        if job.timeline.is_none() {
            return Ok(None);
        }
        let (tell, performed) = channel();
        let (start, gate) = channel();
        let shared = Arc::clone(job);
        // Not joined: what hangs there must not make those who wait for it hang.
        drop(thread::Builder::new().name("steer".to_owned()).spawn(move || steer(&shared, &gate, &tell))?);
        let helm = Self { start, performed };
        let until = Instant::now() + PATIENCE;
        loop {
            match helm.performed.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(Told::Performed(performed)) => done.push(performed),
                Ok(Told::Ready) | Err(_) => return Ok(Some(helm)),
            }
        }
    }

    /// Tells of the start.
    pub(super) fn start(&self, at: Instant) {
        self.start.send(at).ok();
    }

    /// Ends it: what is under way is finished, nothing more is done, and everything is taken back. Says what could not be.
    pub(super) fn leave(self, job: &Job, done: &mut Vec<Performed>) -> Vec<String> {
        drop(self.start);
        // A key that is being made is deleted only when it is there.
        let until = Instant::now() + FINISHING;
        while let Ok(told) = self.performed.recv_timeout(until.saturating_duration_since(Instant::now())) {
            if let Told::Performed(one) = told {
                done.push(one);
            }
        }
        job.timeline.as_ref().map(|timeline| timeline.steering.take_back()).unwrap_or_default()
    }
}

/// Does what is to be done, each at its time; ends early when those who wait have left.
fn steer(job: &Job, gate: &Receiver<Instant>, tell: &Sender<Told>) -> Option<()> {
    let timeline = job.timeline.as_ref()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let steering = timeline.steering.afresh().ok()?;
    let grip = Grip { keyring: &timeline.keyring, steering: &steering, redactor: &job.redactor };
    let mut hands = Hands::new(grip, "load");
    let mut acts = timeline.acts.iter().enumerate().peekable();
    let mut perform = |(number, act): (usize, &Act), start: Option<Instant>| {
        let from = start.unwrap_or_else(Instant::now);
        let began = from.elapsed();
        end(job, act, |end| end.begin(nanos_of(began)));
        let done = runtime.block_on(hands.perform(&act.deed)).map_err(Objection::into_words);
        let ended = from.elapsed();
        if done.is_ok() {
            end(job, act, |end| end.tell(nanos_of(ended)));
        }
        let done = done.and_then(|()| unseal(job, (timeline, act), hands.keyring()));
        let (at, took) = (start.map(|_| began), ended.saturating_sub(began));
        let whole = done.is_ok();
        tell.send(Told::Performed(Performed { act: number, at, took, problem: done.err() })).ok();
        whole.then_some(())
    };
    while let Some(next) = acts.next_if(|(_, act)| act.at.is_none()) {
        perform(next, None)?;
    }
    tell.send(Told::Ready).ok()?;
    let start = gate.recv().ok()?;
    for (number, act) in acts {
        let left = act.at.unwrap_or_default().saturating_sub(start.elapsed());
        // Nobody tells anything any more: only those who leave end the wait early.
        if gate.recv_timeout(left) != Err(RecvTimeoutError::Timeout) {
            return None;
        }
        perform((number, act), Some(start))?;
    }
    Some(())
}

/// Notes the end of a key with every class that is sent with it.
fn end(job: &Job, act: &Act, note: impl Fn(&super::key_end::KeyEnd)) {
    let timeline = job.timeline.iter().filter(|_| act.ends);
    let drafts = timeline.flat_map(|timeline| &timeline.drafts);
    let own = drafts.filter(|draft| Some(&draft.key) == act.deed.key.as_ref());
    own.filter_map(|draft| job.classes.get(draft.class)?.end.as_ref()).for_each(|end| note(end));
}

/// Seals what waited for a key.
fn unseal(job: &Job, (timeline, act): (&Timeline, &Act), keyring: &Keyring) -> Result<(), String> {
    let waiting = timeline.drafts.iter().filter(|draft| Some(&draft.key) == act.deed.key.as_ref());
    for Unsealed { class, draft, .. } in waiting.filter(|_| !act.ends) {
        let mut dice = Dice::new(job.settings.seed, "load");
        let request = seal(draft, &timeline.origin, keyring, &blanks(), &mut dice);
        let request = request.map_err(|error| format!("could not {error}"))?;
        if let Some(class) = job.classes.get(*class) {
            class.variants.set(vec![Sealed::new(request)]).ok();
        }
    }
    Ok(())
}
