//! Which program is tested.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The one that `LOCKPROOF` names, so that the build that is shipped can be tried, or else the one that was built with the
/// tests.
pub(crate) fn path() -> PathBuf {
    let built = || env!("CARGO_BIN_EXE_lockproof").into();
    std::env::var_os("LOCKPROOF").map_or_else(built, |named| {
        let named = Path::new(&named);
        named.canonicalize().unwrap_or_else(|error| panic!("LOCKPROOF={}: {error}", named.display()))
    })
}

/// A command line of it.
pub(crate) fn command() -> Command {
    Command::new(path())
}
