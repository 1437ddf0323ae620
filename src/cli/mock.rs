//! `lockproof mock`: the reference server on its own.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clap::Args;

use crate::mock::{
    self, Config, Http2, LogSink, RateLimit, Records, Running, Served, TimesSink, TlsMode, defects, variants,
};
use crate::outcome::ExitCode;

use super::Done;
use super::bundle::Bundle;
use super::error::Failure;
use super::output::{self, Output, Progress};
use super::reference::{self, ReferenceFlags};
use super::signals::Signals;

const EXAMPLES: &str = "\
Examples:
  lockproof mock                                     the reference contract on free ports, printed as they are
  lockproof mock --contract lockproof.yaml --listen 127.0.0.1:8080
  lockproof mock --tls --certificates ./certs        with TLS; what a client needs is written to ./certs
  lockproof mock --defect ignore-expiry              an edge that does not look at the expiry of a key
  lockproof mock --list-defects                      what can be wrong with it

It ends on Ctrl-C or SIGTERM, after the requests that are under way.";

/// Serve a contract: a correct edge before its operations, to develop against and to prove a harness on.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct MockArgs {
    /// The contract; without it, the reference contract with eKYC and ABIS operations.
    #[arg(long, short, value_name = "FILE")]
    contract: Option<PathBuf>,
    /// Where the first environment listens; the others take the ports behind it. Port 0 is any free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Serve only this environment; repeatable.
    #[arg(long, value_name = "ENVIRONMENT")]
    environment: Vec<String>,
    #[command(flatten)]
    flags: ReferenceFlags,
    /// Demand a client certificate; needs --tls.
    #[arg(long, requires = "tls")]
    mtls: bool,
    /// Write the authority and a client identity, in PEM, to this folder; needs --tls.
    #[arg(long, value_name = "FOLDER", requires = "tls")]
    certificates: Option<PathBuf>,
    /// Also speak HTTP/2 on plain ports, to clients that begin with it.
    #[arg(long)]
    h2c: bool,
    /// Let a key send only so many requests a minute.
    #[arg(long, value_name = "N")]
    rate_limit: Option<u32>,
    /// Write to this file, at the end, when each request was here and when its answer was gone: a line each, two numbers
    /// of nanoseconds since the start.
    #[arg(long, value_name = "FILE")]
    times: Option<PathBuf>,
    /// Open a control listener on a loopback port of its own.
    #[arg(long)]
    control: bool,
    /// End with standard input, and tell how many requests were answered: for whoever starts the server as a child.
    #[arg(long, hide = true)]
    until_input_ends: bool,
    /// Print the defects that can be planted, and end. `lockproof between --list-defects` has those of a backend.
    #[arg(long)]
    list_defects: bool,
    /// Print the variants that it can be made, none of which is wrong, and end.
    #[arg(long)]
    list_variants: bool,
}

pub(super) fn run(args: &MockArgs, output: &Output) -> Done {
    if args.list_defects {
        let of_edge = defects::all().filter(|defect| !defect.is_of_backend());
        list(of_edge.chain(defects::under_load()).map(|defect| (defect.id, defect.what)))?;
        return Ok(ExitCode::Conformant);
    }
    if args.list_variants {
        list(variants::all().map(|variant| (variant.id, variant.what)))?;
        return Ok(ExitCode::Conformant);
    }
    let bundle = args.contract.as_deref().map_or_else(Bundle::reference, Bundle::from_file)?;
    let mut config = args.config(&bundle, output)?;
    let times = args.times.as_deref().map(Times::to);
    config.times = times.as_ref().map(Times::sink);
    let runtime = reference::runtime()?;
    runtime.block_on(async {
        let mut signals = Signals::listen().map_err(|error| Failure::System(error.to_string()))?;
        let running = mock::start(config).await.map_err(|error| reference::not_started(&error))?;
        announce(&running)?;
        args.write_certificates(&running)?;
        if args.until_input_ends {
            // A terminal's Ctrl-C reaches parent and child alike; the parent's requests are still to be answered.
            input_ended().await;
            let answered = running.shutdown().await;
            output::print(format!("answered {answered}\n").as_bytes())?;
        } else {
            signals.next().await;
            running.shutdown().await;
        }
        Ok::<_, Failure>(())
    })?;
    times.iter().try_for_each(Times::write)?;
    Ok(ExitCode::Conformant)
}

impl MockArgs {
    fn config(&self, bundle: &Bundle, output: &Output) -> Result<Config, Failure> {
        let mut config = self.flags.config(bundle)?;
        config.listen = self.listen;
        config.environments.clone_from(&self.environment);
        config.control = self.control;
        // Whoever starts it as a child loads it, and asks for no log.
        if self.until_input_ends {
            config.records = Records::None;
        }
        if self.mtls {
            config.tls = Some(TlsMode::Mutual);
        }
        if self.h2c {
            config.http2 = Http2::PriorKnowledge;
        }
        let window = Duration::from_mins(1);
        config.rate_limit = self.rate_limit.map(|requests| RateLimit { requests, window });
        // One line a request is of use to somebody who looks on, and to nobody under load.
        let looked_at = output.progress() != Progress::None;
        config.log = looked_at.then(|| LogSink(Arc::new(|line| output::say(&format!("{line}\n")))));
        Ok(config)
    }

    fn write_certificates(&self, running: &Running) -> Result<(), Failure> {
        let (Some(folder), Some(certificates)) = (&self.certificates, &running.certificates) else {
            return Ok(());
        };
        let files =
            [("ca.pem", &certificates.ca_pem), ("client-identity.pem", &certificates.client_identity_pem)];
        for (name, text) in files {
            let path = folder.join(name);
            super::reports::write_atomically(&path, text.as_bytes())
                .map_err(|error| Failure::Report(format!("could not write {}: {error}", path.display())))?;
        }
        Ok(())
    }
}

/// The times of all requests, until they are written.
struct Times<'a> {
    path: &'a Path,
    served: Arc<Mutex<Vec<Served>>>,
}

impl<'a> Times<'a> {
    fn to(path: &'a Path) -> Self {
        Self { path, served: Arc::default() }
    }

    fn sink(&self) -> TimesSink {
        let served = Arc::clone(&self.served);
        TimesSink(Arc::new(move |times| {
            served.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(times);
        }))
    }

    fn write(&self) -> Result<(), Failure> {
        let served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = Vec::with_capacity(served.len() * 24);
        for one in &*served {
            writeln!(text, "{} {}", one.arrived, one.answered).ok();
        }
        let failed = |error| Failure::Report(format!("could not write {}: {error}", self.path.display()));
        super::reports::write_atomically(self.path, &text).map_err(failed)
    }
}

/// Waits for the end of standard input.
async fn input_ended() {
    let read = tokio::task::spawn_blocking(|| {
        std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink()).ok();
    });
    read.await.ok();
}

/// Where everything is, one line each, so that a script can read it.
fn announce(running: &Running) -> Result<(), Failure> {
    let mut text = Vec::new();
    for endpoint in &running.endpoints {
        writeln!(text, "{} {}", endpoint.environment, endpoint.url).ok();
        if let Some(plaintext) = &endpoint.plaintext_url {
            writeln!(text, "{}.plaintext {plaintext}", endpoint.environment).ok();
        }
    }
    if let Some(control) = &running.control_url {
        writeln!(text, "control {control}").ok();
    }
    output::print(&text)
}

/// Ids, and what each stands for.
pub(super) fn list(all: impl Iterator<Item = (&'static str, &'static str)> + Clone) -> Result<(), Failure> {
    let width = all.clone().map(|(id, _)| id.len()).max().unwrap_or(0);
    let mut text = Vec::new();
    for (id, what) in all {
        writeln!(text, "{id:width$}  {what}").ok();
    }
    output::print(&text)
}
