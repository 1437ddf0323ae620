//! Requirements on everything that was heard on a connection: which answers, when, and how it ended.

use std::fmt;

use super::{Evidence, Finding, Judgement, Reading, Requirement, describe_answer};
use crate::wire::{Answer, Heard, Oddity, Transcript};

/// What a conversation must be.
#[derive(Clone, Debug)]
pub enum ConversationRequirement {
    /// The final answers, one by one, and no more.
    Answers(Vec<Requirement>),
    /// The first answer came before any octet of its request's body was sent.
    BeforeBody,
    /// No interim answer came.
    NoInterim,
    /// The target ended the connection.
    Closes,
    /// Nothing came that belongs to no answer.
    NoSurplus,
    /// No more answers came than requests were sent.
    NoHiddenAnswer,
}

/// Judges a requirement on what was heard.
pub(super) fn judge(requirement: &ConversationRequirement, evidence: &Evidence<'_>) -> Judgement {
    let Some(transcript) = &evidence.exchange.transcript else {
        return Judgement::new(Finding::Unclear, "this was sent by a client that does not show it");
    };
    match requirement {
        ConversationRequirement::Answers(wanted) => answers(wanted, transcript, evidence),
        ConversationRequirement::BeforeBody => before_body(transcript),
        ConversationRequirement::NoInterim => no_interim(transcript),
        ConversationRequirement::Closes => {
            Judgement::new(transcript.ending.is_theirs(), transcript.ending.to_string())
        }
        ConversationRequirement::NoSurplus => no_surplus(transcript),
        ConversationRequirement::NoHiddenAnswer => no_hidden_answer(transcript),
    }
}

fn answers(wanted: &[Requirement], transcript: &Transcript, evidence: &Evidence<'_>) -> Judgement {
    let heard = &transcript.answers;
    // Whoever says that it closes processes nothing more on the connection (RFC 9112 section 9.6).
    let goodbye = |heard: &Heard| heard.answer.is_the_last();
    let said_goodbye = heard.len() < wanted.len() && heard.last().is_some_and(goodbye);
    if heard.len() != wanted.len() && !said_goodbye {
        let seen = format!("{}; {}", statuses(heard), transcript.ending);
        return Judgement::new(Finding::Broken, seen);
    }
    let judgements = (1..).zip(wanted).zip(heard).map(|((number, wanted), heard)| {
        let judgement = one(wanted, heard, evidence);
        Judgement { actual: format!("answer {number}: {}", judgement.actual), ..judgement }
    });
    let all: Vec<Judgement> = judgements.collect();
    let worst = all.iter().map(|judgement| judgement.finding).max().unwrap_or(Finding::Holds);
    let decisive = all.into_iter().find(|judgement| judgement.finding == worst);
    match decisive {
        Some(judgement) if worst > Finding::Holds => judgement,
        _ => Judgement::new(Finding::Holds, statuses(heard)),
    }
}

fn one(wanted: &Requirement, heard: &Heard, evidence: &Evidence<'_>) -> Judgement {
    if !heard.is_complete() {
        let answer = &heard.answer;
        let seen = if answer.status == 0 { "no answer".to_owned() } else { describe_answer(answer) };
        let seen = format!("{seen}: incomplete");
        return Judgement::new(Finding::Unclear, seen);
    }
    let reading = Reading::of(&heard.answer);
    if let Some(why) = evidence.recogniser.throttled(&heard.answer) {
        return Judgement::new(Finding::Unclear, why);
    }
    wanted.judge(&reading, evidence)
}

fn before_body(transcript: &Transcript) -> Judgement {
    let sent = transcript.answers.first().map_or(0, |heard| heard.body_sent);
    let seen = match sent {
        0 => "answered before the body".to_owned(),
        1 => "answered only after 1 octet of the body".to_owned(),
        sent => format!("answered only after {sent} octets of the body"),
    };
    Judgement::new(sent == 0, seen)
}

fn no_interim(transcript: &Transcript) -> Judgement {
    let first = transcript.answers.iter().flat_map(|heard| &heard.interim).next();
    match first {
        None => Judgement::new(Finding::Holds, "no interim answer"),
        Some(interim) => Judgement::new(Finding::Broken, format!("the interim answer {}", interim.status)),
    }
}

fn no_surplus(transcript: &Transcript) -> Judgement {
    let forbidden = |heard: &&Heard| heard.oddities.contains(&Oddity::ContentForbidden);
    let forbidden: usize =
        transcript.answers.iter().filter(forbidden).map(|heard| heard.answer.body.len()).sum();
    let count = transcript.surplus.len() + forbidden;
    Judgement::new(count == 0, format!("{count} bytes that belong to no answer"))
}

fn no_hidden_answer(transcript: &Transcript) -> Judgement {
    let (asked, heard) = (transcript.requests, &transcript.answers);
    let seen = format!("{} to {asked} {}", statuses(heard), if asked == 1 { "request" } else { "requests" });
    Judgement::new(heard.len() <= asked, seen)
}

/// The answers in a few words.
fn statuses(heard: &[Heard]) -> String {
    let code = |answer: &Answer| match (answer.status, answer.cut) {
        (0, Some(cut)) => cut.to_string(),
        (0, None) => "none".to_owned(),
        (status, _) => status.to_string(),
    };
    let codes: Vec<_> = heard.iter().map(|heard| code(&heard.answer)).collect();
    match codes.as_slice() {
        [] => "no answer".to_owned(),
        [only] => format!("1 answer: {only}"),
        many => format!("{} answers: {}", many.len(), many.join(", ")),
    }
}

impl fmt::Display for ConversationRequirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answers(wanted) => {
                let wanted: Vec<_> = (1..).zip(wanted).map(|(at, one)| format!("({at}) {one}")).collect();
                write!(f, "exactly these answers: {}", wanted.join(", "))
            }
            Self::BeforeBody => f.write_str("an answer before the body"),
            Self::NoInterim => f.write_str("no interim answer"),
            Self::Closes => f.write_str("the end of the connection"),
            Self::NoSurplus => f.write_str("no bytes behind the answers"),
            Self::NoHiddenAnswer => f.write_str("no more answers than requests"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use super::*;
    use crate::contract::{Acceptance, Contract, RefusalKind};
    use crate::judge::{self, Recogniser, Sight, Volatile, sight};
    use crate::redact::Redactor;
    use crate::wire::{Answer, Ending, Exchange, Request, Timing};

    fn contract() -> Contract {
        serde_json::from_value(serde_json::json!({
            "lockproof": 1,
            "api": "a",
            "environments": { "only": { "base_url": "http://127.0.0.1" } },
            "authentication": { "carrier": { "header": "X-API-Key" } },
            "services": { "s": { "operations": {
                "o": { "method": "GET", "path": "/", "accepted": { "status": 200 } }
            } } },
            "credentials": { "c": { "key": { "env": "K" }, "allows": ["s"] } },
            "refusals": { "missing": { "status": 401 } },
        }))
        .unwrap()
    }

    fn heard(status: u16, body_sent: u64) -> Heard {
        let answer = Answer { version: "HTTP/1.1", status, ..Answer::default() };
        Heard { answer, body_sent, done_at: Some(Duration::ZERO), ..Heard::default() }
    }

    fn transcript(requests: usize, answers: Vec<Heard>, ending: Ending) -> Transcript {
        let (surplus, oddities, frames) = (Vec::new(), BTreeSet::new(), Vec::new());
        Transcript { requests, answers, surplus, oddities, ending, frames }
    }

    /// What a requirement comes to, and whether something was wrongly accepted.
    fn judged(rule: ConversationRequirement, transcript: Transcript) -> (Finding, String, bool) {
        let contract = contract();
        let accepted: Acceptance = serde_json::from_value(serde_json::json!({ "status": 200 })).unwrap();
        let request = Request {
            method: http::Method::GET,
            url: "http://127.0.0.1/".parse().unwrap(),
            target: "/".to_owned(),
            headers: Vec::new(),
            body: None,
            key: None,
            script: None,
        };
        let exchange = Exchange {
            request,
            answer: transcript.answers.first().map(|heard| heard.answer.clone()),
            failure: None,
            timing: Timing::default(),
            transcript: Some(transcript),
            behind: None,
        };
        let evidence = Evidence {
            exchange: &exchange,
            recogniser: &Recogniser::new(&contract, &accepted),
            earlier: &[],
            redactor: &Redactor::default(),
            volatile: &Volatile::of(&contract),
        };
        let requirement = Requirement::Conversation(rule);
        let judgement = judge::judge(&requirement, &evidence);
        (judgement.finding, judgement.actual, sight(&requirement, &evidence) == Sight::Accepted)
    }

    fn accepted_then_refused() -> ConversationRequirement {
        let refused = Requirement::Refusal(RefusalKind::Missing);
        ConversationRequirement::Answers(vec![Requirement::Acceptance, refused])
    }

    #[test]
    fn answers_are_judged_one_by_one_and_counted() {
        let judge = |statuses: &[u16]| {
            let answers = statuses.iter().map(|status| heard(*status, 0)).collect();
            judged(accepted_then_refused(), transcript(2, answers, Ending::Closed))
        };
        assert_eq!(judge(&[200, 401]), (Finding::Holds, "2 answers: 200, 401".to_owned(), false));
        let (finding, actual, wrongly) = judge(&[200, 200]);
        assert_eq!((finding, wrongly), (Finding::Broken, true));
        assert!(actual.starts_with("answer 2: status 200"), "{actual}");
        let (finding, actual, wrongly) = judge(&[200]);
        assert_eq!((finding, wrongly), (Finding::Broken, false));
        assert_eq!(actual, "1 answer: 200; the target closed the connection");
        assert_eq!(judge(&[200, 401, 200]).0, Finding::Broken);
    }

    #[test]
    fn a_target_that_says_that_it_closes_owes_no_further_answer() {
        let judge = |status| {
            let mut last = heard(status, 0);
            last.answer.headers.push(("connection".to_owned(), b"Close".to_vec()));
            judged(accepted_then_refused(), transcript(2, vec![last], Ending::Closed)).0
        };
        assert_eq!((judge(200), judge(401)), (Finding::Holds, Finding::Broken));
    }

    #[test]
    fn in_http_1_0_closing_is_said_by_saying_nothing() {
        let judge = |fields: &[(&str, &[u8])]| {
            let mut last = heard(200, 0);
            last.answer.version = "HTTP/1.0";
            last.answer.headers =
                fields.iter().map(|(name, value)| ((*name).to_owned(), value.to_vec())).collect();
            judged(accepted_then_refused(), transcript(2, vec![last], Ending::Closed)).0
        };
        assert_eq!(judge(&[]), Finding::Holds);
        assert_eq!(judge(&[("connection", b"keep-alive")]), Finding::Broken);
    }

    #[test]
    fn an_answer_that_did_not_come_whole_leaves_it_open() {
        let torn = Heard { done_at: None, ..heard(401, 0) };
        let answers = vec![heard(200, 0), torn];
        let seen = judged(accepted_then_refused(), transcript(2, answers, Ending::Reset));
        assert_eq!(seen.0, Finding::Unclear);
    }

    #[test]
    fn an_answer_behind_the_body_is_not_one_before_it() {
        let judge = |sent| {
            let rule = ConversationRequirement::BeforeBody;
            judged(rule, transcript(1, vec![heard(401, sent)], Ending::Closed))
        };
        assert_eq!(judge(0).0, Finding::Holds);
        assert_eq!((judge(1).0, &*judge(9).1), (Finding::Broken, "answered only after 9 octets of the body"));
    }

    #[test]
    fn an_interim_answer_is_seen() {
        let interim = vec![Answer { status: 100, ..Answer::default() }];
        let asked = Heard { interim, ..heard(401, 0) };
        let judge =
            |heard| judged(ConversationRequirement::NoInterim, transcript(1, vec![heard], Ending::Open));
        assert_eq!((judge(heard(401, 0)).0, judge(asked).0), (Finding::Holds, Finding::Broken));
    }

    #[test]
    fn an_answer_to_a_hidden_request_is_seen() {
        let judge =
            |answers| judged(ConversationRequirement::NoHiddenAnswer, transcript(1, answers, Ending::Closed));
        assert_eq!(judge(vec![heard(401, 0)]).0, Finding::Holds);
        let (finding, actual, wrongly) = judge(vec![heard(401, 0), heard(200, 0)]);
        assert_eq!((finding, wrongly), (Finding::Broken, true));
        assert_eq!(actual, "2 answers: 401, 200 to 1 request");
    }

    #[test]
    fn a_connection_ends_where_the_other_side_ends_it() {
        let judge =
            |ending| judged(ConversationRequirement::Closes, transcript(1, vec![heard(400, 0)], ending)).0;
        assert_eq!([judge(Ending::Closed), judge(Ending::Reset)], [Finding::Holds; 2]);
        assert_eq!([judge(Ending::Open), judge(Ending::TooMuch)], [Finding::Broken; 2]);
    }

    #[test]
    fn bytes_behind_the_answers_are_seen_wherever_they_were_put() {
        let judge = |transcript| judged(ConversationRequirement::NoSurplus, transcript).0;
        let sound = transcript(1, vec![heard(401, 0)], Ending::Open);
        assert_eq!(judge(sound.clone()), Finding::Holds);
        assert_eq!(judge(Transcript { surplus: b"x".to_vec(), ..sound.clone() }), Finding::Broken);
        let mut content = sound;
        content.answers[0].answer.body = b"x".to_vec();
        content.answers[0].oddities.insert(Oddity::ContentForbidden);
        assert_eq!(judge(content), Finding::Broken);
    }
}
