//! What is sent, in words.

use super::{code, h2, joined, token};
use crate::contract::KeyState;
use crate::document::Name;
use crate::scenario::{
    Awaited, Beside, BodyTwist, Carry, Closing, CredentialPick, HeaderLine, IdempotencyKey, KeyTwist,
    LikeTheKey, ObjectOf, Page, PathTwist, SchemeForm, SecondKey, Separator, TheCredential, TheDocument,
    Transform, Twist, WhichNode, WirePart, WireTwist,
};

/// The request of a check, as a whole; `key` is what a sound request carries where nothing changes that.
pub(super) fn whole(twist: &Twist, key: Option<&str>) -> String {
    match (words(twist), key) {
        (Some(changes), _) => format!("a sound request, {changes}"),
        (None, Some(key)) => format!("a sound request, {key}"),
        (None, None) => "a sound request".to_owned(),
    }
}

/// The twin of a request, by what makes it differ from that.
pub(super) fn twin(twist: &Twist) -> String {
    words(twist).map_or_else(|| "the request as it is".to_owned(), |changes| format!("the same, {changes}"))
}

/// What makes a request differ; nothing where nothing does.
pub(super) fn words(twist: &Twist) -> Option<String> {
    let parts = [
        twist.credential.as_ref().map(credential),
        twist.key.as_ref().and_then(key),
        twist.carry.as_ref().map(carry),
        twist.second.as_ref().map(second),
        twist.idempotency.map(|key| idempotency(key).to_owned()),
        twist.token.as_ref().map(token::words),
        (twist.revoke_token == Some(true)).then(|| "to revoke the token instead".to_owned()),
        twist.method.as_ref().map(|method| format!("by the method {}", code(method))),
        twist.path.as_ref().and_then(path),
        twist.object.map(|object| whose(object).to_owned()),
        twist.body.as_ref().and_then(body),
        twist.document.map(|TheDocument::Openapi| "for the description of the API instead".to_owned()),
        twist.page.map(page),
        (twist.preflight == Some(true)).then(|| "as the preflight of a browser".to_owned()),
        (twist.node == Some(WhichNode::Other)).then(|| "to another node".to_owned()),
        (twist.plaintext == Some(true)).then(|| "in the clear, without TLS".to_owned()),
        twist.wire.as_ref().and_then(conversation),
        twist
            .platform_key
            .as_ref()
            .and_then(key)
            .map(|key| format!("and, where the platform takes its keys, {key}")),
        twist.platform.as_ref().map(super::between::platform),
    ];
    let headers = twist.headers.iter().map(header);
    let parts: Vec<_> = parts.into_iter().flatten().chain(headers).collect();
    (!parts.is_empty()).then(|| joined(&parts, "and"))
}

/// A conversation: what is done on its connection, part by part.
fn conversation(wire: &WireTwist) -> Option<String> {
    let parts: Vec<_> = wire.say.iter().map(part).collect();
    if !parts.is_empty() {
        return Some(format!("said to the byte on one connection: {}", parts.join(", then ")));
    }
    let frames: Vec<_> = wire.h2.iter().map(h2::part).collect();
    if !frames.is_empty() {
        return Some(format!("said in frames of HTTP/2 on one connection: {}", frames.join(", then ")));
    }
    let put = |(name, text): (&Name, &String)| match &**text {
        "" => format!("nothing for {}", code(&format!("{{{name}}}"))),
        text => format!("{} for {}", code(&visible(text)), code(&format!("{{{name}}}"))),
    };
    let details: Vec<_> = wire.with.iter().map(put).collect();
    (!details.is_empty()).then(|| format!("with {}", joined(&details, "and")))
}

/// A text with its line breaks as escapes.
fn visible(text: &str) -> String {
    text.replace('\n', r"\r\n")
}

fn part(part: &WirePart) -> String {
    match part {
        WirePart::Head(text) | WirePart::HeadAsIs(text) => {
            format!("a head that begins with {}", code(&text.lines().next().unwrap_or_default()))
        }
        WirePart::Send(_) => "more of the request".to_owned(),
        WirePart::Hidden(_) => "a request that is hidden in its body".to_owned(),
        WirePart::Repeat { .. } => "the same over and over".to_owned(),
        WirePart::Trickle { every, .. } => format!("a byte every {}", code(every)),
        WirePart::Hold(time) => format!("nothing for {}", code(time)),
        WirePart::Await(what) => awaiting(*what).to_owned(),
        WirePart::Control(step) => format!("meanwhile, {}", super::control::does(step)),
        WirePart::Close(half) => closing(*half).to_owned(),
    }
}

pub(super) fn awaiting(what: Awaited) -> &'static str {
    match what {
        Awaited::Final => "wait for the answer",
        Awaited::Interim => "wait for any answer",
    }
}

pub(super) fn closing(half: Closing) -> &'static str {
    match half {
        Closing::Sending => "end the sending half",
        Closing::Both => "end the connection",
    }
}

pub(super) fn credential(pick: &CredentialPick) -> String {
    match pick {
        CredentialPick::None => "without a key".to_owned(),
        CredentialPick::Named(name) => format!("with the key of {}", code(name)),
        CredentialPick::Allowing => "with a key that may use the operation".to_owned(),
        CredentialPick::Minting => "with a key that may mint tokens".to_owned(),
        CredentialPick::Denying => "with an active key that may not use the operation".to_owned(),
        CredentialPick::Foreign => "with a key of another application that may use the operation".to_owned(),
        CredentialPick::State(state) => format!("with {}", key_in(*state)),
        CredentialPick::Created(name) => format!("with the created key {}", code(name)),
    }
}

fn key(twist: &KeyTwist) -> Option<String> {
    match twist {
        KeyTwist::Random(like) => Some(never_issued(*like).to_owned()),
        KeyTwist::Literal(text) => Some(format!("with {} for a key", code(text))),
        KeyTwist::Id(TheCredential::Own) => Some("with the key's public identifier for a key".to_owned()),
        KeyTwist::Transform(all) => {
            let all: Vec<_> = all.iter().filter_map(transform).collect();
            (!all.is_empty()).then(|| format!("with the key, {}", joined(&all, "and")))
        }
    }
}

fn never_issued(like: LikeTheKey) -> &'static str {
    match like {
        LikeTheKey::Like => "with a key of the same shape that was never issued",
        LikeTheKey::SameId => "with the key, its public part kept and its secret made up",
        LikeTheKey::SecondHalf => {
            "with a key that was never issued and begins like the first half of the real one"
        }
        LikeTheKey::LastCharacter => {
            "with a key that was never issued and differs from the real one at its end alone"
        }
    }
}

fn transform(transform: &Transform) -> Option<String> {
    let always = |text: String| Some(text);
    let where_on = |on: &bool, text: &str| on.then(|| text.to_owned());
    match transform {
        Transform::Truncate(length) => always(format!("its last {} cut off", characters(*length))),
        Transform::Keep(length) => always(format!("cut to its first {}", characters(*length))),
        Transform::Skip(length) => always(format!("its first {} left out", characters(*length))),
        Transform::Append(text) => always(format!("{} behind it", code(text))),
        Transform::Prepend(text) => always(format!("{} before it", code(text))),
        Transform::Insert(text) => always(format!("{} in its middle", code(text))),
        Transform::Prefix(on) => where_on(on, "cut to what every key of its kind begins with"),
        Transform::Stretch(length) => always(format!("over and over, to {}", characters(*length))),
        Transform::FullWidth(on) => where_on(on, "its characters in their full-width forms"),
        Transform::Repeat(times) => always(format!("{times} times in a row")),
        Transform::SwapCase(on) => where_on(on, "the case of its letters swapped"),
        Transform::PercentEncode(on) => where_on(on, "its first letter as a percent escape"),
        Transform::Sha256(on) => where_on(on, "its SHA-256 in its place"),
        Transform::Base64(on) => where_on(on, "its base64 in its place"),
    }
}

fn idempotency(key: IdempotencyKey) -> &'static str {
    match key {
        IdempotencyKey::One => "with a new idempotency key, the same in every step",
        IdempotencyKey::Another => "with another idempotency key",
    }
}

fn characters(number: usize) -> String {
    if number == 1 { "character".to_owned() } else { format!("{number} characters") }
}

fn carry(carry: &Carry) -> String {
    match carry {
        Carry::Header(name) => format!("carried in the header field {}", code(name)),
        Carry::Query(name) => format!("carried in the query parameter {}", code(name)),
        Carry::Cookie(name) => format!("carried in the cookie {}", code(name)),
        Carry::Body(name) => format!("carried in the member {} of the body", code(name)),
        Carry::Scheme(SchemeForm::Lower) => "with the scheme in lower case".to_owned(),
        Carry::Scheme(SchemeForm::Upper) => "with the scheme in upper case".to_owned(),
        Carry::Scheme(SchemeForm::Left) => "with the scheme left out".to_owned(),
        Carry::Alias(separator) => {
            let sign = match separator {
                Separator::Underscore => "_",
                Separator::Dot => ".",
            };
            format!("carried in the declared field, {} for every hyphen of its name", code(sign))
        }
    }
}

fn second(second: &SecondKey) -> String {
    let parts = [
        second.credential.as_ref().map(credential),
        second.key.as_ref().and_then(key),
        second.carry.as_ref().map(carry),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    let what = if parts.is_empty() { "with the same key".to_owned() } else { joined(&parts, "and") };
    let place = match second.at {
        Beside::After => "behind the first",
        Beside::Before => "before the first",
        Beside::Listed => "before the first in the same value, a comma between them",
    };
    format!("once more {what}, {place}")
}

fn header(line: &HeaderLine) -> String {
    format!("with {}", code(&format!("{}: {}", line.name, line.value)))
}

fn page(page: Page) -> String {
    let which = match page {
        Page::Allowed => "of an origin that the contract allows",
        Page::Foreign => "of an origin that nobody allows",
        Page::Opaque => "of the origin `null`",
        Page::Longer => "of an allowed host with another domain behind it",
        Page::Glued => "of an allowed host with a letter before it",
        Page::Dotless => "of an allowed host with a letter for a dot",
        Page::Plain => "of an allowed host without TLS",
        Page::OtherPort => "of an allowed host at another port",
    };
    format!("for a page {which}")
}

fn path(twist: &PathTwist) -> Option<String> {
    match twist {
        PathTwist::Unknown(_) => Some("to a path beside the operation's that names nothing".to_owned()),
        PathTwist::Append(text) if text.is_empty() => Some("to the operation's own path".to_owned()),
        PathTwist::Append(text) => Some(format!("with {} behind the path", code(text))),
        PathTwist::Prepend(text) => Some(format!("with {} before the path", code(text))),
        PathTwist::Query(query) => Some(format!("with the query {}", code(query))),
        PathTwist::LastSegment(text) => Some(format!("with {} for the last segment of the path", code(text))),
        PathTwist::LastSlash(text) => Some(format!("with {} for the last slash of the path", code(text))),
        PathTwist::FirstSegment(text) if text.is_empty() => {
            Some("without the first segment of the path".to_owned())
        }
        PathTwist::FirstSegment(text) => {
            Some(format!("with {} for the first segment of the path", code(text)))
        }
        PathTwist::Escape(1) => Some("with the last letter of the path as a percent escape".to_owned()),
        PathTwist::Escape(times) => {
            Some(format!("with the last letter of the path as a percent escape, {times} times over"))
        }
        PathTwist::Upper(on) => on.then(|| "with the path in upper case".to_owned()),
    }
}

fn body(twist: &BodyTwist) -> Option<String> {
    match twist {
        BodyTwist::Empty(on) => on.then(|| "without a body".to_owned()),
        BodyTwist::Other(on) => on.then(|| "with the operation's other body".to_owned()),
        BodyTwist::Truncate(bytes) => Some(format!("without the last {bytes} bytes of the body")),
        BodyTwist::Json(value) => Some(format!("with the body {}", code(value))),
        BodyTwist::Text { text, content_type } => {
            Some(format!("with the body {} of the media type {}", code(text), code(content_type)))
        }
        BodyTwist::ContentType(media_type) => {
            Some(format!("with the body said to be of the media type {}", code(media_type)))
        }
        BodyTwist::Encoded(coding) => {
            Some(format!("with random bytes for a body, said to be in the coding {}", code(coding)))
        }
    }
}

fn whose(object: ObjectOf) -> &'static str {
    match object {
        ObjectOf::Own => "to what the sender's own application owns",
        ObjectOf::Foreign => "to what another application owns",
        ObjectOf::Example => "to what nobody owns",
    }
}

/// A key in some state, with its article.
fn key_in(state: KeyState) -> String {
    match state {
        KeyState::Active => "an active key".to_owned(),
        KeyState::Expired => "an expired key".to_owned(),
        KeyState::Revoked => "a revoked key".to_owned(),
        KeyState::Disabled => "the key of a disabled application".to_owned(),
        KeyState::NotYetValid => "a key whose time has not begun".to_owned(),
    }
}
