//! YAML that is written for people: a tree of names with comments above them.
//!
//! Values are written by `serde_yaml` (the crate `yaml_serde`), which knows what has to be quoted. It knows
//! no comments, so the names that carry some are written here. Nothing is read here.

use serde_json::{Value, json};

/// A name in a YAML file, what stands behind it, and what a reader should know first.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The lines of the comment above it, without their `#`.
    pub comment: Vec<String>,
    /// The name.
    pub name: String,
    /// What stands behind it.
    pub content: Content,
}

/// What stands behind a name.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A value, written as a whole.
    Value(Value),
    /// Further names, each with a comment of its own.
    Parts(Vec<Part>),
}

impl Part {
    /// A name with what stands behind it, and no comment yet.
    pub fn new(name: &str, content: Content) -> Self {
        Self { comment: Vec::new(), name: name.to_owned(), content }
    }

    /// A name with a value, and no comment yet.
    pub fn value(name: &str, value: Value) -> Self {
        Self::new(name, Content::Value(value))
    }

    /// The same with another line in its comment.
    #[must_use]
    pub fn comment(mut self, line: &str) -> Self {
        self.comment.push(line.to_owned());
        self
    }
}

/// A value that cannot be written as YAML.
#[derive(Debug, thiserror::Error)]
#[error("write `{name}` as YAML: {source}")]
pub struct WriteError {
    name: String,
    source: serde_yaml::Error,
}

/// Writes a document of parts, with an empty line before each. Unicode's own line breaks (U+0085, U+2028, U+2029) in a
/// text are not kept.
///
/// # Errors
/// When a value cannot be written.
pub fn write(parts: &[Part]) -> Result<String, WriteError> {
    let mut text = String::new();
    for part in parts {
        text.push('\n');
        text.push_str(&of_part(part)?);
    }
    Ok(text)
}

fn of_part(part: &Part) -> Result<String, WriteError> {
    let comment: String = part.comment.iter().map(|line| comment_line(line)).collect();
    let behind = match &part.content {
        Content::Value(value) => of_value(&part.name, value)?,
        Content::Parts(parts) => {
            let inside = parts.iter().map(of_part).collect::<Result<String, _>>()?;
            // What a null value leaves is the name that the parts belong under.
            let name = of_value(&part.name, &Value::Null)?;
            format!("{}\n{}", name.trim_end_matches(" null\n"), indented(&inside))
        }
    };
    Ok(comment + &behind)
}

fn of_value(name: &str, value: &Value) -> Result<String, WriteError> {
    let written = serde_yaml::to_string(&json!({ name: value }));
    written.map_err(|source| WriteError { name: name.to_owned(), source })
}

/// A line of a comment; a line break in it would end the comment.
pub fn comment_line(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    format!("# {text}").trim_end().to_owned() + "\n"
}

fn indented(text: &str) -> String {
    text.split_inclusive('\n').flat_map(|line| ["  ", line]).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::document::{Format, Source};

    /// What our own reader makes of a text.
    fn read(text: &str) -> Value {
        static FORMAT: Format<std::collections::BTreeMap<String, Value>> = Format::new();
        let source = Source { name: "written.yaml".to_owned(), text: text.to_owned() };
        let (read, _) = FORMAT.load(source, &|_| None, &|_| Vec::new()).expect("what is written can be read");
        json!(read)
    }

    #[test]
    fn every_name_has_its_comment_above_it_and_its_value_beneath() {
        let missing = Part::value("missing", json!({ "status": 401 }));
        let inside = vec![missing.comment("first").comment("").comment("second")];
        let text = write(&[
            Part::value("api", json!("Orders: new")),
            Part::new("refusals", Content::Parts(inside)).comment("How it refuses."),
        ]);
        insta::assert_snapshot!(text.expect("it can be written"), @r"

        api: 'Orders: new'

        # How it refuses.
        refusals:
          # first
          #
          # second
          missing:
            status: 401
        ");
    }

    #[test]
    fn a_comment_cannot_be_left_by_a_line_break() {
        let text = write(&[Part::value("api", json!("x")).comment("a\nadmin: true\r")]);
        assert_eq!(text.expect("it can be written"), "\n# a admin: true\napi: x\n");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_as_it_was(name in "[a-z$.]{1,9}", text in "\\PC{0,30}", number: u16) {
            // The reader fills variables in; nothing else about the text may change.
            prop_assume!(!text.contains("${") && !text.contains("$$"));
            // The writer leaves Unicode's own line breaks as they are, and the reader folds them.
            prop_assume!(!text.contains(['\u{85}', '\u{2028}', '\u{2029}']));
            let value = json!({ "text": text, "list": [text, number], "null": number });
            let inside = vec![Part::value(&name, value.clone()).comment(&text)];
            let outer = Part::new("outer", Content::Parts(inside)).comment(&text);
            let written = write(&[outer]).expect("it can be written");
            prop_assert_eq!(read(&written), json!({ "outer": { name: value } }));
        }
    }
}
