//! Formats that are known, and that Lockproof does not unpack.

use super::{Format, Look};

const WHY: &str =
    "it is packed in a format that Lockproof does not unpack; unpack it first, and scan what was in it";

const fn closed(name: &'static str, is: fn(&[u8]) -> bool) -> Format {
    Format { name, is, look: Look::Closed(WHY) }
}

pub(super) const SEVEN_ZIP: Format = closed("7z archive", |head| head.starts_with(b"7z\xbc\xaf\x27\x1c"));
pub(super) const RAR: Format = closed("RAR archive", |head| head.starts_with(b"Rar!\x1a\x07"));
pub(super) const XZ: Format = closed("xz file", |head| head.starts_with(b"\xfd7zXZ\0"));
pub(super) const BZIP2: Format = closed("bzip2 file", |head| {
    head.starts_with(b"BZh") && head.get(4..10) == Some(b"\x31\x41\x59\x26\x53\x59")
});
pub(super) const ZSTANDARD: Format = closed("Zstandard file", |head| head.starts_with(b"\x28\xb5\x2f\xfd"));
pub(super) const CABINET: Format = closed("cabinet", |head| head.starts_with(b"MSCF\0\0\0\0"));
pub(super) const LZ4: Format = closed("LZ4 file", |head| head.starts_with(b"\x04\x22\x4d\x18"));
