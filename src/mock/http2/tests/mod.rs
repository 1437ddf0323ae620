//! A server of HTTP/2 at the other end of a pipe, asked frame by frame.

mod rules;

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::frame::{Code, FRAME, Frame, flag, kind, write};
use super::serve;
use crate::hpack::{Decoder, TABLE_SIZE, write_literal};
use crate::mock::edge::Denial;
use crate::mock::http1::{Admission, Manner, Reception, Responder, Wire};
use crate::mock::message::{Answer, Content, Head};

/// A frame: its type, flags and stream, and what it holds.
type Said<'a> = ((u8, u8, u32), &'a [u8]);

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(10);
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Lets whoever has a key in, and says back what it gets.
struct Door {
    reception: Reception,
}

impl Responder for Door {
    type Pass = ();

    fn reception(&self) -> &Reception {
        &self.reception
    }

    fn manner(&self) -> Manner {
        Manner::standard()
    }

    fn awaits_body(&self, _: &Head) -> bool {
        false
    }

    fn admit(&self, head: &Head, _: Option<&[u8]>) -> Admission<()> {
        match head.text("key") {
            Some(_) => Admission::Admitted(()),
            None => Admission::Answered(Answer::bare(401)),
        }
    }

    fn serve(&self, head: &Head, (): (), body: &[u8]) -> Answer {
        let cookie = head.text("cookie").unwrap_or_default().to_owned();
        let content = Content::Written { media_type: "a/b".into(), bytes: body.to_vec() };
        Answer { content, ..Answer::bare(200) }.with("Path", head.target.path.clone()).with("Crumbs", cookie)
    }

    fn refuse(&self, _: Option<&Head>, denial: &Denial) -> Answer {
        Answer::bare(denial.face().status)
    }
}

/// A client that knows frames and nothing more.
struct Client {
    stream: DuplexStream,
    read: BytesMut,
    decoder: Decoder,
    stop: watch::Sender<bool>,
    served: JoinHandle<()>,
}

impl Client {
    /// Connects, and says what every connection begins with.
    async fn connect() -> Self {
        let (stream, theirs) = tokio::io::duplex(1 << 20);
        let (stop, stopping) = watch::channel(false);
        let served = tokio::spawn(async move {
            serve(Wire::new(theirs), &Door { reception: Reception::sound() }, stopping).await;
        });
        let mut client =
            Self { stream, read: BytesMut::new(), decoder: Decoder::new(TABLE_SIZE), stop, served };
        client.stream.write_all(PREFACE).await.unwrap();
        client.send((kind::SETTINGS, 0, 0), &[]).await;
        client
    }

    /// Connects to a server that has a request under way, on stream 1, and is asked to end.
    async fn leaving() -> Self {
        let mut client = Self::connect().await;
        client.ask(1, &SOUND, 0).await;
        client.send((kind::PING, 0, 0), b"12345678").await;
        client.next(0).await;
        client.stop.send_replace(true);
        assert_eq!(client.given_up().await, Code::NO_ERROR);
        client
    }

    async fn send(&mut self, head: (u8, u8, u32), payload: &[u8]) {
        let mut out = BytesMut::new();
        write(head, payload, &mut out);
        self.stream.write_all(&out).await.unwrap();
    }

    /// A request with these fields, which are sound where they say nothing else.
    async fn ask(&mut self, stream: u32, fields: &[(&str, &str)], flags: u8) {
        self.send((kind::HEADERS, flag::END_HEADERS | flags, stream), &block(fields)).await;
    }

    /// The next frame of a stream, or of the connection where it ends that.
    async fn next(&mut self, stream: u32) -> Frame {
        loop {
            while let Some(frame) = Frame::take(&mut self.read).unwrap() {
                let concerns = frame.stream == stream && frame.kind != kind::WINDOW;
                if concerns && (stream > 0 || [kind::GOAWAY, kind::PING].contains(&frame.kind)) {
                    return frame;
                }
            }
            let read = timeout(PATIENCE, self.stream.read_buf(&mut self.read)).await.unwrap().unwrap();
            assert!(read > 0, "the connection ended");
        }
    }

    /// The status of the next answer on a stream, and its fields.
    async fn answer(&mut self, stream: u32) -> (String, Vec<(String, String)>) {
        let frame = self.next(stream).await;
        assert_eq!(frame.kind, kind::HEADERS, "{frame:?}");
        let mut fields = Vec::new();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        self.decoder.decode(&frame.payload, |name, value| fields.push((text(name), text(value)))).unwrap();
        (fields.remove(0).1, fields)
    }

    async fn status(&mut self, stream: u32) -> String {
        self.answer(stream).await.0
    }

    /// The code with which a stream is reset next.
    async fn reset(&mut self, stream: u32) -> Code {
        let frame = self.next(stream).await;
        assert_eq!(frame.kind, kind::RESET, "{frame:?}");
        Code(frame.number().unwrap())
    }

    /// The code with which the connection is given up.
    async fn given_up(&mut self) -> Code {
        let frame = self.next(0).await;
        assert_eq!(frame.kind, kind::GOAWAY, "{frame:?}");
        Code(u32::from_be_bytes(*frame.payload.last_chunk().unwrap()))
    }
}

fn block(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        write_literal(name.as_bytes(), value.as_bytes(), &mut block);
    }
    block
}

const SOUND: [(&str, &str); 5] =
    [(":method", "POST"), (":scheme", "http"), (":path", "/a?b"), (":authority", "x"), ("key", "k")];

/// The sound fields, and more.
fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    SOUND.iter().chain(more).copied().collect()
}

/// The sound fields with another value for one, or without it.
fn but<'a>(name: &str, value: Option<&'a str>) -> Vec<(&'a str, &'a str)> {
    let other = |(known, old): &(&'a str, &'a str)| match value {
        _ if *known != name => Some((*known, *old)),
        value => Some((*known, value?)),
    };
    SOUND.iter().filter_map(other).collect()
}

#[tokio::test]
async fn a_request_is_answered_and_a_ping_is_returned() {
    let mut client = Client::connect().await;
    client.ask(1, &with(&[("cookie", "a=b"), ("cookie", "c=d")]), 0).await;
    client.send((kind::DATA, flag::PADDED, 1), b"\x01one\0").await;
    client.send((kind::DATA, 0, 1), b" two").await;
    client.send((kind::HEADERS, flag::END_HEADERS | flag::END_STREAM, 1), &block(&[("t", "u")])).await;
    let (status, fields) = client.answer(1).await;
    let said = |name: &str| fields.iter().find(|(other, _)| other == name).unwrap().1.clone();
    assert_eq!((&*status, &*said("path"), &*said("crumbs")), ("200", "/a", "a=b; c=d"));
    let content = client.next(1).await;
    assert_eq!((&content.payload[..], content.has(flag::END_STREAM)), (&b"one two"[..], true));
    client.send((kind::PING, 0, 0), b"12345678").await;
    assert_eq!(&client.next(0).await.payload[..], b"12345678");
}

#[tokio::test]
async fn what_is_malformed_is_reset_and_the_connection_goes_on() {
    let mut malformed = vec![
        but(":method", None),
        but(":scheme", None),
        but(":path", None),
        but(":path", Some("")),
        but(":path", Some("*")),
        but(":path", Some("http://x/a")),
        but(":path", Some("a")),
        but(":path", Some("/a b")),
        but(":path", Some("/a#b")),
        but(":method", Some("CONNECT")),
        with(&[(":method", "GET")]),
        with(&[(":protocol", "x")]),
        with(&[(":authority", "x")]),
    ];
    let fields = [
        ("Upper", "a"),
        ("a b", "a"),
        ("a\t", "a"),
        ("", "a"),
        ("a", "b\rc"),
        ("a", "b\nc"),
        ("a", "b\0c"),
        ("a", " b"),
        ("a", "b\t"),
        ("connection", "key"),
        ("keep-alive", "1"),
        ("proxy-connection", "close"),
        ("transfer-encoding", "chunked"),
        ("upgrade", "h2c"),
        ("te", "gzip"),
    ];
    malformed.extend(fields.map(|field| with(&[field])));
    let mut client = Client::connect().await;
    for (stream, fields) in (1..).step_by(2).zip(&malformed) {
        client.ask(stream, fields, flag::END_STREAM).await;
        assert_eq!(client.reset(stream).await, Code::PROTOCOL, "{fields:?}");
    }
    client.ask(999, &with(&[("te", "trailers")]), flag::END_STREAM).await;
    assert_eq!(client.status(999).await, "200");
}

#[tokio::test]
async fn a_length_that_is_not_that_of_the_body_is_malformed() {
    let mut client = Client::connect().await;
    client.ask(1, &with(&[("content-length", "3")]), 0).await;
    client.send((kind::DATA, flag::END_STREAM, 1), b"four").await;
    assert_eq!(client.reset(1).await, Code::PROTOCOL);
}

#[tokio::test]
async fn hosts_that_differ_and_heads_that_are_too_large_are_answered() {
    let long = "a".repeat(70_000);
    let path = format!("/{}", "a".repeat(9_000));
    let mut client = Client::connect().await;
    let cases = [
        (with(&[("host", "y")]), "400"),
        (with(&[("host", "x"), ("host", "x")]), "400"),
        (but(":authority", None), "400"),
        (but(":authority", Some("u@x")), "400"),
        (but(":path", Some(&path)), "414"),
        (with(&[("a", "b"); 101]), "431"),
        (with(&[("host", "x")]), "200"),
    ];
    for (stream, (fields, wanted)) in (1..).step_by(2).zip(&cases) {
        client.ask(stream, fields, flag::END_STREAM).await;
        assert_eq!(client.status(stream).await, *wanted, "{fields:?}");
    }
    let large = block(&with(&[("a", &long)]));
    let (first, rest) = large.split_at(FRAME);
    client.send((kind::HEADERS, flag::END_STREAM, 99), first).await;
    for piece in rest.chunks(FRAME) {
        client.send((kind::CONTINUATION, 0, 99), piece).await;
    }
    client.send((kind::CONTINUATION, flag::END_HEADERS, 99), &[]).await;
    assert_eq!(client.status(99).await, "431");
}

#[tokio::test]
async fn a_refusal_comes_before_the_body_which_is_not_wanted_any_more() {
    let mut client = Client::connect().await;
    client.ask(1, &but("key", None), 0).await;
    assert_eq!(client.status(1).await, "401");
    assert_eq!(client.reset(1).await, Code::NO_ERROR);
    client.send((kind::DATA, flag::END_STREAM, 1), b"late").await;
    client.ask(3, &SOUND, flag::END_STREAM).await;
    assert_eq!(client.status(3).await, "200");
}

#[tokio::test]
async fn an_answer_waits_for_room() {
    let mut client = Client::connect().await;
    let window = [&[0, 4][..], &3_u32.to_be_bytes()].concat();
    client.send((kind::SETTINGS, 0, 0), &window).await;
    client.ask(1, &SOUND, 0).await;
    client.send((kind::DATA, flag::END_STREAM, 1), b"four").await;
    assert_eq!(client.status(1).await, "200");
    let first = client.next(1).await;
    assert_eq!((&first.payload[..], first.has(flag::END_STREAM)), (&b"fou"[..], false));
    client.send((kind::WINDOW, 0, 1), &1_u32.to_be_bytes()).await;
    let last = client.next(1).await;
    assert_eq!((&last.payload[..], last.has(flag::END_STREAM)), (&b"r"[..], true));
}

#[tokio::test]
async fn whoever_breaks_the_frames_or_does_not_rest_is_given_up() {
    let end = flag::END_HEADERS | flag::END_STREAM;
    let sound = block(&SOUND);
    let cases: [(&[Said<'_>], Code); 10] = [
        (&[((kind::HEADERS, end, 2), &sound)], Code::PROTOCOL),
        (&[((kind::HEADERS, end, 1), &[0xff])], Code::COMPRESSION),
        (&[((kind::DATA, 0, 1), &[])], Code::PROTOCOL),
        (&[((kind::HEADERS, 0, 1), &sound), ((kind::PING, 0, 0), &[0; 8])], Code::PROTOCOL),
        (&[((kind::CONTINUATION, 0, 1), &[])], Code::PROTOCOL),
        (&[((kind::SETTINGS, 0, 0), &[1])], Code::FRAME_SIZE),
        (&[((kind::PING, 0, 0), &[1])], Code::FRAME_SIZE),
        (&[((kind::WINDOW, 0, 0), &[0; 4])], Code::PROTOCOL),
        (&[((kind::WINDOW, 0, 0), &[0x7f, 0xff, 0xff, 0xff])], Code::FLOW_CONTROL),
        (&[((kind::PUSH, 0, 1), &[0; 4])], Code::PROTOCOL),
    ];
    for (frames, wanted) in cases {
        let mut client = Client::connect().await;
        for (head, payload) in frames {
            client.send(*head, payload).await;
        }
        assert_eq!(client.given_up().await, wanted, "{frames:?}");
        drop(client.stream);
        client.served.await.unwrap();
    }
}

#[tokio::test]
async fn streams_that_are_reset_as_fast_as_they_are_opened_have_a_bound() {
    let mut client = Client::connect().await;
    for stream in (1..1000).step_by(2) {
        client.ask(stream, &SOUND, 0).await;
        client.send((kind::RESET, 0, stream), &8_u32.to_be_bytes()).await;
    }
    assert_eq!(client.given_up().await, Code::ENHANCE_YOUR_CALM);
    let mut client = Client::connect().await;
    client.ask(1, &SOUND, 0).await;
    for _ in 0..11_000 {
        client.send((kind::DATA, 0, 1), &[]).await;
    }
    assert_eq!(client.given_up().await, Code::ENHANCE_YOUR_CALM);
}

#[tokio::test]
async fn a_block_of_fields_without_an_end_has_a_bound() {
    let mut client = Client::connect().await;
    client.send((kind::HEADERS, 0, 1), &[]).await;
    let piece = Bytes::from(vec![0; FRAME]);
    for _ in 0..10 {
        client.send((kind::CONTINUATION, 0, 1), &piece).await;
    }
    assert_eq!(client.given_up().await, Code::ENHANCE_YOUR_CALM);
}

#[tokio::test]
async fn too_many_requests_at_once_are_not_looked_at() {
    let mut client = Client::connect().await;
    for stream in (1..=513).step_by(2) {
        client.ask(stream, &SOUND, 0).await;
    }
    assert_eq!(client.reset(513).await, Code::REFUSED_STREAM);
    client.send((kind::DATA, flag::END_STREAM, 1), b"").await;
    assert_eq!(client.status(1).await, "200");
}

#[tokio::test]
async fn what_is_under_way_is_answered_when_the_server_ends() {
    let mut client = Client::leaving().await;
    client.ask(3, &SOUND, flag::END_STREAM).await;
    client.send((kind::DATA, flag::END_STREAM, 1), b"").await;
    assert_eq!(client.status(1).await, "200");
    drop(client.stream);
    client.served.await.unwrap();
}

#[tokio::test]
async fn what_does_not_begin_like_http_2_is_not_answered() {
    let (mut stream, theirs) = tokio::io::duplex(1 << 10);
    let (_stop, stopping) = watch::channel(false);
    let served = tokio::spawn(async move {
        serve(Wire::new(theirs), &Door { reception: Reception::sound() }, stopping).await;
    });
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let mut said = Vec::new();
    stream.read_to_end(&mut said).await.unwrap();
    assert!(said.is_empty());
    served.await.unwrap();
}
