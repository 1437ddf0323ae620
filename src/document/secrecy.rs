//! Which parts of a text are never shown: a key that somebody typed into a document by mistake must not reach
//! a terminal or a build log through the message that complains about it.
//!
//! This module only says where such parts are; [`super::render`] covers them.

use super::Span;

/// The entry under which every value is hidden, however deep.
const KEY: &str = "key";

/// Other entries whose value is hidden: the words that people use for a key.
const SYNONYMS: [&str; 7] = ["api_key", "apikey", "api-key", "fixture", "password", "secret", "token"];

/// The longest entry name below a `key` that is shown: no key is as short.
const LONGEST_WORD: usize = 12;

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
    fn without_a_tree_the_rest_of_a_key_line_and_its_block_are_hidden() {
        let text = "a:\n  \"key\": 'one\n    two\n  id: x\n  b: { key: three }\n";
        let shown: Vec<_> = by_line(text).into_iter().map(|span| &text[span]).collect();
        assert_eq!(shown, [" 'one\n", "    two\n", " three }\n"]);
    }
}
