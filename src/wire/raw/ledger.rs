//! How many octets of each request's body were sent.

/// Counts, for every request of a connection, the octets that were sent behind its head.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    /// The octets behind the head of each request.
    bodies: Vec<u64>,
    /// How the head of the last request goes on.
    head: Head,
}

/// Where the head of a request stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Head {
    /// Within a line.
    #[default]
    Line,
    /// Behind a line's end: another line end makes the empty line that ends the head.
    LineEnd,
    /// Behind it.
    Body,
}

impl Ledger {
    /// Begins a request.
    pub(super) fn begin(&mut self) {
        self.bodies.push(0);
        self.head = Head::Line;
    }

    /// Notes bytes that were sent.
    pub(super) fn sent(&mut self, bytes: &[u8]) {
        let Some(body) = self.bodies.last_mut() else { return };
        for (at, byte) in bytes.iter().enumerate() {
            self.head = match (self.head, byte) {
                (Head::Body, _) => {
                    *body += (bytes.len() - at) as u64;
                    return;
                }
                (Head::Line, b'\n') | (Head::LineEnd, b'\r') => Head::LineEnd,
                (Head::LineEnd, b'\n') => Head::Body,
                (Head::Line | Head::LineEnd, _) => Head::Line,
            };
        }
    }

    /// The octets of each body so far.
    pub(super) fn bodies(&self) -> &[u64] {
        &self.bodies
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_stands_behind_the_empty_line_is_the_body() {
        let mut ledger = Ledger::default();
        for (request, body) in [("A\r\nB: c\r\n\r\nbody", 4), ("A\n\nbo\r\n\r\ndy", 8), ("A\r\n\r", 0)] {
            ledger.begin();
            ledger.sent(request.as_bytes());
            assert_eq!(ledger.bodies().last(), Some(&body), "{request:?}");
        }
        assert_eq!(ledger.bodies(), [4, 8, 0]);
    }

    proptest! {
        #[test]
        fn how_the_bytes_were_cut_makes_no_difference(text in "[a\r\n]{0,30}", cut in 1_usize..5) {
            let (mut whole, mut pieces) = (Ledger::default(), Ledger::default());
            whole.begin();
            pieces.begin();
            whole.sent(text.as_bytes());
            text.as_bytes().chunks(cut).for_each(|piece| pieces.sent(piece));
            prop_assert_eq!(whole.bodies(), pieces.bodies());
        }
    }
}
