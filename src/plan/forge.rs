//! Keys that were never issued, and keys that were changed.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::document::Pattern;
use crate::scenario::{KeyTwist, LikeTheKey, TheCredential, Transform};

/// A small seeded source of random numbers (SplitMix64): the same seed and the same case always give the same
/// bytes, and adding a case does not change another's.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice for one purpose under one seed.
    pub fn new(seed: u64, purpose: &str) -> Self {
        let digest = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(purpose).finalize();
        let bytes = digest.first_chunk::<8>().copied().unwrap_or_default();
        Self(u64::from_le_bytes(bytes))
    }

    /// The next number.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below a bound; 0 where the bound is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next_u64() % bound).unwrap_or(0)
    }

    /// Puts a list in random order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last + 1));
        }
    }
}

/// What is public about a key.
#[derive(Clone, Copy, Debug, Default)]
pub struct Public<'a> {
    /// Its identifier beside it.
    pub id: Option<&'a str>,
    /// Where the key itself holds one.
    pub part: Option<&'a Pattern>,
}

/// Makes the text that goes where a key belongs, of a credential's key and what is public about it.
pub fn forge(key: &str, public: Public<'_>, twist: &KeyTwist, dice: &mut Dice) -> String {
    match twist {
        KeyTwist::Random(LikeTheKey::SameId) => {
            let found = public.part.and_then(|part| public_part(key, part));
            found.map_or_else(|| key.to_owned(), |kept| random_like(key, (kept, LikeTheKey::Like), dice))
        }
        KeyTwist::Random(like) => random_like(key, (0..0, *like), dice),
        KeyTwist::Literal(text) => text.clone(),
        KeyTwist::Id(TheCredential::Own) => public.id.unwrap_or_default().to_owned(),
        KeyTwist::Transform(changes) => {
            changes.iter().fold(key.to_owned(), |key, change| cut(apply(change, &key)))
        }
    }
}

/// The largest text that changes make of a key, in bytes, however many there are: more than any server reads, and little
/// enough to be kept in memory.
const LARGEST: usize = 4 * 1024 * 1024;

fn cut(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(LARGEST));
    text
}

/// Where a key holds its public identifier: the first group of the pattern, or all that it matches.
fn public_part(key: &str, part: &Pattern) -> Option<Range<usize>> {
    let found = part.regex().captures(key)?;
    found.get(1).or_else(|| found.get(0)).map(|found| found.range())
}

/// A key of the same shape that was never issued: the public prefix and what is to be kept stay, every other letter and
/// digit becomes one of its class. Where it is said how much of the key is shared, the next letter or digit is another.
fn random_like(key: &str, (kept, like): (Range<usize>, LikeTheKey), dice: &mut Dice) -> String {
    let prefix = prefix_of(key).len();
    let prefix = if key.len() - prefix >= 8 { prefix } else { 0 };
    let shared = match like {
        LikeTheKey::Like | LikeTheKey::SameId => prefix,
        LikeTheKey::SecondHalf => usize::midpoint(prefix, key.len()),
        LikeTheKey::LastCharacter => key.rfind(|c: char| c.is_ascii_alphanumeric()).unwrap_or(key.len()),
    };
    let mut differs = like == LikeTheKey::Like;
    let redraw = |(at, c): (usize, char)| {
        let Some(class) = class_of(c).filter(|_| at >= shared && !kept.contains(&at)) else { return c };
        let others: Vec<char> = class.filter(|other| differs || *other != c).collect();
        differs = true;
        others.get(dice.below(others.len())).copied().unwrap_or('x')
    };
    key.char_indices().map(redraw).collect()
}

/// The letters or digits among which a character is one.
fn class_of(c: char) -> Option<std::ops::RangeInclusive<char>> {
    let classes = ['a'..='z', 'A'..='Z', '0'..='9'];
    classes.into_iter().find(|class| class.contains(&c))
}

/// What every key of its kind begins with: up to the last `_` or `-`.
fn prefix_of(key: &str) -> &str {
    key.rfind(['_', '-']).and_then(|at| key.get(..=at)).unwrap_or_default()
}

fn apply(change: &Transform, key: &str) -> String {
    match change {
        Transform::Truncate(count) => key.chars().take(key.chars().count().saturating_sub(*count)).collect(),
        Transform::Keep(count) => key.chars().take(*count).collect(),
        Transform::Skip(count) => key.chars().skip(*count).collect(),
        Transform::Append(text) => format!("{key}{text}"),
        Transform::Prepend(text) => format!("{text}{key}"),
        Transform::Insert(text) => {
            let middle = key.chars().count() / 2;
            key.chars().take(middle).chain(text.chars()).chain(key.chars().skip(middle)).collect()
        }
        Transform::Prefix(true) => prefix_of(key).to_owned(),
        Transform::Repeat(times) => key.repeat((*times).min(LARGEST / key.len().max(1))),
        Transform::Stretch(length) => key.chars().cycle().take((*length).min(LARGEST)).collect(),
        Transform::FullWidth(true) => key.chars().map(full_width).collect(),
        Transform::SwapCase(true) => key.chars().map(swap_case).collect(),
        Transform::PercentEncode(true) => percent_encode_first_letter(key),
        Transform::Sha256(true) => format!("{:x}", Sha256::digest(key)),
        Transform::Base64(true) => STANDARD.encode(key),
        Transform::Prefix(false)
        | Transform::FullWidth(false)
        | Transform::SwapCase(false)
        | Transform::PercentEncode(false)
        | Transform::Sha256(false)
        | Transform::Base64(false) => key.to_owned(),
    }
}

fn swap_case(c: char) -> char {
    if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
}

/// The form that U+FF01 to U+FF5E hold of the graphic characters of ASCII.
fn full_width(c: char) -> char {
    let form = c.is_ascii_graphic().then(|| char::from_u32(u32::from(c) + 0xFEE0));
    form.flatten().unwrap_or(c)
}

fn percent_encode_first_letter(key: &str) -> String {
    let letter = key.char_indices().find(|(_, c)| c.is_ascii_alphabetic());
    letter.map_or_else(
        || key.to_owned(),
        |(at, c)| format!("{}%{:02X}{}", &key[..at], u32::from(c), &key[at + c.len_utf8()..]),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &str = "lp_any_Qm7tR2xVb9LkD4sJw8HfYc3NzPa6Ue1G";

    #[test]
    fn a_random_key_has_the_shape_of_the_real_one_and_is_another() {
        let forged =
            forge(KEY, Public::default(), &KeyTwist::Random(LikeTheKey::Like), &mut Dice::new(1, "case"));
        assert_ne!(forged, KEY);
        assert_eq!(forged.len(), KEY.len());
        assert!(forged.starts_with("lp_any_"));
        let class = |c: char| (c.is_ascii_lowercase(), c.is_ascii_uppercase(), c.is_ascii_digit());
        assert!(forged.chars().map(class).eq(KEY.chars().map(class)));
    }

    #[test]
    fn a_key_shares_as_much_of_the_real_one_as_is_said_and_no_more() {
        for seed in 0..200 {
            let forged =
                |like| forge(KEY, Public::default(), &KeyTwist::Random(like), &mut Dice::new(seed, "case"));
            let shared = |other: &str| KEY.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
            let (half, last) = (forged(LikeTheKey::SecondHalf), forged(LikeTheKey::LastCharacter));
            assert_eq!((shared(&half), half.len()), (7 + 16, KEY.len()), "{half}");
            assert_eq!((shared(&last), last.len()), (KEY.len() - 1, KEY.len()), "{last}");
        }
    }

    #[test]
    fn a_secret_is_made_up_behind_a_public_part_that_stays() {
        let part = Pattern::parse("^lp_any_(.{8})").unwrap();
        let public = Public { part: Some(&part), ..Public::default() };
        let twist = KeyTwist::Random(LikeTheKey::SameId);
        let forged = forge(KEY, public, &twist, &mut Dice::new(1, "case"));
        assert!(
            forged.starts_with("lp_any_Qm7tR2xV") && forged.len() == KEY.len() && forged != KEY,
            "{forged}"
        );
        assert_eq!(forge(KEY, Public::default(), &twist, &mut Dice::new(1, "case")), KEY);
    }

    #[test]
    fn dice_give_the_same_for_the_same_seed_and_purpose_and_differ_otherwise() {
        let draw = |seed, purpose| Dice::new(seed, purpose).next_u64();
        assert_eq!(draw(7, "a"), draw(7, "a"));
        assert_ne!(draw(7, "a"), draw(7, "b"));
        assert_ne!(draw(7, "a"), draw(8, "a"));
    }

    #[test]
    fn transforms_follow_one_another() {
        let twist = KeyTwist::Transform(vec![Transform::Keep(6), Transform::Append("x".to_owned())]);
        assert_eq!(forge("abcdefgh", Public::default(), &twist, &mut Dice::new(0, "")), "abcdefx");
        let swapped = KeyTwist::Transform(vec![Transform::SwapCase(true)]);
        assert_eq!(forge("aB3_", Public::default(), &swapped, &mut Dice::new(0, "")), "Ab3_");
        let escaped = KeyTwist::Transform(vec![Transform::PercentEncode(true)]);
        assert_eq!(forge("1ab", Public::default(), &escaped, &mut Dice::new(0, "")), "1%61b");
        let one = |change| {
            forge("lp_ab1", Public::default(), &KeyTwist::Transform(vec![change]), &mut Dice::new(0, ""))
        };
        assert_eq!(one(Transform::Insert("--".to_owned())), "lp_--ab1");
        assert_eq!(one(Transform::Prefix(true)), "lp_");
        assert_eq!(one(Transform::Stretch(8)), "lp_ab1lp");
        assert_eq!(one(Transform::FullWidth(true)), "\u{ff4c}\u{ff50}\u{ff3f}\u{ff41}\u{ff42}\u{ff11}");
        let digest = KeyTwist::Transform(vec![Transform::Sha256(true)]);
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(forge("abc", Public::default(), &digest, &mut Dice::new(0, "")), abc);
    }

    #[test]
    fn however_often_a_key_is_written_it_fits_in_memory() {
        let made =
            |changes| forge(KEY, Public::default(), &KeyTwist::Transform(changes), &mut Dice::new(0, ""));
        for change in [Transform::Repeat(usize::MAX), Transform::Stretch(usize::MAX)] {
            let length = made(vec![change.clone()]).len();
            assert!(length <= LARGEST && length > LARGEST - KEY.len(), "{change:?}: {length}");
            let wide = made(vec![change, Transform::FullWidth(true), Transform::Base64(true)]);
            assert_eq!(wide.len(), LARGEST);
        }
        assert_eq!(made(vec![Transform::Keep(0), Transform::Repeat(9)]), "");
    }

    proptest! {
        #[test]
        fn shuffling_loses_nothing(seed: u64, mut list: Vec<u8>) {
            let mut sorted = list.clone();
            Dice::new(seed, "order").shuffle(&mut list);
            sorted.sort_unstable();
            list.sort_unstable();
            prop_assert_eq!(list, sorted);
        }
    }
}
