//! The reference server, started inside this process.

use std::net::{Ipv4Addr, SocketAddr};

use clap::Args;
use tokio::runtime::Runtime;

use crate::contract::Contract;
use crate::document::suggest;
use crate::mock::defects::{self, Defect};
use crate::mock::variants::{self, Variant};
use crate::mock::{self, Config, Delay, Endpoint, Http2, Running, Stall, Tempo, TlsMode};
use crate::wire::HttpVersion;

use super::bundle::Bundle;
use super::error::Failure;

#[derive(Debug, Args)]
pub(super) struct ReferenceFlags {
    /// Plant a defect in the reference server, to see what finds it; repeatable.
    #[arg(long, value_name = "ID")]
    defect: Vec<String>,
    /// Make the reference server different, and not wrong, to see that nothing is raised; repeatable.
    #[arg(long, value_name = "ID")]
    variant: Vec<String>,
    /// Serve over TLS, with a certificate made for the occasion.
    #[arg(long)]
    tls: bool,
    /// Let the reference server work so long on what it let through: 20ms, 'uniform(5ms, 20ms)', 'exponential(10ms)' or
    /// 'lognormal(10ms, 0.5)'; over HTTP/1.
    #[arg(long, value_name = "TIME")]
    delay: Option<Delay>,
    /// Let the reference server answer nobody at the beginning of every period, as 300ms/1s; over HTTP/1.
    #[arg(long, value_name = "TIME/PERIOD")]
    stall: Option<Stall>,
}

impl ReferenceFlags {
    /// Whether a flag makes sense only with the reference server.
    pub(super) fn any(&self) -> bool {
        let slowed = self.delay.is_some() || self.stall.is_some();
        !self.defect.is_empty() || !self.variant.is_empty() || self.tls || slowed
    }

    /// The same flags, for a server in a process of its own.
    pub(super) fn arguments(&self) -> Vec<String> {
        let defects = self.defect.iter().flat_map(|id| ["--defect".to_owned(), id.clone()]);
        let variants = self.variant.iter().flat_map(|id| ["--variant".to_owned(), id.clone()]);
        let delay = self.delay.iter().flat_map(|delay| ["--delay".to_owned(), delay.to_string()]);
        let stall = self.stall.iter().flat_map(|stall| ["--stall".to_owned(), stall.to_string()]);
        let tls = self.tls.then(|| "--tls".to_owned());
        defects.chain(variants).chain(delay).chain(stall).chain(tls).collect()
    }

    /// The configuration of a server for a contract, on free loopback ports.
    pub(super) fn config(&self, bundle: &Bundle) -> Result<Config, Failure> {
        let mut config = Config::new(bundle.contract.clone(), bundle.keyring.clone());
        config.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        config.control = true;
        config.tls = self.tls.then_some(TlsMode::Server);
        config.tempo = Tempo { delay: self.delay, stall: self.stall };
        config.defects = self.defect.iter().map(|id| defect(id)).collect::<Result<_, _>>()?;
        for id in &self.variant {
            variant(id)?.apply(&mut config);
        }
        Ok(config)
    }
}

/// The defect of an id.
fn defect(id: &str) -> Result<&'static Defect, Failure> {
    if defects::find(id).is_some_and(Defect::is_of_backend) {
        let cure = format!("lockproof between --defect {id}");
        return Err(Failure::usage(format!("`{id}` is a defect of the reference backend: `{cure}`")));
    }
    defects::find(id).ok_or_else(|| {
        let all = defects::all().filter(|it| !it.is_of_backend()).chain(defects::under_load());
        let ids: Vec<_> = all.map(|defect| defect.id).collect();
        let hint = suggest(id, &ids).unwrap_or_else(|| "it has none".to_owned());
        Failure::usage(format!("the reference server has no defect `{id}`; {hint}"))
    })
}

/// The variant of an id.
fn variant(id: &str) -> Result<&'static Variant, Failure> {
    variants::find(id).ok_or_else(|| {
        let ids: Vec<_> = variants::all().map(|variant| variant.id).collect();
        let hint = suggest(id, &ids).unwrap_or_else(|| "`lockproof mock --list-variants` has all".to_owned());
        Failure::usage(format!("the reference server has no variant `{id}`; {hint}"))
    })
}

/// A running reference server and the runtime that it runs on.
#[derive(Debug)]
pub(super) struct Reference {
    /// What it keeps: the contract that it was started for, as a variant may have changed it.
    pub(super) contract: Contract,
    running: Running,
    runtime: Runtime,
}

/// Starts a server.
pub(super) fn start(
    bundle: &Bundle,
    flags: &ReferenceFlags,
    http: HttpVersion,
) -> Result<Reference, Failure> {
    let mut config = flags.config(bundle)?;
    if http == HttpVersion::Http2 {
        config.http2 = Http2::PriorKnowledge;
    }
    let runtime = runtime()?;
    let contract = config.contract.clone();
    let running = runtime.block_on(mock::start(config)).map_err(|error| not_started(&error))?;
    Ok(Reference { contract, running, runtime })
}

/// A runtime for a server.
pub(super) fn runtime() -> Result<Runtime, Failure> {
    // At least two, so that what one thread must not do to another happens on small machines too.
    let threads = std::thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, 16));
    let built = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build();
    built.map_err(|error| Failure::System(format!("start the reference server: {error}")))
}

/// Why a server did not start, as the operator reads it.
pub(super) fn not_started(error: &mock::MockError) -> Failure {
    Failure::usage(format!("could not start the reference server: {error}"))
}

impl Reference {
    /// Where an environment is.
    pub(super) fn endpoint(&self, environment: &str) -> Option<&Endpoint> {
        self.running.endpoints.iter().find(|endpoint| endpoint.environment == environment)
    }

    /// Where it is steered.
    pub(super) fn control_url(&self) -> &str {
        self.running.control_url.as_deref().unwrap_or_default()
    }

    /// The authority that signed its certificate, in PEM.
    pub(super) fn authority(&self) -> Option<Vec<u8>> {
        self.running.certificates.as_ref().map(|certificates| certificates.ca_pem.clone().into_bytes())
    }

    /// Ends the server gracefully.
    pub(super) fn stop(self) {
        self.runtime.block_on(self.running.shutdown());
    }
}
