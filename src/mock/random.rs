//! Chance: ids that tell requests apart, and secrets that nobody can guess.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The id of one request, 32 hexadecimal digits: unlike every other, and not a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct RequestId(u64, u64);

impl RequestId {
    /// A fresh id. A counter through two keyed hashes: no lock, no system call.
    pub(crate) fn fresh() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        static KEYS: LazyLock<(RandomState, RandomState)> = LazyLock::new(Default::default);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Self(KEYS.0.hash_one(count), KEYS.1.hash_one(count))
    }

    /// Two numbers from 0 to 1, the latter left out, that have nothing to do with each other or with another id's.
    pub(crate) fn chances(self) -> [f64; 2] {
        let chance = |bits: u64| f64::from(u32::try_from(bits >> 32).unwrap_or(0)) / 4_294_967_296.0;
        [chance(self.0), chance(self.1)]
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}{:016x}", self.0, self.1)
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Text of letters and digits that nobody can guess; nothing where the system has no randomness to give.
pub(crate) fn secret(length: usize) -> Option<String> {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let mut text = String::with_capacity(length);
    let mut bytes = [0_u8; 64];
    while text.len() < length {
        provider.secure_random.fill(&mut bytes).ok()?;
        // A byte above the last multiple of 62 would make the first letters likelier than the others.
        let fair = bytes.iter().filter(|byte| **byte < 248);
        let letters = fair.filter_map(|byte| ALPHABET.get(usize::from(byte % 62)));
        text.extend(letters.take(length - text.len()).map(|letter| char::from(*letter)));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_requests_never_share_an_id() {
        let ids: std::collections::HashSet<_> = (0..1000).map(|_| RequestId::fresh().to_string()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| id.len() == 32));
    }

    #[test]
    fn a_secret_has_the_length_asked_for_and_only_letters_and_digits() {
        let one = secret(40).unwrap();
        assert_eq!(one.len(), 40);
        assert!(one.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(Some(one), secret(40));
    }
}
