//! A class whose key is ended while it is sent: what is right before, what is right behind, and what both are in between.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::judge::{Fast, Requirement};

/// What is right, in full and as marks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Right<'a> {
    /// Whether an acceptance is.
    pub accepts: bool,
    /// In full.
    pub requirement: &'a Requirement,
    /// As marks.
    pub fast: &'a Fast,
}

/// The end of a key under load.
#[derive(Debug)]
pub(super) struct KeyEnd {
    /// What is right behind it.
    pub(super) accepts: bool,
    pub(super) requirement: Requirement,
    pub(super) fast: Fast,
    /// How long the key may still be accepted once its end was told, in nanoseconds.
    pub(super) lag: u64,
    /// When it was asked for, in nanoseconds from the start; not yet.
    began: AtomicU64,
    /// When the target had told that it is done.
    told: AtomicU64,
}

/// Where an answer lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// It came before the end of the key was asked for.
    Before,
    /// Neither: both are right.
    Between,
    /// It was asked for when the key had to be refused.
    Behind,
}

impl KeyEnd {
    /// One that has not come.
    pub(super) fn new((requirement, fast): (Requirement, Fast), lag: u64) -> Self {
        let accepts = requirement.wants_acceptance();
        let (began, told) = (AtomicU64::new(u64::MAX), AtomicU64::new(u64::MAX));
        Self { accepts, requirement, fast, lag, began, told }
    }

    /// Notes that the end of the key is asked for now.
    pub(super) fn begin(&self, now: u64) {
        self.began.store(now, Ordering::Release);
    }

    /// Notes that the target has told that it is done.
    pub(super) fn tell(&self, now: u64) {
        self.told.store(now, Ordering::Release);
    }

    /// Where an answer lies, by when its request was sent and when it was there.
    pub(super) fn side(&self, sent_at: u64, answered_at: u64) -> Side {
        if answered_at <= self.began.load(Ordering::Acquire) {
            return Side::Before;
        }
        let told = self.told.load(Ordering::Acquire);
        if sent_at > told.saturating_add(self.lag) { Side::Behind } else { Side::Between }
    }

    /// How long behind the end of the key a request was sent, in nanoseconds; nothing for one that was sent before.
    pub(super) fn since(&self, sent_at: u64) -> Option<u64> {
        sent_at.checked_sub(self.told.load(Ordering::Acquire))
    }

    /// What is right behind it.
    pub(super) fn right(&self) -> Right<'_> {
        Right { accepts: self.accepts, requirement: &self.requirement, fast: &self.fast }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_lies_where_its_request_leaves_no_doubt() {
        let text = include_str!("../../fixtures/reference/lockproof.yaml").to_owned();
        let source = crate::document::Source { name: "lockproof.yaml".to_owned(), text };
        let contract = crate::contract::load(source, &|_| None).unwrap();
        let accepted = serde_json::from_str(r#"{ "status": 200 }"#).unwrap();
        let fast = Fast::compile(&Requirement::AnyRefusal, &contract, &accepted);
        let end = KeyEnd::new((Requirement::AnyRefusal, fast), 100);
        assert_eq!((end.side(5, 10), end.since(5)), (Side::Before, None));
        end.begin(20);
        assert_eq!((end.side(5, 20), end.side(5, 21)), (Side::Before, Side::Between));
        end.tell(30);
        assert_eq!((end.side(130, 500), end.side(131, 500)), (Side::Between, Side::Behind));
        assert_eq!((end.since(29), end.since(30), end.since(45)), (None, Some(0), Some(15)));
    }
}
