//! What a load came to, and whether our own counts add up.

use super::Collected;
use crate::load::tally::Counts;
use crate::load::verdict::Outcome;
use crate::outcome::ExitCode;
use crate::outcome::load::{LoadVerdict, ThresholdResult};
use crate::runner::Signal;

/// The verdict and the exit code. Our own faults come first, then the operator's wish; a wrong answer that was witnessed
/// is a fact however the generator fared; a void result says nothing more.
pub(super) fn weigh(
    collected: &Collected,
    (causes, mismatches): (&[String], &[String]),
    thresholds: &[ThresholdResult],
) -> (LoadVerdict, ExitCode) {
    let mut all = collected.total();
    all += &collected.total_warm_up();
    let broke = !mismatches.is_empty() || !collected.failures.is_empty();
    let judged = all.of(Outcome::RightAccept) + all.of(Outcome::RightRefusal);
    match collected.signal {
        _ if broke => (LoadVerdict::Error, ExitCode::Internal),
        Some(Signal::Interrupt) => (LoadVerdict::Aborted, ExitCode::Interrupted),
        Some(Signal::Terminate) => (LoadVerdict::Aborted, ExitCode::Terminated),
        None if is_wrong(collected, &all) => (LoadVerdict::Wrong, ExitCode::NonConformant),
        None if !causes.is_empty() => (LoadVerdict::Void, ExitCode::LoadVoid),
        None if judged == 0 || collected.missing > 0 || collected.going_on || !collected.is_steered() => {
            (LoadVerdict::Inconclusive, ExitCode::Inconclusive)
        }
        None if thresholds.iter().any(|one| !one.met) => (LoadVerdict::Missed, ExitCode::ThresholdMissed),
        None => (LoadVerdict::Sound, ExitCode::Conformant),
    }
}

/// Whether any answer was wrong; what is merely slow, shed or cut is for the thresholds.
fn is_wrong(collected: &Collected, all: &Counts) -> bool {
    let wrong =
        Outcome::ALL.into_iter().filter(|one| one.kind().is_some_and(crate::outcome::WrongKind::is_wrong));
    wrong.map(|one| all.of(one)).sum::<u64>() > 0 || collected.wires.surplus > 0
}

/// Where our own counts do not add up: an accountant's check of ourselves, not of the target.
pub(super) fn mismatches(collected: &Collected, planned: u64, answered: Option<u64>) -> Vec<String> {
    let mut found = Vec::new();
    for (phase, all) in [("warm-up", &collected.warm_up), ("measured", &collected.measured)] {
        for (class, counts) in all.iter().enumerate().filter(|(_, counts)| !counts.adds_up()) {
            let came = counts.outcomes.iter().sum::<u64>() + counts.in_flight;
            found.push(format!(
                "class {class}, {phase}: {} requests were sent, {came} came to something",
                counts.sent
            ));
        }
    }
    let total = collected.total();
    if total.sent + total.dropped > planned {
        found.push(format!(
            "{} requests were planned, {} sent and {} dropped",
            planned, total.sent, total.dropped
        ));
    }
    let steered = collected.is_steered() || total.sent > 0;
    let cut = collected.signal.is_some() || collected.broken.is_some() || collected.going_on;
    let whole = steered && !cut && collected.missing == 0 && collected.failures.is_empty();
    if whole && total.sent + total.dropped < planned {
        found.push(format!(
            "{} requests were planned, only {} sent and {} dropped",
            planned, total.sent, total.dropped
        ));
    }
    if whole {
        let timed: u64 =
            collected.times.iter().map(|times| times.response.count() + times.other_response.count()).sum();
        let came = total.completed() + total.of(Outcome::TimedOut);
        if timed != came {
            found.push(format!("{came} requests came to an answer or a time-out, {timed} were timed"));
        }
        found.extend(server_disagrees(collected, answered));
    }
    found
}

/// Where the reference server has answered another number of requests than we sent; what was cut may have been lost on
/// its way.
fn server_disagrees(collected: &Collected, answered: Option<u64>) -> Option<String> {
    let answered = answered?;
    let mut all = collected.total();
    all += &collected.total_warm_up();
    let uncertain =
        all.in_flight + all.of(Outcome::Closed) + all.of(Outcome::Reset) + all.of(Outcome::TimedOut);
    let agrees = answered <= all.sent && all.sent - answered <= uncertain;
    (!agrees)
        .then(|| format!("{} requests were sent, and the reference server answered {answered}", all.sent))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::tally::ClassTimes;

    /// One class: so many requests were sent, so many of them rightly refused.
    fn collected(sent: u64, right: u64) -> Collected {
        let mut counts = Counts { sent, ..Counts::default() };
        counts.outcomes[Outcome::RightRefusal.place()] = right;
        let mut times = ClassTimes::default();
        (0..right).for_each(|_| times.response.record(1_000_000));
        Collected {
            measured: vec![counts],
            warm_up: vec![Counts::default()],
            times: vec![times],
            ..Collected::default()
        }
    }

    fn exit(collected: &Collected, causes: &[String], planned: u64) -> ExitCode {
        let missed = [];
        weigh(collected, (causes, &mismatches(collected, planned, None)), &missed).1
    }

    #[test]
    fn what_adds_up_is_sound_and_what_does_not_is_our_own_fault() {
        assert_eq!(exit(&collected(5, 5), &[], 5), ExitCode::Conformant);
        assert_eq!(exit(&collected(5, 4), &[], 5), ExitCode::Internal);
        assert_eq!(exit(&collected(5, 5), &[], 4), ExitCode::Internal);
        assert_eq!(exit(&collected(5, 5), &[], 6), ExitCode::Internal);
        let mut untimed = collected(5, 5);
        untimed.times = vec![ClassTimes::default()];
        assert_eq!(exit(&untimed, &[], 5), ExitCode::Internal);
    }

    #[test]
    fn a_witnessed_wrong_answer_is_a_fact_even_where_the_times_are_void() {
        let mut wrong = collected(5, 4);
        wrong.measured[0].outcomes[Outcome::FalseAccept.place()] = 1;
        wrong.times[0].other_response.record(1);
        let causes = ["late".to_owned()];
        assert_eq!(exit(&wrong, &causes, 5), ExitCode::NonConformant);
        assert_eq!(exit(&collected(5, 5), &causes, 5), ExitCode::LoadVoid);
        let interrupted = Collected { signal: Some(Signal::Interrupt), ..collected(5, 5) };
        assert_eq!(exit(&interrupted, &causes, 9), ExitCode::Interrupted);
    }

    #[test]
    fn where_nothing_was_answered_nothing_is_concluded() {
        let mut dead = collected(0, 0);
        dead.measured[0].dropped = 5;
        assert_eq!(exit(&dead, &[], 5), ExitCode::Inconclusive);
    }

    #[test]
    fn a_threshold_that_was_missed_is_an_exit_code_of_its_own() {
        let missed =
            ThresholdResult { threshold: crate::outcome::Redacted::fixed("x"), met: false, actual: None };
        let sound = collected(5, 5);
        assert_eq!(weigh(&sound, (&[], &[]), &[missed]).1, ExitCode::ThresholdMissed);
    }
}
