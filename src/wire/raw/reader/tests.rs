use proptest::prelude::*;

use super::*;

fn read(methods: &[&str], pieces: &[&[u8]], ending: Ending) -> Transcript {
    let mut reader = Reader::new(Caps::of(Limits::default()));
    for method in methods {
        reader.asked(method);
    }
    for piece in pieces {
        reader.push(piece, Moment::default());
    }
    reader.finish(ending, Duration::ZERO)
}

fn whole(method: &str, bytes: &[u8]) -> Transcript {
    read(&[method], &[bytes], Ending::Closed)
}

/// The statuses, bodies and completeness of all answers.
fn faces(transcript: &Transcript) -> Vec<(u16, &[u8], bool)> {
    let face = |heard: &Heard| (heard.answer.status, heard.is_complete());
    transcript.answers.iter().map(|heard| (face(heard).0, &*heard.answer.body, face(heard).1)).collect()
}

fn odd(transcript: &Transcript) -> Vec<Oddity> {
    let answers = transcript.answers.iter().flat_map(|heard| &heard.oddities);
    answers.chain(&transcript.oddities).copied().collect()
}

#[test]
fn a_sound_answer_is_read_whole_and_nothing_is_odd() {
    let seen = whole("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A:  b \r\n\r\nhi");
    assert_eq!(faces(&seen), [(200, &b"hi"[..], true)]);
    assert_eq!(seen.answers[0].answer.header("x-a").next(), Some("b"));
    assert_eq!((odd(&seen), &*seen.surplus), (vec![], &b""[..]));
}

#[test]
fn answers_on_one_connection_are_told_apart_by_their_frames() {
    let bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nX-T: 1\r\n\r\n\
        HTTP/1.1 401 No\r\nContent-Length: 5\r\n\r\nHTTP/1.1 304 Same\r\nContent-Length: 9\r\n\r\n";
    let seen = read(&["GET", "HEAD", "GET"], &[bytes], Ending::Open);
    assert_eq!(faces(&seen), [(200, &b"abc"[..], true), (401, b"", true), (304, b"", true)]);
    assert_eq!(seen.answers[0].trailers, [("x-t".to_owned(), b"1".to_vec())]);
    assert_eq!(odd(&seen), []);
}

#[test]
fn interim_answers_are_kept_with_the_answer_that_they_precede() {
    let bytes = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let seen = whole("POST", bytes);
    let interim: Vec<u16> = seen.answers[0].interim.iter().map(|answer| answer.status).collect();
    assert_eq!((interim, odd(&seen)), (vec![100, 103], vec![]));
}

#[test]
fn interim_answers_without_end_are_cut_off() {
    let seen = whole("GET", &b"HTTP/1.1 100 Continue\r\n\r\n".repeat(100_000));
    assert_eq!((faces(&seen), odd(&seen)), (vec![], vec![Oddity::TooManyInterim]));
}

#[test]
fn content_behind_an_answer_to_head_is_seen() {
    let seen = whole("HEAD", b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nhi");
    assert_eq!(faces(&seen), [(401, &b"hi"[..], true)]);
    assert_eq!(odd(&seen), [Oddity::ContentForbidden]);
    let seen = whole("GET", b"HTTP/1.1 204 No Content\r\n\r\nhi");
    assert_eq!((faces(&seen), odd(&seen)), (vec![(204, &b"hi"[..], true)], vec![Oddity::ContentForbidden]));
}

#[test]
fn what_no_request_asked_for_is_marked() {
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let seen = whole("GET", &[&answer[..], answer].concat());
    assert_eq!((seen.requests, seen.answers.len()), (1, 2));
    assert_eq!(odd(&seen), [Oddity::Unasked]);
}

#[test]
fn bytes_behind_the_last_answer_are_surplus() {
    let seen = whole("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhihello");
    assert_eq!((faces(&seen), &*seen.surplus), (vec![(200, &b"hi"[..], true)], &b"hello"[..]));
    assert_eq!(odd(&seen), [Oddity::NotHttp]);
}

#[test]
fn an_end_within_an_answer_leaves_it_incomplete() {
    for (bytes, ending) in [
        (&b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi"[..], Ending::Closed),
        (b"HTTP/1.1 200 OK\r\n\r\nhi", Ending::Reset),
        (b"HTTP/1.1 200 OK\r\n\r\nhi", Ending::Open),
    ] {
        let seen = read(&["GET"], &[bytes], ending);
        assert_eq!(faces(&seen), [(200, &b"hi"[..], false)]);
        assert_eq!(odd(&seen), [Oddity::Torn]);
    }
    let seen = whole("GET", b"HTTP/1.1 200 OK\r\n\r\nhi");
    assert_eq!((faces(&seen), odd(&seen)), (vec![(200, &b"hi"[..], true)], vec![]));
    let seen = whole("GET", b"HTTP/1.1 200 OK\r\nContent-");
    assert_eq!((faces(&seen), odd(&seen)), (vec![], vec![Oddity::Torn]));
}

#[test]
fn every_break_of_the_grammar_has_a_name() {
    let head = |lines: &str| format!("HTTP/1.1 200 OK\r\n{lines}\r\n");
    let cases = [
        ("HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n".to_owned(), Oddity::BareLf),
        ("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n".to_owned(), Oddity::StatusLine),
        ("HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n".to_owned(), Oddity::Version),
        ("HTTP/x 200 OK\r\n\r\n".to_owned(), Oddity::NotHttp),
        ("hello".to_owned(), Oddity::NotHttp),
        (head("X: a\rb\r\n"), Oddity::BareCr),
        (head(" X: a\r\n"), Oddity::LeadingSpace),
        (head("X: a\r\n b\r\n"), Oddity::ObsFold),
        (head("X : a\r\n"), Oddity::SpaceBeforeColon),
        (head("nothing\r\n"), Oddity::FieldName),
        (head("a b: c\r\n"), Oddity::FieldName),
        (head("X: a\u{1}\r\n"), Oddity::FieldValue),
        (head(&"X: a\r\n".repeat(600)), Oddity::TooManyFields),
        (head(&format!("X: {}\r\n", "a".repeat(300_000))), Oddity::TooLongHead),
        (head("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"), Oddity::LengthAndCoding),
        (head("Content-Length: 1\r\nContent-Length: 2\r\n"), Oddity::LengthsDiffer),
        (head("Content-Length: 0, 0\r\n"), Oddity::LengthRepeated),
        (head("Content-Length: +1\r\n"), Oddity::LengthSyntax),
        (head("Transfer-Encoding: chunked, identity\r\n"), Oddity::CodingNotChunked),
        ("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned(), Oddity::CodingInHttp10),
        ("HTTP/1.1 204 No\r\nContent-Length: 0\r\n\r\n".to_owned(), Oddity::FramingForbidden),
        (head("Transfer-Encoding: chunked\r\n\r\nxyz\r\n"), Oddity::ChunkSize),
        (head("Transfer-Encoding: chunked\r\n") + "1\r\nabc", Oddity::ChunkEnd),
    ];
    for (bytes, wanted) in cases {
        let seen = odd(&whole("GET", bytes.as_bytes()));
        assert!(seen.contains(&wanted), "{wanted:?} is not among {seen:?}: {bytes:.80}");
    }
}

#[test]
fn a_folded_value_is_one_value() {
    let seen = whole("GET", b"HTTP/1.1 200 OK\r\nX: a\r\n\t b\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(seen.answers[0].answer.header("x").next(), Some("a b"));
}

#[test]
fn what_is_spoken_behind_a_switch_of_protocols_is_surplus() {
    let seen = whole("GET", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n\0\0\x12\x04");
    assert_eq!((faces(&seen)[0].0, &*seen.surplus), (101, &b"\0\0\x12\x04"[..]));
    assert_eq!(odd(&seen), []);
}

#[test]
fn an_answer_remembers_how_much_of_the_body_was_sent_before_it() {
    let mut reader = Reader::new(Caps::of(Limits::default()));
    reader.asked("POST");
    reader.push(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n", Moment { bodies: &[0], ..Moment::default() });
    reader.push(b"\r\n", Moment { bodies: &[7], ..Moment::default() });
    assert_eq!(reader.answers()[0].body_sent, 7);
    assert_eq!((reader.complete(), reader.heads()), (1, 1));
}

#[test]
fn a_body_beyond_the_cap_is_cut_and_its_end_still_found() {
    let caps = Caps { body: 3, ..Caps::of(Limits::default()) };
    let mut reader = Reader::new(caps);
    reader.asked("GET");
    reader.push(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde", Moment::default());
    let seen = reader.finish(Ending::Closed, Duration::ZERO);
    assert_eq!(faces(&seen), [(200, &b"abc"[..], true)]);
    assert!(seen.answers[0].answer.truncated);
}

/// Text that is nearly HTTP, which random bytes never are.
fn nearly_http() -> impl Strategy<Value = Vec<u8>> {
    let pieces: [&[u8]; 24] = [
        b"HTTP/1.1 200 OK",
        b"HTTP/1.0 304 Same",
        b"HTTP/1.1 100 Continue",
        b"HTTP/1.1 204 None",
        b"HTTP/1.1 101 Switch",
        b"HTTP/1.1 200",
        b"\r\n",
        b"\r\n",
        b"\r\n\r\n",
        b"\n",
        b"\r",
        b" ",
        b"X: y\r\n",
        b" folded\r\n",
        b"Content-Length: 5\r\n",
        b"Content-Length: 0\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"5\r\nabcde\r\n",
        b"0\r\n",
        b"abcde",
        b"f;x\r\n",
        b"HTT",
        b"\0",
        b"\xff",
    ];
    proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..24)
        .prop_map(|pieces| pieces.concat())
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![nearly_http(), proptest::collection::vec(any::<u8>(), 0..200)]
}

const ENDINGS: [Ending; 3] = [Ending::Closed, Ending::Reset, Ending::Open];

proptest! {
    #[test]
    fn how_the_bytes_were_cut_makes_no_difference(
        bytes in any_bytes(),
        cuts in proptest::collection::vec(1_usize..9, 1..40),
        methods in proptest::collection::vec(proptest::sample::select(vec!["GET", "HEAD", "CONNECT"]), 0..4),
        ending in proptest::sample::select(ENDINGS.to_vec()),
    ) {
        let mut rest = &bytes[..];
        let mut pieces = Vec::new();
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, behind) = rest.split_at((*cut).min(rest.len()));
            pieces.push(piece);
            rest = behind;
        }
        prop_assert_eq!(read(&methods, &[&bytes], ending), read(&methods, &pieces, ending));
    }

    #[test]
    fn nothing_is_kept_beyond_the_caps(bytes in any_bytes(), turns in 1_usize..20) {
        let caps = Caps { head: 64, fields: 2, body: 8, interim: 2, answers: 3, surplus: 4 };
        let mut reader = Reader::new(caps);
        reader.asked("GET");
        for _ in 0..turns {
            reader.push(&bytes, Moment::default());
            prop_assert!(reader.incoming.len() <= caps.head);
        }
        let seen = reader.finish(Ending::Closed, Duration::ZERO);
        prop_assert!(seen.answers.len() <= caps.answers && seen.surplus.len() <= caps.surplus);
        for heard in &seen.answers {
            prop_assert!(heard.answer.body.len() <= caps.body && heard.interim.len() <= caps.interim);
            prop_assert!(heard.answer.headers.len() <= caps.fields && heard.trailers.len() <= caps.fields);
        }
    }
}
