//! A value that may be one of several things and is none: which of them was meant, and what is wrong with it.
//!
//! "Not valid under any of the given schemas" helps nobody. The branch that was meant is picked by the type of
//! what stands there, or by the entry that names it, and its mistakes are the ones that are told.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;

use super::Diagnostic;
use super::explain::Explainer;
use super::rules::{self, Sentence};
use super::suggest::list;
use super::words;

type Branch = [ValidationError<'static>];

/// The mistakes of a value that fits no branch; `context` holds the errors of each branch.
pub(super) fn explain(
    explainer: &Explainer<'_>,
    error: &ValidationError<'_>,
    context: &[Vec<ValidationError<'static>>],
) -> Vec<Diagnostic> {
    let choice = Choice { explainer, error };
    let branches: Vec<&Branch> = context.iter().map(Vec::as_slice).collect();
    let of_type: Vec<&Branch> =
        branches.iter().copied().filter(|branch| !choice.is_of_other_type(branch)).collect();
    if of_type.is_empty() {
        return choice.wrong_type(&branches);
    }
    let structured: Vec<&Branch> =
        of_type.iter().copied().filter(|branch| !choice.is_other_word(branch)).collect();
    if structured.is_empty() {
        return choice.wrong_word(&of_type);
    }
    choice.meant(&structured)
}

/// The words of the branches that are single words.
pub(super) fn constants<'a>(errors: impl Iterator<Item = &'a ValidationError<'static>>) -> Vec<String> {
    let mut words = Vec::new();
    for error in errors {
        if let Kind::Constant { expected_value } = error.kind() {
            words.push(rules::plain(expected_value));
        } else if let Kind::Enum { options } = error.kind() {
            words.extend(options.as_array().into_iter().flatten().map(rules::plain));
        } else if let Some(context) = branches_of(error) {
            words.extend(constants(context.iter().flatten()));
        }
    }
    words
}

struct Choice<'a> {
    explainer: &'a Explainer<'a>,
    error: &'a ValidationError<'a>,
}

impl Choice<'_> {
    /// The errors of a branch about the value itself, not about something in it.
    fn own<'b>(&self, branch: &'b Branch) -> impl Iterator<Item = &'b ValidationError<'static>> {
        let pointer = self.error.instance_path().as_str().to_owned();
        branch.iter().filter(move |error| error.instance_path().as_str() == pointer)
    }

    fn is_of_other_type(&self, branch: &Branch) -> bool {
        self.own(branch).any(|error| {
            let all_within =
                |context: &Vec<Vec<_>>| context.iter().all(|branch| self.is_of_other_type(branch));
            matches!(error.kind(), Kind::Type { .. }) || branches_of(error).is_some_and(all_within)
        })
    }

    fn is_other_word(&self, branch: &Branch) -> bool {
        let text = self.error.instance().is_string();
        self.own(branch).any(|error| {
            let any_within = |context: &Vec<Vec<_>>| context.iter().any(|branch| self.is_other_word(branch));
            let word = matches!(error.kind(), Kind::Constant { .. } | Kind::Enum { .. });
            word || (text && branches_of(error).is_some_and(any_within))
        })
    }

    fn wrong_type(&self, branches: &[&Branch]) -> Vec<Diagnostic> {
        let mut asked = Vec::new();
        for error in branches.iter().flat_map(|branch| self.own(branch)) {
            add_asked(error, &mut asked);
        }
        let plain = rules::expected(&asked, self.error.instance());
        let sentence = self.explainer.own_words(self.error).unwrap_or(plain);
        vec![self.explainer.place_at_value(self.error, sentence)]
    }

    fn wrong_word(&self, branches: &[&Branch]) -> Vec<Diagnostic> {
        let options = constants(branches.iter().flat_map(|branch| self.own(branch)));
        let (node, _) = self.explainer.document.locate(self.error.instance_path().as_str());
        let sentence = rules::one_of(&options, self.explainer.document.shown(node));
        vec![self.explainer.place_at_value(self.error, sentence)]
    }

    /// The mistakes of the branch that was meant, among those that are not plain words.
    fn meant(&self, branches: &[&Branch]) -> Vec<Diagnostic> {
        let tagged: Vec<&&Branch> = branches.iter().filter(|branch| self.tag(branch).is_none()).collect();
        let tags: Vec<&str> = branches.iter().filter_map(|branch| self.tag(branch)).collect();
        match (tagged.as_slice(), tags.as_slice()) {
            ([], _) => self.unknown_tag(branches, &tags),
            ([one], []) => self.within(one),
            ([one], _) if !self.own(one).any(is_unknown_entry) => self.within(one),
            _ => self.several(branches),
        }
    }

    /// The entry that a branch is known by, where the value lacks it.
    fn tag<'b>(&self, branch: &'b Branch) -> Option<&'b str> {
        self.own(branch).find_map(|error| {
            if let Kind::Required { property } = error.kind() { property.as_str() } else { None }
        })
    }

    fn within(&self, branch: &Branch) -> Vec<Diagnostic> {
        branch.iter().flat_map(|error| self.explainer.explain(error)).collect()
    }

    /// No branch's entry is there.
    fn unknown_tag(&self, branches: &[&Branch], tags: &[&str]) -> Vec<Diagnostic> {
        let document = self.explainer.document;
        let (node, _) = document.locate(self.error.instance_path().as_str());
        if node.entries().is_empty() {
            let sentence = Sentence::new("this mapping needs an entry").maybe_hint(list(tags));
            return vec![self.explainer.place_at_value(self.error, sentence)];
        }
        if branches.iter().all(|branch| self.own(branch).any(is_unknown_entry)) {
            return node.entries().iter().map(|entry| document.unknown_entry(entry, tags)).collect();
        }
        if self.explainer.is_told(self.error) {
            return Vec::new();
        }
        let plain = Sentence::new("an entry is missing here").maybe_hint(list(tags));
        vec![self.explainer.place_at_value(self.error, self.explainer.own_words(self.error).unwrap_or(plain))]
    }

    /// The entries of several branches are there at once, or entries of none beside one.
    fn several(&self, branches: &[&Branch]) -> Vec<Diagnostic> {
        let document = self.explainer.document;
        let (node, _) = document.locate(self.error.instance_path().as_str());
        let names: Vec<_> = node.entries().iter().map(|entry| document.entry_name(entry)).collect();
        let plain = Sentence::new(format!("only one of {} may stand here", names.join(" and ")));
        let tagged = branches.iter().all(|branch| self.own(branch).any(is_unknown_entry));
        let own = self.explainer.own_words(self.error).filter(|_| !tagged);
        vec![self.explainer.place_at_value(self.error, own.unwrap_or(plain))]
    }
}

/// Adds the types that an error asks for, each once.
fn add_asked(error: &ValidationError<'_>, asked: &mut Vec<String>) {
    if let Kind::Type { kind } = error.kind() {
        for word in words::asked(kind) {
            if !asked.contains(&word) {
                asked.push(word);
            }
        }
    }
    for error in branches_of(error).into_iter().flatten().flatten() {
        add_asked(error, asked);
    }
}

/// The errors of each branch, where an error is about a choice.
fn branches_of<'a>(error: &'a ValidationError<'_>) -> Option<&'a Vec<Vec<ValidationError<'static>>>> {
    if let Kind::OneOfNotValid { context } | Kind::AnyOf { context } = error.kind() {
        return Some(context);
    }
    None
}

fn is_unknown_entry(error: &ValidationError<'_>) -> bool {
    matches!(error.kind(), Kind::AdditionalProperties { .. })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn single_words_are_collected_from_every_depth() {
        let schema =
            serde_json::json!({ "oneOf": [{ "const": "a" }, { "anyOf": [{ "enum": ["b", "c"] }] }] });
        let validator = jsonschema::validator_for(&schema).unwrap();
        let value = Value::from("x");
        let errors: Vec<_> = validator.iter_errors(&value).map(ValidationError::to_owned).collect();
        assert_eq!(constants(errors.iter()), ["a", "b", "c"]);
    }
}
