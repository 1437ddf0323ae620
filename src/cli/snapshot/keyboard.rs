//! Single keys from a terminal.

use std::io::{self, IsTerminal as _, Read as _};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// A terminal whose keys are read one by one. It is as it was when this is gone.
#[derive(Debug)]
pub(super) struct Keyboard {
    input: io::Stdin,
    before: Termios,
}

impl Keyboard {
    /// Takes the terminal behind standard input; nothing where there is none.
    pub(super) fn take() -> Option<Self> {
        let input = io::stdin();
        if !input.is_terminal() {
            return None;
        }
        let before = tcgetattr(&input).ok()?;
        let mut raw = before.clone();
        // Ctrl-C too comes as a key: a signal would leave the terminal as it is now.
        raw.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG);
        tcsetattr(&input, OptionalActions::Now, &raw).ok()?;
        Some(Self { input, before })
    }

    /// Waits for a key; nothing where there will be none.
    pub(super) fn key(&self) -> Option<u8> {
        let mut key = [0];
        self.input.lock().read_exact(&mut key).ok()?;
        Some(key[0])
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        tcsetattr(&self.input, OptionalActions::Now, &self.before).ok();
    }
}
