//! From the text of a threshold to its meaning, or to the place where it goes wrong.

use std::time::Duration;

use super::{COUNTS, Compare, Figure, SELECTORS, Threshold, Time, bound};
use crate::document::{Millis, Span, suggest};

/// What is wrong with a threshold, and where in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong.
    pub message: String,
    /// Where, in bytes of its text.
    pub at: Span,
    /// What to do about it.
    pub hint: Option<String>,
}

/// What stands behind a bound that ends a run.
const ABORT: &str = "abort_on_fail";
const EXAMPLE: &str = "write `p99(accepted, response) < 20ms` or `rate(shed) < 1%`, for example";
const FIGURES: [&str; 8] = ["p50", "p90", "p99", "p99.9", "max", "rate", "count", "throughput"];

/// Parses a threshold.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub fn parse(text: &str) -> Result<Threshold, Mistake> {
    let open = text.find('(').ok_or_else(|| plain("this has no `(`", 0..text.len()))?;
    let close = text.find(')').filter(|close| *close > open);
    let close = close.ok_or_else(|| plain("this `(` is never closed", open..open + 1))?;
    let name = trimmed(text, 0..open);
    let arguments = arguments(text, open + 1..close);
    let operator = trimmed(text, close + 1..text.len());
    let (compare, length) = comparison(word(text, &operator)).ok_or_else(|| {
        let at =
            operator.start..operator.start + word(text, &operator).chars().next().map_or(0, char::len_utf8);
        hinted("expected `<`, `<=`, `>`, `>=` or `==` here", at, EXAMPLE)
    })?;
    let (end, abort) = abort(text, operator.start + length)?;
    let bound_at = trimmed(text, operator.start + length..end);
    let (figure, class) = figure(text, &name, &arguments)?;
    let (bound, other) = bound::bound(&figure, text, bound_at)?;
    let classes = class.into_iter().chain(other).collect();
    Ok(Threshold { text: text.to_owned(), figure, compare, bound, abort, classes })
}

/// Where the bound ends, and from when on a run is ended where it does not hold, if it is.
fn abort(text: &str, from: usize) -> Result<(usize, Option<Duration>), Mistake> {
    let rest = text.get(from..).unwrap_or_default();
    let Some(at) = rest.find(ABORT).map(|at| from + at) else { return Ok((text.len(), None)) };
    let grace = trimmed(text, at + ABORT.len()..text.len());
    if grace.is_empty() {
        return Ok((at, Some(Duration::ZERO)));
    }
    let time = Millis::parse(word(text, &grace));
    let unknown = |_| {
        let message = format!("`{}` is not a length of time", word(text, &grace));
        hinted(message, grace.clone(), "write `abort_on_fail 5s`, for example: not before 5 s are measured")
    };
    time.map(|time| (at, Some(time.duration()))).map_err(unknown)
}

pub(super) fn plain(message: impl Into<String>, at: Span) -> Mistake {
    hinted(message, at, EXAMPLE)
}

pub(super) fn hinted(message: impl Into<String>, at: Span, hint: &str) -> Mistake {
    Mistake { message: message.into(), at, hint: Some(hint.to_owned()) }
}

fn unknown(what: &str, text: &str, at: &Span, known: &[&str]) -> Mistake {
    let given = word(text, at);
    let message =
        if given.is_empty() { format!("{what} is missing here") } else { format!("`{given}` is no {what}") };
    Mistake { message, at: at.clone(), hint: suggest(given, known) }
}

pub(super) fn word<'a>(text: &'a str, at: &Span) -> &'a str {
    text.get(at.clone()).unwrap_or_default()
}

/// A part of a text without the space around it.
pub(super) fn trimmed(text: &str, at: Span) -> Span {
    let part = word(text, &at);
    let start = at.start + (part.len() - part.trim_start().len());
    start..start + part.trim().len()
}

pub(super) fn arguments(text: &str, at: Span) -> Vec<Span> {
    let mut start = at.start;
    let mut found = Vec::new();
    for part in word(text, &at).split(',') {
        found.push(trimmed(text, start..start + part.len()));
        start += part.len() + 1;
    }
    found
}

/// The comparison that a text begins with, and its length.
fn comparison(text: &str) -> Option<(Compare, usize)> {
    let signs = [
        ("<=", Compare::AtMost),
        (">=", Compare::AtLeast),
        ("==", Compare::Equal),
        ("<", Compare::Less),
        (">", Compare::More),
    ];
    signs.into_iter().find(|(sign, _)| text.starts_with(sign)).map(|(sign, compare)| (compare, sign.len()))
}

/// A part of the mix that is named, and where.
pub(super) type Named = Option<(String, Span)>;

pub(super) fn figure(text: &str, name: &Span, arguments: &[Span]) -> Result<(Figure, Named), Mistake> {
    let first = arguments.first().cloned().unwrap_or(name.end..name.end);
    let second = arguments.get(1);
    if let Some(third) = arguments.get(2) {
        return Err(plain("this is one too many", third.clone()));
    }
    let of = || (word(text, &first).to_owned(), class(text, &first));
    match word(text, name) {
        "max" => {
            let (of, named) = selected(text, &first)?;
            Ok((Figure::Longest { of, time: time(text, second)? }, named))
        }
        "rate" | "count" => {
            let known = COUNTS.contains(&word(text, &first));
            if !known {
                return Err(unknown("count", text, &first, &COUNTS));
            }
            let named = second.map(|at| (word(text, at).to_owned(), at.clone()));
            let (what, class) = (of().0, named.as_ref().map(|(class, _)| class.clone()));
            let rate = word(text, name) == "rate";
            Ok((if rate { Figure::Rate { what, class } } else { Figure::Count { what, class } }, named))
        }
        "throughput" => {
            let (of, named) = selected(text, &first)?;
            Ok((Figure::Throughput { of }, named))
        }
        percentile => {
            let percent = percentile.strip_prefix('p').and_then(|digits| digits.parse::<f64>().ok());
            let percent = percent.filter(|percent| *percent > 0.0 && *percent < 100.0);
            let percent = percent.ok_or_else(|| unknown("figure", text, name, &FIGURES))?;
            let (of, named) = selected(text, &first)?;
            Ok((Figure::Percentile { percent, of, time: time(text, second)? }, named))
        }
    }
}

/// Of which requests: one of the selectors, or a part of the mix.
fn selected(text: &str, at: &Span) -> Result<(String, Named), Mistake> {
    if at.is_empty() {
        return Err(unknown("choice of requests", text, at, &SELECTORS));
    }
    Ok((word(text, at).to_owned(), class(text, at)))
}

fn class(text: &str, at: &Span) -> Named {
    let name = word(text, at);
    (!SELECTORS.contains(&name)).then(|| (name.to_owned(), at.clone()))
}

/// Counted from when; from when it was due, where nothing is said.
fn time(text: &str, at: Option<&Span>) -> Result<Time, Mistake> {
    match at.map(|at| (word(text, at), at)) {
        None | Some(("response", _)) => Ok(Time::Response),
        Some(("service", _)) => Ok(Time::Service),
        Some(("outlived", _)) => Ok(Time::Outlived),
        Some((_, at)) => Err(unknown("time", text, at, &["response", "service", "outlived"])),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Bound;
    use super::*;

    fn bound_of(text: &str) -> f64 {
        match parse(text).unwrap_or_else(|mistake| panic!("{text}: {mistake:?}")).bound {
            Bound::Fixed(bound) => bound,
            Bound::Compared { .. } | Bound::Policy(_) => panic!("{text} compares"),
        }
    }

    #[test]
    fn bounds_are_in_the_unit_of_their_figure() {
        let cases = [
            ("p99(accepted, response) < 20ms", 0.02),
            ("p99.9(all,service)<=1s", 1.0),
            ("max(good) < 2s", 2.0),
            ("rate(false_accept) == 0", 0.0),
            (" rate( shed ) < 1% ", 0.01),
            ("count(broken, good) <= 3", 3.0),
            ("throughput(accepted) > 90/s", 90.0),
        ];
        for (text, bound) in cases {
            assert!((bound_of(text) - bound).abs() < 1e-12, "{text}");
        }
        let good = parse("count(broken, good) <= 3").unwrap();
        assert_eq!(good.classes(), [("good".to_owned(), 14..18)]);
        assert_eq!(parse("p50(refused) > 0s").unwrap().classes(), []);
        let policy = parse("max(all, outlived) <= policy.max_revocation_lag").unwrap();
        assert_eq!(policy.bound, Bound::Policy("max_revocation_lag".to_owned()));
    }

    #[test]
    fn a_bound_may_be_another_figure() {
        let text = "p99(bad, service) < 1.5 * p99(good, service) + 2ms abort_on_fail 5s";
        let threshold = parse(text).unwrap();
        assert_eq!(threshold.classes(), [("bad".to_owned(), 4..7), ("good".to_owned(), 30..34)]);
        assert_eq!(threshold.abort, Some(Duration::from_secs(5)));
        let Bound::Compared { factor, figure, plus } = threshold.bound else { panic!("it compares") };
        assert!((factor - 1.5).abs() < 1e-12 && (plus - 0.002).abs() < 1e-12);
        let of = "good".to_owned();
        assert_eq!(figure, Figure::Percentile { percent: 99.0, of, time: Time::Service });
        let plain = parse("rate(shed) <= rate(shed, good)").unwrap();
        assert_eq!(plain.abort, None);
        assert!(matches!(plain.bound, Bound::Compared { factor: 1.0, plus: 0.0, .. }));
        assert_eq!(parse("rate(shed) < 1% abort_on_fail").unwrap().abort, Some(Duration::ZERO));
    }

    #[test]
    fn a_mistake_is_told_with_its_place() {
        let cases = [
            ("p99 < 20ms", "this has no `(`", "p99 < 20ms"),
            ("p99(all < 20ms", "this `(` is never closed", "("),
            ("q99(all) < 20ms", "`q99` is no figure", "q99"),
            ("p100(all) < 20ms", "`p100` is no figure", "p100"),
            ("p99() < 20ms", "choice of requests is missing here", ""),
            ("p99(all, servis) < 20ms", "`servis` is no time", "servis"),
            ("p99(all) ~ 20ms", "expected `<`, `<=`, `>`, `>=` or `==` here", "~"),
            ("p99(all) < fast", "`fast` is not a length of time", "fast"),
            ("rate(sheds) < 1%", "`sheds` is no count", "sheds"),
            ("rate(shed) < few", "`few` is not a share", "few"),
            ("max(all, service, x) < 1s", "this is one too many", "x"),
            ("max(all) < policy.max_lag", "`policy.max_lag` is no bound", "policy.max_lag"),
            ("p99(all) < 2 * p99(all", "this `(` is never closed", "("),
            ("p99(all) < x * p99(good)", "`x` is not a number", "x"),
            ("p99(all) < 2 * rate(shed)", "this is another kind of figure", "rate(shed)"),
            ("p99(all) < p99(good) + fast", "`fast` is not a length of time", "fast"),
            ("p99(all) < p99(good) - 2ms", "expected `+` or nothing here", "- 2ms"),
            ("p99(all) < 2ms abort_on_fail soon", "`soon` is not a length of time", "soon"),
        ];
        for (text, message, place) in cases {
            let mistake = parse(text).expect_err(text);
            assert_eq!((&*mistake.message, word(text, &mistake.at)), (message, place), "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_understood_or_refused_at_a_place_within_it(text in "[a-z0-9(), <>=%.*+é]{0,40}") {
            if let Err(mistake) = parse(&text) {
                prop_assert!(text.get(mistake.at).is_some(), "{text}");
            }
        }
    }
}
