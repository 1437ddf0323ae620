use bytes::{BufMut as _, BytesMut};
use proptest::prelude::*;

use super::super::super::super::client::Limits;
use super::super::super::super::frames::{Cut, ErrorCode, flags, kinds};
use super::super::write;
use super::*;
use crate::hpack;

const SETTINGS: (u8, u8, u32) = (kinds::SETTINGS, 0, 0);

fn caps() -> Caps {
    Caps::of(Limits { body_bytes: 1 << 10, header_bytes: 1 << 10, header_lines: 8, ..Limits::default() })
}

/// A frame: its type, flags and stream, and what it holds.
type Said<'a> = ((u8, u8, u32), &'a [u8]);

fn frames(all: &[Said<'_>]) -> Vec<u8> {
    let mut out = BytesMut::new();
    for (head, payload) in all {
        write::frame(*head, payload, &mut out);
    }
    out.to_vec()
}

fn block(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        hpack::write_literal(name.as_bytes(), value.as_bytes(), &mut block);
    }
    block
}

fn numbers(all: &[u32]) -> Vec<u8> {
    let mut out = BytesMut::new();
    for number in all {
        out.put_u32(*number);
    }
    out.to_vec()
}

/// What is read of some bytes on a connection with requests on the streams 1 and 3.
fn read(pieces: &[&[u8]], ending: Ending) -> Transcript {
    let mut reader = FrameReader::new(caps());
    reader.opened(1, "POST");
    reader.opened(3, "HEAD");
    for piece in pieces {
        reader.push(piece, Duration::ZERO);
    }
    reader.finish(ending, Duration::ZERO)
}

fn answer(stream: u32, status: &str, content: &[u8]) -> Vec<u8> {
    let fields = block(&[(":status", status), ("a", "b")]);
    let headers = (kinds::HEADERS, flags::END_HEADERS, stream);
    frames(&[(headers, &fields), ((kinds::DATA, flags::END_STREAM, stream), content)])
}

#[test]
fn answers_stand_in_the_order_of_their_requests() {
    let bytes = [frames(&[(SETTINGS, &[])]), answer(3, "401", b""), answer(1, "200", b"text")].concat();
    let heard = read(&[&bytes], Ending::Open);
    let seen: Vec<_> = heard.answers.iter().map(|one| (one.answer.status, one.is_complete())).collect();
    assert_eq!((heard.requests, seen), (2, vec![(200, true), (401, true)]));
    assert_eq!(heard.answers[0].answer.body, b"text");
    assert_eq!(heard.answers[0].answer.headers, [("a".to_owned(), b"b".to_vec())]);
    assert!(
        heard.oddities.is_empty() && heard.answers.iter().all(|one| one.oddities.is_empty()),
        "{heard:?}"
    );
    assert_eq!(heard.frames[1], "HEADERS on stream 3, 18 bytes");
    assert_eq!(heard.frames[4], "DATA on stream 1, 4 bytes, the end of the stream");
}

#[test]
fn a_reset_a_farewell_and_a_closed_connection_are_answers_of_their_own() {
    let reset = frames(&[(SETTINGS, &[]), ((kinds::RESET, 0, 1), &numbers(&[1]))]);
    let heard = read(&[&reset], Ending::Closed);
    let cuts: Vec<_> = heard.answers.iter().map(|one| one.answer.cut).collect();
    assert_eq!(cuts, [Some(Cut::Stream(ErrorCode::PROTOCOL_ERROR)), Some(Cut::Closed)]);
    assert!(heard.answers.iter().all(Heard::is_complete));

    let away = frames(&[(SETTINGS, &[]), ((kinds::GOAWAY, 0, 0), &numbers(&[1, 0]))]);
    let heard = read(&[&away], Ending::Open);
    let cuts: Vec<_> = heard.answers.iter().map(|one| one.answer.cut).collect();
    assert_eq!(cuts, [None, Some(Cut::Connection(ErrorCode::NO_ERROR))]);
    assert!(!heard.answers[0].is_complete());

    let given_up = frames(&[(SETTINGS, &[]), ((kinds::GOAWAY, 0, 0), &numbers(&[3, 1]))]);
    let late = [given_up, answer(1, "400", b"")].concat();
    let heard = read(&[&late], Ending::Closed);
    let seen: Vec<_> = heard.answers.iter().map(|one| (one.answer.status, one.answer.cut)).collect();
    assert_eq!(seen, [(400, None), (0, Some(Cut::Connection(ErrorCode::PROTOCOL_ERROR)))]);
}

#[test]
fn an_answer_that_is_reset_behind_its_end_stays_what_it_is() {
    let bytes = [frames(&[(SETTINGS, &[])]), answer(1, "401", b"")].concat();
    let bytes = [bytes, frames(&[((kinds::RESET, 0, 1), &numbers(&[0]))])].concat();
    let heard = read(&[&bytes], Ending::Open);
    assert_eq!((heard.answers[0].answer.status, heard.answers[0].answer.cut), (401, None));
}

#[test]
fn padding_priority_continuations_interim_answers_and_trailers_are_understood() {
    let final_head = block(&[(":status", "200"), ("a", "b")]);
    let (first, second) = final_head.split_at(5);
    let padded = [&[3][..], &[0, 0, 0, 0, 9], first, &[0; 3]].concat();
    let hints = block(&[(":status", "103")]);
    let trailers = block(&[("t", "u")]);
    let bytes = frames(&[
        (SETTINGS, &[]),
        ((kinds::HEADERS, flags::END_HEADERS, 1), &hints),
        ((kinds::HEADERS, flags::PADDED | flags::PRIORITY, 1), &padded),
        ((kinds::CONTINUATION, flags::END_HEADERS, 1), second),
        ((0xbe, 0, 1), b"unknown"),
        ((kinds::DATA, flags::PADDED, 1), b"\x02text\0\0"),
        ((kinds::HEADERS, flags::END_HEADERS | flags::END_STREAM, 1), &trailers),
    ]);
    let heard = read(&[&bytes], Ending::Open);
    let one = &heard.answers[0];
    assert_eq!((one.answer.status, &*one.answer.body, one.interim.len()), (200, &b"text"[..], 1));
    assert_eq!(one.trailers, [("t".to_owned(), b"u".to_vec())]);
    assert!(one.is_complete() && one.oddities.is_empty() && heard.oddities.is_empty(), "{heard:?}");
}

#[test]
fn what_is_unsound_is_noted() {
    let settings = frames(&[(SETTINGS, &[])]);
    let headers =
        |fields: &[(&str, &str)]| frames(&[((kinds::HEADERS, flags::END_HEADERS, 1), &block(fields))]);
    let of_answer = [
        (headers(&[(":status", "200"), ("A", "b")]), Oddity::FieldName),
        (headers(&[(":status", "200"), ("a", "b\r\nc: d")]), Oddity::FieldValue),
        (headers(&[(":status", "200"), ("a", " b")]), Oddity::FieldValue),
        (headers(&[("a", "b")]), Oddity::StatusField),
        (headers(&[(":status", "20")]), Oddity::StatusField),
        (headers(&[(":status", "200"), (":status", "201")]), Oddity::StatusField),
        (headers(&[("a", "b"), (":status", "200")]), Oddity::StatusField),
        (headers(&[(":status", "200"), ("a", &"b".repeat(2000))]), Oddity::TooLongHead),
        (headers(&[[(":status", "200")].as_slice(), &[("a", "b"); 9]].concat()), Oddity::TooManyFields),
        (answer(3, "401", b"text"), Oddity::ContentForbidden),
        (frames(&[((kinds::DATA, 0, 1), b"x")]), Oddity::FrameStream),
        (frames(&[((kinds::HEADERS, flags::END_HEADERS, 5), &[])]), Oddity::FrameStream),
        (frames(&[((kinds::PUSH, 0, 1), &[0; 8])]), Oddity::FrameStream),
        (frames(&[((kinds::CONTINUATION, 0, 1), &[])]), Oddity::FrameOrder),
        (frames(&[((kinds::HEADERS, 0, 1), &[]), ((kinds::PING, 0, 0), &[0; 8])]), Oddity::FrameOrder),
        (frames(&[((kinds::HEADERS, flags::END_HEADERS, 1), &[0xff])]), Oddity::HeaderBlock),
        (frames(&[((kinds::DATA, flags::PADDED, 1), &[9, 0])]), Oddity::FrameSize),
        (frames(&[((kinds::RESET, 0, 1), &[0])]), Oddity::FrameSize),
        (frames(&[((kinds::PING, 0, 0), &vec![0; FRAME + 1])]), Oddity::FrameSize),
        (frames(&vec![((kinds::PING, 0, 0), &[][..]); FRAMES]), Oddity::TooManyFrames),
    ];
    for (bytes, wanted) in of_answer {
        let heard = read(&[&settings, &bytes], Ending::Open);
        let odd: Vec<_> = heard.answers.iter().flat_map(|one| &one.oddities).chain(&heard.oddities).collect();
        assert!(odd.contains(&&wanted), "{wanted:?}: {odd:?}");
    }
}

#[test]
fn an_answer_in_http_1_is_heard_as_one() {
    let heard = read(&[b"HTTP/1.1 505 No\r\nContent-Length: 0\r\n\r\n"], Ending::Closed);
    assert_eq!((heard.requests, heard.answers.len()), (2, 1));
    assert_eq!((heard.answers[0].answer.status, heard.answers[0].answer.version), (505, "HTTP/1.1"));
    assert!(heard.oddities.contains(&Oddity::OtherVersion));
    let strange = read(&[b"SSH-2.0-OpenSSH\r\n"], Ending::Closed);
    assert!(strange.oddities.contains(&Oddity::NotHttp), "{strange:?}");
    assert_eq!(strange.surplus, b"SSH-2.0-OpenSSH\r\n");
}

#[test]
fn an_upgrade_leads_to_frames_or_to_an_answer_in_http_1() {
    let read = |bytes: &[u8]| {
        let mut reader = FrameReader::new(caps());
        reader.asked_to_upgrade("GET");
        assert_eq!(reader.takes_frames(), None);
        reader.push(bytes, Duration::ZERO);
        (reader.takes_frames(), reader.finish(Ending::Closed, Duration::ZERO))
    };
    let switched = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n".to_vec();
    let bytes = [switched, frames(&[(SETTINGS, &[])]), answer(1, "401", b"")].concat();
    let (frames, heard) = read(&bytes);
    assert_eq!((frames, heard.answers[0].answer.status), (Some(true), 401));
    let (frames, heard) = read(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n");
    assert_eq!((frames, heard.answers[0].answer.status), (Some(false), 401));
}

#[test]
fn settings_pings_and_content_are_answered() {
    let mut reader = FrameReader::new(caps());
    reader.opened(1, "GET");
    assert_eq!(reader.room(1), 65_535);
    reader.sent(1, 5);
    let mut window = vec![0, 4];
    window.extend(numbers(&[100]));
    reader.push(&frames(&[(SETTINGS, &window), ((kinds::PING, 0, 0), b"12345678")]), Duration::ZERO);
    assert_eq!(reader.room(1), 95);
    reader.push(&frames(&[((kinds::WINDOW, 0, 1), &numbers(&[7]))]), Duration::ZERO);
    assert_eq!(reader.room(1), 102);
    let wanted =
        frames(&[((kinds::SETTINGS, flags::ACK, 0), &[]), ((kinds::PING, flags::ACK, 0), b"12345678")]);
    assert_eq!(reader.take_replies(), wanted);
    reader.push(&answer(1, "200", b"abc"), Duration::ZERO);
    let wanted = frames(&[((kinds::WINDOW, 0, 0), &numbers(&[3])), ((kinds::WINDOW, 0, 1), &numbers(&[3]))]);
    assert_eq!(reader.take_replies(), wanted);
}

#[test]
fn what_is_kept_has_a_bound() {
    let body = vec![b'x'; FRAME];
    let mut bytes = frames(&[(SETTINGS, &[])]);
    bytes.extend(frames(&[((kinds::HEADERS, flags::END_HEADERS, 1), &block(&[(":status", "200")]))]));
    for _ in 0..10 {
        bytes.extend(frames(&[((kinds::DATA, 0, 1), &body)]));
    }
    let heard = read(&[&bytes], Ending::TooMuch);
    assert_eq!(heard.answers[0].answer.body.len(), 1 << 10);
    assert!(heard.answers[0].answer.truncated && heard.frames.len() <= TOLD);
    let torn = read(&[&frames(&[(SETTINGS, &[])]), &[0, 0, 9, 1, 4, 0, 0, 0, 1, 0x82]], Ending::Closed);
    assert!(torn.surplus.is_empty() && torn.oddities.contains(&Oddity::Torn), "{torn:?}");
    let endless = read(&[&vec![b'x'; 1 << 20]], Ending::Open);
    assert_eq!(endless.surplus.len(), caps().surplus);
}

/// Frames as a server might send them, and now and then something else.
fn anything() -> impl Strategy<Value = Vec<u8>> {
    let payload = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..40),
        Just(block(&[(":status", "200"), ("a", "b")])),
        Just(numbers(&[1, 1])),
    ];
    let frame = (0_u8..11, any::<u8>(), 0_u32..6, payload);
    let frame = frame.prop_map(|(kind, flags, stream, payload)| frames(&[((kind, flags, stream), &payload)]));
    let bytes = proptest::collection::vec(any::<u8>(), 0..30);
    let piece = prop_oneof![8 => frame, 1 => bytes, 1 => Just(frames(&[(SETTINGS, &[])]))];
    let begin = prop_oneof![
        8 => Just(frames(&[(SETTINGS, &[])])),
        1 => Just(Vec::new()),
        1 => Just(b"HTTP/1.1 200 OK\r\n".to_vec()),
    ];
    (begin, proptest::collection::vec(piece, 0..12))
        .prop_map(|(begin, pieces)| [begin, pieces.concat()].concat())
}

proptest! {
    #[test]
    fn how_the_bytes_were_cut_makes_no_difference(bytes in anything(), cut in 1_usize..20) {
        let whole = read(&[&bytes], Ending::Closed);
        let pieces: Vec<&[u8]> = bytes.chunks(cut).collect();
        prop_assert_eq!(read(&pieces, Ending::Closed), whole);
    }

    #[test]
    fn an_upgrade_may_be_cut_anywhere_too(bytes in anything(), cut in 1_usize..20) {
        let read = |pieces: Vec<&[u8]>| {
            let mut reader = FrameReader::new(caps());
            reader.asked_to_upgrade("GET");
            for piece in pieces {
                reader.push(piece, Duration::ZERO);
            }
            reader.finish(Ending::Closed, Duration::ZERO)
        };
        let bytes = [b"HTTP/1.1 101 Yes\r\n\r\n".to_vec(), bytes].concat();
        prop_assert_eq!(read(bytes.chunks(cut).collect()), read(vec![&bytes]));
    }
}
