//! From a block of fields to the fields, within bounds.

use bytes::Bytes;

use super::frame::Code;
use super::stream::Fault;
use crate::hpack::Decoder;
use crate::mock::edge::Denial;
use crate::mock::http1::{FIELD_LIMIT, HEAD_LIMIT};

/// What a field counts beside its bytes (RFC 9113 section 6.5.2).
const OVERHEAD: usize = 32;
/// The pseudo-fields beside which there may be as many fields as in any version.
const PSEUDO: usize = 4;

/// Every field of a block, in order, or why there are too many; the connection goes on all the same.
///
/// # Errors
/// A block that cannot be read: no other can be read behind it.
pub(super) fn read(
    decoder: &mut Decoder,
    block: &[u8],
) -> Result<Result<Vec<(Bytes, Bytes)>, Denial>, Fault> {
    let (mut fields, mut size) = (Vec::new(), 0_usize);
    let mut too_many = false;
    let read = decoder.decode(block, |name, value| {
        size = size.saturating_add(name.len() + value.len() + OVERHEAD);
        too_many |= size > HEAD_LIMIT || fields.len() >= FIELD_LIMIT + PSEUDO;
        if !too_many {
            fields.push((Bytes::copy_from_slice(name), Bytes::copy_from_slice(value)));
        }
    });
    read.map_err(|_| Fault::Connection(Code::COMPRESSION))?;
    Ok(if too_many { Err(Denial::HeadTooLarge) } else { Ok(fields) })
}
