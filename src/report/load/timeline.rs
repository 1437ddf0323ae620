//! What was done to the target meanwhile, and for how long a key that had its end was accepted all the same.

use super::super::page::{Ink, Page};
use super::tables::{line, millis};
use crate::outcome::load::{Class, Deed, LoadResult};

/// Everything that was done, and what outlived it.
pub(super) fn timeline(result: &LoadResult, page: &mut Page) {
    if result.timeline.is_empty() {
        return;
    }
    page.heading("Timeline");
    for deed in &result.timeline {
        one(deed, page);
    }
    let ended: Vec<&Class> = result.classes.iter().filter(|class| class.outlived_us.is_some()).collect();
    if ended.is_empty() {
        return;
    }
    page.heading("Accepted behind the end of its key, in ms");
    for (class, times) in ended.iter().filter_map(|class| Some((class, class.outlived_us.as_ref()?))) {
        if times.count == 0 {
            let refused = format!("{}: never, and refused {} times", class.name, class.right_refusal);
            page.line(2, &[(Ink::Plain, &refused)]);
        } else {
            line(&class.name, times, u64::MAX, page);
        }
    }
}

fn one(deed: &Deed, page: &mut Page) {
    let at = deed.planned_ms.map_or_else(|| "before".to_owned(), |at| format!("{at} ms"));
    let took = deed.took_us.map(|took| format!("  took {} ms", millis(Some(took)))).unwrap_or_default();
    let (ink, state) = match (&deed.problem, deed.done) {
        (Some(problem), _) => (Ink::Bad, format!("not done: {}", problem.as_str())),
        (None, true) => (Ink::Good, "done".to_owned()),
        (None, false) => (Ink::Doubt, "not done".to_owned()),
    };
    let (at, what) = (format!("{at:>10}  "), format!("{}  ", deed.what.as_str()));
    page.line(2, &[(Ink::Plain, &at), (Ink::Plain, &what), (ink, &state), (Ink::Faint, &took)]);
}
