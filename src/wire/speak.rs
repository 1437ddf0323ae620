//! From a conversation to a script: everything is filled in here, keys included, and becomes bytes.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::gate::Gate;
use super::script::{Act, Script};
use super::seal::{Captures, SealError, credentials};
use crate::contract::Carrier;
use crate::plan::{Conversation, DraftBody, DraftKey, Gap, Part, Piece, Place, Template, What};

/// What a conversation is filled in with.
pub(super) struct Speaker<'a> {
    /// The method.
    pub(super) method: &'a str,
    /// Path and query, as they must stand on the wire.
    pub(super) target: &'a str,
    /// Host and port.
    pub(super) host: &'a str,
    /// The scheme.
    pub(super) scheme: &'a str,
    /// The body of a sound request.
    pub(super) body: Option<&'a DraftBody>,
    /// The request's own key.
    pub(super) own: Option<Carried>,
    /// The others, by name.
    pub(super) others: BTreeMap<String, Option<Carried>>,
    /// What earlier answers told.
    pub(super) captures: &'a Captures,
}

/// A key and the field that carries it.
pub(super) struct Carried {
    key: String,
    name: String,
    value: String,
}

impl Carried {
    /// A key in its place; what does not travel in a field has none.
    pub(super) fn new(key: String, draft: &DraftKey) -> Self {
        let (name, value) = match &draft.place {
            Place::Carrier(Carrier::Header { name, scheme }) => {
                (name.to_string(), credentials(scheme.as_deref(), &key))
            }
            Place::Carrier(Carrier::Cookie(name)) => ("Cookie".to_owned(), format!("{name}={key}")),
            Place::Carrier(Carrier::Query(_)) | Place::Body(_) => (String::new(), String::new()),
        };
        Self { key, name, value }
    }
}

impl Speaker<'_> {
    /// The whole script.
    ///
    /// # Errors
    /// Something that is to be filled in and was never told.
    pub(super) fn script(&self, conversation: &Conversation) -> Result<Script, SealError> {
        let mut acts = Vec::new();
        // From the last part to the first: a head says how much follows it.
        let mut follows = 0;
        for part in conversation.parts.iter().rev() {
            let act = self.act(part, follows)?;
            follows = match (&act, part) {
                (_, Part::Head(_)) => 0,
                (Act::Send { bytes, .. } | Act::Trickle { bytes, .. }, _) => follows + bytes.len() as u64,
                (Act::Repeat { bytes, times, .. }, _) => follows + bytes.len() as u64 * times,
                (
                    Act::Frame(_) | Act::Hold(_) | Act::Await | Act::Pass(_) | Act::EndSending | Act::Leave,
                    _,
                ) => follows,
            };
            acts.push(act);
        }
        acts.reverse();
        Ok(Script { acts, ..Script::default() })
    }

    fn act(&self, part: &Part, follows: u64) -> Result<Act, SealError> {
        let bytes = |text: &Template| self.render(text, follows).map(Bytes::from);
        Ok(match part {
            Part::Head(text) => {
                let bytes = bytes(text)?;
                let method = bytes.trim_ascii_start().split(|byte| *byte == b' ').next().unwrap_or_default();
                let begins = Some(String::from_utf8_lossy(method).into_owned());
                Act::Send { bytes, begins }
            }
            Part::Send(text) => Act::Send { bytes: bytes(text)?, begins: None },
            Part::Repeat { text, times, within } => {
                Act::Repeat { bytes: bytes(text)?, times: *times, within: *within }
            }
            Part::Trickle { text, every } => Act::Trickle { bytes: bytes(text)?, every: *every },
            Part::Hold(time) => Act::Hold(*time),
            Part::Await => Act::Await,
            Part::Gate => Act::Pass(Gate::default()),
            Part::EndSending => Act::EndSending,
            Part::Leave => Act::Leave,
            Part::Frame(frame) => Act::Frame(self.frame(frame)?),
        })
    }

    pub(super) fn render(&self, text: &Template, follows: u64) -> Result<Vec<u8>, SealError> {
        let mut bytes = Vec::new();
        for line in &text.lines {
            if let [Piece::Gap(gap)] = &*line.pieces
                && gap.what.is_line()
                && self.filled(gap, follows)?.is_empty()
            {
                continue;
            }
            for piece in &line.pieces {
                match piece {
                    Piece::Bytes(text) => bytes.extend_from_slice(text),
                    Piece::Gap(gap) => bytes.extend_from_slice(&self.filled(gap, follows)?),
                }
            }
            if line.ended {
                bytes.extend_from_slice(b"\r\n");
            }
        }
        Ok(bytes)
    }

    pub(super) fn filled(&self, gap: &Gap, follows: u64) -> Result<Vec<u8>, SealError> {
        let carried = self.carried(gap)?;
        let of_key = |what: fn(&Carried) -> String| carried.map(what).unwrap_or_default().into_bytes();
        let body = self.body.map(|body| &*body.bytes).unwrap_or_default();
        Ok(match &gap.what {
            What::Method => self.method.into(),
            What::Target => self.target.into(),
            What::Path => self.target.split('?').next().unwrap_or_default().into(),
            What::Host => self.host.into(),
            What::HostUpper => self.host.to_ascii_uppercase().into_bytes(),
            What::Scheme => self.scheme.into(),
            What::Body => body.to_vec(),
            What::BodyChunk if body.is_empty() => Vec::new(),
            What::BodyChunk => [format!("{:x}\r\n", body.len()).as_bytes(), body, b"\r\n"].concat(),
            What::Length => follows.to_string().into_bytes(),
            What::TypeLine => self
                .body
                .map_or_else(Vec::new, |body| format!("Content-Type: {}", body.content_type).into_bytes()),
            What::Key => of_key(|it| it.key.clone()),
            What::KeyLine => of_key(|it| format!("{}: {}", it.name, it.value)),
            What::KeyName => of_key(|it| it.name.clone()),
            What::KeyNameSwapped => of_key(|it| it.name.chars().map(swapped).collect()),
            What::KeyValue => of_key(|it| it.value.clone()),
            What::Told(name) => {
                let told = self.captures.get(name);
                told.ok_or_else(|| SealError::NoValue(name.clone()))?.clone().into_bytes()
            }
        })
    }

    fn carried(&self, gap: &Gap) -> Result<Option<&Carried>, SealError> {
        match &gap.key {
            None => Ok(self.own.as_ref()),
            Some(name) => {
                let known = self.others.get(name);
                known.map(Option::as_ref).ok_or_else(|| SealError::NoValue(name.clone()))
            }
        }
    }
}

fn swapped(c: char) -> char {
    if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str) -> Template {
        Template::parse(text).unwrap()
    }

    fn carrier(document: serde_json::Value) -> Carrier {
        serde_json::from_value(document).unwrap()
    }

    fn carried(key: &str, carrier: Carrier) -> Carried {
        let place = Place::Carrier(carrier);
        Carried::new(
            key.to_owned(),
            &DraftKey { credential: String::new(), id: None, public_part: None, twist: None, place },
        )
    }

    fn said(own: Option<Carried>, body: Option<&DraftBody>, parts: Vec<Part>) -> String {
        let captures = Captures::from([("told".to_owned(), "T".to_owned())]);
        let header = || carrier(serde_json::json!({ "header": "X-Key" }));
        let speaker = Speaker {
            method: "POST",
            target: "/a?b",
            host: "h:1",
            scheme: "http",
            body,
            own,
            others: BTreeMap::from([
                ("other".to_owned(), Some(carried("o", header()))),
                ("none".to_owned(), None),
            ]),
            captures: &captures,
        };
        let script = speaker.script(&Conversation { parts, ..Conversation::default() }).unwrap();
        String::from_utf8(script.text()).unwrap()
    }

    fn body() -> DraftBody {
        DraftBody { bytes: b"{}".to_vec(), content_type: "application/json".to_owned(), file: None }
    }

    #[test]
    fn a_head_is_filled_in_and_says_how_much_follows() {
        let head =
            "{method} {target} HTTP/1.1\nHost: {host}\n{key-line}\n{type-line}\nContent-Length: {length}";
        let bearer = carrier(serde_json::json!({ "header": "Authorization", "scheme": "Bearer" }));
        let parts = vec![
            Part::Head(template(head).as_head()),
            Part::Send(template("{body}")),
            Part::Hold(std::time::Duration::ZERO),
            Part::Repeat { text: template("xy"), times: 3, within: std::time::Duration::ZERO },
            Part::Head(template("GET {scheme}://{host}{path} {told}").as_head()),
        ];
        let wanted = "POST /a?b HTTP/1.1\r\nHost: h:1\r\nAuthorization: Bearer k\r\nContent-Type: application/json\r\n\
            Content-Length: 8\r\n\r\n{}xyGET http://h:1/a T\r\n\r\n";
        assert_eq!(said(Some(carried("k", bearer)), Some(&body()), parts), wanted);
    }

    #[test]
    fn a_line_that_has_nothing_to_say_is_left_out() {
        let parts =
            vec![Part::Head(template("GET /\n{key-line}\n{type-line}\n{key-line:none}\nA: {key}").as_head())];
        assert_eq!(said(None, None, parts), "GET /\r\nA: \r\n\r\n");
    }

    #[test]
    fn every_key_of_a_conversation_is_its_own() {
        let cookie = carrier(serde_json::json!({ "cookie": "c" }));
        let parts =
            vec![Part::Send(template("{key-line}|{key-line:other}|{key-name-swapped:other}|{key-value}"))];
        let wanted = "Cookie: c=k|X-Key: o|x-kEY|c=k";
        assert_eq!(said(Some(carried("k", cookie)), None, parts), wanted);
    }

    #[test]
    fn a_body_is_one_chunk_and_no_body_is_none() {
        let parts = || vec![Part::Send(template("{body-chunk}0\n\n"))];
        assert_eq!(said(None, Some(&body()), parts()), "2\r\n{}\r\n0\r\n\r\n");
        assert_eq!(said(None, None, parts()), "0\r\n\r\n");
    }
}
