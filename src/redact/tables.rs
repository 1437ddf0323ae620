//! What a redactor knows: the keys, whose they are, and what stands in their place.

use super::engine::{Engine, Hit};

/// Keys and their owners. One more can be added at any time.
#[derive(Default)]
pub(super) struct Tables {
    engine: Engine,
    owners: Vec<Owner>,
}

/// Whose key it is, and what stands in its place.
pub(super) struct Owner {
    pub(super) credential: String,
    pub(super) replacement: String,
}

impl Tables {
    /// The tables of keys by the names of their credentials.
    pub(super) fn of(keys: &[(&str, &str)]) -> Self {
        let mut tables = Self::default();
        for (number, (_, key)) in keys.iter().enumerate() {
            tables.engine.add(number, key);
        }
        for (name, _) in keys {
            tables.own(name);
        }
        tables
    }

    /// Adds a key.
    pub(super) fn add(&mut self, credential: &str, key: &str) {
        self.engine.add(self.owners.len(), key);
        self.own(credential);
    }

    /// Names the owner of the next key.
    ///
    /// A credential's name may hold a part of a key; the name would then undo the replacement, and the credential's
    /// number stands in for it.
    fn own(&mut self, name: &str) {
        let named = format!("[KEY:{name}]");
        let sound = self.find(named.as_bytes()).is_empty();
        let replacement = if sound { named } else { format!("[KEY:{}]", self.owners.len() + 1) };
        self.owners.push(Owner { credential: name.to_owned(), replacement });
    }

    /// Every trace, in the order of the text, none overlapping another.
    pub(super) fn find(&self, text: &[u8]) -> Vec<Hit> {
        self.engine.find(text)
    }

    /// What finds the keys.
    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// How many keys there are.
    pub(super) fn keys(&self) -> usize {
        self.owners.len()
    }

    /// Whose key it is.
    pub(super) fn owner(&self, key: usize) -> &Owner {
        const NOBODY: &Owner = &Owner { credential: String::new(), replacement: String::new() };
        self.owners.get(key).unwrap_or(NOBODY)
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
            tables.add(&format!("key-{number}"), key);
            assert_eq!(tables.keys(), number + 1);
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
    fn traces_are_told_in_the_order_of_the_text() {
        let mut tables = Tables::of(&[("a", KEYS[0])]);
        tables.add("b", KEYS[1]);
        let text = format!("{} and {}", KEYS[1], KEYS[0]);
        let owners: Vec<_> =
            tables.find(text.as_bytes()).iter().map(|hit| tables.owner(hit.key).credential.clone()).collect();
        assert_eq!(owners, ["b", "a"]);
    }
}
