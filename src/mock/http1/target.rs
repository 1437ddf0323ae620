//! The request target (RFC 9112 section 3.2).

use crate::mock::edge::Denial;
use crate::mock::message::Target;

use super::field;

/// The longest target that is taken, in bytes (RFC 9112 section 3 recommends at least 8000).
pub(crate) const TARGET_LIMIT: usize = 8000;

/// Reads a target in any of its four forms. A space, a `#`, a control character or a byte beyond ASCII has no
/// place in it and is never repaired: section 3.2 calls such repair a way around security filters.
///
/// # Errors
/// A target that is too long, or not one.
pub(super) fn target(method: &http::Method, text: &[u8]) -> Result<Target, Denial> {
    if text.len() > TARGET_LIMIT {
        return Err(Denial::TargetTooLong);
    }
    if text.iter().any(|byte| !byte.is_ascii_graphic() || *byte == b'#') {
        return Err(Denial::Malformed("The request target holds a character that has no place in it."));
    }
    let text =
        std::str::from_utf8(text).map_err(|_| Denial::Malformed("The request target is not ASCII."))?;
    form(method, text).ok_or(Denial::Malformed("The request target is in none of its forms."))
}

fn form(method: &http::Method, text: &str) -> Option<Target> {
    if *method == http::Method::CONNECT {
        let path = String::new();
        return field::authority(text.as_bytes()).then(|| Target {
            authority: Some(text.to_owned()),
            path,
            query: None,
        });
    }
    if text == "*" {
        return (*method == http::Method::OPTIONS).then(|| origin(None, "*"));
    }
    if text.starts_with('/') {
        return Some(origin(None, text));
    }
    let (scheme, rest) = text.split_once("://")?;
    let known = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    (known && field::authority(authority.as_bytes())).then(|| origin(Some(authority.to_owned()), path))
}

/// A path and its query; an absent path of an absolute target is `/` (RFC 9110 section 4.2.3).
fn origin(authority: Option<String>, text: &str) -> Target {
    let (path, query) = match text.split_once('?') {
        Some((path, query)) => (path, Some(query.to_owned())),
        None => (text, None),
    };
    let path = if path.is_empty() { "/".to_owned() } else { path.to_owned() };
    Target { authority, path, query }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;

    #[test]
    fn every_form_of_a_target_is_read() {
        let read = |method, text: &str| target(&method, text.as_bytes()).unwrap();
        assert_eq!(read(Method::GET, "/a/b?c=d?e").query.as_deref(), Some("c=d?e"));
        let absolute = read(Method::GET, "http://x:80/a?b");
        assert_eq!((absolute.authority.as_deref(), absolute.path.as_str()), (Some("x:80"), "/a"));
        assert_eq!(read(Method::GET, "http://x?b").path, "/");
        assert_eq!(read(Method::OPTIONS, "*").path, "*");
        assert_eq!(read(Method::CONNECT, "x:443").authority.as_deref(), Some("x:443"));
    }

    #[test]
    fn what_is_not_a_target_is_refused() {
        for text in ["a", "*", "", "/a#b", "ftp://x/", "http://u@x/", "http:///a", "/a\x7f"] {
            assert!(target(&Method::GET, text.as_bytes()).is_err(), "{text}");
        }
        assert!(target(&Method::GET, b"/\xff").is_err());
        assert!(target(&Method::CONNECT, b"/a").is_err());
        let long = format!("/{}", "a".repeat(TARGET_LIMIT));
        assert_eq!(target(&Method::GET, long.as_bytes()), Err(Denial::TargetTooLong));
    }
}
