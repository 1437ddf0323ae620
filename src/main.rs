//! The `lockproof` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    lockproof::cli::main()
}
