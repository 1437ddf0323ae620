//! What is to be said on one connection, to the byte and in order.

use std::time::Duration;

use bytes::Bytes;

use super::frames::Frame;
use super::gate::Gate;

/// What is to be said on one connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// One act after the other.
    pub acts: Vec<Act>,
    /// What the other side is waited for behind them.
    pub until: Until,
}

/// What the other side is waited for, once everything was answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Until {
    /// That it says no more.
    #[default]
    Silence,
    /// That it ends the connection, which is right for it to do in its time.
    End,
}

/// One act of a script.
///
/// The other side is listened to all the time. Where it ends the connection, what was still to be sent is not sent.
#[derive(Clone, PartialEq, Eq)]
pub enum Act {
    /// Sends bytes. With a method they begin a request; whatever follows belongs to it until the next one begins.
    Send {
        /// The bytes.
        bytes: Bytes,
        /// The method of the request that they begin.
        begins: Option<String>,
    },
    /// Sends a frame of HTTP/2. A connection on which this is the first act is one of HTTP/2 from its first byte on; on
    /// any other, frames are sent once a request was answered with 101.
    Frame(Frame),
    /// Sends the same bytes over and over, until something was answered.
    Repeat {
        /// The bytes.
        bytes: Bytes,
        /// How often at the most.
        times: u64,
        /// How long at the most.
        within: Duration,
    },
    /// Sends one byte at a time, with a pause before each, until something was answered; then stops.
    Trickle {
        /// The bytes.
        bytes: Bytes,
        /// The pause.
        every: Duration,
    },
    /// Sends nothing for so long, or until something more was answered, an interim answer included.
    Hold(Duration),
    /// Waits until every request so far has its final answer.
    Await,
    /// Waits until somebody opens the gate.
    Pass(Gate),
    /// Says that nothing more will be sent.
    EndSending,
    /// Ends the connection at once.
    Leave,
}

impl std::fmt::Debug for Act {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The bytes may hold a key.
        f.write_str(match self {
            Self::Send { begins: Some(_), .. } => "Request",
            Self::Send { begins: None, .. } => "Send",
            Self::Frame(_) => "Frame",
            Self::Repeat { .. } => "Repeat",
            Self::Trickle { .. } => "Trickle",
            Self::Hold(_) => "Hold",
            Self::Await => "Await",
            Self::Pass(_) => "Pass",
            Self::EndSending => "EndSending",
            Self::Leave => "Leave",
        })
    }
}

impl Script {
    /// Whether any of it is said in frames.
    pub fn has_frames(&self) -> bool {
        self.acts.iter().any(|act| matches!(act, Act::Frame(_)))
    }

    /// The bytes that are sent as they are, one after the other; what is repeated, once. Frames become lines that can
    /// be read.
    pub fn text(&self) -> Vec<u8> {
        let bytes = |act: &Act| match act {
            Act::Send { bytes, .. } | Act::Repeat { bytes, .. } | Act::Trickle { bytes, .. } => {
                bytes.to_vec()
            }
            Act::Frame(frame) => frame.text(),
            Act::Hold(_) | Act::Await | Act::Pass(_) | Act::EndSending | Act::Leave => Vec::new(),
        };
        self.acts.iter().flat_map(bytes).collect()
    }

    /// The gates, in their order.
    pub fn gates(&self) -> impl Iterator<Item = &Gate> {
        self.acts.iter().filter_map(|act| if let Act::Pass(gate) = act { Some(gate) } else { None })
    }
}
