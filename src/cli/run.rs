//! `lockproof run`: the suite against a target, or against the built-in reference server.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use clap::Args;

use crate::document::Millis;
use crate::outcome::{ContractInfo, ExitCode};
use crate::plan::{Filter, Inputs, Permits, Plan};
use crate::redact::Redactor;
use crate::runner::{self, Header, Job, Lane, Settings, Strictness, conclude};
use crate::scenario::Severity;

use super::bundle::Bundle;
use super::client::ClientFlags;
use super::error::Failure;
use super::output::{self, Output};
use super::progress::Ticker;
use super::reference::Reference;
use super::reports::{Reports, Wanted};
use super::{Done, plan_text, reference, signals, suite};

const EXAMPLES: &str = "\
Examples:
  lockproof run                                           the reference server, the whole suite
  lockproof run --contract lockproof.yaml                 your API
  lockproof run --contract lockproof.yaml --target staging=https://staging.example.com
  lockproof run --only 'key-*' --environment sandbox      some of the cases
  lockproof run --only key-missing/sandbox/ekyc.ocr/none  one case, by the id that a report gives
  lockproof run --report junit=junit.xml --report json=-  two reports, one of them on standard output

Keys come from where the contract says: environment variables, files or standard input, never the command line.";

/// Run the conformance suite.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct RunArgs {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    select: SelectArgs,
    #[command(flatten)]
    pace: PaceArgs,
    /// A report to write, as FORMAT or FORMAT=FILE (`-` is standard output); repeatable. Formats: terminal, json,
    /// junit. Without it, json and junit go to reports/latest.
    #[arg(long, value_name = "FORMAT[=FILE]", help_heading = "Reports")]
    report: Vec<Wanted>,
    /// A warning counts like a failure.
    #[arg(long, help_heading = "Reports")]
    strict: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Target")]
struct TargetArgs {
    /// The contract; without it, the built-in reference server and its contract.
    #[arg(long, short, value_name = "FILE")]
    contract: Option<PathBuf>,
    /// Another base URL for an environment, as ENVIRONMENT=URL, or URL where there is only one; repeatable.
    #[arg(long, value_name = "[ENV=]URL", requires = "contract")]
    target: Vec<String>,
    /// Try the contract on the built-in reference server instead of its own target.
    #[arg(long)]
    reference: bool,
    /// Plant a defect in the reference server, to see what finds it; repeatable.
    #[arg(long, value_name = "ID")]
    defect: Vec<String>,
    /// Serve the reference over TLS.
    #[arg(long)]
    tls: bool,
    #[command(flatten)]
    client: ClientFlags,
    /// Ask a protected environment; repeatable.
    #[arg(long, value_name = "ENVIRONMENT")]
    allow: Vec<String>,
    /// Send requests that change the target when they are accepted (always on for the reference server).
    #[arg(long)]
    allow_effects: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Selection")]
struct SelectArgs {
    /// Scenarios to use instead of the built-in ones: files or folders; repeatable.
    #[arg(long, short, value_name = "PATH")]
    scenarios: Vec<PathBuf>,
    /// Print the ids of the cases; send nothing.
    #[arg(long)]
    list: bool,
    /// Print what would be sent and what is expected; send nothing.
    #[arg(long, conflicts_with = "list")]
    dry_run: bool,
    /// Only cases whose id, or whose check's id, matches; repeatable.
    #[arg(long, value_name = "ID-GLOB")]
    only: Vec<String>,
    /// Only checks with this tag or of this family; repeatable.
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Only checks of this severity; repeatable.
    #[arg(long, value_enum, value_name = "SEVERITY")]
    severity: Vec<SeverityArg>,
    /// Only operations of this service; repeatable.
    #[arg(long, value_name = "SERVICE")]
    service: Vec<String>,
    /// Only this environment; repeatable.
    #[arg(long, value_name = "ENVIRONMENT")]
    environment: Vec<String>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum SeverityArg {
    Must,
    Should,
    Info,
}

impl From<SeverityArg> for Severity {
    fn from(severity: SeverityArg) -> Self {
        match severity {
            SeverityArg::Must => Self::Must,
            SeverityArg::Should => Self::Should,
            SeverityArg::Info => Self::Info,
        }
    }
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Pace")]
struct PaceArgs {
    /// Cases under way at once.
    #[arg(long, short, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: u16,
    /// The seed of the order and of every random value; printed in every report.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How long one answer may take.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = time)]
    timeout: Duration,
    /// How long the whole run may take.
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = time)]
    deadline: Duration,
}

fn time(text: &str) -> Result<Duration, String> {
    let time = Millis::parse(text)?.duration();
    if time.is_zero() { Err("a time of nothing would end before it begins".to_owned()) } else { Ok(time) }
}

pub(super) fn run(args: RunArgs, output: &Output) -> Done {
    let bundle = args.target.bundle()?;
    let suite = suite::read(&args.select.scenarios)?;
    let uses_reference = args.target.uses_reference();
    let permits = Permits {
        effects: args.target.allow_effects || uses_reference,
        environments: args.target.allow.clone(),
    };
    let filter = args.select.filter(&bundle)?;
    let inputs =
        Inputs { contract: &bundle.contract, bodies: &bundle.bodies, suite: &suite, permits: &permits };
    let plan = Plan::expand(&inputs, &filter);
    if plan.cases.is_empty() {
        let why = "nothing was selected: no case fits --only, --tag, --severity, --service and --environment";
        return Err(Failure::Inconclusive(why.to_owned()));
    }
    if args.select.list || args.select.dry_run {
        let text = if args.select.list { plan_text::list(&plan) } else { plan_text::dry_run(&plan) };
        output::print(text.as_bytes())?;
        return Ok(ExitCode::Conformant);
    }
    let reports = Reports::new(args.report.clone())?;
    let reference = if uses_reference { Some(args.target.start_reference(&bundle)?) } else { None };
    let exit = execute(&args, bundle, plan, (&reports, output), reference.as_ref());
    if let Some(reference) = reference {
        reference.stop();
    }
    exit
}

fn execute(
    args: &RunArgs,
    bundle: Bundle,
    plan: Plan,
    (reports, output): (&Reports, &Output),
    reference: Option<&Reference>,
) -> Done {
    let addresses = args.target.addresses(&bundle, reference)?;
    let lanes = args.target.lanes(&bundle, &addresses, (reference, args.pace.timeout))?;
    let targets = lanes.iter().map(|(name, lane)| (name.clone(), lane.origin.as_str().to_owned())).collect();
    let seed = args.pace.seed.unwrap_or_else(random_seed);
    let header = Header {
        contract: contract_info(&bundle),
        targets,
        seed,
        started: now(),
        notices: args.target.client.notices(),
        strictness: if args.strict { Strictness::Strict } else { Strictness::Lenient },
    };
    let redactor = Redactor::new(&bundle.keyring);
    let settings = Settings {
        jobs: usize::from(args.pace.jobs),
        seed,
        exchange_limit: args.pace.timeout,
        deadline: args.pace.deadline,
        control_every: 250,
    };
    let Bundle { contract, keyring, .. } = bundle;
    let job = Job { plan: plan.clone(), contract, keyring, redactor: redactor.clone(), lanes, settings };
    let mut ticker = Ticker::new(output);
    let collected = runner::run(job, signals::tell, &mut |event| ticker.notice(event))
        .map_err(|error| Failure::System(format!("start the run: {error}")))?;
    ticker.finish();
    let conclusion = conclude(header, &plan, collected, &redactor);
    reports.write(&conclusion.result, output)?;
    Ok(conclusion.exit)
}

impl TargetArgs {
    /// The reference server is the target where no other is named, and where it is asked for.
    fn uses_reference(&self) -> bool {
        self.contract.is_none() || self.reference || !self.defect.is_empty()
    }

    fn bundle(&self) -> Result<Bundle, Failure> {
        self.contract.as_deref().map_or_else(Bundle::reference, Bundle::from_file)
    }

    fn start_reference(&self, bundle: &Bundle) -> Result<Reference, Failure> {
        reference::start(bundle, &self.defect, self.tls, self.client.http())
    }

    /// The base URL of every environment: the reference server's, what `--target` says, or the contract's.
    fn addresses(
        &self,
        bundle: &Bundle,
        reference: Option<&Reference>,
    ) -> Result<BTreeMap<String, String>, Failure> {
        let declared = bundle.contract.environments.iter();
        let mut addresses: BTreeMap<String, String> =
            declared.map(|(name, one)| (name.to_string(), one.base_url.clone())).collect();
        if let Some(reference) = reference {
            addresses.extend(reference.urls());
        }
        for target in &self.target {
            let (name, url) = match target.split_once('=') {
                Some((name, url)) if !name.contains(':') => (name.to_owned(), url),
                _ if addresses.len() == 1 => {
                    (addresses.keys().next().cloned().unwrap_or_default(), &**target)
                }
                _ => return Err(Failure::usage(format!("say which environment `{target}` is for: ENV=URL"))),
            };
            let known: Vec<_> = addresses.keys().cloned().collect();
            let address = addresses.get_mut(&name).ok_or_else(|| {
                Failure::usage(format!(
                    "the contract has no environment `{name}`; it has {}",
                    known.join(", ")
                ))
            })?;
            url.clone_into(address);
        }
        Ok(addresses)
    }

    fn lanes(
        &self,
        bundle: &Bundle,
        addresses: &BTreeMap<String, String>,
        (reference, timeout): (Option<&Reference>, Duration),
    ) -> Result<BTreeMap<String, Lane>, Failure> {
        let mut lanes = BTreeMap::new();
        for (name, environment) in &bundle.contract.environments {
            let options = self.client.options(environment, &bundle.folder, (reference, timeout))?;
            let base = addresses.get(name.as_str()).map_or(&*environment.base_url, |url| url);
            let plaintext =
                reference.map_or(environment.plaintext_url.as_deref(), |one| one.plaintext(name.as_str()));
            let lane = Lane::new(base, plaintext, &options)
                .map_err(|error| Failure::usage(format!("environment `{name}`: could not {error}")))?;
            lanes.insert(name.to_string(), lane);
        }
        Ok(lanes)
    }
}

impl SelectArgs {
    fn filter(&self, bundle: &Bundle) -> Result<Filter, Failure> {
        known("service", &self.service, bundle.contract.services.keys())?;
        known("environment", &self.environment, bundle.contract.environments.keys())?;
        let mut filter = Filter::default();
        filter.tags.clone_from(&self.tag);
        filter.severities = self.severity.iter().map(|severity| (*severity).into()).collect();
        filter.services.clone_from(&self.service);
        filter.environments.clone_from(&self.environment);
        filter.only(&self.only).map_err(|error| Failure::usage(format!("--only: {error}")))
    }
}

/// Names on the command line must be the contract's.
fn known<'a>(
    what: &str,
    wanted: &[String],
    names: impl Iterator<Item = &'a crate::document::Name> + Clone,
) -> Result<(), Failure> {
    let unknown = wanted.iter().find(|wanted| !names.clone().any(|name| name.as_str() == **wanted));
    unknown.map_or(Ok(()), |unknown| {
        let names: Vec<_> = names.map(ToString::to_string).collect();
        Err(Failure::usage(format!("the contract has no {what} `{unknown}`; it has {}", names.join(", "))))
    })
}

fn contract_info(bundle: &Bundle) -> ContractInfo {
    let contract = &bundle.contract;
    ContractInfo {
        api: contract.api.clone(),
        file: bundle.file.clone(),
        environments: contract.environments.keys().map(ToString::to_string).collect(),
        operations: contract.operations().map(|(id, _)| id.to_string()).collect(),
        credentials: contract.credentials.keys().map(ToString::to_string).collect(),
    }
}

#[expect(clippy::disallowed_methods, reason = "cli is where the wall clock is read")]
fn now() -> String {
    humantime::format_rfc3339_seconds(SystemTime::now()).to_string()
}

#[expect(clippy::disallowed_methods, reason = "cli is where the wall clock is read")]
fn random_seed() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    // Short enough to be typed again.
    since.as_micros().rem_euclid(1_000_000_007).try_into().unwrap_or(0)
}
