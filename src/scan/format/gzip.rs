//! gzip (RFC 1952): members, one behind the other.

use std::io;

use flate2::bufread::GzDecoder;

use super::{Format, Look};
use crate::scan::source::Source;
use crate::scan::walker::Walker;

/// This format.
pub(super) const FORMAT: Format = Format { name: "gzip file", is, look: Look::Archive(walk) };

/// How every member begins: the only method there is is deflate.
const MAGIC: &[u8] = &[0x1f, 0x8b, 8];

fn is(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

fn walk(walker: &mut Walker<'_>, source: &mut Source<'_>) -> io::Result<()> {
    let name = inner_name(walker.name());
    while !walker.ended() {
        if !is(source.peek(MAGIC.len())?) {
            break;
        }
        let before = source.offset();
        let mut member = GzDecoder::new(&mut *source);
        let head = member.header();
        let texts = head.into_iter().flat_map(|head| [head.filename(), head.comment(), head.extra()]);
        for text in texts.flatten() {
            walker.search_bytes(text, before);
        }
        walker.unfolded(&name, &mut member);
    }
    let before = source.offset();
    walker.search(source, before)
}

/// What the file was called before.
fn inner_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    match name.rsplit_once('.') {
        Some((stem, "tgz")) => format!("{stem}.tar"),
        Some((stem, "gz")) => stem.to_owned(),
        _ => "content".to_owned(),
    }
}
