//! Escapes undone, but only where there are any that could be a part of a key.

use crate::redact::escape::Escape;
use crate::redact::lists;

/// The bytes that forms are made of.
#[derive(Clone)]
pub(super) struct Alphabet {
    used: [bool; 256],
}

impl Alphabet {
    /// What some texts are made of, in either letter case.
    pub(super) fn of<'a>(texts: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut used = [false; 256];
        for byte in texts.flatten() {
            for byte in [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()] {
                used[usize::from(byte)] = true;
            }
        }
        Self { used }
    }

    /// Whether a byte can be a part of a form.
    pub(super) fn has(&self, byte: u8) -> bool {
        self.used[usize::from(byte)]
    }

    /// Whether a byte can be a part of a form, or of an escape or a list that stands for such a part.
    pub(super) fn has_escaped(&self, byte: u8) -> bool {
        self.has(byte)
            || byte.is_ascii_alphanumeric()
            || b"%\\&#;{}".contains(&byte)
            || lists::is_between(byte)
    }
}

/// A part of a text with the escapes of one kind undone.
pub(super) struct Undone<'a> {
    text: &'a [u8],
    bytes: Vec<u8>,
    /// The places here and in the text of the bytes behind which both go on alike.
    steps: Vec<(usize, usize)>,
    /// How far the text has been taken.
    taken: usize,
}

impl<'a> Undone<'a> {
    fn from(text: &'a [u8], start: usize) -> Self {
        Self { text, bytes: Vec::new(), steps: vec![(0, start)], taken: start }
    }

    /// What a reader sees.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The place in the text of a byte.
    pub(super) fn place(&self, index: usize) -> usize {
        let behind = self.steps.partition_point(|(here, _)| *here <= index);
        let (here, there) = self.steps.get(behind.saturating_sub(1)).copied().unwrap_or_default();
        there + (index - here)
    }

    /// Takes the text as it is up to a place.
    fn copy(&mut self, end: usize) {
        self.bytes.extend_from_slice(self.text.get(self.taken..end).unwrap_or_default());
        self.taken = self.taken.max(end);
    }

    /// Takes an escape.
    fn push(&mut self, byte: u8, at: std::ops::Range<usize>) {
        self.copy(at.start);
        self.steps.push((self.bytes.len(), at.start));
        self.bytes.push(byte);
        self.steps.push((self.bytes.len(), at.end));
        self.taken = at.end;
    }
}

/// Tells of every part of a text that has escapes of a kind which stand for bytes that are `kept`, with so many bytes
/// around them.
pub(super) fn segments(
    text: &[u8],
    escape: Escape,
    kept: impl Fn(u8) -> bool,
    around: usize,
    mut tell: impl FnMut(&Undone<'_>),
) {
    let mut segment: Option<Undone<'_>> = None;
    let mut end_of_last = 0;
    for at in memchr::memchr_iter(escape.mark(), text) {
        if at < end_of_last {
            continue;
        }
        let behind = text.get(at + 1..).unwrap_or_default();
        let Some((length, byte)) = escape.read(behind) else { continue };
        end_of_last = at + 1 + length;
        let Some(byte) = byte.filter(|byte| kept(*byte)) else { continue };
        let far = segment.as_ref().is_some_and(|last| at > last.taken + 2 * around);
        if let Some(mut last) = segment.take_if(|_| far) {
            last.copy((last.taken + around).min(text.len()));
            tell(&last);
        }
        let begun = segment.get_or_insert_with(|| Undone::from(text, at.saturating_sub(around)));
        begun.push(byte, at..end_of_last);
    }
    if let Some(mut last) = segment {
        last.copy((last.taken + around).min(text.len()));
        tell(&last);
    }
}
