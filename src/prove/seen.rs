//! What one server showed: the worst of every check that raised something.

use std::collections::BTreeMap;

use crate::outcome::{CaseResult, ControlKind, RunResult, RunVerdict, Verdict};

/// What is kept of a run.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// What the run came to.
    pub(super) verdict: RunVerdict,
    /// Whether a good key was accepted wherever one should be.
    pub(super) controls: Controls,
    /// Of every check that raised something, the first of its worst cases.
    pub(super) raised: BTreeMap<String, CaseResult>,
}

/// Whether the server could be judged at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Controls {
    Held,
    Failed,
}

impl Seen {
    /// Keeps of a result what is needed.
    pub(super) fn of(result: RunResult) -> Self {
        let failed =
            result.controls.iter().any(|control| control.kind == ControlKind::Positive && !control.held);
        let mut raised: BTreeMap<String, CaseResult> = BTreeMap::new();
        for case in result.cases.into_iter().filter(|case| gravity(case.verdict) > 0) {
            let graver =
                raised.get(&case.check).is_none_or(|known| gravity(case.verdict) > gravity(known.verdict));
            if graver {
                raised.insert(case.check.clone(), case);
            }
        }
        let controls = if failed { Controls::Failed } else { Controls::Held };
        Self { verdict: result.verdict, controls, raised }
    }

    /// Whether all that was said is that nothing can be said, because a good key is not accepted.
    pub(super) fn is_unjudgeable(&self) -> bool {
        self.controls == Controls::Failed
            && self.verdict == RunVerdict::Inconclusive
            && self.raised.values().all(|case| case.verdict == Verdict::Inconclusive)
    }
}

/// How bad a verdict is; nothing for one that raises nothing.
fn gravity(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass | Verdict::Skip => 0,
        Verdict::Inconclusive => 1,
        Verdict::Warn => 2,
        Verdict::Fail => 3,
        Verdict::Error => 4,
    }
}
