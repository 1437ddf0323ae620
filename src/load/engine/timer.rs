//! Waiting for events, or for a moment that is nearer than the millisecond in which an event queue counts.

use std::io;
use std::time::Duration;

use mio::{Events, Poll};

#[cfg(target_os = "linux")]
pub(super) use linux::Timer;

/// The token of the timer's own events.
#[cfg(target_os = "linux")]
const OWN: mio::Token = mio::Token(usize::MAX);

#[cfg(target_os = "linux")]
mod linux {
    use std::os::fd::{AsRawFd as _, OwnedFd};

    use mio::unix::SourceFd;
    use mio::{Interest, Token};
    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
        timerfd_settime,
    };

    use super::{Duration, Events, OWN, Poll, io};

    /// A clock of the system that wakes the event queue.
    #[derive(Debug)]
    pub(in crate::load::engine) struct Timer {
        clock: OwnedFd,
        /// When it goes off, in nanoseconds from the start; nothing when it has.
        armed: Option<u64>,
    }

    impl Timer {
        pub(in crate::load::engine) fn new(poll: &Poll) -> io::Result<Self> {
            let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
            let clock = timerfd_create(TimerfdClockId::Monotonic, flags)?;
            poll.registry().register(&mut SourceFd(&clock.as_raw_fd()), OWN, Interest::READABLE)?;
            Ok(Self { clock, armed: None })
        }

        /// Waits for events until a moment. The clock is set only where it does not go off before that anyway.
        pub(in crate::load::engine) fn wait(
            &mut self,
            poll: &mut Poll,
            events: &mut Events,
            (now, until): (u64, u64),
        ) -> io::Result<()> {
            if until <= now {
                return poll.poll(events, Some(Duration::ZERO));
            }
            if self.armed.is_none_or(|armed| armed > until || armed <= now) {
                let (zero, left) = (Timespec::default(), Duration::from_nanos(until - now));
                let value = Timespec::try_from(left).map_err(io::Error::other)?;
                let spec = Itimerspec { it_interval: zero, it_value: value };
                timerfd_settime(&self.clock, TimerfdTimerFlags::empty(), &spec)?;
                self.armed = Some(until);
            }
            poll.poll(events, None)
        }

        /// Whether an event is the clock's own. It is not read: its edge is told, and it is set again anyway.
        pub(in crate::load::engine) fn is_own(&mut self, token: Token) -> bool {
            if token == OWN {
                self.armed = None;
            }
            token == OWN
        }
    }
}

/// The event queue's own patience, in whole milliseconds.
#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
pub(super) struct Timer;

#[cfg(not(target_os = "linux"))]
impl Timer {
    pub(super) fn new(_: &Poll) -> io::Result<Self> {
        Ok(Self)
    }

    pub(super) fn wait(
        &mut self,
        poll: &mut Poll,
        events: &mut Events,
        (now, until): (u64, u64),
    ) -> io::Result<()> {
        poll.poll(events, Some(Duration::from_nanos(until.saturating_sub(now))))
    }

    pub(super) fn is_own(&mut self, _: mio::Token) -> bool {
        false
    }
}
