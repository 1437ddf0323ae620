//! What a figure is compared with: a bound in its own unit, or another figure of the same kind.

use super::parse::{Mistake, Named, arguments, figure, hinted, plain, trimmed, word};
use super::{Bound, Figure};
use crate::document::{Millis, Rate, Span};

/// A bound that was read, and the part of the mix that it names.
type Read = (Bound, Named);

/// The bound of a figure.
pub(super) fn bound(of: &Figure, text: &str, at: Span) -> Result<Read, Mistake> {
    if let Some(name) = word(text, &at).strip_prefix("policy.") {
        return policy(of, name).map(|bound| (bound, None)).map_err(|message| plain(message, at.clone()));
    }
    if !word(text, &at).contains('(') {
        return fixed(of, text, at).map(|bound| (Bound::Fixed(bound), None));
    }
    let (factor, at) = factor(text, at)?;
    let open = at.start + word(text, &at).find('(').unwrap_or(0);
    let close = text.get(open..at.end).and_then(|rest| rest.find(')')).map(|close| open + close);
    let close = close.ok_or_else(|| plain("this `(` is never closed", open..open + 1))?;
    let (name, inner) = (trimmed(text, at.start..open), arguments(text, open + 1..close));
    let (other, named) = figure(text, &name, &inner)?;
    if !of.is_like(&other) {
        let hint = "compare times with times, shares with shares, and numbers with numbers";
        return Err(hinted("this is another kind of figure", name.start..close + 1, hint));
    }
    let plus = plus(of, text, trimmed(text, close + 1..at.end))?;
    Ok((Bound::Compared { factor, figure: other, plus }, named))
}

/// A line of the policy, where it can be a bound of the figure.
fn policy(of: &Figure, name: &str) -> Result<Bound, String> {
    match name {
        "max_revocation_lag" if of.is_time() => Ok(Bound::Policy(name.to_owned())),
        "max_revocation_lag" => Err(format!("`policy.{name}` is a time, and this is none")),
        _ => Err(format!("`policy.{name}` is no bound")),
    }
}

/// What the other figure is multiplied by, and where the rest is.
fn factor(text: &str, at: Span) -> Result<(f64, Span), Mistake> {
    let Some(star) = word(text, &at).find('*').map(|star| at.start + star) else { return Ok((1.0, at)) };
    let number = trimmed(text, at.start..star);
    let factor = word(text, &number).parse::<f64>().ok().filter(|factor| factor.is_finite());
    let factor = factor.ok_or_else(|| {
        let message = format!("`{}` is not a number", word(text, &number));
        hinted(message, number, "write `1.5 * p99(good)`, for example")
    })?;
    Ok((factor, trimmed(text, star + 1..at.end)))
}

/// What is added to the other figure.
fn plus(of: &Figure, text: &str, at: Span) -> Result<f64, Mistake> {
    match word(text, &at).strip_prefix('+') {
        None if at.is_empty() => Ok(0.0),
        None => Err(hinted("expected `+` or nothing here", at, "write `p99(good) + 2ms`, for example")),
        Some(_) => fixed(of, text, trimmed(text, at.start + 1..at.end)),
    }
}

/// A bound in the unit of its figure.
fn fixed(of: &Figure, text: &str, at: Span) -> Result<f64, Mistake> {
    in_unit(of, word(text, &at)).map_err(|(message, hint)| hinted(message, at, hint))
}

fn in_unit(figure: &Figure, text: &str) -> Result<f64, (String, &'static str)> {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    match figure {
        Figure::Percentile { .. } | Figure::Longest { .. } => Millis::parse(text)
            .map(|time| time.duration().as_secs_f64())
            .map_err(|_| (format!("`{text}` is not a length of time"), "write `20ms` or `1s`, for example")),
        Figure::Rate { .. } => {
            let percent = text.strip_suffix('%').and_then(number).map(|percent| percent / 100.0);
            percent
                .or_else(|| number(text))
                .ok_or_else(|| (format!("`{text}` is not a share"), "write `1%` or `0`, for example"))
        }
        Figure::Count { .. } => {
            number(text).ok_or_else(|| (format!("`{text}` is not a number"), "write `0`, for example"))
        }
        Figure::Throughput { .. } => Rate::parse(text)
            .map(|rate| rate.per_second())
            .map_err(|_| (format!("`{text}` is not a rate"), "write `100/s`, for example")),
    }
}
