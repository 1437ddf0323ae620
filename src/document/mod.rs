//! YAML text with a memory of where everything stands.
//!
//! A contract and a scenario are read the same way, once, here: text becomes a tree in which every node
//! knows its place; variables are filled in; the published JSON Schema is the validator; and every mistake,
//! of whichever kind, becomes a [`Diagnostic`] that points at its line. Only a document without a mistake is
//! turned into the typed model, so what the schema says and what the program accepts cannot drift apart.
//!
//! This room reads text that it is given. It opens no file, reads no environment and prints nothing.

mod diagnostic;
mod interpolate;
mod load;
mod schema;
mod tree;
mod value;

pub use diagnostic::{Diagnostic, Diagnostics, Source};
pub use interpolate::Variables;
pub use load::{Document, load};
pub use schema::published;
pub use tree::{Node, NodeKind, Span};
pub use value::{HeaderName, JsonPath, Method, Millis, Name, Pattern, StatusMatch};
