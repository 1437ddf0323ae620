//! Variants of an answer's header fields.

use std::borrow::Cow;

use super::{Variant, retouch, variant};
use crate::mock::edge::Edge;
use crate::mock::message::{Answer, Content};

/// The family.
pub(super) const FAMILY: &[Variant] = &[
    variant("extra-headers", "Sends the header fields that gateways and frameworks add.", extra_headers),
    variant("realm-wording", "Calls its realm by another name, with quotes and commas in it.", realm_wording),
    variant("scheme-case", "Writes the scheme of its challenges in lower case.", scheme_case),
    variant("two-challenges", "Offers a second scheme, in a field line of its own.", two_challenges),
    variant("media-type-spelling", "Writes media types in capitals, with a charset.", media_type_spelling),
    variant("cache-directives", "Says no-store among other directives.", cache_directives),
];

/// What a recipient does not know it ignores (RFC 9110 section 5.1).
fn extra_headers(edge: &mut Edge) {
    retouch(edge, |_, answer| {
        for (name, value) in [
            ("Via", "1.1 gateway"),
            ("Server", "edge"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("Referrer-Policy", "no-referrer"),
            ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
            ("Strict-Transport-Security", "max-age=63072000; includeSubDomains"),
            ("Content-Language", "en"),
            ("Alt-Svc", "clear"),
            ("X-Api-Version", "2026-01-01"),
        ] {
            answer.set(name, value);
        }
    });
}

/// A realm means something to its server alone (RFC 9110 section 11.5).
fn realm_wording(edge: &mut Edge) {
    retouch_challenges(edge, |challenge| {
        let (before, rest) = challenge.split_once("realm=\"")?;
        let behind = rest.get(end_of_quoted(rest)..).unwrap_or_default();
        Some(format!("{before}realm=\"api \\\"v2\\\", charged = 1 \\\\ call{behind}"))
    });
}

/// Where a quoted string ends whose first quote was taken: at a quote that is not escaped.
fn end_of_quoted(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.unwrap_or(text.len())
}

/// The case of a scheme does not count (RFC 9110 section 11.1).
fn scheme_case(edge: &mut Edge) {
    retouch_challenges(edge, |challenge| {
        let (scheme, rest) = challenge.split_once(' ')?;
        Some(format!("{} {rest}", scheme.to_ascii_lowercase()))
    });
}

/// A client takes the challenge that it understands (RFC 9110 section 11.6.1).
fn two_challenges(edge: &mut Edge) {
    retouch(edge, |_, answer| {
        if answer.status == 401 {
            let second = ("WWW-Authenticate".into(), "Signature realm=\"api\", headers=\"date\"".into());
            answer.fields.insert(0, second);
        }
    });
}

/// Types, parameter names and the charset's name have no case (RFC 9110 section 8.3.1).
fn media_type_spelling(edge: &mut Edge) {
    retouch(edge, |_, answer| {
        if let Content::Json { media_type, .. } = &mut answer.content {
            *media_type = Cow::Owned(format!("{} ; Charset=\"UTF-8\"", media_type.to_ascii_uppercase()));
        }
    });
}

/// Directives are a list in any order and any case (RFC 9111 section 5.2).
fn cache_directives(edge: &mut Edge) {
    retouch(edge, |_, answer| {
        let kept = |(name, value): &(Cow<'_, str>, Cow<'_, str>)| {
            name.eq_ignore_ascii_case("cache-control") && value == "no-store"
        };
        if answer.fields.iter().any(kept) {
            answer.set("Cache-Control", "private, max-age=0, No-Store");
            answer.set("Pragma", "no-cache");
        }
    });
}

fn retouch_challenges(edge: &mut Edge, touch: fn(&str) -> Option<String>) {
    let touch_all = move |answer: &mut Answer| {
        let challenges =
            answer.fields.iter_mut().filter(|(name, _)| name.eq_ignore_ascii_case("www-authenticate"));
        for (_, value) in challenges {
            if let Some(touched) = touch(value) {
                *value = Cow::Owned(touched);
            }
        }
    };
    retouch(edge, move |_, answer| touch_all(answer));
}
