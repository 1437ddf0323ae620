//! What a run is held against: a contract, and where its environments are.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::contract::{Contract, KeySource, is_remote};
use crate::plan::Permits;
use crate::runner::{Lane, Steering};
use crate::wire::{ClientOptions, Plane};

use super::bundle::Bundle;
use super::child::Child;
use super::client::ClientFlags;
use super::error::Failure;
use super::reference::{self, Reference, ReferenceFlags};

#[derive(Debug, Args)]
#[command(next_help_heading = "Target")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct TargetArgs {
    /// The contract; without it, the built-in reference server and its contract.
    #[arg(long, short, value_name = "FILE")]
    contract: Option<PathBuf>,
    /// Another base URL for an environment, as ENVIRONMENT=URL, or URL where there is only one; repeatable. Its `nodes` and
    /// `plaintext_url`, and `control`, are of the other place, and are not used.
    #[arg(long, value_name = "[ENV=]URL", requires = "contract")]
    target: Vec<String>,
    /// Try the contract on the built-in reference server instead of its own target.
    #[arg(long, conflicts_with = "target")]
    reference: bool,
    #[command(flatten)]
    flags: ReferenceFlags,
    #[command(flatten)]
    client: ClientFlags,
    /// Ask a protected environment; repeatable.
    #[arg(long, value_name = "ENVIRONMENT")]
    allow: Vec<String>,
    /// Send requests that change the target when they are accepted (always on for the reference server).
    #[arg(long)]
    allow_effects: bool,
}

/// A contract whose environments are where they will be asked.
#[derive(Debug)]
pub(super) struct Aimed {
    /// The contract, its bodies and its keys.
    pub(super) bundle: Bundle,
    /// The reference server, where that is the target.
    pub(super) reference: Option<Reference>,
}

/// The same, with the reference server in a process of its own.
#[derive(Debug)]
pub(super) struct AimedApart {
    /// The contract, its bodies and its keys.
    pub(super) bundle: Bundle,
    /// The reference server, where that is the target.
    pub(super) child: Option<Child>,
}

impl TargetArgs {
    /// Reads the contract and finds out where its environments are; starts the reference server, if that is where, in a
    /// process of its own: its work must not be taken for the client's.
    pub(super) fn aim_apart(&self) -> Result<AimedApart, Failure> {
        let mut bundle = self.contract.as_deref().map_or_else(Bundle::reference, Bundle::from_file)?;
        if !self.uses_reference() {
            self.redirect(&mut bundle)?;
            return Ok(AimedApart { bundle, child: None });
        }
        bundle.contract = self.flags.config(&bundle)?.contract;
        let child = Child::start(self.contract.as_deref(), &self.flags)?;
        for (name, environment) in &mut bundle.contract.environments {
            if let Some(url) = child.url(name.as_str()) {
                url.clone_into(&mut environment.base_url);
                environment.plaintext_url = None;
                environment.protected = false;
            }
        }
        own_control(&mut bundle, child.control_url())?;
        Ok(AimedApart { bundle, child: Some(child) })
    }

    /// How an environment is reached, over HTTP/1.1 and without a proxy: load knows no other way.
    pub(super) fn plain_options(
        &self,
        aimed: &AimedApart,
        environment: &str,
        timeout: Duration,
    ) -> Result<ClientOptions, Failure> {
        if let Some(why) = self.client.no_exact_bytes() {
            return Err(Failure::usage(format!("load cannot be sent so: {why}")));
        }
        let found = aimed.bundle.contract.environments.iter().find(|(name, _)| name.as_str() == environment);
        let (_, declared) = found.ok_or_else(|| Failure::usage(format!("there is no `{environment}`")))?;
        let mut options = self.client.options(declared, &aimed.bundle.folder, timeout)?;
        options.authorities.extend(aimed.child.as_ref().and_then(Child::authority));
        Ok(options)
    }

    /// Reads the contract and finds out where its environments are; starts the reference server if that is where.
    pub(super) fn aim(&self) -> Result<Aimed, Failure> {
        let mut bundle = self.contract.as_deref().map_or_else(Bundle::reference, Bundle::from_file)?;
        if !self.uses_reference() {
            self.redirect(&mut bundle)?;
            return Ok(Aimed { bundle, reference: None });
        }
        let reference = reference::start(&bundle, &self.flags, self.client.http())?;
        bundle.contract.clone_from(&reference.contract);
        for (name, environment) in &mut bundle.contract.environments {
            if let Some(endpoint) = reference.endpoint(name.as_str()) {
                environment.base_url.clone_from(&endpoint.url);
                environment.plaintext_url.clone_from(&endpoint.plaintext_url);
                environment.nodes.clone_from(&endpoint.nodes);
                environment.protected = false;
            }
        }
        own_control(&mut bundle, reference.control_url())?;
        Ok(Aimed { bundle, reference: Some(reference) })
    }

    /// The reference server is the target where no other is named, and where it is asked for.
    fn uses_reference(&self) -> bool {
        self.contract.is_none() || self.reference || self.flags.any()
    }

    /// Puts environments where `--target` says that they are.
    fn redirect(&self, bundle: &mut Bundle) -> Result<(), Failure> {
        self.target.iter().try_for_each(|target| redirect(bundle, target).map(drop))
    }

    /// The two values of `--target` that are to be compared.
    pub(super) fn sides(&self) -> Result<[&str; 2], Failure> {
        if self.contract.is_none() || self.uses_reference() {
            return Err(Failure::usage(
                "name a contract and two of its targets: --contract FILE --target A --target B",
            ));
        }
        match &*self.target {
            [a, b] => Ok([a, b]),
            others => {
                let number = others.len();
                Err(Failure::usage(format!("two are compared, and {number} given: --target A --target B")))
            }
        }
    }

    /// Reads the contract, and puts the environment that a target is for where it is; its name beside it.
    pub(super) fn aim_at(&self, target: &str) -> Result<(Aimed, String), Failure> {
        let mut bundle = self.contract.as_deref().map_or_else(Bundle::reference, Bundle::from_file)?;
        let is_environment = bundle.contract.environments.keys().any(|name| name.as_str() == target);
        let environment = if is_environment { target.to_owned() } else { redirect(&mut bundle, target)? };
        Ok((Aimed { bundle, reference: None }, environment))
    }

    /// What may be sent.
    pub(super) fn permits(&self) -> Permits {
        Permits {
            effects: self.allow_effects || self.uses_reference(),
            environments: self.allow.clone(),
            no_exact_bytes: self.client.no_exact_bytes(),
            frames: self.client.frames(),
            ..Permits::default()
        }
    }

    /// What every report must say first.
    pub(super) fn notices(&self, bundle: &Bundle) -> Vec<String> {
        let mut notices = self.client.notices();
        if !bundle.unused.is_empty() {
            let unused = bundle.unused.join(", ");
            notices
                .push(format!("--target names another place than the contract, whose {unused} are not used"));
        }
        notices
    }

    /// The way to every environment.
    pub(super) fn lanes(&self, aimed: &Aimed, timeout: Duration) -> Result<BTreeMap<String, Lane>, Failure> {
        let mut lanes = BTreeMap::new();
        let authority = aimed.reference.as_ref().and_then(Reference::authority);
        for (name, environment) in &aimed.bundle.contract.environments {
            let mut options = self.client.options(environment, &aimed.bundle.folder, timeout)?;
            options.authorities.extend(authority.clone());
            let lane = Lane::new(&environment.base_url, environment.plaintext_url.as_deref(), &options)
                .and_then(|lane| lane.with_nodes(&environment.nodes))
                .map_err(|error| Failure::usage(format!("environment `{name}`: could not {error}")))?;
            lanes.insert(name.to_string(), lane);
        }
        Ok(lanes)
    }
    /// The way to what steers the target.
    pub(super) fn steering(&self, aimed: &Aimed, timeout: Duration) -> Result<Steering, Failure> {
        self.steer(&aimed.bundle, aimed.reference.as_ref().and_then(Reference::authority), timeout)
    }

    /// The way to what steers a target whose reference server is in a process of its own.
    pub(super) fn steering_apart(&self, aimed: &AimedApart, timeout: Duration) -> Result<Steering, Failure> {
        self.steer(&aimed.bundle, aimed.child.as_ref().and_then(Child::authority), timeout)
    }

    fn steer(
        &self,
        bundle: &Bundle,
        authority: Option<Vec<u8>>,
        timeout: Duration,
    ) -> Result<Steering, Failure> {
        let contract = &bundle.contract;
        let mut options = self.client.steering(timeout)?;
        options.authorities.extend(authority);
        let folder = std::path::absolute(&bundle.folder).unwrap_or_default();
        let facing = contract.facing_clients();
        let clients = facing.iter().flat_map(Contract::key_sources);
        let sources = contract.key_sources().chain(clients).map(|(_, source)| source);
        let plane = Plane::new(&contract.control, &options, folder, sources)
            .map_err(|error| Failure::usage(format!("control: could not {error}")))?;
        Ok(Steering::new(plane, super::run::now_ms))
    }
}

/// What steers another target must never be done for the reference server: it has its own.
fn own_control(bundle: &mut Bundle, url: &str) -> Result<(), Failure> {
    if !bundle.contract.control.is_empty() {
        *bundle.contract.control = Bundle::reference()?.contract.control.at(url);
    }
    Ok(())
}

/// Puts an environment where a target says that it is; the environment's name.
///
/// Whatever else the contract says of where things are is of another place, and gets no key: the environment's nodes and
/// its address in the clear, and what steers it.
fn redirect(bundle: &mut Bundle, target: &str) -> Result<String, Failure> {
    let holds_fixture =
        bundle.contract.key_sources().any(|(_, source)| matches!(source, KeySource::Fixture(_)));
    let environments = &mut bundle.contract.environments;
    let known: Vec<_> = environments.keys().map(ToString::to_string).collect();
    let (name, url) = match (target.split_once('='), &*known) {
        (Some((name, url)), _) if !name.contains(':') => (name, url),
        (_, [only]) => (only.as_str(), target),
        _ => return Err(Failure::usage(format!("say which environment `{target}` is for: ENV=URL"))),
    };
    let found = environments.iter_mut().find(|(known, _)| known.as_str() == name);
    let (_, environment) = found.ok_or_else(|| {
        let known = known.join(", ");
        Failure::usage(format!("the contract has no environment `{name}`; it has {known}"))
    })?;
    if holds_fixture && is_remote(url) {
        return Err(Failure::usage("a fixture key is for the reference server alone, not for --target"));
    }
    url.clone_into(&mut environment.base_url);
    let plaintext_url = environment.plaintext_url.take().map(|_| "`plaintext_url`");
    let nodes = (!std::mem::take(&mut environment.nodes).is_empty()).then_some("`nodes`");
    let name = name.to_owned();
    let control = std::mem::take(&mut *bundle.contract.control);
    let control = (!control.is_empty()).then_some("`control`");
    bundle.unused.extend([nodes, plaintext_url, control].into_iter().flatten());
    Ok(name)
}
