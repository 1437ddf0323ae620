//! From a plan, and what the operator wants otherwise, to a job.

use std::time::{Duration, Instant};

use super::bind::{Bound, Wheel};
use super::format::{LoadPlan, Model, Spread, shape};
use super::honesty::Surroundings;
use super::job::{Job, Settings, Target};
use super::schedule::{Arrivals, Curve, Schedule};
use super::shard::Shard;
use super::stamp::Stamp;
use super::steer::{Act, Timeline, Unsealed};
use super::threshold::Threshold;
use super::trip::{Trip, Trips};
use super::weights::Weights;
use crate::contract::Contract;
use crate::document::Rate;
use crate::redact::Redactor;

/// How long a plan takes where nothing is said.
const DURATION: Duration = Duration::from_secs(10);
/// How long an answer may take where nothing is said.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How many connections are kept open where nothing is said.
const CONNECTIONS: u32 = 64;
/// How many requests may wait for a connection where nothing is said.
const BACKLOG: u32 = 16_384;
/// Requests a second that one thread is asked for.
const PER_THREAD: f64 = 15_000.0;

/// What the operator wants otherwise than the plan has it.
#[derive(Clone, Debug, Default)]
pub struct Pacing {
    /// The model.
    pub model: Option<Model>,
    /// A constant rate.
    pub rate: Option<Rate>,
    /// How many connections are kept open.
    pub connections: Option<u32>,
    /// How many requests are sent at the most.
    pub requests: Option<u64>,
    /// How long it takes, warm-up left out.
    pub duration: Option<Duration>,
    /// How long the warm-up is.
    pub warm_up: Option<Duration>,
    /// How long an answer may take.
    pub timeout: Option<Duration>,
    /// How many threads send.
    pub threads: Option<usize>,
    /// How long what is under way may take when the end has come.
    pub grace: Duration,
    /// The seed.
    pub seed: u64,
    /// The part of the plan that is sent: its connections and its backlog are that part of the plan's.
    pub shard: Shard,
    /// When it starts.
    pub start: Option<Instant>,
}

/// How a plan is carried out: its rates, times and numbers, before anything is bound to a place.
#[derive(Clone, Debug)]
pub struct Pace {
    /// The model.
    pub model: Model,
    /// When each request is due; nothing in the closed model.
    pub schedule: Option<Schedule>,
    /// How long it takes, warm-up included.
    pub span: Duration,
    /// How long the warm-up is.
    pub warm_up: Duration,
    /// How long something is sent alone, behind the warm-up.
    pub alone: Duration,
    /// Connections, threads and patience.
    pub settings: Settings,
}

/// A plan and everything that it is bound to.
#[derive(Debug)]
pub struct Wish<'a> {
    /// The plan.
    pub plan: &'a LoadPlan,
    /// What it is called.
    pub name: String,
    /// How it is carried out.
    pub pace: Pace,
    /// What the operator adds to it.
    pub thresholds: Vec<Threshold>,
    /// What it sends.
    pub bound: Bound,
    /// How the target is steered, where the plan does that.
    pub wheel: Option<Wheel>,
    /// What the target is held to.
    pub contract: Contract,
    /// What keeps the keys out of every result.
    pub redactor: Redactor,
    /// Where it goes.
    pub target: Target,
}

impl Pace {
    /// Of a plan and what the operator wants otherwise; `cores` is how many threads can run at once.
    ///
    /// # Errors
    /// What contradicts the plan.
    pub fn new(plan: &LoadPlan, pacing: &Pacing, cores: usize) -> Result<Self, String> {
        let model = model(plan, pacing);
        let said = |plan: Option<&crate::document::Millis>| plan.map(crate::document::Millis::duration);
        let warm_up = pacing.warm_up.or(said(plan.warm_up.as_ref())).unwrap_or_default();
        let duration = pacing.duration.or(said(plan.duration.as_ref())).unwrap_or(DURATION);
        let alone = plan.alone.as_ref().map(|alone| alone.r#for.duration()).unwrap_or_default();
        let alone = pacing.duration.map_or(alone, |duration| alone.min(duration));
        let (schedule, span) = match model {
            Model::Closed if !alone.is_zero() => {
                return Err(
                    "the plan sends something alone first, which needs a rate; give --rate, and no --model closed"
                        .to_owned()
                );
            }
            Model::Closed => (None, warm_up + duration),
            Model::Open => {
                let schedule = schedule(plan, pacing, (warm_up, alone, duration))?;
                let span = schedule.end();
                (Some(schedule), span)
            }
        };
        let peak = schedule.as_ref().map(Schedule::peak);
        let parts = super::number::real(pacing.shard.of());
        let wanted = peak.map_or(cores, |peak| {
            super::number::whole((peak / parts / PER_THREAD).ceil()).try_into().unwrap_or(1)
        });
        let connections = usize::try_from(pacing.connections.or(plan.connections).unwrap_or(CONNECTIONS));
        let connections = pacing.shard.part(connections.unwrap_or(1));
        let threads = pacing.threads.unwrap_or(wanted.clamp(1, cores.max(1))).clamp(1, connections);
        let life = plan.connection_life.as_ref();
        let settings = Settings {
            threads,
            connections,
            requests: pacing.requests.or(plan.requests).unwrap_or(u64::MAX),
            life_requests: life.and_then(|life| life.requests).unwrap_or(u32::MAX),
            life_time: said(life.and_then(|life| life.time.as_ref())).unwrap_or(Duration::MAX),
            timeout: pacing.timeout.or(said(plan.timeout.as_ref())).unwrap_or(TIMEOUT),
            backlog: pacing.shard.part(usize::try_from(plan.backlog.unwrap_or(BACKLOG)).unwrap_or(1)),
            grace: pacing.grace,
            seed: pacing.seed,
            shard: pacing.shard,
            start: pacing.start,
        };
        Ok(Self { model, schedule, span, warm_up, alone, settings })
    }

    /// The highest rate; nothing in the closed model, which has none.
    pub fn peak(&self) -> Option<f64> {
        self.schedule.as_ref().map(Schedule::peak)
    }
}

/// A rate makes it open; connections alone make it closed; otherwise it is as the plan has it.
fn model(plan: &LoadPlan, pacing: &Pacing) -> Model {
    if !plan.journeys.is_empty() {
        return Model::Closed;
    }
    match (pacing.model, &pacing.rate, pacing.connections) {
        (Some(model), _, _) => model,
        (None, Some(_), _) => Model::Open,
        (None, None, Some(_)) => Model::Closed,
        (None, None, None) => plan.model,
    }
}

fn schedule(
    plan: &LoadPlan,
    pacing: &Pacing,
    (warm_up, alone, duration): (Duration, Duration, Duration),
) -> Result<Schedule, String> {
    let own = plan.rate.as_ref().map(Rate::per_second);
    let constant = |rate: f64| vec![(Curve::constant(rate), duration)];
    let mut curves = match (&pacing.rate, &plan.schedule, own) {
        (Some(rate), _, _) => constant(rate.per_second()),
        (None, Some(shape), _) => shape.curves(duration),
        (None, None, _) if !plan.stages.is_empty() => {
            if pacing.duration.is_some() {
                return Err(
                    "the plan has stages, each with its own duration; give --rate with --duration".to_owned()
                );
            }
            shape::staged(&plan.stages, own.unwrap_or(0.0))
        }
        (None, None, Some(rate)) => constant(rate),
        (None, None, None) => match &plan.find_capacity {
            Some(search) => constant(search.from.per_second()),
            None => return Err("the plan has no rate; give --rate".to_owned()),
        },
    };
    let begins = curves.first().map_or(0.0, |(curve, _)| curve.rate(0.0));
    let before = Curve::constant(begins * share_alone(plan));
    curves.splice(0..0, [(before, warm_up), (before, alone)]);
    let arrivals = match plan.arrivals {
        Spread::Even => Arrivals::Even,
        Spread::Poisson => Arrivals::Poisson { seed: pacing.seed },
    };
    Ok(Schedule::new(&curves, arrivals))
}

/// The part of all requests that is sent alone first; all of them, where nothing is.
fn share_alone(plan: &LoadPlan) -> f64 {
    let Some(alone) = &plan.alone else { return 1.0 };
    let (mut own, mut all) = (0.0, 0.0);
    for entry in &plan.mix {
        let weight = f64::from(entry.weight);
        all += weight;
        own += if alone.has(entry) { weight } else { 0.0 };
    }
    own / all
}

/// Makes a job of a plan.
///
/// # Errors
/// What of the plan cannot be meant.
pub fn prepare(wish: Wish<'_>) -> Result<Job, String> {
    let thresholds = wish.plan.thresholds.iter().cloned().chain(wish.thresholds);
    let policy = &wish.contract.policy;
    let thresholds = thresholds.map(|threshold| threshold.settled(policy)).collect::<Result<_, _>>()?;
    let span = wish.pace.span.saturating_sub(wish.pace.warm_up);
    if let Some(late) = wish.bound.acts.iter().find(|act| act.at.is_some_and(|at| at >= span)) {
        return Err(format!("the plan is over before `{}`; give it a longer duration", late.deed));
    }
    let (trips, users) = (wish.bound.trips, wish.bound.users);
    let weights = if trips.is_empty() {
        Weights::new(&wish.bound.shares, wish.pace.warm_up, wish.pace.alone)?
    } else {
        Weights::default()
    };
    let trips = self::trips(wish.wheel.as_ref(), (trips, users), wish.pace.settings.shard)?;
    let timeline = timeline(wish.wheel, (wish.bound.acts, wish.bound.drafts), wish.pace.warm_up);
    let mut settings = wish.pace.settings;
    if trips.is_some() {
        (settings.threads, settings.connections) = (1, users);
    }
    Ok(Job {
        run: String::new(),
        name: wish.name,
        title: wish.plan.title.clone(),
        model: wish.pace.model,
        schedule: wish.pace.schedule,
        span: wish.pace.span,
        warm_up: wish.pace.warm_up,
        classes: wish.bound.classes,
        stamp: Stamp::fresh(),
        weights,
        alone: wish.pace.alone,
        timeline,
        trips,
        left_out: wish.bound.left_out,
        shed: wish.plan.shed.clone().unwrap_or_else(|| vec![429, 503]),
        thresholds,
        contract: wish.contract,
        redactor: wish.redactor,
        target: wish.target,
        settings,
        surroundings: Surroundings::default(),
    })
}

/// What virtual users do.
fn trips(
    wheel: Option<&Wheel>,
    (trips, users): (Vec<Trip>, usize),
    shard: Shard,
) -> Result<Option<Trips>, String> {
    let Some(Wheel { steering, keyring, origin, options }) = wheel.cloned().filter(|_| !trips.is_empty())
    else {
        return Ok(None);
    };
    if !shard.is_whole() {
        return Err("journeys are not cut into shards; give each process its own `users`".to_owned());
    }
    if cfg!(not(feature = "goose")) {
        return Err("this program was built without journeys (the cargo feature `goose`)".to_owned());
    }
    Ok(Some(Trips { all: trips, users, options, origin, keyring, steering }))
}

/// What is done to the target; instants are counted from the start from here on.
fn timeline(
    wheel: Option<Wheel>,
    (acts, drafts): (Vec<Act>, Vec<Unsealed>),
    warm_up: Duration,
) -> Option<Timeline> {
    let Wheel { steering, keyring, origin, .. } = wheel.filter(|_| !acts.is_empty())?;
    let acts = acts.into_iter().map(|act| Act { at: act.at.map(|at| warm_up + at), ..act }).collect();
    Some(Timeline { acts, drafts, origin, keyring, steering })
}
