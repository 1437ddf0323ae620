//! From what happened to what is reported: everything is redacted here, on its way in.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::judge::{Finding, Recognised, Recogniser, Sight, decoded};
use crate::outcome::{self, Answered, CaseResult, Redacted, Verdict};
use crate::plan::Case;
use crate::redact::Redactor;
use crate::scenario::Severity;
use crate::wire::{Answer, Arrival, Exchange, Extent, Heard, Request, Script, Transcript};

use super::carry::{Carried, Decided};
use super::reproduce;
use super::{Job, Shown};

/// Bytes of a body that a report keeps.
const KEPT_BODY: usize = 4096;
/// Bytes of a body that are redacted for a report: many times more than is kept.
const LOOKED_AT: usize = 16 * KEPT_BODY;
/// Bytes of header lines that a report keeps.
const KEPT_HEAD: usize = 8192;
/// Bytes that a report says of what was seen: an answer may quote itself there.
const KEPT_WORDS: usize = 2048;

/// A case that was carried out.
pub(super) fn case(job: &Job, case: &Case, carried: Carried, took: Duration) -> CaseResult {
    let redactor = &job.redactor;
    let step = match carried.decided {
        Decided::Twin => case.twin.as_ref(),
        Decided::Unmeasurable => None,
        Decided::Step(at) => case.work.as_ref().ok().and_then(|steps| steps.get(at)),
    };
    let required = || step.map(|step| step.requirement.to_string()).unwrap_or_default();
    let expected = carried.expected.clone().unwrap_or_else(required);
    let not_sent = carried.exchange.as_ref().is_some_and(Exchange::was_not_sent);
    let verdict = if not_sent { Verdict::Skip } else { verdict(&carried, case.scenario.severity) };
    if verdict == Verdict::Pass && job.settings.shown == Shown::Findings {
        return CaseResult { verdict, duration_us: micros(took), ..blank(case, redactor) };
    }
    let reproduce = match (&carried.exchange, step) {
        (Some(_), _) if case.is_steered() || job.upstream.is_some() => {
            Some(redactor.redact(&reproduce::again(case)))
        }
        (Some(exchange), Some(step)) => {
            Some(redactor.redact(&reproduce::line(exchange, &step.draft, job, case)))
        }
        _ => None,
    };
    CaseResult {
        verdict,
        expected: redactor.redact(&expected),
        actual: redactor.redact(&carried.actual).truncated(KEPT_WORDS),
        reproduce,
        answered: carried.exchange.as_ref().and_then(|exchange| answered(job, case, exchange)),
        exchange: carried.exchange.map(|one| exchange(&one, redactor)),
        duration_us: micros(took),
        ..blank(case, redactor)
    }
}

/// What the contract takes an answer for; nothing where not all of it came.
fn answered(job: &Job, case: &Case, exchange: &Exchange) -> Option<Answered> {
    let answer = exchange.answer.as_ref().filter(|_| exchange.failure.is_none())?;
    let recogniser = Recogniser::new(&job.contract, &case.operation.operation.accepted);
    Some(match recogniser.recognise_answer(answer) {
        Recognised::Acceptance => Answered::Acceptance,
        Recognised::Refusal(_) => Answered::Refusal,
        Recognised::Neither => Answered::Neither,
    })
}

/// A case that does not apply.
pub(super) fn skipped(case: &Case, why: &str, redactor: &Redactor) -> CaseResult {
    CaseResult { verdict: Verdict::Skip, actual: redactor.redact(why), ..blank(case, redactor) }
}

/// A case of which nothing can be said.
pub(super) fn unjudged(case: &Case, why: &str, redactor: &Redactor) -> CaseResult {
    CaseResult { verdict: Verdict::Inconclusive, actual: redactor.redact(why), ..blank(case, redactor) }
}

/// A case on which we ourselves broke.
pub(super) fn broke(case: &Case, left: &[String], redactor: &Redactor) -> CaseResult {
    let left: String = left.iter().flat_map(|what| ["; not taken back: ", what]).collect();
    let why = format!("Lockproof itself broke on this case; please report it{left}");
    CaseResult { verdict: Verdict::Error, actual: redactor.redact(&why), ..blank(case, redactor) }
}

/// Takes a judgement back.
pub(super) fn withdraw(result: &mut CaseResult, why: &str, redactor: &Redactor) {
    let text = format!("{why}; seen before that was known: {}", result.actual);
    result.verdict = Verdict::Inconclusive;
    result.actual = redactor.redact(&text);
}

/// What it means for a check of a severity that a case came to this.
fn verdict(carried: &Carried, severity: Severity) -> Verdict {
    match (carried.finding, severity) {
        // What is merely worth knowing leaves a run as it is, and what was not seen is not known.
        (_, Severity::Info) if carried.decided == Decided::Twin => Verdict::Skip,
        _ if carried.decided == Decided::Unmeasurable => Verdict::Skip,
        // An open lock is more than worth knowing, whatever was looked for.
        (Finding::Broken, Severity::Info) if opened_without_key(carried) => Verdict::Fail,
        (Finding::Holds, _) | (Finding::Broken | Finding::Unclear, Severity::Info) => Verdict::Pass,
        (Finding::Broken, Severity::Must) => Verdict::Fail,
        (Finding::Broken, Severity::Should) => Verdict::Warn,
        (Finding::Unclear, Severity::Must | Severity::Should) => Verdict::Inconclusive,
    }
}

/// Whether something was accepted that was not to be, and no key was sent for it.
fn opened_without_key(carried: &Carried) -> bool {
    let keyless = carried.exchange.as_ref().is_some_and(|exchange| exchange.request.key.is_none());
    keyless && carried.sight == Sight::Accepted
}

fn blank(case: &Case, redactor: &Redactor) -> CaseResult {
    let scenario = &case.scenario;
    CaseResult {
        id: case.id.clone(),
        check: scenario.id.to_string(),
        family: scenario.family.clone(),
        severity: scenario.severity,
        environment: case.environment.clone(),
        operation: case.operation.id.to_string(),
        credential: case.credential.clone(),
        variant: case.variant.clone(),
        expects: case.expects,
        verdict: Verdict::Error,
        answered: None,
        explained_by: None,
        requirement: redactor.redact(&scenario.title),
        expected: Redacted::default(),
        actual: Redacted::default(),
        reproduce: None,
        exchange: None,
        duration_us: 0,
        file: None,
    }
}

/// An exchange as evidence.
pub fn exchange(exchange: &Exchange, redactor: &Redactor) -> outcome::Exchange {
    let timing = exchange.timing;
    outcome::Exchange {
        sent: sent(&exchange.request, redactor),
        conversation: exchange.transcript.as_ref().map(|transcript| conversation(transcript, redactor)),
        received: exchange.answer.as_ref().map(|answer| received(answer, redactor)),
        problem: exchange.failure.as_ref().map(|failure| redactor.redact(&failure.to_string())),
        behind: exchange
            .behind
            .iter()
            .flat_map(|behind| &behind.arrivals)
            .map(|it| arrived(it, redactor))
            .collect(),
        timing: outcome::Timing {
            connect_us: timing.connect.map(micros),
            first_byte_us: timing.first_byte.map(micros),
            last_byte_us: timing.last_byte.map(micros),
        },
    }
}

/// A request that arrived behind the target.
fn arrived(arrival: &Arrival, redactor: &Redactor) -> outcome::Arrived {
    let lines = arrival.headers.iter().map(|(name, value)| (name.as_str(), &**value));
    outcome::Arrived {
        place: redactor.redact(&arrival.authority),
        method: redactor.redact(&arrival.method),
        target: redactor.redact(&arrival.target),
        headers: headers(lines, redactor),
        bytes: arrival.bytes.len(),
        complete: arrival.extent == Extent::Whole,
    }
}

/// Where a request really went: an address would tidy its target up.
fn address(request: &Request) -> String {
    if request.is_plain() {
        return request.url.to_string();
    }
    format!("{}://{}{}", request.url.scheme(), request.url.authority(), request.target)
}

/// All that was heard on a connection.
fn conversation(transcript: &Transcript, redactor: &Redactor) -> outcome::Conversation {
    let odd = transcript.answers.iter().flat_map(|heard| &heard.oddities).chain(&transcript.oddities);
    let odd: BTreeSet<_> = odd.copied().collect();
    outcome::Conversation {
        requests: transcript.requests,
        answers: transcript.answers.iter().map(|heard| heard_answer(heard, redactor)).collect(),
        surplus: excerpt(&transcript.surplus, redactor),
        odd: odd.iter().map(ToString::to_string).collect(),
        ending: transcript.ending.to_string(),
        frames: transcript.frames.clone(),
    }
}

fn heard_answer(heard: &Heard, redactor: &Redactor) -> outcome::HeardAnswer {
    outcome::HeardAnswer {
        received: received(&heard.answer, redactor),
        interim: heard.interim.iter().map(|answer| answer.status).collect(),
        body_octets_sent: heard.body_sent,
        head_us: micros(heard.head_at),
        complete: heard.is_complete(),
    }
}

fn sent(request: &Request, redactor: &Redactor) -> outcome::Sent {
    let lines = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let host = [("host", request.url.authority().as_bytes())];
    // What was said to the byte is shown as it was said, and not as a request that was never sent.
    let said = request.script.as_ref().map(Script::text);
    let body = said.as_deref().or(request.body.as_deref());
    let lines = host.into_iter().chain(lines).filter(|_| said.is_none());
    outcome::Sent {
        method: redactor.redact(request.method.as_str()),
        url: redactor.redact(&address(request)),
        headers: headers(lines, redactor),
        body: body
            .filter(|body| said.is_some() || std::str::from_utf8(body).is_ok())
            .map(|body| excerpt(body, redactor)),
        body_bytes: body.map_or(0, <[u8]>::len),
    }
}

fn received(answer: &Answer, redactor: &Redactor) -> outcome::Received {
    let lines = answer.headers.iter().map(|(name, value)| (name.as_str(), &**value));
    outcome::Received {
        version: answer.version.to_owned(),
        status: answer.status,
        headers: headers(lines, redactor),
        body: body(answer, redactor),
        body_bytes: answer.body.len(),
        truncated: answer.truncated,
        cut: answer.cut.map(|cut| cut.to_string()),
    }
}

/// The body, legible: a key in a compressed text would be found by nobody, and the text be read by nobody.
fn body(answer: &Answer, redactor: &Redactor) -> Redacted {
    match decoded(answer) {
        Ok(body) => excerpt(&body, redactor),
        Err(why) => redactor.redact(&format!("({why})")),
    }
}

/// As many header lines as a report keeps, and how many more there were.
fn headers<'a>(
    lines: impl Iterator<Item = (&'a str, &'a [u8])>,
    redactor: &Redactor,
) -> Vec<(Redacted, Redacted)> {
    let (mut kept, mut room, mut more) = (Vec::new(), KEPT_HEAD, 0_usize);
    for (name, value) in lines {
        match room.checked_sub(name.len() + value.len()) {
            Some(rest) => {
                room = rest;
                kept.push((redactor.redact(name), redactor.redact_bytes(value)));
            }
            None => more += 1,
        }
    }
    if more > 0 {
        kept.push((Redacted::fixed("..."), redactor.redact(&format!("{more} more, too long to be kept"))));
    }
    kept
}

/// As much of a body as a report keeps: redacted, then cut, so that a cut cannot hide half a key.
fn excerpt(body: &[u8], redactor: &Redactor) -> Redacted {
    redactor.redact_bytes(body.get(..LOOKED_AT).unwrap_or(body)).truncated(KEPT_BODY)
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::wire::Timing;

    fn carried(key: Option<&str>, sight: Sight) -> Carried {
        let request = Request { key: key.map(str::to_owned), ..Request::bare(Method::GET, "http://x/") };
        let exchange = Exchange {
            request,
            answer: None,
            failure: None,
            timing: Timing::default(),
            transcript: None,
            behind: None,
        };
        let (actual, decided, expected) = (String::new(), Decided::Step(0), None);
        Carried { finding: Finding::Broken, actual, exchange: Some(exchange), decided, sight, expected }
    }

    #[test]
    fn a_lock_that_opens_without_a_key_fails_a_check_of_what_is_merely_worth_knowing() {
        let info = |key, sight| verdict(&carried(key, sight), Severity::Info);
        assert_eq!(info(None, Sight::Accepted), Verdict::Fail);
        assert_eq!(info(None, Sight::Other), Verdict::Pass);
        assert_eq!(info(Some("a key"), Sight::Accepted), Verdict::Pass);
        assert_eq!(verdict(&carried(Some("a key"), Sight::Accepted), Severity::Must), Verdict::Fail);
    }
}
