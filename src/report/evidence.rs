//! An exchange as lines of text, shortened to what a reader takes in.

use super::words::{count, shorten};
use crate::outcome::{Exchange, Received, Redacted, Sent};

/// How much of an exchange is shown.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// Header lines.
    pub(super) headers: usize,
    /// Lines of the body.
    pub(super) lines: usize,
    /// Characters of a line.
    pub(super) width: usize,
}

/// What was sent and what came back: a label and lines for each. The lines are not escaped for any medium.
pub(super) fn of(exchange: &Exchange, limits: Limits) -> Vec<(String, Vec<String>)> {
    let mut parts = vec![("sent".to_owned(), sent(&exchange.sent, limits))];
    if let Some(answer) = &exchange.received {
        parts.push((received_after(exchange), received(answer, limits)));
    }
    if let Some(problem) = &exchange.problem {
        parts.push(("problem".to_owned(), vec![shorten(problem.as_str(), limits.width)]));
    }
    parts
}

fn received_after(exchange: &Exchange) -> String {
    match exchange.timing.last_byte_us.or(exchange.timing.first_byte_us) {
        Some(us) => format!("received after {}.{} ms", us / 1_000, us % 1_000 / 100),
        None => "received".to_owned(),
    }
}

fn sent(sent: &Sent, limits: Limits) -> Vec<String> {
    let mut lines = vec![shorten(&format!("{} {}", sent.method, sent.url), limits.width)];
    push_headers(&mut lines, &sent.headers, limits);
    match &sent.body {
        Some(body) => push_body(&mut lines, body.as_str(), limits),
        None if sent.body_bytes > 0 => {
            push_body(&mut lines, &format!("({}, not text)", bytes(sent.body_bytes)), limits);
        }
        None => {}
    }
    lines
}

fn received(received: &Received, limits: Limits) -> Vec<String> {
    let mut lines = vec![shorten(&status(received), limits.width)];
    push_headers(&mut lines, &received.headers, limits);
    push_body(&mut lines, received.body.as_str(), limits);
    if received.truncated {
        lines.push(format!("(the body is longer than the {} that were read)", bytes(received.body_bytes)));
    }
    lines
}

fn status(received: &Received) -> String {
    let Received { version, status, cut, .. } = received;
    match (status, cut) {
        (0, Some(cut)) => format!("{version}: {cut}"),
        (status, Some(cut)) => format!("{version} {status}, then {cut}"),
        (status, None) => format!("{version} {status}"),
    }
}

fn push_headers(lines: &mut Vec<String>, headers: &[(Redacted, Redacted)], limits: Limits) {
    let shown = headers.iter().take(limits.headers);
    lines.extend(shown.map(|(name, value)| shorten(&format!("{name}: {value}"), limits.width)));
    if let Some(more) = headers.len().checked_sub(limits.headers).filter(|&more| more > 0) {
        lines.push(format!("({})", count(more, "more header", "more headers")));
    }
}

fn push_body(lines: &mut Vec<String>, body: &str, limits: Limits) {
    if body.is_empty() {
        return;
    }
    lines.push(String::new());
    let mut body = body.trim_end_matches('\n').split('\n');
    let shown = body.by_ref().take(limits.lines);
    lines.extend(shown.map(|line| shorten(line.trim_end_matches('\r'), limits.width)));
    let more = body.count();
    if more > 0 {
        lines.push(format!("({})", count(more, "more line", "more lines")));
    }
}

fn bytes(number: usize) -> String {
    count(number, "byte", "bytes")
}
