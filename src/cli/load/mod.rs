//! `lockproof load`: a load plan against a target, or against the built-in reference server in a process of its own.

mod args;
mod capacity;
mod end;
mod files;
mod place;
mod room;
mod ticker;

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use crate::document::{Source, suggest};
use crate::load::format::{self, LoadPlan};
use crate::load::{self, Collected, Conclusion, Event, Flags, Header, Job, Pace, Shard};
use crate::outcome::ExitCode;
use crate::report::load_page;

use super::bundle;
use super::check::Kind;
use super::error::Failure;
use super::output::{self, Output};
use super::target::AimedApart;
use super::{Done, run as run_verb};
pub(super) use args::LoadArgs;
use end::{Leaves, Watchdog};
use files::Seconds;
use ticker::Ticker;

/// The plan where none is named.
const STANDARD: &str = "steady";

pub(super) fn run(args: &LoadArgs, output: &Output) -> Done {
    if args.list_plans {
        return list();
    }
    let (name, plan) = plan(args.plan.as_deref().unwrap_or(STANDARD))?;
    let pacing = args.pacing();
    let flags = Flags { pacing: &pacing, thresholds: &args.thresholds(), searches: is_search(args, &plan) };
    flags.suit(&plan).map_err(Failure::usage)?;
    let mut pace = Pace::new(&plan, &pacing, cores()).map_err(Failure::usage)?;
    pace.settings.start = args.part.start_at.map(start).transpose()?;
    room::room_for(pace.settings.connections)?;
    let aimed = args.target.aim_apart()?;
    shared(pacing.shard, &aimed)?;
    on(args, (&name, &plan, pace), aimed, output)
}

fn on(
    args: &LoadArgs,
    (name, plan, pace): (&str, &LoadPlan, Pace),
    mut aimed: AimedApart,
    output: &Output,
) -> Done {
    if is_search(args, plan) {
        return capacity::find(args, (name, plan), &aimed, output);
    }
    if args.calibrate {
        let watchdog = Watchdog::after(load::calibration(&pace), Leaves::Nothing);
        return calibrate(&place::job(args, (name, plan, pace), &aimed)?, &watchdog, &args.out);
    }
    let watchdog = Watchdog::after(patience(&pace), Leaves::Checkpoint);
    let (job, collected, started) = send(args, (name, plan, pace), &aimed, output)?;
    watchdog.sent();
    let answered = aimed.child.take().and_then(super::child::Child::stop);
    let conclusion = concluded(args, &aimed, (&job, &collected, started), answered);
    output::print(&load_page(&conclusion.result, output.style()))?;
    files::finish(&args.out, &conclusion.result, load::log(&job, &collected, started))?;
    Ok(conclusion.exit)
}

/// Refuses a part of a plan for a target that the other parts do not have: this process's own reference server.
fn shared(shard: Shard, aimed: &AimedApart) -> Result<(), Failure> {
    if shard.is_whole() || aimed.child.is_none() {
        return Ok(());
    }
    Err(Failure::usage(
        "--shard: each process would load a reference server of its own; name a target that all shards share, with \
         --contract and its base_url or --target",
    ))
}

/// Whether rates are tried until the highest is known that holds: each of them is a load, and none is the result.
fn is_search(args: &LoadArgs, plan: &LoadPlan) -> bool {
    args.find_capacity || plan.find_capacity.is_some()
}

/// What was sent, and what came of it.
type Sent = (Arc<Job>, Collected, SystemTime);

/// Sends a plan.
fn send(
    args: &LoadArgs,
    (name, plan, pace): (&str, &LoadPlan, Pace),
    aimed: &AimedApart,
    output: &Output,
) -> Result<Sent, Failure> {
    let mut job = place::job(args, (name, plan, pace), aimed)?;
    let mut seconds = Seconds::open(&args.out)?;
    let started = args.part.start_at.unwrap_or_else(now);
    job.run = run_id(args, &job, started);
    job.surroundings = room::surroundings();
    let job = Arc::new(job);
    let ticker = Ticker::new(output, &job);
    let collected = load::run(&job, end::on_signals, &mut |event| {
        match event {
            Event::Second(number, sum) => seconds.write(*number, sum),
            Event::Checkpoint(collected) if !is_search(args, plan) => {
                let header = header(args, aimed, (&job, started), None);
                let conclusion = load::checkpoint(header, &job, collected);
                seconds.note(files::finish(
                    &args.out,
                    &conclusion.result,
                    load::log(&job, collected, started),
                ));
            }
            Event::Started(_)
            | Event::Surprise(_)
            | Event::Interrupted
            | Event::Broken(_)
            | Event::Checkpoint(_) => {}
        }
        ticker.notice(event);
    });
    let collected = collected.map_err(|error| Failure::System(format!("start the load: {error}")))?;
    ticker.finish();
    seconds.finish()?;
    Ok((job, collected, started))
}

/// Concludes what was sent.
fn concluded(
    args: &LoadArgs,
    aimed: &AimedApart,
    (job, collected, started): (&Job, &Collected, SystemTime),
    answered: Option<u64>,
) -> Conclusion {
    load::conclude(header(args, aimed, (job, started), answered), job, collected)
}

fn header(
    args: &LoadArgs,
    aimed: &AimedApart,
    (job, started): (&Job, SystemTime),
    answered: Option<u64>,
) -> Header {
    let mut notices = args.target.notices(&aimed.bundle);
    notices.extend(job.left_out.iter().cloned());
    Header {
        contract: run_verb::contract_info(&aimed.bundle),
        started: humantime::format_rfc3339_seconds(started).to_string(),
        notices,
        limits: args.limits(),
        surroundings: room::surroundings().since(job.surroundings),
        ceiling: files::ceiling(&args.out, job.settings.threads),
        answered,
    }
}

/// The name of a run: the same for all of its shards, which start at the same moment.
fn run_id(args: &LoadArgs, job: &Job, started: SystemTime) -> String {
    let moment = humantime::format_rfc3339_nanos(started).to_string();
    // Two runs that are not told when to start are two, even if they start at once.
    let process = if args.part.start_at.is_some() { 0 } else { std::process::id() };
    load::run_id(job, &format!("{moment} {process}"))
}

/// When a load starts that is told when.
fn start(at: SystemTime) -> Result<Instant, Failure> {
    let left = at.duration_since(now()).map_err(|late| {
        let late = late.duration().as_secs_f64();
        Failure::usage(format!(
            "--start-at was {late:.0} s ago: all parts of a plan start at one moment; give one that is still to come"
        ))
    })?;
    Ok(Instant::now() + left)
}

/// How long a load can take before it has sent everything.
fn patience(pace: &Pace) -> Duration {
    let wait =
        pace.settings.start.map_or(Duration::ZERO, |start| start.saturating_duration_since(Instant::now()));
    wait + load::longest(pace)
}

/// Compares what a plan asks of the generator with what that can do; beyond seven tenths of it nothing is certain.
fn calibrate(job: &Job, watchdog: &Watchdog, folder: &Path) -> Done {
    let measured = load::calibrate(job).map_err(|error| Failure::System(format!("calibrate: {error}")))?;
    watchdog.sent();
    let Some(own) = measured else {
        return Err(Failure::Inconclusive("the null server answered nothing".to_owned()));
    };
    let ceiling = own.ceiling();
    files::write_calibration(folder, &own)?;
    let mut text = format!(
        "{:.0} requests a second with {} thread(s) beside a server that does nothing, {:.1} us of processor each\n\
         at most {ceiling:.0} a second where each thread has a processor of its own\n",
        own.rate, own.threads, own.cpu_us
    );
    let Some(peak) = job.schedule.as_ref().map(crate::load::schedule::Schedule::peak) else {
        output::print(text.as_bytes())?;
        return Ok(ExitCode::Conformant);
    };
    let part = peak / ceiling * 100.0;
    writeln!(text, "the plan asks for {peak:.0} a second at its peak: {part:.0} % of that").ok();
    output::print(text.as_bytes())?;
    Ok(if part > 70.0 { ExitCode::LoadVoid } else { ExitCode::Conformant })
}

/// A built-in plan by its name, or one from a file.
fn plan(wanted: &str) -> Result<(String, LoadPlan), Failure> {
    let builtin = format::builtin();
    let source = match builtin.iter().find(|source| source.name == wanted) {
        Some(source) => source.clone(),
        None if is_path(wanted) => {
            let source = bundle::read_source(wanted.as_ref())?;
            Kind::Plan.admits(&source)?;
            source
        }
        None => {
            let names: Vec<&str> = builtin.iter().map(|source| source.name.as_str()).collect();
            let hint = suggest(wanted, &names).unwrap_or_default();
            return Err(Failure::usage(format!("no plan is called `{wanted}`, and no file; {hint}")));
        }
    };
    let name = std::path::Path::new(&source.name).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let name = name.unwrap_or_else(|| source.name.clone());
    let plan = format::read(source).map_err(|mistakes| Failure::Documents(vec![mistakes]))?;
    Ok((name, plan))
}

fn is_path(wanted: &str) -> bool {
    wanted.contains(['/', '.']) || std::path::Path::new(wanted).exists()
}

/// The built-in plans, and what each finds out.
fn list() -> Done {
    let mut text = String::new();
    for source in format::builtin() {
        let Source { name, .. } = source.clone();
        let plan = format::read(source).map_err(|mistakes| Failure::Documents(vec![mistakes]))?;
        writeln!(text, "{name:16} {}", plan.title).ok();
    }
    output::print(text.as_bytes())?;
    Ok(ExitCode::Conformant)
}

/// How many threads can run at once.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

#[expect(clippy::disallowed_methods, reason = "cli is where the wall clock is read")]
fn now() -> SystemTime {
    SystemTime::now()
}
