//! The reference server, started inside this process.

use super::bundle::Bundle;
use super::error::Failure;
use crate::wire::HttpVersion;

/// A running reference server.
#[derive(Debug)]
pub(super) struct Reference;

pub(super) fn start(_: &Bundle, _: &[String], _: bool, _: HttpVersion) -> Result<Reference, Failure> {
    Err(Failure::System("no reference server yet".to_owned()))
}

impl Reference {
    pub(super) fn urls(&self) -> Vec<(String, String)> {
        Vec::new()
    }
    pub(super) fn plaintext(&self, _: &str) -> Option<&str> {
        None
    }
    pub(super) fn authority(&self) -> Option<Vec<u8>> {
        None
    }
    pub(super) fn stop(self) {}
}
