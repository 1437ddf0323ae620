//! A request as the bytes of HTTP/1.1 (RFC 9112 section 3).

use bytes::Bytes;

use super::super::exchange::Request;
use super::super::script::{Act, Script};

/// What to say for a request that brings no script of its own: its head, in its order, with a `Host` where it names
/// none and `Connection: close`, and its body.
pub(super) fn script(request: &Request) -> Script {
    let bytes = Bytes::from(bytes(request));
    let acts = vec![Act::Send { bytes, begins: Some(request.method.to_string()) }];
    Script { acts, ..Script::default() }
}

fn bytes(request: &Request) -> Vec<u8> {
    let mut bytes = format!("{} {} HTTP/1.1\r\n", request.method, request.target).into_bytes();
    let mut line = |name: &str, value: &[u8]| {
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value);
        bytes.extend_from_slice(b"\r\n");
    };
    if !request.headers.iter().any(|(name, _)| name == http::header::HOST) {
        line("host", request.url.authority().as_bytes());
    }
    for (name, value) in &request.headers {
        line(name.as_str(), value.as_bytes());
    }
    if let Some(body) = &request.body {
        line("content-length", body.len().to_string().as_bytes());
    }
    line("connection", b"close");
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(request.body.as_deref().unwrap_or_default());
    bytes
}
