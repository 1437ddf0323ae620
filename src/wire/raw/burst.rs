//! Bytes that leave in one piece, and the requests that begin among them.

use std::ops::Range;

use bytes::{Bytes, BytesMut};

use super::super::script::Act;
use super::ledger::Ledger;

/// Bytes that leave in one piece.
#[derive(Debug, Default)]
pub(super) struct Burst {
    bytes: Bytes,
    /// How many acts of the script it is made of.
    acts: usize,
    /// Where requests begin, and their methods.
    begins: Vec<(usize, String)>,
}

impl Burst {
    /// What the acts at the beginning of a script send without waiting for anything.
    pub(super) fn of(acts: &[Act]) -> Self {
        let mut bytes = BytesMut::new();
        let mut burst = Self::default();
        for act in acts {
            let Act::Send { bytes: more, begins } = act else { break };
            burst.begins.extend(begins.iter().map(|method| (bytes.len(), method.clone())));
            bytes.extend_from_slice(more);
            burst.acts += 1;
        }
        Self { bytes: bytes.freeze(), ..burst }
    }

    /// More of a request that was begun.
    pub(super) fn more(bytes: Bytes) -> Self {
        Self { bytes, ..Self::default() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.acts == 0
    }

    pub(super) fn acts(&self) -> usize {
        self.acts
    }

    pub(super) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The methods of the requests that begin here.
    pub(super) fn methods(&self) -> impl Iterator<Item = &str> {
        self.begins.iter().map(|(_, method)| &**method)
    }

    /// Notes that a range of the bytes was sent.
    pub(super) fn account(&self, sent: Range<usize>, ledger: &mut Ledger) {
        let mut from = sent.start;
        for (at, _) in self.begins.iter().filter(|(at, _)| sent.contains(at)) {
            ledger.sent(self.bytes.get(from..*at).unwrap_or_default());
            ledger.begin();
            from = *at;
        }
        ledger.sent(self.bytes.get(from..sent.end).unwrap_or_default());
    }
}
