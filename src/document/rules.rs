//! The sentence for each rule that a single value can break.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value;

use super::suggest::suggest;
use super::{formats, words};

/// A message and its hint, before it has a place.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sentence {
    pub(super) message: String,
    pub(super) hint: Option<String>,
    /// Whether a sentence of the schema's own says it better.
    vague: bool,
}

impl Sentence {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, vague: false }
    }

    fn vague(message: impl Into<String>) -> Self {
        Self { vague: true, ..Self::new(message) }
    }

    pub(super) fn maybe_hint(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }

    /// A sentence of the schema's own: what is wrong, and after a semicolon what to do.
    pub(super) fn from_schema(text: &str) -> Self {
        let (message, hint) = match text.split_once("; ") {
            Some((message, hint)) => (message, Some(hint.to_owned())),
            None => (text, None),
        };
        Self::new(message).maybe_hint(hint)
    }

    /// The schema's own sentence where this one is vague and there is one.
    pub(super) fn or_own(self, own: Option<Self>) -> Self {
        own.filter(|_| self.vague).unwrap_or(self)
    }
}

/// The sentence about a value that breaks a rule; `written` is its text where that may be repeated.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the formats use no other keyword; the last arm is for the day one does"
)]
pub(super) fn sentence(error: &ValidationError<'_>, schema: &Value, written: Option<&str>) -> Sentence {
    let named = written.map_or_else(|| "this".to_owned(), |text| format!("`{text}`"));
    let plural =
        |count: u64, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    match error.kind() {
        Kind::Type { kind } => expected(&words::asked(kind), error.instance()),
        Kind::Enum { options } => among(options.as_array().map_or(&[], Vec::as_slice), written),
        Kind::Constant { expected_value } => among(std::slice::from_ref(expected_value), written),
        Kind::Format { format } => badly_formed(format, error.instance(), written),
        Kind::Pattern { pattern } => Sentence {
            hint: Some(format!("it must match {pattern}")),
            ..Sentence::vague(format!("{named} is not allowed here"))
        },
        Kind::Minimum { .. } | Kind::Maximum { .. } => out_of_range(schema),
        Kind::MinItems { limit } => {
            Sentence::new(format!("this list needs at least {}", plural(*limit, "item", "items")))
        }
        Kind::MaxItems { limit } => {
            Sentence::new(format!("this list holds more than {}", plural(*limit, "item", "items")))
        }
        Kind::MinLength { limit } => {
            Sentence::new(format!("this text needs at least {}", plural(*limit, "character", "characters")))
        }
        Kind::MaxLength { limit } => {
            Sentence::new(format!("this text has more than {}", plural(*limit, "character", "characters")))
        }
        Kind::MinProperties { limit } => {
            Sentence::vague(format!("this mapping needs at least {}", plural(*limit, "entry", "entries")))
        }
        Kind::MaxProperties { limit } => {
            Sentence::vague(format!("this mapping holds more than {}", plural(*limit, "entry", "entries")))
        }
        Kind::Not { .. } | Kind::OneOfMultipleValid { .. } => {
            Sentence::vague("these entries exclude each other")
        }
        Kind::FalseSchema => Sentence::vague("this entry has no place here"),
        other => Sentence::vague(format!("this breaks the rule `{}` of the format", other.keyword())),
    }
}

/// A value of the wrong type.
pub(super) fn expected(asked: &[String], value: &Value) -> Sentence {
    let message = format!("expected {}, found {}", words::either(asked), words::found(value));
    Sentence::new(message).maybe_hint(words::cure(asked, value).map(str::to_owned))
}

/// A word that is not among the allowed ones.
fn among(options: &[Value], written: Option<&str>) -> Sentence {
    let options: Vec<String> = options.iter().map(plain).collect();
    one_of(&options, written)
}

/// A word that is not among the allowed ones; where it may not be repeated, they are only listed.
pub(super) fn one_of(options: &[String], written: Option<&str>) -> Sentence {
    let message = match written {
        Some(text) => format!("`{text}` is not a word that is known here"),
        None => "this is not what is allowed here".to_owned(),
    };
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let hint = suggest(written.unwrap_or_default(), &options);
    Sentence::new(message).maybe_hint(hint)
}

/// A value as it is written in a file.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn badly_formed(format: &str, value: &Value, written: Option<&str>) -> Sentence {
    let what = match format {
        "json-path" => "a JSONPath (RFC 9535)",
        "pattern" => "a regular expression",
        "header-name" => "the name of a header field",
        "http-method" => "a request method",
        "duration-text" => "a length of time such as `250ms`, `1s` or `2m`",
        "wait-text" => "a time to wait such as `250ms`, `1s` or `2m`",
        "rate" => "a rate such as `500/s`, `30/m` or `10/h`",
        "base-url" => "a base URL",
        "call-url" => "an address to call",
        "path-template" => "a path",
        "one-line" => "a line of text",
        "field-value" => "what a header field can hold",
        "cookie-name" => "the name of a cookie",
        "query-name" => "the name of a query parameter",
        "path-segment" => "one segment of a path",
        other => other,
    };
    let named = written.map_or_else(|| "this".to_owned(), |text| format!("`{text}`"));
    // These parsers repeat parts of the text.
    let repeats = matches!(format, "pattern" | "duration-text" | "wait-text");
    let text = value.as_str().filter(|_| written.is_some() || !repeats);
    let problem = text.and_then(|text| formats::problem(format, text));
    Sentence::new(format!("{named} is not {what}")).maybe_hint(problem)
}

fn out_of_range(schema: &Value) -> Sentence {
    let limit = |keyword: &str| schema.get(keyword).map(plain);
    Sentence::new(match (limit("minimum"), limit("maximum")) {
        (Some(least), Some(most)) if least == most => format!("the only value that is known here is {least}"),
        (Some(least), Some(most)) => format!("the number must be from {least} to {most}"),
        (Some(least), None) => format!("the number must be {least} or more"),
        (None, most) => format!("the number must be {} or less", most.unwrap_or_default()),
    })
}
