//! Single keys from a terminal.

use std::collections::VecDeque;
use std::io::{self, IsTerminal as _};

use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};

/// What the keys begin with that send more than one byte: arrows, function keys.
const ESCAPE: u8 = 0x1b;
/// How long the rest of such a key is waited for, in tenths of a second: the least that a terminal knows.
const REST: u8 = 1;

/// A terminal whose keys are read one by one. It is as it was when this is gone.
#[derive(Debug)]
pub(super) struct Keyboard {
    input: io::Stdin,
    before: Termios,
    raw: Termios,
    /// What was typed ahead.
    typed: VecDeque<u8>,
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
        raw.special_codes[SpecialCodeIndex::VMIN] = 1;
        raw.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(&input, OptionalActions::Now, &raw).ok()?;
        Some(Self { input, before, raw, typed: VecDeque::new() })
    }

    /// Waits for a key; nothing where there will be none. Of a key of several bytes only the first is given: what is behind
    /// it is no key of its own, though it may look like one (Up ends with `A`).
    pub(super) fn key(&mut self) -> Option<u8> {
        if self.typed.is_empty() {
            self.typed = self.read()?;
        }
        let key = self.typed.pop_front()?;
        if key == ESCAPE {
            self.typed.clear();
            self.drop_rest();
        }
        Some(key)
    }

    /// What is there by now, and at least one byte; nothing where nothing came.
    fn read(&self) -> Option<VecDeque<u8>> {
        let mut bytes = [0; 64];
        let length = rustix::io::retry_on_intr(|| rustix::io::read(&self.input, &mut bytes)).ok()?;
        bytes.get(..length).filter(|read| !read.is_empty()).map(|read| read.iter().copied().collect())
    }

    /// Reads until nothing comes for a moment: over a slow line the rest of a key comes later than its beginning.
    fn drop_rest(&self) {
        let mut brief = self.raw.clone();
        brief.special_codes[SpecialCodeIndex::VMIN] = 0;
        brief.special_codes[SpecialCodeIndex::VTIME] = REST;
        // A terminal that cannot be told to wait briefly would be waited for until the next key.
        if tcsetattr(&self.input, OptionalActions::Now, &brief).is_ok() {
            while self.read().is_some() {}
            tcsetattr(&self.input, OptionalActions::Now, &self.raw).ok();
        }
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        tcsetattr(&self.input, OptionalActions::Now, &self.before).ok();
    }
}
