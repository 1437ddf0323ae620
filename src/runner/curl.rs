//! A command line that sends the same request again, the key as a variable.

use std::fmt::Write as _;

use crate::contract::{Contract, KeySource};
use crate::plan::{Draft, DraftBody, DraftKey};
use crate::scenario::{KeyTwist, Transform};
use crate::wire::{Exchange, Request};

/// Bytes of a body that fit in a command line.
const INLINE_BODY: usize = 2048;

/// The command, or why there is none: a conversation is more than a command line can say. What is not the key is quoted
/// so that no shell reads anything into it.
pub(super) fn line(exchange: &Exchange, draft: &Draft, contract: &Contract) -> String {
    let request = &exchange.request;
    if request.script.is_some() {
        return "exact bytes, which no command line sends: run this case again with --only and its id"
            .to_owned();
    }
    let made = draft.key.as_ref().is_some_and(|key| key.credential.contains('/'));
    if made {
        return "the key was made for this case and is gone: run this case again with --only and its id"
            .to_owned();
    }
    let mut line = String::from("curl --silent --show-error --include --path-as-is");
    let key = draft.key.as_ref().map(|key| Placeholder::of(key, request, contract));
    let quote = |text: &str| quoted(text, key.as_ref());
    write!(line, " --request {}", quote(request.method.as_str())).ok();
    for (name, value) in &request.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        // curl drops `Name:` and sends an empty value for `Name;`.
        let header = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        write!(line, " --header {}", quote(&header)).ok();
    }
    let data = request.body.as_deref().map(|body| Data::of(body, draft.body.as_ref()));
    match &data {
        Some(Data::File(file)) => drop(write!(line, " --data-binary {}", quote(&format!("@{file}")))),
        Some(Data::Text(text)) => drop(write!(line, " --data-raw {}", quote(text))),
        Some(Data::Escaped(_)) => line.push_str(" --data-binary @-"),
        Some(Data::Elsewhere(_)) => line.push_str(" --data-binary @body"),
        None => {}
    }
    if request.method == http::Method::HEAD {
        line.push_str(" --head");
    }
    if !request.is_plain() {
        write!(line, " --request-target {}", quote(&request.target)).ok();
    }
    write!(line, " {}", quote(request.url.as_str())).ok();
    match &data {
        Some(Data::Escaped(escapes)) => line.insert_str(0, &format!("printf '{escapes}' | ")),
        Some(Data::Elsewhere(length)) => drop(write!(line, " # body: the {length} bytes that were sent")),
        Some(Data::File(_) | Data::Text(_)) | None => {}
    }
    if let Some(note) = key.and_then(|key| key.note) {
        write!(line, " # {note}").ok();
    }
    line
}

/// How a body gets into a command.
enum Data<'a> {
    /// From the contract's own file.
    File(&'a str),
    /// As it stands.
    Text(&'a str),
    /// In octal escapes, through a pipe: an argument holds no bytes that are not text.
    Escaped(String),
    /// Too long for a command: so many bytes.
    Elsewhere(usize),
}

impl<'a> Data<'a> {
    fn of(sent: &'a [u8], drafted: Option<&'a DraftBody>) -> Self {
        let unchanged = drafted.filter(|body| body.bytes == sent);
        if let Some(file) = unchanged.and_then(|body| body.file.as_deref()) {
            return Self::File(file);
        }
        if sent.len() > INLINE_BODY {
            return Self::Elsewhere(sent.len());
        }
        match std::str::from_utf8(sent) {
            Ok(text) if !text.contains('\0') => Self::Text(text),
            _ => Self::Escaped(sent.iter().fold(String::new(), |text, byte| text + &format!("\\{byte:03o}"))),
        }
    }
}

/// The variable that stands for a key, and the text that it stands for.
struct Placeholder {
    variable: String,
    text: String,
    note: Option<String>,
}

impl Placeholder {
    fn of(key: &DraftKey, request: &Request, contract: &Contract) -> Self {
        let text = request.key.clone().unwrap_or_default();
        let (variable, note) = match &key.twist {
            None => (variable(&key.credential, contract), None),
            Some(KeyTwist::Transform(changes)) => {
                let note = format!("LOCKPROOF_FORGED is the key of {} {}", key.credential, in_words(changes));
                ("LOCKPROOF_FORGED".to_owned(), Some(note))
            }
            // What was never anybody's key can be shown.
            Some(KeyTwist::Random(_) | KeyTwist::Literal(_) | KeyTwist::Id(_)) => (String::new(), None),
        };
        Self { variable, text, note }
    }
}

/// The variable that the contract takes the key from, so that the command works where `lockproof` does; one made
/// of the credential's name where the key comes from elsewhere.
fn variable(credential: &str, contract: &Contract) -> String {
    let found = contract.credentials.iter().find(|(name, _)| name.as_str() == credential);
    match found.map(|(_, credential)| &credential.key) {
        Some(KeySource::Env(name)) if is_variable(name) => name.clone(),
        _ => {
            let upper = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
            format!("LOCKPROOF_KEY_{}", credential.chars().map(upper).collect::<String>())
        }
    }
}

/// Whether a shell reads `$name` as this variable and nothing else.
fn is_variable(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn in_words(changes: &[Transform]) -> String {
    let words: Vec<String> = changes
        .iter()
        .map(|change| match change {
            Transform::Truncate(count) => format!("without its last {count} characters"),
            Transform::Keep(count) => format!("cut after {count} characters"),
            Transform::Skip(count) => format!("without its first {count} characters"),
            Transform::Append(text) => format!("with {text:?} behind it"),
            Transform::Prepend(text) => format!("with {text:?} before it"),
            Transform::Insert(text) => format!("with {text:?} in its middle"),
            Transform::Prefix(_) => "cut behind its last _ or -".to_owned(),
            Transform::Stretch(length) => format!("written over and over, cut after {length} characters"),
            Transform::FullWidth(_) => "in the full-width forms of its characters".to_owned(),
            Transform::Repeat(times) => format!("written {times} times"),
            Transform::SwapCase(_) => "with upper and lower case swapped".to_owned(),
            Transform::PercentEncode(_) => "with its first letter percent-encoded".to_owned(),
            Transform::Sha256(_) => "as its SHA-256 in hexadecimal".to_owned(),
            Transform::Base64(_) => "as its base64".to_owned(),
        })
        .collect();
    words.join(", ")
}

/// Text as one word of a shell: in single quotes, the key as a variable in double quotes between them.
fn quoted(text: &str, key: Option<&Placeholder>) -> String {
    let single = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    match key {
        Some(key) if !key.text.is_empty() && !key.variable.is_empty() && text.contains(&key.text) => {
            let parts: Vec<_> = text.split(&key.text).map(single).collect();
            parts.join(&format!("\"${}\"", key.variable)).replace("''", "")
        }
        _ => single(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data<'a>(sent: &'a [u8], drafted: &'a DraftBody) -> Data<'a> {
        Data::of(sent, Some(drafted))
    }

    fn file(bytes: &[u8]) -> DraftBody {
        let (content_type, file) = ("application/json".to_owned(), Some("order.json".to_owned()));
        DraftBody { bytes: bytes.to_vec(), content_type, file }
    }

    #[test]
    fn a_body_is_named_by_its_file_only_where_it_was_sent_unchanged() {
        assert!(matches!(data(b"{}", &file(b"{}")), Data::File("order.json")));
        assert!(matches!(data(b"{\"key\":1}", &file(b"{}")), Data::Text("{\"key\":1}")));
    }

    #[test]
    fn bytes_that_are_no_text_are_written_as_escapes() {
        let Data::Escaped(escapes) = data(b"a\xff\0", &file(b"")) else { panic!("not escaped") };
        assert_eq!(escapes, r"\141\377\000");
        assert!(matches!(data(&[b'x'; INLINE_BODY + 1], &file(b"")), Data::Elsewhere(2049)));
    }

    #[test]
    fn a_quote_in_a_text_does_not_end_the_word() {
        assert_eq!(quoted("it's", None), r"'it'\''s'");
    }

    #[test]
    fn a_variable_that_a_shell_would_not_read_is_not_used() {
        assert!(is_variable("LOCKPROOF_KEY_FULL"));
        assert!(!is_variable("1KEY") && !is_variable("KEY-A") && !is_variable("A B"));
    }
}
