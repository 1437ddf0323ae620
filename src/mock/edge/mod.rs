//! The edge: decides about a request from its method, target and fields alone, before one byte of its body is
//! read and before any service hears of it.
//!
//! It is a pipeline of small stages, each a function that can be exchanged: [`Edge`] names them, and
//! [`Edge::sound`] is the whole of the sound server. The order in which the stages decide is data as well.

mod cors;
mod denial;
mod extract;
mod finish;
mod forward;
mod jwt;
mod keys;
mod limits;
mod permission;
mod render;
mod repeat;
mod route;
mod steps;
mod tokens;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::contract::{Carrier, Contract};
use crate::mock::http1::{Manner, Reception};
use crate::mock::http2;
use crate::mock::message::{Answer, Head};
use crate::mock::parts::{Part, Reach};
use crate::mock::random::RequestId;
use crate::mock::server::{Server, Site};
use crate::mock::services;
use crate::mock::{Http2, RateLimit};

pub(crate) use cors::{Sharing, asking_page, key_field};
pub(crate) use denial::Denial;
pub(crate) use extract::{Presented, extract};
pub(crate) use finish::Seal;
pub(crate) use forward::Forwarded;
pub(crate) use jwt::{Parts, Signer};
pub(crate) use keys::{Application, Digest, Key, Keys, expired};
pub(crate) use limits::{Meter, Place, Places, caller, declared};
pub(crate) use permission::Quota;
pub(crate) use render::{Rendering, render};
pub(crate) use repeat::Repetition;
pub(crate) use route::{Access, Route, Routed, Routes, normalise};
pub(crate) use steps::{At, Step, content_step, route_step};
pub(crate) use tokens::{Exchange, Token, TokenStore};

/// A request, as the stages see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    /// Its id.
    pub(crate) id: RequestId,
    /// Its head.
    pub(crate) head: &'a Head,
    /// Its body: nothing while the sound edge decides.
    pub(crate) body: Option<&'a [u8]>,
    /// Where it arrived.
    pub(crate) site: &'a Site,
    /// Where it leads.
    pub(crate) route: &'a Route,
}

impl<'a> Request<'a> {
    /// The operation that it leads to.
    pub(crate) fn operation(&self) -> Option<&'a Routed> {
        self.site.server.routes.operation(self.route)
    }

    /// How many requests its operation grants to a key, where it has a limit of its own.
    pub(crate) fn own_limit(&self) -> Option<RateLimit> {
        self.operation()?.limits.key.as_ref().map(declared)
    }

    /// How many requests a key has here.
    pub(crate) fn limit(&self) -> Option<RateLimit> {
        self.own_limit().or(self.site.server.rate_limit)
    }
}

/// A request on its way through the steps, and what they found out.
#[derive(Debug)]
pub(crate) struct Passage<'a> {
    /// The request.
    pub(crate) request: Request<'a>,
    /// Its key, once it is known and works.
    pub(crate) key: Option<Arc<Key>>,
    /// What is left of the key's requests, where they are limited.
    pub(crate) quota: Option<Quota>,
    /// How long the key store was waited for.
    pub(crate) waited: Duration,
}

/// Why a request goes no further.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stop {
    /// It is denied.
    Deny(Denial),
    /// It is answered.
    Answer(Box<Answer>),
}

impl From<Denial> for Stop {
    fn from(denial: Denial) -> Self {
        Self::Deny(denial)
    }
}

impl From<Answer> for Stop {
    fn from(answer: Answer) -> Self {
        Self::Answer(Box::new(answer))
    }
}

/// Whether something waits for the whole request.
type Waits = Arc<dyn Fn(&Site, &Head) -> bool + Send + Sync>;
/// Where a method and a path lead.
type Find = Arc<dyn Fn(&Routes, &http::Method, &str) -> Route + Send + Sync>;
/// What is presented as a key.
type Extract = Arc<dyn for<'a> Fn(&'a Head, &'a Carrier) -> Presented<'a> + Send + Sync>;
/// The key behind some bytes.
type LookUp = Arc<dyn Fn(&Server, &[u8]) -> Option<Arc<Key>> + Send + Sync>;
/// Whether something holds of a key at a time.
pub(crate) type KeyTest = Arc<dyn Fn(&Key, i64) -> bool + Send + Sync>;
/// A request's key, if it has one that works.
type Authenticate = Arc<dyn Fn(&Edge, &Request<'_>) -> Result<Arc<Key>, Denial> + Send + Sync>;
/// What is left of a key's requests.
type Count = Arc<dyn Fn(&Key, RateLimit, i64) -> Quota + Send + Sync>;
/// What counts as one client.
type Client = Arc<dyn Fn(&Request<'_>) -> String + Send + Sync>;
/// What becomes of a refusal, by the client that it is for.
type Throttle = Arc<dyn Fn(&Request<'_>, String, Denial) -> Denial + Send + Sync>;
/// Whether a key may do something.
type Permission = Arc<dyn Fn(&Key, &Routed, &Routes) -> bool + Send + Sync>;
/// Whether a key goes with a name.
type Belongs = Arc<dyn Fn(&Key, &str) -> bool + Send + Sync>;
/// How a denial looks.
type Render = Arc<dyn Fn(&Rendering, &Denial, Option<&Request<'_>>) -> Answer + Send + Sync>;
/// What came of asking the key store.
type ReachStore = Arc<dyn Fn(&Server) -> Reach + Send + Sync>;
/// Withdraws a key.
type Withdraw = Arc<dyn Fn(&Keys, &Key) + Send + Sync>;
/// What goes to the service.
type Forward = Arc<dyn Fn(&Request<'_>, Option<&Key>) -> Forwarded + Send + Sync>;
/// What is remembered of a request.
type Remember = Arc<dyn Fn(&Request<'_>, Option<&Key>) + Send + Sync>;
/// What happens to an answer at last.
type Finish = Arc<dyn Fn(&Seal<'_>, &mut Answer) + Send + Sync>;
/// What is written about an answer.
type Log = Arc<dyn Fn(&Seal<'_>, &Answer) -> String + Send + Sync>;

/// The stages of the pipeline.
#[derive(Clone)]
pub(crate) struct Edge {
    /// Receives: the grammar of a head.
    pub(crate) receive: Reception,
    /// Offers: whether a port without TLS also speaks HTTP/2 to those who begin with it.
    pub(crate) offers: fn(Http2) -> bool,
    /// Receives in HTTP/2: what makes a request malformed.
    pub(crate) frames: http2::Reception,
    /// Goes over: whether a connection goes on in HTTP/2 at a request's wish.
    pub(crate) goes_over: Waits,
    /// Waits: whether nothing is decided before the body is here.
    pub(crate) awaits_body: Waits,
    /// Normalises: the path that routes are found by.
    pub(crate) normalise: fn(&str) -> Cow<'_, str>,
    /// Routes: where a request leads.
    pub(crate) route: Find,
    /// Opens: whether an operation needs no key.
    pub(crate) open: Arc<dyn Fn(&Routed) -> bool + Send + Sync>,
    /// Guards: whether keys are asked for at all.
    pub(crate) guards: Arc<dyn Fn(&Server) -> bool + Send + Sync>,
    /// Trusts: whether a key counts where the request arrived.
    pub(crate) trusts: Arc<dyn Fn(&Site) -> bool + Send + Sync>,
    /// Extracts the credential.
    pub(crate) extract: Extract,
    /// Reaches the key store, before anything is looked up.
    pub(crate) reach: ReachStore,
    /// Looks up: from what is presented to a key.
    pub(crate) look_up: LookUp,
    /// Withdraws a key, where it is told to.
    pub(crate) withdraw: Withdraw,
    /// State: whether a key was withdrawn.
    pub(crate) revoked: KeyTest,
    /// State: whether a key's application is switched off.
    pub(crate) disabled: KeyTest,
    /// State: whether a key's time has not begun.
    pub(crate) early: KeyTest,
    /// State: whether a key's time is over.
    pub(crate) expired: KeyTest,
    /// Authenticates: extract, look up and state, one after the other.
    pub(crate) authenticate: Authenticate,
    /// Limits: counts a request against its key.
    pub(crate) count: Count,
    /// Limits: what counts as one client.
    pub(crate) client: Client,
    /// Limits: what becomes of the refusal of a wrong key.
    pub(crate) throttle: Throttle,
    /// Permission: whether a key may be used in an environment.
    pub(crate) environment: Belongs,
    /// Permission: whether a key may use an operation.
    pub(crate) permission: Permission,
    /// Permission: whether a key may make a call that is carried by another.
    pub(crate) carried: Permission,
    /// Permission: whether a key may use an operation that is meant for the operator.
    pub(crate) admin: Permission,
    /// Permission: whether an object is the key's own.
    pub(crate) owner: Belongs,
    /// Exchanges: tokens in place of keys.
    pub(crate) exchange: Exchange,
    /// Shares: what browsers are told.
    pub(crate) sharing: Sharing,
    /// Describes: what the API says about itself.
    pub(crate) describe: Arc<dyn Fn(&Contract) -> serde_json::Value + Send + Sync>,
    /// Permission: what is said of an object that is not.
    pub(crate) foreign: Denial,
    /// Repeats: when a request is an earlier one, sent again.
    pub(crate) repetition: Repetition,
    /// Decides: the steps, in their order.
    pub(crate) order: Vec<(At, Step)>,
    /// Renders a denial.
    pub(crate) render: Render,
    /// Forwards: the fields that arrive at the service.
    pub(crate) forward: Forward,
    /// Remembers: what was processed.
    pub(crate) remember: Remember,
    /// Finishes every answer.
    pub(crate) finish: Finish,
    /// Writes: how an answer stands on the wire.
    pub(crate) write: Manner,
    /// Logs: the line that is written about an answer.
    pub(crate) log: Log,
}

impl fmt::Debug for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order: Vec<At> = self.order.iter().map(|(at, _)| *at).collect();
        f.debug_struct("Edge").field("order", &order).finish_non_exhaustive()
    }
}

impl Edge {
    /// The edge as it should be.
    pub(crate) fn sound() -> Self {
        Self {
            receive: Reception::sound(),
            offers: |http2| http2 == Http2::PriorKnowledge,
            frames: http2::Reception::sound(),
            // RFC 9113 section 3.1: nobody asks for it in this way any more.
            goes_over: Arc::new(|_, _| false),
            awaits_body: Arc::new(|_, _| false),
            normalise: route::normalise,
            route: Arc::new(Routes::find),
            open: Arc::new(Routed::is_public),
            guards: Arc::new(|_| true),
            trusts: Arc::new(|site| site.trusted),
            extract: Arc::new(extract::extract),
            reach: Arc::new(|server| server.parts.reach_store()),
            look_up: Arc::new(|server, presented| {
                if server.parts.lacks(Part::Key) { None } else { server.keys.look_up(presented) }
            }),
            withdraw: Arc::new(|_, key| keys::withdraw(key)),
            revoked: Arc::new(|key, _| keys::revoked(key)),
            disabled: Arc::new(|key, _| keys::disabled(key)),
            early: Arc::new(keys::early),
            expired: Arc::new(keys::expired),
            authenticate: Arc::new(steps::authenticate),
            count: Arc::new(permission::count),
            client: Arc::new(limits::client),
            throttle: Arc::new(limits::guessed),
            environment: Arc::new(permission::belongs),
            permission: Arc::new(permission::permitted),
            carried: Arc::new(permission::permitted),
            admin: Arc::new(permission::administers),
            owner: Arc::new(permission::owns),
            exchange: Exchange::sound(),
            sharing: Sharing::sound(),
            describe: Arc::new(services::describe),
            foreign: Denial::NotFound,
            repetition: Repetition::sound(),
            order: steps::sound_order(),
            render: Arc::new(render::render),
            forward: Arc::new(forward::forward),
            remember: Arc::new(finish::remember),
            finish: Arc::new(finish::finish),
            write: Manner::standard(),
            log: Arc::new(finish::line),
        }
    }

    /// Takes a request through the steps: what they found out, and the first that stopped it.
    pub(crate) fn decide<'a>(&self, request: Request<'a>) -> (Passage<'a>, Result<(), Stop>) {
        let mut passage = Passage { request, key: None, quota: None, waited: Duration::ZERO };
        let decided = self.order.iter().try_for_each(|(_, step)| step(self, &mut passage));
        (passage, decided)
    }

    /// Puts a step before another.
    pub(crate) fn insert_before(&mut self, at: At, name: At, step: Step) {
        let position = self.order.iter().position(|(other, _)| *other == at).unwrap_or(self.order.len());
        self.order.insert(position, (name, step));
    }
}
