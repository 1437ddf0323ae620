//! The server's clock: the system's, or any other, moved as far as a test wants.

use std::cell::RefCell;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// A clock that a test can move.
#[derive(Debug)]
pub struct Clock {
    source: fn() -> SystemTime,
    offset_ms: AtomicI64,
    /// Where it stands still.
    held_ms: AtomicI64,
}

/// Stands for a clock that goes.
const GOES: i64 = i64::MIN;

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the one place where the server's clock begins"
        )]
        let source = SystemTime::now;
        Self::new(source)
    }

    /// Any other clock.
    pub fn new(source: fn() -> SystemTime) -> Self {
        Self { source, offset_ms: AtomicI64::new(0), held_ms: AtomicI64::new(GOES) }
    }

    /// Now, in milliseconds since 1970-01-01 UTC.
    pub fn now_ms(&self) -> i64 {
        let held = self.held_ms.load(Ordering::Acquire);
        if held != GOES {
            return held;
        }
        let since = (self.source)().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        now.saturating_add(self.offset_ms.load(Ordering::Acquire))
    }

    /// Stops the clock at an instant.
    pub fn hold_ms(&self, at: i64) {
        self.held_ms.store(at, Ordering::Release);
    }

    /// Moves the clock forward, or back where the number is negative, and lets it go.
    pub fn advance_ms(&self, by: i64) {
        self.held_ms.store(GOES, Ordering::Release);
        self.offset_ms.fetch_add(by, Ordering::AcqRel);
    }

    /// Takes back every move.
    pub fn reset(&self) {
        self.held_ms.store(GOES, Ordering::Release);
        self.offset_ms.store(0, Ordering::Release);
    }
}

/// A time as the `Date` field writes it (RFC 9110 section 5.6.7), from milliseconds since 1970-01-01 UTC.
pub(crate) fn http_date(ms: i64) -> String {
    thread_local! {
        /// The second that was written last, and how. Each thread has its own, so that none waits for another.
        static LAST: RefCell<(i64, String)> = const { RefCell::new((i64::MIN, String::new())) };
    }
    let second = ms.div_euclid(1000);
    LAST.with_borrow_mut(|last| {
        if last.0 != second {
            *last = (second, written(second));
        }
        last.1.clone()
    })
}

/// A second since 1970-01-01 UTC as the `Date` field writes it.
fn written(seconds: i64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let name = |names: &'static [&'static str], at: i64| {
        usize::try_from(at).ok().and_then(|at| names.get(at)).copied().unwrap_or_default()
    };
    let weekday = name(&DAYS, days.rem_euclid(7));
    let month = name(&MONTHS, month - 1);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

/// Year, month and day of the Gregorian calendar from days since 1970-01-01, counted in the 400-year cycles
/// after which the calendar repeats; years begin in March, so that the leap day is the last.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let cycle = days.div_euclid(146_097);
    let of_cycle = days.rem_euclid(146_097);
    let year = (of_cycle - of_cycle / 1460 + of_cycle / 36_524 - of_cycle / 146_096) / 365;
    let of_year = of_cycle - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + cycle * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_date_is_written_as_rfc_9110_shows_it() {
        assert_eq!(http_date(784_111_777_000), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(http_date(951_782_400_000), "Tue, 29 Feb 2000 00:00:00 GMT");
        assert_eq!(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
    }

    #[test]
    fn a_moved_clock_can_be_set_back() {
        let clock = Clock::new(|| UNIX_EPOCH + Duration::from_secs(10));
        clock.advance_ms(2_500);
        assert_eq!(clock.now_ms(), 12_500);
        clock.advance_ms(-3_000);
        assert_eq!(clock.now_ms(), 9_500);
        clock.hold_ms(3);
        assert_eq!(clock.now_ms(), 3);
        clock.reset();
        assert_eq!(clock.now_ms(), 10_000);
    }
}
