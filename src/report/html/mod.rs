//! HTML: one file that needs nothing beside itself and reaches for nothing, for people who look rather than read.
//!
//! What matters stands in the page itself; the script only finds and unfolds what there is much of. The policy in its
//! head lets nothing run but that script and nothing be fetched at all. A text reaches the page through [`element`],
//! which escapes it, and in no other way.

mod checks;
mod data;
mod element;
mod exchange;
mod findings;
mod load;
mod matrix;
mod summary;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

use super::{FormatEntry, ReportError, Style, Usual};
use crate::outcome::RunResult;
use element::{Element, el};

/// This format.
pub(super) const FORMAT: FormatEntry = FormatEntry {
    name: "html",
    file_name: "report.html",
    usual: Usual::Written,
    render,
    load: Some(load::render),
};

/// How the page looks.
const CSS: &str = include_str!("style.css");

/// What finds and unfolds.
const SCRIPT: &str = include_str!("script.js");

fn render(result: &RunResult, _style: Style) -> Result<Vec<u8>, ReportError> {
    let data = el("script").with("type", "application/json").with("id", "data").data(&data::of(result));
    let data =
        data.map_err(|error| ReportError::Render { format: FORMAT.name, problem: error.to_string() })?;
    let main = el("main")
        .all(summary::controls(result))
        .all(findings::findings(result))
        .all(matrix::permissions(result))
        .all(checks::checks(result));
    let title = format!("{}: {}", result.contract.api, result.verdict);
    Ok(page(&title, [summary::head(result), main, summary::foot(result), data]))
}

/// A whole page: its title, and what stands in its body.
fn page(title: &str, body: impl IntoIterator<Item = Element>) -> Vec<u8> {
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        digest(CSS),
        digest(SCRIPT)
    );
    let head = el("head")
        .add(el("meta").with("charset", "utf-8"))
        .add(el("meta").with("http-equiv", "Content-Security-Policy").with("content", policy))
        .add(el("meta").with("name", "viewport").with("content", "width=device-width, initial-scale=1"))
        .add(el("meta").with("name", "color-scheme").with("content", "light dark"))
        .add(el("meta").with("name", "referrer").with("content", "no-referrer"))
        .add(el("title").text(title))
        .add(el("style").own(CSS));
    let body = el("body").all(body).add(el("script").own(SCRIPT));
    let mut text = "<!doctype html>\n".to_owned();
    el("html").with("lang", "en").add(head).add(body).write(&mut text);
    text.push('\n');
    text.into_bytes()
}

/// The digest by which a policy knows a style or a script.
fn digest(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text.as_bytes()))
}

/// Where a link to a case leads.
fn anchor(id: &str) -> String {
    format!("#{}", utf8_percent_encode(id, NON_ALPHANUMERIC))
}

/// A section with its title, to be linked to.
fn section(id: &'static str, title: &str) -> Element {
    el("section")
        .with("id", id)
        .with("aria-labelledby", format!("{id}-title"))
        .add(el("h2").with("id", format!("{id}-title")).text(title))
}

/// A name and its text, in a list of such.
fn field(name: &'static str, text: &str) -> [Element; 2] {
    [el("dt").text(name), el("dd").text(text)]
}
