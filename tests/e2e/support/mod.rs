//! What the end-to-end tests share: the program under test, small contracts, and targets that behave or misbehave.
//!
//! Nothing here shares code with the program: a target that the program itself had written would prove nothing.

mod contract;
mod edge;
mod lockproof;
mod server;
mod sockets;
mod tls;

pub(crate) use contract::{Keys, Small};
pub(crate) use edge::{Edge, json, problem};
pub(crate) use lockproof::{Lockproof, Outcome};
pub(crate) use server::{Reply, Request, Server, Stream, answer, head, pause};
pub(crate) use sockets::{Fault, Sockets, variables};
pub(crate) use tls::{Authority, Identity};
