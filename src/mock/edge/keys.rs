//! The keys that the server knows, each by its SHA-256: the keys themselves are not kept.
//!
//! What the contract declares is in a table that never changes, so a refusal takes no lock; what changes
//! about a key is atomic. Keys issued later are in a second table, asked only once there is one.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use sha2::{Digest as _, Sha256};

use crate::contract::{Contract, Credential, Grant, KeyState, Keyring};

/// The SHA-256 of a key. Comparing two of them tells nothing about the keys, however long it takes.
pub(crate) type Digest = [u8; 32];

/// How far in the past the contract's expired keys are: farther than any time zone.
const PAST_MS: i64 = 48 * 3_600_000;
/// How far in the future its early keys are.
const FUTURE_MS: i64 = 3_600_000;
/// The most keys that can be issued at a time; expired ones make room.
const ISSUED_LIMIT: usize = 10_000;

/// An application: what a key identifies.
#[derive(Debug)]
pub(crate) struct Application {
    /// Its name.
    pub(crate) name: String,
    /// Whether it is switched off.
    pub(crate) disabled: AtomicBool,
    /// How many requests of it were accepted, by environment.
    pub(crate) usage: BTreeMap<String, AtomicU64>,
}

impl Application {
    /// An application that has used nothing yet.
    pub(crate) fn new(name: &str, environments: &[String]) -> Self {
        let usage = environments.iter().map(|environment| (environment.clone(), AtomicU64::new(0))).collect();
        Self { name: name.to_owned(), disabled: AtomicBool::new(false), usage }
    }
}

/// A key: whose it is, what it may do, and whether it works.
#[derive(Debug)]
pub(crate) struct Key {
    /// The credential's name.
    pub(crate) credential: String,
    /// Whose key it is.
    pub(crate) application: Arc<Application>,
    /// What it may do.
    pub(crate) allows: Vec<Grant>,
    /// Where it may be used; nothing stands for everywhere.
    pub(crate) environments: Option<Vec<String>>,
    /// Whether it was withdrawn.
    pub(crate) revoked: Arc<AtomicBool>,
    /// From when on it works, in milliseconds since 1970.
    pub(crate) not_before: Arc<AtomicI64>,
    /// From when on it no longer works, that instant included, in milliseconds since 1970.
    pub(crate) expires_at: Arc<AtomicI64>,
    /// The window that its requests are counted in, and their count: two 32-bit halves.
    pub(crate) quota: Arc<AtomicU64>,
    declared: KeyState,
}

impl Key {
    /// A key that works, for good.
    pub(crate) fn new(credential: &str, application: Arc<Application>, allows: Vec<Grant>) -> Self {
        Self {
            credential: credential.to_owned(),
            application,
            allows,
            environments: None,
            revoked: Arc::default(),
            not_before: Arc::new(AtomicI64::new(i64::MIN)),
            expires_at: Arc::new(AtomicI64::new(i64::MAX)),
            quota: Arc::default(),
            declared: KeyState::Active,
        }
    }

    /// The same key with other permissions. Its state is shared with what it was before, so that whoever still holds
    /// that and withdraws it withdraws this.
    fn permitted(&self, allows: Vec<Grant>) -> Self {
        Self {
            environments: self.environments.clone(),
            revoked: Arc::clone(&self.revoked),
            not_before: Arc::clone(&self.not_before),
            expires_at: Arc::clone(&self.expires_at),
            quota: Arc::clone(&self.quota),
            ..Self::new(&self.credential, Arc::clone(&self.application), allows)
        }
    }

    /// Puts the key into the state that the contract declares.
    fn restore(&self, now_ms: i64) {
        let expired = self.declared == KeyState::Expired;
        let early = self.declared == KeyState::NotYetValid;
        self.revoked.store(self.declared == KeyState::Revoked, Ordering::Release);
        self.application.disabled.store(self.declared == KeyState::Disabled, Ordering::Release);
        self.expires_at.store(if expired { now_ms - PAST_MS } else { i64::MAX }, Ordering::Release);
        self.not_before.store(if early { now_ms + FUTURE_MS } else { i64::MIN }, Ordering::Release);
        self.quota.store(0, Ordering::Release);
    }
}

/// Every key that the server knows.
#[derive(Debug)]
pub(crate) struct Keys {
    declared: HashMap<Digest, Arc<Key>>,
    issued: RwLock<HashMap<Digest, Arc<Key>>>,
    issued_count: AtomicUsize,
    environments: Vec<String>,
}

impl Keys {
    /// The keys of a contract. Credentials without a key in the ring are left out: nobody can send them.
    pub(crate) fn new(contract: &Contract, keyring: &Keyring, environments: &[String], now_ms: i64) -> Self {
        let mut applications = HashMap::new();
        let mut declared = HashMap::new();
        for (name, credential) in &contract.credentials {
            let Some(secret) = keyring.key(name.as_str()) else { continue };
            let owner = credential.application.as_ref().unwrap_or(name).as_str();
            // A credential of a disabled application does not switch its namesake's other keys off.
            let identity = (owner.to_owned(), credential.state == KeyState::Disabled);
            let application = applications
                .entry(identity)
                .or_insert_with(|| Arc::new(Application::new(owner, environments)));
            let key = declared_key(name.as_str(), credential, Arc::clone(application));
            key.restore(now_ms);
            declared.insert(digest(secret.expose().as_bytes()), Arc::new(key));
        }
        Self {
            declared,
            issued: RwLock::default(),
            issued_count: AtomicUsize::new(0),
            environments: environments.to_vec(),
        }
    }

    /// The key behind some bytes.
    pub(crate) fn look_up(&self, presented: &[u8]) -> Option<Arc<Key>> {
        let digest = digest(presented);
        if let Some(key) = self.declared.get(&digest) {
            return Some(Arc::clone(key));
        }
        if self.issued_count.load(Ordering::Acquire) == 0 {
            return None;
        }
        self.issued.read().unwrap_or_else(PoisonError::into_inner).get(&digest).map(Arc::clone)
    }

    /// The key of a credential.
    pub(crate) fn credential(&self, name: &str) -> Option<Arc<Key>> {
        let issued = self.issued.read().unwrap_or_else(PoisonError::into_inner);
        self.declared.values().chain(issued.values()).find(|key| key.credential == name).map(Arc::clone)
    }

    /// Every application of a name.
    pub(crate) fn applications(&self, name: &str) -> Vec<Arc<Application>> {
        let issued = self.issued.read().unwrap_or_else(PoisonError::into_inner);
        let keys = self.declared.values().chain(issued.values());
        keys.map(|key| Arc::clone(&key.application)).filter(|application| application.name == name).collect()
    }

    /// An application of a name: one that has keys already, or a new one.
    pub(crate) fn application(&self, name: &str) -> Arc<Application> {
        let known = self.applications(name).into_iter().next();
        known.unwrap_or_else(|| Arc::new(Application::new(name, &self.environments)))
    }

    /// Issues a key; `false` where there is no room for another, or the key or its name is taken.
    pub(crate) fn issue(&self, secret: &str, key: Key, now_ms: i64) -> bool {
        let digest = digest(secret.as_bytes());
        // The name is asked for under the same lock under which it is taken.
        let mut issued = self.issued.write().unwrap_or_else(PoisonError::into_inner);
        let taken = self.declared.values().chain(issued.values()).any(|it| it.credential == key.credential);
        if taken || self.declared.contains_key(&digest) {
            return false;
        }
        if issued.len() >= ISSUED_LIMIT {
            issued.retain(|_, key| key.expires_at.load(Ordering::Acquire) > now_ms);
        }
        if issued.len() >= ISSUED_LIMIT || issued.contains_key(&digest) {
            return false;
        }
        issued.insert(digest, Arc::new(key));
        self.issued_count.store(issued.len(), Ordering::Release);
        true
    }

    /// Deletes a key that was issued; `false` where there is none of this name.
    pub(crate) fn delete(&self, name: &str) -> bool {
        let mut issued = self.issued.write().unwrap_or_else(PoisonError::into_inner);
        let before = issued.len();
        issued.retain(|_, key| key.credential != name);
        self.issued_count.store(issued.len(), Ordering::Release);
        issued.len() < before
    }

    /// Gives a key that was issued other permissions; `false` where there is none of this name.
    pub(crate) fn permit(&self, name: &str, allows: Vec<Grant>) -> bool {
        let mut issued = self.issued.write().unwrap_or_else(PoisonError::into_inner);
        let found = issued.values_mut().find(|key| key.credential == name);
        found.map(|key| *key = Arc::new(key.permitted(allows))).is_some()
    }

    /// The keys of an application that were issued.
    pub(crate) fn issued_to(&self, application: &str) -> Vec<Arc<Key>> {
        let issued = self.issued.read().unwrap_or_else(PoisonError::into_inner);
        issued.values().filter(|key| key.application.name == application).map(Arc::clone).collect()
    }

    /// Back to what the contract declares.
    pub(crate) fn reset(&self, now_ms: i64) {
        let mut issued = self.issued.write().unwrap_or_else(PoisonError::into_inner);
        issued.clear();
        self.issued_count.store(0, Ordering::Release);
        for key in self.declared.values() {
            key.restore(now_ms);
            key.application.usage.values().for_each(|used| used.store(0, Ordering::Release));
        }
    }
}

fn declared_key(name: &str, credential: &Credential, application: Arc<Application>) -> Key {
    let names = |names: &Vec<crate::document::Name>| names.iter().map(ToString::to_string).collect();
    let mut key = Key::new(name, application, credential.allows.clone());
    key.environments = credential.environments.as_ref().map(names);
    key.declared = credential.state;
    key
}

fn digest(text: &[u8]) -> Digest {
    Sha256::digest(text).into()
}

/// Whether a key's time is over; the instant of its expiry belongs to what is over.
pub(crate) fn expired(key: &Key, now_ms: i64) -> bool {
    now_ms >= key.expires_at.load(Ordering::Acquire)
}

/// Whether a key's time has not begun.
pub(crate) fn early(key: &Key, now_ms: i64) -> bool {
    now_ms < key.not_before.load(Ordering::Acquire)
}

/// Withdraws a key.
pub(crate) fn withdraw(key: &Key) {
    key.revoked.store(true, Ordering::Release);
}

/// Whether a key was withdrawn.
pub(crate) fn revoked(key: &Key) -> bool {
    key.revoked.load(Ordering::Acquire)
}

/// Whether the application that a key identifies is switched off.
pub(crate) fn disabled(key: &Key) -> bool {
    key.application.disabled.load(Ordering::Acquire)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys {
            declared: HashMap::new(),
            issued: RwLock::default(),
            issued_count: AtomicUsize::new(0),
            environments: Vec::new(),
        }
    }

    fn key(name: &str) -> Key {
        Key::new(name, Arc::new(Application::new("a", &[])), Vec::new())
    }

    #[test]
    fn a_key_that_is_withdrawn_while_it_is_given_other_permissions_stays_withdrawn() {
        let keys = keys();
        assert!(keys.issue("secret", key("one"), 0));
        let before = keys.credential("one").unwrap();
        assert!(keys.permit("one", vec![Grant("ekyc".to_owned())]));
        withdraw(&before);
        let now = keys.look_up(b"secret").unwrap();
        assert!(revoked(&now));
        assert_eq!(now.allows.len(), 1);
    }

    #[test]
    fn a_name_is_taken_once() {
        let keys = keys();
        let issued = |number: usize| keys.issue(&number.to_string(), key("one"), 0);
        let issued = &issued;
        let count = std::thread::scope(|scope| {
            let all: Vec<_> = (0..8).map(|number| scope.spawn(move || issued(number))).collect();
            all.into_iter().filter_map(|one| one.join().ok()).filter(|issued| *issued).count()
        });
        assert_eq!(count, 1);
    }
}
