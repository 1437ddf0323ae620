//! `lockproof check`: contracts and scenarios, without sending anything.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;

use crate::contract::{self, Contract};
use crate::document::{Diagnostic, Diagnostics, Document, Format, Node, Source, closest, top_level};
use crate::load::format::{self, LoadPlan};
use crate::mock::defects;
use crate::outcome::ExitCode;
use crate::scenario::{self, Scenario, builtin_files};

use super::bundle::{self, read_body};
use super::error::Failure;
use super::output;
use super::{Done, suite, supply};

// The rooms that own these formats know nothing of other files; what leads from one to another is looked at here.
static CONTRACT: Format<Contract> = Format::new();
static SCENARIO: Format<Scenario> = Format::new();
static PLAN: Format<LoadPlan> = Format::new();

/// The most mistakes of one kind: nobody reads more, and a hostile file must not cost more.
const MOST: usize = 100;

/// Check contracts, scenarios and load plans, all mistakes at once; send nothing.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lockproof check                          the contract in this folder, or the built-in suite\n  lockproof check lockproof.yaml my-checks/  a contract and a folder of scenarios"
)]
pub(super) struct CheckArgs {
    /// Contracts, scenarios, load plans, and folders of scenarios.
    files: Vec<PathBuf>,
}

pub(super) fn run(args: &CheckArgs) -> Done {
    let sources = if args.files.is_empty() { default_sources()? } else { named_sources(&args.files)? };
    let known = Known::with(&sources);
    let wrong: Vec<Diagnostics> = sources.iter().filter_map(|source| check(source, &known)).collect();
    if !wrong.is_empty() {
        return Err(Failure::Documents(wrong));
    }
    let count = sources.len();
    let plural = if count == 1 { "" } else { "s" };
    output::print(format!("{count} file{plural} without a mistake\n").as_bytes())?;
    Ok(ExitCode::Conformant)
}

fn default_sources() -> Result<Vec<Source>, Failure> {
    let contract = PathBuf::from("lockproof.yaml");
    if contract.exists() {
        return Ok(vec![bundle::read_source(&contract)?]);
    }
    Ok(builtin_files().into_iter().map(|file| Source { name: file.path, text: file.text }).collect())
}

fn named_sources(paths: &[PathBuf]) -> Result<Vec<Source>, Failure> {
    let files = suite::collect(paths)?;
    if files.is_empty() {
        return Err(Failure::usage("there is no *.yaml or *.yml under the given paths"));
    }
    Ok(files.into_iter().map(|file| Source { name: file.path, text: file.text }).collect())
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A contract.
    Contract,
    /// A load plan.
    Plan,
    /// A scenario.
    Scenario,
}

impl Kind {
    /// What a file says that it is: a contract `lockproof: 1`, a load plan `load: 1`, and a scenario how much it matters.
    fn told(source: &Source) -> Option<Self> {
        // Some editors put a mark before the first line.
        let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
        let keys = top_level(text);
        let says = |word: &str| match &keys {
            Some(keys) => keys.iter().any(|key| key == word),
            // What is not YAML can still say what it was meant to be.
            None => {
                text.lines().any(|line| line.strip_prefix(word).is_some_and(|rest| rest.starts_with(':')))
            }
        };
        let words = [("lockproof", Self::Contract), ("load", Self::Plan), ("severity", Self::Scenario)];
        words.into_iter().find_map(|(word, kind)| says(word).then_some(kind))
    }

    /// Refuses a file of another kind: each of its entries would be a mistake, and none the one that was made.
    pub(super) fn admits(self, source: &Source) -> Result<(), Failure> {
        let Some(told) = Self::told(source).filter(|told| *told != self) else { return Ok(()) };
        let (name, cure) = (&source.name, told.cure(&source.name));
        Err(Failure::usage(format!("{name} is {}, not {}: {cure}", told.name(), self.name())))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Contract => "a contract",
            Self::Plan => "a load plan",
            Self::Scenario => "a scenario",
        }
    }

    /// Where a file of this kind is named.
    fn cure(self, file: &str) -> String {
        match self {
            Self::Contract => format!("name it behind --contract, as in `lockproof run --contract {file}`"),
            Self::Plan => format!("name it behind `load`, as in `lockproof load {file}`"),
            Self::Scenario => format!("name it behind --scenarios, as in `lockproof run --scenarios {file}`"),
        }
    }
}

/// What is wrong with a file. What does not say what it is, is taken for a scenario.
fn check(source: &Source, known: &Known) -> Option<Diagnostics> {
    let nothing = |_: &str| None;
    let names = |document: &Document| known.strangers(document);
    let file = || source.clone();
    match Kind::told(source).unwrap_or(Kind::Scenario) {
        Kind::Contract => {
            let folder = Path::new(&source.name).parent().unwrap_or(Path::new(""));
            let bodies = |document: &Document| bodies(document, folder);
            let own = contract::load(file(), &supply::variable).err();
            together(own, CONTRACT.load(file(), &supply::variable, &bodies).err())
        }
        Kind::Plan => together(format::read(file()).err(), PLAN.load(file(), &nothing, &names).err()),
        Kind::Scenario => {
            together(scenario::load(file()).err(), SCENARIO.load(file(), &nothing, &names).err())
        }
    }
}

/// The mistakes of one file that was looked at twice, each of them once.
fn together(one: Option<Diagnostics>, other: Option<Diagnostics>) -> Option<Diagnostics> {
    let (mut one, other) = match (one, other) {
        (Some(one), Some(other)) => (one, other),
        (one, other) => return one.or(other),
    };
    let place = |mistake: &Diagnostic| (mistake.span.start, mistake.message.clone());
    let known: HashSet<_> = one.all.iter().map(place).collect();
    one.all.extend(other.all.into_iter().filter(|mistake| !known.contains(&place(mistake))));
    one.all.sort_by_key(|mistake| (mistake.span.start, mistake.span.end));
    Some(one)
}

/// Body files of a contract that cannot be sent as what they are said to be.
fn bodies(document: &Document, folder: &Path) -> Vec<Diagnostic> {
    let operations = below(document.root.get("services"))
        .flat_map(|service| below(service.get("operations")))
        .flat_map(|operation| [operation.get("body"), operation.at(&["idempotency", "other_body"])]);
    let routes = below(document.root.at(&["backend", "routes"])).map(|route| route.get("body"));
    let unusable = |body| unusable(document, body, folder);
    operations.chain(routes).flatten().filter_map(unusable).take(MOST).collect()
}

/// The values of a mapping.
fn below(node: Option<&Node>) -> impl Iterator<Item = &Node> {
    node.map(Node::entries).unwrap_or_default().iter().map(|entry| &entry.value)
}

fn unusable(document: &Document, body: &Node, folder: &Path) -> Option<Diagnostic> {
    let json = body.entry("json");
    let entry = json.or_else(|| body.get("file")?.entry("path"))?;
    let path = entry.value.as_str()?;
    let mistake = |problem: String, cure: &str| {
        let message = format!("the body {} {problem}", document.name(&entry.value));
        Some(Diagnostic::new(message, document.place((&entry.value, Some(entry)))).hint(cure))
    };
    match (read_body(&folder.join(path)), json) {
        (Err(problem), _) => mistake(
            format!("could not be read: {problem}"),
            "put it there, or name another file; names are relative to the contract",
        ),
        (Ok(bytes), Some(_)) => {
            let problem = serde_json::from_slice::<Value>(&bytes).err()?;
            mistake(
                format!("is not JSON: {problem}"),
                "correct it, or write `file: { path: ..., content_type: ... }` where it is not meant to be JSON",
            )
        }
        (Ok(_), None) => None,
    }
}

/// The names that a file may use though they are not its own.
struct Known {
    checks: Vec<String>,
    defects: Vec<&'static str>,
}

impl Known {
    /// Those that are built in, and the checks of some files: a check is called like its file.
    fn with(sources: &[Source]) -> Self {
        let own = sources.iter().map(|source| source.name.clone());
        let files = builtin_files().into_iter().map(|file| file.path).chain(own);
        let stem = |file: String| Some(Path::new(&file).file_stem()?.to_str()?.to_owned());
        let defects = defects::all().chain(defects::under_load()).map(|defect| defect.id);
        Self { checks: files.filter_map(stem).collect(), defects: defects.collect() }
    }

    /// Names in a scenario or a load plan that stand for nothing.
    fn strangers(&self, document: &Document) -> Vec<Diagnostic> {
        let checks: Vec<_> = self.checks.iter().map(String::as_str).collect();
        let of = |name: &str| document.root.get(name).map(Node::items).unwrap_or_default().iter();
        let depends = of("depends_on").filter_map(|id| {
            let cure =
                "`lockproof scenarios list` has them; a check of your own is named on the same command line";
            stranger(document, id, ("check", cure, &checks))
        });
        let catches = of("catches").filter_map(|id| {
            let cure = "`lockproof mock --list-defects` and `lockproof between --list-defects` have them";
            stranger(document, id, ("defect", cure, &self.defects))
        });
        depends.take(MOST).chain(catches.take(MOST)).collect()
    }
}

/// A name that is none of those that are known.
fn stranger(document: &Document, name: &Node, of: (&str, &str, &[&str])) -> Option<Diagnostic> {
    let (what, cure, known) = of;
    let id = name.as_str().filter(|id| !known.contains(id))?;
    let near = closest(id, known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
    let mistake = Diagnostic::new(format!("there is no {what} {}", document.name(name)), name.span.clone());
    Some(mistake.hint(near.unwrap_or_else(|| cure.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_of_a_kind_however_its_keys_are_written() {
        let told = |text: &str| Kind::told(&Source { name: "a.yaml".to_owned(), text: text.to_owned() });
        for text in [
            "lockproof: 1\n",
            "\u{feff}lockproof: 1\n",
            "\"lockproof\": 1\n",
            "{ 'lockproof': 1 }",
            "{\n  \"lockproof\": 1\n}",
            "lockproof : 1",
            "lockproof: 1\nbroken: [",
        ] {
            assert_eq!(told(text), Some(Kind::Contract), "{text}");
        }
        assert_eq!(told("{ load: 1 }"), Some(Kind::Plan));
        assert_eq!(told("'severity': must"), Some(Kind::Scenario));
        assert_eq!(told("why: |\n  a\n  lockproof: 1\n"), None);
    }
}
