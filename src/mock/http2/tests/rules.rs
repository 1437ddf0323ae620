//! Rules about single frames and settings, and what becomes of frames that come too late.

use super::*;

/// A setting, as it is sent.
fn setting(name: u16, value: u32) -> Vec<u8> {
    [&name.to_be_bytes()[..], &value.to_be_bytes()].concat()
}

#[tokio::test]
async fn a_frame_that_breaks_a_rule_ends_the_connection() {
    let end = flag::END_HEADERS | flag::END_STREAM;
    let cases = [
        ("push", kind::SETTINGS, 0, 0, setting(2, 2), Code::PROTOCOL),
        ("small frames", kind::SETTINGS, 0, 0, setting(5, 0x3fff), Code::PROTOCOL),
        ("large frames", kind::SETTINGS, 0, 0, setting(5, 0x0100_0000), Code::PROTOCOL),
        ("settings of a stream", kind::SETTINGS, 0, 1, Vec::new(), Code::PROTOCOL),
        ("an agreement that talks", kind::SETTINGS, flag::ACK, 0, setting(2, 0), Code::FRAME_SIZE),
        ("ping on a stream", kind::PING, 0, 1, vec![0; 8], Code::PROTOCOL),
        ("goodbye on a stream", kind::GOAWAY, 0, 1, vec![0; 8], Code::PROTOCOL),
        ("priority of all", kind::PRIORITY, 0, 0, vec![0; 5], Code::PROTOCOL),
        ("room on an idle stream", kind::WINDOW, 0, 9, vec![0, 0, 0, 1], Code::PROTOCOL),
        ("reset of an idle stream", kind::RESET, 0, 9, vec![0; 4], Code::PROTOCOL),
        ("content of an idle stream", kind::DATA, 0, 9, Vec::new(), Code::PROTOCOL),
        ("a stream that was passed over", kind::HEADERS, end, 1, block(&SOUND), Code::PROTOCOL),
        ("a stream that is over", kind::HEADERS, end, 3, block(&SOUND), Code::PROTOCOL),
    ];
    for (name, kind, flags, stream, payload, wanted) in cases {
        let mut client = Client::connect().await;
        client.ask(3, &SOUND, flag::END_STREAM).await;
        assert_eq!(client.status(3).await, "200", "{name}");
        client.send((kind, flags, stream), &payload).await;
        assert_eq!(client.given_up().await, wanted, "{name}");
    }
}

#[tokio::test]
async fn trailers_are_fields_like_others_and_no_pseudo_fields() {
    let mut client = Client::connect().await;
    for (stream, name) in (1..).step_by(2).zip([":path", ":status", "Upper", "a b"]) {
        client.ask(stream, &SOUND, 0).await;
        let head = (kind::HEADERS, flag::END_HEADERS | flag::END_STREAM, stream);
        client.send(head, &block(&[(name, "a")])).await;
        assert_eq!(client.reset(stream).await, Code::PROTOCOL, "{name}");
    }
}

#[tokio::test]
async fn whoever_waits_to_be_asked_for_a_body_is_asked() {
    let mut client = Client::connect().await;
    client.ask(1, &with(&[("expect", "100-continue")]), 0).await;
    assert_eq!(client.status(1).await, "100");
    client.send((kind::DATA, flag::END_STREAM, 1), b"body").await;
    assert_eq!(client.status(1).await, "200");
    client.ask(3, &with(&[("expect", "100-continue")]), flag::END_STREAM).await;
    assert_eq!(client.status(3).await, "200");
    client.ask(5, &[&but("key", None)[..], &[("expect", "100-continue")]].concat(), 0).await;
    assert_eq!(client.status(5).await, "401");
}

#[tokio::test]
async fn what_comes_behind_the_last_stream_is_dropped_when_the_server_ends() {
    let mut client = Client::leaving().await;
    client.ask(3, &SOUND, 0).await;
    client.send((kind::DATA, 0, 3), b"late").await;
    client.send((kind::WINDOW, 0, 3), &1_u32.to_be_bytes()).await;
    client.send((kind::RESET, 0, 3), &8_u32.to_be_bytes()).await;
    client.send((kind::DATA, flag::END_STREAM, 1), b"body").await;
    assert_eq!(client.status(1).await, "200");
}

#[tokio::test]
async fn trailers_of_a_request_that_was_answered_early_are_dropped() {
    let mut client = Client::connect().await;
    client.ask(1, &but("key", None), 0).await;
    assert_eq!(client.status(1).await, "401");
    assert_eq!(client.reset(1).await, Code::NO_ERROR);
    client.send((kind::HEADERS, flag::END_HEADERS | flag::END_STREAM, 1), &block(&[("a", "b")])).await;
    client.ask(3, &SOUND, flag::END_STREAM).await;
    assert_eq!(client.status(3).await, "200");
}
