//! The path of a request under a twist. Templates (`{name}`) stay what they are.

use super::forge::Dice;
use crate::contract::Contract;
use crate::scenario::PathTwist;

/// What stands for the path of a public operation.
pub(super) const PUBLIC: &str = "{public}";

/// The path of the first public operation, or what it would most likely be.
pub(super) fn public(contract: &Contract) -> &str {
    let path = contract.public.first().map_or("/healthz", |operation| operation.path.as_str());
    path.split('?').next().unwrap_or_default()
}

/// A path under a twist; a query that it has already stays behind it.
pub(super) fn twisted(twist: &PathTwist, path: &str, (public, dice): (&str, &mut Dice)) -> String {
    match path.split_once('?') {
        Some((path, query)) => {
            let path = twisted(twist, path, (public, dice));
            let joint = if path.contains('?') { '&' } else { '?' };
            format!("{path}{joint}{query}")
        }
        None => twisted_bare(twist, path, (public, dice)),
    }
}

fn twisted_bare(twist: &PathTwist, path: &str, (public, dice): (&str, &mut Dice)) -> String {
    let filled = |text: &String| text.replace(PUBLIC, public);
    match twist {
        PathTwist::Unknown(text) => {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            format!("{folder}/{text}{:08x}", dice.next_u64() >> 32)
        }
        PathTwist::Append(text) => format!("{path}{}", filled(text)),
        PathTwist::Prepend(text) => format!("{}{path}", filled(text)),
        PathTwist::Query(query) => format!("{path}?{}", filled(query)),
        PathTwist::Upper(true) => upper(path),
        PathTwist::Upper(false) => path.to_owned(),
        PathTwist::LastSlash(text) => {
            path.rsplit_once('/').map_or(path.to_owned(), |parts| last_slash(parts, text))
        }
        PathTwist::LastSegment(text) => {
            path.rsplit_once('/').map_or(path.to_owned(), |(folder, _)| format!("{folder}/{}", filled(text)))
        }
        PathTwist::FirstSegment(text) => first_segment(path, text),
        PathTwist::Escape(times) => escape(path, *times),
    }
}

/// Every letter that stands in no template, with whether it does.
fn marked(path: &str) -> impl Iterator<Item = (usize, char, bool)> {
    let mut inside = false;
    path.char_indices().map(move |(at, c)| {
        inside = (inside || c == '{') && c != '}';
        (at, c, inside)
    })
}

fn upper(path: &str) -> String {
    marked(path).map(|(_, c, inside)| if inside { c } else { c.to_ascii_uppercase() }).collect()
}

/// The path with something else in place of its last slash. Where that is its first one too it stays, for a path begins with
/// one (RFC 9112 section 3.2.1), and the other thing follows it.
fn last_slash((folder, last): (&str, &str), text: &str) -> String {
    let first = if folder.is_empty() && !text.starts_with('/') { "/" } else { "" };
    format!("{folder}{first}{text}{last}")
}

/// The path with another first segment; an empty one takes its slash along.
fn first_segment(path: &str, text: &str) -> String {
    let rest = path.trim_start_matches('/').split_once('/').map_or("", |(_, rest)| rest);
    if text.is_empty() { format!("/{rest}") } else { format!("/{text}/{rest}") }
}

/// The path with its last letter as an escape, whose `%` is escaped again each further time.
fn escape(path: &str, times: usize) -> String {
    let last = marked(path).filter(|(_, c, inside)| c.is_ascii_alphabetic() && !inside).last();
    let Some((at, letter, _)) = last.filter(|_| times > 0) else { return path.to_owned() };
    let again = "25".repeat(times.saturating_sub(1));
    let (before, rest) = (&path[..at], &path[at + letter.len_utf8()..]);
    format!("{before}%{again}{:02X}{rest}", u32::from(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(twist: &PathTwist, path: &str) -> String {
        twisted(twist, path, ("/up", &mut Dice::new(0, "")))
    }

    #[test]
    fn a_template_stays_what_it_is() {
        assert_eq!(path(&PathTwist::Upper(true), "/v1/book/{isbn}/x"), "/V1/BOOK/{isbn}/X");
        assert_eq!(path(&PathTwist::Escape(1), "/v1/book/{isbn}"), "/v1/boo%6B/{isbn}");
        assert_eq!(path(&PathTwist::Escape(1), "/1"), "/1");
    }

    #[test]
    fn an_escape_can_be_escaped_again() {
        assert_eq!(path(&PathTwist::Escape(1), "/v1/boot"), "/v1/boo%74");
        assert_eq!(path(&PathTwist::Escape(2), "/v1/boot"), "/v1/boo%2574");
        assert_eq!(path(&PathTwist::Escape(3), "/v1/boot"), "/v1/boo%252574");
    }

    #[test]
    fn segments_and_slashes_are_exchanged() {
        let last_slash = |text: &str| path(&PathTwist::LastSlash(text.to_owned()), "/v1/books");
        assert_eq!((last_slash("//"), last_slash("%2f")), ("/v1//books".into(), "/v1%2fbooks".into()));
        let alone = |text: &str| path(&PathTwist::LastSlash(text.to_owned()), "/books");
        assert_eq!((alone("//"), alone("%2f")), ("//books".into(), "/%2fbooks".into()));
        let first = |text: &str| path(&PathTwist::FirstSegment(text.to_owned()), "/v1/books/new");
        assert_eq!((first("v0"), first("")), ("/v0/books/new".into(), "/books/new".into()));
    }

    #[test]
    fn a_query_stays_behind_the_path() {
        assert_eq!(path(&PathTwist::Append("/".to_owned()), "/a?b=/c"), "/a/?b=/c");
        assert_eq!(path(&PathTwist::LastSlash("//".to_owned()), "/a?b=/c"), "//a?b=/c");
        assert_eq!(path(&PathTwist::Query("d=e".to_owned()), "/a?b=/c"), "/a?d=e&b=/c");
    }

    #[test]
    fn the_path_of_a_public_operation_is_filled_in() {
        assert_eq!(path(&PathTwist::Prepend("{public}/..;".to_owned()), "/a"), "/up/..;/a");
        assert_eq!(path(&PathTwist::Query("next={public}".to_owned()), "/a"), "/a?next=/up");
    }
}
