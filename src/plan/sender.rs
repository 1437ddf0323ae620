//! Who can send a request truly, and whether anybody can.

use super::draft::{Draft, Sender};
use super::require::needs_raw;
use super::{Frames, Permits};
use crate::judge::Requirement;
use crate::scenario::{OTHER_UNIQUE, UNIQUE};

/// Who sends a draft.
///
/// # Errors
/// Why nobody can: exact bytes are asked for where none can be sent.
pub(super) fn choose(draft: &Draft, requirement: &Requirement, permits: &Permits) -> Result<Sender, String> {
    if let (true, Frames::Nowhere(why)) = (draft.has_frames(), permits.frames) {
        return Err(format!("this takes a client of exact frames, and {why}"));
    }
    if draft.has_frames() {
        return Ok(Sender::Raw);
    }
    let raw = draft.conversation.is_some() || needs_raw(requirement) || !is_kept(&target(draft));
    match permits.no_exact_bytes {
        _ if !raw => Ok(Sender::Ordinary),
        None => Ok(Sender::Raw),
        Some(why) => Err(format!("this takes a client of exact bytes, and {why}")),
    }
}

/// The target with a letter for everything that is still to be filled in.
fn target(draft: &Draft) -> String {
    let names = draft.preparations.keys().map(String::as_str).chain([UNIQUE, OTHER_UNIQUE]);
    names.fold(draft.target.clone(), |target, name| target.replace(&format!("{{{name}}}"), "x"))
}

/// Whether an ordinary client sends a target as it is. It takes dot segments out, percent-encoded ones too, turns `\`
/// into `/`, drops what stands behind `#`, and encodes what it holds to be unsafe (WHATWG URL, sections 1.3 and 4.4).
fn is_kept(target: &str) -> bool {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let sound = |text: &str, unsafe_ones: &str| {
        text.chars().all(|c| c.is_ascii_graphic() && !unsafe_ones.contains(c))
    };
    let dots = |segment: &str| {
        let segment = segment.to_ascii_lowercase().replace("%2e", ".");
        segment == "." || segment == ".."
    };
    path.starts_with('/')
        && sound(path, "\"#<>`{}\\^|")
        && sound(query, "\"#<>'")
        && !path.split('/').any(dots)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What the ordinary client makes of a target.
    fn tidied(target: &str) -> Option<String> {
        let url = reqwest::Url::parse(&format!("http://host:81{target}")).ok()?;
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        Some(format!("{}{query}", url.path()))
    }

    #[test]
    fn what_an_ordinary_client_tidies_up_goes_raw() {
        for target in ["/a/./b", "/a/../b", "/a/%2e/b", "/a/.%2E", "/a\\b", "/a#x", "/a b", "/\u{e9}", "a"] {
            assert!(!is_kept(target), "{target}");
        }
        for target in ["/a//b", "/a/", "/a%2fb", "/a;x=1", "/a/..;/b", "/a%252e", "/a.json", "/a?b=../c"] {
            assert!(is_kept(target), "{target}");
        }
    }

    proptest! {
        #[test]
        fn what_goes_to_the_ordinary_client_arrives_as_it_is(target in r"/([a-z./%2eE\\#?&=';|^{}]|\PC){0,20}") {
            if is_kept(&target) {
                prop_assert_eq!(tidied(&target), Some(target));
            }
        }
    }
}
