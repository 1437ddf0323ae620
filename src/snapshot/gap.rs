//! Placeholders: what stands where a value is volatile.

use std::collections::HashMap;
use std::fmt;

/// What kind of value stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// A UUID (RFC 9562).
    Uuid,
    /// A moment.
    Timestamp,
    /// A number.
    Number,
    /// Anything.
    Opaque,
}

impl Gap {
    /// Every kind.
    pub(super) const ALL: [Self; 4] = [Self::Uuid, Self::Timestamp, Self::Number, Self::Opaque];

    /// How it is written.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Uuid => "<uuid>",
            Self::Timestamp => "<timestamp>",
            Self::Number => "<number>",
            Self::Opaque => "<opaque>",
        }
    }

    /// The kind of a single word.
    pub(super) fn of(word: &str) -> Self {
        let digits = word.strip_prefix('-').unwrap_or(word);
        let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
        if is_number { Self::Number } else { Self::Opaque }
    }

    /// The kind of what is sometimes the one and sometimes the other.
    pub(super) fn or(self, other: Self) -> Self {
        if self == other { self } else { Self::Opaque }
    }

    /// What it stands for, as a regular expression: one word, so that nothing that was added behind it goes unseen.
    pub(super) fn pattern(self) -> &'static str {
        match self {
            Self::Uuid => "(?:<uuid>)",
            Self::Timestamp => "(?:<timestamp>)",
            Self::Number => r"(?:<number>|-?[0-9]+(?:\.[0-9]+)?)",
            Self::Opaque => r"(?:<uuid>|<timestamp>|<number>|<opaque>|[A-Za-z0-9_~+/.-]+=*)",
        }
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text as what stands between its placeholders, and the placeholders. What is marked as none is none.
fn taken_apart(text: &str) -> (Vec<&str>, Vec<Gap>) {
    let (mut between, mut gaps) = (Vec::new(), Vec::new());
    let (mut from, mut at) = (0, 0);
    while let Some(found) = text.get(at..).and_then(|rest| rest.find('<')) {
        let start = at + found;
        let here = text.get(start..).unwrap_or_default();
        let marked = text.get(..start).is_some_and(|before| before.ends_with('\\'));
        let gap = Gap::ALL.into_iter().find(|gap| here.starts_with(gap.as_str())).filter(|_| !marked);
        at = start + gap.map_or(1, |gap| gap.as_str().len());
        if let Some(gap) = gap {
            between.push(text.get(from..start).unwrap_or_default());
            gaps.push(gap);
            from = at;
        }
    }
    between.push(text.get(from..).unwrap_or_default());
    (between, gaps)
}

/// Texts that differ in the kinds of their placeholders alone are one: a name that had digits alone by chance has letters
/// elsewhere. For each text, the text of all that are one with it.
pub(super) fn widened<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> HashMap<&'a str, String> {
    let mut kinds: HashMap<Vec<&str>, Vec<Gap>> = HashMap::new();
    for text in texts.clone() {
        let (between, gaps) = taken_apart(text);
        let known = kinds.entry(between).or_insert_with(|| gaps.clone());
        for (known, gap) in known.iter_mut().zip(gaps) {
            *known = known.or(gap);
        }
    }
    let put_together = |text: &'a str| {
        let (between, own) = taken_apart(text);
        let gaps = kinds.get(&between).unwrap_or(&own);
        let mut whole = String::with_capacity(text.len());
        for (at, piece) in between.iter().enumerate() {
            whole.push_str(piece);
            whole.push_str(gaps.get(at).map_or("", |gap| gap.as_str()));
        }
        (text, whole)
    };
    texts.map(put_together).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_has_digits_alone_by_chance_is_the_same_as_one_that_has_letters() {
        let texts =
            ["id <number>, left <number>", "id <opaque>, left <number>", "other <number>", "\\<number>"];
        let wide = widened(texts.into_iter());
        let wide: Vec<_> = texts.iter().map(|text| &*wide[text]).collect();
        assert_eq!(
            wide,
            ["id <opaque>, left <number>", "id <opaque>, left <number>", "other <number>", "\\<number>"]
        );
    }
}
