//! What arrives at the platform because of a request to a backend in between.

use std::fmt;

use super::{Evidence, Finding, Judgement, Reading, Requirement};
use crate::contract::{Carrier, OperationId};
use crate::document::Pattern;
use crate::redact::Redactor;
use crate::wire::{Arrival, Extent, FailureKind, Where};

/// What must be so of what arrives.
#[derive(Clone, Debug)]
pub enum UpstreamRequirement {
    /// At least so many requests arrive, and at most so many.
    Arrives(usize, usize),
    /// Each carries this credential's key once, in its place, and no other key of the platform.
    Key {
        /// The credential.
        credential: String,
        /// Those whose proofs are no keys of the platform.
        clients: Vec<String>,
        /// The place.
        carrier: Carrier,
    },
    /// Each is a request of this operation.
    Operation {
        /// The operation.
        id: OperationId,
        /// Its method.
        method: String,
        /// Its path, `{name}` standing for a parameter.
        path: String,
    },
    /// Each arrives at the declared origin, and asks for no other one.
    Origin,
    /// None carries what a client of the backend proves itself with.
    NoProof {
        /// The clients.
        clients: Vec<String>,
    },
    /// None of these patterns is found in what arrives.
    Nowhere(Vec<Pattern>),
}

/// Judges what arrived.
pub(super) fn judge(rule: &UpstreamRequirement, evidence: &Evidence<'_>) -> Judgement {
    let Some(behind) = &evidence.exchange.behind else {
        return Judgement::new(Finding::Unclear, "nobody listened behind the target");
    };
    let arrivals = &*behind.arrivals;
    if let UpstreamRequirement::Arrives(least, most) = rule {
        let right = (*least..=*most).contains(&arrivals.len());
        return Judgement::new(right, listed(arrivals, evidence.redactor));
    }
    let wrong = arrivals.iter().find_map(|arrival| Some((arrival, objection(rule, arrival, evidence)?)));
    match wrong {
        Some((arrival, why)) => {
            Judgement::new(false, format!("{} arrived {why}", described(arrival, evidence.redactor)))
        }
        None => Judgement::new(true, listed(arrivals, evidence.redactor)),
    }
}

/// What is wrong with what arrived, where not even an answer came: whatever the target did with its client, that is a fact.
pub(super) fn behind(requirement: &Requirement, evidence: &Evidence<'_>) -> Option<Judgement> {
    if !was_heard(evidence) {
        return None;
    }
    let parts = if let Requirement::All(parts) = requirement {
        parts.as_slice()
    } else {
        std::slice::from_ref(requirement)
    };
    let rule = |part: &'_ Requirement| {
        if let Requirement::Upstream(rule) = part { Some(judge(rule, evidence)) } else { None }
    };
    let judged = parts.iter().filter_map(rule);
    let worst = judged.max_by_key(|judgement| judgement.finding)?;
    (worst.finding == Finding::Broken || parts.iter().all(|part| matches!(part, Requirement::Upstream(_))))
        .then_some(worst)
}

/// Whether the target got to hear the request: of one that is not there nothing arrives anywhere, and that says nothing.
fn was_heard(evidence: &Evidence<'_>) -> bool {
    let exchange = evidence.exchange;
    let unheard = [FailureKind::Connect, FailureKind::Tls, FailureKind::Rewritten, FailureKind::NotOffered];
    exchange.failure.as_ref().is_none_or(|failure| !unheard.contains(&failure.kind))
}

/// What can be said of an answer that did not come whole, because what is behind the target was told to fail: what came is
/// all that the client will ever see.
pub(super) fn cut_short(requirement: &Requirement, evidence: &Evidence<'_>) -> Option<Judgement> {
    if let Requirement::All(parts) = requirement {
        let all: Option<Vec<_>> = parts.iter().map(|part| cut_short(part, evidence)).collect();
        return all?.into_iter().max_by_key(|judgement| judgement.finding);
    }
    let exchange = evidence.exchange;
    let late = exchange.failure.as_ref().is_some_and(|failure| failure.kind == FailureKind::Timeout);
    if late || !was_heard(evidence) || !exchange.behind.as_ref().is_some_and(|behind| behind.acted) {
        return None;
    }
    match (requirement, &exchange.answer) {
        (Requirement::Upstream(rule), _) => Some(judge(rule, evidence)),
        (Requirement::StatusNot(_) | Requirement::NoResult, None) => Some(Judgement::new(true, "no answer")),
        (
            Requirement::StatusNot(_) | Requirement::NoResult | Requirement::NoEcho | Requirement::Nowhere(_),
            Some(came),
        ) => Some(requirement.judge(&Reading::of(came), evidence)),
        _ => None,
    }
}

/// What is wrong with one request that arrived, if something is.
fn objection(rule: &UpstreamRequirement, arrival: &Arrival, evidence: &Evidence<'_>) -> Option<String> {
    match rule {
        UpstreamRequirement::Arrives(_, _) => None,
        UpstreamRequirement::Key { credential, clients, carrier } => {
            key(arrival, (credential, clients), carrier, evidence.redactor)
        }
        UpstreamRequirement::Operation { id, method, path } => {
            let same = arrival.method == *method && fits(path, arrival.path());
            (!same).then(|| format!("where only `{id}` may, {method} {path}"))
        }
        UpstreamRequirement::Origin if arrival.at == Where::Stranger => {
            Some("at a host that is none of the platform's".to_owned())
        }
        UpstreamRequirement::Origin => {
            // A backend may know the platform by a name of its own; what counts is that it is one, and not the stranger's.
            let hosts: Vec<&[u8]> = arrival.header("host").collect();
            let foreign = evidence.exchange.behind.as_ref().map_or("", |behind| &*behind.stranger);
            let right = matches!(&*hosts, [one] if *one != foreign.as_bytes());
            let shown = evidence.redactor.redact_bytes(&hosts.join(&b", "[..]));
            (!right).then(|| format!("for the host `{shown}`"))
        }
        UpstreamRequirement::NoProof { clients } => {
            let traces = evidence.redactor.find(&arrival.bytes);
            let proof = traces.iter().find(|trace| clients.contains(&trace.credential))?;
            Some(format!("with what `{}` proves itself with to the backend", proof.credential))
        }
        UpstreamRequirement::Nowhere(patterns) => {
            let text = String::from_utf8_lossy(&arrival.bytes);
            let found = patterns.iter().find(|pattern| pattern.regex().is_match(&text))?;
            Some(format!("with something that matches `{found}`"))
        }
    }
}

/// What is wrong with the keys of a request that arrived.
fn key(
    arrival: &Arrival,
    (credential, clients): (&str, &[String]),
    carrier: &Carrier,
    redactor: &Redactor,
) -> Option<String> {
    let traces = redactor.find(&arrival.bytes);
    let keys: Vec<_> = traces.iter().filter(|trace| !clients.contains(&trace.credential)).collect();
    if let Some(other) = keys.iter().find(|trace| trace.credential != credential) {
        return Some(format!("with the key of `{}`, not with that of `{credential}`", other.credential));
    }
    let placed = carried(arrival, carrier);
    let shown = |value: &[u8]| redactor.redact_bytes(value).to_string();
    let own = format!("[KEY:{credential}]");
    match (&*placed, &*keys) {
        ([], []) => Some("without a key".to_owned()),
        ([], [..]) => Some(format!("with the key, and not in the {carrier}")),
        ([one], [_]) if shown(one) == own => None,
        ([one], _) if shown(one) != own => {
            Some(format!("with another key than that of `{credential}` in the {carrier}"))
        }
        ([_], _) => Some(format!("with the key {} times", keys.len())),
        _ => Some(format!("with {} values in the {carrier}", placed.len())),
    }
}

/// What stands where a key is carried, its scheme taken off.
fn carried(arrival: &Arrival, carrier: &Carrier) -> Vec<Vec<u8>> {
    match carrier {
        Carrier::Header { name, scheme } => {
            arrival.header(name.as_str()).map(|value| bare(value, scheme.as_deref())).collect()
        }
        Carrier::Query(name) => parameters(arrival.query(), b'&', name),
        Carrier::Cookie(name) => arrival
            .header("cookie")
            .flat_map(|value| parameters(&String::from_utf8_lossy(value), b';', name))
            .collect(),
    }
}

/// A field's value behind its scheme, in any case (RFC 9110 section 11.1).
fn bare(value: &[u8], scheme: Option<&str>) -> Vec<u8> {
    let Some(scheme) = scheme else { return value.to_vec() };
    match value.split_at_checked(scheme.len()) {
        Some((before, [b' ', key @ ..])) if before.eq_ignore_ascii_case(scheme.as_bytes()) => key.to_vec(),
        _ => value.to_vec(),
    }
}

fn parameters(text: &str, separator: u8, name: &str) -> Vec<Vec<u8>> {
    let pairs = text.split(char::from(separator)).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(other, _)| *other == name).map(|(_, value)| value.as_bytes().to_vec()).collect()
}

/// Whether a path is one of a template's: as many segments, each the same or one that stands for a parameter, which is
/// neither empty nor a way up.
fn fits(template: &str, path: &str) -> bool {
    let (wanted, got): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    let same = |(wanted, got): (&&str, &&str)| {
        if wanted.starts_with('{') { !got.is_empty() && ![".", ".."].contains(got) } else { wanted == got }
    };
    wanted.len() == got.len() && wanted.iter().zip(&got).all(same)
}

fn listed(arrivals: &[Arrival], redactor: &Redactor) -> String {
    match arrivals {
        [] => "nothing arrived at the platform".to_owned(),
        [one] => format!("{} arrived", described(one, redactor)),
        [first, ..] => format!("{} requests arrived, first {}", arrivals.len(), described(first, redactor)),
    }
}

fn described(arrival: &Arrival, redactor: &Redactor) -> String {
    let whole = if arrival.extent == Extent::Whole { "" } else { " (not all of it)" };
    format!("{} {}{whole}", redactor.redact(&arrival.method), redactor.redact(&arrival.target))
}

impl fmt::Display for UpstreamRequirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arrives(_, 0) => f.write_str("no request at the platform"),
            Self::Arrives(0, most) => write!(f, "at most {most} request at the platform"),
            Self::Arrives(_, most) => write!(f, "{most} request at the platform"),
            Self::Key { credential, carrier, .. } => {
                write!(f, "at the platform the key of `{credential}` once, in the {carrier}")
            }
            Self::Operation { id, .. } => write!(f, "at the platform requests of `{id}` and no other"),
            Self::NoProof { .. } => f.write_str("nothing at the platform that a client proves itself with"),
            Self::Origin => f.write_str("requests at the declared origin and nowhere else"),
            Self::Nowhere(patterns) => {
                let patterns: Vec<_> = patterns.iter().map(|pattern| format!("/{pattern}/")).collect();
                write!(f, "nothing at the platform that matches {}", patterns.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::HeaderName;

    fn arrival(head: &str) -> Arrival {
        Arrival::of(
            Where::Declared,
            "127.0.0.1:1",
            head.replace('\n', "\r\n").into_bytes().into(),
            Extent::Whole,
        )
    }

    fn header(name: &str, scheme: Option<&str>) -> Carrier {
        Carrier::Header { name: HeaderName::parse(name).unwrap(), scheme: scheme.map(str::to_owned) }
    }

    const KEY: &str = "lp_any_Qm7tR2xVb9LkD4sJw8HfYc3NzPa6Ue1G";

    fn objected(lines: &str, carrier: &Carrier) -> Option<String> {
        let redactor = Redactor::of_text("full", KEY);
        let arrival = arrival(&format!("GET /a HTTP/1.1\nHost: x\n{lines}\n\n"));
        key(&arrival, ("full", &["app".to_owned()]), carrier, &redactor)
    }

    #[test]
    fn the_key_arrives_once_in_its_place_and_nowhere_else() {
        let carrier = header("X-API-Key", None);
        let own = format!("X-API-Key: {KEY}");
        assert_eq!(objected(&own, &carrier), None);
        assert_eq!(objected("A: b", &carrier).unwrap(), "without a key");
        for twice in
            [format!("{own}\nX-Copy: {KEY}"), format!("{own}\n{own}"), format!("{own}\nx-api-key: mine")]
        {
            assert!(objected(&twice, &carrier).is_some(), "{twice}");
        }
        assert!(
            objected(&format!("Authorization: Bearer {KEY}"), &carrier)
                .unwrap()
                .contains("not in the header")
        );
        assert!(objected("X-API-Key: mine", &carrier).unwrap().contains("another key"));
    }

    #[test]
    fn a_scheme_is_known_in_any_case() {
        let carrier = header("Authorization", Some("ApiKey"));
        assert_eq!(objected(&format!("authorization: apikey {KEY}"), &carrier), None);
        assert!(objected(&format!("Authorization: {KEY}x"), &carrier).is_some());
    }

    #[test]
    fn a_path_fits_a_template_segment_by_segment() {
        assert!(fits("/v1/subjects/{id}", "/v1/subjects/sub_1"));
        for other in
            ["/v1/subjects/", "/v1/subjects/..", "/v1/subjects/a/b", "/v1/subjects", "/v2/subjects/a", "//x"]
        {
            assert!(!fits("/v1/subjects/{id}", other), "{other}");
        }
    }
}
