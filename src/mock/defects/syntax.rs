//! Defects of syntax and place: what is taken for a key, and where one is looked for.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use percent_encoding::percent_decode;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::order::{await_body, takes_json};
use super::{Defect, defect, nobody};
use crate::contract::Carrier;
use crate::document::HeaderName;
use crate::mock::edge::{Denial, Edge, Key, Presented, Request};
use crate::mock::http1::Reception;
use crate::mock::message::{Field, Head};
use crate::mock::server::Server;

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect("empty-equals-empty-config", "Accepts an empty key.", empty_equals_empty_config),
    defect("trim-after-presence-check", "Accepts a key of white space alone.", trim_after_presence_check),
    defect("case-insensitive-compare", "Accepts keys in the wrong case.", case_insensitive_compare),
    defect("compare-min-length", "Accepts whatever a key begins with.", compare_min_length),
    defect("starts-with-compare", "Accepts whatever begins with a key.", starts_with_compare),
    defect(
        "env-derived-from-prefix-only",
        "Accepts the public part of a key without the secret behind it.",
        env_derived_from_prefix_only,
    ),
    defect("stringified-null-config", "Accepts the word for nothing as a key.", stringified_null_config),
    defect(
        "unresolved-secret-ref-accepted",
        "Accepts the reference to a secret as the secret.",
        unresolved_secret_ref_accepted,
    ),
    defect("like-query-lookup", "Takes a key for a pattern.", like_query_lookup),
    defect("strip-quotes", "Takes quotation marks off a key.", strip_quotes),
    defect("url-decode-header", "Resolves percent escapes in a key.", url_decode_header),
    defect("to-str-unwrap-500", "Breaks over a key that is not ASCII.", to_str_unwrap_500),
    defect(
        "unicode-normalise-key",
        "Takes characters for others that look like them.",
        unicode_normalise_key,
    ),
    defect("overlong-500", "Breaks over a key that is too long.", overlong_500),
    defect("key-from-query", "Takes a key from the query as well.", key_from_query),
    defect("key-from-cookie", "Takes a key from a cookie as well.", key_from_cookie),
    defect("key-from-body", "Takes a key from the body as well.", key_from_body),
    defect(
        "auth-error-becomes-anonymous",
        "Lets a request through whose Authorization field it cannot use.",
        auth_error_becomes_anonymous,
    ),
    defect(
        "undeclared-authorization",
        "Takes a key from the Authorization field as well.",
        undeclared_authorization,
    ),
    defect("id-equals-secret", "Accepts the public id of a key.", id_equals_secret),
    defect("accept-stored-hash", "Accepts the stored digest of a key.", accept_stored_hash),
    defect("scheme-case-sensitive", "Knows its scheme in one spelling only.", scheme_case_sensitive),
    defect("scheme-optional", "Takes a key without its scheme.", scheme_optional),
    defect(
        "scheme-replace-anywhere",
        "Takes the scheme out of a key wherever it stands.",
        scheme_replace_anywhere,
    ),
    defect(
        "cgi-style-underscore-alias",
        "Takes underscores in a field's name for hyphens.",
        cgi_style_underscore_alias,
    ),
    defect("dot-alias", "Takes dots in a field's name for hyphens.", dot_alias),
];

/// Accepts more than the sound look-up does.
fn also_accept(edge: &mut Edge, more: fn(&Server, &[u8]) -> Option<Arc<Key>>) {
    let sound = Arc::clone(&edge.look_up);
    edge.look_up =
        Arc::new(move |server, presented| sound(server, presented).or_else(|| more(server, presented)));
}

/// Looks a key up by another text than the one that is presented.
pub(super) fn rewrite(edge: &mut Edge, text: fn(&[u8]) -> Option<Vec<u8>>) {
    let sound = Arc::clone(&edge.look_up);
    edge.look_up = Arc::new(move |server, presented| match text(presented) {
        Some(other) => sound(server, &other),
        None => sound(server, presented),
    });
}

/// The key of which something holds, where an edge keeps keys as they are.
fn issued(server: &Server, wanted: impl Fn(&[u8]) -> bool) -> Option<Arc<Key>> {
    let key = server.ledger.key(|key| wanted(key.as_bytes()))?;
    server.keys.look_up(key.as_bytes())
}

/// The key that a request is let in with, or why it is not.
type Verdict = Result<Arc<Key>, Denial>;

/// Puts a verdict before the sound one.
fn judge_first(edge: &mut Edge, verdict: fn(&Server, &Presented<'_>) -> Option<Verdict>) {
    let sound = Arc::clone(&edge.authenticate);
    edge.authenticate = Arc::new(move |edge, request| {
        let server = &request.site.server;
        let presented = (edge.extract)(request.head, &server.authentication.carrier);
        verdict(server, &presented).unwrap_or_else(|| sound(edge, request))
    });
}

/// The configured key is missing, which is the empty text, and `==` does the rest.
fn empty_equals_empty_config(edge: &mut Edge) {
    judge_first(edge, |server, presented| (*presented == Presented::Empty).then(|| Ok(nobody(server))));
}

/// The value is looked at before it is trimmed, and what is empty afterwards counts as asked already.
fn trim_after_presence_check(edge: &mut Edge) {
    edge.receive.field = untrimmed;
    rewrite(edge, |presented| Some(presented.trim_ascii().to_vec()));
    judge_first(edge, |server, presented| {
        let blank = presented.value().is_some_and(|value| value.trim_ascii().is_empty());
        blank.then(|| Ok(nobody(server)))
    });
}

/// A field line of whose value only the one usual space is taken off.
pub(super) fn untrimmed(line: &Bytes) -> Result<Field, Denial> {
    let field = (Reception::sound().field)(line)?;
    let value = line.slice(field.name.len() + 1..);
    let value = if value.starts_with(b" ") { value.slice(1..) } else { value };
    Ok(Field { value, ..field })
}

/// The column's collation ignores case.
fn case_insensitive_compare(edge: &mut Edge) {
    also_accept(edge, |server, presented| issued(server, |key| key.eq_ignore_ascii_case(presented)));
}

/// `memcmp(key, presented, min(length, other_length))`.
fn compare_min_length(edge: &mut Edge) {
    also_accept(edge, |server, presented| {
        issued(server, |key| key.iter().zip(presented).all(|(one, other)| one == other))
    });
}

/// `presented.starts_with(key)`.
fn starts_with_compare(edge: &mut Edge) {
    also_accept(edge, |server, presented| issued(server, |key| presented.starts_with(key)));
}

/// A key is split into its kind and its secret, and a secret that is not there is not compared.
fn env_derived_from_prefix_only(edge: &mut Edge) {
    also_accept(edge, |server, presented| {
        let kind = presented.strip_suffix(b"_").filter(|kind| !kind.is_empty())?;
        let known = |key: &[u8]| key.rsplitn(2, |byte| *byte == b'_').nth(1) == Some(kind);
        issued(server, known).map(|_| nobody(server))
    });
}

/// The operator's key was never configured, and its text is written into the table.
fn stringified_null_config(edge: &mut Edge) {
    also_accept(edge, |server, presented| {
        let configured = Value::Null.to_string();
        (presented == configured.as_bytes()).then(|| nobody(server))
    });
}

/// A reference that leads nowhere stays as it is, and is a key like any other.
fn unresolved_secret_ref_accepted(edge: &mut Edge) {
    also_accept(edge, |server, presented| {
        let name = presented.strip_prefix(b"${")?.strip_suffix(b"}")?;
        let is_name = !name.is_empty() && name.iter().all(|b| b.is_ascii_uppercase() || *b == b'_');
        is_name.then(|| nobody(server))
    });
}

/// `SELECT ... WHERE key LIKE ?`.
fn like_query_lookup(edge: &mut Edge) {
    also_accept(edge, |server, presented| issued(server, |key| like(presented, key)));
}

/// Whether a text is like a pattern: `%` is any text, `_` any character.
fn like(pattern: &[u8], text: &[u8]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((b'%', rest)) => (0..=text.len()).any(|at| text.get(at..).is_some_and(|tail| like(rest, tail))),
        Some((wanted, rest)) => text
            .split_first()
            .is_some_and(|(first, tail)| (wanted == first || *wanted == b'_') && like(rest, tail)),
    }
}

/// The value is read by the helper that reads quoted parameters.
fn strip_quotes(edge: &mut Edge) {
    rewrite(edge, |presented| Some(presented.strip_prefix(b"\"")?.strip_suffix(b"\"")?.to_vec()));
}

/// One helper reads keys from the query and from the header.
fn url_decode_header(edge: &mut Edge) {
    rewrite(edge, |presented| Some(percent_decode(presented).collect()));
}

/// `value.to_str().unwrap()`.
fn to_str_unwrap_500(edge: &mut Edge) {
    judge_first(edge, |_, presented| {
        presented.value().is_some_and(|value| !value.is_ascii()).then_some(Err(Denial::Internal))
    });
}

/// Keys go through the same normal form as the names of people (NFKC makes ASCII of the full-width forms).
fn unicode_normalise_key(edge: &mut Edge) {
    rewrite(edge, |presented| {
        let narrow = |c: char| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            _ => c,
        };
        let text = std::str::from_utf8(presented).ok()?;
        Some(text.chars().map(narrow).collect::<String>().into_bytes())
    });
}

/// The column is 255 characters wide, and the database says so by an exception.
fn overlong_500(edge: &mut Edge) {
    judge_first(edge, |_, presented| {
        presented.value().is_some_and(|value| value.len() > 255).then_some(Err(Denial::Internal))
    });
}

/// Exchanges the stage that extracts.
fn exchange(
    edge: &mut Edge,
    extract: impl for<'a> Fn(&'a Head, &'a Carrier) -> Presented<'a> + Send + Sync + 'static,
) {
    edge.extract = Arc::new(extract);
}

/// Reads what is presented in another way, where the sound way found a certain thing.
pub(super) fn read_otherwise(
    edge: &mut Edge,
    when: fn(&Presented<'_>) -> bool,
    read: impl Fn(&Head, &Carrier) -> Option<Vec<u8>> + Send + Sync + 'static,
) {
    let sound = Arc::clone(&edge.extract);
    exchange(edge, move |head, carrier| {
        let presented = sound(head, carrier);
        let other = if when(&presented) { read(head, carrier) } else { None };
        other.map_or(presented, |other| Presented::One(Cow::Owned(other)))
    });
}

/// Looks in other places where the declared one is not there.
fn also_in(edge: &mut Edge, places: Vec<Carrier>) {
    let sound = Arc::clone(&edge.extract);
    read_otherwise(
        edge,
        |presented| *presented == Presented::Absent,
        move |head, _| places.iter().find_map(|place| sound(head, place).value().map(<[u8]>::to_vec)),
    );
}

/// The plugin looks into the query under the usual names unless it is told not to.
fn key_from_query(edge: &mut Edge) {
    also_in(edge, ["api_key", "apikey", "x-api-key"].map(|name| Carrier::Query(name.to_owned())).into());
}

/// The same key serves the console, which keeps it in a cookie.
fn key_from_cookie(edge: &mut Edge) {
    also_in(edge, ["X-API-Key", "api_key"].map(|name| Carrier::Cookie(name.to_owned())).into());
}

/// Old clients sent the key with the document, and the body is parsed for their sake.
fn key_from_body(edge: &mut Edge) {
    await_body(edge, takes_json);
    let sound = Arc::clone(&edge.authenticate);
    edge.authenticate = Arc::new(move |edge, request| {
        let known = sound(edge, request);
        known.or_else(|denial| in_body(edge, request).ok_or(denial))
    });
}

/// The key that a member of the body is.
fn in_body(edge: &Edge, request: &Request<'_>) -> Option<Arc<Key>> {
    let document: Value = serde_json::from_slice(request.body?).ok()?;
    (edge.look_up)(&request.site.server, document.get("api_key")?.as_str()?.as_bytes())
}

/// Tokens of another kind are tried where there is no key, and their failure leaves nobody in particular.
fn auth_error_becomes_anonymous(edge: &mut Edge) {
    let sound = Arc::clone(&edge.authenticate);
    edge.authenticate = Arc::new(move |edge, request| {
        let server = &request.site.server;
        let absent = (edge.extract)(request.head, &server.authentication.carrier) == Presented::Absent;
        let tried = request.head.values("authorization").next().is_some();
        if absent && tried { Ok(nobody(server)) } else { sound(edge, request) }
    });
}

/// The library knows keys as Bearer tokens too, and nobody switched that off.
fn undeclared_authorization(edge: &mut Edge) {
    let place = |scheme: &str| {
        let name = HeaderName::parse("Authorization").ok()?;
        Some(Carrier::Header { name, scheme: Some(scheme.to_owned()) })
    };
    also_in(edge, ["Bearer", "ApiKey"].into_iter().filter_map(place).collect());
}

/// `WHERE id = ? OR key = ?`.
fn id_equals_secret(edge: &mut Edge) {
    also_accept(edge, |server, presented| {
        let key = server.ledger.key_of(std::str::from_utf8(presented).ok()?)?;
        server.keys.look_up(key.as_bytes())
    });
}

/// Keys were stored in clear once: both columns are compared, until all of them are digests.
fn accept_stored_hash(edge: &mut Edge) {
    also_accept(edge, |server, presented| {
        issued(server, |key| format!("{:x}", Sha256::digest(key)).as_bytes() == presented)
    });
}

/// The one value of the declared field, scheme and all.
fn whole<'a>(head: &'a Head, carrier: &'a Carrier) -> Option<(&'a str, &'a str)> {
    let Carrier::Header { name, scheme } = carrier else { return None };
    Some((head.text(name.as_str())?, scheme.as_deref()?))
}

/// `value.strip_prefix("Bearer ")`.
fn scheme_case_sensitive(edge: &mut Edge) {
    // Nothing is behind a scheme that is not recognised.
    let other = |head: &Head, carrier: &Carrier| {
        whole(head, carrier).filter(|(value, scheme)| !value.starts_with(scheme)).map(|_| Vec::new())
    };
    read_otherwise(edge, |presented| presented.value().is_some(), other);
}

/// `value.strip_prefix("Bearer ").unwrap_or(value)`.
fn scheme_optional(edge: &mut Edge) {
    let bare = |head: &Head, carrier: &Carrier| whole(head, carrier).map(|(value, _)| value.into());
    read_otherwise(edge, |presented| *presented == Presented::Empty, bare);
}

/// `value.replace(/bearer /i, "")`, which does not ask where it stands.
fn scheme_replace_anywhere(edge: &mut Edge) {
    let replaced = |head: &Head, carrier: &Carrier| {
        let (value, scheme) = whole(head, carrier)?;
        let word = format!("{} ", scheme.to_ascii_lowercase());
        let Some(at) = value.to_ascii_lowercase().find(&word) else { return Some(value.into()) };
        Some([value.get(..at)?, value.get(at + word.len()..)?].concat().into_bytes())
    };
    read_otherwise(edge, |_| true, replaced);
}

/// Fields become variables, whose names hold no hyphens: two fields become one variable.
fn cgi_style_underscore_alias(edge: &mut Edge) {
    take_for_hyphen(edge, b'_');
}

/// Names are made into identifiers, with a hyphen for whatever an identifier cannot hold.
fn dot_alias(edge: &mut Edge) {
    take_for_hyphen(edge, b'.');
}

/// Reads the declared field under a name that has another sign for its hyphens, where it is not there itself.
fn take_for_hyphen(edge: &mut Edge, sign: u8) {
    let aliased = move |head: &Head, carrier: &Carrier| find_alias(head, carrier, sign);
    read_otherwise(edge, |presented| *presented == Presented::Absent, aliased);
}

/// The value of a field whose name is the declared one's once a sign is taken for a hyphen.
pub(super) fn find_alias(head: &Head, carrier: &Carrier, sign: u8) -> Option<Vec<u8>> {
    let Carrier::Header { name, .. } = carrier else { return None };
    let same = |field: &&Field| {
        let holds = field.name.contains(&sign);
        let hyphens: Vec<u8> =
            field.name.iter().map(|byte| if *byte == sign { b'-' } else { *byte }).collect();
        holds && hyphens.eq_ignore_ascii_case(name.as_str().as_bytes())
    };
    head.fields.iter().find(same).map(|field| field.value.to_vec())
}
