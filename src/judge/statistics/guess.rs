//! Whether somebody who has some tokens could guess another: what repeats, how much of them differs at all, and what
//! in them follows the order in which they were minted.
//!
//! A counter or a clock shows in characters that are others in the second half of a sequence than in the first, or that
//! go on by equal steps from one token to the next. Both are tested character by character and without reading anything
//! into what a character stands for, so that it does not matter whether a number is written in hexadecimal digits, in
//! base64, or by an alphabet of somebody's own. What was hashed or encrypted with a secret is not seen.

use std::collections::{BTreeMap, HashSet};

use super::normal::{quantile_of_two_sides, two_sided};
use super::sorted::number;

/// Groups of characters that are expected less often are thrown together (Cochran's rule).
const FEWEST: f64 = 5.0;
/// How far from 0 a standard normal value is in four of five cases, to one side.
const POWER: f64 = 0.8416;

/// When tokens can be guessed.
#[derive(Clone, Copy, Debug)]
pub struct Guessing {
    /// How likely sound tokens may be found fault with, over all tests together.
    pub alpha: f64,
    /// How many bits of each nobody may be able to know.
    pub bits: f64,
}

/// What some tokens show.
#[derive(Clone, Debug, PartialEq)]
pub struct Guessed {
    /// How many tokens there are.
    pub tokens: usize,
    /// The shortest and the longest.
    pub length: (usize, usize),
    /// How many different characters there are.
    pub alphabet: usize,
    /// How many tokens had been there before.
    pub repeats: usize,
    /// At most so many bits differ from token to token, if every character has nothing to do with the others.
    pub bits: f64,
    /// What follows the order of the tokens.
    pub ordered: Vec<Ordered>,
    /// How much of a character must follow the order to be seen in four of five runs, as Cohen's w.
    pub visible: f64,
}

/// A character that follows the order of the tokens.
#[derive(Clone, Debug, PartialEq)]
pub struct Ordered {
    /// Which one, from 1.
    pub character: usize,
    /// In which way.
    pub way: Way,
    /// How likely it is by chance.
    pub p: f64,
}

/// In which way a character follows the order of the tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It is another in the second half of them than in the first.
    Drifts,
    /// It goes on by equal steps from one to the next.
    Steps,
}

impl Guessed {
    /// Whether there is anything to object to.
    pub fn is_sound(&self, rules: &Guessing) -> bool {
        self.repeats == 0 && self.ordered.is_empty() && self.bits >= rules.bits
    }
}

/// Examines tokens, in the order in which they were minted.
pub fn guess(tokens: &[&str], rules: &Guessing) -> Guessed {
    let mut seen = HashSet::new();
    let repeats = tokens.iter().filter(|token| !seen.insert(**token)).count();
    let lengths = || tokens.iter().map(|token| token.len());
    let (shortest, longest) = (lengths().min().unwrap_or(0), lengths().max().unwrap_or(0));
    let columns: Vec<Column> = (0..shortest).map(|at| Column::of(tokens, at)).collect();
    let moving: Vec<&Column> = columns.iter().filter(|column| column.symbols > 1).collect();
    let share = rules.alpha / number((2 * moving.len()).max(1));
    let tests = moving.iter().flat_map(|column| {
        [(Way::Drifts, column.drift()), (Way::Steps, column.steps())].map(|(way, p)| (column.at, way, p))
    });
    let ordered =
        tests.filter(|(_, _, p)| *p < share).map(|(at, way, p)| Ordered { character: at + 1, way, p });
    let alphabet: HashSet<u8> = tokens.iter().flat_map(|token| token.bytes()).collect();
    let symbols = moving.iter().map(|column| column.symbols).max().unwrap_or(2);
    Guessed {
        tokens: tokens.len(),
        length: (shortest, longest),
        alphabet: alphabet.len(),
        repeats,
        bits: columns.iter().map(Column::bits).sum(),
        ordered: ordered.collect(),
        visible: smallest_drift(tokens.len(), symbols, share),
    }
}

/// One character of every token, as its number among those that stand there.
struct Column {
    at: usize,
    symbols: usize,
    values: Vec<usize>,
}

impl Column {
    fn of(tokens: &[&str], at: usize) -> Self {
        let bytes: Vec<u8> = tokens.iter().filter_map(|token| token.as_bytes().get(at).copied()).collect();
        let mut ranks: BTreeMap<u8, usize> = bytes.iter().map(|byte| (*byte, 0)).collect();
        ranks.values_mut().enumerate().for_each(|(rank, place)| *place = rank);
        let values = bytes.iter().filter_map(|byte| ranks.get(byte).copied()).collect();
        Self { at, symbols: ranks.len(), values }
    }

    /// Its entropy, with the correction of Miller and Madow for what few tokens do not show.
    fn bits(&self) -> f64 {
        let all = number(self.values.len());
        let shares = counts(&self.values, self.symbols).into_iter().filter(|count| *count > 0.0);
        let seen: f64 = shares.map(|count| -(count / all) * (count / all).log2()).sum();
        let unseen = number(self.symbols.saturating_sub(1)) / (2.0 * all * std::f64::consts::LN_2);
        (seen + unseen).min(number(self.symbols).log2())
    }

    /// How likely the halves of the sequence differ as much by chance: the test of homogeneity.
    fn drift(&self) -> f64 {
        let (first, second) = self.values.split_at(self.values.len() / 2);
        let (one, other) = (counts(first, self.symbols), counts(second, self.symbols));
        let shares = (number(first.len()), number(second.len()));
        let all = (shares.0 + shares.1).max(1.0);
        let expected = |sum: f64| (sum * shares.0 / all, sum * shares.1 / all);
        let pairs = one.into_iter().zip(other).map(|(one, other)| [one, other]);
        let groups = grouped(pairs, |[one, other]| expected(one + other).0.min(expected(one + other).1));
        let squares = groups.iter().map(|[one, other]| {
            let (a, b) = expected(one + other);
            (one - a).powi(2) / a + (other - b).powi(2) / b
        });
        chi_square(squares.sum(), groups.len().saturating_sub(1))
    }

    /// How likely the steps from one token to the next are as uneven by chance. Pairs do not overlap, so that they have
    /// nothing to do with each other.
    fn steps(&self) -> f64 {
        let symbols = self.symbols;
        let of_pair = |pair: &[usize]| match *pair {
            [one, other] => (other + symbols - one) % symbols,
            _ => 0,
        };
        let steps: Vec<usize> = self.values.chunks_exact(2).map(of_pair).collect();
        let all = number(self.values.len()).max(1.0);
        let shares: Vec<f64> = counts(&self.values, symbols).into_iter().map(|count| count / all).collect();
        let chance = |step: usize| -> f64 {
            let other = |at: usize| shares.get((at + step) % symbols).copied().unwrap_or(0.0);
            shares.iter().enumerate().map(|(at, share)| share * other(at)).sum()
        };
        let tries = number(steps.len());
        let expected = (0..symbols).map(|step| chance(step) * tries);
        let pairs =
            counts(&steps, symbols).into_iter().zip(expected).map(|(seen, expected)| [seen, expected]);
        let groups = grouped(pairs, |[_, expected]| *expected);
        let squares = groups.iter().map(|[seen, expected]| (seen - expected).powi(2) / expected);
        chi_square(squares.sum(), groups.len().saturating_sub(1))
    }
}

/// How often each value is there.
fn counts(values: &[usize], symbols: usize) -> Vec<f64> {
    let mut counts = vec![0.0; symbols];
    for value in values {
        counts.get_mut(*value).into_iter().for_each(|count| *count += 1.0);
    }
    counts
}

/// Pairs of counts, those that are expected too seldom thrown together, one with the next.
fn grouped(pairs: impl Iterator<Item = [f64; 2]>, expected: impl Fn(&[f64; 2]) -> f64) -> Vec<[f64; 2]> {
    let mut groups: Vec<[f64; 2]> = Vec::new();
    let mut rest = [0.0, 0.0];
    for [one, other] in pairs {
        rest = [rest[0] + one, rest[1] + other];
        if expected(&rest) >= FEWEST {
            groups.push(std::mem::take(&mut rest));
        }
    }
    match groups.last_mut() {
        Some(last) => *last = [last[0] + rest[0], last[1] + rest[1]],
        None => groups.push(rest),
    }
    groups
}

/// The probability of a larger chi-square with so many degrees of freedom (Wilson and Hilferty); exact for one and two.
fn chi_square(value: f64, degrees: usize) -> f64 {
    match degrees {
        0 => 1.0,
        1 => two_sided(value.max(0.0).sqrt()),
        2 => (-value / 2.0).exp(),
        _ => {
            let spread = 2.0 / (9.0 * number(degrees));
            let z = ((value / number(degrees)).cbrt() - (1.0 - spread)) / spread.sqrt();
            if z > 0.0 { two_sided(z) / 2.0 } else { 1.0 - two_sided(z) / 2.0 }
        }
    }
}

/// The smallest drift that so many tokens show in four of five runs, as Cohen's w: the square root of chi-square for one
/// token.
fn smallest_drift(tokens: usize, symbols: usize, share: f64) -> f64 {
    let degrees = number(symbols.saturating_sub(1).max(1));
    let spread = 2.0 / (9.0 * degrees);
    let z = quantile_of_two_sides((2.0 * share).min(1.0));
    let threshold = degrees * (1.0 - spread + z * spread.sqrt()).powi(3);
    // The mean and the variance of what a drift adds up to: degrees + shift, and 2 (degrees + 2 shift).
    let power = |shift: f64| degrees + shift - POWER * (2.0 * (degrees + 2.0 * shift)).sqrt();
    let (mut low, mut high) = (0.0, 10.0 * threshold);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if power(middle) < threshold { low = middle } else { high = middle }
    }
    (high / number(tokens.max(1))).sqrt()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RULES: Guessing = Guessing { alpha: 1e-6, bits: 128.0 };
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// Chance that is the same every time (`SplitMix64`).
    struct Chance(u64);

    impl Chance {
        fn next(&mut self) -> u64 {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        }

        fn text(&mut self, length: usize) -> String {
            (0..length).map(|_| char::from(ALPHABET[usize::try_from(self.next() % 62).unwrap()])).collect()
        }
    }

    fn examined(tokens: usize, mint: impl Fn(u64, &mut Chance) -> String) -> Guessed {
        let mut chance = Chance(7);
        let minted: Vec<String> =
            (0..u64::try_from(tokens).unwrap()).map(|at| mint(at, &mut chance)).collect();
        guess(&minted.iter().map(String::as_str).collect::<Vec<_>>(), &RULES)
    }

    #[test]
    fn chance_is_found_sound() {
        let seen = examined(1000, |_, chance| format!("lpt_{}", chance.text(48)));
        assert!(seen.is_sound(&RULES), "{seen:?}");
        assert_eq!((seen.length, seen.alphabet, seen.repeats), ((52, 52), 63, 0));
        assert!((seen.bits - 48.0 * 62_f64.log2()).abs() < 2.0, "{}", seen.bits);
    }

    #[test]
    fn a_counter_is_seen_however_it_is_written() {
        let base64 = |at: u64| {
            let digit = |shift: u32| char::from(ALPHABET[usize::try_from((at >> shift) % 62).unwrap()]);
            [18, 12, 6, 0].map(digit).iter().collect::<String>()
        };
        let hidden = |at: u64| format!("{:08x}", at ^ 0xdead_beef);
        for seen in [
            examined(1000, |at, chance| format!("{at:08x}{}", chance.text(40))),
            examined(1000, |at, chance| format!("{}{:06}", chance.text(40), at + 812_345)),
            examined(1000, |at, chance| format!("{}{}", base64(at), chance.text(40))),
            examined(1000, |at, chance| format!("{}{}", hidden(at), chance.text(40))),
        ] {
            assert!(!seen.ordered.is_empty() && seen.repeats == 0, "{seen:?}");
        }
    }

    #[test]
    fn a_clock_is_seen_though_it_never_goes_by_equal_steps() {
        let seen = examined(1000, |at, chance| {
            let now = 1_796_000_000_000 + at * 11 + chance.next() % 7;
            format!("{now:012x}{}", chance.text(40))
        });
        assert!(seen.ordered.iter().any(|one| one.way == Way::Drifts), "{seen:?}");
    }

    #[test]
    fn short_tokens_have_few_bits_and_the_same_token_is_a_repeat() {
        let short = examined(1000, |_, chance| format!("lpt_{}", chance.text(12)));
        assert!(short.bits < 72.0 && short.ordered.is_empty() && !short.is_sound(&RULES), "{short:?}");
        let again = examined(100, |at, _| format!("lpt_{}", Chance(at / 2).text(48)));
        assert_eq!(again.repeats, 50);
    }

    #[test]
    fn few_tokens_or_none_are_examined_too() {
        for tokens in 0..4 {
            let seen = examined(tokens, |_, chance| chance.text(30));
            assert!(seen.ordered.is_empty(), "{seen:?}");
        }
    }

    #[test]
    fn a_chi_square_is_what_the_tables_say() {
        // Abramowitz and Stegun, table 26.8: what is exceeded once in a thousand.
        for (degrees, value) in [(1, 10.828), (2, 13.816), (10, 29.588), (30, 59.703), (60, 99.607)] {
            let p = chi_square(value, degrees);
            assert!((p / 0.001 - 1.0).abs() < 0.08, "{degrees}: {p}");
        }
    }

    #[test]
    fn more_tokens_show_less_of_a_drift() {
        let (few, many) = (smallest_drift(100, 62, 1e-8), smallest_drift(10_000, 62, 1e-8));
        assert!((few / many - 10.0).abs() < 0.01, "{few} {many}");
        assert!(many > 0.05 && many < 0.2, "{many}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn chance_is_never_found_fault_with(seed in any::<u64>(), tokens in 100_usize..600) {
            let mut chance = Chance(seed);
            let minted: Vec<String> = (0..tokens).map(|_| chance.text(30)).collect();
            let seen = guess(&minted.iter().map(String::as_str).collect::<Vec<_>>(), &RULES);
            prop_assert!(seen.is_sound(&RULES), "{:?}", seen);
        }

        #[test]
        fn any_text_can_be_examined(tokens in prop::collection::vec(".{0,20}", 0..30)) {
            let texts: Vec<&str> = tokens.iter().map(String::as_str).collect();
            let seen = guess(&texts, &RULES);
            prop_assert!(seen.bits >= 0.0 && seen.bits.is_finite());
            prop_assert!(seen.repeats <= tokens.len());
            prop_assert!(seen.ordered.iter().all(|one| (0.0..=1.0).contains(&one.p)));
        }
    }
}
