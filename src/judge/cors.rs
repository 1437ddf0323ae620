//! What an answer tells a browser about the page that it is for, by the rules of Fetch ("CORS protocol").

use super::{Evidence, Judgement, Reading};
use crate::wire::{Answer, Request};

/// What an answer must tell a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CorsRequirement {
    /// The preflight lets the page go on (Fetch, "CORS-preflight fetch").
    Admits,
    /// The page may read the answer (Fetch, "CORS check").
    Shares,
    /// The page gets no permission.
    Forbids,
    /// The fields that a page may send are named: `*` stands for all but `Authorization` (Fetch, "CORS non-wildcard
    /// request-header name").
    NamesFields,
    /// Where the permission depends on the origin, the answer says so (Fetch, "CORS protocol and HTTP caches").
    Varies,
    /// This field is not among those that a page may read.
    HidesField(String),
    /// Neither this field nor `*` is among those that a page may send.
    DoesNotInvite(String),
}

const ALLOW_ORIGIN: &str = "access-control-allow-origin";

pub(super) fn judge(rule: &CorsRequirement, reading: &Reading<'_>, evidence: &Evidence<'_>) -> Judgement {
    let (answer, request) = (reading.answer, &evidence.exchange.request);
    match rule {
        CorsRequirement::Admits => admits(answer, request),
        CorsRequirement::Shares => {
            Judgement::new(permits(answer, request), format!("status {}, {}", answer.status, seen(answer)))
        }
        CorsRequirement::Forbids => Judgement::new(
            !permits(answer, request),
            format!("to the page of {}: {}", of(request), seen(answer)),
        ),
        CorsRequirement::NamesFields => {
            let fields = list(answer, "access-control-allow-headers");
            let shown = format!("Access-Control-Allow-Headers: {}", shown(&fields));
            Judgement::new(!has(&fields, "*"), shown)
        }
        CorsRequirement::Varies => varies(answer, evidence),
        CorsRequirement::DoesNotInvite(name) => {
            let fields = list(answer, "access-control-allow-headers");
            let shown = format!("Access-Control-Allow-Headers: {}", shown(&fields));
            Judgement::new(!has(&fields, name) && !has(&fields, "*"), shown)
        }
        CorsRequirement::HidesField(name) => {
            let fields = list(answer, "access-control-expose-headers");
            let shown = format!("Access-Control-Expose-Headers: {}", shown(&fields));
            Judgement::new(!has(&fields, name), shown)
        }
    }
}

/// All that a browser compares before it sends the request itself; the first that is wrong is told.
fn admits(answer: &Answer, request: &Request) -> Judgement {
    let status = answer.status;
    if !(200..300).contains(&status) {
        return Judgement::new(false, format!("status {status}, which ends a preflight"));
    }
    if !permits(answer, request) {
        return Judgement::new(false, format!("status {status}, {}", seen(answer)));
    }
    let methods = list(answer, "access-control-allow-methods");
    let wanted = asked(request, "access-control-request-method");
    let safe = |method: &&String| ["GET", "HEAD", "POST"].contains(&method.as_str());
    let refused = |method: &&String| !safe(method) && !methods.contains(method) && !has(&methods, "*");
    if let Some(method) = wanted.iter().find(refused) {
        let shown = shown(&methods);
        return Judgement::new(false, format!("Access-Control-Allow-Methods: {shown}, without {method}"));
    }
    let fields = list(answer, "access-control-allow-headers");
    let wanted = asked(request, "access-control-request-headers");
    let by_star = |name: &str| has(&fields, "*") && !name.eq_ignore_ascii_case("authorization");
    if let Some(name) = wanted.iter().find(|name| !has(&fields, name) && !by_star(name)) {
        let shown = shown(&fields);
        return Judgement::new(false, format!("Access-Control-Allow-Headers: {shown}, without {name}"));
    }
    Judgement::new(true, format!("status {status}, {}", seen(answer)))
}

/// Whether the page of a request may read an answer to it.
fn permits(answer: &Answer, request: &Request) -> bool {
    let origin = of(request);
    matches!(&*allowed(answer), [one] if one == "*" || *one == origin)
}

/// The two answers are compared as a cache would: by what they say of the page.
fn varies(answer: &Answer, evidence: &Evidence<'_>) -> Judgement {
    let Some(before) = evidence.earlier.last().and_then(|exchange| exchange.answer.as_ref()) else {
        return Judgement::new(true, "nothing to compare with");
    };
    if allowed(before) == allowed(answer) {
        return Judgement::new(true, format!("{} whatever the origin", seen(answer)));
    }
    let says = |answer: &Answer| {
        let fields = list(answer, "vary");
        has(&fields, "origin") || has(&fields, "*")
    };
    let silent = [before, answer].into_iter().find(|answer| !says(answer));
    match silent {
        None => Judgement::new(true, "Vary: Origin"),
        Some(one) => Judgement::new(
            false,
            format!("{} to one origin, {} to another, and Vary: {}", seen(before), seen(answer), {
                shown(&list(one, "vary"))
            }),
        ),
    }
}

/// Every value of the field that names the page which may read an answer.
fn allowed(answer: &Answer) -> Vec<String> {
    answer.header(ALLOW_ORIGIN).map(str::to_owned).collect()
}

fn seen(answer: &Answer) -> String {
    let origins = allowed(answer);
    if origins.is_empty() {
        return "no Access-Control-Allow-Origin".to_owned();
    }
    let credentials = answer.header("access-control-allow-credentials").next();
    let with = credentials.map(|value| format!(" with Access-Control-Allow-Credentials: {value}"));
    format!("Access-Control-Allow-Origin: {}{}", origins.join(", "), with.unwrap_or_default())
}

/// The origin that a request says it comes from.
fn of(request: &Request) -> String {
    asked(request, "origin").into_iter().next().unwrap_or_default()
}

/// The members of a list that a request sends.
fn asked(request: &Request, name: &str) -> Vec<String> {
    let lines = request.headers.iter().filter(|(other, _)| other.as_str() == name);
    lines.flat_map(|(_, value)| members(&String::from_utf8_lossy(value.as_bytes()))).collect()
}

/// The members of a list that an answer holds.
fn list(answer: &Answer, name: &str) -> Vec<String> {
    answer.header(name).flat_map(members).collect()
}

fn members(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|member| !member.is_empty()).map(str::to_owned).collect()
}

fn has(list: &[String], name: &str) -> bool {
    list.iter().any(|member| member.eq_ignore_ascii_case(name))
}

fn shown(list: &[String]) -> String {
    if list.is_empty() { "nothing".to_owned() } else { list.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, fields: &[(&str, &str)]) -> Answer {
        let headers = fields.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()));
        Answer { version: "HTTP/1.1", status, headers: headers.collect(), ..Answer::default() }
    }

    fn request(fields: &[(&'static str, &'static str)]) -> Request {
        let line = |(name, value): &(&'static str, &'static str)| {
            (http::HeaderName::from_static(name), http::HeaderValue::from_static(value))
        };
        Request {
            method: http::Method::OPTIONS,
            url: "http://127.0.0.1/".parse().unwrap(),
            target: "/".to_owned(),
            headers: fields.iter().map(line).collect(),
            body: None,
            key: None,
            script: None,
        }
    }

    const ORIGIN: (&str, &str) = ("origin", "https://a.example");
    const ALLOWED: (&str, &str) = (ALLOW_ORIGIN, "https://a.example");

    fn goes_on(status: u16, asked: &[(&'static str, &'static str)], told: &[(&str, &str)]) -> bool {
        let request = request(&[&[ORIGIN], asked].concat());
        let answer = answer(status, &[&[ALLOWED], told].concat());
        admits(&answer, &request).finding == super::super::Finding::Holds
    }

    #[test]
    fn a_preflight_lets_a_page_go_on_only_with_all_that_it_asked_for() {
        let asked =
            [("access-control-request-method", "DELETE"), ("access-control-request-headers", "x-key")];
        let methods = ("access-control-allow-methods", "GET, DELETE");
        let fields = ("access-control-allow-headers", "Content-Type, X-Key");
        assert!(goes_on(204, &asked, &[methods, fields]));
        assert!(!goes_on(401, &asked, &[methods, fields]));
        assert!(!goes_on(200, &asked, &[fields]));
        assert!(!goes_on(200, &asked, &[methods]));
        assert!(!goes_on(200, &asked, &[(ALLOW_ORIGIN, "*"), methods, fields]), "two origins are none");
        assert!(goes_on(200, &asked[1..], &[("access-control-allow-headers", "*")]));
    }

    #[test]
    fn a_star_does_not_stand_for_authorization() {
        let asked = [("access-control-request-headers", "authorization")];
        assert!(!goes_on(200, &asked, &[("access-control-allow-headers", "*")]));
        assert!(goes_on(200, &asked, &[("access-control-allow-headers", "*, Authorization")]));
    }

    #[test]
    fn a_page_is_permitted_by_its_own_origin_and_by_a_star_alone() {
        let permitted = |value| permits(&answer(200, &[(ALLOW_ORIGIN, value)]), &request(&[ORIGIN]));
        assert!(permitted("*") && permitted("https://a.example"));
        assert!(!permitted("https://b.example") && !permitted("https://a.example, https://b.example"));
        assert!(!permits(&answer(200, &[]), &request(&[ORIGIN])));
    }
}
