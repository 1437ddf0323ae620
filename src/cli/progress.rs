//! Progress on standard error: a bar on a terminal, a line now and then elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::outcome::{Summary, Verdict};
use crate::runner::Event;

use super::output::{self, Output, Progress};

/// How often a line is printed where there is no terminal: after every so many cases.
const CASES_PER_LINE: usize = 500;

/// Shows how a run goes.
#[derive(Debug)]
pub(super) struct Ticker<'a> {
    output: &'a Output,
    bar: ProgressBar,
    seen: Vec<Verdict>,
    cases: usize,
}

impl<'a> Ticker<'a> {
    pub(super) fn new(output: &'a Output) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), target(output.progress()));
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg} {elapsed}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { output, bar, seen: Vec::new(), cases: 0 }
    }

    /// Takes notice of what happened.
    pub(super) fn notice(&mut self, event: &Event<'_>) {
        match event {
            Event::Started { cases } => {
                self.cases = *cases;
                self.bar.set_length(u64::try_from(*cases).unwrap_or(u64::MAX));
            }
            Event::Control(control) if !control.held => {
                let line = format!(
                    "control failed: {} {} ({}): {}",
                    control.environment, control.operation, control.when, control.actual
                );
                self.line(&line);
            }
            Event::Control(_) => {}
            Event::Case(result) => self.case(result.verdict),
            Event::Interrupted => {
                self.line("interrupted: what is under way is finished; interrupt again to stop at once");
            }
        }
    }

    fn case(&mut self, verdict: Verdict) {
        self.seen.push(verdict);
        let done = self.seen.len();
        if self.output.progress() == Progress::Bar {
            let summary = Summary::of(self.seen.iter().copied());
            self.bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
            self.bar.set_message(format!("{} fail, {} warn", summary.fail, summary.warn));
        } else if done.is_multiple_of(CASES_PER_LINE) {
            self.line(&format!("{done} of {} cases", self.cases));
        }
    }

    fn line(&self, text: &str) {
        match self.output.progress() {
            Progress::Bar => self.bar.println(text),
            Progress::Lines => output::say(&format!("{text}\n")),
            Progress::None => {}
        }
    }

    /// Clears the bar, so that the report begins on a clean line.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn target(progress: Progress) -> ProgressDrawTarget {
    if progress == Progress::Bar { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() }
}
