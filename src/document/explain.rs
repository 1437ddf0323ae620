//! From the errors of the schema to mistakes that a person can act on.
//!
//! The validator says which keyword failed at which JSON pointer; the words, the place and the hint are found
//! here. No message repeats what belongs to a key or what a variable brought in.

use std::collections::HashSet;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value;

use super::rules::{self, Sentence};
use super::schema::Compiled;
use super::suggest::closest;
use super::tree::Entry;
use super::{Diagnostic, Document, Name, choice};

/// The most errors that are explained: nobody reads more, and a hostile file must not cost more.
const MOST: usize = 200;

/// Every mistake that the schema finds in a document.
pub(super) fn all(compiled: &Compiled, document: &Document, value: &Value) -> Vec<Diagnostic> {
    let validator = match &compiled.validator {
        Ok(validator) => validator,
        Err(problem) => {
            return vec![Diagnostic::new(format!("the schema of this format is unsound: {problem}"), 0..0)];
        }
    };
    let errors: Vec<_> = validator.iter_errors(value).take(MOST).collect();
    let mut explainer = Explainer { schema: &compiled.schema, document, told: HashSet::new() };
    for error in &errors {
        explainer.note_told(error);
    }
    errors.iter().flat_map(|error| explainer.explain(error)).collect()
}

/// What it takes to explain an error.
pub(super) struct Explainer<'a> {
    schema: &'a Value,
    pub(super) document: &'a Document,
    /// Values with a mistake that says it all: the wrong type, or an entry that no schema knows; and what such
    /// an entry was meant to be, which is not missing then.
    told: HashSet<(String, Option<String>)>,
}

impl Explainer<'_> {
    /// The mistakes behind one error.
    #[expect(clippy::wildcard_enum_match_arm, reason = "what is not about entries is about the value itself")]
    pub(super) fn explain(&self, error: &ValidationError<'_>) -> Vec<Diagnostic> {
        match error.kind() {
            Kind::AdditionalProperties { unexpected } => self.unknown(error, unexpected),
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
                choice::explain(self, error, context)
            }
            Kind::Required { property } => self.missing(error, property).into_iter().collect(),
            Kind::PropertyNames { error: inner } => vec![self.bad_name(error, inner)],
            _ => self.about_shape(error).into_iter().collect(),
        }
    }

    /// A mistake about the whole of a value; silent where another says more.
    fn about_shape(&self, error: &ValidationError<'_>) -> Option<Diagnostic> {
        let of_shape = matches!(
            error.kind(),
            Kind::Not { .. } | Kind::OneOfMultipleValid { .. } | Kind::MinProperties { .. }
        );
        if of_shape && self.is_told(error) {
            return None;
        }
        Some(self.place_at_value(error, self.sentence(error)))
    }

    /// Whether another error about the same value says it all.
    pub(super) fn is_told(&self, error: &ValidationError<'_>) -> bool {
        self.told.contains(&(error.instance_path().as_str().to_owned(), None))
    }

    /// A mistake that points at the value behind an error.
    pub(super) fn place_at_value(&self, error: &ValidationError<'_>, sentence: Sentence) -> Diagnostic {
        let pointer = error.instance_path().as_str();
        Diagnostic::new(sentence.message, self.document.span(pointer)).maybe_hint(sentence.hint)
    }

    /// The sentence about a value that breaks one keyword.
    fn sentence(&self, error: &ValidationError<'_>) -> Sentence {
        let (node, _) = self.document.locate(error.instance_path().as_str());
        let written = self.document.shown(node);
        rules::sentence(error, self.around(error), written).or_own(self.own_words(error))
    }

    /// The sentence that the schema itself gives for a broken rule.
    pub(super) fn own_words(&self, error: &ValidationError<'_>) -> Option<Sentence> {
        let mut path = error.schema_path().as_str();
        loop {
            let (parent, last) = path.rsplit_once('/')?;
            let branch = last.parse::<usize>().is_ok() || matches!(last, "anyOf" | "oneOf");
            let schema = self.schema.pointer(parent)?;
            if let Some(text) = schema.get("errorMessage").and_then(Value::as_str) {
                return Some(Sentence::from_schema(text));
            }
            let leaf = path.len() == error.schema_path().as_str().len();
            if !leaf && !branch {
                return None;
            }
            path = parent;
        }
    }

    /// The part of the schema that the failed keyword stands in.
    pub(super) fn around(&self, error: &ValidationError<'_>) -> &Value {
        let path = error.schema_path().as_str();
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        self.schema.pointer(parent).unwrap_or(&Value::Null)
    }

    /// Entries that the schema does not know, each pointed at by its key.
    fn unknown(&self, error: &ValidationError<'_>, unexpected: &[String]) -> Vec<Diagnostic> {
        let (node, _) = self.document.locate(error.instance_path().as_str());
        let names: HashSet<&str> = unexpected.iter().map(String::as_str).collect();
        let entries = node.entries().iter().filter(|entry| names.contains(&*entry.key)).take(MOST);
        let schema = self.around(error);
        if schema.get("patternProperties").is_some() {
            return entries.map(|entry| self.not_a_name(entry)).collect();
        }
        let allowed = property_names(schema);
        let unused: Vec<&str> = allowed.iter().copied().filter(|name| node.get(name).is_none()).collect();
        let allowed = if unused.is_empty() { allowed } else { unused };
        entries.map(|entry| self.document.unknown_entry(entry, &allowed)).collect()
    }

    /// A key that breaks the rule for names.
    fn not_a_name(&self, entry: &Entry) -> Diagnostic {
        let message = format!("{} is not a name", self.document.entry_name(entry));
        let problem = Name::parse(&entry.key).err();
        Diagnostic::new(message, entry.key_span.clone()).maybe_hint(problem)
    }

    /// An entry that must be there, unless a misspelt one is it.
    fn missing(&self, error: &ValidationError<'_>, property: &Value) -> Option<Diagnostic> {
        let pointer = error.instance_path().as_str();
        let name = property.as_str().unwrap_or_default();
        if self.told.contains(&(pointer.to_owned(), Some(name.to_owned()))) {
            return None;
        }
        let about = self.around(error).get("properties").and_then(|all| all.get(name));
        let hint = about.and_then(|about| about.get("description")).and_then(Value::as_str);
        let place = self.document.span(pointer);
        Some(
            Diagnostic::new(format!("the entry `{name}` is missing"), place)
                .maybe_hint(hint.map(|hint| first_sentence(name, hint))),
        )
    }

    /// An entry's key that breaks a rule about keys.
    fn bad_name(&self, error: &ValidationError<'_>, inner: &ValidationError<'_>) -> Diagnostic {
        let (node, _) = self.document.locate(error.instance_path().as_str());
        let Some(entry) = inner.instance().as_str().and_then(|key| node.entry(key)) else {
            return self.place_at_value(error, self.sentence(inner));
        };
        if let Kind::OneOfNotValid { context } | Kind::AnyOf { context } = inner.kind() {
            let options = choice::constants(context.iter().flatten());
            let options: Vec<&str> = options.iter().map(String::as_str).collect();
            return self.document.unknown_entry(entry, &options);
        }
        let sentence = rules::sentence(inner, self.around(inner), self.document.shown_key(entry));
        let sentence = sentence.or_own(self.own_words(inner));
        Diagnostic::new(sentence.message, entry.key_span.clone()).maybe_hint(sentence.hint)
    }

    /// Remembers the values with a mistake that says it all.
    fn note_told(&mut self, error: &ValidationError<'_>) {
        let pointer = error.instance_path().as_str().to_owned();
        if matches!(error.kind(), Kind::Type { .. }) {
            self.told.insert((pointer, None));
            return;
        }
        let Kind::AdditionalProperties { unexpected } = error.kind() else { return };
        let allowed = property_names(self.around(error));
        let meant: Vec<_> = unexpected
            .iter()
            .filter_map(|name| closest(name, allowed.iter().copied()).map(str::to_owned))
            .collect();
        self.told.extend(meant.into_iter().map(|meant| (pointer.clone(), Some(meant))));
        self.told.insert((pointer, None));
    }
}

/// The names of the entries that a schema knows.
pub(super) fn property_names(schema: &Value) -> Vec<&str> {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.map(|all| all.keys().map(String::as_str).collect()).unwrap_or_default()
}

fn first_sentence(name: &str, description: &str) -> String {
    let line = description.lines().next().unwrap_or_default();
    let sentence = line.split_once(". ").map_or(line, |(first, _)| first).trim_end_matches('.');
    format!("`{name}`: {sentence}")
}
