//! Which parts of a text are never shown: a key that somebody typed into a document by mistake must not reach
//! a terminal or a build log through the message that complains about it.
//!
//! This module only says where such parts are; [`super::render`] covers them.

use std::collections::BTreeSet;

use super::Span;

/// The entry under which every value is hidden, however deep.
const KEY: &str = "key";

/// Other entries whose value is hidden: the words that people use for a key.
const SYNONYMS: [&str; 7] = ["api_key", "apikey", "api-key", "fixture", "password", "secret", "token"];

/// The longest entry name below a `key` that is shown: no key is as short.
const LONGEST_WORD: usize = 12;

/// What a run of characters must be to look like a key wherever it stands.
const SHORTEST_RUN: usize = 20;
const FEWEST_DIGITS: usize = 3;
const FEWEST_DISTINCT: usize = 8;

/// Whether everything below an entry of this name is hidden.
pub(super) fn hides_all(name: &str) -> bool {
    name == KEY
}

/// Whether a plain value of an entry of this name is hidden: `key`, its misspellings and its synonyms.
pub(super) fn hides_value(name: &str) -> bool {
    if name.len() > LONGEST_WORD {
        return false;
    }
    let name = name.to_ascii_lowercase();
    strsim::osa_distance(&name, KEY) <= 1 || SYNONYMS.contains(&&*name)
}

/// Whether the name of an entry below a `key` is hidden: `key: {sk_live_...}` is a mapping with a name only.
pub(super) fn hides_name(name: &str) -> bool {
    name.len() > LONGEST_WORD
}

/// Hidden parts of a text that has no tree: behind `key:`, to the end of the line and of the lines indented
/// below it.
pub(super) fn by_line(text: &str) -> Vec<Span> {
    let mut hidden = Vec::new();
    let mut block: Option<usize> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        let blank = line.trim().is_empty();
        if block.is_some_and(|block| blank || indent > block) {
            hidden.push(start..start + line.len());
        } else {
            let from = hidden_from(line);
            block = from.map(|_| indent);
            hidden.extend(from.map(|from| start + from..start + line.len()));
        }
        start += line.len();
    }
    hidden
}

/// Hidden parts of a text whose tree does not show them: a key that begins like an anchor, an alias or a tag is none of a
/// node's text, to the end of its line or of its entry.
pub(super) fn by_property(text: &str) -> Vec<Span> {
    let mut hidden = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let rest = hidden_from(line).and_then(|from| Some((from, line.get(from..)?)));
        if let Some((from, rest)) = rest.filter(|(_, rest)| rest.trim_start().starts_with(['&', '*', '!'])) {
            // Between braces the next entry begins behind a comma and a space, which no key holds.
            let in_braces = line.get(..from).is_some_and(|before| before.contains(['{', '[']));
            let length = rest.find(", ").filter(|_| in_braces).unwrap_or(rest.len());
            hidden.push(start + from..start + from + length);
        }
        start += line.len();
    }
    hidden
}

/// Runs of characters that look like a key, wherever they stand: long, with digits, and hardly repeating.
pub(super) fn by_shape(text: &str) -> Vec<Span> {
    let mut hidden = Vec::new();
    let mut start = 0;
    for part in text.split_inclusive(|c: char| !is_of_key(c)) {
        let run = part.trim_end_matches(|c: char| !is_of_key(c));
        if looks_like_key(run) {
            hidden.push(start..start + run.len());
        }
        start += part.len();
    }
    hidden
}

/// Parts of addresses in which keys and passwords stand: what is before an `@`, and a query.
pub(super) fn by_address(text: &str) -> Vec<Span> {
    let mut hidden = Vec::new();
    for (at, mark) in text.match_indices("://") {
        let start = at + mark.len();
        let rest = text.get(start..).unwrap_or_default();
        let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`');
        let address = rest.split(ends).next().unwrap_or_default();
        hidden.extend(address.rfind('@').map(|user| start..start + user));
        hidden.extend(address.find('?').map(|query| start + query + 1..start + address.len()));
    }
    hidden.retain(|span| !span.is_empty());
    hidden
}

/// Whether a message may repeat a text that nothing else is known of.
pub(super) fn may_be_repeated(text: &str) -> bool {
    by_shape(text).is_empty() && by_address(text).is_empty()
}

fn is_of_key(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '=')
}

fn looks_like_key(run: &str) -> bool {
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    let distinct = || run.bytes().collect::<BTreeSet<_>>().len();
    run.len() >= SHORTEST_RUN && digits >= FEWEST_DIGITS && distinct() >= FEWEST_DISTINCT
}

/// Spans in order, those that overlap or touch made one.
pub(super) fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable_by_key(|span| span.start);
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

/// Whether a span shares anything with the hidden ones, which are [`merged`].
pub(super) fn is_hidden(hidden: &[Span], span: &Span) -> bool {
    let next = hidden.partition_point(|hidden| hidden.end <= span.start);
    hidden.get(next).is_some_and(|hidden| hidden.start < span.end)
}

/// Where the hidden rest of a line begins.
fn hidden_from(line: &str) -> Option<usize> {
    let colons = line.match_indices(':').map(|(at, _)| at);
    colons.into_iter().find(|&at| line.get(..at).is_some_and(ends_in_hiding_name)).map(|at| at + 1)
}

fn ends_in_hiding_name(text: &str) -> bool {
    let text = text.trim_end().trim_end_matches(['"', '\'']);
    let tail = text.len() - LONGEST_WORD.min(text.len());
    let tail = (tail..=text.len()).find_map(|at| text.get(at..)).unwrap_or_default();
    let name = tail.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-').next();
    name.is_some_and(|name| !name.is_empty() && hides_value(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_keys_hide_their_values_and_other_entries_do_not() {
        for name in ["key", "kye", "keys", "Key", "api_key", "fixture"] {
            assert!(hides_value(name), "{name}");
        }
        for name in ["api", "key_pattern", "allows", "state", "header"] {
            assert!(!hides_value(name), "{name}");
        }
    }

    #[test]
    fn what_looks_like_a_key_is_hidden_wherever_it_stands() {
        let text = "x: [lp_any_Qm7tR2xVb9LkD4sJw8, sub_0000000000000000, a-very-long-name-of-a-thing]";
        let found: Vec<_> = by_shape(text).into_iter().map(|span| &text[span]).collect();
        assert_eq!(found, ["lp_any_Qm7tR2xVb9LkD4sJw8"]);
    }

    #[test]
    fn a_user_a_password_and_a_query_of_an_address_are_hidden() {
        let text =
            "a: http://u:pa@ss@h/x\nb: \"https://h/p?token=a&b=c\"\nc: http://h:80/p\nd: 'http://u@h?'";
        let found: Vec<_> = by_address(text).into_iter().map(|span| &text[span]).collect();
        assert_eq!(found, ["u:pa@ss", "token=a&b=c", "u"]);
    }

    #[test]
    fn a_key_that_begins_like_an_anchor_an_alias_or_a_tag_is_hidden_to_the_end_of_its_line() {
        for mark in ["&", "*", "!"] {
            let text = format!("a: 1\nkey: {mark}one#two,three\nallows: {mark}shown\n");
            let found: Vec<_> = by_property(&text).into_iter().map(|span| text[span].to_owned()).collect();
            assert_eq!(found, [format!(" {mark}one#two,three\n")]);
        }
    }

    #[test]
    fn spans_that_touch_are_one() {
        assert_eq!(merged(vec![4..6, 0..2, 1..3, 6..7]), [0..3, 4..7]);
        assert!(is_hidden(&[0..3, 4..7], &(2..4)) && !is_hidden(&[0..3, 4..7], &(3..4)));
    }

    #[test]
    fn without_a_tree_the_rest_of_a_key_line_and_its_block_are_hidden() {
        let text = "a:\n  \"key\": 'one\n    two\n  id: x\n  b: { key: three }\n";
        let shown: Vec<_> = by_line(text).into_iter().map(|span| &text[span]).collect();
        assert_eq!(shown, [" 'one\n", "    two\n", " three }\n"]);
    }
}
