//! Load: the conformance plan under pressure, every answer judged.
//!
//! A [`LoadPlan`](format::LoadPlan) is bound to a contract ([`bind`]) and becomes a [`Job`]: requests sealed to bytes, expectations
//! compiled to marks, a [`Schedule`](schedule::Schedule) that is a pure function. The engine sends it ([`run`]); what it
//! counted is concluded ([`conclude`]) to the result that reports know.
//!
//! This room opens sockets. It reads no file and no environment, and prints nothing.

mod bind;
mod calibrate;
mod collect;
mod conclude;
#[cfg(feature = "goose")]
mod diary;
mod engine;
mod flags;
pub mod format;
mod guard;
mod honesty;
mod identity;
mod interrupter;
mod job;
#[cfg(feature = "goose")]
mod journeys;
mod key_end;
mod measured;
mod merge;
mod number;
mod packed;
mod prepare;
pub mod schedule;
mod search;
mod second;
mod shard;
mod sheet;
mod stamp;
mod steer;
mod tally;
pub mod threshold;
mod times;
mod trip;
mod verdict;
mod weights;
mod written;

pub use bind::{BindError, Bound, Place, Wheel, bind, environment};
pub use calibrate::{Calibration, calibrate, calibration};
pub use collect::{Collected, Event, longest, run};
pub use conclude::{Conclusion, Header, checkpoint, conclude};
pub use flags::Flags;
pub use guard::{Asking, Demand, authorise, cap};
pub use honesty::{Limits, Surroundings};
pub use identity::run_id;
pub use interrupter::Interrupter;
pub use job::{Job, Settings, Target};
pub use merge::{MergeError, Merged};
pub use prepare::{Pace, Pacing, Wish, prepare};
pub use search::{Search, Trial, Tried};
pub use second::SecondSum;
pub use shard::Shard;
pub use written::{line, log};
