//! Twins that could never be accepted, or that are the very request whose twin they are.

use super::MOST;
use crate::document::{Diagnostic, Document, Node};

pub(super) fn all(document: &Document) -> Vec<Diagnostic> {
    let root = &document.root;
    let variants = root.get("each").map(Node::items).unwrap_or_default();
    let cases: Vec<Case<'_>> = match variants {
        [] => vec![Case { root, variant: None }],
        variants => variants.iter().map(|variant| Case { root, variant: Some(variant) }).collect(),
    };
    let mut found: Vec<Diagnostic> = Vec::new();
    for case in cases.iter().take(MOST) {
        let mistake = case.mistake(document);
        // What is wrong with the check's own twin is wrong with it for every variant.
        found.extend(mistake.filter(|new| !found.iter().any(|known| known.span == new.span)));
    }
    found
}

/// The check, or a variant of it.
struct Case<'a> {
    root: &'a Node,
    variant: Option<&'a Node>,
}

impl<'a> Case<'a> {
    fn mistake(&self, document: &Document) -> Option<Diagnostic> {
        let place = self.twins().last()?;
        let place = document.place((place, None));
        if self.is_the_request() {
            let hint = "say what makes it another request, such as `credential: { allowing: operation }`";
            return Some(Diagnostic::new("this twin is the very request whose twin it is", place).hint(hint));
        }
        let hint = "say whose key it carries: `credential: { allowing: operation }`";
        (!self.may_be_accepted()).then(|| {
            Diagnostic::new("a twin must be accepted, and this one carries no key that may be", place)
                .hint(hint)
        })
    }

    /// The twins that are laid over the request, the last one uppermost.
    fn twins(&self) -> impl Iterator<Item = &'a Node> {
        [self.root.get("twin"), self.variant.and_then(|variant| variant.get("twin"))].into_iter().flatten()
    }

    /// The layers of the twin, the last one uppermost.
    fn layers(&self) -> impl DoubleEndedIterator<Item = &'a Node> {
        let variant = |name| self.variant.and_then(|variant| variant.get(name));
        [self.root.get("request"), variant("request"), self.root.get("twin"), variant("twin")]
            .into_iter()
            .flatten()
    }

    /// Whether nothing makes it another request; a step may.
    fn is_the_request(&self) -> bool {
        let one_request = self.root.get("steps").is_none_or(|steps| steps.items().is_empty());
        one_request && self.twins().all(|twin| twin.entries().is_empty())
    }

    /// Whether its key can be one that may use the operation: an operation may need none, a conversation have others.
    fn may_be_accepted(&self) -> bool {
        let keyless = |node: &Node| {
            node.as_str() == Some("none") || node.get("denying").is_some() || node.get("state").is_some()
        };
        let credential = self.layers().rev().find_map(|layer| layer.get("credential"));
        let public = self.root.at(&["over", "operations", "public"]).is_some();
        let other_keys = self.layers().any(|layer| layer.at(&["wire", "keys"]).is_some());
        public || other_keys || !credential.is_some_and(keyless)
    }
}
