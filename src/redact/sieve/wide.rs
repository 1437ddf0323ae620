//! Text in UTF-16 or UTF-32, either way round: characters of ASCII with one or three zero bytes between them.

/// How far apart the bytes are that are looked at: two characters of UTF-32, four of UTF-16.
const STRIDE: usize = 8;

/// Characters with equally many zero bytes between them.
pub(super) struct Run {
    /// The characters.
    pub(super) characters: Vec<u8>,
    /// Where the first one stands.
    start: usize,
    /// How far it is from one to the next.
    step: usize,
}

impl Run {
    /// The place in the text of a character.
    pub(super) fn place(&self, index: usize) -> usize {
        self.start + index * self.step
    }
}

/// Tells of every run of at least so many characters.
pub(super) fn runs(text: &[u8], shortest: usize, mut tell: impl FnMut(&Run)) {
    let mut seen = 0;
    for (number, bytes) in text.chunks_exact(STRIDE).enumerate() {
        let word = bytes.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        let at = number * STRIDE;
        if word & 0xff00_ff00_ff00_ff00 != 0 && word & 0x00ff_00ff_00ff_00ff != 0 || word == 0 || at < seen {
            continue;
        }
        if let Some((first, step)) = first_character(word) {
            let run = run_at(text, at + first, (step, seen));
            seen = run.place(run.characters.len());
            if run.characters.len() >= shortest {
                tell(&run);
            }
        }
    }
}

/// Where the first character stands in eight bytes that hold nothing but characters of one width, and how far it is to the
/// next.
fn first_character(word: u64) -> Option<(usize, usize)> {
    let bytes = word.to_le_bytes();
    let fits = |(first, step): &(usize, usize)| {
        bytes.iter().enumerate().all(
            |(index, byte)| {
                if index % step == *first { is_character(*byte) } else { *byte == 0 }
            },
        )
    };
    [(0, 2), (1, 2), (0, 4), (1, 4), (2, 4), (3, 4)].into_iter().find(fits)
}

/// The whole run around a character, but not before what was seen.
fn run_at(text: &[u8], at: usize, (step, seen): (usize, usize)) -> Run {
    let character = |at: usize| text.get(at).copied().filter(|byte| is_character(*byte));
    let apart =
        |at: usize| text.get(at + 1..at + step).is_some_and(|zeros| zeros.iter().all(|byte| *byte == 0));
    let mut start = at;
    while start >= seen + step && character(start - step).is_some() && apart(start - step) {
        start -= step;
    }
    let mut characters = Vec::new();
    let mut next = start;
    while let Some(byte) = character(next) {
        characters.push(byte);
        if !apart(next) {
            break;
        }
        next += step;
    }
    Run { characters, start, step }
}

fn is_character(byte: u8) -> bool {
    (0x20..0x7f).contains(&byte)
}
