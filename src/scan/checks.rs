//! The checks of a scan, for reports and for `lockproof explain`.

use crate::outcome::CheckInfo;
use crate::scenario::Severity;

/// The id of the check for keys of the contract.
pub(super) const KEY: &str = "scan-key-in-artefact";
/// The id of the check for what looks like a key.
pub(super) const PATTERN: &str = "scan-key-pattern";
/// The family of both.
pub(super) const FAMILY: &str = "scan";

/// The checks of a scan.
pub fn checks() -> Vec<CheckInfo> {
    let check = |id: &str, [title, why, advice]: [&str; 3]| CheckInfo {
        id: id.to_owned(),
        family: FAMILY.to_owned(),
        title: title.to_owned(),
        severity: Severity::Must,
        sources: ["CWE-798", "CWE-312", "OWASP MASVS-STORAGE-1", "OWASP MASWE-0005"]
            .map(str::to_owned)
            .to_vec(),
        why: why.to_owned(),
        advice: advice.to_owned(),
        file: String::new(),
        site: None,
    };
    vec![
        check(
            KEY,
            [
                "No key of the contract is in what is shipped",
                "Whoever has an app, a page or an image has everything in it: an archive is unpacked and its strings are \
             read in a minute. A key that ships is public, and so is every older build that holds it.",
                "Revoke the key, whether or not the build is withdrawn. Keep keys on a backend of your own that the app \
             asks, or give the app tokens that are short-lived and may do little.",
            ],
        ),
        check(
            PATTERN,
            [
                "Nothing that looks like a key is in what is shipped",
                "A text that has the declared form of a key and is none of those that the contract holds is a key that \
             somebody else holds: that of production, or of a colleague.",
                "Find out whose key it is and revoke it. Where it is an example that was never a key, put it into a file \
             and name that with --known.",
            ],
        ),
    ]
}

/// The check with an id.
pub fn find(id: &str) -> Option<CheckInfo> {
    checks().into_iter().find(|check| check.id == id)
}
