//! Progress on standard error: a bar on a terminal, a line now and then elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::outcome::{Summary, Verdict};
use crate::report::escape_terminal;
use crate::runner::Event;

use super::output::{self, Output, Progress};

/// How often a line is printed where there is no terminal: after every so many cases.
const CASES_PER_LINE: usize = 500;

/// How far something has come, in steps of one kind.
#[derive(Debug)]
pub(super) struct Gauge<'a> {
    output: &'a Output,
    bar: ProgressBar,
    /// What is counted, and after how many of it a line is printed where there is no terminal.
    steps: (&'static str, usize),
    done: usize,
    total: usize,
}

impl<'a> Gauge<'a> {
    pub(super) fn new(output: &'a Output, steps: (&'static str, usize)) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), target(output.progress()));
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg} {elapsed}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { output, bar, steps, done: 0, total: 0 }
    }

    /// Tells how many steps there are.
    pub(super) fn begin(&mut self, total: usize) {
        self.total = total;
        self.bar.set_length(u64::try_from(total).unwrap_or(u64::MAX));
    }

    /// Takes one step; the message stands beside the bar, if there is one.
    pub(super) fn step(&mut self, message: impl FnOnce() -> String) {
        self.done += 1;
        let (what, per_line) = self.steps;
        if self.output.progress() == Progress::Bar {
            self.bar.set_position(u64::try_from(self.done).unwrap_or(u64::MAX));
            self.bar.set_message(harmless(&message()));
        } else if self.done.is_multiple_of(per_line) {
            self.line(&format!("{} of {} {what}", self.done, self.total));
        }
    }

    /// Says something at once, in one line: some of it may be a target's words.
    pub(super) fn line(&self, text: &str) {
        let text = harmless(text);
        match self.output.progress() {
            Progress::Bar => self.bar.println(text),
            Progress::Lines => output::say(&format!("{text}\n")),
            Progress::None => {}
        }
    }

    /// Clears the bar, so that what follows begins on a clean line.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// Shows how a run goes.
#[derive(Debug)]
pub(super) struct Ticker<'a> {
    gauge: Gauge<'a>,
    seen: Summary,
}

impl<'a> Ticker<'a> {
    pub(super) fn new(output: &'a Output) -> Self {
        Self { gauge: Gauge::new(output, ("cases", CASES_PER_LINE)), seen: Summary::default() }
    }

    /// Takes notice of what happened.
    pub(super) fn notice(&mut self, event: &Event<'_>) {
        match event {
            Event::Started { cases } => self.gauge.begin(*cases),
            Event::Control(control) if !control.held => {
                let line = format!(
                    "control failed: {} {} ({}): {}",
                    control.environment, control.operation, control.when, control.actual
                );
                self.gauge.line(&line);
            }
            Event::Control(_) => {}
            Event::Case(result) => self.case(result.verdict),
            Event::Interrupted => {
                self.gauge
                    .line("interrupted: what is under way is finished; interrupt again to stop at once");
            }
        }
    }

    fn case(&mut self, verdict: Verdict) {
        self.seen = self.seen.and(verdict);
        let seen = self.seen;
        self.gauge.step(|| format!("{} fail, {} warn", seen.fail, seen.warn));
    }

    /// Clears the bar, so that the report begins on a clean line.
    pub(super) fn finish(&self) {
        self.gauge.finish();
    }
}

/// Text that moves no cursor, and begins no line of its own.
fn harmless(text: &str) -> String {
    escape_terminal(text)
}

fn target(progress: Progress) -> ProgressDrawTarget {
    if progress == Progress::Bar { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_target_says_moves_no_cursor_and_begins_no_line() {
        assert_eq!(harmless("200 \u{1b}[2J\n::error ::x"), "200 \\u{1b}[2J\\n::error ::x");
    }
}
