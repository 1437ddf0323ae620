//! What makes a request differ from a sound one.
//!
//! A sound request is the operation's method, path and body with a key that may use it, in the declared
//! carrier. A twist changes parts of it; twists of a check, its variant and its step are laid over each other.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{
    CredentialPick, HeaderLine, IdempotencyKey, Page, PlatformTwist, TheDocument, TokenTwist, WhichNode,
    WireTwist,
};
use crate::document::{HeaderName, Method, Name};

/// What makes a request differ from a sound one; whatever is left out stays sound.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Twist {
    /// Whose key it carries: `none`, a credential's name, or `{ state: ... }`, `{ allowing: operation }`,
    /// `{ allowing: mint }`, `{ denying: operation }`, `{ foreign: operation }`, or `{ created: name }` after a step that
    /// created it.
    #[serde(default)]
    pub credential: Option<CredentialPick>,
    /// What is done to the key.
    #[serde(default)]
    pub key: Option<KeyTwist>,
    /// Where the key is carried instead of its declared place.
    #[serde(default)]
    pub carry: Option<Carry>,
    /// A second key in the same request.
    #[serde(default)]
    pub second: Option<SecondKey>,
    /// Which idempotency key it carries.
    #[serde(default)]
    pub idempotency: Option<IdempotencyKey>,
    /// A token instead of a key.
    #[serde(default)]
    pub token: Option<TokenTwist>,
    /// Revoke the case's token instead of calling the operation, with a key that may.
    #[serde(default)]
    pub revoke_token: Option<bool>,
    /// Header lines to add, in this order, duplicates kept. `{key}`, `{host}`, `{public}`, `{unique}` and
    /// `{identity}` (the contract's `control.identity`) are filled in; in front of a backend also `{unrouted}`, the path of
    /// an operation of the platform that no route is for, `{stranger}`, a host that is none of the platform's, and
    /// `{platform-field}`, the field in which the platform takes its keys.
    #[serde(default)]
    pub headers: Vec<HeaderLine>,
    /// Another method.
    #[serde(default)]
    pub method: Option<Method>,
    /// Another path.
    #[serde(default)]
    pub path: Option<PathTwist>,
    /// Another body.
    #[serde(default)]
    pub body: Option<BodyTwist>,
    /// Whose object the path names.
    #[serde(default)]
    pub object: Option<ObjectOf>,
    /// Get this document that the API publishes, instead of calling the operation.
    #[serde(default)]
    pub document: Option<TheDocument>,
    /// The page that a browser would say it sends this for, in its `Origin` field.
    #[serde(default)]
    pub page: Option<Page>,
    /// Ask first, as a browser does: the method OPTIONS, no body unless `body` says so, and what a sound request
    /// would bring along, its method and fields, only by name (Fetch, "CORS-preflight fetch").
    #[serde(default)]
    pub preflight: Option<bool>,
    /// Send it to the environment's `plaintext_url`.
    #[serde(default)]
    pub plaintext: Option<bool>,
    /// Send it to another node of the environment than the first.
    #[serde(default)]
    pub node: Option<WhichNode>,
    /// What the platform behind a backend does when it is asked.
    #[serde(default)]
    pub platform: Option<PlatformTwist>,
    /// A key of the platform beside what proves who the client is, in the place where the platform takes its keys: the
    /// backend's own, changed like this.
    #[serde(default)]
    pub platform_key: Option<KeyTwist>,
    /// Say this on one connection, to the byte, instead of a request.
    #[serde(default)]
    pub wire: Option<WireTwist>,
}

impl Twist {
    /// This twist with another laid over it: what the other says wins, header lines are added.
    #[must_use]
    pub fn overlaid(self, other: &Self) -> Self {
        let (mut base, over) = (self, other.clone());
        base.headers.extend(over.headers);
        Self {
            credential: over.credential.or(base.credential),
            key: over.key.or(base.key),
            carry: over.carry.or(base.carry),
            second: over.second.or(base.second),
            idempotency: over.idempotency.or(base.idempotency),
            headers: base.headers,
            method: over.method.or(base.method),
            path: over.path.or(base.path),
            body: over.body.or(base.body),
            object: over.object.or(base.object),
            token: over.token.or(base.token),
            revoke_token: over.revoke_token.or(base.revoke_token),
            document: over.document.or(base.document),
            page: over.page.or(base.page),
            preflight: over.preflight.or(base.preflight),
            plaintext: over.plaintext.or(base.plaintext),
            node: over.node.or(base.node),
            platform: over.platform.or(base.platform),
            platform_key: over.platform_key.or(base.platform_key),
            wire: match (base.wire, over.wire) {
                (Some(base), Some(over)) => Some(base.overlaid(over)),
                (base, over) => over.or(base),
            },
        }
    }
}

/// What is done to a key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyTwist {
    /// A key of the same shape that was never issued.
    Random(LikeTheKey),
    /// This text instead of a key.
    Literal(String),
    /// The credential's public identifier instead of its key.
    Id(TheCredential),
    /// Changes, one after the other.
    Transform(#[schemars(length(min = 1))] Vec<Transform>),
}

/// The shape of a random key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LikeTheKey {
    /// That of the credential's own key: same length, same prefix up to its last `_`, same classes of
    /// characters behind it.
    Like,
    /// The same, and the first half of what stands behind that prefix is the credential's own.
    SecondHalf,
    /// The same, and all but the last character is the credential's own.
    LastCharacter,
    /// The same, but the public identifier that the key holds stays: see `authentication.key_id` of the contract.
    SameId,
}

/// Whose identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TheCredential {
    /// The credential's own.
    Own,
}

/// One change to a key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Transform {
    /// Leave out this many characters at its end.
    Truncate(usize),
    /// Keep only this many characters of its beginning.
    Keep(usize),
    /// Leave out this many characters of its beginning.
    Skip(usize),
    /// Put text behind it.
    Append(String),
    /// Put text before it.
    Prepend(String),
    /// Put text into its middle.
    Insert(String),
    /// Keep only what every key of its kind begins with: up to its last `_` or `-`.
    Prefix(bool),
    /// Write it this many times in a row.
    Repeat(#[schemars(range(max = 65_536))] usize),
    /// Write it over and over until it has this many characters.
    Stretch(#[schemars(range(max = 4_194_304))] usize),
    /// Write its letters, digits and signs in their full-width forms (U+FF01 to U+FF5E), which look like them.
    FullWidth(bool),
    /// Swap the case of its letters.
    SwapCase(bool),
    /// Write its first letter as a percent escape.
    PercentEncode(bool),
    /// Its SHA-256 in hexadecimal digits.
    Sha256(bool),
    /// Its base64.
    Base64(bool),
}

/// Where a key is carried instead of its declared place.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Carry {
    /// In this header field.
    Header(HeaderName),
    /// In this query parameter.
    Query(String),
    /// In this cookie.
    Cookie(String),
    /// In this member of the JSON body.
    Body(String),
    /// In the declared header field, with its scheme written otherwise.
    Scheme(SchemeForm),
    /// In a header field whose name is the declared one's with other separators.
    Alias(Separator),
}

/// A second key in a request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondKey {
    /// Whose key it is; without this, that of the first one's owner.
    #[serde(default)]
    pub credential: Option<CredentialPick>,
    /// What is done to it.
    #[serde(default)]
    pub key: Option<KeyTwist>,
    /// Where it is carried instead of the declared place.
    #[serde(default)]
    pub carry: Option<Carry>,
    /// Where it stands beside the first.
    #[serde(default)]
    pub at: Beside,
}

/// Where a second key stands beside the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Beside {
    /// Behind it, in a line, parameter or cookie of its own.
    #[default]
    After,
    /// Before it, in a line, parameter or cookie of its own.
    Before,
    /// Before it in the same value, with a comma between the two.
    Listed,
}

/// How the scheme before a key is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SchemeForm {
    /// In lower case.
    Lower,
    /// In upper case.
    Upper,
    /// Not at all.
    Left,
}

/// What stands in a field name where the declared one has a hyphen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Separator {
    /// `_`.
    Underscore,
    /// `.`.
    Dot,
}

/// Another path. In its texts, `{public}` stands for the path of the first operation that needs no key, or for
/// `/healthz` where there is none, and `{unique}` for a value that was never sent before; in front of a backend
/// `{unrouted}` and `{stranger}` are what they are in header lines.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PathTwist {
    /// A path beside the operation's own that names nothing: its last segment is replaced by this and a random
    /// part.
    Unknown(String),
    /// Text behind the path.
    Append(String),
    /// Text before the path.
    Prepend(String),
    /// A query string, without its `?`.
    Query(String),
    /// The path in upper case.
    Upper(bool),
    /// Text in place of the last slash of the path.
    LastSlash(String),
    /// Another last segment, as it stands here.
    LastSegment(String),
    /// Another first segment, or none where this is empty.
    FirstSegment(String),
    /// The last letter of the path as a percent escape; where this is 2, with its `%` escaped too, and so on.
    Escape(#[schemars(range(min = 1, max = 8))] usize),
}

/// Another body.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum BodyTwist {
    /// No body at all.
    Empty(bool),
    /// The operation's other sound body: `idempotency.other_body` of the contract.
    Other(bool),
    /// The sound body with this many bytes missing at its end.
    Truncate(usize),
    /// This JSON document.
    Json(Value),
    /// This text, with its media type.
    Text {
        /// The text.
        text: String,
        /// Its media type.
        #[schemars(extend("format" = "field-value"))]
        content_type: String,
    },
    /// The sound body, said to be of this media type.
    ContentType(#[schemars(extend("format" = "field-value"))] String),
    /// Random bytes, said to be in this content coding.
    Encoded(#[schemars(extend("format" = "field-value"))] String),
}

/// Whose object the path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObjectOf {
    /// The sender's own application's.
    Own,
    /// Another application's.
    Foreign,
    /// Nobody's: the parameter's example.
    Example,
}

/// Names that a scenario uses and a contract must have.
impl Twist {
    /// The credential that the twist names, where it names one.
    pub fn named_credential(&self) -> Option<Name> {
        match &self.credential {
            Some(CredentialPick::Named(name)) => Name::parse(name).ok(),
            _ => None,
        }
    }
}
