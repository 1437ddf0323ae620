//! HTTP/1 on the wire: what is refused, what is kept, and where a connection ends.

use crate::support::client::{Client, once, request};
use crate::support::{FULL, body, server};

const USAGE: &str = "/v1/ekyc/usage";

#[tokio::test]
async fn a_malformed_head_is_refused_before_the_key_and_ends_the_connection() {
    let server = server().await;
    let url = server.url("sandbox").unwrap();
    let key = format!("X-API-Key: {FULL}\r\n");
    for (start, fields, status) in [
        ("GET /v1/ekyc/usage HTTP/1.1", "", 400),
        ("GET /v1/ekyc/usage HTTP/1.1", "Host: a\r\nHost: a\r\n", 400),
        ("GET /v1/ekyc/usage HTTP/1.1", "Host: a/healthz?x=\r\n", 400),
        ("GET /v1/ekyc/usage HTTP/1.1", "Host: a\r\nX-A : b\r\n", 400),
        ("GET /v1/ekyc/usage HTTP/1.1", "Host: a\r\nX-A: b\r\n c\r\n", 400),
        ("GET /v1/ekyc/usage HTTP/1.1", "Host: a\r\nX-A: b\0c\r\n", 400),
        ("GET /v1/ekyc/usage HTTP/1.1", "Host: a\r\n: b\r\n", 400),
        ("GET /v1/ekyc/usage#x HTTP/1.1", "Host: a\r\n", 400),
        ("GET /v1/ekyc/usage x HTTP/1.1", "Host: a\r\n", 400),
        ("GET /v1/ekyc/usage HTTP/2.0", "Host: a\r\n", 505),
        ("POST /v1/ekyc/ocr HTTP/1.1", "Host: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n", 400),
        ("POST /v1/ekyc/ocr HTTP/1.1", "Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n", 400),
        ("POST /v1/ekyc/ocr HTTP/1.1", "Host: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n", 400),
        ("POST /v1/ekyc/ocr HTTP/1.1", "Host: a\r\nTransfer-Encoding: xchunked\r\n", 400),
        ("POST /v1/ekyc/ocr HTTP/1.1", "Host: a\r\nTransfer-Encoding: gzip, chunked\r\n", 501),
        ("POST /v1/ekyc/ocr HTTP/1.0", "Host: a\r\nTransfer-Encoding: chunked\r\n", 400),
    ] {
        let mut client = Client::connect(url).await;
        let smuggled = request("GET", USAGE, FULL, "");
        let answer = client.ask(format!("{start}\r\n{fields}{key}\r\n{smuggled}")).await;
        assert_eq!(
            (answer.status, answer.field("connection")),
            (status, Some("close")),
            "{start} {fields:?}"
        );
        assert!(client.ended().await, "{start} {fields:?}");
    }
}

#[tokio::test]
async fn a_head_that_is_too_large_is_said_to_be() {
    let server = server().await;
    let url = server.url("sandbox").unwrap();
    let many = "X-A: b\r\n".repeat(100);
    let long = format!("X-A: {}\r\n", "b".repeat(100_000));
    for (start, fields, status) in [
        ("GET / HTTP/1.1".to_owned(), many, 431),
        ("GET / HTTP/1.1".to_owned(), long, 431),
        (format!("GET /{} HTTP/1.1", "a".repeat(8_100)), String::new(), 414),
        (format!("GET /{} HTTP/1.1", "a".repeat(70_000)), String::new(), 414),
    ] {
        let mut client = Client::connect(url).await;
        let answer = client.ask(format!("{start}\r\nHost: x\r\n{fields}\r\n")).await;
        assert_eq!(answer.status, status);
    }
}

#[tokio::test]
async fn an_absolute_target_is_the_same_resource() {
    let server = server().await;
    let mut client = Client::connect(server.url("sandbox").unwrap()).await;
    let ask = |key: &str| format!("GET http://elsewhere{USAGE} HTTP/1.1\r\nHost: b\r\n{key}\r\n");
    assert_eq!(client.ask(ask("")).await.status, 401);
    assert_eq!(client.ask(ask(&format!("X-API-Key: {FULL}\r\n"))).await.status, 200);
}

#[tokio::test]
async fn a_refusal_does_not_end_the_connection_and_nothing_is_inherited() {
    let server = server().await;
    let mut client = Client::connect(server.url("sandbox").unwrap()).await;
    for (key, status) in [("", 401), (FULL, 200), ("", 401), ("x", 401), (FULL, 200)] {
        let answer = client.ask(request("POST", "/v1/ekyc/ocr", key, &body("ocr"))).await;
        assert_eq!((answer.status, answer.field("connection")), (status, None));
    }
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order_each_by_itself() {
    let server = server().await;
    let mut client = Client::connect(server.url("sandbox").unwrap()).await;
    let requests = [
        request("GET", USAGE, FULL, ""),
        request("GET", USAGE, "", ""),
        request("POST", "/v1/ekyc/ocr", FULL, &body("ocr")),
        request("POST", "/v1/ekyc/ocr", "", "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"),
        request("GET", "/healthz", "", ""),
    ];
    client.send(requests.concat()).await;
    for status in [200, 401, 200, 401, 200] {
        assert_eq!(client.answer().await.status, status);
    }
}

#[tokio::test]
async fn nothing_is_processed_behind_close() {
    let server = server().await;
    let mut client = Client::connect(server.url("sandbox").unwrap()).await;
    let first =
        format!("GET {USAGE} HTTP/1.1\r\nHost: x\r\nConnection: foo, Close\r\nX-API-Key: {FULL}\r\n\r\n");
    let answer = client.ask([first, request("GET", USAGE, FULL, "")].concat()).await;
    assert_eq!((answer.status, answer.field("connection")), (200, Some("close")));
    assert!(client.ended().await);
}

#[tokio::test]
async fn http_1_0_needs_no_host_and_ends_after_one_answer() {
    let server = server().await;
    let mut client = Client::connect(server.url("sandbox").unwrap()).await;
    assert_eq!(client.ask(format!("GET {USAGE} HTTP/1.0\r\n\r\n")).await.status, 401);
    assert!(client.ended().await);
}

#[tokio::test]
async fn head_is_answered_like_get_without_content() {
    let server = server().await;
    let mut client = Client::connect(server.url("sandbox").unwrap()).await;
    for (path, key, status) in
        [(USAGE, "", 401), (USAGE, FULL, 200), ("/healthz", "", 200), ("/nowhere", FULL, 404)]
    {
        client.send(request("HEAD", path, key, "")).await;
        let answer = client.answer_to("HEAD").await;
        assert_eq!(answer.status, status, "{path}");
        assert_ne!(answer.field("content-length"), Some("0"), "{path}");
    }
    assert_eq!(client.ask(request("GET", USAGE, FULL, "")).await.status, 200);
}

#[tokio::test]
async fn chunks_are_a_body_and_trailers_are_not_fields() {
    let server = server().await;
    let mut client = Client::connect(server.url("sandbox").unwrap()).await;
    let content = body("ocr");
    let (first, second) = content.split_at(40);
    let chunks = format!("28\r\n{first}\r\n{:x};a=b\r\n{second}\r\n0\r\n", second.len());
    let head = |key: &str| {
        format!(
            "POST /v1/ekyc/ocr HTTP/1.1\r\nHost: x\r\n{key}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
    };
    let key = format!("X-API-Key: {FULL}\r\n");
    assert_eq!(client.ask(format!("{}{chunks}\r\n", head(&key))).await.status, 200);
    assert_eq!(client.ask(format!("{}{chunks}{key}\r\n", head(""))).await.status, 401);
    assert!(client.ended().await);

    let mut client = Client::connect(server.url("sandbox").unwrap()).await;
    let answer = client.ask(format!("{}2\nab\r\n0\r\n\r\n", head(&key))).await;
    assert_eq!((answer.status, answer.field("connection")), (400, Some("close")));
}

#[tokio::test]
async fn a_body_that_never_ends_is_cut_off() {
    let server = server().await;
    let mut client = Client::connect(server.url("sandbox").unwrap()).await;
    let head = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n";
    client.send(format!("POST /v1/ekyc/ocr HTTP/1.1\r\nHost: x\r\nX-API-Key: {FULL}\r\n{head}\r\n")).await;
    let chunk = format!("{:x}\r\n{}\r\n", 65_536, "a".repeat(65_536));
    for _ in 0..33 {
        client.send(&chunk).await;
    }
    assert_eq!(client.answer().await.status, 413);
}

#[tokio::test]
async fn a_plain_port_speaks_http_1_alone() {
    let server = server().await;
    let mut client = Client::connect(server.url("sandbox").unwrap()).await;
    let answer = client.ask("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    assert_eq!(answer.status, 505);
}

#[tokio::test]
async fn the_server_ends_gracefully() {
    let server = server().await;
    let url = server.url("sandbox").unwrap().to_owned();
    let mut idle = Client::connect(&url).await;
    assert_eq!(idle.ask(request("GET", USAGE, FULL, "")).await.status, 200);
    let mut busy = Client::connect(&url).await;
    let content = body("ocr");
    let framing = format!(
        "Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: {}",
        content.len()
    );
    let head = format!("POST /v1/ekyc/ocr HTTP/1.1\r\nHost: x\r\nX-API-Key: {FULL}\r\n{framing}\r\n\r\n");
    assert_eq!(busy.ask(head).await.status, 100);
    let ending = tokio::spawn(server.shutdown());
    assert!(idle.ended().await);
    assert_eq!(busy.ask(&content).await.status, 200);
    assert!(busy.ended().await);
    ending.await.unwrap();
    assert!(tokio::net::TcpStream::connect(url.strip_prefix("http://").unwrap()).await.is_err());
}

#[tokio::test]
async fn nothing_in_an_answer_names_the_software_or_sets_a_cookie() {
    let server = server().await;
    let url = server.url("sandbox").unwrap();
    for key in ["", FULL] {
        let answer = once(url, "GET", USAGE, key, "").await;
        for name in ["server", "x-powered-by", "set-cookie", "via"] {
            assert_eq!(answer.field(name), None);
        }
        assert!(answer.field("date").unwrap().ends_with(" GMT"));
        assert_eq!(answer.field("cache-control"), Some("no-store"));
        assert!(!format!("{}{:?}", answer.head, answer.content).contains(FULL));
    }
}
