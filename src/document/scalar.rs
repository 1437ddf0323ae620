//! What a plain scalar means: the core schema of YAML 1.2 (section 10.3.2), minus its surprises.
//!
//! Two spellings that the core schema takes for numbers stay text, because whoever writes them seldom means a
//! number: a leading zero (`0123`) and what JSON cannot hold (`.inf`, `.nan`). Quoted text never comes here.

use serde_json::{Number, Value};

/// The value of a plain scalar.
pub(super) fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).map_or_else(|| Value::String(text.to_owned()), Value::Number),
    }
}

fn number(text: &str) -> Option<Number> {
    radix(text).or_else(|| decimal(text))
}

/// `0x1f` and `0o17`.
fn radix(text: &str) -> Option<Number> {
    let (digits, radix) = match text.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None => (text.strip_prefix("0o")?, 8),
    };
    let sound = digits.chars().all(|digit| digit.is_digit(radix));
    u64::from_str_radix(digits, radix).ok().filter(|_| sound).map(Number::from)
}

fn decimal(text: &str) -> Option<Number> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let whole = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let (whole, rest) = digits.split_at(whole);
    if whole.len() > 1 && whole.starts_with('0') {
        return None;
    }
    if rest.is_empty() {
        let text = text.strip_prefix('+').unwrap_or(text);
        let small = || text.parse::<i64>().ok().map(Number::from);
        let large = || text.parse::<u64>().ok().map(Number::from);
        return small().or_else(large).or_else(|| float(text));
    }
    is_fraction(whole, rest).then(|| float(text)).flatten()
}

/// Whether what follows the whole part is a fraction, an exponent, or both.
fn is_fraction(whole: &str, rest: &str) -> bool {
    let (fraction, exponent) = match rest.split_once(['e', 'E']) {
        Some((fraction, exponent)) => (fraction, Some(exponent)),
        None => (rest, None),
    };
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let exponent = exponent.map(|text| text.strip_prefix(['+', '-']).unwrap_or(text));
    let some_digit = !whole.is_empty() || fraction.len() > 1;
    let sound_fraction = fraction.is_empty() || fraction.strip_prefix('.').is_some_and(digits);
    some_digit && sound_fraction && exponent.is_none_or(|text| !text.is_empty() && digits(text))
}

/// The largest number up to which a float holds every whole one.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A number with a fraction. A whole one is an integer however it is written, for JSON Schema as for the types; what is
/// sent is read by [`with_point`].
fn float(text: &str) -> Option<Number> {
    let number = text.parse::<f64>().ok()?;
    let whole = number.fract() == 0.0 && number.abs() <= EXACT;
    // A float that is whole is written without a point.
    let integer = || format!("{number:.0}").parse::<i64>().ok().map(Number::from);
    whole.then(integer).flatten().or_else(|| Number::from_f64(number))
}

/// The number of a plain scalar that is written with a point or an exponent, be it whole or not.
pub(super) fn with_point(text: &str) -> Option<Number> {
    let is_float = radix(text).is_none() && text.contains(['.', 'e', 'E']);
    is_float.then(|| text.parse().ok().and_then(Number::from_f64)).flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_words_and_numbers_of_the_core_schema_are_recognised() {
        for (text, value) in [
            ("", json!(null)),
            ("~", json!(null)),
            ("True", json!(true)),
            ("false", json!(false)),
            ("0", json!(0)),
            ("-17", json!(-17)),
            ("+5", json!(5)),
            ("18446744073709551615", json!(u64::MAX)),
            ("1.5", json!(1.5)),
            (".5", json!(0.5)),
            ("1e3", json!(1000)),
            ("1.0", json!(1)),
            ("4.03e2", json!(403)),
            ("-2.", json!(-2)),
            ("1e300", json!(1e300)),
            ("-1.5E-2", json!(-0.015)),
            ("0x1F", json!(31)),
            ("0o17", json!(15)),
        ] {
            assert_eq!(resolve(text), value, "{text:?}");
        }
    }

    #[test]
    fn what_only_looks_like_a_number_or_a_boolean_stays_text() {
        let texts = [
            "0123", "1_000", "1.2.3", "1e", "e3", ".", "+", "-", "-.", "yes", "off", ".inf", ".nan", "0x",
            "0x+1", "1 2", "١",
        ];
        for text in texts {
            assert_eq!(resolve(text), json!(text), "{text:?}");
        }
    }
}
