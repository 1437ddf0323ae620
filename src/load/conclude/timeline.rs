//! What was done to the target, as results have it.

use crate::load::collect::Collected;
use crate::load::job::{Class, Job};
use crate::outcome::load::Deed;

/// Everything that the plan does to the target, and what came of it.
pub(super) fn results(job: &Job, collected: &Collected) -> Vec<Deed> {
    let acts = job.timeline.iter().flat_map(|timeline| &timeline.acts);
    let result = |(number, act): (usize, &crate::load::steer::Act)| {
        let performed = collected.performed.iter().find(|one| one.act == number);
        let problem = performed.and_then(|one| one.problem.as_deref());
        Deed {
            what: job.redactor.redact(&act.deed.to_string()),
            planned_ms: act.at.map(millis),
            done: performed.is_some() && problem.is_none(),
            began_ms: performed.and_then(|one| one.at).map(millis),
            took_us: performed.map(|one| u64::try_from(one.took.as_micros()).unwrap_or(u64::MAX)),
            problem: problem.map(|why| job.redactor.redact(why)),
        }
    };
    acts.enumerate().map(result).collect()
}

/// What is right for a class, in words.
pub(super) fn expected(class: &Class) -> String {
    match &class.turn {
        None => class.requirement.to_string(),
        Some(turn) => format!("{}; behind the end of its key, {}", class.requirement, turn.requirement),
    }
}

fn millis(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
