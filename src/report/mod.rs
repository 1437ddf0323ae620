//! Reports: one file a format, each a pure function of an outcome.
//!
//! A report knows the outcome and nothing before it. Text in an outcome holds no key; what it may still hold is
//! harm to the reader's medium, and every format escapes for its own. Nothing here opens a file or prints.
//!
//! A new format is one file with a `FORMAT` in it, and its line in the table below.

mod escape;
mod evidence;
mod families;
mod github;
mod group;
mod html;
mod json;
mod junit;
mod load;
mod markdown;
mod ndjson;
mod page;
mod permissions;
mod sarif;
mod scan;
mod tap;
mod terminal;
mod words;

#[cfg(test)]
mod accepted;
#[cfg(test)]
mod accepted_html;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use crate::document::Colour;
use crate::outcome::{LoadResult, RunResult};

pub use escape::escape_terminal;
pub use json::schema;
pub use load::{load_json, load_page};
pub use markdown::escape_markdown;
pub use ndjson::Stream;
pub use page::{Ink, Page};
pub use scan::{scan_json, scan_page};

formats! {
    /// For a person: what failed and why, the permission matrix, the verdict.
    Terminal => terminal,
    /// For people who look rather than read: one page that needs nothing beside itself.
    Html => html,
    /// For programs: the whole result, in the published schema.
    Json => json,
    /// For build servers: every case a test case.
    Junit => junit,
    /// For the summary page of a build, and for comments.
    Markdown => markdown,
    /// For code scanning.
    Sarif => sarif,
    /// For whatever reads the Test Anything Protocol.
    Tap => tap,
    /// For a GitHub workflow: annotations.
    Github => github,
    /// For programs that read as it comes: one event a line.
    Ndjson => ndjson,
}

/// How a report is to look where that depends on who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Columns that fit in a line.
    pub width: usize,
    /// Whether colours may be used.
    pub colour: Colour,
}

/// A report that could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The result does not fit the format.
    #[error("make the {format} report: {problem}")]
    Render {
        /// The format.
        format: &'static str,
        /// What is wrong.
        problem: String,
    },
}

/// A format that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no report format is called `{given}`; {hint}")]
pub struct UnknownFormat {
    /// What was asked for.
    pub given: String,
    /// What to ask for instead.
    pub hint: String,
}

/// What makes a report of a result.
type Render<T> = fn(&T, Style) -> Result<Vec<u8>, ReportError>;

/// What a format's file says of itself.
struct FormatEntry {
    name: &'static str,
    file_name: &'static str,
    usual: Usual,
    render: Render<RunResult>,
    load: Option<Render<LoadResult>>,
}

/// Whether a format is written where none is asked for by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Usual {
    /// It is.
    Written,
    /// It is not.
    OnRequest,
}

impl Format {
    /// The word that selects it.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// The file that it is written to where no other is named.
    pub fn file_name(self) -> &'static str {
        self.entry().file_name
    }

    /// Whether it is written where none is asked for by name.
    pub fn is_usual(self) -> bool {
        self.entry().usual == Usual::Written
    }

    /// Whether it can show a load.
    pub fn shows_load(self) -> bool {
        self.entry().load.is_some()
    }

    /// Finds a format by its name.
    ///
    /// # Errors
    /// When there is none, with the nearest name where one is near.
    pub fn parse(name: &str) -> Result<Self, UnknownFormat> {
        let found = Self::ALL.iter().copied().find(|format| format.name() == name);
        found.ok_or_else(|| UnknownFormat { given: name.to_owned(), hint: hint(name) })
    }

    /// Renders a result.
    ///
    /// # Errors
    /// When the result does not fit the format.
    pub fn render(self, result: &RunResult, style: Style) -> Result<Vec<u8>, ReportError> {
        (self.entry().render)(result, style)
    }

    /// Renders the result of a load.
    ///
    /// # Errors
    /// When the format has no view of a load, or the result does not fit it.
    pub fn render_load(self, result: &LoadResult, style: Style) -> Result<Vec<u8>, ReportError> {
        let FormatEntry { name, load, .. } = self.entry();
        let none = || ReportError::Render { format: name, problem: "it shows no load".to_owned() };
        load.map_or_else(|| Err(none()), |render| render(result, style))
    }
}

/// What to ask for instead of a format that does not exist.
fn hint(name: &str) -> String {
    let names = Format::ALL.iter().map(|format| format.name());
    let distance = |known: &&str| strsim::damerau_levenshtein(&name.to_lowercase(), known);
    match names.clone().min_by_key(distance).filter(|known| distance(known) <= 2) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", names.collect::<Vec<_>>().join(", ")),
    }
}

/// Declares the formats: a variant and the module that renders it.
macro_rules! formats {
    ($($(#[$doc:meta])* $variant:ident => $module:ident,)+) => {
        /// A kind of report.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Format {
            $($(#[$doc])* $variant,)+
        }

        impl Format {
            /// Every format.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            fn entry(self) -> FormatEntry {
                match self {
                    $(Self::$variant => $module::FORMAT,)+
                }
            }
        }
    };
}
use formats;
