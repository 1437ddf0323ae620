//! How a load goes, second by second, on standard error.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::output::{self, Output, Progress};
use crate::load::{Event, Job, SecondSum};
use crate::outcome::WrongKind;
use crate::report::escape_terminal;

/// Where there is no terminal, a line is printed every so many seconds.
const SECONDS_PER_LINE: u64 = 5;

/// Shows how a load goes.
#[derive(Debug)]
pub(super) struct Ticker<'a> {
    output: &'a Output,
    job: &'a Job,
    bar: ProgressBar,
}

impl<'a> Ticker<'a> {
    pub(super) fn new(output: &'a Output, job: &'a Job) -> Self {
        let shown = output.progress() == Progress::Bar;
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(job.span.as_secs()), target);
        let style = ProgressStyle::with_template("{bar:20} {elapsed} {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { output, job, bar }
    }

    /// Takes notice of what happened.
    pub(super) fn notice(&self, event: &Event<'_>) {
        match event {
            Event::Started(connections) => {
                self.say(&format!("{connections} connections to {}", self.job.target.url));
            }
            Event::Second(number, sum) => self.second(*number, sum),
            Event::Surprise(surprise) => {
                let kind = surprise.kind();
                let class = self.job.classes.get(surprise.class).map_or("", |class| class.name.as_str());
                let seen = if kind == WrongKind::Surplus { "" } else { surprise.actual.as_str() };
                let seen = self.job.redactor.redact(seen);
                self.say(&escape_terminal(&format!("{} in `{class}`: {seen}", kind.as_str())));
            }
            Event::Broken(threshold) => {
                self.say(&escape_terminal(&format!("it does not hold, and so it ends: {}", threshold.text)));
            }
            Event::Checkpoint(_) => {}
            Event::Interrupted => {
                self.say("interrupted: what is under way is finished; interrupt again to stop at once");
            }
        }
    }

    fn second(&self, number: u64, sum: &SecondSum) {
        let counts = &sum.counts;
        let millis = |micros: Option<u64>| {
            micros.map_or_else(
                || "-".to_owned(),
                |micros| format!("{}.{:02}", micros / 1000, micros % 1000 / 10),
            )
        };
        let text = format!(
            "{}/s sent, {} answered, {} wrong accepts, {} wrong refusals, {} shed, {} broken, {} dropped, p50 {} p99 {} \
             lag {} ms",
            counts.sent,
            counts.completed(),
            counts.false_accepts(),
            counts.false_refusals(),
            counts.shed(),
            counts.broken(),
            counts.dropped,
            millis(sum.response.at(50.0)),
            millis(sum.response.at(99.0)),
            millis(sum.lag.at(99.0)),
        );
        self.bar.set_position(number + 1);
        self.bar.set_message(text.clone());
        if self.output.progress() == Progress::Lines && (number + 1).is_multiple_of(SECONDS_PER_LINE) {
            output::say(&format!("second {}: {text}\n", number + 1));
        }
    }

    fn say(&self, text: &str) {
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
