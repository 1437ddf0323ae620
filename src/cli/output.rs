//! Standard output, standard error, and what is known of the terminal behind them.

use std::io::{self, IsTerminal as _, Write as _};

use clap::{Args, ValueEnum};

use crate::report::{Colour, Style};

use super::error::Failure;

/// How wide a report is where nothing says how wide the terminal is.
const PLAIN_WIDTH: usize = 100;

#[derive(Clone, Debug, Args)]
pub(super) struct OutputArgs {
    /// Colours: `auto` is on a terminal only, and never with `NO_COLOR` set or `TERM=dumb`.
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, value_name = "WHEN")]
    color: When,
    /// Print results only, no progress.
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

/// Where to print, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Output {
    style: Style,
    progress: Progress,
}

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// As a bar that moves.
    Bar,
    /// As a line now and then.
    Lines,
    /// Not at all.
    None,
}

impl OutputArgs {
    #[expect(clippy::disallowed_methods, reason = "cli is where the environment is read")]
    pub(super) fn resolve(&self) -> Output {
        let terminal = io::stdout().is_terminal();
        let variable = |name: &str| std::env::var(name).ok();
        let suited = if terminal && !is_plain(&variable) { Colour::On } else { Colour::Off };
        let colour = self.color.resolve(suited);
        let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let width = width.filter(|_| terminal).unwrap_or(PLAIN_WIDTH);
        let progress = match (self.quiet, io::stderr().is_terminal()) {
            (true, _) => Progress::None,
            (false, true) => Progress::Bar,
            (false, false) => Progress::Lines,
        };
        Output { style: Style { width, colour }, progress }
    }
}

impl When {
    /// Colours or none, where the terminal and who looks at it would have what suits them.
    fn resolve(self, suited: Colour) -> Colour {
        match self {
            Self::Always => Colour::On,
            Self::Auto => suited,
            Self::Never => Colour::Off,
        }
    }
}

/// Whether the environment says that colours are not wanted, or not understood.
fn is_plain(variable: &dyn Fn(&str) -> Option<String>) -> bool {
    variable("NO_COLOR").is_some_and(|value| !value.is_empty())
        || variable("TERM").is_some_and(|value| value == "dumb")
}

impl Output {
    /// Without colours and without progress.
    #[cfg(test)]
    pub(super) fn plain() -> Self {
        Self { style: Style { width: PLAIN_WIDTH, colour: Colour::Off }, progress: Progress::None }
    }

    pub(super) fn style(&self) -> Style {
        self.style
    }

    pub(super) fn progress(&self) -> Progress {
        self.progress
    }
}

/// Prints a result. Whoever closes the pipe has seen enough: that is not a failure; a full disk is.
pub(super) fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::Report(format!("could not write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Tells the operator something.
pub(super) fn say(text: &str) {
    io::stderr().lock().write_all(text.as_bytes()).ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_for_a_terminal_that_understands_them_and_is_not_told_otherwise() {
        let plain = |name: &str, value: &str| {
            let variable = |wanted: &str| (wanted == name).then(|| value.to_owned());
            is_plain(&variable)
        };
        assert!(plain("TERM", "dumb") && plain("NO_COLOR", "1"));
        assert!(!plain("TERM", "xterm") && !plain("NO_COLOR", ""));
        let resolved = [When::Always, When::Auto, When::Never].map(|when| when.resolve(Colour::Off));
        assert_eq!(resolved, [Colour::On, Colour::Off, Colour::Off]);
        assert_eq!(When::Auto.resolve(Colour::On), Colour::On);
    }
}
