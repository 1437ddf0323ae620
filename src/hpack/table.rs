//! The entries that a block can name by number (RFC 7541 section 2.3).

use std::collections::VecDeque;

/// What an entry costs beside its text (section 4.1).
const OVERHEAD: usize = 32;

/// The entries that are always there, and behind them those that were remembered, the latest first.
#[derive(Clone, Debug)]
pub(super) struct Table {
    remembered: VecDeque<(Vec<u8>, Vec<u8>)>,
    size: usize,
    most: usize,
}

impl Table {
    pub(super) fn new(most: usize) -> Self {
        Self { remembered: VecDeque::new(), size: 0, most }
    }

    /// The entry of a number, from 1.
    pub(super) fn get(&self, index: usize) -> Option<(&[u8], &[u8])> {
        let index = index.checked_sub(1)?;
        match STATIC.get(index) {
            Some((name, value)) => Some((name.as_bytes(), value.as_bytes())),
            None => self.remembered.get(index - STATIC.len()).map(|(name, value)| (&**name, &**value)),
        }
    }

    /// Remembers a field; one that is larger than the table empties it (section 4.4).
    pub(super) fn insert(&mut self, name: Vec<u8>, value: Vec<u8>) {
        self.size += cost(&name, &value);
        self.remembered.push_front((name, value));
        self.forget();
    }

    pub(super) fn resize(&mut self, most: usize) {
        self.most = most;
        self.forget();
    }

    fn forget(&mut self) {
        while self.size > self.most {
            let Some((name, value)) = self.remembered.pop_back() else { return };
            self.size = self.size.saturating_sub(cost(&name, &value));
        }
    }
}

fn cost(name: &[u8], value: &[u8]) -> usize {
    name.len() + value.len() + OVERHEAD
}

/// The static table (appendix A).
const STATIC: [(&str, &str); 61] = [
    (":authority", ""),
    (":method", "GET"),
    (":method", "POST"),
    (":path", "/"),
    (":path", "/index.html"),
    (":scheme", "http"),
    (":scheme", "https"),
    (":status", "200"),
    (":status", "204"),
    (":status", "206"),
    (":status", "304"),
    (":status", "400"),
    (":status", "404"),
    (":status", "500"),
    ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"),
    ("accept-language", ""),
    ("accept-ranges", ""),
    ("accept", ""),
    ("access-control-allow-origin", ""),
    ("age", ""),
    ("allow", ""),
    ("authorization", ""),
    ("cache-control", ""),
    ("content-disposition", ""),
    ("content-encoding", ""),
    ("content-language", ""),
    ("content-length", ""),
    ("content-location", ""),
    ("content-range", ""),
    ("content-type", ""),
    ("cookie", ""),
    ("date", ""),
    ("etag", ""),
    ("expect", ""),
    ("expires", ""),
    ("from", ""),
    ("host", ""),
    ("if-match", ""),
    ("if-modified-since", ""),
    ("if-none-match", ""),
    ("if-range", ""),
    ("if-unmodified-since", ""),
    ("last-modified", ""),
    ("link", ""),
    ("location", ""),
    ("max-forwards", ""),
    ("proxy-authenticate", ""),
    ("proxy-authorization", ""),
    ("range", ""),
    ("referer", ""),
    ("refresh", ""),
    ("retry-after", ""),
    ("server", ""),
    ("set-cookie", ""),
    ("strict-transport-security", ""),
    ("transfer-encoding", ""),
    ("user-agent", ""),
    ("vary", ""),
    ("via", ""),
    ("www-authenticate", ""),
];
