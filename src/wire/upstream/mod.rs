//! The platform's place behind a backend: everything that arrives there is written down, to the byte, and answered by
//! the server that stands behind this, or as it was told to.
//!
//! A backend is tried from both ends. This is the far one: a listener that a backend takes for the platform, and a
//! second one, the stranger, at which nothing must ever arrive. Every request is heard whole before anything is done
//! about it, in HTTP/1, because that is what a reverse proxy speaks to what is behind it.

mod arrival;
mod intake;
mod play;
mod relay;

#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, sleep, timeout_at};

pub use arrival::{Arrival, Extent, Where};

use super::seal::Origin;
use crate::plan::UpstreamAct;
use intake::Intake;
use relay::Relay;

/// The most connections that are held at once.
const CONNECTIONS: usize = 256;
/// How long a request that is being read or answered may take to end, once its client has its answer.
const UNDER_WAY: Duration = Duration::from_secs(2);
/// How long a request that nobody waits for may take to arrive behind the answer to its client.
const LATE: Duration = Duration::from_millis(30);
/// The most requests that are kept of one exchange.
const KEPT: usize = 64;

/// What was overheard behind a target during one exchange.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overheard {
    /// The requests that arrived, in their order.
    pub arrivals: Vec<Arrival>,
    /// Whether they were answered otherwise than the server behind would have answered.
    pub acted: bool,
    /// Host and port at which nothing must arrive.
    pub stranger: String,
}

/// The platform's place behind a backend. It ends with the runtime that it was opened on.
#[derive(Clone, Debug)]
pub struct Upstream {
    shared: Arc<Shared>,
}

/// What all connections share.
#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Notify,
    /// Where it listens.
    authority: String,
    /// Where nothing must arrive.
    stranger: String,
    /// Host and port of the server behind.
    platform: String,
}

#[derive(Debug, Default)]
struct State {
    act: Option<UpstreamAct>,
    arrivals: Vec<Arrival>,
    /// Requests that are being read or answered.
    under_way: usize,
    /// The number of the exchange.
    turn: u64,
}

impl Upstream {
    /// Listens at an address, and at a second port of it for the stranger, in front of a server.
    ///
    /// # Errors
    /// When it cannot listen there.
    pub async fn open(listen: SocketAddr, platform: &Origin) -> io::Result<Self> {
        let (declared, stranger) =
            (TcpListener::bind(listen).await?, TcpListener::bind((listen.ip(), 0)).await?);
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            changed: Notify::new(),
            authority: declared.local_addr()?.to_string(),
            stranger: stranger.local_addr()?.to_string(),
            platform: platform.authority().to_owned(),
        });
        tokio::spawn(listen_at(declared, Where::Declared, Arc::clone(&shared)));
        tokio::spawn(listen_at(stranger, Where::Stranger, Arc::clone(&shared)));
        Ok(Self { shared })
    }

    /// The base URL that the backend must take for the platform's.
    pub fn url(&self) -> String {
        format!("http://{}", self.shared.authority)
    }

    /// Host and port at which nothing must arrive.
    pub fn stranger(&self) -> &str {
        &self.shared.stranger
    }

    /// Begins an exchange: forgets what arrived before, and does from now on what it is told.
    pub fn begin(&self, act: Option<UpstreamAct>) {
        let mut state = self.shared.state();
        state.act = act;
        state.arrivals.clear();
        state.turn += 1;
        drop(state);
        self.shared.changed.notify_waiters();
    }

    /// Ends an exchange: what arrived since it began, once nothing is under way any more. Where nothing arrived, it waits a
    /// moment for what somebody may have sent without waiting for it.
    pub async fn overheard(&self) -> Overheard {
        let deadline = Instant::now() + UNDER_WAY;
        let begun = Instant::now();
        loop {
            let changed = self.shared.changed.notified();
            let (nothing, idle) = {
                let state = self.shared.state();
                (state.arrivals.is_empty(), state.under_way == 0)
            };
            if idle && !nothing {
                break;
            }
            let until = if idle { begun + LATE } else { deadline };
            if timeout_at(until, changed).await.is_err() {
                break;
            }
        }
        let mut state = self.shared.state();
        // Whatever comes now is nobody's, and is answered as it should be.
        let acted = state.act.take().is_some();
        Overheard {
            arrivals: std::mem::take(&mut state.arrivals),
            acted,
            stranger: self.shared.stranger.clone(),
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a request down; what is to be done about it, and the number of its exchange.
    fn note(&self, arrival: Arrival) -> (Option<UpstreamAct>, u64) {
        let mut state = self.state();
        if state.arrivals.len() < KEPT {
            state.arrivals.push(arrival);
        }
        (state.act.clone(), state.turn)
    }

    /// Waits until another exchange begins.
    async fn behind(&self, turn: u64) {
        loop {
            let changed = self.changed.notified();
            if self.state().turn != turn {
                return;
            }
            changed.await;
        }
    }
}

/// A request that is under way: while one is, an exchange is not over.
struct UnderWay<'a>(&'a Shared);

impl<'a> UnderWay<'a> {
    fn new(shared: &'a Shared) -> Self {
        shared.state().under_way += 1;
        Self(shared)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.state().under_way -= 1;
        self.0.changed.notify_waiters();
    }
}

async fn listen_at(listener: TcpListener, at: Where, shared: Arc<Shared>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    drop(stream.set_nodelay(true));
                    serve(stream, at, &shared).await;
                    drop(place);
                });
            }
            // The system is out of connections: some will end.
            Err(_) => sleep(LATE).await,
        }
    }
}

/// One connection: each request is heard, written down, and answered.
async fn serve(mut stream: TcpStream, at: Where, shared: &Shared) {
    let mut intake = Intake::default();
    let mut relay = Relay::new(&shared.platform);
    while intake.begins(&mut stream).await {
        let under_way = UnderWay::new(shared);
        let heard = intake.request(&mut stream).await;
        let authority = if at == Where::Stranger { &shared.stranger } else { &shared.authority };
        let arrival = Arrival::of(at, authority, heard.bytes.clone(), heard.extent);
        let method = arrival.method.clone();
        let (act, turn) = shared.note(arrival);
        if heard.extent == Extent::Torn {
            return;
        }
        let goes_on = match (at, act) {
            (Where::Stranger, _) => play::unknown(&mut stream).await,
            (Where::Declared, Some(UpstreamAct::Fails(crate::plan::Failing::Silent))) => {
                drop(under_way);
                shared.behind(turn).await;
                return;
            }
            (Where::Declared, Some(act)) => play::act(&mut stream, &act, &shared.stranger).await,
            (Where::Declared, None) => relay.answer(&mut stream, (&method, &heard.bytes)).await,
        };
        if !goes_on {
            // What was sent behind it was sent, though nobody answers it any more.
            for heard in intake.rest() {
                shared.note(Arrival::of(at, authority, heard.bytes, heard.extent));
            }
            return;
        }
        drop(under_way);
    }
}
