//! What an answer under load comes to: the classes in which answers are counted.

use crate::judge::{Evidence, Finding, Judgement, Right, judge};
use crate::outcome::WrongKind;

use super::key_end;

/// What came of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was to be accepted, and was.
    RightAccept,
    /// It was to be refused, and was, as the contract says.
    RightRefusal,
    /// It was to be refused, and was accepted: the lock failed.
    FalseAccept,
    /// It was to be accepted, and was refused.
    FalseRefusal,
    /// The target was too busy, and said so as the plan declares.
    Shed,
    /// A whole answer that is none of these: not what the contract declares.
    WrongAnswer,
    /// What came back is not HTTP, or not framed.
    Malformed,
    /// The connection ended before the answer did.
    Closed,
    /// The connection was reset.
    Reset,
    /// The answer was not there in time.
    TimedOut,
}

impl Outcome {
    /// How many there are.
    pub const COUNT: usize = 10;

    /// Every one, in the order of its place.
    pub const ALL: [Self; Self::COUNT] = [
        Self::RightAccept,
        Self::RightRefusal,
        Self::FalseAccept,
        Self::FalseRefusal,
        Self::Shed,
        Self::WrongAnswer,
        Self::Malformed,
        Self::Closed,
        Self::Reset,
        Self::TimedOut,
    ];

    /// Its place in a table.
    pub fn place(self) -> usize {
        self as usize
    }

    /// Whether the answer was right.
    pub fn is_right(self) -> bool {
        matches!(self, Self::RightAccept | Self::RightRefusal)
    }

    /// Whether a whole answer came.
    pub fn is_complete(self) -> bool {
        self.place() <= Self::WrongAnswer.place()
    }

    /// What a surprise is called in reports; nothing for what is no surprise.
    pub fn kind(self) -> Option<WrongKind> {
        match self {
            Self::RightAccept | Self::RightRefusal => None,
            Self::FalseAccept => Some(WrongKind::FalseAccept),
            Self::FalseRefusal => Some(WrongKind::FalseRefusal),
            Self::Shed => Some(WrongKind::Shed),
            Self::WrongAnswer => Some(WrongKind::WrongAnswer),
            Self::Malformed => Some(WrongKind::Malformed),
            Self::Closed => Some(WrongKind::Closed),
            Self::Reset => Some(WrongKind::Reset),
            Self::TimedOut => Some(WrongKind::TimedOut),
        }
    }
}

impl From<Right> for Outcome {
    fn from(right: Right) -> Self {
        match right {
            Right::Acceptance => Self::RightAccept,
            Right::Refusal => Self::RightRefusal,
        }
    }
}

/// Judges a whole answer in full, where one thing is right or either of two.
pub(super) fn of_either(
    (right, other): (key_end::Right<'_>, Option<key_end::Right<'_>>),
    evidence: &Evidence<'_>,
    shed: &[u16],
) -> (Outcome, String) {
    let first = in_full(right, evidence, shed);
    let second = other.filter(|_| !first.0.is_right()).map(|other| in_full(other, evidence, shed));
    second.filter(|(outcome, _)| outcome.is_right()).unwrap_or(first)
}

/// Judges a whole answer in full.
fn in_full(right: key_end::Right<'_>, evidence: &Evidence<'_>, shed: &[u16]) -> (Outcome, String) {
    let Judgement { finding, actual } = judge(right.requirement, evidence);
    let Some(answer) = &evidence.exchange.answer else { return (Outcome::Malformed, actual) };
    let accepted = evidence.recogniser.recognise_answer(answer) == crate::judge::Recognised::Acceptance;
    if finding == Finding::Holds {
        if !accepted && evidence.recogniser.reveals(answer) {
            return (Outcome::FalseAccept, format!("{actual}, with what only an acceptance may hold"));
        }
        return (if accepted { Outcome::RightAccept } else { Outcome::RightRefusal }, actual);
    }
    let success = accepted || ((200..300).contains(&answer.status) && finding == Finding::Broken);
    let outcome = match answer.status {
        _ if !right.accepts && success => Outcome::FalseAccept,
        status if shed.contains(&status) => Outcome::Shed,
        400..=499 if right.accepts => Outcome::FalseRefusal,
        _ => Outcome::WrongAnswer,
    };
    (outcome, actual)
}

/// What an answer comes to by its status alone: for those that come in such numbers that not all can be judged in full.
pub(super) fn by_status(right: key_end::Right<'_>, status: u16, shed: &[u16]) -> Outcome {
    match status {
        200..=299 if !right.accepts => Outcome::FalseAccept,
        status if shed.contains(&status) => Outcome::Shed,
        400..=499 if right.accepts => Outcome::FalseRefusal,
        _ => Outcome::WrongAnswer,
    }
}
