//! When an answer says that its client may come back.

use super::{Finding, Judgement, Reading, describe_answer};
use crate::wire::Answer;

/// The answer must say when to come back (RFC 9110 section 10.2.3), and not before the limit is over that it tells of.
pub(super) fn retry_after(reading: &Reading<'_>) -> Judgement {
    let answer = reading.answer;
    let seen = describe_answer(answer);
    let mut fields = answer.header("retry-after").map(str::trim);
    let text = match (fields.next(), fields.next()) {
        (None, _) => return Judgement::new(Finding::Broken, format!("{seen}, without a Retry-After field")),
        (Some(_), Some(_)) => {
            return Judgement::new(Finding::Broken, format!("{seen}, with more than one Retry-After field"));
        }
        (Some(text), None) => text,
    };
    let broken = |why: &str| Judgement::new(Finding::Broken, format!("{seen}: Retry-After: {text} {why}"));
    let Some(seconds) = seconds(text) else {
        let dated = is_http_date(text);
        return if dated { Judgement::new(Finding::Holds, seen) } else { broken("is no time and no date") };
    };
    match resets_in(answer) {
        Some(resets) if resets > seconds => broken(&format!("is before the limit is over, {resets} s away")),
        Some(_) | None => Judgement::new(Finding::Holds, format!("{seen}: Retry-After: {seconds}")),
    }
}

/// A number of seconds: digits and nothing else (RFC 9110 section 10.2.3).
pub fn seconds(text: &str) -> Option<u64> {
    let text = text.trim();
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// Whether a text has the form of an HTTP date (RFC 9110 section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
fn is_http_date(text: &str) -> bool {
    let form = "Aaa, 00 Aaa 0000 00:00:00 ...";
    text.len() == form.len()
        && text.ends_with("GMT")
        && text.bytes().zip(form.bytes()).all(|(byte, wanted)| match wanted {
            b'A' => byte.is_ascii_uppercase(),
            b'a' => byte.is_ascii_lowercase(),
            b'0' => byte.is_ascii_digit(),
            b'.' => true,
            wanted => byte == wanted,
        })
}

/// In how many seconds the limit is over of which nothing is left, by the `RateLimit` field (parameter `t`).
fn resets_in(answer: &Answer) -> Option<u64> {
    let items = answer.header("ratelimit").flat_map(|line| line.split(','));
    let spent = items.filter(|item| parameter(item, "r") == Some(0));
    spent.filter_map(|item| parameter(item, "t")).max()
}

/// A parameter of an item of a structured field (RFC 9651), where it is a whole number.
fn parameter(item: &str, name: &str) -> Option<u64> {
    let parameters = item.split(';').skip(1).filter_map(|one| one.split_once('='));
    let mut named = parameters.filter(|(key, _)| key.trim() == name);
    named.next()?.1.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(fields: &[(&str, &str)]) -> Finding {
        let headers = fields.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()));
        let answer = Answer { status: 429, headers: headers.collect(), ..Answer::default() };
        retry_after(&Reading::of(&answer)).finding
    }

    #[test]
    fn a_time_or_a_date_says_when() {
        assert_eq!(judged(&[("Retry-After", "5")]), Finding::Holds);
        assert_eq!(judged(&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")]), Finding::Holds);
        for wrong in ["", "soon", "-1", "+5", "1.5", "Sun, 6 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"] {
            assert_eq!(judged(&[("Retry-After", wrong)]), Finding::Broken, "{wrong}");
        }
        assert_eq!(judged(&[]), Finding::Broken);
        assert_eq!(judged(&[("Retry-After", "1"), ("Retry-After", "2")]), Finding::Broken);
    }

    #[test]
    fn nobody_is_called_back_too_early() {
        let with = |limit: &str| judged(&[("Retry-After", "5"), ("RateLimit", limit)]);
        assert_eq!(with("\"key\";r=0;t=5"), Finding::Holds);
        assert_eq!(with("\"key\";r=0;t=6"), Finding::Broken);
        assert_eq!(with("\"hour\";r=90;t=3000, \"key\";r=0;t=4"), Finding::Holds);
        assert_eq!(with("\"day\";r=0;t=3000, \"key\";r=0;t=4"), Finding::Broken);
        assert_eq!(with("noise"), Finding::Holds);
    }
}
