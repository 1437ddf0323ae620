//! `lockproof between`: a backend between clients and the platform, tried from both ends.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::runtime::Runtime;

use crate::contract::{Contract, KeySource, is_remote};
use crate::mock::backend::{self, BackendConfig, RunningBackend};
use crate::mock::defects::Defect;
use crate::mock::{self, Config, Running};
use crate::outcome::ExitCode;
use crate::plan::{Permits, Plan};
use crate::redact::Redactor;
use crate::runner::{Header, Job, Lane, Settings, Steering, Strictness, conclude};
use crate::wire::{Origin, Plane, Upstream};

use super::bundle::Bundle;
use super::client::ClientFlags;
use super::error::Failure;
use super::mock::list;
use super::output::{self, Output};
use super::reports::{Reports, Wanted};
use super::run::{LimitArgs, SelectArgs, contract_info, now, now_ms};
use super::sending::carry_out;
use super::{Done, reference};

const EXAMPLES: &str = "\
Examples:
  lockproof between                                        the reference backend, in front of the reference server
  lockproof between --contract lockproof.yaml --backend http://127.0.0.1:3000 --listen-upstream 127.0.0.1:8071
                                                           your backend; http://127.0.0.1:8071 is its platform meanwhile
  lockproof between --defect backend-error-tells-request   see what a finding looks like
  lockproof between --list-defects                         what can be wrong with the reference backend
  lockproof between --list                                 see the cases, send nothing

Lockproof plays both ends: the clients in front of the backend, and the platform behind it, where it writes down all that
arrives, refuses, fails and is silent. The contract says under `backend` which routes there are and what each is for.";

/// Try a backend that stands between clients and the platform: does the key stay in it?
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct BetweenArgs {
    /// The contract, with a section `backend`; without it, the built-in one.
    #[arg(long, short, value_name = "FILE")]
    contract: Option<PathBuf>,
    /// Where the backend runs, instead of where the contract says; without a contract, the built-in reference backend.
    #[arg(long, value_name = "URL")]
    backend: Option<String>,
    /// Where Lockproof listens as the platform: what the backend must take for the platform's address.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8071")]
    listen_upstream: SocketAddr,
    /// Try the built-in reference backend with this contract.
    #[arg(long, conflicts_with = "backend")]
    reference: bool,
    /// Plant a defect in the reference backend, to see what finds it; repeatable.
    #[arg(long, value_name = "ID", conflicts_with = "backend")]
    defect: Vec<String>,
    /// Print the defects that can be planted in the reference backend, and end.
    #[arg(long)]
    list_defects: bool,
    /// Send requests that change something where they are accepted (always on for the reference backend).
    #[arg(long)]
    allow_effects: bool,
    #[command(flatten)]
    client: ClientFlags,
    #[command(flatten)]
    select: SelectArgs,
    #[command(flatten)]
    limits: LimitArgs,
    /// A report to write, as FORMAT or FORMAT=FILE (`-` is standard output); repeatable. The formats are those of
    /// `lockproof run`. Without it, html, json and junit go to reports/latest.
    #[arg(long, value_name = "FORMAT[=FILE]", help_heading = "Reports")]
    report: Vec<Wanted>,
    /// A warning counts like a failure.
    #[arg(long, help_heading = "Reports")]
    strict: bool,
}

/// A backend, and both ends of it.
struct Ends {
    runtime: Runtime,
    platform: Running,
    upstream: Upstream,
    reference: Option<RunningBackend>,
}

pub(super) fn run(args: &BetweenArgs, output: &Output) -> Done {
    if args.list_defects {
        list(defects().map(|defect| (defect.id, defect.what)))?;
        return Ok(ExitCode::Conformant);
    }
    let platform = args.contract.as_deref().map_or_else(Bundle::reference, Bundle::from_file)?;
    let mut facing = args.facing(&platform)?;
    let plan = Arc::new(args.select.plan(args.permits(), &facing)?);
    if let Some(text) = args.select.shown(&plan) {
        output::print(text.as_bytes())?;
        return Ok(ExitCode::Conformant);
    }
    let reports = Reports::new(args.report.clone())?;
    let ends = args.open(&platform, &facing)?;
    if let Some(running) = &ends.reference {
        facing.contract.environments.values_mut().for_each(|one| one.base_url.clone_from(&running.url));
    } else {
        output::say(&format!(
            "the platform is {} meanwhile: the backend must call it there\n",
            ends.upstream.url()
        ));
    }
    let exit = args.on((&plan, &facing), (&ends, reports), output);
    let Ends { runtime, platform, reference, .. } = ends;
    runtime.block_on(async {
        if let Some(reference) = reference {
            reference.shutdown().await;
        }
        platform.shutdown().await;
    });
    exit
}

impl BetweenArgs {
    /// The reference backend is tried where no other is named.
    fn uses_reference(&self) -> bool {
        self.backend.is_none() && (self.contract.is_none() || self.reference || !self.defect.is_empty())
    }

    fn permits(&self) -> Permits {
        Permits {
            effects: self.allow_effects || self.uses_reference(),
            no_exact_bytes: self.client.no_exact_bytes(),
            frames: self.client.frames(),
            ..Permits::default()
        }
    }

    /// What clients see of the backend, with the keys of both sides.
    fn facing(&self, platform: &Bundle) -> Result<Bundle, Failure> {
        let mut contract = platform.contract.facing_clients().ok_or_else(|| {
            Failure::usage(format!(
                "{}: the contract has no section `backend`; say what is in between",
                platform.file
            ))
        })?;
        if let Some(url) = &self.backend {
            let is_fixture = |(_, source): (&str, &KeySource)| matches!(source, KeySource::Fixture(_));
            let holds_fixture = |contract: &Contract| contract.key_sources().any(is_fixture);
            if is_remote(url) && (holds_fixture(&platform.contract) || holds_fixture(&contract)) {
                return Err(Failure::usage("a fixture key is for this machine alone, not for --backend"));
            }
            Origin::new(url).map_err(|error| Failure::usage(format!("--backend: could not {error}")))?;
            contract.environments.values_mut().for_each(|one| one.base_url.clone_from(url));
        }
        Ok(Bundle {
            file: platform.file.clone(),
            contract,
            bodies: platform.bodies.clone(),
            keyring: platform.keyring.clone().with(&platform.clients()?),
            folder: platform.folder.clone(),
            unused: platform.unused.clone(),
        })
    }

    /// Opens both ends, and starts the reference backend where that is in between.
    fn open(&self, platform: &Bundle, facing: &Bundle) -> Result<Ends, Failure> {
        let runtime = reference::runtime()?;
        let config = Config::new(platform.contract.clone(), platform.keyring.clone());
        let running =
            runtime.block_on(mock::start(config)).map_err(|error| reference::not_started(&error))?;
        let environment =
            platform.contract.backend.as_ref().map_or("", |backend| backend.environment.as_str());
        let origin = running.url(environment).and_then(|url| Origin::new(url).ok());
        let origin = origin.ok_or_else(|| Failure::System("find the platform".to_owned()))?;
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listen = if self.uses_reference() { free } else { self.listen_upstream };
        if listen.ip().is_unspecified() {
            return Err(Failure::usage(format!(
                "--listen-upstream {listen}: name the address at which the backend reaches this machine, not all of them"
            )));
        }
        let upstream = runtime.block_on(Upstream::open(listen, &origin)).map_err(|error| {
            Failure::usage(format!(
                "could not listen at {listen} as the platform: {error}; see --listen-upstream"
            ))
        })?;
        let config = || {
            let defects = self.defect.iter().map(|id| defect(id)).collect::<Result<_, _>>()?;
            let (contract, keyring) = (platform.contract.clone(), facing.keyring.clone());
            Ok::<_, Failure>(BackendConfig {
                contract,
                keyring,
                listen: free,
                platform: upstream.url(),
                defects,
            })
        };
        let start =
            |config| runtime.block_on(backend::start(config)).map_err(|error| reference::not_started(&error));
        let reference = if self.uses_reference() { Some(start(config()?)?) } else { None };
        Ok(Ends { runtime, platform: running, upstream, reference })
    }

    fn on(
        &self,
        (plan, facing): (&Arc<Plan>, &Bundle),
        (ends, mut reports): (&Ends, Reports),
        output: &Output,
    ) -> Done {
        let lanes = self.lanes(facing)?;
        let header = self.header(facing, &lanes);
        let redactor = Redactor::new(&facing.keyring);
        let steering = self.client.steering(self.limits.timeout)?;
        let plane =
            Plane::new(&facing.contract.control, &steering, facing.folder.clone(), std::iter::empty())
                .map_err(|error| Failure::usage(format!("control: could not {error}")))?;
        let job = Job {
            plan: Arc::clone(plan),
            contract: facing.contract.clone(),
            keyring: facing.keyring.clone(),
            redactor: redactor.clone(),
            lanes,
            steering: Steering::new(plane, now_ms),
            upstream: Some(ends.upstream.clone()),
            // What arrives behind the backend is known for one request's because nothing else was sent.
            settings: Settings { jobs: 1, ..self.limits.settings(header.seed) },
        };
        let mut streams = reports.streams()?;
        streams.begin(&header, plan, &redactor);
        let collected = carry_out(job, output, &mut |event| streams.notice(event))?;
        let conclusion = conclude(header, plan, collected, &redactor);
        let streamed = streams.end(&conclusion.result);
        reports.write(&conclusion.result, output)?;
        streamed?;
        Ok(conclusion.exit)
    }

    fn lanes(&self, facing: &Bundle) -> Result<BTreeMap<String, Lane>, Failure> {
        let timeout: Duration = self.limits.timeout;
        let lane = |(name, environment): (&crate::document::Name, &crate::contract::Environment)| {
            let options = self.client.options(environment, &facing.folder, timeout)?;
            let lane = Lane::new(&environment.base_url, None, &options)
                .map_err(|error| Failure::usage(format!("the backend: could not {error}")))?;
            Ok((name.to_string(), lane))
        };
        facing.contract.environments.iter().map(lane).collect()
    }

    fn header(&self, facing: &Bundle, lanes: &BTreeMap<String, Lane>) -> Header {
        Header {
            contract: contract_info(facing),
            targets: lanes
                .iter()
                .map(|(name, lane)| (name.clone(), lane.origin.as_str().to_owned()))
                .collect(),
            seed: self.limits.seed(),
            started: now(),
            notices: self.client.notices(),
            strictness: if self.strict { Strictness::Strict } else { Strictness::Lenient },
        }
    }
}

/// The defects of the reference backend.
fn defects() -> impl Iterator<Item = &'static Defect> + Clone {
    mock::defects::all().filter(|defect| defect.is_of_backend())
}

/// The defect of an id, where it is one of the reference backend.
fn defect(id: &str) -> Result<&'static Defect, Failure> {
    defects().find(|defect| defect.id == id).ok_or_else(|| {
        let ids: Vec<_> = defects().map(|defect| defect.id).collect();
        let hint = crate::document::suggest(id, &ids).unwrap_or_else(|| format!("it has {}", ids.join(", ")));
        Failure::usage(format!("the reference backend has no defect `{id}`; {hint}"))
    })
}
