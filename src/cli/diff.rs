//! `lockproof diff`: the same cases against two implementations, judged each, and compared.

use std::collections::BTreeSet;
use std::sync::Arc;

use clap::{Arg, Args};

use crate::compare::{Sheet, Side, SidesComparison, key, sides};
use crate::outcome::{ExitCode, RunResult};
use crate::plan::Plan;
use crate::runner::{Header, Signal, Strictness, conclude};
use crate::snapshot::{Observed, Rules, alike};

use super::Done;
use super::compare::{ShownAs, show};
use super::error::Failure;
use super::output::{self, Output};
use super::run::{PaceArgs, SelectArgs, contract_info, now};
use super::sending::Sending;
use super::snapshot::{SAMPLES, interrupted, observed, refine};
use super::target::{Aimed, TargetArgs};

const EXAMPLES: &str = "\
Examples:
  lockproof diff --contract lockproof.yaml --target staging --target production
  lockproof diff --contract lockproof.yaml --target https://old.example.com --target https://new.example.com
  lockproof diff --contract lockproof.yaml --target staging --target staging=https://new-gateway.example.com

Each --target is an environment of the contract, or another base URL for one: ENVIRONMENT=URL, or URL where there is only one.
Both are sent the same cases with the same seed and judged by the contract. Then they are compared: who accepts what the other
refuses, and whose refusal differs in what, volatile values left out. What the contract itself has otherwise of two
environments, as a key that is for one of them, is listed and is no difference.

Exit codes: 0 the two are the same and conformant, 1 they differ or one of them fails, 3 one of them could not be judged.";

/// The flags that are for the reference server.
const REFERENCE: [&str; 6] = ["reference", "defect", "variant", "tls", "delay", "stall"];

/// Compare two implementations, or two environments, of one contract.
#[derive(Debug, Args)]
#[command(
    after_help = EXAMPLES,
    mut_arg("contract", |arg| arg.help("The contract that both are judged by")),
    mut_args(without_reference),
    mut_arg("target", |arg| arg.value_name("ENVIRONMENT|[ENV=]URL").help(
        "One of the two: an environment of the contract, or another base URL for one; given twice"
    ))
)]
pub(super) struct DiffArgs {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    select: SelectArgs,
    #[command(flatten)]
    pace: PaceArgs,
    /// How it is shown.
    #[arg(long, value_enum, default_value_t = ShownAs::Terminal, value_name = "FORMAT", help_heading = "Reports")]
    format: ShownAs,
}

/// The help leaves out what is for the reference server: two targets of a contract are compared, and it is neither.
fn without_reference(arg: Arg) -> Arg {
    let is_of_reference = REFERENCE.contains(&arg.get_id().as_str());
    if is_of_reference { arg.hide(true) } else { arg }
}

/// One side after its run.
struct Sent<'a> {
    name: &'a str,
    plan: Arc<Plan>,
    aimed: Aimed,
    result: RunResult,
    exit: ExitCode,
    observed: Vec<Observed>,
}

pub(super) fn run(args: &DiffArgs, output: &Output) -> Done {
    let [a, b] = args.target.sides()?;
    // A side that cannot be read is found before anything is sent.
    let (place_a, place_b) = (args.target.aim_at(a)?, args.target.aim_at(b)?);
    if let Some(text) =
        args.select.shown(&args.select.plan_in(args.target.permits(), &place_a.0.bundle, &place_a.1)?)
    {
        output::print(text.as_bytes())?;
        return Ok(ExitCode::Conformant);
    }
    let seed = args.pace.limits.seed();
    let mut one = args.send((a, place_a), seed, output)?;
    if is_interrupted(one.exit) {
        return Ok(one.exit);
    }
    let mut other = args.send((b, place_b), seed, output)?;
    if is_interrupted(other.exit) {
        return Ok(other.exit);
    }
    if let Some(signal) = args.look_again((&mut one, &mut other), seed, output)? {
        return Ok(interrupted(signal));
    }
    let comparison = sides(one.side(), other.side());
    show(args.format, (&comparison, &Sheet::from(&comparison)), output)?;
    Ok(exit(&comparison, [one.exit, other.exit]))
}

impl DiffArgs {
    fn send<'a>(
        &'a self,
        (name, (aimed, environment)): (&'a str, (Aimed, String)),
        seed: u64,
        output: &Output,
    ) -> Result<Sent<'a>, Failure> {
        let plan = Arc::new(self.select.plan_in(self.target.permits(), &aimed.bundle, &environment)?);
        let sending = Sending::new((&self.target, &self.pace), &aimed, output);
        let collected = sending.send(&plan, seed)?;
        let observed = observed(&plan, &collected, &Rules::of(&aimed.bundle.contract));
        let header = Header {
            contract: contract_info(&aimed.bundle),
            targets: Vec::new(),
            seed,
            started: now(),
            notices: Vec::new(),
            strictness: Strictness::Lenient,
        };
        let conclusion = conclude(header, &plan, collected, sending.redactor());
        let (result, exit) = (conclusion.result, conclusion.exit);
        Ok(Sent { name, plan, aimed, result, exit, observed })
    }

    /// Asks both again for the refusals that differ, to see what of them is volatile.
    fn look_again<'a>(
        &self,
        (one, other): (&mut Sent<'a>, &mut Sent<'a>),
        seed: u64,
        output: &Output,
    ) -> Result<Option<Signal>, Failure> {
        let texts = |sent: &Sent<'_>| -> Vec<(String, String)> {
            let form = |one: &Observed| one.form.as_ref().ok().map(|form| (key(&one.case), form.to_string()));
            sent.observed.iter().filter_map(form).collect()
        };
        let there: std::collections::BTreeMap<_, _> = texts(other).into_iter().collect();
        let differs = |(key, text): (String, String)| {
            there.get(&key).is_some_and(|other| !alike(&text, other)).then_some(key)
        };
        let open: BTreeSet<String> = texts(one).into_iter().filter_map(differs).collect();
        for sent in [one, other] {
            let cases = sent.observed.iter().map(|one| one.case.clone());
            let cases = cases.filter(|case| open.contains(&key(case))).collect();
            let sending = Sending::new((&self.target, &self.pace), &sent.aimed, output);
            let signal = refine(&sending, &sent.plan, (seed, SAMPLES), (&mut sent.observed, &cases))?;
            if signal.is_some() {
                return Ok(signal);
            }
        }
        Ok(None)
    }
}

impl Sent<'_> {
    fn side(&self) -> Side<'_> {
        (self.name, &self.result, &self.observed)
    }
}

fn is_interrupted(exit: ExitCode) -> bool {
    matches!(exit, ExitCode::Interrupted | ExitCode::Terminated)
}

/// A difference is a difference, whatever else is; what could not be judged comes next.
fn exit(comparison: &SidesComparison, exits: [ExitCode; 2]) -> ExitCode {
    if exits.contains(&ExitCode::Internal) {
        return ExitCode::Internal;
    }
    if !comparison.is_same() || exits.contains(&ExitCode::NonConformant) {
        return ExitCode::NonConformant;
    }
    let sound = if comparison.is_whole() { ExitCode::Conformant } else { ExitCode::Inconclusive };
    exits.into_iter().find(|code| *code != ExitCode::Conformant).unwrap_or(sound)
}
