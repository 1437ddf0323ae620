//! A load plan bound to a contract and a place: every request sealed to bytes, every expectation compiled.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rustls::ClientConfig;
use rustls::pki_types::ServerName;

use super::format::Model;
use super::honesty::Surroundings;
use super::key_end::{KeyEnd, Right, Side};
use super::schedule::Schedule;
use super::shard::Shard;
use super::stamp::{Patch, Stamp, patches};
use super::steer::Timeline;
use super::threshold::Threshold;
use super::trip::Trips;
use super::weights::Weights;
use crate::contract::{Acceptance, Contract};
use crate::judge::{Fast, Requirement};
use crate::outcome::load::Turn;
use crate::redact::Redactor;
use crate::wire::Request;

/// Everything that a load needs to know; it does not change while it goes on.
#[derive(Debug)]
pub struct Job {
    /// The run that it is a part of: the same in all of its shards.
    pub run: String,
    /// What the plan is called.
    pub name: String,
    /// What it finds out.
    pub title: String,
    /// When the next request is sent.
    pub model: Model,
    /// When each request is due, warm-up included; nothing in the closed model.
    pub schedule: Option<Schedule>,
    /// How long it takes, warm-up included.
    pub span: Duration,
    /// How long the warm-up is.
    pub warm_up: Duration,
    /// What is sent.
    pub classes: Vec<Class>,
    /// What is another in each request.
    pub(super) stamp: Stamp,
    /// The weights of the classes.
    pub(super) weights: Weights,
    /// How long something is sent alone, behind the warm-up.
    pub alone: Duration,
    /// What is done to the target meanwhile.
    pub(super) timeline: Option<Timeline>,
    /// What virtual users do instead, where the plan is of journeys.
    #[cfg_attr(not(feature = "goose"), expect(dead_code, reason = "without goose there are no journeys"))]
    pub(super) trips: Option<Trips>,
    /// The statuses by which the target says that it is too busy.
    pub shed: Vec<u16>,
    /// What of the plan is not sent, and why.
    pub left_out: Vec<String>,
    /// What must hold when it is over.
    pub thresholds: Vec<Threshold>,
    /// What the target is held to.
    pub contract: Contract,
    /// What keeps the keys out of every result.
    pub redactor: Redactor,
    /// Where it goes.
    pub target: Target,
    /// How to go about it.
    pub settings: Settings,
    /// What had happened around the generator before it started.
    pub surroundings: Surroundings,
}

/// Where requests go: one address of one origin.
#[derive(Clone, Debug)]
pub struct Target {
    /// The environment.
    pub environment: String,
    /// Its base URL.
    pub url: String,
    /// The address, resolved once.
    pub address: SocketAddr,
    /// How TLS is spoken, where it is.
    pub tls: Option<(Arc<ClientConfig>, ServerName<'static>)>,
    /// The host that the operator is authorised to load, where that had to be said.
    pub authorized: Option<String>,
}

/// How to go about it.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Threads that send.
    pub threads: usize,
    /// Connections, over all threads.
    pub connections: usize,
    /// How many requests are sent at the most, warm-up included.
    pub requests: u64,
    /// How many requests a connection is used for.
    pub life_requests: u32,
    /// How long a connection is used.
    pub life_time: Duration,
    /// How long an answer may take.
    pub timeout: Duration,
    /// How many requests may wait for a connection, over all threads.
    pub backlog: usize,
    /// How long what is under way may take when the end has come.
    pub grace: Duration,
    /// The seed of the order and of chance.
    pub seed: u64,
    /// The part of the plan that is sent.
    pub shard: Shard,
    /// When it starts; as soon as its connections stand, where nothing is said.
    pub start: Option<Instant>,
}

/// One part of the mix on one operation.
#[derive(Debug)]
pub struct Class {
    /// Its name in reports.
    pub name: String,
    /// The part of the mix.
    pub entry: String,
    /// The operation.
    pub operation: String,
    /// The credential whose own key is sent, if one is.
    pub credential: Option<String>,
    /// Whether an acceptance is right.
    pub accepts: bool,
    /// When it has its turn.
    pub turn: Turn,
    /// What is right.
    pub requirement: Requirement,
    /// How an acceptance of the operation is recognised.
    pub accepted: Acceptance,
    /// What is right, as marks.
    pub(super) fast: Fast,
    /// The end of its key, where that comes while it is sent.
    pub(super) end: Option<Arc<KeyEnd>>,
    /// The requests, sealed; several where chance is in them. There are none before their key is there.
    pub(super) variants: OnceLock<Vec<Sealed>>,
}

/// A request, as bytes.
#[derive(Debug)]
pub(super) struct Sealed {
    /// The bytes.
    pub(super) bytes: Box<[u8]>,
    /// Where something goes that is another each time.
    pub(super) patches: Box<[Patch]>,
    /// What they say.
    pub(super) request: Request,
}

/// Which request is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pick {
    pub(super) class: usize,
    pub(super) variant: usize,
}

impl Job {
    /// The class of a request, by its number and when it is due: the same in every thread and on every machine.
    pub(super) fn class_of(&self, number: u64, at: u64) -> usize {
        self.weights.draw(self.settings.seed, (number, at))
    }

    /// The request of a number that is due at an instant, in nanoseconds from the start; nothing where its key is not
    /// there.
    pub(super) fn pick(&self, number: u64, at: u64) -> Option<(Pick, &Sealed)> {
        let class = self.class_of(number, at);
        let variants = self.classes.get(class)?.variants.get()?;
        // Numbers that are next to each other go to different variants.
        let variant = usize::try_from(number).unwrap_or(0) % variants.len().max(1);
        Some((Pick { class, variant }, variants.get(variant)?))
    }

    /// Whether a threshold about times may end it early, so that times are wanted while it goes on.
    pub(super) fn weighs_times_early(&self) -> bool {
        self.thresholds.iter().any(|threshold| threshold.abort.is_some() && threshold.wants_times())
    }

    /// The request that was picked.
    pub(super) fn picked(&self, pick: Pick) -> Option<(&Class, &Sealed)> {
        let class = self.classes.get(pick.class)?;
        Some((class, class.variants.get()?.get(pick.variant)?))
    }
}

impl Class {
    /// What is right, in words.
    pub(super) fn expected(&self) -> String {
        match &self.end {
            None => self.requirement.to_string(),
            Some(end) => format!("{}; behind the end of its key, {}", self.requirement, end.requirement),
        }
    }

    /// What is right for an answer, by when its request was sent and when it was there; two things where either is.
    pub(super) fn right(&self, sent_at: u64, answered_at: u64) -> (Right<'_>, Option<Right<'_>>) {
        let before = Right { accepts: self.accepts, requirement: &self.requirement, fast: &self.fast };
        let Some(end) = &self.end else { return (before, None) };
        match end.side(sent_at, answered_at) {
            Side::Before => (before, None),
            Side::Between => (before, Some(end.right())),
            Side::Behind => (end.right(), None),
        }
    }
}

impl Sealed {
    /// Writes a request as HTTP/1.1 (RFC 9112 section 3); `Host` comes first, as section 3.2 advises.
    pub(super) fn new(request: Request) -> Self {
        let mut bytes = Vec::with_capacity(512);
        let mut push = |part: &[u8]| bytes.extend_from_slice(part);
        for part in
            [request.method.as_str(), " ", &request.target, " HTTP/1.1\r\nHost: ", request.url.authority()]
        {
            push(part.as_bytes());
        }
        push(b"\r\n");
        for (name, value) in &request.headers {
            push(name.as_str().as_bytes());
            push(b": ");
            push(value.as_bytes());
            push(b"\r\n");
        }
        // What may have content says how much, even where there is none (RFC 9110 section 8.6).
        let length = request.body.as_ref().map(bytes::Bytes::len);
        let anticipated =
            [http::Method::POST, http::Method::PUT, http::Method::PATCH].contains(&request.method);
        if let Some(length) = length.or(anticipated.then_some(0)) {
            push(format!("content-length: {length}\r\n").as_bytes());
        }
        push(b"\r\n");
        push(request.body.as_deref().unwrap_or_default());
        Self { patches: patches(&bytes), bytes: bytes.into_boxed_slice(), request }
    }
}
