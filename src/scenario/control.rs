//! What a step does to the target instead of sending a request.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::CredentialPick;
use crate::contract::{Action, Matcher};
use crate::document::{HeaderName, Millis, Name, Pattern};

/// Something that is done to the target, by what the contract's `control` says. Whatever it changes is taken back when
/// the case ends.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ControlStep {
    /// Issues a key, for `credential: { created: name }` in later requests. It may do what its model may.
    Create(NewKey),
    /// Makes up a key that is not issued: a later `create` of the same name issues it.
    Forge(NewKey),
    /// Revokes a created key.
    Revoke(Name),
    /// Deletes a created key.
    Delete(Name),
    /// Switches the application of a created key off; the key must have been created with an application of its own.
    Disable(Name),
    /// Switches it on again.
    Enable(Name),
    /// Takes permissions from a created key.
    Permissions(Narrowed),
    /// Sets the instant from which on a created key is expired.
    Expire(Expiry),
    /// Moves the target's clock.
    Clock(ClockMove),
    /// Sets the time zone of the target's process.
    Timezone(String),
    /// Starts the target without a part of its configuration.
    Config(Unset),
    /// Stops the key store, slows it down, or starts it again.
    Store(StoreMove),
    /// Stops what is behind the edge, or starts it again.
    Upstream(PartMove),
    /// Stops what counts a key's requests, or starts it again.
    Limiter(PartMove),
    /// Reads how many requests were processed.
    Processed(Reading),
    /// Reads how much is stored.
    Stored(Reading),
    /// Reads the log.
    Log(LogRule),
    /// Reads what arrived behind the edge of the last request.
    Seen(SeenRule),
}

/// A key to be.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// What the steps call it.
    pub name: Name,
    /// The credential that it is modelled on: its shape, its permissions and its environments. Without this, one that
    /// may use the operation.
    #[serde(default)]
    pub like: Option<CredentialPick>,
    /// Whose key it is: its model's application, one of its own, or that of another created key.
    #[serde(default)]
    pub application: Owner,
}

/// Whose key a created key is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// Its model's application.
    #[default]
    Model,
    /// An application of its own.
    Own,
    /// That of another created key.
    With(Name),
}

/// A key with less permissions.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Narrowed {
    /// The created key.
    pub of: Name,
    /// What it may no longer do.
    pub without: Without,
}

/// What is taken from a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Without {
    /// The operation of the case.
    Operation,
    /// The whole service of the operation.
    Service,
}

/// The end of a created key.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expiry {
    /// The created key.
    pub of: Name,
    /// When.
    pub at: TargetTime,
}

/// A time of the target's clock.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetTime {
    /// What it is counted from.
    pub from: Origin,
    /// So much later.
    #[serde(default)]
    pub plus: Option<Millis>,
    /// So much earlier.
    #[serde(default)]
    pub minus: Option<Millis>,
}

/// What a time is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Now, rounded up to a whole second. Whatever is counted from it has the same date and hour for all steps.
    Now,
    /// The beginning of the present day in UTC.
    Midnight,
    /// The instant of the last `expire` before.
    Expiry,
}

/// A move of the clock.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ClockMove {
    /// On by so much; it keeps going.
    Advance(Millis),
    /// On until this has had its time.
    Outlive(Outlived),
    /// To an instant, where it stands still.
    Hold(TargetTime),
    /// Back to where it would be.
    Reset(Everything),
}

/// What has its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outlived {
    /// A token, as long as the contract's `tokens.lifetime` says, and a second more.
    Token,
}

/// What is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Everything {
    /// All of it.
    All,
}

/// A part of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unset {
    /// The keys.
    UnsetKey,
    /// The setting that switches the guard on.
    UnsetGuard,
    /// Nothing: all of it is there again.
    Reset,
}

/// What is done to the key store.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum StoreMove {
    /// It is stopped.
    Stop,
    /// Every answer of it takes so long.
    Slow(Millis),
    /// It is started again.
    Start,
}

/// What is done to a part of the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartMove {
    /// It is stopped.
    Stop,
    /// It is started again.
    Start,
}

/// What is read, and what is right about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// Remember it.
    Remember,
    /// It is what was remembered.
    Unchanged,
    /// It is not what was remembered: for the control that shows that it is counted at all.
    Changed,
}

/// What is right about a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogRule {
    /// No trace of a key stands in it, in any encoding. An empty log says nothing.
    NoKey,
}

/// What is right about the header fields that arrived behind the edge.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenRule {
    /// What header fields must be.
    #[serde(default)]
    #[schemars(extend("propertyNames" = { "type": "string", "format": "header-name" }))]
    pub headers: IndexMap<HeaderName, Matcher>,
    /// No trace of a key stands in them.
    #[serde(default)]
    pub no_key: Option<bool>,
    /// None of these patterns is found in any name or value.
    #[serde(default)]
    pub nowhere: Vec<Pattern>,
    /// The field that tells whose request it is (`control.identity` of the contract): remember its lines, or compare
    /// them with what was remembered. A field that is not there says nothing when it is remembered.
    #[serde(default)]
    pub identity: Option<Reading>,
}

impl ControlStep {
    /// The action of the contract that it takes, where it takes one.
    pub fn action(&self) -> Option<Action> {
        Some(match self {
            Self::Create(_) => Action::Create,
            Self::Forge(_) => return None,
            Self::Revoke(_) => Action::Revoke,
            Self::Delete(_) => Action::Delete,
            Self::Disable(_) => Action::Disable,
            Self::Enable(_) => Action::Enable,
            Self::Permissions(_) => Action::Permissions,
            Self::Expire(_) => Action::Expire,
            Self::Clock(ClockMove::Advance(_) | ClockMove::Outlive(_)) => Action::ClockAdvance,
            Self::Clock(ClockMove::Hold(_)) => Action::ClockHold,
            Self::Clock(ClockMove::Reset(_)) => Action::ClockReset,
            Self::Timezone(_) => Action::TimezoneSet,
            Self::Config(Unset::UnsetKey) => Action::ConfigUnsetKey,
            Self::Config(Unset::UnsetGuard) => Action::ConfigUnsetGuard,
            Self::Config(Unset::Reset) => Action::ConfigReset,
            Self::Store(StoreMove::Stop) => Action::StoreStop,
            Self::Store(StoreMove::Slow(_)) => Action::StoreSlow,
            Self::Store(StoreMove::Start) => Action::StoreStart,
            Self::Upstream(PartMove::Stop) => Action::UpstreamStop,
            Self::Upstream(PartMove::Start) => Action::UpstreamStart,
            Self::Limiter(PartMove::Stop) => Action::LimiterStop,
            Self::Limiter(PartMove::Start) => Action::LimiterStart,
            Self::Processed(_) => Action::Processed,
            Self::Stored(_) => Action::Stored,
            Self::Log(_) => Action::Log,
            Self::Seen(_) => Action::Seen,
        })
    }
    /// The created key that it is about, where it is about one.
    pub fn of(&self) -> Option<&Name> {
        match self {
            Self::Create(new) | Self::Forge(new) => Some(&new.name),
            Self::Revoke(name) | Self::Delete(name) | Self::Disable(name) | Self::Enable(name) => Some(name),
            Self::Permissions(narrowed) => Some(&narrowed.of),
            Self::Expire(expiry) => Some(&expiry.of),
            Self::Clock(_)
            | Self::Timezone(_)
            | Self::Config(_)
            | Self::Store(_)
            | Self::Upstream(_)
            | Self::Limiter(_)
            | Self::Processed(_)
            | Self::Stored(_)
            | Self::Log(_)
            | Self::Seen(_) => None,
        }
    }
    /// How what is read is compared, where it is, and the action that tells it.
    pub fn reading(&self) -> Option<(Reading, Action)> {
        let reading = match self {
            Self::Processed(reading) | Self::Stored(reading) => Some(*reading),
            Self::Seen(rule) => rule.identity,
            Self::Create(_)
            | Self::Forge(_)
            | Self::Revoke(_)
            | Self::Delete(_)
            | Self::Disable(_)
            | Self::Enable(_)
            | Self::Permissions(_)
            | Self::Expire(_)
            | Self::Clock(_)
            | Self::Timezone(_)
            | Self::Config(_)
            | Self::Store(_)
            | Self::Upstream(_)
            | Self::Limiter(_)
            | Self::Log(_) => None,
        };
        reading.zip(self.action())
    }
}
