//! From text to a typed value, or to every mistake at once.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::document::Document;
use super::schema::Format;
use super::{Diagnostic, Diagnostics, Source, Variables, explain, interpolate, parse};

/// Finds what is wrong with a document beyond its schema.
///
/// It is asked even where the schema found mistakes, so it takes nothing for granted.
pub type Check<'a> = &'a dyn Fn(&Document) -> Vec<Diagnostic>;

impl<T: JsonSchema + DeserializeOwned> Format<T> {
    /// Reads a document: every mistake in its YAML, its variables, its schema, and what `check` finds in its
    /// tree.
    ///
    /// # Errors
    /// All of its mistakes at once.
    pub fn load(
        &self,
        source: Source,
        variables: Variables<'_>,
        check: Check<'_>,
    ) -> Result<(T, Document), Diagnostics> {
        let mut reading = parse::read(&source.text);
        interpolate::fill(&source.text, &mut reading, variables);
        let Some(root) = reading.root else {
            return Err(Diagnostics::new(source, reading.mistakes, reading.hidden));
        };
        let document = Document { source, root, hidden: reading.hidden };
        let value = document.to_value();
        let mut found = explain::all(self.compiled(), &document, &value);
        found.extend(check(&document));
        found.retain(|mistake| !reading.doubtful.contains(&mistake.span.start));
        let mut all = reading.mistakes;
        all.append(&mut found);
        if all.is_empty() {
            match serde_json::from_value(value) {
                Ok(value) => return Ok((value, document)),
                Err(error) => all.push(gap(&error.to_string())),
            }
        }
        Err(document.refuse(all))
    }
}

/// The keys of a text's outermost mapping, in order; nothing where it is not YAML.
pub fn top_level(text: &str) -> Option<Vec<String>> {
    let root = parse::read(text).root?;
    Some(root.entries().iter().map(|entry| entry.key.clone()).collect())
}

/// The schema let something through that the type does not take.
fn gap(problem: &str) -> Diagnostic {
    let message = format!("this cannot be read: {problem}");
    let hint =
        Some("the schema should have said where; please report this as a mistake of Lockproof".to_owned());
    Diagnostic { message, span: 0..0, hint }
}
