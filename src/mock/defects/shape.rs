//! Defects of the refusal's shape: the lock holds, and says so in the wrong words.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::json;

use super::{Defect, defect};
use crate::contract::RefusalKind;
use crate::mock::edge::{Denial, Edge};
use crate::mock::message::{Answer, Content, Head};
use crate::mock::random::RequestId;

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect("401-without-challenge", "Sends 401 without a challenge.", without_challenge),
    defect("realm-unquoted", "Writes the realm of a challenge without quotes.", realm_unquoted),
    defect("challenge-empty", "Sends a challenge that is empty.", challenge_empty),
    defect("basic-challenge", "Offers Basic authentication, which it does not have.", basic_challenge),
    defect("407-instead-of-401", "Answers as a proxy that wants authentication.", proxy_status),
    defect("302-login", "Sends whoever asks for HTML without a key to a login page.", login_page),
    defect("text-plain-error", "Says that its problem details are plain text.", text_plain),
    defect("problem-status-lies", "Writes another status into the body than it sends.", status_lies),
    defect("type-random-per-request", "Makes a new problem type for every request.", type_random),
    defect("field-order-or-id-jitter", "Adds a part to refusals that changes undeclared.", jitter),
    defect("body-on-head", "Sends content in answer to HEAD.", body_on_head),
    defect("cacheable-error", "Lets caches keep its errors.", cacheable_error),
    defect("session-cookie-on-401", "Sets a cookie with its refusals.", session_cookie),
    defect("stack-trace-in-error", "Tells where in its code a request was refused.", stack_trace),
    defect("406-before-401", "Negotiates the format before it asks for a key.", not_acceptable_first),
    defect("ratelimit-garbage", "Sends rate limit fields that nobody can read.", ratelimit_garbage),
    defect("error-code-on-missing", "Blames a bearer token that was never sent.", error_code_on_missing),
    defect("wrong-bearer-error-code", "Mixes up the error codes of bearer tokens.", wrong_error_code),
];

/// Changes every denial after it was rendered.
fn retouch(edge: &mut Edge, touch: impl Fn(&Denial, &mut Answer) + Send + Sync + 'static) {
    let sound = Arc::clone(&edge.render);
    edge.render = Arc::new(move |rendering, denial, request| {
        let mut answer = sound(rendering, denial, request);
        touch(denial, &mut answer);
        answer
    });
}

/// Changes the challenges of every denial, one after the other; nothing takes one out.
fn retouch_challenge(edge: &mut Edge, touch: fn(&Denial, &str) -> Option<String>) {
    retouch(edge, move |denial, answer| {
        answer.fields.retain_mut(|(name, value)| {
            if !name.eq_ignore_ascii_case("www-authenticate") {
                return true;
            }
            let touched = touch(denial, value);
            let stays = touched.is_some();
            *value = Cow::Owned(touched.unwrap_or_default());
            stays
        });
    });
}

/// The framework's error type has a status and a message, and no fields.
fn without_challenge(edge: &mut Edge) {
    retouch_challenge(edge, |_, _| None);
}

/// The challenge is put together by hand.
fn realm_unquoted(edge: &mut Edge) {
    retouch_challenge(edge, |_, challenge| Some(challenge.replace('"', "")));
}

/// The scheme comes from a setting that is not set.
fn challenge_empty(edge: &mut Edge) {
    retouch_challenge(edge, |_, _| Some(String::new()));
}

/// A middleware that was meant for a console adds what it always adds, and browsers ask for passwords.
fn basic_challenge(edge: &mut Edge) {
    retouch(edge, |_, answer| {
        if answer.status == 401 {
            answer.fields.push(("WWW-Authenticate".into(), "Basic realm=\"console\"".into()));
        }
    });
}

/// The gateway's module was written for forward proxies.
fn proxy_status(edge: &mut Edge) {
    retouch(edge, |_, answer| {
        if answer.status == 401 {
            answer.status = 407;
            restate(answer, 407);
        }
    });
}

/// Writes a status into the body, if the body has one.
fn restate(answer: &mut Answer, status: u16) {
    if let Some(member) = answer.members().and_then(|members| members.get_mut("status")) {
        *member = json!(status);
    }
}

/// A console shares the host, and its login catches whoever looks like a browser.
fn login_page(edge: &mut Edge) {
    let sound = Arc::clone(&edge.render);
    edge.render = Arc::new(move |rendering, denial, request| {
        let browser = request.is_some_and(|it| accepts(it.head, &["text/html"]));
        if browser && *denial == Denial::Refused(RefusalKind::Missing) {
            return Answer::bare(302).with("Location", "/login");
        }
        sound(rendering, denial, request)
    });
}

/// The body is written as a string, and strings are plain text.
fn text_plain(edge: &mut Edge) {
    retouch(edge, |_, answer| {
        if let Content::Json { media_type, .. } = &mut answer.content {
            *media_type = "text/plain; charset=utf-8".into();
        }
    });
}

/// The body is a template that was copied from another error.
fn status_lies(edge: &mut Edge) {
    retouch(edge, |_, answer| restate(answer, 200));
}

/// The problem type is made to be unique, because it is called an identifier.
fn type_random(edge: &mut Edge) {
    retouch(edge, |_, answer| {
        if let Some(member) = answer.members().and_then(|members| members.get_mut("type")) {
            let kind = member.as_str().unwrap_or_default();
            *member = json!(format!("{kind}/{}", RequestId::fresh()));
        }
    });
}

/// Every layer adds a number of its own, and nobody documents them.
fn jitter(edge: &mut Edge) {
    retouch(edge, |_, answer| {
        if let Some(members) = answer.members() {
            members.insert("incident".to_owned(), json!(RequestId::fresh().to_string()));
        }
    });
}

/// HEAD is routed like GET and answered like GET.
fn body_on_head(edge: &mut Edge) {
    let sound = Arc::clone(&edge.finish);
    edge.finish = Arc::new(move |seal, answer| {
        sound(seal, answer);
        answer.withheld = false;
    });
}

/// A rule in front of the edge makes everything cacheable for a minute.
fn cacheable_error(edge: &mut Edge) {
    let sound = Arc::clone(&edge.finish);
    edge.finish = Arc::new(move |seal, answer| {
        sound(seal, answer);
        if answer.status >= 400 {
            answer.set("Cache-Control", "public, max-age=60");
        }
    });
}

/// The framework opens a session before the guard runs.
fn session_cookie(edge: &mut Edge) {
    retouch(edge, |_, answer| {
        if answer.status == 401 {
            let cookie = format!("session={}; Path=/; HttpOnly", RequestId::fresh());
            answer.fields.push(("Set-Cookie".into(), cookie.into()));
        }
    });
}

/// The server runs in the mode that is meant for development.
fn stack_trace(edge: &mut Edge) {
    const TRACE: &str =
        "Error: refused\n    at verifyKey (/srv/edge/auth.js:41:13)\n    at next (/srv/edge/chain.js:9:5)";
    retouch(edge, |_, answer| {
        if let Some(members) = answer.members() {
            members.insert("stack".to_owned(), json!(TRACE));
        }
    });
}

/// Content negotiation is the framework's own, and the framework comes before the guard.
fn not_acceptable_first(edge: &mut Edge) {
    super::order::first(edge, |request| {
        if accepts_json(request.head) {
            return Ok(());
        }
        let rendering = &request.site.server.rendering;
        let answer = rendering.error(406, "not_acceptable", "There is no such representation", "");
        Err(answer.into())
    });
}

/// The fields are written for people.
fn ratelimit_garbage(edge: &mut Edge) {
    let sound = Arc::clone(&edge.finish);
    edge.finish = Arc::new(move |seal, answer| {
        sound(seal, answer);
        answer.set("RateLimit", "plenty left");
    });
}

/// One challenge is used for everything that is wrong with a token (against RFC 6750 section 3.1).
fn error_code_on_missing(edge: &mut Edge) {
    retouch_challenge(edge, |denial, challenge| {
        let missing = *denial == Denial::Refused(RefusalKind::Missing) && bearer(challenge);
        let code = if missing { ", error=\"invalid_request\"" } else { "" };
        Some(format!("{challenge}{code}"))
    });
}

/// The codes were guessed from their names (against RFC 6750 section 3.1).
fn wrong_error_code(edge: &mut Edge) {
    retouch_challenge(edge, |_, challenge| {
        let swapped = challenge.replace("\"invalid_token\"", "\"invalid_request\"");
        Some(swapped.replace("\"insufficient_scope\"", "\"invalid_token\""))
    });
}

fn bearer(challenge: &str) -> bool {
    challenge.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer "))
}

/// Whether a request takes one of some media types (RFC 9110 section 12.5.1).
fn accepts(head: &Head, wanted: &[&str]) -> bool {
    let ranges = head.values("accept").flat_map(|value| value.split(|byte| *byte == b','));
    let ranges = ranges.map(|range| String::from_utf8_lossy(range).to_ascii_lowercase().replace(' ', ""));
    ranges.filter(|range| !range.ends_with(";q=0")).any(|range| {
        let media_type = range.split(';').next().unwrap_or_default();
        wanted.contains(&media_type)
    })
}

/// Whether a request takes JSON, in an error or otherwise.
fn accepts_json(head: &Head) -> bool {
    const JSON: [&str; 4] = ["*/*", "application/*", "application/json", "application/problem+json"];
    head.values("accept").next().is_none() || accepts(head, &JSON)
}
