//! Variants of how an answer stands on the wire.

use std::time::Duration;

use super::{Change, Variant, variant};
use crate::mock::Http2;
use crate::mock::http1::{Connection, Names, Written};

/// How long a slow server takes for every answer: long enough to be noticed, far within any time-out.
const SLOW: Duration = Duration::from_millis(20);

/// The family.
pub(super) const FAMILY: &[Variant] = &[
    variant("header-case", "Writes field names in capitals.", |edge| edge.write.names = Names::Upper),
    variant("header-lower-case", "Writes field names in lower case.", |edge| edge.write.names = Names::Lower),
    variant("chunked", "Sends its content in chunks, without a length.", |edge| {
        edge.write.framing = Written::Chunked;
    }),
    variant("no-reason", "Leaves the reason phrase out.", |edge| edge.write.reason = Some("")),
    variant("own-reason", "Has a reason phrase of its own.", |edge| {
        edge.write.reason = Some("No Content \u{2014} see the body: 200 OK");
    }),
    variant("connection-close", "Closes every connection behind its answer.", |edge| {
        edge.write.behind = Connection::Close;
    }),
    variant("slow-answer", "Takes 20 ms for every answer.", |edge| edge.write.pause = SLOW),
    Variant {
        id: "http2",
        what: "Speaks HTTP/2 to clients that begin with it.",
        change: Change::Http2(Http2::PriorKnowledge),
    },
];
