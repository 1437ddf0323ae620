use proptest::prelude::*;

use super::*;

/// What comes of bytes that come in pieces of a size, and the connection's end behind them where that is asked.
fn read(bytes: &[u8], size: usize, method: &http::Method, ends: Option<()>) -> (Progress, Reader) {
    let mut reader = Reader::new();
    reader.begin(method);
    let mut progress = Progress::Partial;
    for piece in bytes.chunks(size.max(1)) {
        reader.room()[..piece.len()].copy_from_slice(piece);
        progress = reader.read(piece.len());
        if !matches!(progress, Progress::Partial | Progress::Complete) {
            break;
        }
    }
    if ends.is_some() && progress == Progress::Partial {
        progress = reader.ended();
    }
    (progress, reader)
}

fn get(bytes: &[u8]) -> (Progress, Reader) {
    read(bytes, 7, &http::Method::GET, None)
}

#[test]
fn framing_takes_no_room_however_it_is_cut() {
    let mut reader = Reader::new();
    reader.begin(&http::Method::GET);
    let mut tell = |bytes: &[u8]| {
        reader.room()[..bytes.len()].copy_from_slice(bytes);
        assert_eq!(reader.read(bytes.len()), Progress::Partial);
    };
    tell(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n800\r");
    for _ in 0..2_000 {
        tell(&[b"\n", &[b'.'; 0x800][..], b"\r\n800\r"].concat());
    }
    assert!(reader.body().len() >= KEPT && reader.buffer.len() <= 2 * KEPT, "{}", reader.buffer.len());
}

#[test]
fn every_framing_gives_the_same_body() {
    let ways: [&[u8]; 4] = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding:  Chunked \r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n",
        b"HTTP/1.1 103 Early\r\nA: b\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
    ];
    for bytes in ways {
        for size in [1, 3, 1000] {
            let (progress, reader) = read(bytes, size, &http::Method::GET, None);
            assert_eq!((progress, reader.status(), reader.body()), (Progress::Complete, 200, &b"hello"[..]));
            assert!(!reader.must_close() && reader.surplus().is_empty());
        }
    }
}

#[test]
fn an_answer_without_a_length_ends_with_its_connection() {
    let (progress, reader) = read(b"HTTP/1.1 200 OK\r\n\r\nhello", 4, &http::Method::GET, Some(()));
    assert_eq!((progress, reader.body(), reader.must_close()), (Progress::Complete, &b"hello"[..], true));
    let cut = read(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", 4, &http::Method::GET, Some(()));
    assert_eq!(cut.0, Progress::Cut);
    assert_eq!(read(b"", 4, &http::Method::GET, Some(())).0, Progress::Cut);
}

#[test]
fn some_answers_have_no_content_whatever_their_head_says() {
    for (method, status) in [(http::Method::HEAD, 200), (http::Method::GET, 204), (http::Method::GET, 304)] {
        let bytes = format!("HTTP/1.1 {status} X\r\nContent-Length: 5\r\n\r\n");
        let (progress, reader) = read(bytes.as_bytes(), 9, &method, None);
        assert_eq!((progress, reader.body(), reader.must_close()), (Progress::Complete, &b""[..], false));
    }
}

#[test]
fn what_stands_behind_an_answer_is_surplus() {
    let (progress, reader) = get(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n");
    assert_eq!((progress, reader.body()), (Progress::Complete, &b"ok"[..]));
    assert!(reader.surplus().starts_with(b"HTTP") && reader.must_close());
}

#[test]
fn a_connection_that_is_to_be_closed_is_not_used_again() {
    let closes = |head: &str| get(format!("{head}\r\nContent-Length: 0\r\n\r\n").as_bytes()).1.must_close();
    assert!(closes("HTTP/1.1 401 X\r\nConnection: keep-alive, Close"));
    assert!(closes("HTTP/1.0 401 X"));
    assert!(!closes("HTTP/1.0 401 X\r\nConnection: keep-alive"));
    assert!(!closes("HTTP/1.1 401 X"));
}

#[test]
fn what_could_be_read_in_two_ways_is_broken() {
    let broken: [&[u8]; 10] = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
        b"HTTP/1.1 101 Switching\r\n\r\n",
        b"SSH-2.0-x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    ];
    for bytes in broken {
        assert!(matches!(get(bytes).0, Progress::Broken(_)), "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn a_long_body_is_read_to_its_end_and_kept_in_part() {
    let mut bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n".to_vec();
    bytes.resize(bytes.len() + 3_000_000, b'x');
    let (progress, reader) = read(&bytes, 4_000, &http::Method::GET, None);
    assert_eq!((progress, reader.body().len(), reader.is_truncated()), (Progress::Complete, KEPT, true));
    assert!(reader.buffer.len() <= 2 * KEPT, "{}", reader.buffer.len());
}

proptest! {
    #[test]
    fn pieces_do_not_matter(body in prop::collection::vec(any::<u8>(), 0..200), cuts in prop::collection::vec(1..40_usize, 0..20), size in 1..64_usize) {
        let mut bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
        let mut rest = &body[..];
        for cut in cuts {
            let (chunk, behind) = rest.split_at(cut.min(rest.len()));
            if !chunk.is_empty() {
                bytes.extend(format!("{:x}\r\n", chunk.len()).bytes());
                bytes.extend(chunk);
                bytes.extend(b"\r\n");
            }
            rest = behind;
        }
        if !rest.is_empty() {
            bytes.extend(format!("{:X}\r\n", rest.len()).bytes());
            bytes.extend(rest);
            bytes.extend(b"\r\n");
        }
        bytes.extend(b"0\r\n\r\n");
        let (progress, reader) = read(&bytes, size, &http::Method::GET, None);
        prop_assert_eq!(progress, Progress::Complete);
        prop_assert_eq!(reader.body(), &body[..]);
    }

    #[test]
    fn nothing_that_comes_makes_it_stumble(bytes in prop::collection::vec(any::<u8>(), 0..300), size in 1..64_usize) {
        let mut whole = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
        whole.extend(&bytes);
        read(&whole, size, &http::Method::GET, Some(()));
        read(&bytes, size, &http::Method::GET, Some(()));
    }
}
