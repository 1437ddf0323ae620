//! HTTP/2, frame by frame: what is to be said becomes frames as it is, sound or not, and every frame is heard.

mod reader;
mod talk;
mod write;

#[cfg(test)]
mod tests;

pub use reader::FrameReader;
pub(super) use talk::FrameTalk;
