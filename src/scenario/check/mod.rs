//! What is wrong with a scenario beyond its schema: names that lead nowhere, and expectations that could never
//! fail.
//!
//! The checks work on the tree, so that they can point at a place, and take nothing for granted: what the
//! schema has already reported is passed over in silence here.

mod control;
mod expectations;
mod h2;
mod names;
mod procedure;
mod twin;
mod wire;

use std::path::Path;

use crate::document::{Diagnostic, Document};

/// The most mistakes of one kind: nobody reads more, and a hostile file must not cost more.
const MOST: usize = 100;

/// Everything that is wrong with a scenario beyond its schema.
pub(super) fn all(document: &Document) -> Vec<Diagnostic> {
    let mut found = names::all(document);
    found.extend(expectations::all(document));
    found.extend(wire::all(document));
    found.extend(control::all(document));
    found.extend(twin::all(document));
    found.extend(procedure::all(document));
    found
}

/// The family of a scenario: the folder that its file lies in.
pub(super) fn family(file: &str) -> String {
    let folder = Path::new(file).parent().and_then(Path::file_name).and_then(|name| name.to_str());
    folder.unwrap_or("custom").to_owned()
}

/// The id that a scenario's file gives it.
fn id_of(file: &str) -> &str {
    Path::new(file).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_gives_a_scenario_its_id_and_its_family() {
        assert_eq!(
            (id_of("core/key-missing.yaml"), &*family("core/key-missing.yaml")),
            ("key-missing", "core")
        );
        assert_eq!((id_of("own.yml"), &*family("own.yml")), ("own", "custom"));
        assert_eq!(family("/a/b/carriers/x.yaml"), "carriers");
    }
}
