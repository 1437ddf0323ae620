//! The control plane: what a contract says under `control`, carried out.
//!
//! A request goes to the address that the contract names and nowhere else: no redirect is followed, no proxy is used. A
//! program gets no key among its arguments, and none of the variables that hold our keys. What either tells is read up
//! to a bound, and a program that takes too long is ended with all that it started.

mod command;
mod fill;
mod http;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde_json::Value;

use super::client::{ClientOptions, Scheme, WireError};
use super::failure::Failure;
use super::ordinary::Ordinary;
use crate::contract::{Action, Call, Control, KeySource, Secret};

/// What is filled into the texts of an action.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    /// By their names.
    pub values: BTreeMap<String, Value>,
    /// The key that it is about.
    pub key: Option<Secret>,
}

/// What came of an action that was carried out.
#[derive(Clone, PartialEq, Eq)]
pub struct Told {
    /// What was told: the end of it, where it was longer than is read.
    pub text: Vec<u8>,
    /// Whether there was more.
    pub truncated: bool,
}

/// An action that could not be carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlaneError {
    /// The contract does not say how.
    #[error("the contract does not say how")]
    Undeclared,
    /// Something that is filled in is not known.
    #[error("nothing is known to fill in for `{{{0}}}`")]
    NoValue(String),
    /// The filled-in address is not one, or not the one that the contract names.
    #[error("the address is not one once it is filled in")]
    Address,
    /// A value cannot stand in a header field.
    #[error("a value cannot stand in the header field `{0}`")]
    Field(String),
    /// The answer is no success.
    #[error("status {0}")]
    Status(u16),
    /// There was no whole answer.
    #[error("{0}")]
    Failure(Failure),
    /// The program could not be started.
    #[error("the program cannot be started: {0}")]
    Start(String),
    /// The program did not end well.
    #[error("the program ended with {0}")]
    Ended(String),
    /// The program did not end in time.
    #[error("the program did not end in time")]
    Late,
}

/// The way to whatever steers a target.
#[derive(Clone, Debug)]
pub struct Plane {
    control: Control,
    options: ClientOptions,
    plain: Option<Ordinary>,
    secure: Option<Ordinary>,
    /// Where programs run.
    folder: PathBuf,
    /// The variables that hold our keys.
    hidden: Vec<String>,
}

impl Plane {
    /// The way for a contract's `control`; `folder` is the contract's own, `sources` say where its keys come from.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn new<'a>(
        control: &Control,
        options: &ClientOptions,
        folder: PathBuf,
        sources: impl Iterator<Item = &'a KeySource>,
    ) -> Result<Self, WireError> {
        let hidden = sources
            .filter_map(|source| if let KeySource::Env(name) = source { Some(name.clone()) } else { None });
        let (plain, secure) = (None, None);
        let (control, options, hidden) = (control.clone(), options.clone(), hidden.collect());
        Self { control, options, plain, secure, folder, hidden }.connected()
    }

    /// The same way with clients of its own: those of another runtime are of no use where that one is starved.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn afresh(&self) -> Result<Self, WireError> {
        Self { plain: None, secure: None, ..self.clone() }.connected()
    }

    fn connected(mut self) -> Result<Self, WireError> {
        let calls: Vec<&Call> =
            Action::ALL.into_iter().filter_map(|action| self.control.call(action)).collect();
        let urls = || calls.iter().filter_map(|call| call.http.as_ref()).map(|http| http.url.as_str());
        let client = |scheme| {
            let options = ClientOptions {
                scheme,
                proxy: None,
                http: super::HttpVersion::Http1,
                ..self.options.clone()
            };
            Ordinary::new(&options)
        };
        let plain = urls().any(|url| url.starts_with("http:")).then(|| client(Scheme::Http)).transpose()?;
        let secure =
            urls().any(|url| url.starts_with("https:")).then(|| client(Scheme::Https)).transpose()?;
        (self.plain, self.secure) = (plain, secure);
        Ok(self)
    }

    /// How an action is carried out, where the contract says it.
    pub fn call(&self, action: Action) -> Option<&Call> {
        self.control.call(action)
    }

    /// Carries an action out.
    ///
    /// # Errors
    /// Why it was not done, as far as is known.
    pub async fn carry_out(&self, action: Action, arguments: &Arguments) -> Result<Told, PlaneError> {
        let call = self.call(action).ok_or(PlaneError::Undeclared)?;
        if let Some(request) = &call.http {
            let secure = request.url.starts_with("https:");
            let client = if secure { &self.secure } else { &self.plain };
            return http::send(client.as_ref().ok_or(PlaneError::Address)?, request, arguments).await;
        }
        command::run(self, call, arguments).await
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It may hold a key.
        write!(f, "Told({} bytes)", self.text.len())
    }
}

impl Told {
    /// What was told, as JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.text).ok().filter(|_| !self.truncated)
    }
}
