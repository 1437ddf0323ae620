//! Small pieces of English that every report for people needs.

use crate::outcome::{RunResult, Verdict};

/// A number with its noun: `1 case`, `2 cases`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A number of cases.
pub(super) fn cases(number: usize) -> String {
    count(number, "case", "cases")
}

/// A length of time in milliseconds, for people: `850 ms`, `1.2 s`, `2 min 5 s`.
pub(super) fn duration(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        _ => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1_000),
    }
}

/// How many cases came to each verdict; the rare verdicts only where there are any.
pub(super) fn counts(result: &RunResult) -> String {
    let counts = Verdict::ALL.into_iter().filter_map(|verdict| {
        let count = result.summary.count(verdict);
        let rare = matches!(verdict, Verdict::Inconclusive | Verdict::Error);
        (count > 0 || !rare).then(|| format!("{count} {verdict}"))
    });
    counts.collect::<Vec<_>>().join(", ")
}

/// Text shortened to so many characters, with a mark where it was cut.
pub(super) fn shorten(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// The first few of some names, and how many more there are.
pub(super) fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>, most: usize) -> String {
    let more = names.len().saturating_sub(most);
    let listed = names.take(most).collect::<Vec<_>>().join(", ");
    if more == 0 { listed } else { format!("{listed} and {more} more") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_singular_and_everything_else_plural() {
        assert_eq!([cases(0), cases(1), cases(2)], ["0 cases", "1 case", "2 cases"]);
    }

    #[test]
    fn durations_are_given_in_the_unit_that_fits() {
        assert_eq!(
            [0, 850, 1_000, 1_250, 59_999, 60_000, 125_400].map(duration),
            ["0 ms", "850 ms", "1.0 s", "1.2 s", "59.9 s", "1 min 0 s", "2 min 5 s"]
        );
    }

    #[test]
    fn what_is_cut_is_marked() {
        assert_eq!(shorten("abcd", 4), "abcd");
        assert_eq!(shorten("abcde", 4), "abc…");
        assert_eq!(shorten("ééééé", 4), "ééé…");
    }

    #[test]
    fn a_long_list_is_cut_with_the_number_of_the_rest() {
        assert_eq!(listed(["a", "b"].into_iter(), 2), "a, b");
        assert_eq!(listed(["a", "b", "c", "d"].into_iter(), 2), "a, b and 2 more");
    }
}
