//! YAML text with a memory of where everything stands.
//!
//! A contract and a scenario are read the same way, once, here: text becomes a tree in which every node
//! knows its place; variables are filled in; the published JSON Schema is the validator; and every mistake,
//! of whichever kind, becomes a [`Diagnostic`] that points at its line. Only a document without a mistake is
//! turned into the typed model, so what the schema says and what the program accepts cannot drift apart.
//!
//! This room reads text that it is given. It opens no file, reads no environment and prints nothing.

mod builder;
mod choice;
mod diagnostic;
#[expect(clippy::module_inception, reason = "the document is what this room is about")]
mod document;
mod explain;
mod foreign;
mod formats;
mod interpolate;
mod load;
mod parse;
mod render;
mod rules;
mod scalar;
mod schema;
mod secrecy;
mod sent;
mod suggest;
mod syntax;
mod tree;
mod value;
mod words;
mod write;

pub use diagnostic::{Diagnostic, Diagnostics, Source};
pub use document::Document;
pub use foreign::misfit;
pub use formats::parameters;
pub use interpolate::Variables;
pub use load::{Check, top_level};
pub use render::Colour;
pub use schema::{Format, published};
pub use suggest::{closest, respelt, suggest};
pub use tree::{Entry, Node, NodeKind, Span};
pub use value::{HeaderName, JsonPath, Method, Millis, Name, Pattern, Rate, StatusMatch};
pub use write::{Content, Part, WriteError, comment_line, write};
