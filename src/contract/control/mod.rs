//! How a test may steer the target: the contract's section `control`.
//!
//! Nothing here is guessed: what a target cannot do is left out, and the checks that need it are skipped.

mod action;
mod call;
mod filling;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::document::HeaderName;

pub use action::Action;
pub use call::{Answers, Call, HttpCall};
pub use filling::{Filling, fillings};

/// How a test may steer the target. Every entry is optional: the checks that need a missing one are skipped.
///
/// An entry is a request (`http`) or a program (`command`). In its texts, what stands in braces is filled in:
/// `{credential}` (the name of the key that it is about: one that was made for the test, unless the contract has a
/// credential of that name), `{id}` (its public identifier, where one is known), `{key}` (the key itself),
/// `{application}`, `{environment}`, and with some entries `{like}`, `{allows}`, `{environments}`, `{at}` (a time as RFC
/// 3339 writes it), `{ms}` and `{timezone}`. A text in a JSON body that is nothing but such a name becomes the value
/// itself: a list for `{allows}`, a number for `{ms}`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// Issues the key `{key}` as `{credential}`, with the permissions `{allows}` in `{environments}`. Where the target
    /// makes its keys itself, `answers.key` says where its answer holds the key.
    #[serde(default)]
    pub create: Option<Call>,
    /// Deletes a key.
    #[serde(default)]
    pub delete: Option<Call>,
    /// Revokes a key.
    #[serde(default)]
    pub revoke: Option<Call>,
    /// Switches `{application}` off.
    #[serde(default)]
    pub disable: Option<Call>,
    /// Switches `{application}` on again.
    #[serde(default)]
    pub enable: Option<Call>,
    /// Gives a key the permissions `{allows}` instead of those that it has.
    #[serde(default)]
    pub permissions: Option<Call>,
    /// Sets the instant `{at}` from which on a key is expired.
    #[serde(default)]
    pub expire: Option<Call>,
    /// The target's clock.
    #[serde(default)]
    pub clock: ClockControl,
    /// The time zone of the target's process.
    #[serde(default)]
    pub timezone: ZoneControl,
    /// What the target is configured with.
    #[serde(default)]
    pub config: ConfigControl,
    /// Where the edge looks keys up.
    #[serde(default)]
    pub store: StoreControl,
    /// What is behind the edge.
    #[serde(default)]
    pub upstream: PartControl,
    /// What counts the requests of a key.
    #[serde(default)]
    pub limiter: PartControl,
    /// Tells how many requests were processed behind the edge.
    #[serde(default)]
    pub processed: Option<Call>,
    /// Tells how much is stored because of requests: uploads, records, files.
    #[serde(default)]
    pub stored: Option<Call>,
    /// Tells the lines of the access log and the error log, the newest at the end.
    #[serde(default)]
    pub log: Option<Call>,
    /// Tells the header fields with which the last request arrived behind the edge: a mapping of names, or a list of
    /// pairs.
    #[serde(default)]
    pub seen: Option<Call>,
    /// The header field in which the edge tells what is behind it whose request it is.
    #[serde(default)]
    pub identity: Option<HeaderName>,
}

/// The target's clock.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockControl {
    /// Moves it `{ms}` milliseconds on.
    #[serde(default)]
    pub advance: Option<Call>,
    /// Sets it to `{at}` and stops it there.
    #[serde(default)]
    pub hold: Option<Call>,
    /// Takes all of that back.
    #[serde(default)]
    pub reset: Option<Call>,
}

/// The time zone of the target's process.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ZoneControl {
    /// Sets it to `{timezone}`, by its name in the time zone database.
    #[serde(default)]
    pub set: Option<Call>,
    /// Takes that back.
    #[serde(default)]
    pub reset: Option<Call>,
}

/// What the target is configured with.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfigControl {
    /// Starts it again without any key in its configuration.
    #[serde(default)]
    pub unset_key: Option<Call>,
    /// Starts it again without the setting that switches its guard on.
    #[serde(default)]
    pub unset_guard: Option<Call>,
    /// Starts it again with everything that it had.
    #[serde(default)]
    pub reset: Option<Call>,
}

/// Where the edge looks keys up.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StoreControl {
    /// Stops it.
    #[serde(default)]
    pub stop: Option<Call>,
    /// Lets every answer of it take `{ms}` milliseconds.
    #[serde(default)]
    pub slow: Option<Call>,
    /// Starts it again, as fast as it was.
    #[serde(default)]
    pub start: Option<Call>,
}

/// A part of the target that can be stopped.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartControl {
    /// Stops it.
    #[serde(default)]
    pub stop: Option<Call>,
    /// Starts it again.
    #[serde(default)]
    pub start: Option<Call>,
}

impl Control {
    /// What carries an action out, where the contract says it.
    pub fn call(&self, action: Action) -> Option<&Call> {
        match action {
            Action::Create => self.create.as_ref(),
            Action::Delete => self.delete.as_ref(),
            Action::Revoke => self.revoke.as_ref(),
            Action::Disable => self.disable.as_ref(),
            Action::Enable => self.enable.as_ref(),
            Action::Permissions => self.permissions.as_ref(),
            Action::Expire => self.expire.as_ref(),
            Action::ClockAdvance => self.clock.advance.as_ref(),
            Action::ClockHold => self.clock.hold.as_ref(),
            Action::ClockReset => self.clock.reset.as_ref(),
            Action::TimezoneSet => self.timezone.set.as_ref(),
            Action::TimezoneReset => self.timezone.reset.as_ref(),
            Action::ConfigUnsetKey => self.config.unset_key.as_ref(),
            Action::ConfigUnsetGuard => self.config.unset_guard.as_ref(),
            Action::ConfigReset => self.config.reset.as_ref(),
            Action::StoreStop => self.store.stop.as_ref(),
            Action::StoreSlow => self.store.slow.as_ref(),
            Action::StoreStart => self.store.start.as_ref(),
            Action::UpstreamStop => self.upstream.stop.as_ref(),
            Action::UpstreamStart => self.upstream.start.as_ref(),
            Action::LimiterStop => self.limiter.stop.as_ref(),
            Action::LimiterStart => self.limiter.start.as_ref(),
            Action::Processed => self.processed.as_ref(),
            Action::Stored => self.stored.as_ref(),
            Action::Log => self.log.as_ref(),
            Action::Seen => self.seen.as_ref(),
        }
    }

    /// Whether nothing can be steered.
    pub fn is_empty(&self) -> bool {
        Action::ALL.into_iter().all(|action| self.call(action).is_none())
    }

    /// The same actions at another address: its paths stay, everything before them is `base`.
    #[must_use]
    pub fn at(&self, base: &str) -> Self {
        let mut moved = self.clone();
        moved.calls_mut().into_iter().flatten().for_each(|call| call.move_to(base));
        moved
    }

    fn calls_mut(&mut self) -> [&mut Option<Call>; 26] {
        [
            &mut self.create,
            &mut self.delete,
            &mut self.revoke,
            &mut self.disable,
            &mut self.enable,
            &mut self.permissions,
            &mut self.expire,
            &mut self.clock.advance,
            &mut self.clock.hold,
            &mut self.clock.reset,
            &mut self.timezone.set,
            &mut self.timezone.reset,
            &mut self.config.unset_key,
            &mut self.config.unset_guard,
            &mut self.config.reset,
            &mut self.store.stop,
            &mut self.store.slow,
            &mut self.store.start,
            &mut self.upstream.stop,
            &mut self.upstream.start,
            &mut self.limiter.stop,
            &mut self.limiter.start,
            &mut self.processed,
            &mut self.stored,
            &mut self.log,
            &mut self.seen,
        ]
    }
}
