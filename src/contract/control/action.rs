//! What can be done to a target, by name.

use std::fmt;

/// What can be done to a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Issue a key.
    Create,
    /// Delete a key.
    Delete,
    /// Revoke a key.
    Revoke,
    /// Switch an application off.
    Disable,
    /// Switch an application on.
    Enable,
    /// Change what a key may do.
    Permissions,
    /// Set the instant of a key's expiry.
    Expire,
    /// Move the clock.
    ClockAdvance,
    /// Stop the clock at an instant.
    ClockHold,
    /// Let the clock go as it went.
    ClockReset,
    /// Set the time zone.
    TimezoneSet,
    /// Take the time zone back.
    TimezoneReset,
    /// Start without a key in the configuration.
    ConfigUnsetKey,
    /// Start without the setting that switches the guard on.
    ConfigUnsetGuard,
    /// Start with the whole configuration.
    ConfigReset,
    /// Stop the key store.
    StoreStop,
    /// Slow the key store down.
    StoreSlow,
    /// Start the key store.
    StoreStart,
    /// Stop what is behind the edge.
    UpstreamStop,
    /// Start what is behind the edge.
    UpstreamStart,
    /// Stop the limiter.
    LimiterStop,
    /// Start the limiter.
    LimiterStart,
    /// Count what was processed.
    Processed,
    /// Tell what is stored.
    Stored,
    /// Read the log.
    Log,
    /// Read what arrived behind the edge.
    Seen,
}

/// What can be filled in whatever the action is about.
const ALWAYS: [&str; 1] = ["environment"];
/// What can be filled in where the action is about a key.
const OF_A_KEY: [&str; 4] = ["credential", "id", "key", "application"];

impl Action {
    /// Every action, in the order of the contract.
    pub const ALL: [Self; 26] = [
        Self::Create,
        Self::Delete,
        Self::Revoke,
        Self::Disable,
        Self::Enable,
        Self::Permissions,
        Self::Expire,
        Self::ClockAdvance,
        Self::ClockHold,
        Self::ClockReset,
        Self::TimezoneSet,
        Self::TimezoneReset,
        Self::ConfigUnsetKey,
        Self::ConfigUnsetGuard,
        Self::ConfigReset,
        Self::StoreStop,
        Self::StoreSlow,
        Self::StoreStart,
        Self::UpstreamStop,
        Self::UpstreamStart,
        Self::LimiterStop,
        Self::LimiterStart,
        Self::Processed,
        Self::Stored,
        Self::Log,
        Self::Seen,
    ];

    /// The action of a name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }

    /// Its place under `control`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Delete => "delete",
            Self::Revoke => "revoke",
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::Permissions => "permissions",
            Self::Expire => "expire",
            Self::ClockAdvance => "clock.advance",
            Self::ClockHold => "clock.hold",
            Self::ClockReset => "clock.reset",
            Self::TimezoneSet => "timezone.set",
            Self::TimezoneReset => "timezone.reset",
            Self::ConfigUnsetKey => "config.unset_key",
            Self::ConfigUnsetGuard => "config.unset_guard",
            Self::ConfigReset => "config.reset",
            Self::StoreStop => "store.stop",
            Self::StoreSlow => "store.slow",
            Self::StoreStart => "store.start",
            Self::UpstreamStop => "upstream.stop",
            Self::UpstreamStart => "upstream.start",
            Self::LimiterStop => "limiter.stop",
            Self::LimiterStart => "limiter.start",
            Self::Processed => "processed",
            Self::Stored => "stored",
            Self::Log => "log",
            Self::Seen => "seen",
        }
    }

    /// What takes it back, where something does: whoever declares the one declares the other.
    pub fn undone_by(self) -> Option<Self> {
        match self {
            Self::Create => Some(Self::Delete),
            Self::ClockAdvance | Self::ClockHold => Some(Self::ClockReset),
            Self::TimezoneSet => Some(Self::TimezoneReset),
            Self::ConfigUnsetKey | Self::ConfigUnsetGuard => Some(Self::ConfigReset),
            Self::StoreStop | Self::StoreSlow => Some(Self::StoreStart),
            Self::UpstreamStop => Some(Self::UpstreamStart),
            Self::LimiterStop => Some(Self::LimiterStart),
            Self::Delete
            | Self::Revoke
            | Self::Disable
            | Self::Enable
            | Self::Permissions
            | Self::Expire
            | Self::ClockReset
            | Self::TimezoneReset
            | Self::ConfigReset
            | Self::StoreStart
            | Self::UpstreamStart
            | Self::LimiterStart
            | Self::Processed
            | Self::Stored
            | Self::Log
            | Self::Seen => None,
        }
    }

    /// Whether it is about one key, and nothing that others could notice.
    pub fn is_of_a_key(self) -> bool {
        matches!(
            self,
            Self::Create
                | Self::Delete
                | Self::Revoke
                | Self::Disable
                | Self::Enable
                | Self::Permissions
                | Self::Expire
        )
    }

    /// Whether it changes nothing, and tells something.
    pub fn only_tells(self) -> bool {
        matches!(self, Self::Processed | Self::Stored | Self::Log | Self::Seen)
    }

    /// What `{name}` can be filled in with.
    pub fn arguments(self) -> impl Iterator<Item = &'static str> {
        let own: &[&str] = match self {
            Self::Create => &["like", "allows", "environments"],
            Self::Permissions => &["allows"],
            Self::Expire | Self::ClockHold => &["at"],
            Self::ClockAdvance | Self::StoreSlow => &["ms"],
            Self::TimezoneSet => &["timezone"],
            Self::Delete
            | Self::Revoke
            | Self::Disable
            | Self::Enable
            | Self::ClockReset
            | Self::TimezoneReset
            | Self::ConfigUnsetKey
            | Self::ConfigUnsetGuard
            | Self::ConfigReset
            | Self::StoreStop
            | Self::StoreStart
            | Self::UpstreamStop
            | Self::UpstreamStart
            | Self::LimiterStop
            | Self::LimiterStart
            | Self::Processed
            | Self::Stored
            | Self::Log
            | Self::Seen => &[],
        };
        let key: &[&str] = if self.is_of_a_key() { &OF_A_KEY } else { &[] };
        ALWAYS.iter().chain(key).chain(own).copied()
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "control.{}", self.name())
    }
}
