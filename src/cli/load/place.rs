//! Where a load goes, and whether this process can send it at all.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;

use crate::cli::error::Failure;
use crate::cli::target::AimedApart;
use crate::document::Rate;
use crate::load::format::LoadPlan;
use crate::load::schedule::Schedule;
use crate::load::{self, Asking, Demand, Job, Pace, Place, Target, Wheel, Wish};
use crate::redact::Redactor;
use crate::wire::{self, ClientOptions, Origin, Scheme};

use super::args::LoadArgs;

/// Binds a plan to the place where it goes.
pub(super) fn job(
    args: &LoadArgs,
    (name, plan, pace): (&str, &LoadPlan, Pace),
    aimed: &AimedApart,
) -> Result<Job, Failure> {
    let bundle = &aimed.bundle;
    let permits = args.target.permits();
    let wanted = args.environment.clone().or_else(|| plan.environment.as_ref().map(ToString::to_string));
    let environment =
        load::environment(&bundle.contract, wanted.as_deref(), &permits).map_err(Failure::usage)?.to_string();
    let base = bundle.contract.environments.iter().find(|(known, _)| known.as_str() == environment);
    let base = base.map_or("", |(_, declared)| declared.base_url.as_str());
    let protected = bundle
        .contract
        .environments
        .iter()
        .any(|(known, declared)| known.as_str() == environment && declared.protected);
    capped(args, (&environment, protected), (plan, &pace))?;
    let origin = Origin::new(base).map_err(|error| Failure::usage(format!("could not {error}")))?;
    let options = args.target.plain_options(aimed, &environment, pace.settings.timeout)?;
    let target = target(args, (&environment, &origin), &options, pace.peak())?;
    let bindings = Place {
        contract: &bundle.contract,
        bodies: &bundle.bodies,
        permits: &permits,
        keyring: &bundle.keyring,
        environment: &environment,
        origin: &origin,
        seed: pace.settings.seed,
    };
    let bound = load::bind(plan, &bindings).map_err(|error| Failure::usage(format!("could not {error}")))?;
    let wheel = wheel(args, plan, (aimed, &origin), (options, pace.settings.timeout))?;
    load::prepare(Wish {
        plan,
        name: name.to_owned(),
        pace,
        thresholds: args.thresholds(),
        bound,
        wheel,
        contract: bundle.contract.clone(),
        redactor: Redactor::new(&bundle.keyring),
        target,
    })
    .map_err(Failure::usage)
}

/// What it takes to steer the target, where the plan does that.
fn wheel(
    args: &LoadArgs,
    plan: &LoadPlan,
    (aimed, origin): (&AimedApart, &Origin),
    (options, timeout): (ClientOptions, Duration),
) -> Result<Option<Wheel>, Failure> {
    if plan.timeline.is_empty() && plan.journeys.is_empty() {
        return Ok(None);
    }
    let steering = args.target.steering_apart(aimed, timeout)?;
    let keyring = aimed.bundle.keyring.clone();
    let scheme = if origin.is_tls() { Scheme::Https } else { Scheme::Http };
    let options = ClientOptions { scheme, ..options };
    Ok(Some(Wheel { steering, keyring, origin: origin.clone(), options }))
}

/// Refuses a plan that asks for more than the operator permits.
fn capped(
    args: &LoadArgs,
    (environment, protected): (&str, bool),
    (plan, pace): (&LoadPlan, &Pace),
) -> Result<(), Failure> {
    let all = pace.schedule.as_ref().map(Schedule::planned).filter(|_| !args.is_counted());
    let demand = Demand {
        environment,
        protected,
        pace: match pace.peak() {
            _ if !plan.journeys.is_empty() => Asking::Users,
            Some(peak) => Asking::Rate(peak),
            None => Asking::Closed,
        },
        requests: all,
        most: args.max_rate.as_ref().map(Rate::per_second),
    };
    load::cap(&demand).map_err(Failure::usage)
}

/// One address of one origin, that may be loaded.
fn target(
    args: &LoadArgs,
    (environment, origin): (&str, &Origin),
    options: &ClientOptions,
    peak: Option<f64>,
) -> Result<Target, Failure> {
    let host = origin.host();
    let unknown = |why: &str| Failure::Inconclusive(format!("could not find `{host}`: {why}"));
    let addresses = (host, origin.port()).to_socket_addrs().map_err(|error| unknown(&error.to_string()))?;
    let addresses: Vec<SocketAddr> = addresses.collect();
    let authorized =
        load::authorise(host, &addresses, peak, args.authorized.as_deref()).map_err(Failure::usage)?;
    let address = addresses.first().copied().ok_or_else(|| unknown("it has no address"))?;
    let tls = origin.is_tls().then(|| tls(host, options)).transpose()?;
    let (environment, url) = (environment.to_owned(), origin.as_str().to_owned());
    Ok(Target { environment, url, address, tls, authorized })
}

type Tls = (Arc<rustls::ClientConfig>, ServerName<'static>);

fn tls(host: &str, options: &ClientOptions) -> Result<Tls, Failure> {
    let options = ClientOptions { scheme: Scheme::Https, ..options.clone() };
    let failed = |why: &dyn std::fmt::Display| Failure::usage(format!("could not set up TLS: {why}"));
    let config = wire::tls_config(&options).map_err(|error| failed(&error))?;
    let name = ServerName::try_from(host.to_owned()).map_err(|error| failed(&error))?;
    Ok((Arc::new(config), name))
}
