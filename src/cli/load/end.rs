//! The end of a load, whatever happens: signals that are heard in three steps, and a watchdog that nothing holds up.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::cli::{output, signals};
use crate::load::Interrupter;
use crate::outcome::ExitCode;

/// How long the end may take, when nothing is sent any more: to stop the server, to print, to write the reports.
const LAST: Duration = Duration::from_secs(15);

/// How often the watchdog looks at the clock.
const LOOK: Duration = Duration::from_millis(500);

/// Lets signals stop a load: the first lets what is under way finish, the second ends it at once, and the third ends the
/// program.
pub(super) fn on_signals(stop: Interrupter) {
    let heard = AtomicU8::new(0);
    signals::tell(move |signal| {
        if heard.fetch_add(1, Ordering::Relaxed) < 2 {
            stop.interrupt(signal);
            return true;
        }
        end(signals::exit(signal));
    });
}

/// Ends the program from outside when its time is over: no target, pipe or disk can make it hang.
#[derive(Clone, Debug)]
pub(super) struct Watchdog(Arc<Mutex<Instant>>);

/// What is left behind when the watchdog ends the program.
#[derive(Clone, Copy, Debug)]
pub(super) enum Leaves {
    /// A result that says that it is a part.
    Checkpoint,
    /// Nothing but what was printed.
    Nothing,
}

impl Watchdog {
    /// Ends the program when the end takes too long; whoever sends something first says so.
    pub(super) fn new(leaves: Leaves) -> Self {
        Self::after(LAST, leaves)
    }

    /// Ends the program after so long.
    pub(super) fn after(time: Duration, leaves: Leaves) -> Self {
        let deadline = Arc::new(Mutex::new(Instant::now() + time));
        let own = Self(Arc::clone(&deadline));
        let left = match leaves {
            Leaves::Checkpoint => "; load.json is a checkpoint",
            Leaves::Nothing => "",
        };
        thread::spawn(move || {
            loop {
                let until = *deadline.lock().unwrap_or_else(PoisonError::into_inner);
                let time = until.saturating_duration_since(Instant::now());
                if time.is_zero() {
                    output::say(&format!("error: the load did not end in time, and is ended{left}\n"));
                    end(ExitCode::Inconclusive);
                }
                // The time may be made shorter meanwhile.
                thread::sleep(time.min(LOOK));
            }
        });
        own
    }

    /// Something is to be sent again, which can take so long.
    pub(super) fn again(&self, time: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now() + time;
    }

    /// Everything was sent: what is left to do takes its time from now on.
    pub(super) fn sent(&self) {
        self.again(LAST);
    }
}

#[expect(clippy::exit, reason = "this is the end, from whichever thread sees it")]
fn end(exit: ExitCode) -> ! {
    std::process::exit(exit.code().into())
}
