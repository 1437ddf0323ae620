//! The folder of the snapshots: nothing leads out of it, and nothing that is no snapshot is taken for one.

use std::fs;
use std::os::unix::fs::symlink;

use super::{approved, names, program, text, volatile};
use crate::canary::Canary;
use crate::support::{Keys, Lockproof, Reply, Server, json};

#[test]
fn a_folder_behind_a_link_is_refused_before_anything_is_sent() {
    let server = volatile("Nobody knows this key.");
    for folder in ["link", "link/inner", "link/", "./link//", "link/."] {
        let outcome = program(&server, &["snapshot", "--snapshots", folder], None);
        let outcome = outcome.prepare(|home| {
            fs::create_dir_all(home.join("elsewhere/inner")).unwrap();
            symlink(home.join("elsewhere"), home.join("link")).unwrap();
        });
        let outcome = outcome.run();
        assert_eq!(outcome.code, Some(2), "{outcome}");
        assert!(outcome.says("link is a symbolic link"), "{outcome}");
        assert!(fs::read_dir(outcome.folder().join("elsewhere/inner")).unwrap().next().is_none());
    }
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_file_that_is_no_snapshot_is_named_with_its_cure() {
    let cases = [
        ("UPPER.snap", "---\n", "1 to 64 of a-z"),
        ("nul.snap", "---\n", "keep this name for a device"),
        ("a.snap", "HTTP 401\n", "its head is to stand between two lines of `---`"),
        ("a.snap", "---\nsource: x\n---\nHTTP 401\n", "`info.cases` lists the ids"),
        ("a.snap.new", "---\nsauce: x\n---\nHTTP 401\n", "snapshots/a.snap.new:2"),
        ("a.snap", "---\ninfo: { cases: ['*'] }\n---\nHTTP 401\n", "is not the id of a case"),
    ];
    for (name, content, said) in cases {
        let outcome =
            Lockproof::new(&["snapshot", "review"]).file(&format!("snapshots/{name}"), content).run();
        assert_eq!(outcome.code, Some(2), "{name}: {outcome}");
        assert!(outcome.says(said), "{name}: {outcome}");
    }
}

#[test]
fn a_link_among_the_snapshots_is_not_followed() {
    let outcome = Lockproof::new(&["snapshot", "review"]).prepare(|home| {
        fs::create_dir(home.join("snapshots")).unwrap();
        symlink("/etc/hostname", home.join("snapshots/a.snap")).unwrap();
    });
    let outcome = outcome.run();
    assert_eq!(outcome.code, Some(2), "{outcome}");
    assert!(outcome.says("a snapshot is a plain file"), "{outcome}");
}

#[test]
fn no_key_and_no_encoding_of_one_reaches_a_snapshot() {
    let keys = Keys::default();
    let [full, narrow] = [keys.full.clone(), keys.narrow.clone()];
    let encoded: String = narrow.bytes().flat_map(|byte| ["%".to_owned(), format!("{byte:02x}")]).collect();
    let digits: Vec<_> = full.bytes().map(|byte| format!("{byte:02X}")).collect();
    let hex = digits.concat();
    let sound = crate::support::Edge::new(&keys);
    let server = Server::http(move |request| {
        let answer = sound.answer(request);
        if String::from_utf8_lossy(&answer).contains("HTTP/1.1 200") {
            return Reply::Whole(answer);
        }
        let body = format!(r#"{{"code":"invalid_api_key","a":"{full}","b":"{encoded}","c":"{hex}"}}"#);
        Reply::Whole(json(401, &body))
    });
    let outcome = program(&server, &["snapshot"], None).run();
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert!(!names(&outcome).is_empty(), "{outcome}");
    for name in names(&outcome) {
        let text = text(&outcome, &name);
        assert!(text.contains("[KEY:"), "{text}");
        for key in [&keys.full, &keys.narrow, &keys.expired] {
            assert!(Canary::new(key).find(text.as_bytes()).is_none(), "{text}");
        }
    }
}

#[test]
fn a_folder_that_cannot_be_written_to_is_exit_6() {
    let outcome = program(&volatile("x"), &["snapshot", "--snapshots", "/proc/nowhere"], None).run();
    assert_eq!(outcome.code, Some(6), "{outcome}");
}

#[test]
fn insta_reads_what_is_written_and_what_insta_writes_is_read() {
    let before = approved(&volatile("Nobody knows this key."));
    let after = program(&volatile("Nobody knows that key."), &["snapshot"], Some(&before)).run();
    let folder = after.folder().join("snapshots");
    let (new, approved) =
        (folder.join("401-invalid-api-key.snap.new"), folder.join("401-invalid-api-key.snap"));
    let pending = insta::Snapshot::from_file(&new).unwrap();
    assert_eq!(pending.metadata().source(), Some("lockproof.yaml"));
    let contents = match pending.contents() {
        insta::internals::SnapshotContents::Text(text) => text.to_string(),
        insta::internals::SnapshotContents::Binary(_) => panic!("a snapshot is text"),
    };
    let raw = fs::read_to_string(&new).unwrap();
    assert_eq!(contents, raw.rsplit_once("---\n").unwrap().1.trim_end());
    assert!(raw.contains("cases:\n"), "{raw}");
    // What `cargo insta accept` does.
    pending.save(&approved).unwrap();
    fs::remove_file(&new).unwrap();
    let again =
        program(&volatile("Nobody knows that key."), &["run", "--snapshots", "snapshots"], Some(&after))
            .run();
    assert_eq!(again.code, Some(0), "{again}\n{}", fs::read_to_string(&approved).unwrap());
}
