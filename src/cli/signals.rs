//! Ctrl-C and its relatives, heard outside the runtime that does the work.

use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

use crate::runner::Signal;

/// Everything that asks us to end, listened to from the moment in which this is made.
pub(super) struct Signals {
    interrupt: Stream,
    terminate: Stream,
    hang_up: Stream,
}

impl Signals {
    /// Begins to listen; within a runtime.
    pub(super) fn listen() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for the next one.
    pub(super) async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.terminate.recv() => Signal::Terminate,
            _ = self.hang_up.recv() => Signal::Terminate,
        }
    }
}

/// Tells of every signal, on a thread of its own. Where the system gives us none, signals end the program as
/// they always did.
pub(super) fn tell(hear: impl Fn(Signal) + Send + 'static) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    // Listening begins here, not on the thread: a signal must not fall between the two.
    let listening = runtime.block_on(async { Signals::listen() });
    let Ok(mut signals) = listening else { return };
    std::thread::spawn(move || {
        runtime.block_on(async {
            loop {
                hear(signals.next().await);
            }
        });
    });
}
