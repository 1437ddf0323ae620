//! The verbs for newcomers, through the binary: `init`, `explain` and `completions`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod program;

use std::fs;
use std::path::Path;

use tempfile::TempDir;

/// Keys of the shape that edges issue; any will do.
const KEYS: [(&str, &str); 2] = [
    ("LOCKPROOF_KEY_FULL", "lp_full_0123456789abcdefgh"),
    ("LOCKPROOF_KEY_READER", "lp_read_zyxwvutsrq98765432"),
];

/// What the program said, and how it ended.
struct Said {
    exit: i32,
    stdout: String,
    stderr: String,
}

/// Runs the program in a folder, with the keys of the first contract and nothing else in its environment.
fn lockproof(folder: &Path, arguments: &[&str]) -> Said {
    let mut command = program::command();
    let output = command.args(arguments).env_clear().envs(KEYS).current_dir(folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { exit: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

fn folder() -> TempDir {
    TempDir::with_prefix("lockproof-verbs-").unwrap()
}

/// The kinds of edge that the program lists.
fn kinds() -> Vec<String> {
    let said = lockproof(folder().path(), &["init", "--list"]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    said.stdout.lines().map(|line| line.split_once("  ").unwrap().0.to_owned()).collect()
}

#[test]
fn the_kinds_of_edge_that_are_promised_are_there() {
    let kinds = kinds();
    let promised =
        ["plain", "problem-json", "bearer", "kong", "apisix", "tyk", "gravitee", "aws-api-gateway"];
    assert_eq!(kinds, promised);
}

#[test]
fn every_first_contract_is_sound_and_conformant_on_the_reference_server() {
    for kind in kinds() {
        let folder = folder();
        let written = lockproof(folder.path(), &["init", "--from", &kind]);
        assert_eq!((written.exit, &*written.stderr), (0, ""), "{kind}");
        let checked = lockproof(folder.path(), &["check", "lockproof.yaml"]);
        assert_eq!((checked.exit, &*checked.stdout), (0, "1 file without a mistake\n"), "{kind}");
        let run =
            lockproof(folder.path(), &["run", "--contract", "lockproof.yaml", "--reference", "--strict"]);
        assert_eq!(run.exit, 0, "{kind}: {}{}", run.stdout, run.stderr);
        assert!(!run.stdout.contains(" 0 pass"), "{kind}: something was judged: {}", run.stdout);
    }
}

#[test]
fn a_first_contract_finds_a_planted_defect() {
    for kind in ["kong", "tyk", "aws-api-gateway"] {
        let folder = folder();
        lockproof(folder.path(), &["init", "--from", kind]);
        let defect = ["--defect", "skip-auth-when-header-absent"];
        let run = lockproof(folder.path(), &[&["run", "--contract", "lockproof.yaml"][..], &defect].concat());
        assert_eq!(run.exit, 1, "{kind}: {}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains("lockproof explain key-missing\n"), "{kind}: {}", run.stdout);
    }
}

#[test]
fn a_first_contract_begins_with_the_line_for_editors_and_says_what_is_not_known() {
    let said = lockproof(folder().path(), &["init", "--from", "tyk", "-"]);
    assert_eq!(said.exit, 0);
    insta::assert_snapshot!(said.stdout);
}

#[test]
fn init_says_what_to_do_next_in_commands_that_work() {
    let folder = folder();
    let said = lockproof(folder.path(), &["init", "api/staging.yaml", "--from", "kong"]);
    insta::assert_snapshot!(said.stdout);
    let commands = said.stdout.lines().filter_map(|line| line.trim().strip_prefix("lockproof "));
    let commands: Vec<Vec<&str>> = commands.map(|line| line.split(' ').collect()).collect();
    let [check, reference, own] = &commands[..] else { panic!("three commands: {commands:?}") };
    assert_eq!(lockproof(folder.path(), check).exit, 0);
    assert_eq!(lockproof(folder.path(), reference).exit, 0);
    assert_eq!(lockproof(folder.path(), &[own, &["--list"][..]].concat()).exit, 0);
}

#[test]
fn init_leaves_a_file_alone_unless_it_is_told_otherwise() {
    let folder = folder();
    let file = folder.path().join("lockproof.yaml");
    fs::write(&file, "mine").unwrap();
    let refused = lockproof(folder.path(), &["init"]);
    assert_eq!((refused.exit, &*refused.stdout), (2, ""));
    assert_eq!(refused.stderr, "error: lockproof.yaml is there already; --force replaces it\n");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(lockproof(folder.path(), &["init", "--force"]).exit, 0);
    assert!(fs::read_to_string(&file).unwrap().contains("\nlockproof: 1\n"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
}

#[test]
fn init_does_not_write_through_a_link_that_leads_nowhere() {
    let folder = folder();
    std::os::unix::fs::symlink("elsewhere.yaml", folder.path().join("lockproof.yaml")).unwrap();
    assert_eq!(lockproof(folder.path(), &["init"]).exit, 2);
    assert!(!folder.path().join("elsewhere.yaml").exists());
}

#[test]
fn an_unknown_kind_of_edge_is_refused_with_the_nearest_one() {
    let said = lockproof(folder().path(), &["init", "--from", "kongg"]);
    assert_eq!(said.exit, 2);
    assert!(said.stderr.contains("a similar value exists: 'kong'"), "{}", said.stderr);
}

#[test]
fn a_check_is_explained_with_all_that_it_does() {
    let said = lockproof(folder().path(), &["explain", "plaintext-no-oracle"]);
    assert_eq!(said.exit, 0);
    insta::assert_snapshot!(said.stdout);
}

#[test]
fn a_case_is_explained_by_its_check() {
    let folder = folder();
    let by_case = lockproof(folder.path(), &["explain", "key-malformed/sandbox/ekyc.ocr/words"]);
    let by_check = lockproof(folder.path(), &["explain", "key-malformed"]);
    assert_eq!((by_case.exit, by_case.stdout), (0, by_check.stdout));
}

#[test]
fn a_defect_is_explained_with_the_checks_that_find_it() {
    let said = lockproof(folder().path(), &["explain", "validate-before-auth"]);
    assert_eq!(said.exit, 0);
    insta::assert_snapshot!(said.stdout);
}

#[test]
fn a_check_of_ones_own_is_explained_too_and_cannot_steer_the_terminal() {
    let folder = folder();
    let check = "id: mine\ntitle: Mine\nseverity: info\nsources: [house rule]\nwhy: w\nadvice: a\n\
                 request: { headers: [{ X-A: \"a\\u202eb\" }] }\nexpect: { accepted: true }\n";
    fs::write(folder.path().join("mine.yaml"), check).unwrap();
    let said = lockproof(folder.path(), &["explain", "mine", "--scenarios", "mine.yaml"]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    assert!(said.stdout.contains("with `X-A: a\\u{202e}b`"), "{}", said.stdout);
}

#[test]
fn what_cannot_be_explained_is_refused_with_the_nearest_name() {
    let folder = folder();
    for (wrong, hint) in [
        ("key-expird", "did you mean `key-expired`?"),
        ("ignore-expiri", "did you mean `ignore-expiry`?"),
        ("nothing-like-it-at-all", "`lockproof scenarios list` has the checks"),
    ] {
        let said = lockproof(folder.path(), &["explain", wrong]);
        assert_eq!((said.exit, &*said.stdout), (2, ""), "{wrong}");
        assert!(said.stderr.contains(hint), "{wrong}: {}", said.stderr);
    }
}

#[test]
fn every_shell_gets_completions_that_know_the_verbs_and_the_kinds_of_edge() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let said = lockproof(folder().path(), &["completions", shell]);
        assert_eq!(said.exit, 0, "{shell}: {}", said.stderr);
        for word in ["explain", "completions"] {
            assert!(said.stdout.contains(word), "{shell}: {word}");
        }
    }
    let bash = lockproof(folder().path(), &["completions", "bash"]).stdout;
    assert!(bash.contains("aws-api-gateway"), "{bash}");
}
