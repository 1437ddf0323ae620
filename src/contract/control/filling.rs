//! What stands in braces in the texts of an action.

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filling<'a> {
    /// Stands as it is.
    Text(&'a str),
    /// A name in braces: something is filled in for it.
    Gap(&'a str),
}

/// The parts of a text. Only what could be a name counts, so that JSON stays what it is.
pub fn fillings(text: &str) -> Vec<Filling<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, name, after)) = first_gap(rest) {
        parts.extend((!before.is_empty()).then_some(Filling::Text(before)));
        parts.push(Filling::Gap(name));
        rest = after;
    }
    parts.extend((!rest.is_empty()).then_some(Filling::Text(rest)));
    parts
}

fn first_gap(text: &str) -> Option<(&str, &str, &str)> {
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    text.match_indices('{').find_map(|(open, _)| {
        let close = open + text.get(open..)?.find('}')?;
        let name = text.get(open + 1..close).filter(|name| is_name(name))?;
        Some((text.get(..open)?, name, text.get(close + 1..)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_braces_are_gaps_and_everything_else_is_text() {
        use Filling::{Gap, Text};
        assert_eq!(fillings("/keys/{id}/x"), [Text("/keys/"), Gap("id"), Text("/x")]);
        assert_eq!(fillings("{key}"), [Gap("key")]);
        assert_eq!(fillings("{\"a\": {}} {A} {"), [Text("{\"a\": {}} {A} {")]);
        assert_eq!(fillings("{{id}}"), [Text("{"), Gap("id"), Text("}")]);
        assert!(fillings("").is_empty());
    }
}
