//! The hands of one attempt at a case: what it made, what it read, and what it has to take back.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};

use serde_json::Value;

use super::Grip;
use super::rules;
use super::time::{Clock, rfc3339};
use super::undo::Entry;
use crate::contract::{Action, Keyring, SHORTEST_KEY, Secret};
use crate::document::JsonPath;
use crate::plan::{Deed, Dice, Public, Rule, created, forge};
use crate::scenario::{KeyTwist, LikeTheKey, Owner};
use crate::wire::{Arguments, Told};

/// Why a case does not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objection {
    /// Nothing can be said.
    Unclear(String),
    /// What the target told is wrong.
    Broken {
        /// What is right.
        expected: String,
        /// What was told.
        actual: String,
    },
}

impl Objection {
    /// What is said of it where only words can be said.
    pub fn into_words(self) -> String {
        match self {
            Self::Unclear(why) => why,
            Self::Broken { actual, .. } => actual,
        }
    }
}

/// The hands of one attempt at something: what they make, they take back.
#[derive(Debug)]
pub struct Hands<'a> {
    grip: Grip<'a>,
    case: &'a str,
    /// The contract's keys and those that were made.
    keyring: Keyring,
    made: BTreeMap<String, Made>,
    clock: Clock,
    /// What was read and is remembered.
    pub(super) readings: BTreeMap<Action, Value>,
    tickets: Vec<(u64, Action)>,
    /// When something was last done.
    changed: Option<tokio::time::Instant>,
}

/// A key that was made.
#[derive(Clone, Debug)]
struct Made {
    /// What is filled in about it.
    values: BTreeMap<String, Value>,
    key: Secret,
    ticket: Option<u64>,
}

impl<'a> Hands<'a> {
    /// Hands that have done nothing yet.
    pub fn new(grip: Grip<'a>, case: &'a str) -> Self {
        Self {
            grip,
            case,
            keyring: grip.keyring.clone(),
            made: BTreeMap::new(),
            clock: Clock::at((grip.steering.now_ms)()),
            readings: BTreeMap::new(),
            tickets: Vec::new(),
            changed: None,
        }
    }

    /// The keys that there are by now.
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// When the target was last changed.
    pub(in crate::runner) fn changed(&self) -> Option<tokio::time::Instant> {
        self.changed
    }

    /// Does something, and looks at what is told.
    ///
    /// # Errors
    /// Why it was not done, or what is wrong about what was told.
    pub async fn perform(&mut self, deed: &Deed) -> Result<(), Objection> {
        let unclear = |why: String| Objection::Unclear(format!("{deed}: {why}"));
        if let Rule::Key { model, owner } = &deed.rule {
            self.make_up(deed, (model, owner)).map_err(unclear)?;
        }
        let Some(action) = deed.action else { return Ok(()) };
        let arguments = self.arguments(deed).map_err(unclear)?;
        let ticket = self.note(action, &arguments, deed).map_err(unclear)?;
        let told = self.grip.steering.plane.carry_out(action, &arguments).await;
        let told = told.map_err(|error| unclear(error.to_string()))?;
        self.done(deed, (action, &arguments), (&told, ticket)).map_err(unclear)?;
        rules::look(self, deed, &told, self.grip)
    }

    /// Takes everything back, the last first; says what could not be taken back.
    pub async fn take_back(&mut self) -> Vec<String> {
        let mut failed = Vec::new();
        while let Some((ticket, _)) = self.tickets.pop() {
            let steering = self.grip.steering;
            failed.extend(steering.undo.back(ticket, &steering.plane).await);
        }
        failed
    }

    /// A key like its model's that nobody has, where there is none of this name yet. It is known to the redactor before
    /// anybody else hears of it.
    fn make_up(&mut self, deed: &Deed, (model, owner): (&str, &Owner)) -> Result<(), String> {
        let Some(name) = deed.key.as_ref().filter(|name| !self.made.contains_key(*name)) else {
            return Ok(());
        };
        let pattern = self.grip.keyring.key(model).ok_or("its model has no key")?;
        let mut dice = Dice::new(fresh(), self.case);
        let text = forge(pattern.expose(), Public::default(), &KeyTwist::Random(LikeTheKey::Like), &mut dice);
        let key = Secret::new(text);
        let unique = format!("lockproof-{:012x}", fresh() >> 16);
        let mut values = deed.arguments.clone();
        let application = match owner {
            Owner::Model => None,
            Owner::Own => Some(Value::from(format!("{unique}-app"))),
            Owner::With(other) => {
                let other = self.made.get(&created(other.as_str()));
                other.and_then(|made| made.values.get("application")).cloned()
            }
        };
        values.extend(application.map(|name| ("application".to_owned(), name)));
        values.insert("credential".to_owned(), Value::from(unique));
        self.keep(name, Made { values, key, ticket: None })
    }

    fn keep(&mut self, name: &str, made: Made) -> Result<(), String> {
        // A shorter text is no key, and is refused as one.
        if made.key.expose().len() >= SHORTEST_KEY {
            self.grip.redactor.add(name, &made.key);
        }
        self.keyring.add(name, made.key.clone()).map_err(|error| error.problem)?;
        self.made.insert(name.to_owned(), made);
        Ok(())
    }

    /// Everything that is filled in.
    fn arguments(&mut self, deed: &Deed) -> Result<Arguments, String> {
        let mut arguments = Arguments::default();
        if let Some(name) = &deed.key {
            let made = self.made.get(name).ok_or("there is no such key")?;
            arguments.values.clone_from(&made.values);
            arguments.key = Some(made.key.clone());
        }
        let own = deed.arguments.iter().filter(|_| !matches!(deed.rule, Rule::Key { .. }));
        arguments.values.extend(own.map(|(name, value)| (name.clone(), value.clone())));
        if let Rule::At(at) = &deed.rule {
            let at_ms = self.clock.instant(at)?;
            if deed.action == Some(Action::Expire) {
                self.clock.expiry = Some(at_ms);
            }
            arguments.values.insert("at".to_owned(), Value::from(rfc3339(at_ms)));
        }
        Ok(arguments)
    }

    /// Notes how it is taken back, before it is done.
    fn note(&mut self, action: Action, arguments: &Arguments, deed: &Deed) -> Result<Option<u64>, String> {
        let plane = &self.grip.steering.plane;
        let undo =
            action.undone_by().map(|undo| if plane.call(undo).is_some() { undo } else { Action::Revoke });
        let Some(undo) = undo.filter(|undo| plane.call(*undo).is_some()) else { return Ok(None) };
        // One is enough for whatever changes the target as a whole.
        if !undo.is_of_a_key() && self.tickets.iter().any(|(_, noted)| *noted == undo) {
            return Ok(None);
        }
        let (case, what) = (self.case.to_owned(), deed.to_string());
        let entry = Entry { case, action: undo, arguments: arguments.clone(), what };
        let ticket = self.grip.steering.undo.note(entry).ok_or("the run is over")?;
        self.tickets.push((ticket, undo));
        Ok(Some(ticket))
    }

    /// Notes what was done.
    fn done(
        &mut self,
        deed: &Deed,
        (action, arguments): (Action, &Arguments),
        (told, ticket): (&Told, Option<u64>),
    ) -> Result<(), String> {
        if !action.only_tells() {
            self.changed = Some(tokio::time::Instant::now());
        }
        if action == Action::ClockAdvance {
            self.clock.moved(arguments.values.get("ms").and_then(Value::as_i64).unwrap_or_default());
        }
        if action == Action::ClockReset {
            self.clock.reset();
        }
        if matches!(action, Action::Delete | Action::Revoke) {
            self.is_gone(deed, action);
        }
        if action == Action::Create { self.created(deed, arguments, (told, ticket)) } else { Ok(()) }
    }

    /// What the target tells of a key that it issued.
    fn created(
        &mut self,
        deed: &Deed,
        arguments: &Arguments,
        (told, ticket): (&Told, Option<u64>),
    ) -> Result<(), String> {
        let answers = self.grip.steering.plane.call(Action::Create).map(|call| call.answers.clone());
        let answers = answers.unwrap_or_default();
        let name = deed.key.clone().unwrap_or_default();
        let mut arguments = arguments.clone();
        let json = told.json().unwrap_or_default();
        let at = |path: &Option<JsonPath>| path.as_ref().and_then(|path| path.select(&json).first().copied());
        let key = at(&answers.key).and_then(Value::as_str).map(|key| Secret::new(key.to_owned()));
        let id = at(&answers.id).filter(|id| id.is_string() || id.is_number());
        // Whatever is missing, what is there must be known first: it may be enough to take the key back.
        arguments.key = key.clone().or(arguments.key);
        arguments.values.extend(id.map(|id| ("id".to_owned(), id.clone())));
        if let Some(ticket) = ticket {
            self.grip.steering.undo.correct(ticket, &arguments);
        }
        if let Some(key) = arguments.key {
            self.keep(&name, Made { values: arguments.values, key, ticket })?;
        }
        let missing = |what, path: &Option<JsonPath>, is_there: bool| {
            let path = path.as_ref().filter(|_| !is_there)?;
            Some(Err(format!("the answer holds no {what} at {path}")))
        };
        let wrong = missing("key", &answers.key, key.is_some());
        wrong.or_else(|| missing("id", &answers.id, id.is_some())).unwrap_or(Ok(()))
    }

    /// What is gone needs not be taken back.
    fn is_gone(&mut self, deed: &Deed, action: Action) {
        let ticket = deed.key.as_ref().and_then(|name| self.made.get(name)).and_then(|made| made.ticket);
        let cancelled = self.tickets.iter().position(|(noted, undo)| {
            Some(*noted) == ticket && (*undo == action || action == Action::Delete)
        });
        if let Some(at) = cancelled {
            let (ticket, _) = self.tickets.remove(at);
            self.grip.steering.undo.strike(ticket);
        }
    }
}

/// A number that nobody can foresee: keys that really work must not follow from the seed, which reports show.
fn fresh() -> u64 {
    RandomState::new().hash_one(std::process::id())
}
