//! `lockproof completions`: what a shell needs to complete a command line.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::outcome::ExitCode;

use super::{Cli, Done, output};

const EXAMPLES: &str = "\
Examples:
  lockproof completions bash > ~/.local/share/bash-completion/completions/lockproof
  lockproof completions fish > ~/.config/fish/completions/lockproof.fish";

/// Print the completions for a shell.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CompletionsArgs {
    /// The shell.
    shell: Shell,
}

pub(super) fn run(args: &CompletionsArgs) -> Done {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "lockproof", &mut text);
    output::print(&text)?;
    Ok(ExitCode::Conformant)
}
