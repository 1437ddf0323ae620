//! Texts that are sent as they stand, in a place where some characters would make another request of it.

/// Signs that a segment of a path may hold as they are (RFC 3986 section 3.3), letters and digits aside.
const OF_SEGMENT: &str = "-._~!$&'()*+,;=:@";
/// The same of the name of a parameter in a query, which `&`, `;` and `=` end, and where `+` is a space.
const OF_QUERY_NAME: &str = "-._~!$()*,:@/?[]";

/// What a header field can hold (RFC 9110 section 5.5).
pub(super) fn field_value(text: &str) -> Result<(), String> {
    let control = |c: char| c.is_ascii_control() && c != '\t';
    match text.chars().find(|c| control(*c)) {
        None => Ok(()),
        Some('\r' | '\n') => Err("it holds a line break, which would end the field".to_owned()),
        Some(_) => Err("it holds a control character, which no field can hold; leave it out".to_owned()),
    }
}

/// The name of a cookie (RFC 6265 section 4.1.1).
pub(super) fn cookie_name(text: &str) -> Result<(), String> {
    let sound = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let token = text.chars().all(sound);
    if token { Ok(()) } else { Err("it is a token: no spaces, and none of `=`, `;` and `,`".to_owned()) }
}

/// The name of a parameter in a query, as it stands there.
pub(super) fn query_name(text: &str) -> Result<(), String> {
    encoded(text, OF_QUERY_NAME)
}

/// What stands for a parameter of a path: one segment, which is not taken out on the way (RFC 3986 section 5.2.4).
pub(super) fn path_segment(text: &str) -> Result<(), String> {
    match text.to_ascii_lowercase().replace("%2e", ".").as_str() {
        "" => Err("it is empty, and the path would be another one".to_owned()),
        "." | ".." => Err("it leads to another path".to_owned()),
        _ => encoded(text, OF_SEGMENT),
    }
}

/// Whether everything else than letters, digits and these signs is percent-encoded (RFC 3986 section 2.1).
fn encoded(text: &str, signs: &str) -> Result<(), String> {
    for (at, c) in text.char_indices() {
        let escape = || text.get(at + 1..at + 3).is_some_and(|it| it.bytes().all(|b| b.is_ascii_hexdigit()));
        if c.is_ascii_alphanumeric() || signs.contains(c) || (c == '%' && escape()) {
            continue;
        }
        let bytes = c.to_string().into_bytes();
        let written = bytes.iter().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
        let shown = if c.is_control() { "a control character".to_owned() } else { format!("`{c}`") };
        return Err(format!("it holds {shown}; write that as `{written}`"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_holds_no_control_characters() {
        for text in ["", "Bearer", "multipart/form-data; boundary=\"a b\"", "a\tb", "\u{e9}"] {
            assert_eq!(field_value(text), Ok(()), "{text:?}");
        }
        for text in ["a\r\nb", "a\n", "\0", "a\u{7f}"] {
            assert!(field_value(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn what_stands_in_an_address_says_how_it_would_be_written_there() {
        for text in ["9780131103627", "sub_0", "a%20b", "urn:isbn:1", "a;b=c,d", "..."] {
            assert_eq!(path_segment(text), Ok(()), "{text}");
        }
        for (text, cure) in [
            ("a/b", "%2F"),
            ("a?b", "%3F"),
            ("a b", "%20"),
            ("100%", "%25"),
            ("\u{e9}", "%C3%A9"),
            ("a\r", "%0D"),
        ] {
            let problem = path_segment(text).unwrap_err();
            assert!(problem.ends_with(&format!("write that as `{cure}`")), "{text}: {problem}");
        }
        for text in ["", ".", "..", "%2e.", "{id}"] {
            assert!(path_segment(text).is_err(), "{text}");
        }
        assert!(
            query_name("api_key").is_ok() && query_name("auth[key]").is_ok() && query_name("a&b").is_err()
        );
        assert!(cookie_name("__Host-session").is_ok() && cookie_name("a=b").is_err());
    }
}
