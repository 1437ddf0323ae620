//! How far is looked, whatever a file claims to hold.

/// How deep archives may lie in each other.
pub const DEEPEST: usize = 8;

/// How many entries a file may have, those of the archives in it included.
pub const ENTRIES: u64 = 1_000_000;

/// How many bytes a file may unfold to, in any case.
pub const UNFOLDED: u64 = 256 << 20;

/// How many bytes a larger file may unfold to for each of its own.
pub const RATIO: u64 = 100;

/// The longest content that is held in memory, where a format has to be seen whole.
pub const WHOLE: usize = 16 << 20;

/// How many findings are told of one file or entry.
pub const FINDINGS: usize = 100;

/// The bytes that are searched at once, beside what two windows have in common.
pub const WINDOW: usize = 256 << 10;
