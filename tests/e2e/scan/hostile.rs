//! Files that were made to harm whoever looks into them: the right verdict, in time, in little memory.

use std::time::Duration;

use super::build::{Method, deflate, gzip, tar, zip};
use super::{key, place, result, scan};
use crate::support::Outcome;

/// The most memory that any file may make the program hold.
const MEMORY_KIB: u64 = 128 * 1024;
/// The longest that any may take, on a busy machine and without optimisation.
const LONGEST: Duration = Duration::from_secs(30);

/// Scans one file.
fn scanned(name: &str, content: &[u8]) -> Outcome {
    let outcome = scan(&[name, "--report", "json=-"]).file(name, content).run();
    assert!(outcome.peak_kib < MEMORY_KIB, "{} KiB for {name}", outcome.peak_kib);
    assert!(outcome.took < LONGEST, "{:?} for {name}", outcome.took);
    outcome
}

/// What could not be looked into, and why.
fn unread(outcome: &Outcome) -> Vec<(String, String)> {
    let result = result(outcome);
    let unread = result["unread"].as_array().unwrap().iter();
    unread.map(|one| (place(one), one["why"].as_str().unwrap().to_owned())).collect()
}

fn findings(outcome: &Outcome) -> Vec<String> {
    result(outcome)["findings"].as_array().unwrap().iter().map(place).collect()
}

/// An archive in an archive in an archive, so deep.
fn nested(depth: usize, innermost: &[u8]) -> Vec<u8> {
    (0..depth)
        .fold(innermost.to_vec(), |inner, level| zip(Method::Deflated, &[(&format!("{level}.zip"), &inner)]))
}

#[test]
fn a_bomb_of_nested_archives_is_called_one() {
    // 8 MiB of zeros, eight times in an archive, that eight times, and that eight times: 4 GiB in a few kilobytes.
    let zeros = vec![0; 8 << 20];
    let names: Vec<String> = (0..8).map(|number| format!("{number}.zip")).collect();
    let eight = |inner: &[u8]| {
        zip(Method::Deflated, &names.iter().map(|name| (name.as_str(), inner)).collect::<Vec<_>>())
    };
    let bomb = eight(&eight(&eight(&zeros)));
    assert!(bomb.len() < 100_000, "{}", bomb.len());
    let outcome = scanned("bomb.zip", &bomb);
    assert_eq!(outcome.code, Some(3), "{outcome}");
    let unread = unread(&outcome);
    let [(place, why)] = unread.as_slice() else { panic!("{unread:?}") };
    assert_eq!(place, "bomb.zip");
    assert!(why.contains("it unfolds to more than 256 MiB, a decompression bomb"), "{why}");
}

#[test]
fn a_key_before_a_bomb_is_still_found() {
    let bomb = gzip(&gzip(&vec![0; 64 << 20]));
    let entries: Vec<(String, &[u8])> =
        (0..20).map(|number| (format!("{number:02}.gz"), &bomb[..])).collect();
    let mut all: Vec<(&str, &[u8])> = vec![("first.txt", b"nothing")];
    let secret = key();
    all.push(("second.txt", secret.as_bytes()));
    all.extend(entries.iter().map(|(name, content)| (name.as_str(), *content)));
    let outcome = scanned("bomb.zip", &zip(Method::Stored, &all));
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(findings(&outcome), ["bomb.zip!/second.txt"]);
    assert_eq!(unread(&outcome).len(), 1);
}

#[test]
fn archives_that_go_on_for_ever_end_at_a_depth() {
    let outcome = scanned("deep.zip", &nested(40, key().as_bytes()));
    assert_eq!(outcome.code, Some(3), "{outcome}");
    let unread = unread(&outcome);
    let [(place, why)] = unread.as_slice() else { panic!("{unread:?}") };
    assert_eq!(place.matches("!/").count(), 8, "{place}");
    assert_eq!(why, "archives lie in each other deeper than 8 levels");
    let outcome = scanned("less-deep.zip", &nested(8, key().as_bytes()));
    assert_eq!(outcome.code, Some(1), "{outcome}");
}

#[test]
fn entries_that_share_their_bytes_are_looked_into_once() {
    // The directory lists one entry ten thousand times.
    let one = zip(Method::Deflated, &[("zeros", &vec![0; 1 << 20])]);
    let directory = one.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    let end = one.windows(4).position(|bytes| bytes == b"PK\x05\x06").unwrap();
    let many = [&one[..directory], &one[directory..end].repeat(10_000), &one[end..]].concat();
    let outcome = scanned("overlapping.zip", &many);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert_eq!(result(&outcome)["entries"], 1);
}

#[test]
fn an_entry_behind_a_header_that_lies_is_found_or_told() {
    for (method, lie) in [
        // Nothing is in it; it was packed by nothing that there is.
        (Method::Deflated, (14..26, 0)),
        (Method::Stored, (22..26, 0)),
        (Method::Deflated, (8..9, 50)),
    ] {
        let mut archive = zip(method, &[("a.txt", format!("{}\n", key().repeat(3)).as_bytes())]);
        let (at, byte) = lie;
        archive[at.clone()].fill(byte);
        let outcome = scanned("lie.zip", &archive);
        assert!(matches!(outcome.code, Some(1 | 3)), "{at:?}: {outcome}");
    }
    // What has no archive behind it has nothing that could be cut short.
    for program in [&b"#!/bin/sh\nexec true\n"[..], b"\x7fELF PK\x03\x04\x14\0\0\0 PK\x01\x02"] {
        assert_eq!(scanned("program", program).code, Some(0));
    }
    let honest = zip(Method::Stored, &[("a.txt", b"nothing"), ("b.txt", b"")]);
    assert_eq!(scanned("honest.zip", &honest).code, Some(0));
}

#[test]
fn lists_that_are_joined_again_and_again_take_neither_memory_nor_time() {
    let sites = format!(r#"x=["{}","{}"]"#, "].join(".repeat(400), r#"a",""#.repeat(60_000));
    let separator = format!(r#"x=["].join('{}')",{}]"#, "s".repeat(4000), r#""a","#.repeat(60_000));
    for text in [sites, separator] {
        let outcome = scanned("lists.js", text.as_bytes());
        assert_eq!(outcome.code, Some(0), "{outcome}");
        assert!(outcome.peak_kib < MEMORY_KIB / 2, "{} KiB", outcome.peak_kib);
    }
}

#[test]
fn strings_without_an_end_are_paid_for() {
    // So many classes, each with the method that loads a string that goes on to the end of the file.
    let mut program = super::build::dex(&["abc", "def"]);
    let (table, class) = (program.len(), program[program.len() - 32..].to_vec());
    program.extend(class.repeat(240_000));
    program[96..104]
        .copy_from_slice(&[240_000_u32, u32::try_from(table).unwrap()].map(u32::to_le_bytes).concat());
    let string = u32::try_from(program.len()).unwrap();
    program.extend(vec![b'a'; 8 << 20]);
    program[112..116].copy_from_slice(&string.to_le_bytes());
    let outcome = scanned("endless.dex", &program);
    assert_eq!(outcome.code, Some(3), "{outcome}");
    assert!(unread(&outcome)[0].1.contains("one of its tables is damaged"), "{outcome}");
}

#[test]
fn names_that_lead_elsewhere_lead_nowhere() {
    let secret = key();
    let names = [
        "../../../tmp/lockproof-outside",
        "/etc/lockproof-outside",
        "C:\\lockproof\\outside",
        "a\x1b[31m\nb",
    ];
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, secret.as_bytes())).collect();
    for (name, archive) in [("a.zip", zip(Method::Stored, &entries)), ("a.tar", tar(&entries))] {
        let outcome = scanned(name, &archive);
        assert_eq!(outcome.code, Some(1), "{outcome}");
        assert_eq!(findings(&outcome).len(), names.len());
        let files = outcome.files();
        assert!(files.iter().all(|file| !file.display().to_string().contains("outside")), "{files:?}");
        assert!(!std::path::Path::new("/tmp/lockproof-outside").exists());
        let page = scan(&[name]).file(name, &archive).run();
        assert!(!page.stdout.contains('\x1b'), "{page}");
    }
}

#[test]
fn an_archive_that_is_cut_anywhere_is_told_or_its_key_is_found() {
    let secret = key();
    let whole = zip(Method::Deflated, &[("a.txt", b"nothing in here"), ("b/c.txt", secret.as_bytes())]);
    let packed = deflate(secret.as_bytes());
    let behind = whole.windows(packed.len()).position(|bytes| bytes == packed).unwrap() + packed.len();
    let mut program = scan(&["cut", "--report", "json=-"]);
    for length in 1..=whole.len() {
        program = program.file(&format!("cut/{length:04}.zip"), &whole[..length]);
    }
    let outcome = program.run();
    assert_eq!(outcome.code, Some(1), "{outcome}");
    let (found, unread) = (findings(&outcome), unread(&outcome));
    for length in 1..=whole.len() {
        let file = format!("cut/{length:04}.zip");
        let found = found.iter().any(|place| place.starts_with(&file));
        let told = unread.iter().any(|(place, _)| place.starts_with(&file));
        // Up to the first few bytes it is no archive at all.
        assert!(length < 30 || told == (length < whole.len()), "{file}: {told}");
        assert!(length < behind || found, "{file}");
    }
}

#[test]
fn a_tar_archive_that_is_cut_anywhere_is_told() {
    let whole = tar(&[("a.txt", key().as_bytes()), ("b.txt", &[b'.'; 700])]);
    for length in [300, 511, 513, 530, 1023, 1025, 1536, 1700, 2235] {
        let outcome = scanned("cut.tar", &whole[..length]);
        assert_eq!(outcome.code, Some(if length < 524 { 3 } else { 1 }), "{length}: {outcome}");
        assert!(!unread(&outcome).is_empty(), "{length}: {outcome}");
    }
}

#[test]
fn damaged_and_encrypted_entries_are_told_and_the_others_are_looked_into() {
    let secret = key();
    let entries: [(&str, &[u8]); 2] =
        [("first.txt", b"some text that is packed, some text"), ("second.txt", secret.as_bytes())];
    let sound = zip(Method::Deflated, &entries);
    let mut damaged = sound.clone();
    damaged[39 + 12] ^= 1;
    let mut encrypted = sound.clone();
    encrypted[6] |= 1;
    let mut foreign = sound;
    foreign[8] = 14;
    for (name, archive, why) in [
        ("damaged.zip", damaged, "it is damaged: "),
        ("encrypted.zip", encrypted, "it is encrypted"),
        ("foreign.zip", foreign, "it is packed by method 14"),
    ] {
        let outcome = scanned(name, &archive);
        assert_eq!(outcome.code, Some(1), "{outcome}");
        assert_eq!(findings(&outcome), [format!("{name}!/second.txt")]);
        let unread = unread(&outcome);
        assert_eq!(unread.len(), 1, "{unread:?}");
        assert!(unread[0].0 == format!("{name}!/first.txt") && unread[0].1.starts_with(why), "{unread:?}");
    }
}

#[test]
fn a_file_full_of_keys_does_not_fill_a_report() {
    let outcome = scanned("keys.txt", format!("{}\n", key()).repeat(50_000).as_bytes());
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(result(&outcome)["findings"].as_array().unwrap().len(), 100);
    assert!(unread(&outcome)[0].1.contains("more than 100 findings"), "{outcome}");
}

/// An archive of so many entries of one byte.
fn many(count: u32) -> Vec<u8> {
    let mut file = Vec::new();
    for number in 0..count {
        file.extend_from_slice(b"PK\x03\x04\x14\0\0\0\0\0\0\0\x21\0\0\0\0\0\x01\0\0\0\x01\0\0\0\x08\0\0\0");
        file.extend_from_slice(format!("{number:08}x").as_bytes());
    }
    file.extend_from_slice(b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0");
    file
}

#[test]
fn a_million_entries_are_looked_into_and_one_more_is_too_many() {
    let outcome = scanned("more.zip", &many(1_000_001));
    assert_eq!(outcome.code, Some(3), "{outcome}");
    assert_eq!(result(&outcome)["entries"], 1_000_000);
    assert_eq!(
        unread(&outcome)[0].1,
        "it has more than 1000000 entries; the rest of the file was not looked into"
    );
}

#[test]
fn tables_that_lead_in_circles_end() {
    // Every page of the database says that it goes on on itself, and every method of the program has the same code.
    let mut database = super::build::sqlite(&vec![b'.'; 300_000]);
    let pages = database.len() / 512;
    for page in 2..pages {
        let itself = u32::try_from(page + 1).unwrap().to_be_bytes();
        database[page * 512..page * 512 + 4].copy_from_slice(&itself);
    }
    let row = database[512..1024].to_vec();
    database.extend(row.repeat(2_000));
    let outcome = scanned("circles.db", &database);
    assert_eq!(outcome.code, Some(3), "{outcome}");
    assert!(unread(&outcome)[0].1.contains("one of its pages is damaged"), "{outcome}");
    let mut program = super::build::dex(&["abc", "def"]);
    let class = program.len() - 32;
    let (data, code) = (program[class + 24..class + 28].to_vec(), program.len());
    let data = usize::try_from(u32::from_le_bytes(data.try_into().unwrap())).unwrap();
    let method = program[data + 4..data + 8].to_vec();
    // No fields, 200,000 direct methods, no virtual ones.
    program.extend([0, 0, 0xc0, 0x9a, 0x0c, 0]);
    program.extend(method.repeat(200_000));
    program[class + 24..class + 28].copy_from_slice(&u32::try_from(code).unwrap().to_le_bytes());
    let outcome = scanned("circles.dex", &program);
    assert_eq!(outcome.code, Some(3), "{outcome}");
    assert!(unread(&outcome)[0].1.contains("one of its tables is damaged"), "{outcome}");
}
