//! Elements of a page, as values. Whatever is a text in one of them is escaped when the page is written: there is no
//! way to put somebody's text into a page as it is.

use std::fmt::Display;

use serde::Serialize;

use crate::report::escape::{escape_line, escape_terminal};
use crate::report::words::shorten;

/// The most characters of a text.
const LONGEST: usize = 1_200;

/// Elements that have neither a content nor an end.
const EMPTY: [&str; 4] = ["br", "hr", "input", "meta"];

/// Elements behind which a line ends: two pages can be compared line by line.
const BLOCKS: [&str; 11] =
    ["article", "details", "div", "dl", "head", "header", "li", "p", "section", "tr", "ul"];

/// An element.
#[derive(Debug)]
pub(super) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    content: Vec<Node>,
}

/// What stands in an element.
#[derive(Debug)]
enum Node {
    Element(Element),
    /// A text, invisible characters made visible.
    Text(String),
    /// Data for the script.
    Data(String),
    /// Our own style or script.
    Own(&'static str),
}

/// An element without anything in it.
pub(super) fn el(name: &'static str) -> Element {
    Element { name, attributes: Vec::new(), content: Vec::new() }
}

impl Element {
    /// An attribute.
    pub(super) fn with(mut self, name: &'static str, value: impl Display) -> Self {
        self.attributes.push((name, escape_terminal(&value.to_string())));
        self
    }

    /// Its class.
    pub(super) fn class(self, class: &'static str) -> Self {
        self.with("class", class)
    }

    /// A text behind what is in it, cut where it has lost its reader.
    pub(super) fn text(mut self, text: impl Display) -> Self {
        self.content.push(Node::Text(escape_terminal(&shorten(&text.to_string(), LONGEST))));
        self
    }

    /// Lines of text behind what is in it, each in a line of its own.
    pub(super) fn lines<'a>(mut self, lines: impl IntoIterator<Item = &'a str>) -> Self {
        let lines: Vec<_> = lines.into_iter().map(escape_line).collect();
        self.content.push(Node::Text(lines.join("\n")));
        self
    }

    /// An element behind what is in it.
    pub(super) fn add(mut self, element: Self) -> Self {
        self.content.push(Node::Element(element));
        self
    }

    /// Elements behind what is in it, or one that may be missing.
    pub(super) fn all(mut self, elements: impl IntoIterator<Item = Self>) -> Self {
        self.content.extend(elements.into_iter().map(Node::Element));
        self
    }

    /// Our own style or script, which is part of the program.
    pub(super) fn own(mut self, text: &'static str) -> Self {
        self.content.push(Node::Own(text));
        self
    }

    /// Data for the script.
    ///
    /// # Errors
    /// When the value cannot be written as JSON.
    pub(super) fn data(mut self, value: &impl Serialize) -> Result<Self, serde_json::Error> {
        self.content.push(Node::Data(serde_json::to_string(value)?));
        Ok(self)
    }

    /// How many bytes its texts take in the page at the most.
    pub(super) fn weight(&self) -> usize {
        let of = |node: &Node| match node {
            Node::Element(element) => element.weight(),
            Node::Text(text) | Node::Data(text) => weight(text),
            Node::Own(text) => text.len(),
        };
        self.content.iter().map(of).sum()
    }

    /// Writes it.
    pub(super) fn write(&self, page: &mut String) {
        page.push('<');
        page.push_str(self.name);
        for (name, value) in &self.attributes {
            page.push(' ');
            page.push_str(name);
            page.push_str("=\"");
            escape(value, page);
            page.push('"');
        }
        page.push('>');
        if EMPTY.contains(&self.name) {
            return;
        }
        for node in &self.content {
            match node {
                Node::Element(element) => element.write(page),
                Node::Text(text) => escape(text, page),
                Node::Data(json) => data(json, page),
                Node::Own(text) => page.push_str(text),
            }
        }
        page.push_str("</");
        page.push_str(self.name);
        page.push('>');
        if BLOCKS.contains(&self.name) {
            page.push('\n');
        }
    }
}

/// How many bytes a text takes in a page at the most: what is escaped takes six.
pub(super) fn weight(text: &str) -> usize {
    text.len() + 5 * text.matches(['&', '<', '>', '"', '\'']).count()
}

/// A text in which nothing is a mark.
fn escape(text: &str, page: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        let (before, behind) = rest.split_at(at);
        page.push_str(before);
        let mut chars = behind.chars();
        page.push_str(match chars.next() {
            Some('&') => "&amp;",
            Some('<') => "&lt;",
            Some('>') => "&gt;",
            Some('"') => "&quot;",
            _ => "&#39;",
        });
        rest = chars.as_str();
    }
    page.push_str(rest);
}

/// JSON in which nothing ends a script: these characters stand in texts alone, and may be escaped there.
fn data(json: &str, page: &mut String) {
    let mut rest = json;
    while let Some(at) = rest.find(['<', '>', '&']) {
        let (before, behind) = rest.split_at(at);
        page.push_str(before);
        let mut chars = behind.chars();
        page.push_str(match chars.next() {
            Some('<') => "\\u003c",
            Some('>') => "\\u003e",
            _ => "\\u0026",
        });
        rest = chars.as_str();
    }
    page.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(element: &Element) -> String {
        let mut page = String::new();
        element.write(&mut page);
        page
    }

    #[test]
    fn a_text_is_only_a_text_wherever_it_stands() {
        let element =
            el("td").with("title", "\"><script>").text("<b>'&\u{202e}").add(el("br")).lines(["::x", "y"]);
        assert_eq!(
            written(&element),
            "<td title=\"&quot;&gt;&lt;script&gt;\">&lt;b&gt;&#39;&amp;\\u{202e}<br>:\\u{3a}x\ny</td>"
        );
    }

    #[test]
    fn data_does_not_end_its_script() {
        let element = el("script").data(&["</script><!--", "a&b"]).unwrap();
        assert_eq!(written(&element), "<script>[\"\\u003c/script\\u003e\\u003c!--\",\"a\\u0026b\"]</script>");
    }
}
