//! The verbs for newcomers, through the binary: `init`, `explain`, `check` and `completions`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod program;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

/// What was found where: the evidence that is committed.
const MATRIX: &str = include_str!("../reports/reference/defect-matrix.json");

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

/// An explanation on one line, however it was wrapped.
fn explained(id: &str) -> String {
    let said = lockproof(folder().path(), &["explain", id]);
    assert_eq!(said.exit, 0, "{id}: {}", said.stderr);
    said.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The stage on which each defect is found.
fn staged() -> BTreeMap<String, String> {
    let matrix: Value = serde_json::from_str(MATRIX).unwrap();
    let staged = matrix["staged"].as_object().unwrap().iter();
    staged.map(|(id, stage)| (id.clone(), stage.as_str().unwrap().to_owned())).collect()
}

#[test]
fn a_defect_is_explained_with_the_command_that_finds_it() {
    for (id, command) in [
        ("ignore-expiry", "lockproof run --defect ignore-expiry Checks"),
        ("plain-http-accepts-key", "lockproof run --defect plain-http-accepts-key --tls Checks"),
        ("h2-path-concat", "lockproof run --defect h2-path-concat --http 2 Checks"),
        ("token-short", "lockproof run --defect token-short --slow --only token-unguessable Checks"),
        (
            "scheme-optional",
            "lockproof run --contract fixtures/bearer/lockproof.yaml --defect scheme-optional where",
        ),
        (
            "jwt-any-issuer",
            "lockproof run --contract fixtures/jwt/lockproof.yaml --defect jwt-any-issuer where",
        ),
        ("backend-retries", "lockproof between --defect backend-retries Checks"),
        (
            "verdict-cached-per-connection",
            "lockproof load steady --defect verdict-cached-per-connection No check can find it",
        ),
    ] {
        let text = explained(id);
        assert!(text.contains(&format!("try it {command}")), "{id}: {text}");
        let of = if id.starts_with("backend-") { "backend" } else { "server" };
        assert!(text.starts_with(&format!("{id}: a defect of the reference {of} what ")), "{id}: {text}");
    }
}

#[test]
fn every_defect_that_a_plain_run_does_not_find_is_explained_with_the_stage_that_it_was_found_on() {
    for (id, stage) in staged().into_iter().filter(|(_, stage)| stage != "plain") {
        let text = explained(&id);
        let (_, command) = text.split_once("try it lockproof ").unwrap();
        let flags: &[&str] = match &*stage {
            "TLS" => &["--tls", "--http 2"],
            "Bearer" => &["--contract fixtures/bearer/lockproof.yaml"],
            "JWT" => &["--contract fixtures/jwt/lockproof.yaml"],
            "between" => &["between"],
            _ => panic!("{id}: {stage}"),
        };
        let command = command.split(" Checks that").next().unwrap();
        assert!(flags.iter().any(|flag| command.contains(flag)), "{id} on {stage}: {command}");
    }
}

#[test]
fn what_is_a_check_and_a_defect_is_explained_as_both() {
    let text = explained("jwt-alg-none");
    assert!(text.starts_with("jwt-alg-none: ") && text.contains(" severity must"), "{text}");
    assert!(text.contains(" jwt-alg-none: a defect of the reference server what "), "{text}");
}

#[test]
fn the_lists_of_defects_have_all_of_them_and_none_twice() {
    let list = |verb: &str| -> Vec<String> {
        let said = lockproof(folder().path(), &[verb, "--list-defects"]);
        assert_eq!((said.exit, &*said.stderr), (0, ""), "{verb}");
        said.stdout.lines().map(|line| line.split_once(' ').unwrap().0.to_owned()).collect()
    };
    let (edge, backend, staged) = (list("mock"), list("between"), staged());
    assert!(backend.iter().all(|id| staged.get(id).is_some_and(|stage| stage == "between")), "{backend:?}");
    let all: BTreeSet<_> = edge.iter().chain(&backend).cloned().collect();
    assert_eq!(all.len(), edge.len() + backend.len());
    let missing: Vec<_> = staged.into_keys().filter(|id| !all.contains(id)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// A check of one's own that is called so and says this besides.
fn own_check(id: &str, besides: &str) -> String {
    format!(
        "id: {id}\ntitle: Mine\nseverity: info\nsources: [house rule]\nwhy: w\nadvice: a\n\
         expect: {{ accepted: true }}\n{besides}\n"
    )
}

#[test]
fn a_body_that_cannot_be_sent_is_a_mistake_of_the_contract() {
    let folder = folder();
    let text = lockproof(folder.path(), &["init", "--from", "plain", "-"]).stdout;
    let path = "        path: /v1/orders/17/cancel\n";
    let body = format!("{path}        body:\n          json: requests/cancel.json\n");
    let text = text.replace(path, &body);
    let line = text.lines().position(|line| line.ends_with("json: requests/cancel.json")).unwrap() + 1;
    fs::write(folder.path().join("lockproof.yaml"), &text).unwrap();
    let check = || lockproof(folder.path(), &["check", "lockproof.yaml"]);
    let missing = check();
    assert_eq!((missing.exit, &*missing.stdout), (2, ""));
    for words in [
        "the body `requests/cancel.json` could not be read: ",
        &format!("lockproof.yaml:{line}:17"),
        "names are relative to the contract",
        "1 mistake; nothing was sent",
    ] {
        assert!(missing.stderr.contains(words), "{words}: {}", missing.stderr);
    }
    fs::create_dir(folder.path().join("requests")).unwrap();
    let file = folder.path().join("requests/cancel.json");
    fs::write(&file, "{\"reason\": }").unwrap();
    let broken = check();
    assert_eq!(broken.exit, 2);
    assert!(broken.stderr.contains("the body `requests/cancel.json` is not JSON: "), "{}", broken.stderr);
    fs::write(folder.path().join("lockproof.yaml"), format!("{text}\nnonsense: 1\n")).unwrap();
    let both = check();
    assert!(both.stderr.contains("unknown entry `nonsense`"), "{}", both.stderr);
    assert!(both.stderr.contains("2 mistakes; nothing was sent"), "{}", both.stderr);
    fs::write(folder.path().join("lockproof.yaml"), &text).unwrap();
    fs::write(&file, "{\"reason\": \"late\"}").unwrap();
    let sound = check();
    assert_eq!((sound.exit, &*sound.stdout), (0, "1 file without a mistake\n"), "{}", sound.stderr);
}

#[test]
fn a_mark_before_the_first_line_does_not_make_a_contract_a_scenario() {
    let folder = folder();
    let text = lockproof(folder.path(), &["init", "--from", "plain", "-"]).stdout;
    let (_, contract) = text.split_once("\nlockproof: 1\n").unwrap();
    let marked = format!("\u{feff}lockproof: 1\n{contract}");
    fs::write(folder.path().join("lockproof.yaml"), marked).unwrap();
    let said = lockproof(folder.path(), &["check", "lockproof.yaml"]);
    assert_eq!((said.exit, &*said.stdout), (0, "1 file without a mistake\n"), "{}", said.stderr);
}

#[test]
fn what_is_no_contract_is_refused_as_what_it_is() {
    let folder = folder();
    fs::write(folder.path().join("plan.yaml"), "load: 1\ntitle: A plan\nrate: 5/s\n").unwrap();
    fs::write(folder.path().join("mine.yaml"), own_check("mine", "")).unwrap();
    for (file, words) in [
        (
            "plan.yaml",
            "plan.yaml is a load plan, not a contract: name it behind `load`, as in `lockproof load plan.yaml`",
        ),
        (
            "mine.yaml",
            "mine.yaml is a scenario, not a contract: name it behind --scenarios, as in \
             `lockproof run --scenarios mine.yaml`",
        ),
    ] {
        let said = lockproof(folder.path(), &["run", "--contract", file]);
        assert_eq!((said.exit, &*said.stdout), (2, ""), "{file}");
        assert_eq!(said.stderr, format!("error: {words}\n"));
    }
}

#[test]
fn names_that_stand_for_nothing_are_mistakes_of_a_check() {
    let folder = folder();
    let write = |id: &str, besides: &str| {
        fs::write(folder.path().join(format!("{id}.yaml")), own_check(id, besides)).unwrap();
    };
    write("mine", "depends_on: [key-misssing]\ncatches: [nothing-of-this-name, ignore-expiri]");
    let said = lockproof(folder.path(), &["check", "mine.yaml"]);
    assert_eq!((said.exit, &*said.stdout), (2, ""));
    for words in [
        "there is no check `key-misssing`",
        "did you mean `key-missing`?",
        "there is no defect `nothing-of-this-name`",
        "`lockproof mock --list-defects`",
        "did you mean `ignore-expiry`?",
        "3 mistakes; nothing was sent",
    ] {
        assert!(said.stderr.contains(words), "{words}: {}", said.stderr);
    }
    write("mine", "depends_on: [theirs, key-missing]\ncatches: [ignore-expiry, backend-retries]");
    write("theirs", "");
    let said = lockproof(folder.path(), &["check", "mine.yaml", "theirs.yaml"]);
    assert_eq!((said.exit, &*said.stdout), (0, "2 files without a mistake\n"), "{}", said.stderr);
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
