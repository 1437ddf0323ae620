//! The server's state, and how one request goes through it.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::chronicle::{Page, TimesSink};
use super::clock::Clock;
use super::config::{LogSink, MockError, RateLimit, Records};
use super::edge::{
    Denial, Edge, Forwarded, Key, Keys, Meter, Place, Places, Quota, Rendering, Request, Route, Routes, Seal,
    Signer, Stop, TokenStore,
};
use super::http1::{Admission, Manner, Reception, Responder};
use super::http2;
use super::ledger::Ledger;
use super::message::{Answer, Head};
use super::parts::{Journal, Part, Parts};
use super::random::RequestId;
use super::services::{self, Call, Done, Gallery};
use super::tempo::{Delay, Pulse};
use crate::contract::{Authentication, Carrier, Cors, Policy};
use crate::mock::Config;

/// The most requests that are on their way at once; further ones are sent away.
const PLACES: usize = 128;

/// Everything that all listeners share.
#[derive(Debug)]
pub(crate) struct Server {
    /// How a request carries its key.
    pub(crate) authentication: Authentication,
    /// Where good edges differ.
    pub(crate) policy: Policy,
    /// Which pages may call it from a browser.
    pub(crate) cors: Option<Cors>,
    /// What the API says about itself.
    pub(crate) description: serde_json::Value,
    /// The operations.
    pub(crate) routes: Routes,
    /// The keys.
    pub(crate) keys: Keys,
    /// The tokens.
    pub(crate) tokens: TokenStore,
    /// What tokens are signed with, where they are JWTs.
    pub(crate) signer: Option<Signer>,
    /// Where a request carries a token.
    pub(crate) token_carrier: Option<Carrier>,
    /// The operation that mints tokens.
    pub(crate) mints: Option<String>,
    /// What was issued, in the operator's own records: nothing that a sound edge would look at.
    pub(crate) ledger: Ledger,
    /// The stages of the edge.
    pub(crate) edge: Edge,
    /// How denials look.
    pub(crate) rendering: Rendering,
    /// The clock.
    pub(crate) clock: Clock,
    /// What it consists of besides.
    pub(crate) parts: Parts,
    /// Its log, where somebody steers it and may ask for that.
    pub(crate) journal: Option<Journal>,
    /// How many requests a key has.
    pub(crate) rate_limit: Option<RateLimit>,
    /// The places for requests on their way.
    pub(crate) places: Places,
    /// Every environment that is served, and its data.
    pub(crate) environments: Vec<(String, Arc<Data>)>,
    log: Option<LogSink>,
    times: Option<TimesSink>,
    /// How long it works on what it let through.
    delay: Option<Delay>,
    /// When it does nothing.
    pulse: Pulse,
    began: Instant,
    /// How many requests were answered, whatever the answer.
    answered: AtomicU64,
}

/// What one environment holds; nothing of it is visible in another.
#[derive(Debug, Default)]
pub(crate) struct Data {
    /// How many requests reached their service, by operation.
    pub(crate) processed: Vec<AtomicU64>,
    /// The people whom it knows.
    pub(crate) gallery: Mutex<Gallery>,
    /// How often keys called operations that have a limit of their own.
    pub(crate) calls: Meter<(usize, String)>,
    /// How often clients tried wrong keys.
    pub(crate) guesses: Meter<(usize, String)>,
    /// What was done already for an idempotency key.
    pub(crate) done: Mutex<Done>,
    /// The fields with which the last request arrived behind the edge.
    pub(crate) seen: Mutex<Forwarded>,
    /// Bodies that were put aside before anybody decided about them: none, where the edge is sound.
    spool: AtomicUsize,
}

impl Data {
    /// Puts a body aside.
    pub(crate) fn spool(&self) {
        self.spool.fetch_add(1, Ordering::AcqRel);
    }

    /// How many bodies were put aside.
    pub(crate) fn spooled(&self) -> usize {
        self.spool.load(Ordering::Acquire)
    }
}

/// One listener's view of the server.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// The server.
    pub(crate) server: Arc<Server>,
    /// The environment that it serves.
    pub(crate) environment: String,
    /// That environment's data.
    pub(crate) data: Arc<Data>,
    /// Whether a key may be sent to it: not in the clear, where there is TLS to be had.
    pub(crate) trusted: bool,
    /// The number of the node, from 0.
    pub(crate) node: usize,
    /// The number of the connection, once there is one.
    pub(crate) connection: u64,
    /// The address of its other side, once there is one.
    pub(crate) peer: Option<IpAddr>,
}

impl Server {
    /// Prepares a server.
    ///
    /// # Errors
    /// A contract that cannot be served.
    pub(crate) fn new(config: Config) -> Result<Self, MockError> {
        let began = Instant::now();
        let Config { contract, keyring, defects, variants, clock, rate_limit, log, times, tempo, .. } =
            config;
        let environments = chosen(&contract, &config.environments)?;
        let routes = Routes::new(&contract)?;
        let rendering = Rendering::new(&contract)?;
        let keys = Keys::new(&contract, &keyring, &environments, clock.now_ms());
        let jwt = contract.tokens.as_ref().and_then(|tokens| tokens.jwt.as_ref());
        let signer = jwt.map(|jwt| Signer::new(jwt, &keyring)).transpose()?;
        let ledger = Ledger::new(&contract, keyring);
        let mut edge = Edge::sound();
        for defect in defects {
            defect.plant(&mut edge);
        }
        for variant in variants {
            variant.install(&mut edge);
        }
        let data = || {
            let processed = routes.all().iter().map(|_| AtomicU64::new(0)).collect();
            Arc::new(Data { processed, ..Data::default() })
        };
        Ok(Self {
            environments: environments.into_iter().map(|name| (name, data())).collect(),
            description: (edge.describe)(&contract),
            tokens: TokenStore::default(),
            signer,
            token_carrier: contract.tokens.as_ref().map(|tokens| tokens.carrier.clone()),
            mints: contract.tokens.map(|tokens| tokens.mint.operation.0),
            authentication: contract.authentication,
            policy: contract.policy,
            cors: contract.cors,
            routes,
            keys,
            ledger,
            edge,
            rendering,
            clock,
            rate_limit,
            places: Places::new(PLACES),
            parts: Parts::default(),
            journal: (config.control && config.records == Records::Kept).then(Journal::default),
            log,
            times,
            delay: tempo.delay,
            pulse: Pulse::new(tempo.stall, began),
            began,
            answered: AtomicU64::new(0),
        })
    }

    /// Back to what the contract declares: keys, data, counts and the clock.
    pub(crate) fn reset(&self) {
        self.clock.reset();
        self.parts.reset();
        self.keys.reset(self.clock.now_ms());
        self.tokens.clear();
        for (_, data) in &self.environments {
            data.processed.iter().for_each(|count| count.store(0, Ordering::Release));
            data.calls.clear();
            data.guesses.clear();
            data.spool.store(0, Ordering::Release);
            *data.seen.lock().unwrap_or_else(PoisonError::into_inner) = Forwarded::default();
            data.gallery.lock().unwrap_or_else(PoisonError::into_inner).clear();
            data.done.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    /// How many requests were answered.
    pub(crate) fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    /// The last thing that happens to an answer.
    fn finish(&self, seal: &Seal<'_>, mut answer: Answer) -> Answer {
        (self.edge.finish)(seal, &mut answer);
        self.answered.fetch_add(1, Ordering::Relaxed);
        (self.edge.sharing.tell)(self, seal.head(), &mut answer);
        if self.log.is_some() || self.journal.is_some() {
            let line = (self.edge.log)(seal, &answer);
            self.log.iter().for_each(|sink| (sink.0)(&line));
            self.journal.iter().for_each(|journal| journal.write(line.clone()));
        }
        answer
    }
}

fn chosen(contract: &crate::contract::Contract, wanted: &[String]) -> Result<Vec<String>, MockError> {
    let declared: Vec<String> = contract.environments.keys().map(ToString::to_string).collect();
    match wanted.iter().find(|name| !declared.contains(name)) {
        Some(unknown) => Err(MockError::UnknownEnvironment(unknown.clone())),
        None if wanted.is_empty() => Ok(declared),
        None => Ok(wanted.to_vec()),
    }
}

/// What was found out about a request that was let through.
#[derive(Debug)]
pub(crate) struct Pass {
    id: RequestId,
    route: Route,
    key: Option<Arc<Key>>,
    quota: Option<Quota>,
    place: Place,
    waited: Duration,
}

impl Site {
    fn seal<'a>(&'a self, id: RequestId, request: Option<Request<'a>>) -> Seal<'a> {
        let now_ms = self.server.clock.now_ms();
        Seal { id, now_ms, environment: &self.environment, request, key: None, quota: None }
    }

    /// Notes what arrives behind the edge, where anybody may ask.
    fn arrive(&self, request: &Request<'_>, key: Option<&Key>) {
        if self.server.journal.is_some() {
            let fields = (self.server.edge.forward)(request, key);
            *self.data.seen.lock().unwrap_or_else(PoisonError::into_inner) = fields;
        }
    }

    fn denied(&self, denial: &Denial, request: Option<&Request<'_>>) -> Answer {
        (self.server.edge.render)(&self.server.rendering, denial, request)
    }
}

impl Responder for Site {
    type Pass = Pass;

    fn connected(self: &Arc<Self>, number: u64, peer: IpAddr) -> Arc<Self> {
        Arc::new(Self { connection: number, peer: Some(peer), ..Self::clone(self) })
    }

    fn reception(&self) -> &Reception {
        &self.server.edge.receive
    }

    fn frames(&self) -> &http2::Reception {
        &self.server.edge.frames
    }

    fn goes_over(&self, head: &Head) -> bool {
        (self.server.edge.goes_over)(self, head)
    }

    fn manner(&self) -> Manner {
        self.server.edge.write
    }

    fn awaits_body(&self, head: &Head) -> bool {
        (self.server.edge.awaits_body)(self, head)
    }

    fn admit(&self, head: &Head, body: Option<&[u8]>) -> Admission<Pass> {
        let (server, id) = (&self.server, RequestId::fresh());
        let path = (server.edge.normalise)(&head.target.path);
        let route = (server.edge.route)(&server.routes, &head.method, &path);
        let request = Request { id, head, body, site: self, route: &route };
        let (passage, decided) = server.edge.decide(request);
        let answer = match decided {
            Ok(()) => {
                let (key, quota, waited) = (passage.key, passage.quota, passage.waited);
                let place = server.places.take();
                return Admission::Admitted(Pass { id, route, key, quota, place, waited });
            }
            Err(Stop::Deny(denial)) => self.denied(&denial, Some(&request)),
            Err(Stop::Answer(answer)) => *answer,
        };
        let answer = Answer { took: passage.waited + answer.took, ..answer };
        Admission::Answered(server.finish(&self.seal(id, Some(request)).about(&passage), answer))
    }

    fn serve(&self, head: &Head, pass: Pass, body: &[u8]) -> Answer {
        let server = &self.server;
        let Pass { id, route, key, quota, place: _place, waited } = pass;
        let request = Request { id, head, body: Some(body), site: self, route: &route };
        let mut seal = self.seal(id, Some(request));
        seal.key = key.as_deref();
        seal.quota = request.limit().zip(quota);
        let (Route::Operation(_, parameters), Some(operation)) = (&route, request.operation()) else {
            return server.finish(&seal, self.denied(&Denial::NotFound, Some(&request)));
        };
        if server.parts.lacks(Part::Upstream) {
            let answer = self.denied(&Denial::BadGateway, Some(&request));
            return server.finish(&seal, Answer { took: waited + answer.took, ..answer });
        }
        self.arrive(&request, key.as_deref());
        (server.edge.remember)(&request, key.as_deref());
        let call = Call { request, operation, parameters, key: key.as_ref() };
        let answer = services::answer(&call).unwrap_or_else(|denial| self.denied(&denial, Some(&request)));
        server.finish(&seal, Answer { took: waited + answer.took, ..answer })
    }

    fn refuse(&self, head: Option<&Head>, denial: &Denial) -> Answer {
        let id = RequestId::fresh();
        let route = Route::Unknown;
        let request = head.map(|head| Request { id, head, body: None, site: self, route: &route });
        let answer = self.denied(denial, request.as_ref());
        self.server.finish(&self.seal(id, request), answer)
    }

    fn works(&self, pass: &Pass) -> Duration {
        self.server.delay.map_or(Duration::ZERO, |delay| delay.draw(pass.id.chances()))
    }

    fn pulse(&self) -> Pulse {
        self.server.pulse
    }

    fn page(&self) -> Option<Page> {
        self.server.times.as_ref().map(|sink| Page::new(sink, self.server.began))
    }
}
