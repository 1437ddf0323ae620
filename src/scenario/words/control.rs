//! What is done to the target, in words.

use super::{code, codes, joined};
use crate::scenario::{
    ClockMove, ControlStep, CredentialPick, NewKey, Origin, Outlived, Owner, PartMove, Reading, SeenRule,
    StoreMove, TargetTime, Unset, Until, Without,
};

/// What a step does.
pub(super) fn does(step: &ControlStep) -> String {
    match step {
        ControlStep::Create(new) => format!("create a key {}", new_key(new)),
        ControlStep::Forge(new) => format!("make up a key {}, which is not issued yet", new_key(new)),
        ControlStep::Revoke(name) => format!("revoke {}", code(name)),
        ControlStep::Delete(name) => format!("delete {}", code(name)),
        ControlStep::Disable(name) => format!("switch the application of {} off", code(name)),
        ControlStep::Enable(name) => format!("switch the application of {} on", code(name)),
        ControlStep::Permissions(narrowed) => {
            let what = match narrowed.without {
                Without::Operation => "the permission on the operation",
                Without::Service => "every permission on the service",
            };
            format!("take {what} from {}", code(&narrowed.of))
        }
        ControlStep::Expire(expiry) => format!("let {} expire at {}", code(&expiry.of), instant(&expiry.at)),
        ControlStep::Clock(ClockMove::Advance(by)) => format!("move the target's clock {} on", code(by)),
        ControlStep::Clock(ClockMove::Outlive(Outlived::Token)) => {
            "move the target's clock on until the token has had its time".to_owned()
        }
        ControlStep::Clock(ClockMove::Hold(at)) => format!("stop the target's clock at {}", instant(at)),
        ControlStep::Clock(ClockMove::Reset(_)) => "let the target's clock go as it went".to_owned(),
        ControlStep::Timezone(name) => format!("set the target's time zone to {}", code(name)),
        ControlStep::Config(Unset::UnsetKey) => {
            "start the target without a key in its configuration".to_owned()
        }
        ControlStep::Config(Unset::UnsetGuard) => {
            "start the target without the setting that switches its guard on".to_owned()
        }
        ControlStep::Config(Unset::Reset) => "start the target with its whole configuration".to_owned(),
        ControlStep::Store(moved) => store(moved),
        ControlStep::Upstream(moved) => format!("{} what is behind the edge", part(*moved)),
        ControlStep::Limiter(moved) => format!("{} what counts a key's requests", part(*moved)),
        ControlStep::Processed(reading) => compared("the number of processed requests", *reading),
        ControlStep::Stored(reading) => compared("what is stored", *reading),
        ControlStep::Log(_) => "read the log; right is no trace of a key in it".to_owned(),
        ControlStep::Seen(rule) => seen(rule),
    }
}

/// How often a step is sent.
pub(super) fn until(until: &Until) -> String {
    format!("within {}, sent again until then", code(&until.within))
}

fn new_key(new: &NewKey) -> String {
    let like = match &new.like {
        None | Some(CredentialPick::Allowing) => " like one that may use the operation",
        Some(CredentialPick::Denying) => " like an active one that may not use the operation",
        Some(CredentialPick::None | CredentialPick::Created(_)) => "",
        Some(CredentialPick::State(_)) => " like one in another state",
        Some(CredentialPick::Minting) => " like one that may mint tokens",
        Some(CredentialPick::Foreign) => " like one of another application",
        Some(CredentialPick::Named(name)) => {
            return format!("{} like {}{}", code(&new.name), code(name), own(new));
        }
    };
    format!("{}{like}{}", code(&new.name), own(new))
}

fn own(new: &NewKey) -> String {
    match &new.application {
        Owner::Own => ", of an application of its own".to_owned(),
        Owner::With(other) => format!(", of the application of {}", code(other)),
        Owner::Model => String::new(),
    }
}

fn instant(at: &TargetTime) -> String {
    let from = match at.from {
        Origin::Now => "now",
        Origin::Midnight => "the beginning of the day in UTC",
        Origin::Expiry => "the instant of its expiry",
    };
    let plus = at.plus.as_ref().map(|by| format!(" and {}", code(by)));
    let minus = at.minus.as_ref().map(|by| format!(" less {}", code(by)));
    format!("{from}{}{}", plus.unwrap_or_default(), minus.unwrap_or_default())
}

fn store(moved: &StoreMove) -> String {
    match moved {
        StoreMove::Stop => "stop the key store".to_owned(),
        StoreMove::Slow(by) => format!("let every answer of the key store take {}", code(by)),
        StoreMove::Start => "start the key store".to_owned(),
    }
}

fn part(moved: PartMove) -> &'static str {
    match moved {
        PartMove::Stop => "stop",
        PartMove::Start => "start",
    }
}

fn compared(what: &str, reading: Reading) -> String {
    match reading {
        Reading::Remember => format!("remember {what}"),
        Reading::Unchanged => format!("read {what}; right is that it is what it was"),
        Reading::Changed => format!("read {what}; right is that it is not what it was"),
    }
}

fn seen(rule: &SeenRule) -> String {
    let field = |(name, matcher): (&crate::document::HeaderName, &crate::contract::Matcher)| {
        format!("the header field {}", code(&format!("{name}: {matcher}")))
    };
    let mut right: Vec<String> = rule.headers.iter().map(field).collect();
    right.extend((rule.no_key == Some(true)).then(|| "no trace of a key".to_owned()));
    if !rule.nowhere.is_empty() {
        right.push(format!("nothing that matches {}", codes(&rule.nowhere, "or")));
    }
    right.extend(rule.identity.map(|reading| match reading {
        Reading::Remember => "the field that tells whose request it is, which is remembered".to_owned(),
        Reading::Unchanged => "the field that tells whose request it is as it was".to_owned(),
        Reading::Changed => "another field that tells whose request it is than before".to_owned(),
    }));
    format!("read what arrived behind the edge; right is {}", joined(&right, "and"))
}
