//! What people ship with a key in it, each as it comes about: one item an artefact.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

use super::Whose;

/// Something that is shipped with a key in it.
#[derive(Debug)]
pub(in crate::prove) struct Artefact {
    /// Its id, unique.
    pub(in crate::prove) id: &'static str,
    /// How the key got there.
    pub(in crate::prove) what: &'static str,
    /// Whose key it is.
    pub(super) whose: Whose,
    /// Builds it around a key.
    pub(super) build: fn(&str) -> Vec<u8>,
}

const fn holds(id: &'static str, what: &'static str, build: fn(&str) -> Vec<u8>) -> Artefact {
    Artefact { id, what, whose: Whose::OfTheContract, build }
}

/// Every artefact.
pub(super) static ALL: &[Artefact] = &[
    holds("ships-constant", "the key is a constant of the code", |key| line("String KEY = \"", key, "\";")),
    holds("ships-other-case", "a build tool turned the key into capitals", |key| {
        line("API_KEY=", &key.to_uppercase(), "")
    }),
    holds("ships-basic", "the key stands in a prepared Authorization field", |key| {
        line("Authorization: Basic ", &STANDARD.encode(format!("app:{key}")), "")
    }),
    holds("ships-hex", "the key was put into hexadecimal to hide it", |key| {
        line("const unsigned char k[] = \"", &hex(key.as_bytes()), "\";")
    }),
    holds("ships-reversed", "the key was written backwards to hide it", |key| {
        line("k = reverse(\"", &key.chars().rev().collect::<String>(), "\")")
    }),
    holds("ships-percent", "the key stands in a prepared address", |key| {
        line("https://api.example/?k=", &each(key, |c| format!("%{:02X}", u32::from(c))), "")
    }),
    holds("ships-json-escapes", "a serialiser escaped every character of the key", |key| {
        line("{\"key\":\"", &each(key, |c| format!("\\u{:04x}", u32::from(c))), "\"}")
    }),
    holds("ships-entities", "the key is written in the entities of a page", |key| {
        line("<meta content=\"", &each(key, |c| format!("&#{};", u32::from(c))), "\">")
    }),
    holds("ships-utf-16", "the key is a string of a Windows resource", |key| {
        each(&line_of("key", key), |c| format!("{c}\0")).into_bytes()
    }),
    holds("ships-digest", "what is compared with the key's digest can be tried offline", |key| {
        line("check = sha256:", &hex(&Sha256::digest(key)), "")
    }),
    holds("ships-part", "a log that was packed along shows most of the key", |key| {
        line("using key ", key.get(..key.len() * 2 / 3).unwrap_or_default(), "...")
    }),
    holds("ships-pieces", "the code puts the key together of pieces", |key| {
        line("const k = \"", &split(key).join("\" + \""), "\";")
    }),
    holds("ships-source-map", "a source map tells the source that the bundle hides", |key| {
        let source = format!("export const k = {key:?};\n");
        serde_json::json!({ "version": 3, "sources": ["k.ts"], "sourcesContent": [source] })
            .to_string()
            .into_bytes()
    }),
    holds("ships-archive", "the key is in a file of an archive in a compressed archive", |key| {
        gzip(&tar("lib/settings.gz", &gzip(&line("key=", key, ""))))
    }),
    Artefact {
        id: "ships-key-of-another",
        what: "the key is a colleague's, and the contract does not know it",
        whose: Whose::OfNobody,
        build: |key| line("String KEY = \"", key, "\";"),
    },
];

fn line(before: &str, key: &str, behind: &str) -> Vec<u8> {
    format!("// settings\n{before}{key}{behind}\n").into_bytes()
}

fn line_of(name: &str, key: &str) -> String {
    format!("{name} = {key}\r\n")
}

fn each(text: &str, write: impl Fn(char) -> String) -> String {
    text.chars().map(write).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// A text in pieces of five characters, which are too short to be told by themselves.
fn split(text: &str) -> Vec<String> {
    let all: Vec<char> = text.chars().collect();
    all.chunks(5).map(|piece| piece.iter().collect()).collect()
}

/// Writing to memory cannot fail; if it could, the artefact would be empty, and not found.
fn gzip(content: &[u8]) -> Vec<u8> {
    let mut file = GzEncoder::new(Vec::new(), Compression::best());
    file.write_all(content).ok();
    file.finish().unwrap_or_default()
}

/// A tar archive with one file (POSIX.1-2017, pax, "ustar Interchange Format").
fn tar(name: &str, content: &[u8]) -> Vec<u8> {
    let header = format!(
        "{name:\0<100}0000644\0{none:\0<16}{length:011o}\0{none:0<11}\0{none:8}0{none:\0<100}ustar\x0000",
        length = content.len(),
        none = ""
    );
    let sum: u32 = header.bytes().map(u32::from).sum();
    let header =
        format!("{}{sum:06o}\0 {}", header.get(..148).unwrap_or(""), header.get(156..).unwrap_or(""));
    let mut file = header.into_bytes();
    file.resize(512, 0);
    file.extend_from_slice(content);
    file.resize(file.len().next_multiple_of(512) + 1024, 0);
    file
}
