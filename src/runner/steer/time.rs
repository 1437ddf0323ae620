//! The target's clock, as far as a case moved it.

use std::time::{Duration, UNIX_EPOCH};

use crate::scenario::{Origin, TargetTime};

/// What a case knows of the target's clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    /// The whole second at which the case began, in milliseconds since 1970; everything is counted from it.
    began: i64,
    /// How far it was moved, in milliseconds.
    moved: i64,
    /// The instant of the last expiry, in milliseconds since 1970.
    pub(super) expiry: Option<i64>,
}

const SECOND_MS: i64 = 1000;
const DAY_MS: i64 = 86_400_000;
/// The last instant that RFC 3339 can write (section 5.6: a year has four digits).
const LAST_MS: i64 = 253_402_300_799_999;

impl Clock {
    /// The clock of a case that begins now.
    pub(super) fn at(now_ms: i64) -> Self {
        let began = now_ms.div_euclid(SECOND_MS).saturating_add(1).saturating_mul(SECOND_MS);
        Self { began, moved: 0, expiry: None }
    }

    /// Notes that it was moved on.
    pub(super) fn moved(&mut self, by_ms: i64) {
        self.moved = self.moved.saturating_add(by_ms);
    }

    /// Notes that it goes as it would.
    pub(super) fn reset(&mut self) {
        self.moved = 0;
    }

    /// The milliseconds since 1970 of an instant.
    pub(super) fn instant(&self, at: &TargetTime) -> Result<i64, String> {
        let now = self.began.saturating_add(self.moved);
        let from = match at.from {
            Origin::Now => now,
            Origin::Midnight => now.div_euclid(DAY_MS).saturating_mul(DAY_MS),
            Origin::Expiry => self.expiry.ok_or("no step before set an expiry")?,
        };
        let by = |time: &Option<crate::document::Millis>| {
            time.as_ref().map_or(0, |time| i64::try_from(time.duration().as_millis()).unwrap_or(i64::MAX))
        };
        let instant = from.saturating_add(by(&at.plus)).saturating_sub(by(&at.minus));
        let is_written = (0..=LAST_MS).contains(&instant);
        is_written
            .then_some(instant)
            .ok_or_else(|| "the instant is not within the years 1970 to 9999".to_owned())
    }
}

/// An instant as RFC 3339 writes it, in UTC, to the millisecond where it is not a whole second.
pub(super) fn rfc3339(ms: i64) -> String {
    let time = UNIX_EPOCH + Duration::from_millis(u64::try_from(ms).unwrap_or_default());
    if ms.rem_euclid(SECOND_MS) == 0 {
        humantime::format_rfc3339_seconds(time).to_string()
    } else {
        humantime::format_rfc3339_millis(time).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(from: Origin, plus: Option<&str>, minus: Option<&str>) -> TargetTime {
        let time = |text: &str| crate::document::Millis::parse(text).unwrap();
        TargetTime { from, plus: plus.map(time), minus: minus.map(time) }
    }

    #[test]
    fn instants_are_counted_from_a_whole_second() {
        let mut clock = Clock::at(784_111_777_250);
        let ms = |clock: &Clock, at: TargetTime| clock.instant(&at).map(rfc3339);
        assert_eq!(ms(&clock, at(Origin::Now, None, None)).unwrap(), "1994-11-06T08:49:38Z");
        assert_eq!(ms(&clock, at(Origin::Midnight, Some("1h"), None)).unwrap(), "1994-11-06T01:00:00Z");
        assert!(ms(&clock, at(Origin::Expiry, None, None)).is_err());
        clock.expiry = Some(784_111_778_000);
        assert_eq!(ms(&clock, at(Origin::Expiry, None, Some("100ms"))).unwrap(), "1994-11-06T08:49:37.900Z");
        assert!(ms(&clock, at(Origin::Now, None, Some("30y"))).is_err());
        let late = Clock::at(LAST_MS - DAY_MS);
        assert_eq!(ms(&late, at(Origin::Now, Some("12h"), None)).unwrap(), "9999-12-31T12:00:00Z");
        assert!(ms(&late, at(Origin::Now, Some("2d"), None)).is_err());
        clock.moved(3_600_000);
        assert_eq!(ms(&clock, at(Origin::Now, None, None)).unwrap(), "1994-11-06T09:49:38Z");
        clock.reset();
        assert_eq!(ms(&clock, at(Origin::Now, None, None)).unwrap(), "1994-11-06T08:49:38Z");
    }
}
