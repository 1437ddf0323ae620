//! Requirements and answers in words.

use std::fmt;

use super::{
    ChallengeRequirement, Compare, CorsRequirement, DescribedPart, DescriptionRequirement, Requirement,
};
use crate::document::StatusMatch;
use crate::wire::Answer;

/// An answer in a few words: its status, its media type and, for problems and small JSON errors, what it calls
/// itself.
pub fn describe_answer(answer: &Answer) -> String {
    let Some(cut) = answer.cut else { return describe_head(answer) };
    if answer.status == 0 { cut.to_string() } else { format!("{}, then {cut}", describe_head(answer)) }
}

fn describe_head(answer: &Answer) -> String {
    let media = answer.media_type();
    let location = answer.header("location").next().map(|to| format!(" to {to}")).unwrap_or_default();
    let kind = if media.is_empty() { String::new() } else { format!(" {media}") };
    let size = if answer.truncated { ", longer than was read" } else { "" };
    format!("status {}{location}{kind}, {} bytes{size}", answer.status, answer.body.len())
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refusal(kind) => write!(f, "the refusal `{kind}`"),
            Self::AnyRefusal => f.write_str("a refusal that the contract declares"),
            Self::Acceptance => f.write_str("an acceptance"),
            Self::NotAccepted => f.write_str("neither an acceptance nor a server error"),
            Self::Malformed => f.write_str("a refusal as malformed"),
            Self::NotSpoken => f.write_str("no HTTP/2"),
            Self::Status(codes) => write!(f, "status {}", list(codes)),
            Self::StatusNot(codes) => write!(f, "no status {}", list(codes)),
            Self::Header(name, rule) => write!(f, "{name}: {rule}"),
            Self::Body(path, rule) => write!(f, "{path}: {rule}"),
            Self::Challenge(rule) => write!(f, "{rule}"),
            Self::Cors(rule) => write!(f, "{rule}"),
            Self::Description(wanted) => write!(f, "{wanted}"),
            Self::NoResult => f.write_str("nothing that only an acceptance holds"),
            Self::NoEcho => f.write_str("no trace of a key"),
            Self::Nowhere(patterns) => {
                let patterns: Vec<_> = patterns.iter().map(|pattern| format!("/{pattern}/")).collect();
                write!(f, "nothing that matches {}", patterns.join(", "))
            }
            Self::Unreachable => f.write_str("no connection"),
            Self::NoContent => f.write_str("no content"),
            Self::NoForeignRedirect => f.write_str("no redirection to another origin"),
            Self::RetryAfter => {
                f.write_str("a Retry-After field that can be read, not before RateLimit says")
            }
            Self::SameAs { step, compare: Compare::Everything } => {
                write!(f, "the same answer as to step {step}")
            }
            Self::SameAs { step, compare: Compare::EverythingAndLength } => {
                write!(f, "the same answer as to step {step}, of the same length")
            }
            Self::SameAs { step, compare: Compare::StatusAndBody } => {
                write!(f, "the same status and body as to step {step}")
            }
            Self::SameAs { step, compare: Compare::Members(paths) } => {
                let paths: Vec<_> = paths.iter().map(ToString::to_string).collect();
                write!(f, "the same {} as in the answer to step {step}", paths.join(", "))
            }
            Self::DiffersFrom { step, .. } => write!(f, "another answer than to step {step}"),
            Self::VariesOn(name) => write!(f, "Cache-Control: no-store or private, or Vary: {name}"),
            Self::Within(bound) => write!(f, "an answer within {} ms", bound.as_millis()),
            Self::Conversation(rule) => write!(f, "{rule}"),
            Self::Upstream(rule) => write!(f, "{rule}"),
            Self::All(all) => joined(f, all, " and "),
            Self::Any(any) => joined(f, any, " or "),
        }
    }
}

impl fmt::Display for ChallengeRequirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Present => f.write_str("a WWW-Authenticate field"),
            Self::Grammatical => f.write_str("challenges by the grammar, every realm quoted"),
            Self::OnePerLine => f.write_str("every challenge in a field of its own"),
            Self::Scheme(scheme) => write!(f, "a challenge of the scheme {scheme}"),
            Self::NotScheme(schemes) => write!(f, "no challenge of the scheme {}", schemes.join(" or ")),
            Self::Error(rule) => write!(f, "error parameter of the challenge: {rule}"),
        }
    }
}

impl fmt::Display for CorsRequirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Admits => {
                f.write_str("an ok status, and permission for the page, its method and its fields")
            }
            Self::Shares => f.write_str("permission for the page to read the answer"),
            Self::Forbids => f.write_str("no permission for the page"),
            Self::NamesFields => f.write_str("no `*` in Access-Control-Allow-Headers"),
            Self::Varies => f.write_str("Vary: Origin where the permission depends on the origin"),
            Self::DoesNotInvite(name) => write!(f, "neither {name} nor * in Access-Control-Allow-Headers"),
            Self::HidesField(name) => write!(f, "no {name} in Access-Control-Expose-Headers"),
        }
    }
}

impl fmt::Display for DescriptionRequirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = format!("{} {}", self.method, self.path);
        match &self.about {
            DescribedPart::Security => write!(f, "a security of {operation} whose schemes are defined"),
            DescribedPart::NotAnonymous => write!(f, "a security of {operation} that asks for something"),
            DescribedPart::Refusals(refusals) => {
                let refusals = refusals.iter().map(|(status, challenge)| {
                    format!("{status}{}", if *challenge { " with WWW-Authenticate" } else { "" })
                });
                let refusals: Vec<_> = refusals.collect();
                write!(f, "among the responses of {operation}, with a schema: {}", refusals.join(", "))
            }
            DescribedPart::Roles => write!(f, "roles in the security of {operation}"),
            DescribedPart::NoShadowedField => write!(f, "no header parameter Authorization of {operation}"),
            DescribedPart::Answer => f.write_str("an answer as it is described"),
        }
    }
}

fn joined(f: &mut fmt::Formatter<'_>, parts: &[Requirement], word: &str) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(word)?;
        }
        if matches!(part, Requirement::Any(_) | Requirement::All(_)) {
            write!(f, "({part})")?;
        } else {
            write!(f, "{part}")?;
        }
    }
    Ok(())
}

fn list(codes: &[StatusMatch]) -> String {
    let codes: Vec<_> = codes.iter().map(StatusMatch::to_string).collect();
    codes.join(" or ")
}
