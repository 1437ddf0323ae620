//! The recipes of `docs/client-side.md` do what they say, as they stand there.

use crate::support::Lockproof;

const DOCUMENT: &str = include_str!("../../docs/client-side.md");
const KEY: &str = "pk_Qm7tR2xVb9LkD4sJw8HfYc3NzPa6Ue1G";

/// The contract of the document, with everything that it names.
fn documented(arguments: &[&str]) -> Lockproof {
    let (_, rest) = DOCUMENT.split_once("```yaml\nlockproof: 1\n").unwrap();
    let (contract, _) = rest.split_once("```").unwrap();
    Lockproof::new(arguments)
        .file("lockproof.yaml", format!("lockproof: 1\n{contract}"))
        .file("requests/ocr.json", "{\"image\":\"aGVsbG8=\"}")
        .env("PLATFORM_KEY", KEY)
        .env("SESSION_APP", "ses_Pk3vN8cTq1WyB6mXe3RgJd7HsLp9Ua2F")
        .env("SESSION_KIOSK", "ses_Zk4vN8cTq1WyB6mXe3RgJd7HsLp9Ua2F")
}

/// The arguments of every command of the document that begins with these words.
fn commands(beginning: &str) -> Vec<Vec<&'static str>> {
    let lines = DOCUMENT.lines().map(|line| line.strip_prefix("$ ").unwrap_or(line));
    let commands = lines.flat_map(|line| line.split(" && ")).filter(|command| command.starts_with(beginning));
    commands.map(|command| command.split_whitespace().skip(1).collect()).collect()
}

#[test]
fn the_contract_of_a_backend_is_sound_and_makes_cases() {
    let outcome = documented(&["check", "lockproof.yaml"]).run();
    assert_eq!(outcome.code, Some(0), "{outcome}");
    let recipes = commands("lockproof between --contract");
    assert!(recipes.len() >= 2, "{recipes:?}");
    for recipe in recipes {
        let outcome = documented(&recipe).args(&["--list"]).run();
        assert_eq!(outcome.code, Some(0), "{recipe:?}: {outcome}");
        assert!(outcome.stdout.contains("backend-client-missing/"), "{outcome}");
    }
}

#[test]
fn every_scan_finds_a_key_that_ships_and_nothing_where_there_is_none() {
    let recipes = commands("lockproof scan ");
    assert!(recipes.len() >= 4, "{recipes:?}");
    for mut recipe in recipes {
        // A history needs git, and has tests of its own.
        recipe.retain(|word| *word != "--history");
        let shipped = recipe[1].trim_start_matches('/');
        let file = if shipped.contains('.') { shipped.to_owned() } else { format!("{shipped}/index.js") };
        recipe[1] = shipped;
        for (content, right) in [(format!("const key = \"{KEY}\";"), 1), ("const key = null;".to_owned(), 0)]
        {
            let outcome = documented(&recipe).file(&file, content).run();
            assert_eq!(outcome.code, Some(right), "{recipe:?}: {outcome}");
            assert!(!outcome.stdout.contains(KEY), "{outcome}");
        }
    }
}
