//! A key in every place that a key can be in, each found once, at its place and under its form.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use super::build::{Method, dex, gzip, pax, png, sqlite, tar, zip, zip_with, zip64, zlib};
use super::{key, place, result, scan, silent};

/// A file with a key in it.
struct Planted {
    name: &'static str,
    content: Vec<u8>,
    /// The entry, and the form and the reading under which the key is found.
    entry: &'static str,
    form: &'static str,
    read: Option<&'static str>,
}

fn plant(name: &'static str, content: impl Into<Vec<u8>>, form: &'static str) -> Planted {
    Planted { name, content: content.into(), entry: "", form, read: None }
}

impl Planted {
    fn in_entry(self, entry: &'static str) -> Self {
        Self { entry, ..self }
    }

    fn read(self, read: &'static str) -> Self {
        Self { read: Some(read), ..self }
    }
}

fn each(text: &str, write: impl Fn(char) -> String) -> String {
    text.chars().map(write).collect()
}

fn percent(text: &str) -> String {
    each(text, |c| format!("%{:02X}", c as u32))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// Five bits a character (RFC 4648 section 6).
fn base32(bytes: &[u8]) -> String {
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let place = |five: &[u8]| (0..5).fold(0, |place, at| 2 * place + five.get(at).copied().unwrap_or(0));
    bits.chunks(5)
        .map(|five| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[usize::from(place(five))]))
        .collect()
}

/// A key in plain files, in every form.
fn forms() -> Vec<Planted> {
    let key = key();
    let line = |text: &str| format!("config = \"{text}\"\n");
    let buffer = serde_json::json!({ "type": "Buffer", "data": key.as_bytes() }).to_string();
    vec![
        plant("plain.txt", line(&key), "as it is"),
        plant("case.properties", line(&key.to_uppercase()), "in another letter case"),
        plant("base64.yaml", line(&STANDARD.encode(&key)), "in base64"),
        plant("basic.http", line(&URL_SAFE_NO_PAD.encode(format!("me:{key}"))), "in base64"),
        plant("percent.url", line(&percent(&key)), "percent-encoded"),
        plant("percent-twice.url", line(&percent(&percent(&key))), "percent-encoded twice"),
        plant("hex.h", line(&hex(key.as_bytes())), "in hexadecimal"),
        plant("buffer.json", buffer, "in decimal"),
        plant("dump.txt", line(&each(&key, |c| format!("{:02X} ", c as u32))), "in hexadecimal"),
        plant("array.c", line(&each(&key, |c| format!("0x{:02x}, ", c as u32))), "in hexadecimal"),
        plant("secret.b32", line(&base32(key.as_bytes())), "in base32"),
        plant("escaped.json", line(&each(&key, |c| format!("\\u{:04x}", c as u32))), "JSON-escaped"),
        plant("entities.html", line(&each(&key, |c| format!("&#{};", c as u32))), "HTML-escaped"),
        plant("utf16-le.strings", each(&line(&key), |c| format!("{c}\0")), "in UTF-16"),
        plant("utf16-be.strings", each(&line(&key), |c| format!("\0{c}")), "in UTF-16"),
        plant("utf32.bin", each(&line(&key), |c| format!("{c}\0\0\0")), "in UTF-16"),
        plant("utf16-base64.ps1", each(&line(&STANDARD.encode(&key)), |c| format!("{c}\0")), "in base64"),
        plant("reversed.c", line(&key.chars().rev().collect::<String>()), "reversed"),
        plant("digest.sql", line(&hex(&Sha256::digest(&key))), "as its SHA-256"),
        plant("part.log", line(&format!("{}...", &key[..24])), "in part"),
    ]
}

/// A key in archives, and in archives in them.
fn archives() -> Vec<Planted> {
    let key = key();
    let text = format!("token={key}\n");
    let text = text.as_bytes();
    let jar =
        zip(Method::Deflated, &[("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\n"), ("a/b.class", text)]);
    let streamed = zip(Method::Streamed, &[("empty.txt", b""), ("assets/index.html", text), ("last", b"x")]);
    let nested = zip(
        Method::Stored,
        &[("lib/inner.jar", &zip(Method::Deflated, &[("deep.tar.gz", &gzip(&tar(&[("key", text)])))]))],
    );
    let ipa = zip(
        Method::Deflated,
        &[("Payload/App.app/Info.plist", text), ("Payload/App.app/App", b"\xcf\xfa\xed\xfe")],
    );
    let long = "folder/".repeat(20) + "key.txt";
    vec![
        plant("stored.zip", zip(Method::Stored, &[("a.txt", b"nothing"), ("key.txt", text)]), "as it is").in_entry("!/key.txt"),
        plant("starts-itself.jar", [b"#!/bin/sh\nexec java -jar $0\n", &jar[..]].concat(), "as it is")
            .in_entry("!/a/b.class"),
        plant("unpacks-itself.exe", [&b"MZ"[..], &[0x90; 70_000], &jar[..]].concat(), "as it is")
            .in_entry("!/a/b.class"),
        plant("large.zip", zip64("key.txt", text), "as it is").in_entry("!/key.txt"),
        plant("pax.tar", pax(&[&[b'.'; 4076], text].concat()), "as it is"),
        plant("library.jar", jar.clone(), "as it is").in_entry("!/a/b.class"),
        plant("streamed.aab", streamed, "as it is").in_entry("!/assets/index.html"),
        plant("nested.apk", nested, "as it is").in_entry("!/lib/inner.jar!/deep.tar.gz!/deep.tar!/key"),
        plant("app.ipa", ipa, "as it is").in_entry("!/Payload/App.app/Info.plist"),
        plant("comment.zip", zip_with(Method::Stored, &[("a", b"b")], text), "as it is"),
        plant("archive.tar", tar(&[("etc/key", text)]), "as it is").in_entry("!/etc/key"),
        plant("long-name.tar", tar(&[(&long, text)]), "as it is").in_entry(
            "!/folder/folder/folder/folder/folder/folder/folder/folder/folder/folder/folder/folder/folder/folder/\
             folder/folder/folder/folder/folder/folder/key.txt",
        ),
        plant("layer.tgz", gzip(&tar(&[("app/lib.jar", &jar)])), "as it is").in_entry("!/layer.tar!/app/lib.jar!/a/b.class"),
        plant("page.js.gz", gzip(text), "as it is").in_entry("!/page.js"),
        plant("second.gz", [gzip(b"first"), gzip(text)].concat(), "as it is").in_entry("!/second"),
        plant("behind.gz", [gzip(b"first"), text.to_vec()].concat(), "as it is"),
    ]
}

/// A key in the formats of apps and their parts.
fn parts() -> Vec<Planted> {
    let key = key();
    let bytes = key.as_bytes();
    let with = |before: &[u8], behind: &[u8]| [before, &[0; 60], bytes, &[0], behind].concat();
    let pieces: Vec<&str> = bytes.chunks(6).map(|piece| std::str::from_utf8(piece).unwrap()).collect();
    let plist =
        format!("<plist><dict><key>k</key><string>{}</string></dict></plist>", key.replace('_', "&#95;"));
    let text_chunk = [b"Comment\0", bytes].concat();
    let packed_chunk = [b"Comment\0\0", &zlib(bytes)[..]].concat();
    let international = [b"Comment\0\x01\0en\0Kommentar\0", &zlib(bytes)[..]].concat();
    let jpeg = [b"\xff\xd8\xff\xe1\0\x60Exif\0\0II*\0\x08\0\0\0", bytes, b"\xff\xd9"].concat();
    let row = [vec![b'.'; 1082], bytes.to_vec(), vec![b'.'; 998]].concat();
    let image = "in a compressed text of the image";
    let row_read = "in a row that lies on several pages of the database";
    let method = "put together of the string constants that a method loads";
    vec![
        plant("classes.dex", dex(&["abc", &key, "https://example.com"]), "as it is"),
        plant("split.dex", dex(&[&["first"], &pieces[..], &["last"]].concat()), "as it is").read(method),
        plant("library.so", with(b"\x7fELF\x02\x01\x01", b".rodata"), "as it is"),
        plant("App", with(b"\xcf\xfa\xed\xfe\x0c\0\0\x01", b"__cstring"), "as it is"),
        plant("module.wasm", with(b"\0asm\x01\0\0\0\x0b", b""), "as it is"),
        plant("Info.plist", plist, "HTML-escaped"),
        plant(
            "binary.plist",
            [b"bplist00\x6f\x10\x24", each(&key, |c| format!("\0{c}")).as_bytes()].concat(),
            "in UTF-16",
        ),
        plant("small.db", sqlite(bytes), "as it is"),
        plant("large.db", sqlite(&row), "as it is").read(row_read),
        plant("text.png", png(b"tEXt", &text_chunk), "as it is"),
        plant("packed.png", png(b"zTXt", &packed_chunk), "as it is").read(image),
        plant("international.png", png(b"iTXt", &international), "as it is").read(image),
        plant("photo.jpg", jpeg, "as it is"),
    ]
}

/// A key in source code, in one piece and in several.
fn sources() -> Vec<Planted> {
    let key = key();
    let pieces: Vec<&str> =
        key.as_bytes().chunks(6).map(|piece| std::str::from_utf8(piece).unwrap()).collect();
    let sum = format!("const k = \"{}\";", pieces.join("\" +\n    \""));
    let list = format!("const k=[\"{}\"].join(\"\");", pieces.join("\",\""));
    let template = format!(
        "const k=`{}${{\"{}\"}}{}`;",
        pieces[0],
        pieces[1..5].join("\"}${'").replace("\"}${'", "\"}${\""),
        pieces[5]
    );
    let concat = format!("var k=\"{}\".concat(\"{}\");", pieces[0], pieces[1..].join("\", \""));
    let map =
        serde_json::json!({ "version": 3, "sources": ["a.ts"], "sourcesContent": [format!("// {key}\n")] });
    let split_map = serde_json::json!({ "version": 3, "sources": ["a.ts"], "sourcesContent": [sum] });
    let url =
        format!("//# sourceMappingURL=data:application/json;base64,{}", STANDARD.encode(map.to_string()));
    let code = "put together of the code's string constants";
    vec![
        plant("bundle.js.map", map.to_string(), "as it is"),
        plant("inline.js", url, "in base64"),
        plant("sum.js", sum.clone(), "as it is").read(code),
        plant("list.js", list, "as it is").read(code),
        plant("template.js", template, "as it is").read(code),
        plant("concat.js", concat, "as it is").read(code),
        plant("split.js.map", split_map.to_string(), "as it is").read(code),
    ]
}

/// A key on the edges of the windows that a long file is read by.
fn long() -> Vec<Planted> {
    let names = ["at-0.bin", "at-1.bin", "at-17.bin", "at-35.bin", "at-36.bin"];
    let places = [0, 1, 17, 35, 36].map(|before| (256 << 10) - before);
    let text = |at: usize| [vec![b'.'; at], key().into_bytes(), vec![b'.'; 300_000]].concat();
    let mut all: Vec<_> =
        names.into_iter().zip(places).map(|(name, at)| plant(name, text(at), "as it is")).collect();
    // A list of its characters that begins before an edge, and is joined far behind it.
    let characters: Vec<String> = key().chars().map(|one| format!("{:44}\"{one}\"", "")).collect();
    let list = format!("k=[{}].join(\"\");", characters.join(",\n"));
    let text = format!("{}{list}", ".\n".repeat((256 << 10) / 2 - 100));
    let read = "put together of the code's string constants";
    all.push(plant("list-at-an-edge.js", text, "as it is").read(read));
    all
}

#[test]
fn a_key_is_found_in_every_place_once_under_its_form() {
    let all: Vec<_> = [forms(), archives(), parts(), sources(), long()].into_iter().flatten().collect();
    assert!(all.len() >= 50, "{}", all.len());
    let program = scan(&["shipped", "--report", "json=-"]);
    let program =
        all.iter().fold(program, |program, one| program.file(&format!("shipped/{}", one.name), &one.content));
    let outcome = program.run();
    assert_eq!(outcome.code, Some(1), "{outcome}");
    silent(&outcome);
    let result = result(&outcome);
    let findings = result["findings"].as_array().unwrap();
    for one in &all {
        let file = format!("shipped/{}", one.name);
        let found: Vec<_> = findings.iter().filter(|finding| finding["file"] == file).collect();
        // What stands twice in a file is found twice: the place of the first is asked for.
        let [finding] = found.as_slice() else { panic!("{file}: {found:#?}") };
        assert_eq!(place(finding), format!("{file}{}", one.entry));
        assert_eq!(finding["form"], one.form, "{file}");
        assert_eq!(finding["read"].as_str(), one.read, "{file}");
        assert_eq!(
            (&finding["credential"], &finding["check"]),
            (&"full".into(), &"scan-key-in-artefact".into())
        );
    }
    assert_eq!(findings.len(), all.len());
    assert_eq!(result["unread"].as_array().unwrap().len(), 0, "{:#?}", result["unread"]);
}

#[test]
fn an_offset_is_that_of_the_unfolded_entry() {
    let text = format!("0123456789{}", key());
    let program = scan(&["a.zip", "--report", "json=-"]);
    let outcome = program.file("a.zip", zip(Method::Deflated, &[("b", text.as_bytes())])).run();
    assert_eq!(result(&outcome)["findings"][0]["offset"], 10, "{outcome}");
}

#[test]
fn a_key_in_a_name_is_found_and_not_shown() {
    let name = format!("shipped/{}.txt", key());
    let archive = zip(Method::Stored, &[(&format!("{}.txt", key()), b"x")]);
    let outcome =
        scan(&["shipped", "--report", "json=-"]).file(&name, "x").file("shipped/a.zip", archive).run();
    assert_eq!(outcome.code, Some(1), "{outcome}");
    silent(&outcome);
    let result = result(&outcome);
    let places: Vec<_> = result["findings"].as_array().unwrap().iter().map(place).collect();
    // In an archive a name stands before the entry and in the directory.
    assert_eq!(places, ["shipped/[KEY:full].txt", "shipped/a.zip", "shipped/a.zip"]);
}

#[test]
fn a_key_of_somebody_else_in_a_name_is_found_and_not_shown() {
    let other = "tst_Zz9yY8xX7wW6vV5uU4tT3sS2rR1qQ0pP";
    let long = format!("{}/{other}.txt", "f".repeat(480));
    let archive = zip(Method::Stored, &[(&long, key().as_bytes())]);
    let name = format!("shipped/{other}.txt");
    let program = scan(&["shipped", "--report", "json=-"]);
    let outcome = program.file(&name, key()).file("shipped/a.zip", archive).run();
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert!(!outcome.stdout.contains("Zz9yY8xX") && !outcome.stdout.contains("tst_Zz"), "{outcome}");
    let result = result(&outcome);
    let of_name = |one: &&serde_json::Value| one["file"] == "shipped/[looks like a key].txt";
    let found: Vec<_> = result["findings"].as_array().unwrap().iter().filter(of_name).collect();
    let checks: Vec<_> = found.iter().map(|one| one["check"].as_str().unwrap()).collect();
    assert_eq!(checks, ["scan-key-in-artefact", "scan-key-pattern"]);
}

#[test]
fn a_text_that_looks_like_a_key_is_found_unless_it_is_known() {
    let other = "tst_Zz9yY8xX7wW6vV5uU4tT3sS2rR1qQ0pP";
    let example = "tst_00000000000000000000000000000000";
    let longer = format!("{other}and_more");
    let program = scan(&["a.txt", "--known", "known.txt", "--report", "json=-"]);
    let outcome = program
        .file("a.txt", format!("{other} {example} {longer}"))
        .file("known.txt", format!("{example}\n"))
        .run();
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert!(!outcome.stdout.contains("Zz9yY8xX"), "{outcome}");
    let result = result(&outcome);
    assert_eq!(result["findings"].as_array().unwrap().len(), 1, "{outcome}");
    assert_eq!(result["findings"][0]["check"], "scan-key-pattern");
    assert_eq!(result["findings"][0]["credential"], serde_json::Value::Null);
}
