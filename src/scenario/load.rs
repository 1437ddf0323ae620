//! From text to a scenario, or to every mistake at once.

use super::{Region, Scenario, check};
use crate::document::{Diagnostics, Format, Source};

static FORMAT: Format<Scenario> = Format::new();

/// Reads a scenario. Its family is the name of the folder that its file lies in, or `custom` without one.
///
/// No variable is filled in: a check is the same everywhere.
///
/// # Errors
/// All of its mistakes at once.
pub fn load(source: Source) -> Result<Scenario, Diagnostics> {
    let (scenario, document) = FORMAT.load(source, &|_| None, &check::all)?;
    let site = Region::of(&document, "/title");
    let family = check::family(&document.source.name);
    Ok(Scenario { family, site, file: document.source.name, ..scenario })
}
