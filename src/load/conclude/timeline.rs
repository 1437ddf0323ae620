//! What was done to the target, as results have it.

use crate::load::collect::Collected;
use crate::load::sheet::Sheet;
use crate::outcome::load::Deed;

/// Everything that the plan does to the target, and what came of it.
pub(super) fn results(job: &Sheet, collected: &Collected) -> Vec<Deed> {
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
    job.acts.iter().enumerate().map(result).collect()
}

fn millis(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
