//! A backend in between, in words: what the platform does, and what must arrive there.

use super::{code, codes, joined};
use crate::scenario::{Arrives, Failing, PlatformTwist, UpstreamRule};

/// What the platform does when it is asked.
pub(super) fn platform(twist: &PlatformTwist) -> String {
    match twist {
        PlatformTwist::Refuses(kind) => {
            format!("while the platform refuses the backend's key as {}", code(kind))
        }
        PlatformTwist::Answers(status) => {
            format!("while the platform answers with the status {}", code(status))
        }
        PlatformTwist::Fails(how) => format!("while the platform {}", failing(*how)),
        PlatformTwist::Redirects(status) => {
            format!("while the platform redirects to another origin with the status {}", code(status))
        }
    }
}

fn failing(how: Failing) -> &'static str {
    match how {
        Failing::Silent => "takes the request and never answers",
        Failing::Reset => "takes the request and resets the connection",
        Failing::Malformed => "answers with something that is not HTTP",
        Failing::Torn => "ends its answer in the middle",
        Failing::Endless => "gives an answer that does not end",
    }
}

/// What must arrive at the platform.
pub(super) fn upstream(rule: &UpstreamRule) -> String {
    let on = |set: Option<bool>, text: &str| set.filter(|set| *set).map(|_| text.to_owned());
    let nowhere = (!rule.nowhere.is_empty())
        .then(|| format!("nothing in it that matches {}", codes(&rule.nowhere, "or")));
    let rules = [
        rule.arrives.map(|arrives| arrival(arrives).to_owned()),
        on(rule.key, "the backend's key once and in its place, and no other key"),
        on(rule.operation, "a request of the operation that the route is for, and no other"),
        on(rule.origin, "all of it at the declared origin"),
        on(rule.no_proof, "nothing that a client proves itself with"),
        nowhere,
    ];
    let rules: Vec<_> = rules.into_iter().flatten().collect();
    format!("at the platform {}", joined(&rules, "and"))
}

fn arrival(arrives: Arrives) -> &'static str {
    match arrives {
        Arrives::Nothing => "no request",
        Arrives::Once => "one request",
        Arrives::AtMostOnce => "one request or none",
    }
}
