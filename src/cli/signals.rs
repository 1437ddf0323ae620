//! Ctrl-C and its relatives, heard outside the runtime that does the work.

use std::sync::{Mutex, PoisonError};

use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

use crate::outcome::ExitCode;
use crate::runner::Signal;

/// Takes a signal, and says whether anybody heard of it.
type Hear = Box<dyn Fn(Signal) -> bool + Send>;

/// Who hears of signals now: one after the other, where a command does several things.
static HEARS: Mutex<Option<Hear>> = Mutex::new(None);

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

/// Tells of every signal from now on, on a thread of its own. One that nobody hears of, because what it would have stopped
/// is over, ends the program. Where the system gives us no thread, signals end the program as they always did.
pub(super) fn tell(hear: impl Fn(Signal) -> bool + Send + 'static) {
    let before = HEARS.lock().unwrap_or_else(PoisonError::into_inner).replace(Box::new(hear));
    if before.is_none() {
        listen();
    }
}

#[expect(clippy::exit, reason = "nobody is left who could end it in order")]
fn listen() {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    // Listening begins here, not on the thread: a signal must not fall between the two.
    let listening = runtime.block_on(async { Signals::listen() });
    let Ok(mut signals) = listening else { return };
    std::thread::spawn(move || {
        runtime.block_on(async {
            loop {
                let signal = signals.next().await;
                let hears = HEARS.lock().unwrap_or_else(PoisonError::into_inner);
                if !hears.as_ref().is_some_and(|hear| hear(signal)) {
                    std::process::exit(exit(signal).code().into());
                }
            }
        });
    });
}

/// How a program ends that somebody stopped.
pub(super) fn exit(signal: Signal) -> ExitCode {
    match signal {
        Signal::Interrupt => ExitCode::Interrupted,
        Signal::Terminate => ExitCode::Terminated,
    }
}
