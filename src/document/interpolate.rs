//! `${NAME}` and `${NAME:-default}` in string values, filled in after parsing.
//!
//! Keys are never filled in, what was filled in is never read again, and `$${` stands for `${` itself. A
//! variable that is empty counts as missing where there is a default, as in a shell.

use serde_json::Value;

use super::parse::Reading;
use super::{Diagnostic, Node, NodeKind, Span, secrecy};

/// Looks a variable up.
pub type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Fills every string value in; a value with a mistake stays as it is and counts as doubtful.
pub(super) fn fill(text: &str, reading: &mut Reading, variables: Variables<'_>) {
    let Some(mut root) = reading.root.take() else { return };
    Filler { text, variables, reading }.node(&mut root);
    reading.root = Some(root);
}

struct Filler<'a> {
    text: &'a str,
    variables: Variables<'a>,
    reading: &'a mut Reading,
}

impl Filler<'_> {
    fn node(&mut self, node: &mut Node) {
        match &mut node.kind {
            NodeKind::Sequence(items) => items.iter_mut().for_each(|item| self.node(item)),
            NodeKind::Mapping(entries) => entries.iter_mut().for_each(|entry| self.node(&mut entry.value)),
            NodeKind::Scalar(Value::String(value)) if value.contains("${") => {
                match expand(value, self.variables) {
                    Ok(filled) => *value = filled,
                    Err(mistakes) => self.report(&node.span, mistakes),
                }
            }
            NodeKind::Scalar(_) => {}
        }
    }

    fn report(&mut self, span: &Span, mistakes: Vec<Mistake>) {
        self.reading.doubtful.insert(span.start);
        let hidden = secrecy::is_hidden(&self.reading.hidden, span);
        let raw = self.text.get(span.clone()).unwrap_or_default();
        let mut from = 0;
        for Mistake { fragment, problem } in mistakes {
            let at = raw.get(from..).and_then(|rest| rest.find(&fragment)).map(|at| from + at);
            let place = at.map_or(span.clone(), |at| span.start + at..span.start + at + fragment.len());
            from = at.map_or(from, |at| at + fragment.len());
            let problem = if hidden { problem.anonymous() } else { problem };
            self.reading.mistakes.push(problem.diagnostic(place));
        }
    }
}

/// A variable that cannot be filled in.
#[derive(Debug, PartialEq, Eq)]
struct Mistake {
    /// How it is written, as far as it is sure to be on one line.
    fragment: String,
    problem: Problem,
}

#[derive(Debug, PartialEq, Eq)]
enum Problem {
    Missing(String),
    MissingHidden,
    Unclosed,
    BadName,
    NestedDefault,
}

impl Problem {
    /// The same problem without the variable's name.
    fn anonymous(self) -> Self {
        match self {
            Self::Missing(_) => Self::MissingHidden,
            Self::MissingHidden | Self::Unclosed | Self::BadName | Self::NestedDefault => self,
        }
    }

    fn diagnostic(self, span: Span) -> Diagnostic {
        let hint = |hint: &str| Some(hint.to_owned());
        let (message, hint) = match self {
            Self::MissingHidden => {
                ("a variable is not set".to_owned(), hint("set it, or give a default: ${NAME:-...}"))
            }
            Self::Missing(name) => (
                format!("the variable `{name}` is not set"),
                Some(format!("set it, or give a default: ${{{name}:-...}}")),
            ),
            Self::Unclosed => (
                "this `${` is never closed".to_owned(),
                hint("close it with `}`; `$${` stands for `${` itself"),
            ),
            Self::BadName => (
                "this is not the name of a variable".to_owned(),
                hint(
                    "a name is letters, digits and `_`: ${NAME} or ${NAME:-default}; `$${` stands for `${` itself",
                ),
            ),
            Self::NestedDefault => {
                ("a default cannot hold a variable of its own".to_owned(), hint("write the default out"))
            }
        };
        Diagnostic { message, span, hint }
    }
}

/// The text with its variables filled in, or everything that is wrong with them.
fn expand(text: &str, variables: Variables<'_>) -> Result<String, Vec<Mistake>> {
    let mut filled = String::with_capacity(text.len());
    let mut mistakes = Vec::new();
    let mut rest = text;
    while let Some(dollar) = rest.find('$') {
        let (before, tail) = rest.split_at(dollar);
        filled.push_str(before);
        if let Some(tail) = tail.strip_prefix("$${") {
            filled.push_str("${");
            rest = tail;
        } else if let Some(inside) = tail.strip_prefix("${") {
            let (variable, tail) = split_variable(inside);
            match variable.and_then(|variable| value(variable, variables)) {
                Ok(value) => filled.push_str(&value),
                Err(problem) => mistakes.push(Mistake { fragment: fragment(inside), problem }),
            }
            rest = tail;
        } else {
            filled.push('$');
            rest = tail.strip_prefix('$').unwrap_or(tail);
        }
    }
    filled.push_str(rest);
    if mistakes.is_empty() { Ok(filled) } else { Err(mistakes) }
}

/// What stands before the closing brace, and what follows it.
fn split_variable(inside: &str) -> (Result<&str, Problem>, &str) {
    match inside.split_once('}') {
        Some((variable, tail)) => (Ok(variable), tail),
        None => (Err(Problem::Unclosed), ""),
    }
}

fn value(variable: &str, variables: Variables<'_>) -> Result<String, Problem> {
    let (name, default) = match variable.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (variable, None),
    };
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !starts || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(Problem::BadName);
    }
    if default.is_some_and(|default| default.contains("${")) {
        return Err(Problem::NestedDefault);
    }
    let set = variables(name).filter(|value| default.is_none() || !value.is_empty());
    set.or_else(|| default.map(str::to_owned)).ok_or_else(|| Problem::Missing(name.to_owned()))
}

/// How a variable begins in the text: enough to find it again and to underline it.
fn fragment(inside: &str) -> String {
    let name = inside.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inside.len());
    let (name, rest) = inside.split_at(name);
    let brace = if rest.starts_with('}') { "}" } else { "" };
    format!("${{{name}{brace}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_a(text: &str) -> Result<String, Vec<Problem>> {
        let variables = |name: &str| match name {
            "A" => Some("${B} $.x".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        expand(text, &variables)
            .map_err(|mistakes| mistakes.into_iter().map(|mistake| mistake.problem).collect())
    }

    #[test]
    fn a_variable_is_filled_in_once_and_never_read_again() {
        assert_eq!(with_a("<${A}>").as_deref(), Ok("<${B} $.x>"));
    }

    #[test]
    fn a_default_stands_for_what_is_missing_or_empty() {
        assert_eq!(with_a("${X:-http://h:1}${EMPTY:-e}").as_deref(), Ok("http://h:1e"));
        assert_eq!(with_a("${X:-}|${EMPTY}").as_deref(), Ok("|"));
    }

    #[test]
    fn dollars_that_start_no_variable_stay() {
        for text in ["$.a.b", "$", "$$", "a$b", "{A}", "$A", "$ {A}"] {
            assert_eq!(with_a(text).as_deref(), Ok(text));
        }
        assert_eq!(with_a("$${A} and $$${A}").as_deref(), Ok("${A} and $${A}"));
    }

    #[test]
    fn everything_that_is_wrong_is_reported() {
        let problems = with_a("${NONE} ${1} ${X:-${A}} ${OPEN").unwrap_err();
        let missing = Problem::Missing("NONE".to_owned());
        assert_eq!(problems, [missing, Problem::BadName, Problem::NestedDefault, Problem::Unclosed]);
    }
}
