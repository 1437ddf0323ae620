//! A key, seen as what may be shown of it and what may not.

/// The shortest part of a secret that counts as a trace: hints like `...ab12` are shorter, and are allowed.
const SHORTEST_PART: usize = 8;

/// The longest text before a secret that can be taken for its public prefix.
const LONGEST_PREFIX: usize = 16;

/// The fewest characters that must remain behind a public prefix.
const SHORTEST_SECRET: usize = 16;

/// A key and its measures.
pub(super) struct Key<'a> {
    /// All of it.
    pub(super) text: &'a [u8],
    /// Where its secret part begins: before that stands a prefix that every key of its kind shares.
    pub(super) secret: usize,
    /// How many consecutive characters of its secret part are a trace.
    pub(super) window: usize,
}

impl<'a> Key<'a> {
    /// Measures a key: a quarter of its secret part is a trace.
    pub(super) fn new(text: &'a str) -> Self {
        let secret = prefix_length(text);
        let length = text.len() - secret;
        let window = length.div_ceil(4).max(SHORTEST_PART).min(length);
        Self { text: text.as_bytes(), secret, window }
    }
}

/// The length of a public prefix like `sk_live_` or `lp_any_`: words at the very beginning, each ended by `_`
/// or `-`.
///
/// Only what looks like a word counts, and only the first few characters: many secrets are written in the
/// URL-safe base64 alphabet, whose `-` and `_` end nothing.
fn prefix_length(key: &str) -> usize {
    let mut length = 0;
    for word in key.split_inclusive(['_', '-']) {
        let end = length + word.len();
        if !is_prefix_word(word) || end > LONGEST_PREFIX || key.len() - end < SHORTEST_SECRET {
            break;
        }
        length = end;
    }
    length
}

/// Whether a word could stand in a public prefix: lower-case letters, at most two digits, and a separator.
fn is_prefix_word(word: &str) -> bool {
    let Some(word) = word.strip_suffix(['_', '-']) else { return false };
    let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = word.len() - letters.len();
    (1..=8).contains(&letters.len()) && digits <= 2 && letters.bytes().all(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(key: &str) -> &str {
        &key[..Key::new(key).secret]
    }

    #[test]
    fn the_prefixes_of_well_known_keys_are_public() {
        assert_eq!(prefix("lp_any_Qm7tR2xVb9LkD4sJw8HfYc3NzPa6Ue1G"), "lp_any_");
        assert_eq!(prefix("sk_live_4eC39HqLyjWDarjtT1zdp7dc"), "sk_live_");
        assert_eq!(prefix("sk-ant-api03-Qm7tR2xVb9LkD4sJw8HfYc3NzPa6"), "sk-ant-api03-");
    }

    #[test]
    fn a_separator_inside_a_secret_makes_nothing_public() {
        assert_eq!(prefix("Qm7tR2xVb9LkD4sJw8HfYc3NzPa6Ue1G_Qm7tR2xVb9LkD4sJ"), "");
        assert_eq!(prefix("550e8400-e29b-41d4-a716-446655440000"), "");
        assert_eq!(prefix("correct-horse-battery-staple-and-more"), "correct-horse-");
    }

    #[test]
    fn a_prefix_leaves_a_secret_behind_it() {
        assert_eq!(prefix("demo_0123456789abcde"), "");
        assert_eq!(prefix("demo_0123456789abcdef"), "demo_");
    }

    #[test]
    fn a_quarter_of_the_secret_is_a_trace_but_never_less_than_eight_characters() {
        assert_eq!(Key::new("lp_any_Qm7tR2xVb9LkD4sJw8HfYc3NzPa6Ue1G").window, 8);
        assert_eq!(Key::new(&"A1".repeat(21)).window, 11);
    }
}
