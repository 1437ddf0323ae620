//! The normal form of a refusal, and what several samples of it have in common.

use std::fmt;

use super::phrase::Phrase;
use super::rules::Rules;
use super::tree::Tree;
use super::{gap::Gap, look};
use crate::outcome::{Answered, CaseResult, Received, Verdict};
use crate::report::escape_terminal;

/// The longest body that is kept, in characters.
const LONGEST: usize = 3_000;
/// The statuses that send a client elsewhere: to log in, for instance.
const ELSEWHERE: [u16; 5] = [301, 302, 303, 307, 308];

/// A refusal in normal form.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    status: u16,
    fields: Vec<(String, Phrase)>,
    body: Body,
}

#[derive(Clone, Debug, PartialEq)]
enum Body {
    Empty,
    Json(Tree),
    Text(Phrase),
}

/// Whether a case was judged by one whole answer that is a refusal: what the contract declares as one, or what no
/// acceptance looks like.
pub fn is_refusal(case: &CaseResult) -> bool {
    let judged = matches!(case.verdict, Verdict::Pass | Verdict::Fail | Verdict::Warn);
    let received = case.exchange.as_ref().and_then(|exchange| exchange.received.as_ref());
    let status = received.filter(|received| received.cut.is_none()).map_or(0, |received| received.status);
    judged
        && match case.answered {
            Some(Answered::Refusal) => status > 0,
            Some(Answered::Neither) => status >= 400 || ELSEWHERE.contains(&status),
            Some(Answered::Acceptance) | None => false,
        }
}

impl Form {
    /// The normal form of an answer.
    pub fn of(received: &Received, rules: &Rules) -> Self {
        let mut fields: Vec<_> = received
            .headers
            .iter()
            .filter_map(|(name, value)| {
                let name = name.as_str().to_ascii_lowercase();
                let left_out = look::is_left_out(&name) || rules.omit.contains(&name);
                (!left_out).then(|| {
                    let value = field(&name, value.as_str(), rules);
                    (name, value)
                })
            })
            .collect();
        // Lines of one name keep their order.
        fields.sort_by(|one, other| one.0.cmp(&other.0));
        Self { status: received.status, fields, body: Body::of(received.body.as_str(), rules) }
    }

    /// What two samples have in common.
    ///
    /// # Errors
    /// Why they are not two samples of one refusal.
    pub fn merge(&self, other: &Self) -> Result<Self, String> {
        if self.status != other.status {
            return Err(format!("status {} once, {} another time", self.status, other.status));
        }
        let odd = |one: &Self, other: &Self| {
            let count =
                |form: &Self, name: &str| form.fields.iter().filter(|(known, _)| known == name).count();
            one.fields
                .iter()
                .find(|(name, _)| count(one, name) != count(other, name))
                .map(|(name, _)| name.clone())
        };
        if let Some(name) = odd(self, other).or_else(|| odd(other, self)) {
            return Err(format!(
                "the header field `{name}` is not always there; `snapshots.omit` leaves it out"
            ));
        }
        let fields = self.fields.iter().zip(&other.fields);
        let fields = fields.map(|((name, one), (_, other))| (name.clone(), one.merge(other))).collect();
        let body = self.body.merge(&other.body).ok_or("a body that is not always built alike")?;
        Ok(Self { status: self.status, fields, body })
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.status
    }
}

impl Body {
    fn of(text: &str, rules: &Rules) -> Self {
        if text.is_empty() {
            return Self::Empty;
        }
        Tree::read(text, rules).map_or_else(|| Self::Text(Phrase::with_gaps(text)), Self::Json)
    }

    fn merge(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Empty, Self::Empty) => Some(Self::Empty),
            (Self::Json(one), Self::Json(other)) => one.merge(other).map(Self::Json),
            (Self::Text(one), Self::Text(other)) => Some(Self::Text(one.merge(other))),
            (Self::Empty | Self::Json(_) | Self::Text(_), _) => None,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Json(tree) => tree.to_string(),
            Self::Text(phrase) => phrase.to_string(),
        }
    }
}

fn field(name: &str, value: &str, rules: &Rules) -> Phrase {
    if rules.keep_fields.contains(name) {
        return Phrase::verbatim(value);
    }
    let gap =
        look::field(name, value).or_else(|| rules.redact_fields.contains(name).then(|| look::kind(value)));
    gap.map_or_else(|| Phrase::with_gaps(value), Phrase::gap)
}

/// As it is written into a snapshot: harmless in a terminal, no space at the end of a line, no line break at the end.
impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = format!("HTTP {}\n", self.status);
        for (name, value) in &self.fields {
            text.push_str(&format!("{name}: {value}").replace('\n', "\\n"));
            text.push('\n');
        }
        let body = self.body.text();
        let kept =
            body.char_indices().nth(LONGEST).map_or(&*body, |(end, _)| body.get(..end).unwrap_or_default());
        if !kept.is_empty() {
            text.push('\n');
            text.push_str(kept);
        }
        if kept.len() < body.len() {
            text.push_str("\n[the rest is not kept]");
        }
        let lines: Vec<_> = text.lines().map(|line| escape_terminal(line).trim_end().to_owned()).collect();
        f.write_str(lines.join("\n").trim_end())
    }
}

/// Whether two refusals in normal form are the same, but for what either knows to be volatile.
pub fn alike(one: &str, other: &str) -> bool {
    fits(one, other) || fits(other, one)
}

/// Whether a text is what was approved: equal, but for one word in the place of each placeholder.
pub(super) fn fits(approved: &str, seen: &str) -> bool {
    if approved == seen {
        return true;
    }
    let mut pattern = regex::escape(approved);
    for gap in Gap::ALL {
        let marked = format!("\\\\{gap}");
        let hidden = format!("\\\\\u{0}{}", gap.as_str().trim_start_matches('<'));
        pattern = pattern.replace(&marked, &hidden).replace(gap.as_str(), gap.pattern());
    }
    let pattern = format!("^{}$", pattern.replace('\u{0}', "<"));
    regex::Regex::new(&pattern).is_ok_and(|pattern| pattern.is_match(seen))
}
