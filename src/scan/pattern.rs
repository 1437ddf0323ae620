//! What a key of the contract looks like, made ready to be searched for in anything.

use std::fmt;
use std::ops::Range;

use regex::bytes::Regex;
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// The shortest beginning that tells a key from other text.
const SHORTEST_BEGINNING: usize = 3;

/// What a key looks like, wherever it stands.
#[derive(Clone)]
pub struct KeyPattern {
    regex: Regex,
}

/// Why keys cannot be told from other text by what they look like.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Anything of the right length would be one.
    #[error(
        "look for `{pattern}`: it has no fixed beginning of three characters, and fits too much that is no key"
    )]
    Common {
        /// The expression.
        pattern: String,
    },
    /// It cannot be read.
    #[error("read `{pattern}`: {problem}")]
    Unreadable {
        /// The expression.
        pattern: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl KeyPattern {
    /// Prepares an expression for a whole key: without its anchors.
    ///
    /// # Errors
    /// When it fits too much.
    pub fn new(pattern: &str) -> Result<Self, PatternError> {
        let unreadable = |problem: &dyn fmt::Display| PatternError::Unreadable {
            pattern: pattern.to_owned(),
            problem: problem.to_string().lines().last().unwrap_or_default().to_owned(),
        };
        let hir = regex_syntax::parse(pattern).map_err(|error| unreadable(&error))?;
        let hir = without_anchors(&hir);
        let beginnings = Extractor::new().extract(&hir);
        if beginnings.min_literal_len().is_none_or(|length| length < SHORTEST_BEGINNING) {
            return Err(PatternError::Common { pattern: pattern.to_owned() });
        }
        let regex = Regex::new(&hir.to_string()).map_err(|error| unreadable(&error))?;
        Ok(Self { regex })
    }

    /// Everything in a text that looks like a key, and is not the beginning of something longer.
    pub(super) fn find<'t>(&'t self, text: &'t [u8]) -> impl Iterator<Item = Range<usize>> + 't {
        let whole = |at: &Range<usize>| {
            !text.get(at.end).is_some_and(|next| next.is_ascii_alphanumeric() || *next == b'_')
        };
        self.regex.find_iter(text).map(|found| found.range()).filter(whole)
    }
}

impl fmt::Debug for KeyPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyPattern({})", self.regex)
    }
}

/// The same expression, which no longer says that a text begins or ends there.
fn without_anchors(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Look(Look::Start | Look::End | Look::StartLF | Look::EndLF) => Hir::empty(),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(without_anchors).collect()),
        HirKind::Alternation(ways) => Hir::alternation(ways.iter().map(without_anchors).collect()),
        HirKind::Capture(group) => without_anchors(&group.sub),
        HirKind::Class(Class::Unicode(class)) => Hir::class(ascii(class)),
        HirKind::Class(Class::Bytes(_)) | HirKind::Empty | HirKind::Literal(_) | HirKind::Look(_) => {
            hir.clone()
        }
        HirKind::Repetition(repetition) => Hir::repetition(regex_syntax::hir::Repetition {
            sub: Box::new(without_anchors(&repetition.sub)),
            ..repetition.clone()
        }),
    }
}

/// The characters of a class that a key can hold: it is ASCII that can be seen.
fn ascii(class: &regex_syntax::hir::ClassUnicode) -> Class {
    use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};
    let mut seen = ClassUnicode::new([ClassUnicodeRange::new('!', '~')]);
    seen.intersect(class);
    Class::Unicode(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pattern: &str, text: &str) -> Vec<Range<usize>> {
        KeyPattern::new(pattern).expect("a pattern with a beginning").find(text.as_bytes()).collect()
    }

    #[test]
    fn a_pattern_of_a_whole_key_is_found_inside_a_text() {
        let pattern = "^lp_(sbx|prd)_[A-Za-z0-9]{8}$";
        assert_eq!(found(pattern, "x = 'lp_prd_abcdEFGH';"), vec![5..20; 1]);
        assert_eq!(
            found("^(?:sk_live_\\w{8})$|^sk_test_[a-f]+$", "sk_live_abcd1234 sk_test_abc"),
            [0..16, 17..28]
        );
    }

    #[test]
    fn what_goes_on_like_a_key_is_none() {
        let found = found("^lp_(sbx|prd)_[A-Za-z0-9]{8}$", "lp_prd_abcdEFGHi lp_prd_abcdEFGH_x");
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn a_pattern_that_fits_everything_is_refused() {
        for pattern in ["^[A-Za-z0-9]{32}$", "^k[0-9]+$", ".*", "^(abc|x)[0-9]+$"] {
            assert!(matches!(KeyPattern::new(pattern), Err(PatternError::Common { .. })), "{pattern}");
        }
    }
}
