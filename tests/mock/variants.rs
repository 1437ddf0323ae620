//! The variants: each is really different on the wire, as it says, and nothing of it is wrong.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use lockproof::mock::variants::{self, Variant};
use lockproof::mock::{self, Http2};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::client::request;
use crate::support::{config, reference};

/// Everything that a server of a variant answers to a request without a key, byte for byte.
async fn answer(variant: Option<&'static Variant>) -> Vec<u8> {
    let mut config = config(reference());
    if let Some(variant) = variant {
        variant.apply(&mut config);
    }
    let server = mock::start(config).await.unwrap();
    let address = server.url("sandbox").unwrap().strip_prefix("http://").unwrap().to_owned();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request("GET", "/v1/ekyc/usage", "", "").as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await.unwrap();
    all
}

/// The lines of an answer, what differs from one answer to the next left out.
fn lines(answer: &[u8]) -> Vec<String> {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap() + 4;
    let (head, content) = answer.split_at(end);
    let coded = content.starts_with(&[0x1f, 0x8b]);
    let content = if coded { "[gzip]".to_owned() } else { String::from_utf8(content.to_vec()).unwrap() };
    let text = String::from_utf8(head.to_vec()).unwrap() + &content;
    let known = |line: &&str| {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        !line.is_empty() && name != "date" && name != "x-request-id" && !(coded && name == "content-length")
    };
    text.lines().filter(known).map(without_id).collect()
}

/// A line, its request id blanked.
fn without_id(line: &str) -> String {
    let is_hex = |part: &str| part.len() == 32 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    line.split('"').map(|part| if is_hex(part) { "[ID]" } else { part }).collect::<Vec<_>>().join("\"")
}

#[tokio::test]
async fn each_variant_differs_on_the_wire_as_it_says() {
    let sound = lines(&answer(None).await);
    assert_eq!(sound, lines(&answer(None).await), "the sound server answers the same every time");
    let mut table = String::new();
    for variant in variants::all() {
        let other = lines(&answer(Some(variant)).await);
        writeln!(table, "{}", variant.id).unwrap();
        for line in sound.iter().filter(|line| !other.contains(line)) {
            writeln!(table, "  - {line}").unwrap();
        }
        for line in other.iter().filter(|line| !sound.contains(line)) {
            writeln!(table, "  + {line}").unwrap();
        }
    }
    insta::assert_snapshot!(table);
}

#[tokio::test]
async fn a_slow_server_takes_its_time() {
    let began = Instant::now();
    answer(variants::find("slow-answer")).await;
    assert!(began.elapsed() >= Duration::from_millis(20));
}

#[test]
fn a_variant_changes_what_the_server_is_made_from() {
    let mut config = config(reference());
    variants::find("http2").unwrap().apply(&mut config);
    variants::find("own-error-shape").unwrap().apply(&mut config);
    assert_eq!(config.http2, Http2::PriorKnowledge);
    assert_eq!(config.contract.policy.problem_details, None);
    assert!(variants::find("no-such-variant").is_none());
}
