//! From text to a load plan, or to every mistake at once.

use include_dir::{Dir, include_dir};

use super::{LoadPlan, check};
use crate::document::{Diagnostics, Format, Source};

static FORMAT: Format<LoadPlan> = Format::new();

/// Reads a load plan. No variable is filled in: a plan is the same everywhere.
///
/// # Errors
/// All of its mistakes at once.
pub fn read(source: Source) -> Result<LoadPlan, Diagnostics> {
    FORMAT.load(source, &|_| None, &check::all).map(|(plan, _)| plan)
}

static BUILTIN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scenarios/load");

/// The built-in plans, in the order of their names.
pub fn builtin() -> Vec<Source> {
    let named = BUILTIN.files().filter_map(|file| {
        let name = file.path().file_stem()?.to_str()?.to_owned();
        Some(Source { name, text: file.contents_utf8()?.to_owned() })
    });
    let mut all: Vec<_> = named.collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    all
}
