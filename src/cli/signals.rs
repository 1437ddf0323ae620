//! Ctrl-C and its relatives, heard outside the runtime that does the work.

use tokio::signal::unix::{SignalKind, signal};

use crate::runner::Signal;

/// Tells of every signal, on a thread of its own.
pub(super) fn tell(hear: impl Fn(Signal) + Send + 'static) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return };
    std::thread::spawn(move || {
        runtime.block_on(async {
            while let Some(signal) = next().await {
                hear(signal);
            }
        });
    });
}

/// Waits for the next signal that asks us to end.
pub(super) async fn next() -> Option<Signal> {
    let listen = |kind| signal(kind).ok();
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    let mut hang_up = listen(SignalKind::hangup())?;
    tokio::select! {
        _ = interrupt.recv() => Some(Signal::Interrupt),
        _ = terminate.recv() => Some(Signal::Terminate),
        _ = hang_up.recv() => Some(Signal::Terminate),
    }
}
