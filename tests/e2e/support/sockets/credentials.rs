//! The keys, by the text of the reference contract: one line a credential.

/// Nothing of the contract but its credentials is looked at.
const CONTRACT: &str = include_str!("../../../../fixtures/reference/lockproof.yaml");

/// A key, and what it opens.
pub(super) struct Credential {
    pub(super) name: &'static str,
    pub(super) key: &'static str,
    pub(super) application: &'static str,
    /// Services, and operations as `service.operation`.
    pub(super) allows: Vec<&'static str>,
    /// The environments that it is for; none are all.
    environments: Vec<&'static str>,
    /// Why it opens nothing, where it does not.
    pub(super) state: Option<&'static str>,
}

/// Every credential that has a key.
pub(super) fn all() -> Vec<Credential> {
    let found: Vec<_> = CONTRACT.lines().filter_map(credential).collect();
    assert!(found.len() >= 14, "the keys of the contract are no longer found in its text");
    found
}

fn credential(line: &'static str) -> Option<Credential> {
    let key = word(line, "fixture: ")?;
    let (name, _) = line.trim_start().split_once(':')?;
    Some(Credential {
        name,
        key,
        application: word(line, "application: ").unwrap_or(name),
        allows: list(line, "allows: ["),
        environments: list(line, "environments: ["),
        state: word(line, "state: "),
    })
}

/// The word behind a label.
fn word(line: &'static str, label: &str) -> Option<&'static str> {
    line.split_once(label)?.1.split([' ', ',', '}']).next()
}

/// The words between a label and the end of its list.
fn list(line: &'static str, label: &str) -> Vec<&'static str> {
    let inside = line.split_once(label).and_then(|(_, rest)| rest.split(']').next());
    inside.map(|words| words.split(", ").collect()).unwrap_or_default()
}

/// Every key as the variable that a command line of a report has for it.
pub(crate) fn variables() -> Vec<(String, &'static str)> {
    let variable = |name: &str| format!("LOCKPROOF_KEY_{}", name.to_uppercase().replace('-', "_"));
    all().iter().map(|credential| (variable(credential.name), credential.key)).collect()
}

impl Credential {
    pub(super) fn is_for(&self, environment: &str) -> bool {
        self.environments.is_empty() || self.environments.contains(&environment)
    }

    pub(super) fn may(&self, service: &str, operation: &str) -> bool {
        // A batch is as many calls as it holds.
        if operation == "ocr-batch" && !self.may(service, "ocr") {
            return false;
        }
        let name = format!("{service}.{operation}");
        self.allows.iter().any(|granted| *granted == service || **granted == name)
    }
}
