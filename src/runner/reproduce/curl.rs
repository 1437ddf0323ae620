//! A command of curl that sends what an ordinary client can send.

use std::fmt::Write as _;

use super::keys::Keys;
use super::shell::{commands, together, word};
use crate::plan::{Draft, DraftBody};
use crate::wire::Exchange;

/// Bytes of a body that fit in an argument.
const INLINE_BODY: usize = 2048;

/// The command.
pub(super) fn command(exchange: &Exchange, draft: &Draft, keys: &Keys) -> String {
    let request = &exchange.request;
    let mut line = String::from("curl --silent --show-error --include --path-as-is");
    line.push_str(version(exchange));
    let word = |text: &[u8]| word(text, keys);
    write!(line, " --request {}", word(request.method.as_str().as_bytes())).ok();
    for (name, value) in &request.headers {
        // curl drops `Name:` and sends an empty value for `Name;`.
        let header = match value.as_bytes() {
            b"" => format!("{name};").into_bytes(),
            value => [name.as_str().as_bytes(), b": ", value].concat(),
        };
        write!(line, " --header {}", word(&header)).ok();
    }
    let data = request.body.as_deref().map(|body| Data::of(body, draft.body.as_ref()));
    let how = match &data {
        Some(Data::File(file)) => format!(" --data-binary {}", word(format!("@{file}").as_bytes())),
        Some(Data::Text(text)) => format!(" --data-raw {}", word(text.as_bytes())),
        Some(Data::Bytes(_)) => " --data-binary @-".to_owned(),
        None => String::new(),
    };
    line.push_str(&how);
    if request.method == http::Method::HEAD {
        line.push_str(" --head");
    }
    if !request.is_plain() {
        write!(line, " --request-target {}", word(request.target.as_bytes())).ok();
    }
    write!(line, " {}", word(request.url.as_str().as_bytes())).ok();
    match data {
        Some(Data::Bytes(bytes)) => format!("{} | {line}", together(&commands(bytes, keys))),
        Some(Data::File(_) | Data::Text(_)) | None => line,
    }
}

/// The protocol, where curl would choose another one than we did.
fn version(exchange: &Exchange) -> &'static str {
    let http2 = exchange.answer.as_ref().is_some_and(|answer| answer.version == "HTTP/2");
    match (exchange.request.url.scheme(), http2) {
        ("https", true) => " --http2",
        ("https", false) => " --http1.1",
        (_, true) => " --http2-prior-knowledge",
        (_, false) => "",
    }
}

/// How a body gets into a command.
#[derive(Debug, PartialEq)]
enum Data<'a> {
    /// From the contract's own file.
    File(&'a str),
    /// As it stands.
    Text(&'a str),
    /// Through a pipe: an argument holds no bytes that are not text, and not many that are.
    Bytes(&'a [u8]),
}

impl<'a> Data<'a> {
    fn of(sent: &'a [u8], drafted: Option<&'a DraftBody>) -> Self {
        let unchanged = drafted.filter(|body| body.bytes == sent);
        if let Some(file) = unchanged.and_then(|body| body.file.as_deref()) {
            return Self::File(file);
        }
        match std::str::from_utf8(sent) {
            Ok(text) if !text.contains(char::is_control) && text.len() <= INLINE_BODY => Self::Text(text),
            _ => Self::Bytes(sent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: &[u8]) -> DraftBody {
        let (content_type, file) = ("application/json".to_owned(), Some("order.json".to_owned()));
        DraftBody { bytes: bytes.to_vec(), content_type, file }
    }

    #[test]
    fn a_body_is_named_by_its_file_only_where_it_was_sent_unchanged() {
        assert_eq!(Data::of(b"{}", Some(&file(b"{}"))), Data::File("order.json"));
        assert_eq!(Data::of(b"{\"key\":1}", Some(&file(b"{}"))), Data::Text("{\"key\":1}"));
    }

    #[test]
    fn bytes_that_are_no_text_or_too_many_go_through_a_pipe() {
        assert_eq!(Data::of(b"a\xff\0", None), Data::Bytes(b"a\xff\0"));
        assert!(matches!(Data::of(&[b'x'; INLINE_BODY + 1], None), Data::Bytes(_)));
    }
}
