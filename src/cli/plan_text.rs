//! A plan, as text: for `--list` and `--dry-run`.

use std::fmt::Write as _;

use crate::plan::{Case, Plan, PlannedStep};

/// The ids, one a line.
pub(super) fn list(plan: &Plan) -> String {
    plan.cases.iter().fold(String::new(), |text, case| text + &case.id + "\n")
}

/// What would be sent and what is expected, or why a case is skipped.
pub(super) fn dry_run(plan: &Plan) -> String {
    let mut text = String::new();
    for case in &plan.cases {
        writeln!(text, "{}", case.id).ok();
        match &case.work {
            Ok(steps) => {
                // The twin goes first.
                case.twin.iter().chain(steps).for_each(|step| describe(step, &mut text));
            }
            Err(why) => drop(writeln!(text, "    skip: {why}")),
        }
    }
    let skipped = plan.cases.iter().filter(|case| !Case::applies(case)).count();
    writeln!(text, "{} cases, {skipped} of them skipped; nothing was sent", plan.cases.len()).ok();
    for operation in &plan.unreached {
        writeln!(text, "no check reaches {operation}").ok();
    }
    text
}

fn describe(step: &PlannedStep, text: &mut String) {
    let draft = &step.draft;
    let key = draft.key.as_ref().map_or_else(
        || "no key".to_owned(),
        |key| match key.twist {
            None => format!("the key of {}", key.credential),
            Some(_) => format!("a key made of that of {}", key.credential),
        },
    );
    let repeat = if step.repeat > 1 { format!(", {} times", step.repeat) } else { String::new() };
    let exact = if draft.conversation.is_some() { ", said to the byte" } else { "" };
    writeln!(text, "    {} {} with {key}{repeat}{exact}", draft.method, draft.target).ok();
    writeln!(text, "    expects {}", step.requirement).ok();
}
