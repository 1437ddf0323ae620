//! `lockproof load --find-capacity`: the same plan at one rate after the other, until the highest that holds is known.

use crate::cli::Done;
use crate::cli::error::Failure;
use crate::cli::output::{self, Output};
use crate::cli::target::AimedApart;
use crate::document::Rate;
use crate::load::format::LoadPlan;
use crate::load::{Pace, Pacing, Search, Trial, Tried};
use crate::outcome::ExitCode;
use crate::outcome::load::{LoadResult, LoadVerdict};

use super::args::LoadArgs;
use super::end::{Leaves, Watchdog};

/// Where the search begins, in requests a second, where neither the operator nor the plan says it.
const BEGIN: f64 = 100.0;

/// Tries rates until the knee is found. A wrong answer ends it at once: no rate excuses one.
pub(super) fn find(
    args: &LoadArgs,
    (name, plan): (&str, &LoadPlan),
    aimed: &AimedApart,
    output: &Output,
) -> Done {
    let pacing = args.pacing();
    let mut search = Search::new(begin(pacing.rate.as_ref(), plan));
    let mut void = false;
    let watchdog = Watchdog::new(Leaves::Nothing);
    while let Some(rate) = search.next() {
        let pacing = Pacing {
            rate: Some(Rate::parse(&format!("{rate}/s")).map_err(Failure::usage)?),
            ..pacing.clone()
        };
        let pace = Pace::new(plan, &pacing, super::cores()).map_err(Failure::usage)?;
        watchdog.again(super::patience(&pace));
        let (job, collected, started) = super::send(args, (name, plan, pace), aimed, output)?;
        watchdog.sent();
        let conclusion = super::concluded(args, aimed, (&job, &collected, started), None);
        let result = &conclusion.result;
        output::print(format!("{}\n", line(rate, result)).as_bytes())?;
        if let Some(why) = unsupported(rate, result) {
            return Err(Failure::Inconclusive(why));
        }
        match result.verdict {
            LoadVerdict::Sound if result.dropped == 0 => search.tell(rate, Trial::Held),
            LoadVerdict::Sound | LoadVerdict::Missed | LoadVerdict::Inconclusive => {
                search.tell(rate, Trial::Failed);
            }
            LoadVerdict::Void => {
                void = true;
                search.tell(rate, Trial::Failed);
            }
            LoadVerdict::Wrong | LoadVerdict::Aborted | LoadVerdict::Error => {
                output::print(&crate::report::load_page(result, output.style()))?;
                return Ok(conclusion.exit);
            }
        }
    }
    let (held, failed) = search.found();
    let words = |end: Option<Tried>| {
        end.map_or_else(
            || "none".to_owned(),
            |end| format!("{}/s (held {} of {} times)", end.rate, end.held, end.times),
        )
    };
    let limit = if void { "; at some rates the generator was the limit, so it may be more" } else { "" };
    let text =
        format!("highest rate that held: {}; lowest that did not: {}{limit}\n", words(held), words(failed));
    output::print(text.as_bytes())?;
    Ok(match held {
        None => ExitCode::ThresholdMissed,
        Some(_) if void => ExitCode::LoadVoid,
        Some(_) => ExitCode::Conformant,
    })
}

/// What a trial was too short for: a figure that too few samples support says nothing about its rate.
fn unsupported(rate: f64, result: &LoadResult) -> Option<String> {
    let missed = result.verdict == LoadVerdict::Missed;
    let one = result.thresholds.iter().find(|one| missed && !one.met && one.actual.is_none())?;
    Some(format!(
        "could not weigh `{}`: at {rate}/s too few requests support it; give a longer --duration, or begin with a \
         higher --rate",
        one.threshold.as_str()
    ))
}

/// Where the search begins: where the operator says, or the plan.
fn begin(rate: Option<&Rate>, plan: &LoadPlan) -> f64 {
    let planned = plan.find_capacity.as_ref().map(|search| &search.from);
    rate.or(planned).map_or(BEGIN, Rate::per_second)
}

/// What came of one rate, in a line.
fn line(rate: f64, result: &LoadResult) -> String {
    let millis = |micros: Option<u64>| {
        micros.map_or_else(|| "-".to_owned(), |micros| format!("{}.{:02}", micros / 1000, micros % 1000 / 10))
    };
    let missed: Vec<_> =
        result.thresholds.iter().filter(|one| !one.met).map(|one| one.threshold.as_str()).collect();
    let verdict = match result.verdict {
        LoadVerdict::Sound if result.dropped > 0 => format!("{} dropped", result.dropped),
        LoadVerdict::Sound => "held".to_owned(),
        LoadVerdict::Missed => format!("missed {}", missed.join(", ")),
        LoadVerdict::Void => "void: the generator was the bottleneck".to_owned(),
        LoadVerdict::Wrong => "answers were wrong".to_owned(),
        LoadVerdict::Inconclusive => "nothing was answered".to_owned(),
        LoadVerdict::Aborted | LoadVerdict::Error => "ended early".to_owned(),
    };
    let times = &result.response_time_us;
    format!("{rate:>9}/s  p50 {:>9}  p99 {:>9} ms  {verdict}", millis(times.p50), millis(times.p99))
}
