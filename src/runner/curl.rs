//! A command line that sends the same request again, the key as a variable.

use std::fmt::Write as _;

use crate::plan::{Draft, DraftKey};
use crate::scenario::{KeyTwist, Transform};
use crate::wire::{Exchange, Request};

/// Bytes of a body that fit in a command line.
const INLINE_BODY: usize = 2048;

/// The command, or why there is none: a conversation is more than a command line can say. What is not the key is quoted so that no shell reads anything into it.
pub(super) fn line(exchange: &Exchange, draft: &Draft) -> String {
    let request = &exchange.request;
    if request.script.is_some() {
        return "exact bytes, which no command line sends: run this case again with --only and its id"
            .to_owned();
    }
    let mut line = String::from("curl --silent --show-error --include --path-as-is");
    let key = draft.key.as_ref().map(|key| Placeholder::of(key, request));
    let quote = |text: &str| quoted(text, key.as_ref());
    write!(line, " --request {}", quote(request.method.as_str())).ok();
    for (name, value) in &request.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        // curl drops `Name:` and sends an empty value for `Name;`.
        let header = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        write!(line, " --header {}", quote(&header)).ok();
    }
    match (&request.body, &draft.body) {
        (Some(_), Some(body)) if body.file.is_some() => {
            write!(line, " --data-binary @{}", quote(body.file.as_deref().unwrap_or_default())).ok();
        }
        (Some(body), _) => match std::str::from_utf8(body).ok().filter(|text| text.len() <= INLINE_BODY) {
            Some(text) => drop(write!(line, " --data-binary {}", quote(text))),
            None => drop(write!(line, " --data-binary @body # {} bytes, as sent", body.len())),
        },
        (None, _) => {}
    }
    if request.method == http::Method::HEAD {
        line.push_str(" --head");
    }
    if !request.is_plain() {
        write!(line, " --request-target {}", quote(&request.target)).ok();
    }
    write!(line, " {}", quote(request.url.as_str())).ok();
    if let Some(note) = key.and_then(|key| key.note) {
        write!(line, " # {note}").ok();
    }
    line
}

/// The variable that stands for a key, and the text that it stands for.
struct Placeholder {
    variable: String,
    text: String,
    note: Option<String>,
}

impl Placeholder {
    fn of(key: &DraftKey, request: &Request) -> Self {
        let credential: String = key
            .credential
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
            .collect();
        let text = request.key.clone().unwrap_or_default();
        let (variable, note) = match &key.twist {
            None => (format!("LOCKPROOF_KEY_{credential}"), None),
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

fn in_words(changes: &[Transform]) -> String {
    let words: Vec<String> = changes
        .iter()
        .map(|change| match change {
            Transform::Truncate(count) => format!("without its last {count} characters"),
            Transform::Keep(count) => format!("cut after {count} characters"),
            Transform::Skip(count) => format!("without its first {count} characters"),
            Transform::Append(text) => format!("with {text:?} behind it"),
            Transform::Prepend(text) => format!("with {text:?} before it"),
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
