//! The reference backend: what a customer puts between its clients and the platform, as it should be.
//!
//! Clients prove to it who they are; it calls the platform for them with a key that none of them ever sees. Like the
//! reference server's edge it is a pipeline of small stages, each of which can be exchanged: `Backend` names them, and
//! `Backend::sound` is the whole of the sound one. It writes every request to the platform itself, from what it knows:
//! of a client's request only the body and the parameters of the path go on.

mod ask;
mod house;
mod stages;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinSet, block_in_place};

use super::config::MockError;
use super::defects::Defect;
use super::edge::Denial;
use super::http1::{Admission, Manner, Reception, Responder};
use super::listen::{self, Transport};
use super::message::{Answer, Head};
use crate::contract::{Contract, Keyring};

pub(crate) use ask::{Incoming, Outgoing, Trouble, send};
pub(crate) use house::{Client, Found, House, Way};
pub(crate) use stages::path_of;

/// What a backend is made from.
#[derive(Debug)]
pub struct BackendConfig {
    /// The contract, with its section `backend`.
    pub contract: Contract,
    /// The keys of its credentials and what its clients prove themselves with.
    pub keyring: Keyring,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where the platform is: its base URL, without TLS.
    pub platform: String,
    /// What is wrong with it.
    pub defects: Vec<&'static Defect>,
}

/// A request that the backend goes on with.
#[derive(Debug)]
pub(crate) struct Asked {
    /// Where it leads.
    pub(crate) found: Found,
    /// Its body.
    pub(crate) body: Vec<u8>,
}

/// Who a request proves to be from.
type Identify = Arc<dyn Fn(&House, &Head) -> Result<Arc<Client>, Denial> + Send + Sync>;
/// Where a request leads.
type Find = Arc<dyn Fn(&House, &Head) -> Result<Found, Denial> + Send + Sync>;
/// Whether a client may use a route.
type Permits = Arc<dyn Fn(&House, &Client, &Found) -> bool + Send + Sync>;
/// The request to the platform.
type Compose = Arc<dyn Fn(&House, &Head, &Asked) -> Outgoing + Send + Sync>;
/// What the platform says to it.
type Ask = Arc<dyn Fn(&House, &Outgoing) -> Result<Incoming, Trouble> + Send + Sync>;
/// What the client gets to hear of that.
type Tell = Arc<dyn Fn(&House, &Outgoing, Result<Incoming, Trouble>) -> Answer + Send + Sync>;
/// What browsers are told.
type Share = Arc<dyn Fn(&House, &Head, &mut Answer) + Send + Sync>;
/// What is done about a request before anybody knows whose it is.
type Early = Arc<dyn Fn(&House, &Head) + Send + Sync>;

/// The stages of the pipeline.
#[derive(Clone)]
pub(crate) struct Backend {
    /// Receives: the grammar of a head.
    pub(crate) receive: Reception,
    /// Before anything else: nothing, where the backend is sound.
    pub(crate) early: Early,
    /// Identifies the client.
    pub(crate) identify: Identify,
    /// Routes.
    pub(crate) find: Find,
    /// Permission: whether a route is a client's.
    pub(crate) permits: Permits,
    /// Composes the request to the platform.
    pub(crate) compose: Compose,
    /// Asks the platform.
    pub(crate) ask: Ask,
    /// Tells the client.
    pub(crate) tell: Tell,
    /// Shares: what browsers are told.
    pub(crate) share: Share,
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Backend")
    }
}

impl Backend {
    /// The backend as it should be.
    pub(crate) fn sound() -> Self {
        Self {
            receive: Reception::sound(),
            early: Arc::new(|_, _| {}),
            identify: Arc::new(stages::identify),
            find: Arc::new(stages::find),
            permits: Arc::new(stages::permits),
            compose: Arc::new(stages::compose),
            ask: Arc::new(|house, outgoing| ask::send(&house.platform, outgoing)),
            tell: Arc::new(|_, _, said| stages::tell(said)),
            share: Arc::new(stages::share),
        }
    }
}

/// A backend that runs. Dropping it ends it at once.
#[derive(Debug)]
#[must_use = "the backend ends when this is dropped"]
pub struct RunningBackend {
    /// Its base URL.
    pub url: String,
    stop: watch::Sender<bool>,
    listeners: JoinSet<()>,
}

impl RunningBackend {
    /// Ends it: requests that are under way are not waited for.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        self.listeners.shutdown().await;
    }
}

/// Starts a backend, on a runtime of several threads: it waits for the platform on the thread that it is asked on.
///
/// # Errors
/// A contract without a backend, refusals that cannot be produced, and an address that cannot be listened on.
pub async fn start(config: BackendConfig) -> Result<RunningBackend, MockError> {
    let address = config.listen;
    let failed = |source| MockError::Listen { address, source };
    let mut stages = Backend::sound();
    config.defects.iter().for_each(|defect| defect.plant_in_backend(&mut stages));
    let responder = Desk { house: House::new(&config)?, stages };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let url = format!("http://{}", listener.local_addr().map_err(failed)?);
    let (stop, mut listeners) = (watch::Sender::new(false), JoinSet::new());
    listeners.spawn(listen::serve(listener, Arc::new(responder), Transport::Http1, stop.subscribe()));
    Ok(RunningBackend { url, stop, listeners })
}

/// Whoever answers clients sits here.
#[derive(Debug)]
struct Desk {
    house: House,
    stages: Backend,
}

impl Desk {
    fn finished(&self, head: &Head, mut answer: Answer) -> Answer {
        (self.stages.share)(&self.house, head, &mut answer);
        answer.to(Some(head))
    }

    /// Where a request leads that its client may make.
    fn admitted(&self, head: &Head) -> Result<Found, Denial> {
        let client = (self.stages.identify)(&self.house, head)?;
        let found = (self.stages.find)(&self.house, head)?;
        if (self.stages.permits)(&self.house, &client, &found) {
            return Ok(found);
        }
        Err(Denial::Refused(crate::contract::RefusalKind::Insufficient))
    }
}

impl Responder for Desk {
    type Pass = Found;

    fn reception(&self) -> &Reception {
        &self.stages.receive
    }

    fn manner(&self) -> Manner {
        Manner::standard()
    }

    fn awaits_body(&self, _head: &Head) -> bool {
        false
    }

    fn admit(&self, head: &Head, _body: Option<&[u8]>) -> Admission<Found> {
        if head.method == http::Method::OPTIONS {
            return Admission::Answered(self.finished(head, Answer::bare(204)));
        }
        block_in_place(|| (self.stages.early)(&self.house, head));
        match self.admitted(head) {
            Ok(found) => Admission::Admitted(found),
            Err(denial) => Admission::Answered(self.finished(head, self.house.refusal(&denial))),
        }
    }

    fn serve(&self, head: &Head, found: Found, body: &[u8]) -> Answer {
        let asked = Asked { found, body: body.to_vec() };
        let outgoing = (self.stages.compose)(&self.house, head, &asked);
        let said = block_in_place(|| (self.stages.ask)(&self.house, &outgoing));
        self.finished(head, (self.stages.tell)(&self.house, &outgoing, said))
    }

    fn refuse(&self, head: Option<&Head>, denial: &Denial) -> Answer {
        self.house.refusal(denial).to(head)
    }
}
