use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::wire::{Act, Limits, Until};

const HEAD: &str = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n";
const REFUSED: &str = "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n";

fn head() -> Act {
    Act::Send { bytes: Bytes::from_static(HEAD.as_bytes()), begins: Some("POST".to_owned()) }
}

fn body(text: &'static str) -> Act {
    Act::Send { bytes: Bytes::from_static(text.as_bytes()), begins: None }
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
    let options = ClientOptions { limits, ..ClientOptions::default() };
    let raw = Raw::new(&options).unwrap();
    let sending = tokio::spawn(async move { raw.send(request).await });
    let (stream, _) = listener.accept().await.unwrap();
    let serving = tokio::spawn(serve(stream));
    let exchange = sending.await.unwrap();
    serving.await.unwrap();
    exchange
}

/// Reads until some bytes have come.
async fn take(stream: &mut TcpStream, count: usize) {
    let mut bytes = vec![0; count];
    stream.read_exact(&mut bytes).await.unwrap();
}

#[tokio::test]
async fn an_answer_before_the_body_is_told_from_one_behind_it() {
    let hold = Act::Hold(Duration::from_secs(5));
    let early = talk(vec![head(), hold, body("text")], Limits::default(), async |mut stream: TcpStream| {
        take(&mut stream, HEAD.len()).await;
        stream.write_all(REFUSED.as_bytes()).await.unwrap();
        take(&mut stream, 4).await;
    });
    let early = early.await.transcript.unwrap();
    assert_eq!((early.answers[0].body_sent, early.ending), (0, Ending::Closed));

    let hold = Act::Hold(Duration::from_millis(10));
    let late = talk(vec![head(), hold, body("text")], Limits::default(), async |mut stream: TcpStream| {
        take(&mut stream, HEAD.len() + 4).await;
        stream.write_all(REFUSED.as_bytes()).await.unwrap();
    });
    assert_eq!(late.await.transcript.unwrap().answers[0].body_sent, 4);
}

#[tokio::test]
async fn what_a_trickle_sends_ends_with_the_answer() {
    let trickle = Act::Trickle { bytes: Bytes::from_static(b"text"), every: Duration::from_millis(1) };
    let seen = talk(vec![head(), trickle], Limits::default(), async |mut stream: TcpStream| {
        take(&mut stream, HEAD.len() + 2).await;
        stream.write_all(REFUSED.as_bytes()).await.unwrap();
    });
    let seen = seen.await.transcript.unwrap();
    assert!((2..=4).contains(&seen.answers[0].body_sent), "{seen:?}");
}

#[tokio::test]
async fn what_is_repeated_ends_with_the_answer_even_where_nobody_reads_it() {
    let bytes = Bytes::from_static(&[b'x'; 1024]);
    let repeat = Act::Repeat { bytes, times: u64::MAX, within: Duration::from_mins(1) };
    let seen = talk(vec![head(), repeat], Limits::default(), async |mut stream: TcpStream| {
        take(&mut stream, HEAD.len()).await;
        stream.write_all(REFUSED.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.ok();
    });
    let seen = seen.await.transcript.unwrap();
    assert_eq!((seen.answers.len(), seen.ending), (1, Ending::Open));
}

#[tokio::test]
async fn requests_without_a_pause_leave_in_one_piece_and_a_hidden_answer_is_heard() {
    let seen = talk(vec![head(), body("text"), head()], Limits::default(), async |mut stream: TcpStream| {
        take(&mut stream, 2 * HEAD.len() + 4).await;
        stream.write_all(REFUSED.repeat(3).as_bytes()).await.unwrap();
    });
    let seen = seen.await.transcript.unwrap();
    assert_eq!((seen.requests, seen.answers.len()), (2, 3));
    assert!(seen.answers[2].oddities.contains(&Oddity::Unasked));
    assert_eq!(seen.answers[0].body_sent, 4);
}

#[tokio::test]
async fn what_was_heard_is_kept_where_time_runs_out() {
    let limits = Limits { total: Duration::from_millis(50), ..Limits::default() };
    let seen = talk(vec![head(), Act::Await, head()], limits, async |mut stream: TcpStream| {
        take(&mut stream, HEAD.len()).await;
        stream.write_all(REFUSED.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.ok();
    });
    let seen = seen.await;
    assert_eq!(seen.answer.unwrap().status, 401);
    let transcript = seen.transcript.unwrap();
    assert_eq!((transcript.requests, transcript.answers.len()), (2, 1));
}

#[tokio::test]
async fn silence_is_a_failure_in_time_and_a_reset_is_one_at_once() {
    let limits = Limits { total: Duration::from_millis(50), ..Limits::default() };
    let silent = talk(vec![head()], limits, async |mut stream: TcpStream| {
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.ok();
    });
    assert_eq!(silent.await.failure.unwrap().kind, FailureKind::Timeout);
    let gone = talk(vec![head()], Limits::default(), async |mut stream: TcpStream| {
        take(&mut stream, HEAD.len()).await;
    });
    assert_eq!(gone.await.failure.unwrap().kind, FailureKind::Closed);
    let strange = talk(vec![head()], Limits::default(), async |mut stream: TcpStream| {
        take(&mut stream, HEAD.len()).await;
        stream.write_all(b"SSH-2.0-OpenSSH\r\n").await.unwrap();
    });
    assert_eq!(strange.await.failure.unwrap().kind, FailureKind::Malformed);
}

#[tokio::test]
async fn what_never_ends_is_cut_off() {
    let limits = Limits { body_bytes: 1000, header_bytes: 1000, ..Limits::default() };
    let endless = talk(vec![head()], limits, async |mut stream: TcpStream| {
        take(&mut stream, HEAD.len()).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        while stream.write_all(&[b'x'; 512]).await.is_ok() {}
    });
    let seen = endless.await.transcript.unwrap();
    assert_eq!(seen.ending, Ending::TooMuch);
    assert_eq!(seen.answers[0].answer.body.len(), 1000);
}

#[tokio::test]
async fn a_connection_that_ends_with_care_ends_where_its_end_is_waited_for() {
    for (until, ending) in [(Until::Silence, Ending::Open), (Until::End, Ending::Closed)] {
        let script = Script { acts: vec![head(), body("text")], until };
        let seen = carried(script, Limits::default(), async |mut stream: TcpStream| {
            take(&mut stream, HEAD.len() + 4).await;
            stream.write_all(REFUSED.as_bytes()).await.unwrap();
            let wait = tokio::time::timeout(Duration::from_millis(700), stream.read_u8());
            drop(wait.await);
        });
        assert_eq!(seen.await.transcript.unwrap().ending, ending, "{until:?}");
    }
}

#[tokio::test]
async fn what_is_no_utf_8_in_a_head_is_read_all_the_same() {
    let seen = talk(vec![head(), body("text")], Limits::default(), async |mut stream: TcpStream| {
        take(&mut stream, HEAD.len() + 4).await;
        stream.write_all(b"HTTP/1.1 401 N\xf6\r\nX-A: \xdcber\r\nContent-Length: 0\r\n\r\n").await.unwrap();
    });
    let answer = seen.await.answer.unwrap();
    assert_eq!((&*answer.reason, answer.header("x-a").next()), ("Nö", Some("Über")));
}
