//! The built-in suite, embedded in the binary, and suites from elsewhere.

use include_dir::{Dir, include_dir};

use super::{Scenario, load};
use crate::document::{Diagnostics, Source};

static BUILTIN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// One file of a suite: its path from the suite's root, with `/`, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuiteFile {
    /// The path, such as `core/key-missing.yaml`.
    pub path: String,
    /// The text.
    pub text: String,
}

/// A set of scenarios, in the order of their paths.
#[derive(Clone, Debug, Default)]
pub struct Suite {
    /// The scenarios.
    pub scenarios: Vec<Scenario>,
}

impl Suite {
    /// Reads a suite from its files.
    ///
    /// # Errors
    /// The mistakes of every file that has any.
    pub fn read(files: impl IntoIterator<Item = SuiteFile>) -> Result<Self, Vec<Diagnostics>> {
        let mut scenarios = Vec::new();
        let mut errors = Vec::new();
        for file in files {
            match load(Source { name: file.path, text: file.text }) {
                Ok(scenario) => scenarios.push(scenario),
                Err(diagnostics) => errors.push(diagnostics),
            }
        }
        if errors.is_empty() { Ok(Self { scenarios }) } else { Err(errors) }
    }
}

/// The files of the built-in suite, in the order of their paths.
pub fn builtin_files() -> Vec<SuiteFile> {
    let mut files = Vec::new();
    let mut folders = vec![&BUILTIN];
    while let Some(folder) = folders.pop() {
        // Load plans lie beside the checks, and are none.
        folders.extend(folder.dirs().filter(|inner| inner.path().to_str() != Some("load")));
        files.extend(
            folder.files().filter(|file| file.path().extension().is_some_and(|e| e == "yaml")).filter_map(
                |file| {
                    let path = file.path().to_str()?.to_owned();
                    Some(SuiteFile { path, text: file.contents_utf8()?.to_owned() })
                },
            ),
        );
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}
