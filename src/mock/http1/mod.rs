//! HTTP/1: bytes to heads and bodies, answers to bytes, and the life of one connection.
//!
//! The parser is this server's own because its strictness is what the harness is proved on: every rule is one
//! small pure function, and [`Reception`] names those that can be exchanged. Nothing here knows a key.

mod attention;
mod body;
mod chunked;
mod conduct;
mod connection;
mod field;
mod framing;
mod manner;
mod parse;
mod target;
mod write;

pub(crate) use body::BODY_LIMIT;
pub(crate) use chunked::unchunked;
pub(crate) use conduct::last;
pub(crate) use connection::{Admission, GoneOver, Responder, Wire, ended, serve};
pub(crate) use field::authority;
pub(crate) use framing::Framing;
pub(crate) use manner::{Manner, Names, Written};
pub(crate) use parse::{FIELD_LIMIT, HEAD_LIMIT, Reception};
pub(crate) use target::TARGET_LIMIT;
pub(crate) use write::{Connection, content};
