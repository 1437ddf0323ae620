//! What the documents say, and what is so.

use std::collections::BTreeMap;
use std::path::Path;

use lockproof::contract::{self, Contract};
use lockproof::document::{Colour, Source, published};
use lockproof::load::format::LoadPlan;
use lockproof::outcome::{ExitCode, LoadResult, RunResult, ScanResult};
use lockproof::scenario::{self, Scenario};
use schemars::JsonSchema;

use crate::obeyed;
use crate::source::{files, names_in, read};
use crate::suite::builtin;

/// The documents at the root, those of the examples, and those in `docs`.
fn documents() -> Vec<(String, String)> {
    let root = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"];
    let root = root.iter().map(|name| ((*name).to_owned(), read(name)));
    let others = ["examples", "docs"].into_iter().flat_map(|folder| files(folder, ".md"));
    root.chain(others.map(|file| (file.path, file.text))).collect()
}

/// The content of the fenced blocks of a document in some language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let bodies = text.split(&fence).skip(1).filter_map(|rest| rest.split_once("\n```"));
    bodies.map(|(body, _)| format!("{body}\n")).collect()
}

#[test]
fn the_readme_has_the_table_of_the_exit_codes() {
    let readme = read("README.md");
    let rows = readme.lines().filter_map(|line| {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        Some((cells.next()?.parse::<u8>().ok()?, cells.next()?.to_owned()))
    });
    let rows: Vec<_> = rows.collect();
    let codes: Vec<_> = ExitCode::ALL.iter().map(|exit| (exit.code(), exit.meaning().to_owned())).collect();
    assert_eq!(rows, codes, "correct the table in README.md: `| code | meaning |` as in outcome::ExitCode");
}

#[test]
fn the_readme_counts_the_checks_rightly() {
    let readme = read("README.md");
    let mut families: BTreeMap<String, usize> = BTreeMap::new();
    for check in builtin() {
        *families.entry(check.family).or_default() += 1;
    }
    let total: usize = families.values().sum();
    let rows = families.iter().map(|(family, count)| format!("| `{family}` | {count} |"));
    let wanted = rows.chain([format!("**{total} checks**")]);
    let broken: Vec<_> = wanted.filter(|text| !readme.contains(text.as_str())).collect();
    obeyed(&broken, "README.md does not say this: correct its table of the families, and the total.");
}

#[test]
fn every_relative_link_leads_somewhere() {
    let mut broken = Vec::new();
    for (path, text) in documents() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(Path::new(&path).parent().unwrap());
        let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link);
        let relative = links.filter(|link| !link.contains("://") && !link.starts_with('#'));
        let dead = relative.filter(|link| !folder.join(link.split('#').next().unwrap()).exists());
        broken.extend(dead.map(|link| format!("{path}: {link}")));
    }
    obeyed(&broken, "Correct the link.");
}

#[test]
fn the_architecture_names_every_room() {
    let text = read("ARCHITECTURE.md");
    let rooms = names_in("src").into_iter().filter(|name| !name.contains('.'));
    let broken: Vec<_> = rooms.filter(|room| !text.contains(&format!("| `{room}` |"))).collect();
    obeyed(&broken, "Give the room a row in the table of ARCHITECTURE.md.");
}

#[test]
fn every_contract_and_every_check_in_the_documents_can_be_used_as_it_stands() {
    let mut seen = (0, 0);
    for (path, text) in documents() {
        for block in blocks(&text, "yaml") {
            let source = |name: String| Source { name, text: block.clone() };
            let read = if block.contains("lockproof: 1\n") {
                seen.0 += 1;
                contract::load(source(path.clone()), &|_| None).map(drop)
            } else if let Some((_, rest)) = block.split_once("id: ") {
                seen.1 += 1;
                let id = rest.lines().next().unwrap();
                scenario::load(source(format!("checks/{id}.yaml"))).map(drop)
            } else {
                continue;
            };
            read.unwrap_or_else(|error| panic!("{path}: {}", error.render(Colour::Off, 100)));
        }
    }
    assert!(seen.0 > 0 && seen.1 > 0, "README.md shows a contract, and CONTRIBUTING.md a check: {seen:?}");
}

#[test]
fn the_published_schemas_are_those_of_the_program() {
    let broken: Vec<_> = [
        schema::<Contract>("contract"),
        schema::<Scenario>("scenario"),
        schema::<RunResult>("results"),
        schema::<LoadPlan>("load"),
        schema::<LoadResult>("load-results"),
        schema::<ScanResult>("scan-results"),
    ]
    .into_iter()
    .flatten()
    .collect();
    obeyed(&broken, "The formats have changed: run these, and look at what differs.");
}

/// The command that brings a published schema up to date, where it is not.
fn schema<T: JsonSchema>(name: &str) -> Option<String> {
    let path = format!("schemas/{name}.schema.json");
    let text = serde_json::to_string_pretty(&published::<T>()).unwrap() + "\n";
    (read(&path) != text).then(|| format!("cargo run -- schema {name} > {path}"))
}
