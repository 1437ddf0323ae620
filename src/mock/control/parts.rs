//! The parts of the server, as they are steered.

use std::sync::PoisonError;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Desk, instant, read};
use crate::mock::edge::Denial;
use crate::mock::parts::Part;

/// A delay.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Delay {
    ms: u64,
}

/// A time zone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Zone {
    timezone: String,
}

/// An instant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hold {
    at: String,
}

impl Desk {
    /// Does something about a part of the server; nothing where the path names none.
    pub(super) fn part(&self, group: &str, name: &str, body: &[u8]) -> Result<Value, Denial> {
        let server = &self.server;
        let parts = &server.parts;
        match (group, name) {
            ("clock", "hold") => server.clock.hold_ms(instant(&read::<Hold>(body)?.at)?),
            ("clock", "reset") => server.clock.reset(),
            ("timezone", "set") => {
                let zone = read::<Zone>(body)?.timezone;
                if !parts.set_zone(&zone) {
                    return Err(Denial::Unprocessable("No such time zone is known here.".to_owned()));
                }
            }
            ("timezone", "reset") => drop(parts.set_zone("UTC")),
            ("config", "unset-key") => parts.take(Part::Key),
            ("config", "unset-guard") => parts.take(Part::Guard),
            ("config", "reset") => {
                parts.bring(Part::Key);
                parts.bring(Part::Guard);
            }
            ("store", "stop") => parts.stop_store(),
            ("store", "slow") => parts.slow_store(Duration::from_millis(read::<Delay>(body)?.ms)),
            ("store", "start") => parts.slow_store(Duration::ZERO),
            ("upstream", "stop") => parts.take(Part::Upstream),
            ("upstream", "start") => parts.bring(Part::Upstream),
            ("limiter", "stop") => parts.take(Part::Limiter),
            ("limiter", "start") => parts.bring(Part::Limiter),
            _ => return Err(Denial::NotFound),
        }
        Ok(json!({ group: name }))
    }

    /// How much is stored because of requests, in every environment.
    pub(super) fn stored(&self) -> Value {
        let of = |data: &crate::mock::server::Data| {
            let people = data.gallery.lock().unwrap_or_else(PoisonError::into_inner).len();
            people + data.spooled()
        };
        let stored: usize = self.server.environments.iter().map(|(_, data)| of(data)).sum();
        json!({ "stored": stored })
    }

    /// The fields with which the last request arrived behind the edge.
    pub(super) fn seen(&self, environment: &str) -> Result<Value, Denial> {
        let found = self.server.environments.iter().find(|(name, _)| name == environment);
        let (_, data) = found.ok_or(Denial::NotFound)?;
        let seen = data.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(json!({ "fields": seen }))
    }
}
