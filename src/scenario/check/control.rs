//! What is done to the target: nothing without its need, nothing for everybody while others are served, and no key
//! before it was made.

use std::collections::BTreeMap;

use super::MOST;
use crate::contract::Action;
use crate::document::{Diagnostic, Document, Node};
use crate::scenario::{ControlStep, Owner, Reading};

pub(super) fn all(document: &Document) -> Vec<Diagnostic> {
    let steps = document.root.get("steps").map(Node::items).unwrap_or_default();
    let mut reader = Reader { document, made: BTreeMap::new(), remembered: Vec::new(), found: Vec::new() };
    for outer in ["request", "twin"].into_iter().filter_map(|name| document.root.get(name)) {
        reader.request(outer);
    }
    for variant in document.root.get("each").map(Node::items).unwrap_or_default() {
        variant.get("request").into_iter().chain(variant.get("twin")).for_each(|twist| reader.request(twist));
    }
    for step in steps {
        reader.step(step);
    }
    if !steps.is_empty() && steps.iter().all(|step| step.get("control").is_some()) {
        let place = document.place((&steps[0], None));
        let hint = "add a step that sends a request";
        reader.found.push(Diagnostic::new("nothing is sent, so nothing can be judged", place).hint(hint));
    }
    reader.found.extend(compared(document, steps));
    reader.found.truncate(MOST);
    reader.found
}

/// Reads a scenario from its beginning, as it would be carried out.
struct Reader<'a> {
    document: &'a Document,
    /// The keys that were made so far.
    made: BTreeMap<String, Made>,
    /// The actions whose readings are remembered.
    remembered: Vec<Action>,
    found: Vec<Diagnostic>,
}

/// What is known of a key that was made: whether it was issued, and whether its application was made for the check.
#[derive(Clone, Copy)]
struct Made {
    by: Making,
    own: bool,
}

/// How a key was made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Making {
    Issued,
    MadeUp,
}

impl Reader<'_> {
    fn step(&mut self, step: &Node) {
        let Some(control) = step.get("control") else {
            step.get("request").into_iter().for_each(|request| self.request(request));
            let again = step.get("until").and(step.entry("repeat"));
            self.found.extend(again.map(|repeat| {
                let message = "a step that is sent until something holds is not repeated besides";
                Diagnostic::new(message, repeat.key_span.clone()).hint("leave one of the two out")
            }));
            return;
        };
        self.control(control);
        for name in ["request", "expect", "repeat", "capture", "capture_headers", "until"] {
            let idle = step.entry(name);
            self.found.extend(idle.map(|entry| {
                let message = format!("`{name}` says nothing of a step that sends no request");
                Diagnostic::new(message, entry.key_span.clone()).hint("make it a step of its own")
            }));
        }
    }

    /// The keys of a request are there, and so is what is done to the target in the middle of it.
    fn request(&mut self, request: &Node) {
        self.picks(request);
        request.get("second").into_iter().for_each(|second| self.picks(second));
        let keys = request.at(&["wire", "keys"]).map(Node::entries).unwrap_or_default();
        for key in keys {
            self.picks(&key.value);
        }
        let say = request.at(&["wire", "say"]).map(Node::items).unwrap_or_default();
        say.iter().filter_map(|part| part.get("control")).for_each(|control| self.control(control));
    }

    fn picks(&mut self, holder: &Node) {
        if let Some(name) = holder.at(&["credential", "created"]) {
            self.known(name);
        }
    }

    fn known(&mut self, name: &Node) {
        if name.as_str().is_some_and(|text| !self.made.contains_key(text)) {
            let message = format!("{}: no step before this one creates such a key", self.document.name(name));
            let hint = "add a step `control: { create: { name: ... } }` before it";
            self.found.push(Diagnostic::new(message, name.span.clone()).hint(hint));
        }
    }

    fn control(&mut self, node: &Node) {
        // What cannot be read, the schema has reported.
        let Ok(step) = serde_json::from_value::<ControlStep>(node.to_value()) else { return };
        self.needed(node, &step);
        if let Some(name) = step.of() {
            self.key(node, (&step, name.as_str()));
        }
        self.reading(node, &step);
    }

    fn tell(&mut self, node: &Node, message: impl Into<String>, hint: impl Into<String>) {
        let place = self.document.place((node, None));
        self.found.push(Diagnostic::new(message, place).hint(hint));
    }

    /// An action is among the needs, so that the check is skipped where a target cannot do it; and whoever changes the
    /// target for everybody is alone.
    fn needed(&mut self, node: &Node, step: &ControlStep) {
        let Some(action) = step.action() else { return };
        let root = &self.document.root;
        let needs = root.get("needs").map(Node::items).unwrap_or_default();
        let wanted = action.to_string();
        if !needs.iter().any(|need| need.as_str() == Some(&wanted)) {
            self.tell(
                node,
                format!("this takes `{wanted}`, which `needs` does not list"),
                "add it to `needs`",
            );
        }
        let alone = root.get("alone").and_then(Node::scalar) == Some(&serde_json::Value::Bool(true));
        if !alone && !action.is_of_a_key() {
            let message = "this concerns every request that is under way";
            self.tell(node, message, "say `alone: true`, so that nothing else is sent meanwhile");
        }
    }

    fn key(&mut self, node: &Node, (step, name): (&ControlStep, &str)) {
        let known = self.made.get(name).copied();
        if let ControlStep::Create(new) | ControlStep::Forge(new) = step {
            let by = if matches!(step, ControlStep::Create(_)) { Making::Issued } else { Making::MadeUp };
            if known.is_some_and(|made| made.by == Making::Issued || by == Making::MadeUp) {
                self.tell(node, "a key of this name is there already", "give each its own name");
            }
            if let Owner::With(other) = &new.application
                && !self.made.contains_key(other.as_str())
            {
                self.tell(node, "the other key is not there yet", "create it before");
            }
            let own = new.application != Owner::Model;
            self.made.insert(name.to_owned(), Made { by, own });
        } else if known.is_none() {
            let message = "no step before this one creates such a key";
            self.tell(node, message, "add a step `control: { create: { name: ... } }` before it");
        } else if matches!(step, ControlStep::Disable(_)) && known.is_some_and(|made| !made.own) {
            let message = "this switches off an application that other keys belong to";
            self.tell(node, message, "create the key with `application: own`");
        }
    }

    /// What is compared was remembered before.
    fn reading(&mut self, node: &Node, step: &ControlStep) {
        let Some((reading, name)) = step.reading() else { return };
        if reading == Reading::Remember {
            self.remembered.push(name);
        } else if !self.remembered.contains(&name) {
            let message = "nothing was remembered that this could be compared with";
            self.tell(node, message, "remember it before");
        }
    }
}

/// An answer is compared with an answer.
fn compared(document: &Document, steps: &[Node]) -> Vec<Diagnostic> {
    let of = super::expectations::every(document).into_iter().flat_map(super::expectations::compared_with);
    let silent = |number: &&Node| {
        let at = number.scalar().and_then(serde_json::Value::as_u64).and_then(|at| usize::try_from(at).ok());
        let step = at.and_then(|at| at.checked_sub(1)).and_then(|at| steps.get(at));
        step.is_some_and(|step| step.get("control").is_some())
    };
    let explain = |number: &Node| {
        let message = "this step sends no request, so there is no answer to compare with";
        Diagnostic::new(message, number.span.clone()).hint("name a step that sends one")
    };
    of.filter(silent).map(explain).collect()
}
