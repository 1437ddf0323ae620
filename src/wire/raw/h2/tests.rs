use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::super::super::frames::kinds;
use super::super::Raw;
use super::write;
use crate::hpack;
use crate::wire::{
    Act, ClientOptions, Cut, Ending, ErrorCode, Exchange, FailureKind, Frame, Limits, Request, Script, Until,
};

/// What a client begins with.
const BEGINNING: usize = 24 + 9 + 12;

fn fields() -> Vec<(Vec<u8>, Vec<u8>)> {
    vec![(b":method".to_vec(), b"POST".to_vec())]
}

/// Fields behind which content follows.
fn begun(stream: u32) -> Act {
    Act::Frame(Frame::Headers { stream, fields: fields(), end: false })
}

/// Fields and nothing more.
fn whole(stream: u32) -> Act {
    Act::Frame(Frame::Headers { stream, fields: fields(), end: true })
}

fn content(stream: u32, bytes: &'static [u8]) -> Act {
    Act::Frame(Frame::Data { stream, bytes: Bytes::from_static(bytes), end: true })
}

fn frame(head: (u8, u8, u32), payload: &[u8]) -> Vec<u8> {
    let mut out = bytes::BytesMut::new();
    write::frame(head, payload, &mut out);
    out.to_vec()
}

fn answer(stream: u32, status: &str) -> Vec<u8> {
    let mut block = Vec::new();
    hpack::write_literal(b":status", status.as_bytes(), &mut block);
    frame((kinds::HEADERS, 5, stream), &block)
}

fn settings() -> Vec<u8> {
    frame((kinds::SETTINGS, 0, 0), &[])
}

/// Carries acts out against a server of one connection.
async fn talk<F: Future<Output = ()> + Send + 'static>(
    acts: Vec<Act>,
    limits: Limits,
    serve: impl FnOnce(TcpStream) -> F,
) -> Exchange {
    carried(Script { acts, ..Script::default() }, limits, serve).await
}

/// Carries a script out against a server of one connection.
async fn carried<F: Future<Output = ()> + Send + 'static>(
    script: Script,
    limits: Limits,
    serve: impl FnOnce(TcpStream) -> F,
) -> Exchange {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let request = Request { script: Some(script), ..Request::bare(http::Method::POST, &url) };
    let raw = Raw::new(&ClientOptions { limits, ..ClientOptions::default() }).unwrap();
    let sending = tokio::spawn(async move { raw.send(request).await });
    let (stream, _) = listener.accept().await.unwrap();
    let serving = tokio::spawn(serve(stream));
    let exchange = sending.await.unwrap();
    serving.await.unwrap();
    exchange
}

async fn take(stream: &mut TcpStream, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    stream.read_exact(&mut bytes).await.unwrap();
    bytes
}

/// The length of our only fields on the wire.
const FIELDS: usize = 9 + 14;

#[tokio::test]
async fn streams_without_a_pause_leave_in_one_piece_and_are_answered_in_any_order() {
    let acts = vec![begun(1), whole(3), content(1, b"text")];
    let seen = talk(acts, Limits::default(), async |mut stream: TcpStream| {
        let said = take(&mut stream, BEGINNING + 2 * FIELDS + 9 + 4).await;
        assert!(said.starts_with(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") && said.ends_with(b"text"));
        let reply = [settings(), answer(3, "401"), answer(1, "200")].concat();
        stream.write_all(&reply).await.unwrap();
        assert_eq!(take(&mut stream, 9).await, frame((kinds::SETTINGS, 1, 0), &[]));
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        assert_eq!(rest.get(3), Some(&kinds::GOAWAY));
    });
    let seen = seen.await;
    assert_eq!(seen.answer.unwrap().status, 200);
    let transcript = seen.transcript.unwrap();
    let statuses: Vec<_> = transcript.answers.iter().map(|heard| heard.answer.status).collect();
    assert_eq!((statuses, transcript.ending), (vec![200, 401], Ending::Open));
    assert_eq!(transcript.answers[0].body_sent, 4);
}

#[tokio::test]
async fn content_waits_until_it_is_taken_and_ends_with_the_answer() {
    let acts = vec![begun(1), content(1, &[b'x'; 70_000])];
    let seen = talk(acts, Limits::default(), async |mut stream: TcpStream| {
        stream.write_all(&settings()).await.unwrap();
        // Three whole frames are taken; the fourth would not fit.
        let mut seen = 0;
        while seen < 3 * (16 * 1024 + 9) {
            let mut piece = [0; 4096];
            seen += stream.read(&mut piece).await.unwrap();
        }
        stream.write_all(&answer(1, "401")).await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
    });
    let seen = seen.await.transcript.unwrap();
    assert!(seen.answers[0].body_sent <= 65_535, "{seen:?}");
}

#[tokio::test]
async fn a_reset_stream_is_an_answer_and_no_failure() {
    let seen = talk(vec![whole(1)], Limits::default(), async |mut stream: TcpStream| {
        take(&mut stream, BEGINNING + FIELDS).await;
        let cut = frame((kinds::RESET, 0, 1), &1_u32.to_be_bytes());
        stream.write_all(&[settings(), cut].concat()).await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
    });
    let seen = seen.await;
    assert_eq!(seen.failure, None);
    assert_eq!(seen.answer.unwrap().cut, Some(Cut::Stream(ErrorCode::PROTOCOL_ERROR)));
}

#[tokio::test]
async fn a_connection_that_is_given_up_is_an_answer_and_no_failure() {
    let seen = talk(vec![whole(1)], Limits::default(), async |mut stream: TcpStream| {
        take(&mut stream, BEGINNING + FIELDS).await;
        // The last stream is 0, the code ENHANCE_YOUR_CALM (RFC 9113 section 6.8).
        let away = [0_u32.to_be_bytes(), 11_u32.to_be_bytes()].concat();
        stream.write_all(&[settings(), frame((kinds::GOAWAY, 0, 0), &away)].concat()).await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
    });
    let seen = seen.await;
    assert_eq!(seen.failure, None);
    assert_eq!(seen.answer.unwrap().cut, Some(Cut::Connection(ErrorCode(11))));
    let frames = seen.transcript.unwrap().frames;
    assert!(frames.iter().any(|frame| frame.starts_with("GOAWAY")), "{frames:?}");
}

#[tokio::test]
async fn a_connection_that_ends_with_care_ends_where_its_end_is_waited_for() {
    for (until, ending) in [(Until::Silence, Ending::Open), (Until::End, Ending::Closed)] {
        let script = Script { acts: vec![whole(1)], until };
        let seen = carried(script, Limits::default(), async |mut stream: TcpStream| {
            take(&mut stream, BEGINNING + FIELDS).await;
            stream.write_all(&[settings(), answer(1, "401")].concat()).await.unwrap();
            let mut rest = Vec::new();
            let wait = tokio::time::timeout(Duration::from_millis(700), stream.read_to_end(&mut rest));
            drop(wait.await);
        });
        let seen = seen.await.transcript.unwrap();
        assert_eq!((seen.answers[0].answer.status, seen.ending), (401, ending), "{until:?}");
    }
}

#[tokio::test]
async fn a_server_of_http_1_is_heard_and_silence_is_a_failure_in_time() {
    let seen = talk(vec![whole(1)], Limits::default(), async |mut stream: TcpStream| {
        take(&mut stream, BEGINNING).await;
        stream.write_all(b"HTTP/1.1 505 No\r\nContent-Length: 0\r\n\r\n").await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
    });
    assert_eq!(seen.await.answer.unwrap().status, 505);
    let limits = Limits { total: Duration::from_millis(50), ..Limits::default() };
    let seen = talk(vec![whole(1)], limits, async |mut stream: TcpStream| {
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.ok();
    });
    let seen = seen.await;
    assert_eq!((seen.answer, seen.failure.unwrap().kind), (None, FailureKind::Timeout));
}

#[tokio::test]
async fn frames_follow_an_upgrade_only_where_it_is_granted() {
    let head = b"GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n";
    let ask = || Act::Send { bytes: Bytes::from_static(head), begins: Some("GET".to_owned()) };
    let seen = talk(vec![ask(), whole(3)], Limits::default(), async |mut stream: TcpStream| {
        take(&mut stream, head.len()).await;
        stream.write_all(b"HTTP/1.1 101 Yes\r\n\r\n").await.unwrap();
        take(&mut stream, BEGINNING + FIELDS).await;
        stream.write_all(&[settings(), answer(1, "401"), answer(3, "403")].concat()).await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
    });
    let seen = seen.await.transcript.unwrap();
    let statuses: Vec<_> = seen.answers.iter().map(|heard| heard.answer.status).collect();
    assert_eq!((seen.requests, statuses), (2, vec![401, 403]));
    let seen = talk(vec![ask(), whole(3)], Limits::default(), async |mut stream: TcpStream| {
        take(&mut stream, head.len()).await;
        stream.write_all(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n").await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        assert!(rest.is_empty(), "{rest:?}");
    });
    let seen = seen.await.transcript.unwrap();
    assert_eq!((seen.requests, seen.answers[0].answer.status), (1, 401));
}

#[tokio::test]
async fn content_goes_through_a_window_that_is_smaller_than_a_frame() {
    let acts = vec![begun(1), content(1, &[b'x'; 80_000])];
    let seen = talk(acts, Limits::default(), async |mut stream: TcpStream| {
        // SETTINGS_INITIAL_WINDOW_SIZE, RFC 9113 section 6.5.2.
        let window = [&4_u16.to_be_bytes()[..], &8192_u32.to_be_bytes()[..]].concat();
        stream.write_all(&frame((kinds::SETTINGS, 0, 0), &window)).await.unwrap();
        let (mut taken, mut head) = (0, [0; 9]);
        take(&mut stream, 24).await;
        while taken < 80_000 {
            stream.read_exact(&mut head).await.unwrap();
            let length = usize::from(head[1]) << 8 | usize::from(head[2]);
            take(&mut stream, length).await;
            if head[3] == kinds::DATA {
                taken += length;
                let more = u32::try_from(length).unwrap().to_be_bytes();
                let more =
                    [frame((kinds::WINDOW, 0, 0), &more), frame((kinds::WINDOW, 0, 1), &more)].concat();
                stream.write_all(&more).await.unwrap();
            }
        }
        stream.write_all(&answer(1, "401")).await.unwrap();
    });
    assert_eq!(seen.await.transcript.unwrap().answers[0].body_sent, 80_000);
}
