//! From a draft to a request: the key is put in here, for one origin and no other.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, USER_AGENT};
use http::{HeaderName, HeaderValue};

use super::exchange::Request;
use super::speak::{Carried, Speaker};
use super::token;
use crate::contract::{Carrier, Keyring};
use crate::plan::{Beside, Conversation, Dice, Draft, DraftKey, Place, Public, forge};

/// What earlier answers of a case have told, by name.
pub type Captures = BTreeMap<String, String>;

/// Where one environment's requests go: scheme, host and port, and a path prefix if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub(super) base: reqwest::Url,
}

/// A request that could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// A base URL is not one.
    #[error(
        "use `{0}` as a base URL: it must be an http or https address, without a user name, query or fragment"
    )]
    BaseUrl(String),
    /// The finished target would have gone to another host.
    #[error("send a key to another origin than the environment's own")]
    ForeignOrigin,
    /// The finished target is not one.
    #[error("make a target of the path: it is not one")]
    Target,
    /// A value cannot stand in a header.
    #[error("put the value of `{0}` in a header: it holds a line break or a control character")]
    HeaderValue(String),
    /// A credential has no key.
    #[error("find a key of the credential `{0}`")]
    NoKey(String),
    /// What is done to a key leaves it as it is: it has no letters to swap, for example.
    #[error("make another text of the key of `{0}`: what is done to it changes nothing")]
    Unchanged(String),
    /// A name has no value.
    #[error("fill in `{{{0}}}`: no earlier answer told it")]
    NoValue(String),
    /// A token is not what it has to be.
    #[error("forge the token: {0}")]
    Token(String),
    /// A body has no place for a token.
    #[error("put the token in the body: the body has no member where `tokens.revoke.token` leads")]
    NoPlace,
    /// A method is not one.
    #[error("use `{0}` as a method")]
    Method(String),
}

impl Origin {
    /// Takes a base URL.
    ///
    /// # Errors
    /// When it is not an http or https address, or holds a user name, a query or a fragment.
    pub fn new(base: &str) -> Result<Self, SealError> {
        let wrong = || SealError::BaseUrl(shown(base));
        let url = reqwest::Url::parse(base).map_err(|_| wrong())?;
        let sound = ["http", "https"].contains(&url.scheme())
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if sound { Ok(Self { base: url }) } else { Err(wrong()) }
    }

    /// The base URL.
    pub fn as_str(&self) -> &str {
        self.base.as_str()
    }

    /// Host and port, as a `Host` header would say them.
    pub fn authority(&self) -> &str {
        self.base.authority()
    }

    /// The full URL and the target that must stand on the wire, if they stay at this origin.
    fn resolve(&self, target: &str) -> Result<(reqwest::Url, String), SealError> {
        let target = format!("{}{target}", self.base.path().trim_end_matches('/'));
        let whole = format!("{}://{}{target}", self.base.scheme(), self.base.authority());
        let url = reqwest::Url::parse(&whole).map_err(|_| SealError::Target)?;
        let same =
            url.origin() == self.base.origin() && url.username().is_empty() && url.password().is_none();
        if same { Ok((url, target)) } else { Err(SealError::ForeignOrigin) }
    }
}

/// As much of what should have been a base URL as can be shown: a password or a key may stand in the rest.
fn shown(base: &str) -> String {
    let base = base.split(['?', '#']).next().unwrap_or_default();
    match base.rsplit_once('@') {
        None => base.to_owned(),
        Some((before, host)) => {
            let scheme = before.split_once("//").map(|(scheme, _)| format!("{scheme}//")).unwrap_or_default();
            format!("{scheme}...@{host}")
        }
    }
}

/// Makes a draft into a request for one origin.
///
/// # Errors
/// When the request could not be sent as the draft says, or its key would leave the origin.
pub fn seal(
    draft: &Draft,
    origin: &Origin,
    keyring: &Keyring,
    captures: &Captures,
    dice: &mut Dice,
) -> Result<Request, SealError> {
    let mut forge = |key: &DraftKey| forged(key, keyring, dice);
    let key = draft.key.as_ref().map(&mut forge).transpose()?;
    let second = draft.second.as_ref().map(|(key, _)| forge(key)).transpose()?;
    let others = others(draft.conversation.as_ref(), &mut forge)?;
    let token = draft.token.as_ref();
    let text = token.map(|token| token::carried(token, captures, keyring, dice)).transpose()?;
    let token = token.zip(text);
    let key = key.or_else(|| token.as_ref().map(|(_, text)| text.clone()));
    let mut sealing =
        Sealing { origin, captures, key: key.as_deref(), second: second.as_deref(), headers: Vec::new() };
    let mut target = sealing.fill(&draft.target)?;
    let mut body = draft.body.as_ref().map(|body| body.bytes.clone());
    sealing.push(USER_AGENT, concat!("lockproof/", env!("CARGO_PKG_VERSION")))?;
    if !draft.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("accept")) {
        sealing.push(ACCEPT, "*/*")?;
    }
    if let Some(body) = &draft.body {
        sealing.push(CONTENT_TYPE, &body.content_type)?;
    }
    if let Some(place) = &draft.token_at {
        let places = |document: &serde_json::Value| place.locations(document);
        body = Some(token::in_body(&token::text(captures)?, &places, body.as_deref())?);
    }
    // What is said to the byte says itself where its keys go.
    let places = if draft.conversation.is_none() {
        carried(draft, key.as_deref(), second.as_deref())
    } else {
        Vec::new()
    };
    let tokens = token.into_iter().map(|(token, text)| (&token.place, text));
    for (place, key) in places.into_iter().chain(tokens) {
        match place {
            Place::Carrier(carrier) => sealing.carry(carrier, &key, &mut target)?,
            Place::Body(member) => body = Some(in_body(member, &key, body.as_deref())),
        }
    }
    for (name, value) in &draft.headers {
        let value = sealing.fill(value)?;
        let name = name.parse().map_err(|_| SealError::HeaderValue(name.clone()))?;
        sealing.push(name, &value)?;
    }
    let (url, target) = origin.resolve(&target)?;
    let method = draft.method.parse().map_err(|_| SealError::Method(draft.method.clone()))?;
    let (headers, body) = (sealing.headers, body.map(Bytes::from));
    let mut request = Request { method, url, target, headers, body, key, script: None };
    if let Some(conversation) = &draft.conversation {
        let speaker = Speaker {
            method: &draft.method,
            target: &request.target,
            host: origin.authority(),
            scheme: origin.base.scheme(),
            body: draft.body.as_ref(),
            own: draft.key.as_ref().zip(request.key.clone()).map(|(key, text)| Carried::new(text, key)),
            others,
            captures,
        };
        request.script = Some(speaker.script(conversation)?);
    }
    Ok(request)
}

/// The keys of a conversation beside the request's own.
fn others(
    conversation: Option<&Conversation>,
    forge: &mut dyn FnMut(&DraftKey) -> Result<String, SealError>,
) -> Result<BTreeMap<String, Option<Carried>>, SealError> {
    let keys = conversation.into_iter().flat_map(|conversation| &conversation.keys);
    let carry = |(name, key): (&String, &Option<DraftKey>)| {
        let carried = key.as_ref().map(|key| forge(key).map(|text| Carried::new(text, key))).transpose()?;
        Ok((name.clone(), carried))
    };
    keys.map(carry).collect()
}

fn forged(key: &DraftKey, keyring: &Keyring, dice: &mut Dice) -> Result<String, SealError> {
    let secret = keyring.key(&key.credential).ok_or_else(|| SealError::NoKey(key.credential.clone()))?;
    let Some(twist) = &key.twist else { return Ok(secret.expose().to_owned()) };
    let public = Public { id: key.id.as_deref(), part: key.public_part.as_ref() };
    let forged = forge(secret.expose(), public, twist, dice);
    // Accepting the key itself is no fault.
    if forged == secret.expose() { Err(SealError::Unchanged(key.credential.clone())) } else { Ok(forged) }
}

/// What is carried where, in its order.
fn carried<'a>(draft: &'a Draft, key: Option<&str>, second: Option<&str>) -> Vec<(&'a Place, String)> {
    let place = |key: &'a DraftKey| &key.place;
    let first = draft.key.as_ref().map(place).zip(key.map(str::to_owned));
    let Some(((other, at), second)) = draft.second.as_ref().zip(second) else {
        return first.into_iter().collect();
    };
    let second = (place(other), second.to_owned());
    match (first, at) {
        (None, _) => vec![second],
        (Some(first), Beside::After) => vec![first, second],
        (Some(first), Beside::Before) => vec![second, first],
        (Some((place, first)), Beside::Listed) => vec![(place, format!("{}, {first}", second.1))],
    }
}

/// What a field holds that carries a key (RFC 9110 section 11.4). Behind a scheme without a key there is no space: white
/// space around a value is not part of it in HTTP/1, and malformed in HTTP/2 (RFC 9113 section 8.2.1).
pub(super) fn credentials(scheme: Option<&str>, key: &str) -> String {
    match scheme {
        None => key.to_owned(),
        Some(scheme) if key.is_empty() => scheme.to_owned(),
        Some(scheme) => format!("{scheme} {key}"),
    }
}

/// The JSON body with a key as one more member.
fn in_body(member: &str, key: &str, body: Option<&[u8]>) -> Vec<u8> {
    let parsed = body.and_then(|body| serde_json::from_slice(body).ok());
    let mut members: serde_json::Map<String, serde_json::Value> = parsed.unwrap_or_default();
    members.insert(member.to_owned(), key.into());
    serde_json::Value::Object(members).to_string().into_bytes()
}

/// A request in the making.
struct Sealing<'a> {
    origin: &'a Origin,
    captures: &'a Captures,
    key: Option<&'a str>,
    second: Option<&'a str>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Sealing<'_> {
    /// Adds a header line, marked sensitive where it holds the key.
    fn push(&mut self, name: HeaderName, value: &str) -> Result<(), SealError> {
        let mut line = HeaderValue::from_bytes(value.as_bytes())
            .map_err(|_| SealError::HeaderValue(name.to_string()))?;
        let mut keys = self.key.into_iter().chain(self.second);
        line.set_sensitive(keys.any(|key| !key.is_empty() && value.contains(key)));
        self.headers.push((name, line));
        Ok(())
    }

    /// Puts a key in a carrier.
    fn carry(&mut self, carrier: &Carrier, key: &str, target: &mut String) -> Result<(), SealError> {
        match carrier {
            Carrier::Header { name, scheme } => {
                self.push(name.http().clone(), &credentials(scheme.as_deref(), key))
            }
            Carrier::Cookie(name) => self.push(COOKIE, &format!("{name}={key}")),
            Carrier::Query(name) => {
                let separator = if target.contains('?') { '&' } else { '?' };
                let key = percent_encoding::utf8_percent_encode(key, percent_encoding::NON_ALPHANUMERIC);
                target.push_str(&format!("{separator}{name}={key}").replace("%5F", "_").replace("%2D", "-"));
                Ok(())
            }
        }
    }

    /// Text with `{key}`, `{host}` and captured names filled in; other braces stay.
    fn fill(&self, text: &str) -> Result<String, SealError> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, name, after)) = placeholder(rest) {
            filled.push_str(before);
            match name {
                "key" => filled.push_str(self.key.unwrap_or_default()),
                "host" => filled.push_str(self.origin.authority()),
                name => filled
                    .push_str(self.captures.get(name).ok_or_else(|| SealError::NoValue(name.to_owned()))?),
            }
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

/// The first `{name}` of a text, with what stands before and behind it.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    };
    text.match_indices('{').find_map(|(open, _)| {
        let close = open + text.get(open..)?.find('}')?;
        let name = text.get(open + 1..close).filter(|name| is_name(name))?;
        Some((text.get(..open)?, name, text.get(close + 1..)?))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_target_that_names_another_host_is_refused() {
        let origin = Origin::new("http://127.0.0.1:8080").unwrap();
        assert_eq!(origin.resolve("@evil.example/").unwrap_err(), SealError::ForeignOrigin);
        assert_eq!(origin.resolve(".evil.example/").unwrap_err(), SealError::Target);
        assert_eq!(origin.resolve("1/").unwrap_err(), SealError::Target);
        let short = Origin::new("http://127.0.0.1:808").unwrap();
        assert_eq!(short.resolve("1/").unwrap_err(), SealError::ForeignOrigin);
        assert_eq!(origin.resolve("/v1/x?y=z").unwrap().1, "/v1/x?y=z");
    }

    #[test]
    fn a_base_url_with_a_password_or_another_scheme_is_refused() {
        for base in ["http://user:pass@host/", "ftp://host/", "http://host/?q", "http://host/#f", "host", ""]
        {
            assert!(Origin::new(base).is_err(), "{base}");
        }
    }

    #[test]
    fn a_base_url_that_is_refused_is_shown_without_its_secrets() {
        for base in
            ["http://user:secret@host/", "user:secret@host", "http://host/?key=secret", "ftp://host#secret"]
        {
            let said = Origin::new(base).unwrap_err().to_string();
            assert!(said.contains("host") && !said.contains("secret"), "{said}");
        }
    }

    fn carried_as(at: Beside) -> Vec<String> {
        let header =
            Carrier::Header { name: crate::document::HeaderName::parse("X-API-Key").unwrap(), scheme: None };
        let place = Place::Carrier(header);
        let key = DraftKey { credential: "full".to_owned(), id: None, public_part: None, twist: None, place };
        let draft = Draft {
            method: "GET".to_owned(),
            target: "/".to_owned(),
            headers: Vec::new(),
            body: None,
            second: Some((key.clone(), at)),
            key: Some(key),
            preparations: indexmap::IndexMap::new(),
            token: None,
            token_at: None,
            plaintext: false,
            node: crate::plan::WhichNode::First,
            upstream: None,
            sender: crate::plan::Sender::Ordinary,
            conversation: None,
        };
        carried(&draft, Some("one"), Some("two")).into_iter().map(|(_, key)| key).collect()
    }

    #[test]
    fn a_second_key_stands_where_it_is_said_to() {
        assert_eq!(carried_as(Beside::After), ["one", "two"]);
        assert_eq!(carried_as(Beside::Before), ["two", "one"]);
        assert_eq!(carried_as(Beside::Listed), ["two, one"]);
    }

    #[test]
    fn a_prefix_of_the_base_url_stays_before_every_path() {
        let origin = Origin::new("https://api.example/edge/").unwrap();
        assert_eq!(origin.resolve("/v1").unwrap().0.as_str(), "https://api.example/edge/v1");
    }

    proptest! {
        #[test]
        fn no_target_ever_leaves_the_origin(target in ".{0,40}") {
            let origin = Origin::new("http://127.0.0.1:8080").unwrap();
            if let Ok((url, _)) = origin.resolve(&target) {
                prop_assert_eq!(url.host_str(), Some("127.0.0.1"));
                prop_assert_eq!(url.port(), Some(8080));
                prop_assert_eq!(url.username(), "");
            }
        }
    }
}
