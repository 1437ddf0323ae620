//! Starting a server, and ending it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::config::{Config, MockError};
use super::control::Desk;
use super::http1::Responder;
use super::listen::{self, Transport};
use super::server::{Server, Site};
use super::tls;

/// How long connections may take to end when the server does.
const GRACE: Duration = Duration::from_secs(5);

/// How far behind the first port the control listener is, where the ports of environments and nodes end before.
const CONTROL: u16 = 10;

/// A server that runs. Dropping it ends it at once.
#[derive(Debug)]
#[must_use = "the server ends when this is dropped"]
pub struct Running {
    /// Where each environment is reached, in the order of the configuration.
    pub endpoints: Vec<Endpoint>,
    /// Where the server is steered, if it can be.
    pub control_url: Option<String>,
    /// What clients need for TLS, if it is spoken.
    pub certificates: Option<Certificates>,
    stop: watch::Sender<bool>,
    listeners: JoinSet<()>,
    server: Arc<Server>,
}

/// Where one environment is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The environment.
    pub environment: String,
    /// Its base URL.
    pub url: String,
    /// Its plain base URL, where the other one is TLS: no key counts there.
    pub plaintext_url: Option<String>,
    /// The base URLs of its further nodes: there is one where the server can be steered.
    pub nodes: Vec<String>,
}

/// What clients need for TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificates {
    /// The authority to trust, in PEM.
    pub ca_pem: String,
    /// A client certificate of that authority and its private key, in PEM.
    pub client_identity_pem: String,
}

impl Running {
    /// The base URL of an environment.
    pub fn url(&self, environment: &str) -> Option<&str> {
        self.endpoints.iter().find(|it| it.environment == environment).map(|it| it.url.as_str())
    }

    /// Ends the server: no new connection, no new request; requests that are under way get their answer, for
    /// five seconds at most. Tells how many requests it answered in its life.
    pub async fn shutdown(mut self) -> u64 {
        self.stop.send_replace(true);
        let ended = async { while self.listeners.join_next().await.is_some() {} };
        drop(timeout(GRACE, ended).await);
        self.listeners.shutdown().await;
        self.server.answered()
    }
}

/// Starts a server.
///
/// # Errors
/// A contract that cannot be served, an address that cannot be listened on, or TLS that cannot be set up.
pub async fn start(config: Config) -> Result<Running, MockError> {
    let (listen, http2, with_control) = (config.listen, config.http2, config.control);
    let minted = config.tls.map(tls::mint).transpose()?;
    let server = Arc::new(Server::new(config)?);
    let mut house = House { stop: watch::Sender::new(false), listeners: JoinSet::new() };

    let mut endpoints = Vec::new();
    let environments = u16::try_from(server.environments.len()).unwrap_or(u16::MAX);
    for (number, (environment, data)) in (0_u16..).zip(&server.environments) {
        let site = |trusted, node| Site {
            server: Arc::clone(&server),
            node,
            environment: environment.clone(),
            data: Arc::clone(data),
            trusted,
            connection: 0,
            peer: None,
        };
        let address = behind(listen, number)?;
        let plain = if (server.edge.offers)(http2) { Transport::Either } else { Transport::Http1 };
        let transport =
            minted.as_ref().map_or(plain.clone(), |minted| Transport::Tls(minted.acceptor.clone()));
        let url = house.open(address, site(true, 0), transport.clone()).await?;
        let mut plaintext_url = None;
        if minted.is_some() {
            let beside = SocketAddr::new(listen.ip(), 0);
            plaintext_url = Some(house.open(beside, site(false, 0), plain).await?);
        }
        let mut nodes = Vec::new();
        if with_control {
            let address = behind(listen, number.saturating_add(environments))?;
            nodes.push(house.open(address, site(true, 1), transport).await?);
        }
        endpoints.push(Endpoint { environment: environment.clone(), url, plaintext_url, nodes });
    }
    let mut control_url = None;
    if with_control {
        let address = of_control(listen, environments)?;
        control_url = Some(house.open(address, Desk::new(Arc::clone(&server)), Transport::Http1).await?);
    }
    let certificates = minted.map(|minted| minted.certificates);
    Ok(Running { endpoints, control_url, certificates, stop: house.stop, listeners: house.listeners, server })
}

/// The address of the listener of a number; port 0 stays 0.
fn behind(first: SocketAddr, number: u16) -> Result<SocketAddr, MockError> {
    let port = if first.port() == 0 { Some(0) } else { first.port().checked_add(number) };
    port.map(|port| SocketAddr::new(first.ip(), port)).ok_or(MockError::NoPort { first, number })
}

/// The address of the control listener: a fixed port has a fixed one for this behind it, which no environment and no node
/// has.
fn of_control(first: SocketAddr, environments: u16) -> Result<SocketAddr, MockError> {
    let port = behind(first, environments.saturating_mul(2).max(CONTROL))?.port();
    Ok(SocketAddr::from(([127, 0, 0, 1], port)))
}

/// The listeners of a server that is being started.
struct House {
    stop: watch::Sender<bool>,
    listeners: JoinSet<()>,
}

impl House {
    async fn open<R: Responder>(
        &mut self,
        address: SocketAddr,
        responder: R,
        transport: Transport,
    ) -> Result<String, MockError> {
        let failed = |source| MockError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let bound = listener.local_addr().map_err(failed)?;
        let scheme = if matches!(transport, Transport::Tls(_)) { "https" } else { "http" };
        let task = listen::serve(listener, Arc::new(responder), transport, self.stop.subscribe());
        self.listeners.spawn(task);
        Ok(format!("{scheme}://{bound}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_control_listener_has_a_port_that_no_environment_and_no_node_has() {
        let port = |port| SocketAddr::from(([127, 0, 0, 1], port));
        for (environments, wanted) in [(1, 8090), (5, 8090), (6, 8092), (40, 8160)] {
            assert_eq!(of_control(port(8080), environments).unwrap(), port(wanted));
            assert!((0..2 * environments).all(|number| behind(port(8080), number).unwrap() != port(wanted)));
        }
        assert_eq!(of_control(port(0), 40).unwrap(), port(0));
    }

    #[test]
    fn a_port_that_does_not_exist_is_not_another_one() {
        let first = SocketAddr::from(([127, 0, 0, 1], 65_530));
        let none = of_control(first, 1).unwrap_err().to_string();
        assert!(none.starts_with("listen 10 ports behind 127.0.0.1:65530: "), "{none}");
    }
}
