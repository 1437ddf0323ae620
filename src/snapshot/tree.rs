//! A JSON body with gaps: members in the server's order, and those that stand there twice.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::gap::Gap;
use super::look;
use super::phrase::Phrase;
use super::rules::Rules;

/// A JSON value with gaps.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tree {
    /// `null`, `true`, `false` or a number, as it is written.
    Plain(String),
    /// A text.
    Text(Phrase),
    /// A list.
    List(Vec<Tree>),
    /// An object, in order.
    Object(Vec<(String, Tree)>),
    /// A value that is volatile as a whole.
    Gap(Gap),
}

impl Tree {
    /// Reads a body; nothing where it is no JSON, or neither a list nor an object.
    pub(super) fn read(body: &str, rules: &Rules) -> Option<Self> {
        let raw: Raw = serde_json::from_str(body).ok()?;
        if !matches!(raw, Raw::List(_) | Raw::Object(_)) {
            return None;
        }
        let value: Value = serde_json::from_str(body).ok()?;
        let places = |paths: &[crate::document::JsonPath]| {
            paths.iter().flat_map(|path| path.locations(&value)).collect::<Vec<_>>()
        };
        let chosen = Chosen { redact: places(&rules.redact), keep: places(&rules.keep) };
        Some(chosen.tree(raw, (None, "")))
    }

    /// What both have in common, with gaps where they differ; nothing where they are not built alike.
    pub(super) fn merge(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => Some(Self::Text(one.merge(other))),
            (Self::Object(one), Self::Object(other)) => {
                let alike = one.len() == other.len() && one.iter().zip(other).all(|(a, b)| a.0 == b.0);
                let pairs = alike.then(|| one.iter().zip(other))?;
                let merged = pairs.map(|((name, a), (_, b))| (name.clone(), a.merge_or_gap(b)));
                Some(Self::Object(merged.collect()))
            }
            (Self::List(one), Self::List(other)) => {
                let pairs = (one.len() == other.len()).then(|| one.iter().zip(other))?;
                Some(Self::List(pairs.map(|(a, b)| a.merge_or_gap(b)).collect()))
            }
            _ if self == other => Some(self.clone()),
            _ => Some(Self::Gap(self.kind().or(other.kind()))),
        }
    }

    fn merge_or_gap(&self, other: &Self) -> Self {
        self.merge(other).unwrap_or(Self::Gap(Gap::Opaque))
    }

    fn kind(&self) -> Gap {
        match self {
            Self::Plain(text) => Gap::of(text),
            Self::Gap(gap) => *gap,
            Self::Text(_) | Self::List(_) | Self::Object(_) => Gap::Opaque,
        }
    }

    fn write(&self, indent: usize, out: &mut String) {
        match self {
            Self::Plain(text) => out.push_str(text),
            Self::Text(phrase) => out.push_str(&quoted(&phrase.to_string())),
            Self::Gap(gap) => out.push_str(gap.as_str()),
            Self::List(items) => {
                let lines = items.iter().map(|item| (String::new(), item));
                block(('[', ']'), lines.collect(), indent, out);
            }
            Self::Object(members) => {
                let lines = members.iter().map(|(name, value)| (format!("{}: ", quoted(name)), value));
                block(('{', '}'), lines.collect(), indent, out);
            }
        }
    }
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        self.write(0, &mut out);
        f.write_str(&out)
    }
}

fn block((open, close): (char, char), lines: Vec<(String, &Tree)>, indent: usize, out: &mut String) {
    out.push(open);
    let last = lines.len().saturating_sub(1);
    let empty = lines.is_empty();
    for (at, (name, value)) in lines.into_iter().enumerate() {
        out.push('\n');
        out.push_str(&"  ".repeat(indent + 1));
        out.push_str(&name);
        value.write(indent + 1, out);
        if at < last {
            out.push(',');
        }
    }
    if !empty {
        out.push('\n');
        out.push_str(&"  ".repeat(indent));
    }
    out.push(close);
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// The places in one body that the contract names, as JSON pointers.
struct Chosen {
    redact: Vec<String>,
    keep: Vec<String>,
}

impl Chosen {
    fn tree(&self, raw: Raw, (name, at): (Option<&str>, &str)) -> Tree {
        let keep = self.keep.iter().any(|place| place == at);
        let redact = self.redact.iter().any(|place| place == at);
        let gap = |value: &str| {
            let by_name = name.and_then(|name| look::member(name, value));
            by_name.or_else(|| redact.then(|| look::kind(value))).filter(|_| !keep)
        };
        match raw {
            Raw::List(items) if !redact => Tree::List(
                (0..)
                    .zip(items)
                    .map(|(number, item)| self.tree(item, (None, &format!("{at}/{number}"))))
                    .collect(),
            ),
            Raw::Object(members) if !redact => {
                let members = members.into_iter().map(|(name, value)| {
                    let below = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                    let value = self.tree(value, (Some(&name), &below));
                    (name, value)
                });
                Tree::Object(members.collect())
            }
            Raw::List(_) | Raw::Object(_) => Tree::Gap(Gap::Opaque),
            Raw::Text(text) if keep => Tree::Text(Phrase::verbatim(&text)),
            Raw::Text(text) => Tree::Text(gap(&text).map_or_else(|| Phrase::with_gaps(&text), Phrase::gap)),
            // `null`, `true` and `false` say something by themselves.
            Raw::Plain(text) if redact || Gap::of(&text) == Gap::Number => {
                gap(&text).map_or(Tree::Plain(text), Tree::Gap)
            }
            Raw::Plain(text) => Tree::Plain(text),
        }
    }
}

/// A JSON value as it stands in a body.
enum Raw {
    Plain(String),
    Text(String),
    List(Vec<Raw>),
    Object(Vec<(String, Raw)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Raw, E> {
        Ok(Raw::Plain("null".to_owned()))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Plain(Value::from(value).to_string()))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Raw, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = object.next_entry()? {
            members.push(member);
        }
        Ok(Raw::Object(members))
    }
}
