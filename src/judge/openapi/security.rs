//! The security of an operation: declared, defined, and not met by nothing.

use serde_json::Value;

use super::Judgement;
use super::lookup::{Described, escaped, resolved};

/// The alternatives that an operation's security offers, and where they stand.
fn effective<'a>(document: &'a Value, found: &Described<'a>) -> Option<(&'a [Value], String)> {
    let own =
        found.operation.get("security").map(|security| (security, format!("{}/security", found.pointer)));
    let (security, pointer) = own.or_else(|| Some((document.get("security")?, "/security".to_owned())))?;
    Some((security.as_array()?, pointer))
}

/// The schemes that its security names, each with the place where it is named.
fn named<'a>(document: &'a Value, found: &Described<'a>) -> Vec<(&'a str, &'a Value, String)> {
    let Some((alternatives, pointer)) = effective(document, found) else { return Vec::new() };
    let numbered = (0..).zip(alternatives).filter_map(|(at, one): (usize, _)| Some((at, one.as_object()?)));
    let named = numbered.flat_map(|(at, one)| one.iter().map(move |(name, roles)| (at, name, roles)));
    named
        .map(|(at, name, roles)| (name.as_str(), roles, format!("{pointer}/{at}/{}", escaped(name))))
        .collect()
}

/// The security names only schemes that are defined whole (Security Requirement Object, Security Scheme Object).
pub(super) fn declared(document: &Value, found: &Described<'_>) -> Judgement {
    if effective(document, found).is_none() {
        let place = &found.pointer;
        return Judgement::new(false, format!("{place} has no `security`, and neither has the document"));
    }
    let schemes = named(document, found);
    let wrong = schemes.iter().find_map(|(name, _, place)| {
        unsound(document, name).map(|problem| format!("{place} names a scheme, and {problem}"))
    });
    let names: Vec<_> = schemes.iter().map(|(name, _, _)| *name).collect();
    let seen = || format!("{} is secured by {}", found.pointer, names.join(", "));
    Judgement::new(wrong.is_none(), wrong.unwrap_or_else(seen))
}

/// What is wrong with the definition of a scheme.
fn unsound(document: &Value, name: &str) -> Option<String> {
    let place = format!("/components/securitySchemes/{}", escaped(name));
    let Some(scheme) = document.pointer(&place) else { return Some(format!("there is no {place}")) };
    let Some((scheme, place)) = resolved(document, scheme, place.clone()) else {
        return Some(format!("the reference at {place} leads nowhere"));
    };
    let text = |member: &str| scheme.get(member).and_then(Value::as_str).filter(|text| !text.is_empty());
    let required: &[&str] = match text("type") {
        Some("apiKey") => &["name", "in"],
        Some("http") => &["scheme"],
        Some("openIdConnect") => &["openIdConnectUrl"],
        Some("oauth2") if scheme.get("flows").is_some_and(Value::is_object) => &[],
        Some("oauth2") => return Some(format!("{place} has no `flows`")),
        Some("mutualTLS") => &[],
        Some(other) => return Some(format!("{place} has the type `{other}`, which there is not")),
        None => return Some(format!("{place} has no `type`")),
    };
    if let Some(member) = required.iter().find(|member| text(member).is_none()) {
        return Some(format!("{place} has no `{member}`"));
    }
    let inside = text("in").unwrap_or("header");
    let known = ["header", "query", "cookie"].contains(&inside);
    (!known).then(|| format!("{place} is in `{inside}`, where no key can be"))
}

/// The security cannot be met by nothing: it is no empty list, and has no alternative that asks for nothing.
pub(super) fn not_anonymous(document: &Value, found: &Described<'_>) -> Judgement {
    let Some((alternatives, pointer)) = effective(document, found) else {
        return Judgement::new(true, format!("{} has no security to look at", found.pointer));
    };
    let nothing = |one: &Value| one.as_object().is_some_and(serde_json::Map::is_empty);
    let seen = match alternatives.iter().position(nothing) {
        _ if alternatives.is_empty() => format!("{pointer} is empty: it asks for nothing"),
        Some(at) => format!("{pointer}/{at} asks for nothing, and one alternative is enough"),
        None => return Judgement::new(true, format!("every alternative of {pointer} asks for something")),
    };
    Judgement::new(false, seen)
}

/// The security names roles or permissions: in 3.1 the list of every scheme may hold them.
pub(super) fn roles(document: &Value, found: &Described<'_>) -> Judgement {
    let schemes = named(document, found);
    let silent = schemes.iter().find(|(_, roles, _)| roles.as_array().is_none_or(Vec::is_empty));
    match (silent, schemes.is_empty()) {
        (Some((_, _, place)), _) => Judgement::new(false, format!("{place} names no role")),
        (None, true) => Judgement::new(false, format!("{} names no scheme", found.pointer)),
        (None, false) => Judgement::new(true, format!("the schemes of {} name roles", found.pointer)),
    }
}

/// A header parameter of this name is ignored, so that nothing is said by it (Parameter Object, `name`).
pub(super) fn no_shadowed_field(document: &Value, found: &Described<'_>) -> Judgement {
    let levels = [(found.operation, &found.pointer), (found.item, &found.item_pointer)];
    for (level, pointer) in levels {
        let parameters = level.get("parameters").and_then(Value::as_array).map(Vec::as_slice);
        for (at, parameter) in parameters.unwrap_or_default().iter().enumerate() {
            let place = format!("{pointer}/parameters/{at}");
            let Some((parameter, place)) = resolved(document, parameter, place) else { continue };
            let text = |member: &str| parameter.get(member).and_then(Value::as_str).unwrap_or_default();
            if text("in") == "header" && text("name").eq_ignore_ascii_case("authorization") {
                let seen = format!("{place} is a parameter called {}, which is ignored", text("name"));
                return Judgement::new(false, seen);
            }
        }
    }
    Judgement::new(true, format!("{} has no parameter that is ignored", found.pointer))
}
