//! What is said in HTTP/2, in words.

use super::code;
use super::sends::{awaiting, closing};
use crate::scenario::H2Part;

pub(super) fn part(part: &H2Part) -> String {
    let ending = |end: bool| if end { ", the end of the stream" } else { "" };
    match part {
        H2Part::Upgrade(upgrade) => {
            let first = upgrade.head.lines().next().unwrap_or_default();
            format!("a head in HTTP/1.1 that begins with {} and asks to go on in HTTP/2", code(&first))
        }
        H2Part::Headers(headers) => {
            let lines: Vec<_> =
                headers.fields.lines().filter(|line| !line.is_empty()).map(|line| code(&line)).collect();
            format!("HEADERS with {}{}", lines.join(", "), ending(headers.end))
        }
        H2Part::Data(data) => format!("DATA with {}{}", code(&data.text), ending(data.end)),
        H2Part::Frame(frame) => format!("a frame of the type {} on stream {}", frame.kind, frame.stream),
        H2Part::Hold(time) => format!("nothing for {}", code(time)),
        H2Part::Await(what) => awaiting(*what).to_owned(),
        H2Part::Close(half) => closing(*half).to_owned(),
    }
}
