//! Did you mean: the nearest of the allowed words.

/// Words longer than this are not compared: nobody mistypes that much, and comparing costs the square.
const LONGEST: usize = 64;

/// How many allowed words a hint lists before it stops.
const MOST_LISTED: usize = 30;

/// The allowed word nearest to what was written, if any is near: about one letter in three may be wrong.
pub fn closest<'a>(written: &str, allowed: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if written.len() > LONGEST {
        return None;
    }
    let lower = written.to_lowercase();
    let limit = (written.chars().count() / 3).max(1);
    allowed
        .into_iter()
        .filter(|word| word.len() <= LONGEST && word.len().abs_diff(lower.len()) <= limit * 4)
        .map(|word| (strsim::osa_distance(&lower, &word.to_lowercase()), word))
        .filter(|(distance, word)| *distance <= limit && *distance < word.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// The hint for a word that is not among the allowed ones: the nearest of them, or all of them.
pub fn suggest(written: &str, allowed: &[&str]) -> Option<String> {
    match closest(written, allowed.iter().copied()) {
        Some(word) => Some(format!("did you mean `{word}`?")),
        None => list(allowed),
    }
}

/// The names in braces that are known in another case: `{Host}` for `{host}`. Behind a `$` they are a shell's own.
pub fn respelt<'a>(text: &'a str, known: &[&str]) -> Vec<&'a str> {
    let other_case = |(open, _)| {
        let (before, rest) = text.split_at(open);
        let (name, _) = rest.strip_prefix('{')?.split_once('}')?;
        let word = name.split(':').next().unwrap_or_default();
        let lower = word.to_ascii_lowercase();
        (lower != word && known.contains(&&*lower) && !before.ends_with('$')).then_some(name)
    };
    text.match_indices('{').filter_map(other_case).collect()
}

/// The hint that lists what is allowed.
pub(super) fn list(allowed: &[&str]) -> Option<String> {
    let listed: Vec<_> = allowed.iter().take(MOST_LISTED).map(|word| format!("`{word}`")).collect();
    let more = if allowed.len() > listed.len() { ", ..." } else { "" };
    (!listed.is_empty()).then(|| format!("allowed here: {}{more}", listed.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_word() {
        assert_eq!(closest("staus", ["state", "status", "sources"]), Some("status"));
        assert_eq!(closest("Env", ["file", "env"]), Some("env"));
        assert_eq!(closest("evn", ["env", "file"]), Some("env"));
    }

    #[test]
    fn a_name_in_braces_is_known_again_in_another_case() {
        let found = respelt("{Host} {host} {KEY-line:A} ${HOST} {Other} {\"Host\"} {", &["host", "key-line"]);
        assert_eq!(found, ["Host", "KEY-line:A"]);
    }

    #[test]
    fn a_word_that_is_near_nothing_gets_the_whole_list() {
        assert_eq!(suggest("colour", &["env", "file"]).as_deref(), Some("allowed here: `env`, `file`"));
        assert_eq!(suggest("x", &["a"]).as_deref(), Some("allowed here: `a`"));
        assert_eq!(suggest("x", &[]), None);
    }
}
