//! The tables of a redactor: those of the keys that were known from the beginning, and those of keys that came to be
//! later.

use std::sync::Arc;

use super::engine::{Effort, Engine, Hit, merge};

/// Keys with their tables, in batches: a new key makes a new batch, and batches of one size become one, so that adding
/// many keys stays cheap and there are never many batches to search with.
#[derive(Clone, Default)]
pub(super) struct Tables {
    batches: Vec<Arc<Batch>>,
}

/// Some keys and what finds them.
struct Batch {
    engine: Engine,
    owners: Vec<Owner>,
    /// The names and texts of the keys, where the batch may become one with another.
    keys: Vec<(String, String)>,
}

/// Whose key it is, and what stands in its place.
pub(super) struct Owner {
    pub(super) credential: String,
    pub(super) replacement: String,
}

impl Tables {
    /// The tables of keys by the names of their credentials.
    pub(super) fn of(keys: &[(&str, &str)]) -> Self {
        Self { batches: vec![Arc::new(Batch::of(keys, 0, Effort::Searching))] }
    }

    /// The same tables and those of one more key.
    pub(super) fn with(&self, credential: &str, key: &str) -> Self {
        let mut batches = self.batches.clone();
        let mut keys = vec![(credential.to_owned(), key.to_owned())];
        // The first batch holds the keys that were known from the beginning, and stays as it is.
        while batches.len() > 1 && batches.last().is_some_and(|last| last.keys.len() <= keys.len()) {
            keys.splice(0..0, batches.pop().iter().flat_map(|last| last.keys.clone()));
        }
        let before: usize = batches.iter().map(|batch| batch.owners.len()).sum();
        let texts: Vec<_> = keys.iter().map(|(name, key)| (name.as_str(), key.as_str())).collect();
        let batch = Batch { keys: keys.clone(), ..Batch::of(&texts, before, Effort::Preparing) };
        if batches.is_empty() {
            batches.push(Arc::new(Batch::of(&[], 0, Effort::Searching)));
        }
        batches.push(Arc::new(batch));
        Self { batches }
    }

    /// Every trace, in the order of the text, none overlapping another.
    pub(super) fn find(&self, text: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut before = 0;
        for batch in &self.batches {
            let found = batch.engine.find(text).into_iter();
            hits.extend(found.map(|mut hit| {
                hit.key += before;
                hit
            }));
            before += batch.owners.len();
        }
        if self.batches.len() > 1 { merge(hits) } else { hits }
    }

    /// What finds the keys, by batches.
    pub(super) fn engines(&self) -> impl Iterator<Item = &Engine> {
        self.batches.iter().map(|batch| &batch.engine)
    }

    /// How many keys there are.
    pub(super) fn keys(&self) -> usize {
        self.batches.iter().map(|batch| batch.owners.len()).sum()
    }

    /// Whose key it is.
    pub(super) fn owner(&self, key: usize) -> &Owner {
        const NOBODY: &Owner = &Owner { credential: String::new(), replacement: String::new() };
        self.batches.iter().flat_map(|batch| &batch.owners).nth(key).unwrap_or(NOBODY)
    }
}

impl Batch {
    /// The batch of some keys, behind so many others.
    fn of(keys: &[(&str, &str)], before: usize, effort: Effort) -> Self {
        let texts: Vec<_> = keys.iter().map(|(_, key)| *key).collect();
        let engine = Engine::new(&texts, effort);
        let numbered = keys.iter().zip(before + 1..);
        let owners = numbered.map(|((name, _), number)| Owner::new(name, number, &engine)).collect();
        Self { engine, owners, keys: Vec::new() }
    }
}

impl Owner {
    /// A credential's name may hold a part of a key; the name would then undo the replacement, and the
    /// credential's number stands in for it.
    fn new(name: &str, number: usize, engine: &Engine) -> Self {
        let named = format!("[KEY:{name}]");
        let replacement =
            if engine.find(named.as_bytes()).is_empty() { named } else { format!("[KEY:{number}]") };
        Self { credential: name.to_owned(), replacement }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 7] = [
        "lp_any_Qm7tR2xVb9LkD4sJw8HfYc3NzPa6Ue1G",
        "lp_any_Zk4vN8cTq1WyB6mXe3RgJd7HsLp9Ua2F",
        "lp_any_Hw5bG9nKx2TcV7rQj4MzYf8DsEa1Lp6U",
        "lp_any_Tn3jX7vCk9QbM2wRz5LfHd8GyPs4Ea6U",
        "lp_any_Bv8kW4mZr1XnT6cQj9HsLf3DyGe7Pa5U",
        "lp_any_Jc6zM1qTx8VbN3wKr7LfRd5HyGs2Pe9A",
        "lp_any_Vx2rK9bQm5TnJ7wZc4HfLd1GyPs8Ea3U",
    ];

    #[test]
    fn every_key_that_was_added_is_found_and_belongs_to_its_owner() {
        let mut tables = Tables::of(&[("first", KEYS[0])]);
        for (number, key) in KEYS.iter().enumerate().skip(1) {
            tables = tables.with(&format!("key-{number}"), key);
            assert_eq!(tables.keys(), number + 1);
            assert!(tables.batches.len() <= 4, "{}", tables.batches.len());
            for (at, known) in KEYS.iter().enumerate() {
                let hits = tables.find(format!("a {known} b").as_bytes());
                assert_eq!(hits.len(), usize::from(at <= number), "{at} of {number}");
                let owner = hits.first().map(|hit| tables.owner(hit.key).credential.clone());
                let wanted = if at == 0 { "first".to_owned() } else { format!("key-{at}") };
                assert!(owner.is_none_or(|owner| owner == wanted));
            }
        }
    }

    #[test]
    fn traces_of_keys_of_different_batches_are_told_in_their_order() {
        let tables = Tables::of(&[("a", KEYS[0])]).with("b", KEYS[1]);
        let text = format!("{} and {}", KEYS[1], KEYS[0]);
        let owners: Vec<_> =
            tables.find(text.as_bytes()).iter().map(|hit| tables.owner(hit.key).credential.clone()).collect();
        assert_eq!(owners, ["b", "a"]);
    }
}
