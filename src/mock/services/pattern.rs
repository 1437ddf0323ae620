//! Text that a regular expression finds itself in, for the plain kind of expression that contracts hold.

use crate::document::Pattern;

/// Texts that many expressions match, tried when none can be derived.
const USUAL: [&str; 6] = [
    "present",
    "1",
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "0b6c4f0e-9d5e-4c58-8f0a-5a3d1c2b4e6f",
    "a@b.example",
];

/// Text that a pattern matches, where some is found: sequences, classes, groups, alternatives and repetitions
/// are understood; the outcome is always checked against the pattern itself.
pub(super) fn example(pattern: &Pattern) -> Option<String> {
    let derived = derive(pattern.as_str());
    let usual = USUAL.iter().map(|text| (*text).to_owned());
    derived.into_iter().chain(usual).find(|text| pattern.regex().is_match(text))
}

fn derive(expression: &str) -> Option<String> {
    let mut text: Vec<char> = expression.chars().rev().collect();
    let derived = alternatives(&mut text, 0)?;
    text.is_empty().then_some(derived)
}

/// The first of some alternatives; the others are read and dropped.
fn alternatives(text: &mut Vec<char>, depth: usize) -> Option<String> {
    let first = sequence(text, depth)?;
    while text.last() == Some(&'|') {
        text.pop();
        sequence(text, depth)?;
    }
    Some(first)
}

fn sequence(text: &mut Vec<char>, depth: usize) -> Option<String> {
    let mut out = String::new();
    while let Some(next) = text.last().copied().filter(|next| !matches!(next, '|' | ')')) {
        text.pop();
        let atom = match next {
            '^' | '$' => String::new(),
            '.' => "a".to_owned(),
            '[' => class(text)?.to_string(),
            '\\' => escape(text.pop()?)?,
            '(' => group(text, depth + 1)?,
            '*' | '+' | '?' | '{' => return None,
            plain => plain.to_string(),
        };
        out.push_str(&atom.repeat(times(text)?));
    }
    (out.len() <= 4096).then_some(out)
}

fn group(text: &mut Vec<char>, depth: usize) -> Option<String> {
    if depth > 16 {
        return None;
    }
    if text.last() == Some(&'?') {
        text.pop();
        while text.pop()? != ':' {}
    }
    let inner = alternatives(text, depth)?;
    (text.pop()? == ')').then_some(inner)
}

/// The first character of a class that is not negated.
fn class(text: &mut Vec<char>) -> Option<char> {
    let first = match text.pop()? {
        '^' | '[' => return None,
        '\\' => escape(text.pop()?)?.chars().next()?,
        plain => plain,
    };
    while text.pop()? != ']' {}
    Some(first)
}

fn escape(letter: char) -> Option<String> {
    let text = match letter {
        'd' => "0",
        'w' => "a",
        's' => " ",
        'b' | 'A' | 'z' => "",
        other if other.is_alphanumeric() => return None,
        other => return Some(other.to_string()),
    };
    Some(text.to_owned())
}

/// The smallest number of times that a repetition allows, at least once where nothing is said.
fn times(text: &mut Vec<char>) -> Option<usize> {
    let times = match text.last() {
        Some('*' | '?') => 0,
        Some('+') => 1,
        Some('{') => {
            text.pop();
            let mut inside = String::new();
            while *text.last()? != '}' {
                inside.push(text.pop()?);
            }
            inside.split(',').next()?.parse().ok().filter(|times| *times <= 256)?
        }
        Some(_) | None => return Some(1),
    };
    text.pop();
    if text.last() == Some(&'?') {
        text.pop();
    }
    Some(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_kind_of_expression_gets_an_example() {
        for (pattern, expected) in [
            ("^lp_(sbx|prd)_[A-Z0-9]{4}$", "lp_sbx_AAAA"),
            ("ok", "ok"),
            ("^a+b*c?d{2,3}$", "add"),
            (r"^\d{3}\.\w$", "000.a"),
            ("^(?:x|y)(z)$", "xz"),
            ("^(|a)$", ""),
        ] {
            assert_eq!(example(&Pattern::parse(pattern).unwrap()).as_deref(), Some(expected), "{pattern}");
        }
    }

    #[test]
    fn an_example_always_matches_its_pattern() {
        for pattern in ["^[^a]$", "^[0-9a-f]{8}-", "(?i)PRESENT", r"\bfoo\b", "^[[:alpha:]]+$", r"^\p{L}$"] {
            let pattern = Pattern::parse(pattern).unwrap();
            if let Some(text) = example(&pattern) {
                assert!(pattern.regex().is_match(&text), "{pattern}: {text}");
            }
        }
    }
}
