//! What is not YAML, said in plain words.

use granit_parser::ErrorKind;

use super::Diagnostic;
use super::parse::too_deep;

/// The mistake that a parser found at a place.
pub(super) fn explain(text: &str, kind: &ErrorKind, at: usize) -> Diagnostic {
    let (message, hint) = words(kind);
    let unnamed = || format!("this is not YAML: {kind}");
    let deep = matches!(kind, ErrorKind::RecursionLimitExceeded);
    let message = if deep { too_deep() } else { message.map_or_else(unnamed, str::to_owned) };
    let hint = bare_variable(text, at).or(hint).map(str::to_owned);
    let width = text.get(at..).and_then(|rest| rest.chars().next()).filter(|c| !c.is_whitespace());
    Diagnostic { message, span: at..at + width.map_or(0, char::len_utf8), hint }
}

/// The words for the mistakes that people make most; the parser's own for the rest.
#[expect(clippy::wildcard_enum_match_arm, reason = "the other seventy kinds keep the parser's own words")]
fn words(kind: &ErrorKind) -> (Option<&'static str>, Option<&'static str>) {
    match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar
        | ErrorKind::TabAtBlockScalarStart => {
            (Some("a tab stands where YAML wants spaces"), Some("indent with spaces"))
        }
        ErrorKind::UnclosedQuotedScalar => {
            (Some("this quote is never closed"), Some("close it on the line where the text ends"))
        }
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofImplicitFlowMapping => {
            (Some("a `{` or `[` is never closed"), Some("close it with `}` or `]`"))
        }
        ErrorKind::MisplacedFlowCollectionEnd | ErrorKind::MismatchedFlowCollectionEnd { .. } => (
            Some("what closes here does not match what was opened"),
            Some("`{` closes with `}`, `[` with `]`"),
        ),
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => (
            Some("a `:` stands where YAML does not want one"),
            Some("quote text that holds `: `, or check the indentation of this line"),
        ),
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::InvalidIndentation => (
            Some("this line does not fit the mapping above it"),
            Some("check the indentation; each entry is `key: value`"),
        ),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            (Some("a `:` is missing behind this entry's key"), Some("each entry is `key: value`"))
        }
        _ => (None, None),
    }
}

/// The hint for the likeliest slip of all: in braces, a bare `${NAME}` is a mapping to YAML.
fn bare_variable(text: &str, at: usize) -> Option<&'static str> {
    let line_start = text.get(..at)?.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text.get(line_start..)?.lines().next()?;
    let (before, _) = line.split_once("${")?;
    let quoted = before.trim_end_matches(|c: char| c != '"' && c != '\'').len();
    let bare = before.get(quoted..)?.contains(':') || quoted == 0;
    bare.then_some("put a value with `${...}` in quotes")
}
