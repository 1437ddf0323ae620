//! The formats of text that the schemas name, each with the parser that decides and explains.

use super::sent;
use super::value::{HeaderName, JsonPath, Method, Millis, Pattern, Rate};

/// Says what is wrong with a text, as a fragment of a sentence.
type Parse = fn(&str) -> Result<(), String>;

/// Every format, by its name.
pub(super) const ALL: [(&str, Parse); 15] = [
    ("json-path", |text| JsonPath::parse(text).map(drop)),
    ("pattern", |text| Pattern::parse(text).map(drop)),
    ("header-name", |text| HeaderName::parse(text).map(drop)),
    ("http-method", |text| Method::parse(text).map(drop)),
    ("duration-text", |text| Millis::parse(text).map(drop)),
    ("wait-text", |text| Millis::wait(text).map(drop)),
    ("rate", |text| Rate::parse(text).map(drop)),
    ("base-url", base_url),
    ("call-url", call_url),
    ("path-template", path_template),
    ("one-line", one_line),
    ("field-value", sent::field_value),
    ("cookie-name", sent::cookie_name),
    ("query-name", sent::query_name),
    ("path-segment", sent::path_segment),
];

/// What is wrong with a text of a format.
pub(super) fn problem(format: &str, text: &str) -> Option<String> {
    let (_, parse) = ALL.iter().find(|(name, _)| *name == format)?;
    parse(text).err()
}

/// Scheme, host, port and perhaps a path: no key, no query and nothing that a request would not carry.
fn base_url(text: &str) -> Result<(), String> {
    let fail = |problem: &str| Err(problem.to_owned());
    let url: http::Uri = match text.parse() {
        Ok(url) => url,
        Err(_) => {
            return fail("it is not a URL; write it as `https://host`, `https://host:port` or with a path");
        }
    };
    if !matches!(url.scheme_str(), Some("http" | "https")) {
        return fail("it starts with neither `http://` nor `https://`");
    }
    let Some(authority) = url.authority() else { return fail("it has no host") };
    if authority.as_str().contains('@') {
        return fail("it holds a user name or password; a key belongs under `credentials`");
    }
    if authority.host().is_empty() || authority.as_str().starts_with(':') {
        return fail("it has no host");
    }
    if text.contains('?') {
        return fail("it has a query; the paths of operations are put behind it");
    }
    if text.contains('#') {
        return fail("it has a fragment, which no request carries");
    }
    let port = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
    let sound = port.is_empty()
        || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok_and(|p| p > 0));
    if sound { Ok(()) } else { fail("its port is not a number from 1 to 65535") }
}

/// A whole address, in which braces stand behind the host alone.
fn call_url(text: &str) -> Result<(), String> {
    let behind = text.split_once("://").map_or("", |(_, behind)| behind);
    let (host, path) = behind.split_at(behind.find('/').unwrap_or(behind.len()));
    if host.contains(['{', '}']) {
        return Err("what is filled in stands behind the host, so that a key goes nowhere else".to_owned());
    }
    if path.contains('#') {
        return Err("it has a fragment, which no request carries".to_owned());
    }
    if path.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("an address holds no spaces and no control characters".to_owned());
    }
    base_url(text.strip_suffix(path).unwrap_or(text))
}

/// A path with `{name}` for its parameters.
fn path_template(text: &str) -> Result<(), String> {
    if !text.starts_with('/') {
        return Err("a path starts with `/`".to_owned());
    }
    if text.contains(['?', '#']) {
        return Err("a path ends before `?` and `#`".to_owned());
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("a path holds no spaces and no control characters".to_owned());
    }
    parameters(text).map(drop)
}

/// The names of the parameters of a path, in order.
///
/// # Errors
/// Which brace is not balanced, or which name is not one.
pub fn parameters(path: &str) -> Result<Vec<&str>, String> {
    let mut names = Vec::new();
    let mut rest = path;
    while let Some(brace) = rest.find(['{', '}']) {
        let (_, tail) = rest.split_at(brace);
        let inside = tail.strip_prefix('{').ok_or("a `}` closes no `{`")?;
        let (name, tail) = inside.split_once('}').ok_or("a `{` is never closed")?;
        super::value::Name::parse(name)
            .map_err(|sentence| format!("a parameter is `{{name}}`, and {sentence}"))?;
        names.push(name);
        rest = tail;
    }
    Ok(names)
}

/// Text that fits in a line of a report.
fn one_line(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    if text.chars().any(char::is_control) {
        return Err("it holds a line break or another control character".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_is_a_scheme_a_host_and_perhaps_a_port_and_a_path() {
        let sound = [
            "http://127.0.0.1:8080",
            "https://api.example.com",
            "https://h/v1/",
            "http://[::1]:80",
            "http://localhost",
        ];
        for url in sound {
            assert_eq!(base_url(url), Ok(()), "{url}");
        }
        let unsound = [
            "",
            "api.example.com",
            "/v1",
            "ftp://h",
            "http://",
            "http://:80",
            "http://u:p@h",
            "http://u@h",
            "http://h?x=1",
            "http://h/#x",
            "http://h:0",
            "http://h:99999",
            "http://h:x",
            "http://h h",
        ];
        for url in unsound {
            assert!(base_url(url).is_err(), "{url}");
        }
    }

    #[test]
    fn an_address_that_is_called_is_filled_in_behind_its_host() {
        for url in ["http://127.0.0.1:8090/keys/{credential}/x?at={at}", "https://h", "http://h/"] {
            assert_eq!(call_url(url), Ok(()), "{url}");
        }
        for url in
            ["", "/keys", "http://{id}.example/", "ftp://h/", "http://h/#x", "http://u:p@h/", "http://h/a b"]
        {
            assert!(call_url(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_path_template_is_absolute_and_its_braces_are_balanced() {
        assert_eq!(parameters("/v1/{a}/x/{b-c}"), Ok(vec!["a", "b-c"]));
        for path in ["v1", "/a b", "/{a", "/a}", "/{}", "/{A}", "/{a/{b}}", "/x?y", "/x#y", "/a\nb"] {
            assert!(path_template(path).is_err(), "{path}");
        }
    }
}
