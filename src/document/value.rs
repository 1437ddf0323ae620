//! Small values that both formats are made of, each parsed once and valid from then on.
//!
//! Every type here carries its own JSON Schema, so that the schema rejects what the type would reject, with a
//! place in the file. Deserialising after validation therefore cannot fail in practice; where it does, the
//! schema has a gap and the error says so.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Declares a string newtype with a parser and a schema.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident($inner:ty), schema: $schema:tt, parse: $parse:expr) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name {
            text: String,
            #[expect(clippy::allow_attributes, reason = "only the types whose text is not their value read it")]
            #[allow(dead_code, reason = "only the types whose text is not their value read it")]
            parsed: $inner,
        }

        impl $name {
            /// Parses the text.
            ///
            /// # Errors
            /// What is wrong with the text, as a fragment of a sentence.
            pub fn parse(text: &str) -> Result<Self, String> {
                let parse: fn(&str) -> Result<$inner, String> = $parse;
                parse(text).map(|parsed| Self { text: text.to_owned(), parsed })
            }

            /// The text as it was written.
            pub fn as_str(&self) -> &str {
                &self.text
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.text, f)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.text)
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.text == other.text
            }
        }

        impl Eq for $name {}

        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.text.hash(state);
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.text)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).map_err(de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

text! {
    /// A name that ends up in case ids and file names: lower case, digits, `-` and `_`.
    Name(()),
    schema: { "type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,63}$", "errorMessage": "a name is 1 to 64 of a-z, 0-9, `-` and `_`, and starts with a letter or digit" },
    parse: |text| {
        let sound = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        let starts = text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
        (starts && text.len() <= 64 && text.chars().all(sound)).then_some(()).ok_or_else(|| {
            "a name is 1 to 64 of a-z, 0-9, `-` and `_`, and starts with a letter or digit".to_owned()
        })
    }
}

text! {
    /// A query into a JSON body (RFC 9535).
    JsonPath(serde_json_path::JsonPath),
    schema: { "type": "string", "format": "json-path" },
    parse: |text| serde_json_path::JsonPath::parse(text)
        .map_err(|error| format!("it goes wrong at character {}", error.position() + 1))
}

impl JsonPath {
    /// The values that the query selects, in document order.
    pub fn select<'a>(&self, body: &'a serde_json::Value) -> Vec<&'a serde_json::Value> {
        self.parsed.query(body).all()
    }

    /// The places of the values that the query selects, as JSON pointers (RFC 6901).
    pub fn locations(&self, body: &serde_json::Value) -> Vec<String> {
        self.parsed
            .query_located(body)
            .locations()
            .map(serde_json_path::NormalizedPath::to_json_pointer)
            .collect()
    }
}

text! {
    /// A regular expression, unanchored, linear in the length of its input.
    Pattern(std::sync::Arc<regex::Regex>),
    schema: { "type": "string", "format": "pattern" },
    parse: |text| {
        let built = regex::RegexBuilder::new(text).size_limit(LARGEST_PATTERN).build();
        built.map(std::sync::Arc::new).map_err(|error| problem(&error))
    }
}

/// What is wrong with a pattern, as a fragment of a sentence.
fn problem(error: &regex::Error) -> String {
    if matches!(error, regex::Error::CompiledTooBig(_)) {
        return "it is too large: it repeats too much".to_owned();
    }
    error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

/// The largest pattern, compiled, in bytes: a few lines of a file must not cost minutes and all of the memory.
const LARGEST_PATTERN: usize = 1 << 20;

impl Pattern {
    /// The expression, compiled.
    pub fn regex(&self) -> &regex::Regex {
        &self.parsed
    }
}

text! {
    /// A header field's name (RFC 9110 section 5.1), in the case that it was written in.
    HeaderName(http::HeaderName),
    schema: { "type": "string", "format": "header-name" },
    parse: |text| text.parse().map_err(|_| "a header name is a token (RFC 9110 section 5.1)".to_owned())
}

impl HeaderName {
    /// The name as the `http` crate knows it: lower case.
    pub fn http(&self) -> &http::HeaderName {
        &self.parsed
    }
}

text! {
    /// A request method (RFC 9110 section 9.1), case-sensitive.
    Method(http::Method),
    schema: { "type": "string", "format": "http-method" },
    parse: |text| text.parse().map_err(|_| "a method is a token (RFC 9110 section 9.1)".to_owned())
}

impl Method {
    /// The method as the `http` crate knows it.
    pub fn http(&self) -> &http::Method {
        &self.parsed
    }
}

text! {
    /// A length of time, written as `250ms`, `1s`, `2m`.
    Millis(Duration),
    schema: { "type": "string", "format": "duration-text" },
    parse: |text| length(text, LONGEST)
}

/// The longest time that a file can name: a key may last for decades. Whoever adds several to an instant still gets one.
const LONGEST: (Duration, &str) = (Duration::from_hours(36_525 * 24), "100 years");
/// The longest time that can be waited for.
const LONGEST_WAIT: (Duration, &str) = (Duration::from_hours(366 * 24), "366 days");

/// A length of time that is no longer than the longest.
fn length(text: &str, (longest, name): (Duration, &str)) -> Result<Duration, String> {
    let time = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if time > longest { Err(format!("longer than {name}")) } else { Ok(time) }
}

impl Millis {
    /// Parses the length of a time that somebody waits for: it comes to an end within 366 days.
    ///
    /// # Errors
    /// What is wrong with the text, as a fragment of a sentence.
    pub fn wait(text: &str) -> Result<Duration, String> {
        length(text, LONGEST_WAIT)
    }

    /// The length of time.
    pub fn duration(&self) -> Duration {
        self.parsed
    }
}

text! {
    /// How often something happens, written as `500/s`, `30/m` or `10/h`.
    Rate(f64),
    schema: { "type": "string", "format": "rate" },
    parse: |text| {
        let (number, unit) = text.split_once('/').ok_or("it has no unit; write `500/s`, `30/m` or `10/h`")?;
        let seconds = match unit.trim() {
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return Err("its unit is none of `/s`, `/m` and `/h`".to_owned()),
        };
        let number: f64 = number.trim().parse().map_err(|_| "what stands before its unit is no number")?;
        let sound = number.is_finite() && (0.0..=10_000_000.0).contains(&number);
        if sound { Ok(number / seconds) } else { Err("it must be from 0 to 10000000".to_owned()) }
    }
}

impl Rate {
    /// How often in a second.
    pub fn per_second(&self) -> f64 {
        self.parsed
    }
}

/// Which status codes are right: one code, or a class written as `4xx`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusMatch {
    /// Exactly this code.
    Code(u16),
    /// Every code whose hundreds digit is this one.
    Class(u16),
}

impl StatusMatch {
    /// Whether a status code is among the right ones.
    pub fn matches(self, status: u16) -> bool {
        match self {
            Self::Code(code) => status == code,
            Self::Class(class) => status / 100 == class,
        }
    }
}

impl fmt::Display for StatusMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Class(class) => write!(f, "{class}xx"),
        }
    }
}

impl<'de> Deserialize<'de> for StatusMatch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let code = value.as_u64().and_then(|code| u16::try_from(code).ok()).map(Self::Code);
        let class = || value.as_str()?.strip_suffix("xx")?.parse().ok().map(Self::Class);
        code.or_else(class)
            .ok_or_else(|| de::Error::custom("a status is a code like 401 or a class like 4xx"))
    }
}

impl JsonSchema for StatusMatch {
    fn schema_name() -> Cow<'static, str> {
        "StatusMatch".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "type": "integer", "minimum": 100, "maximum": 599 },
                { "type": "string", "pattern": "^[1-5]xx$" }
            ],
            "errorMessage": "a status is a code like 401 or a class like 4xx"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_no_larger_than_can_be_afforded() {
        assert!(Pattern::parse(r"^lp_[A-Za-z0-9]{1,256}$").is_ok());
        for text in [r"\w{500}", "((a{100}){100}){100}"] {
            let problem = Pattern::parse(text).unwrap_err();
            assert!(problem.starts_with("it is too large"), "{text}: {problem}");
        }
        assert_eq!(Pattern::parse("(").unwrap_err(), "unclosed group");
    }

    #[test]
    fn a_time_is_no_longer_than_an_instant_can_lie_ahead() {
        let far = |text: &str| Millis::parse(text).map(|time| time.duration().as_secs() / 86_400);
        assert_eq!((far("366d"), far("100y")), (Ok(366), Ok(36_525)));
        for text in ["100y 1s", "36526d", "584542046090y", "99999999999999h"] {
            assert_eq!(far(text), Err("longer than 100 years".to_owned()), "{text}");
        }
        assert_eq!(Millis::wait("366d"), Ok(Duration::from_hours(366 * 24)));
        for text in ["366d 1ms", "2y", "584542046090y", "99999999999999h"] {
            assert_eq!(Millis::wait(text), Err("longer than 366 days".to_owned()), "{text}");
        }
        assert!(Millis::wait("soon").is_err() && far("9999999999999999999999y").is_err());
    }
}
