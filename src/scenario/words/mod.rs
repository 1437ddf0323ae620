//! A check in plain words: over what it goes, what it sends, and what is right.
//!
//! For people who have never seen the format. The words are made of the model alone, so that they cannot say
//! anything else than what is planned; names, values and patterns stand between backticks.

mod between;
mod control;
mod forge;
mod h2;
mod over;
mod procedure;
mod right;
mod sends;
mod token;

use super::{Expectation, Scenario, Twist};
use crate::document::{HeaderName, JsonPath, Name};

/// What a check does, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The part of the matrix that it covers: each combination is a case of its own.
    pub over: String,
    /// What every case sends.
    pub sends: String,
    /// What must be accepted first, or nothing is said, where the whole check has such a twin.
    pub twin: Option<String>,
    /// What is right for every case; nothing where its variants or steps say it all.
    pub right: Option<String>,
    /// Its variants, each a case of its own.
    pub variants: Vec<Line>,
    /// The requests of one case in their order, where there are several.
    pub steps: Vec<Line>,
    /// What its procedure does, where it has one.
    pub procedure: Option<String>,
    /// What its procedure sends, kind by kind.
    pub kinds: Vec<Line>,
}

/// What a variant or a step adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The variant's name, or the step's number.
    pub name: String,
    /// What it changes about the request, where it changes anything.
    pub sends: Option<String>,
    /// What it changes about the twin, where it does.
    pub twin: Option<String>,
    /// What it adds to what is right, where it adds anything.
    pub right: Option<String>,
    /// What it takes out of the answer for later steps, where it takes anything.
    pub keeps: Option<String>,
}

impl Scenario {
    /// What the check does, in words.
    pub fn words(&self) -> Words {
        let steps = self.steps.iter().zip(1..).map(|(step, number)| {
            let times =
                if step.repeat > 1 { format!("{number}, {} times", step.repeat) } else { number.to_string() };
            let keep = |(name, path): (&Name, &JsonPath)| format!("keeps {} as {}", code(path), code(name));
            let keep_field = |(name, field): (&Name, &HeaderName)| {
                format!("keeps the field {} as {}", code(field), code(name))
            };
            let fields = step.capture_headers.iter().map(keep_field);
            let kept = step.capture.iter().map(keep).chain(fields).collect::<Vec<_>>();
            let line = Line::new(times, (&step.request, None), &step.expect);
            Line {
                keeps: (!kept.is_empty()).then(|| joined(&kept, "and")),
                sends: step.control.as_ref().map(control::does).or(line.sends),
                right: line.right.map(|right| {
                    step.until.iter().fold(right, |right, until| format!("{right} {}", control::until(until)))
                }),
                ..line
            }
        });
        let variants = self
            .each
            .iter()
            .map(|one| Line::new(one.name.to_string(), (&one.request, one.twin.as_ref()), &one.expect));
        Words {
            over: over::words(&self.over),
            sends: sends::whole(&self.request, self.key_that_nothing_changes()),
            twin: self.twin.as_ref().map(sends::twin),
            right: right::words(&self.expect),
            variants: variants.collect(),
            steps: steps.collect(),
            procedure: self.procedure.as_ref().map(procedure::words),
            kinds: self.procedure.as_ref().map(procedure::lines).unwrap_or_default(),
        }
    }

    /// The key of a sound request, unless the matrix, a variant or a step says more of it.
    fn key_that_nothing_changes(&self) -> Option<&'static str> {
        let alone = self.over.credentials.is_none() && self.each.is_empty() && self.steps.is_empty();
        (alone && self.procedure.is_none()).then_some("with a key that may use the operation")
    }
}

impl Line {
    fn new(name: String, (request, twin): (&Twist, Option<&Twist>), expect: &Expectation) -> Self {
        let twin = twin.map(sends::twin);
        Self { name, sends: sends::words(request), twin, right: right::words(expect), keeps: None }
    }

    /// The whole line: what is sent, its twin, what is right, what is kept.
    pub fn text(&self) -> String {
        let right = self.right.as_ref().map(|right| format!("right is {right}"));
        let twin = self.twin.as_ref().map(|twin| format!("its twin is {twin}"));
        let parts = [self.sends.clone(), twin, right, self.keeps.clone()];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        if parts.is_empty() { "as it is".to_owned() } else { parts.join("; ") }
    }
}

/// A list in words: `a`, `a and b`, `a, b and c`.
fn joined(parts: &[String], word: &str) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}

/// Something that is quoted, in one line.
fn code(text: &(impl ToString + ?Sized)) -> String {
    format!("`{}`", text.to_string().split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Several things that are quoted.
fn codes<T: ToString>(all: &[T], word: &str) -> String {
    let all: Vec<_> = all.iter().map(|one| code(one)).collect();
    joined(&all, word)
}

#[cfg(test)]
mod tests;
