//! `lockproof run`: the suite against a target, or against the built-in reference server.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use clap::Args;
use globset::{Glob, GlobMatcher};

use crate::document::{Millis, Name, closest, suggest};
use crate::outcome::{ContractInfo, ExitCode};
use crate::plan::{Filter, Inputs, Permits, Plan, Slow};
use crate::runner::{Header, Lane, Settings, Shown, Strictness, conclude};
use crate::scenario::{Severity, Suite};
use crate::snapshot::Known;

use super::bundle::Bundle;
use super::error::Failure;
use super::output::{self, Output};
use super::reports::{Reports, Wanted};
use super::sending::Sending;
use super::snapshot::{Frozen, Judged};
use super::target::{Aimed, TargetArgs};
use super::{Done, plan_text, suite};

const EXAMPLES: &str = "\
Examples:
  lockproof run                                           the reference server, the whole suite
  lockproof run --contract lockproof.yaml                 your API
  lockproof run --contract lockproof.yaml --target staging=https://staging.example.com
  lockproof run --only 'key-*' --environment sandbox      some of the cases
  lockproof run --only key-missing/sandbox/ekyc.ocr/none  one case, by the id that a report gives
  lockproof run --slow                                    also what takes a minute: throttling, overload, time
  lockproof run --snapshots snapshots                     compare every refusal with what was approved
  lockproof run --report junit=junit.xml --report json=-  two reports, one of them on standard output

Keys come from where the contract says: environment variables, files or standard input, never the command line.";

/// So many cases are taken back at most where the target turns out to be broken.
const CASES_BETWEEN_CONTROLS: usize = 250;

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
    /// Compare every refusal with the approved snapshots of this folder (see `lockproof snapshot`).
    #[arg(long, value_name = "FOLDER", help_heading = "Reports")]
    snapshots: Option<PathBuf>,
    /// A report to write, as FORMAT or FORMAT=FILE (`-` is standard output); repeatable. Formats: terminal, html,
    /// markdown, json, junit, sarif, tap, github, ndjson (written case by case). Without it, html, json and junit go to reports/latest.
    #[arg(long, value_name = "FORMAT[=FILE]", help_heading = "Reports")]
    report: Vec<Wanted>,
    /// A warning counts like a failure.
    #[arg(long, help_heading = "Reports")]
    strict: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Selection")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct SelectArgs {
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
    /// No checks with this tag or of this family; repeatable. `exact-bytes` leaves out what no ordinary client sends.
    #[arg(long, value_name = "TAG")]
    skip_tag: Vec<String>,
    /// Only checks of this severity; repeatable.
    #[arg(long, value_enum, value_name = "SEVERITY")]
    severity: Vec<SeverityArg>,
    /// Also the checks that take long or send very much: throttling, overload, time. They come last, one at a time.
    #[arg(long)]
    slow: bool,
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
pub(super) struct PaceArgs {
    /// Cases under way at once.
    #[arg(long, short, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: u16,
    #[command(flatten)]
    pub(super) limits: LimitArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Pace")]
pub(super) struct LimitArgs {
    /// The seed of the order and of every random value; printed in every report.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How long one answer may take.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = time)]
    pub(super) timeout: Duration,
    /// How long the whole run may take.
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = time)]
    deadline: Duration,
}

fn time(text: &str) -> Result<Duration, String> {
    let time = Millis::wait(text)?;
    if time.is_zero() { Err("a time of nothing would end before it begins".to_owned()) } else { Ok(time) }
}

pub(super) fn run(args: &RunArgs, output: &Output) -> Done {
    let aimed = args.target.aim()?;
    let exit = on(args, &aimed, output);
    if let Some(reference) = aimed.reference {
        reference.stop();
    }
    exit
}

fn on(args: &RunArgs, aimed: &Aimed, output: &Output) -> Done {
    let plan = Arc::new(args.select.plan(args.target.permits(), &aimed.bundle)?);
    if let Some(text) = args.select.shown(&plan) {
        output::print(text.as_bytes())?;
        return Ok(ExitCode::Conformant);
    }
    let mut reports = Reports::new(args.report.clone())?;
    let frozen = args.snapshots.as_deref().map(Frozen::open).transpose()?;
    let sending = Sending::new((&args.target, &args.pace), aimed, output);
    let header = args.header(&aimed.bundle, &args.target.lanes(aimed, args.pace.limits.timeout)?);
    let mut streams = reports.streams()?;
    streams.begin(&header, &plan, sending.redactor());
    let mut collected = sending.send_telling(&plan, header.seed, &mut |event| streams.notice(event))?;
    let frozen = frozen.filter(|_| collected.signal.is_none());
    let mut judged = Judged::default();
    if let Some(frozen) = &frozen {
        let every = args.select.every_case(args.target.permits(), &aimed.bundle)?;
        judged = frozen.judge(&sending, (&plan, &every), header.seed, &mut collected)?;
    }
    let mut conclusion = conclude(header, &plan, collected, sending.redactor());
    conclusion.result.checks.extend(judged.checks);
    let streamed = streams.end(&conclusion.result);
    reports.write(&conclusion.result, output)?;
    streamed?;
    if let Some(frozen) = &frozen {
        frozen.propose(&judged.files, sending.redactor())?;
    }
    Ok(conclusion.exit)
}

impl RunArgs {
    fn header(&self, bundle: &Bundle, lanes: &BTreeMap<String, Lane>) -> Header {
        let names = bundle.contract.environments.keys().map(ToString::to_string);
        let target = |name: String| lanes.get(&name).map(|lane| (name, lane.origin.as_str().to_owned()));
        Header {
            contract: contract_info(bundle),
            targets: names.filter_map(target).collect(),
            seed: self.pace.limits.seed(),
            started: now(),
            notices: self.target.notices(bundle),
            strictness: if self.strict { Strictness::Strict } else { Strictness::Lenient },
        }
    }
}

impl PaceArgs {
    pub(super) fn settings(&self, seed: u64) -> Settings {
        Settings { jobs: usize::from(self.jobs), ..self.limits.settings(seed) }
    }
}

impl LimitArgs {
    /// The seed of the order and of every random value.
    pub(super) fn seed(&self) -> u64 {
        self.seed.unwrap_or_else(random_seed)
    }

    /// How to go about a run of one case after the other.
    pub(super) fn settings(&self, seed: u64) -> Settings {
        Settings {
            jobs: 1,
            seed,
            exchange_limit: self.timeout,
            deadline: self.deadline,
            control_every: CASES_BETWEEN_CONTROLS,
            shown: Shown::Every,
        }
    }
}

impl SelectArgs {
    /// The cases that are selected.
    pub(super) fn plan(&self, permits: Permits, bundle: &Bundle) -> Result<Plan, Failure> {
        let suite = suite::read(&self.scenarios)?;
        let filter = self.filter(&permits, (bundle, &suite))?;
        let plan = self.expand(permits, (bundle, &suite), &filter);
        if plan.cases.is_empty() {
            let axes = "--only, --tag, --skip-tag, --severity, --service and --environment";
            return Err(Failure::Inconclusive(format!("nothing was selected: no case fits {axes}")));
        }
        Ok(plan)
    }

    /// The same in one environment.
    pub(super) fn plan_in(&self, permits: Permits, bundle: &Bundle, name: &str) -> Result<Plan, Failure> {
        let suite = suite::read(&self.scenarios)?;
        let mut filter = self.filter(&permits, (bundle, &suite))?;
        filter.environments = vec![name.to_owned()];
        let plan = self.expand(permits, (bundle, &suite), &filter);
        if plan.cases.is_empty() {
            return Err(Failure::Inconclusive(format!("nothing was selected in `{name}`")));
        }
        Ok(plan)
    }

    /// All cases that could be selected.
    pub(super) fn every_case(&self, permits: Permits, bundle: &Bundle) -> Result<Known, Failure> {
        let suite = suite::read(&self.scenarios)?;
        let plan = self.expand(permits, (bundle, &suite), &Filter::default());
        let checks = || suite.scenarios.iter().map(|one| one.id.to_string()).collect();
        Ok(Known {
            cases: plan.cases.into_iter().map(|case| case.id).collect(),
            checks: (!self.is_builtin()).then(checks),
        })
    }

    /// Whether the suite is the built-in one.
    pub(super) fn is_builtin(&self) -> bool {
        self.scenarios.is_empty()
    }

    fn expand(&self, permits: Permits, (bundle, suite): (&Bundle, &Suite), filter: &Filter) -> Plan {
        let permits = Permits { slow: self.slow(), ..permits };
        let Bundle { contract, bodies, .. } = bundle;
        Plan::expand(&Inputs { contract, bodies, suite, permits: &permits }, filter)
    }

    fn slow(&self) -> Slow {
        if self.slow { Slow::Included } else { Slow::LeftOut }
    }

    /// What is to be printed where nothing is to be sent.
    pub(super) fn shown(&self, plan: &Plan) -> Option<String> {
        let list = self.list.then(|| plan_text::list(plan));
        list.or_else(|| self.dry_run.then(|| plan_text::dry_run(plan)))
    }

    /// Whether nothing is left out.
    pub(super) fn is_everything(&self) -> bool {
        let Self { scenarios, only, tag, skip_tag, severity, service, environment, .. } = self;
        scenarios.is_empty()
            && severity.is_empty()
            && [only, tag, skip_tag, service, environment].iter().all(|list| list.is_empty())
    }

    fn filter(&self, permits: &Permits, (bundle, suite): (&Bundle, &Suite)) -> Result<Filter, Failure> {
        known("service", &self.service, bundle.contract.services.keys())?;
        known("environment", &self.environment, bundle.contract.environments.keys())?;
        known_tags("--tag", &self.tag, suite)?;
        known_tags("--skip-tag", &self.skip_tag, suite)?;
        let mut filter = Filter::default();
        filter.tags.clone_from(&self.tag);
        filter.without.clone_from(&self.skip_tag);
        filter.severities = self.severity.iter().map(|severity| (*severity).into()).collect();
        filter.services.clone_from(&self.service);
        filter.environments.clone_from(&self.environment);
        let filter = filter.only(&self.only).map_err(|error| Failure::usage(format!("--only: {error}")))?;
        let unknown = self.only.iter().filter(|glob| !fits_a_check(glob, suite));
        for glob in unknown {
            // It may speak of ids as a whole, such as `*/none`.
            let alone = Filter::default().only(std::slice::from_ref(glob)).map_err(Failure::usage)?;
            if self.expand(permits.clone(), (bundle, suite), &alone).cases.is_empty() {
                return Err(no_such_check(glob, suite));
            }
        }
        Ok(filter)
    }
}

/// Whether the id of a check fits a glob.
fn fits_a_check(glob: &str, suite: &Suite) -> bool {
    let fits = |glob: &GlobMatcher| suite.scenarios.iter().any(|one| glob.is_match(one.id.as_str()));
    Glob::new(glob).is_ok_and(|built| fits(&built.compile_matcher()))
}

/// What a glob is about that fits no check and no case: the id of a case begins with its check's.
fn no_such_check(glob: &str, suite: &Suite) -> Failure {
    let check = glob.split('/').next().unwrap_or(glob);
    if fits_a_check(check, suite) {
        return Failure::usage(format!("--only: no case of `{check}` fits `{glob}`; --list has the cases"));
    }
    let near = closest(check, suite.scenarios.iter().map(|one| one.id.as_str()));
    let hint = near.map_or_else(
        || "`lockproof scenarios list` has the built-in checks, --list the cases".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    Failure::usage(format!("--only: no check of the suite fits `{glob}`; {hint}"))
}

/// A slip in a tag would select or leave out something else than was meant, and say nothing.
fn known_tags(flag: &str, wanted: &[String], suite: &Suite) -> Result<(), Failure> {
    let mut known = tags(suite);
    if wanted.iter().all(|tag| known.contains(tag.as_str())) {
        return Ok(());
    }
    // What a built-in check is tagged with is no slip, where all scenarios are the operator's own.
    let builtin = suite::read(&[])?;
    known.extend(tags(&builtin));
    let Some(unknown) = wanted.iter().find(|tag| !known.contains(tag.as_str())) else { return Ok(()) };
    let hint = suggest(unknown, &known.into_iter().collect::<Vec<_>>()).unwrap_or_default();
    Err(Failure::usage(format!("{flag}: no check has the tag or family `{unknown}`; {hint}")))
}

/// The tags and families of all checks.
fn tags(suite: &Suite) -> BTreeSet<&str> {
    let tags = suite.scenarios.iter().flat_map(|one| one.tags.iter().map(Name::as_str));
    tags.chain(suite.scenarios.iter().map(|one| one.family.as_str())).collect()
}

/// Names on the command line must be the contract's.
fn known<'a>(
    what: &str,
    wanted: &[String],
    names: impl Iterator<Item = &'a Name> + Clone,
) -> Result<(), Failure> {
    let unknown = wanted.iter().find(|wanted| !names.clone().any(|name| name.as_str() == **wanted));
    unknown.map_or(Ok(()), |unknown| {
        let names: Vec<_> = names.map(ToString::to_string).collect();
        Err(Failure::usage(format!("the contract has no {what} `{unknown}`; it has {}", names.join(", "))))
    })
}

pub(super) fn contract_info(bundle: &Bundle) -> ContractInfo {
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
pub(super) fn now() -> String {
    humantime::format_rfc3339_seconds(SystemTime::now()).to_string()
}

/// The wall clock, in milliseconds since 1970.
#[expect(clippy::disallowed_methods, reason = "cli is where the wall clock is read")]
pub(super) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[expect(clippy::disallowed_methods, reason = "cli is where the wall clock is read")]
fn random_seed() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    // Short enough to be typed again.
    since.as_micros().rem_euclid(1_000_000_007).try_into().unwrap_or(0)
}
