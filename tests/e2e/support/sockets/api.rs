//! The guard, which sees heads alone, and what is behind it.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::Fault;
use super::credentials::{self, Credential};
use super::head::Head;
use super::reply::{Reply, reason};

/// The operations: method, path, service, name. The last segment in braces is any one segment.
const OPERATIONS: [(&str, &str, &str, &str); 12] = [
    ("POST", "/v1/ekyc/ocr", "ekyc", "ocr"),
    ("POST", "/v1/ekyc/ocr-batch", "ekyc", "ocr-batch"),
    ("POST", "/v1/ekyc/face-compare", "ekyc", "face-compare"),
    ("POST", "/v1/ekyc/liveness", "ekyc", "liveness"),
    ("GET", "/v1/ekyc/usage", "ekyc", "usage"),
    ("POST", "/v1/abis/subjects", "abis", "enroll"),
    ("POST", "/v1/abis/verify", "abis", "verify"),
    ("POST", "/v1/abis/identify", "abis", "identify"),
    ("GET", "/v1/abis/subjects/{subject}", "abis", "subject"),
    ("DELETE", "/v1/abis/subjects/{subject}", "abis", "delete"),
    ("DELETE", "/v1/admin/tokens", "admin", "revoke-token"),
    ("POST", "/v1/admin/tokens", "admin", "mint-token"),
];

/// The body and the answer of what was done, by the application, the operation and the idempotency key.
type Done = HashMap<(&'static str, &'static str, String), (Vec<u8>, Reply)>;

/// One environment of the API.
pub(super) struct Api {
    environment: &'static str,
    fault: Option<Fault>,
    credentials: Vec<Credential>,
    /// The application of each subject, by its number; nobody's where it is gone.
    subjects: Mutex<Vec<Option<&'static str>>>,
    done: Mutex<Done>,
    answers: AtomicUsize,
}

/// What a connection remembers of whom it let in. Nothing, in a sound server.
#[derive(Default)]
pub(super) struct Entry(Option<usize>);

/// Leave to be answered.
pub(super) struct Pass {
    operation: &'static str,
    application: &'static str,
    /// The last segment of the path.
    subject: String,
    /// The idempotency key.
    once: Option<String>,
}

impl Api {
    pub(super) fn new(environment: &'static str, fault: Option<Fault>) -> Self {
        let credentials = credentials::all();
        let (subjects, done, answers) = (Mutex::default(), Mutex::default(), AtomicUsize::new(0));
        Self { environment, fault, credentials, subjects, done, answers }
    }

    pub(super) fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// The guard: leave to be answered, or the refusal.
    pub(super) fn enter(&self, head: &Head, entry: &mut Entry) -> Result<Pass, Reply> {
        let pass = |operation, application| Pass {
            operation,
            application,
            subject: last_segment(head),
            once: head.all("idempotency-key").first().map(|key| String::from_utf8_lossy(key).into_owned()),
        };
        if head.path == "/healthz" && ["GET", "HEAD"].contains(&&*head.method) {
            return Ok(pass("healthz", ""));
        }
        let guarded = !self.lets_through(head);
        let credential = if guarded { Some(self.credential(head, entry)?) } else { None };
        let key = credential.map(|credential| credential.key);
        let path =
            if self.has(Fault::SlashesMergedBehindTheGuard) { merged(&head.path) } else { head.path.clone() };
        let offered: Vec<_> = OPERATIONS.iter().filter(|(_, known, ..)| matches(known, &path)).collect();
        if offered.is_empty() {
            return Err(self.refuse(404, key));
        }
        let method = if head.method == "HEAD" { "GET" } else { &*head.method };
        let Some((_, _, service, operation)) = offered.iter().find(|(known, ..)| *known == method) else {
            let methods: Vec<_> = offered.iter().map(|(method, ..)| *method).collect();
            return Err(self.refuse(405, key).with("Allow", methods.join(", ")));
        };
        match credential {
            Some(credential) if !credential.may(service, operation) => Err(self.refuse(403, key)),
            credential => Ok(pass(operation, credential.map_or("acme", |credential| credential.application))),
        }
    }

    /// What a faulty guard does not guard.
    fn lets_through(&self, head: &Head) -> bool {
        let at_home = head.all("x-forwarded-for").contains(&&b"127.0.0.1"[..]);
        self.has(Fault::HeadUnguarded) && head.method == "HEAD"
            || self.has(Fault::ForwardedForTrusted) && at_home
            || self.has(Fault::SlashesMergedBehindTheGuard) && head.path.contains("//")
    }

    /// Whose key it is, or the refusal.
    fn credential(&self, head: &Head, entry: &mut Entry) -> Result<&Credential, Reply> {
        let kept = head.has_word("connection", "keep-alive") && self.has(Fault::KeyKeptWithConnection);
        let remembered = entry.0.filter(|_| kept);
        let key = match head.all("x-api-key")[..] {
            [] => match remembered {
                Some(at) => return Ok(&self.credentials[at]),
                None => return Err(self.refuse(401, None)),
            },
            [key] => key,
            [first, ..] if self.has(Fault::FirstKeyDecides) => first,
            [..] => return Err(self.refuse(401, Some(""))),
        };
        let shown = String::from_utf8_lossy(key).into_owned();
        let invalid = || self.refuse(401, Some(&shown));
        let same = |known: &[u8]| match self.fault {
            Some(Fault::LettersOfEitherCase) => known.eq_ignore_ascii_case(key),
            _ => known == key,
        };
        let found = self.credentials.iter().position(|credential| same(credential.key.as_bytes()));
        let credential = &self.credentials[found.ok_or_else(invalid)?];
        let forgiven = credential.state == Some("expired") && self.has(Fault::ExpiryIgnored);
        if credential.state.is_some() && !forgiven {
            return Err(invalid());
        }
        if !credential.is_for(self.environment) {
            return Err(self.refuse(403, Some(&shown)));
        }
        entry.0 = found;
        Ok(credential)
    }

    /// What is behind the guard; what is created for an idempotency key is created once.
    pub(super) fn answer(&self, pass: &Pass, body: &[u8]) -> Reply {
        let Some(key) = pass.once.clone().filter(|_| ["enroll", "mint-token"].contains(&pass.operation))
        else {
            return self.work(pass, body);
        };
        let mut done = self.done.lock().unwrap();
        let place = (pass.application, pass.operation, key);
        if let Some((first, reply)) = done.get(&place) {
            return if first == body { reply.clone() } else { self.refuse(422, None) };
        }
        let reply = self.work(pass, body);
        if reply.status() == 201 {
            done.insert(place, (body.to_vec(), reply.clone()));
        }
        reply
    }

    fn work(&self, pass: &Pass, body: &[u8]) -> Reply {
        let posts =
            OPERATIONS.iter().any(|(method, _, _, name)| *method == "POST" && *name == pass.operation);
        if posts && !serde_json::from_slice::<Value>(body).is_ok_and(|body| body.is_object()) {
            return self.refuse(400, None);
        }
        let mut subjects = self.subjects.lock().unwrap();
        let number = pass.subject.strip_prefix("sub_").and_then(|number| number.parse::<usize>().ok());
        let own = number.filter(|number| subjects.get(*number) == Some(&Some(pass.application)));
        let (status, body) = match (pass.operation, own) {
            ("healthz", _) => (200, json!({ "status": "ok" })),
            ("ocr", _) => (200, json!({ "result": { "document_number": "P0000001" } })),
            ("ocr-batch", _) => (200, json!({ "results": [] })),
            ("face-compare", _) => (200, json!({ "result": { "similarity": 0.5 } })),
            ("liveness", _) => (200, json!({ "result": { "live": false } })),
            ("usage", _) => (200, json!({ "usage": { "requests": self.answers.load(Ordering::Relaxed) } })),
            ("enroll", _) => {
                subjects.push(Some(pass.application));
                (201, json!({ "subject": { "id": format!("sub_{}", subjects.len() - 1) } }))
            }
            ("verify", _) => (200, json!({ "verification": { "score": 0.5 } })),
            ("identify", _) => (200, json!({ "identification": { "candidates": [] } })),
            ("revoke-token", _) => (200, json!({ "revoked": true })),
            ("mint-token", _) => (201, json!({ "token": { "value": "a token" } })),
            ("subject", Some(number)) => {
                let body = json!({ "subject": { "id": pass.subject } });
                let reply = self.numbered(Reply::json(200, "application/json", &body));
                return reply.with("ETag", format!("\"{number}\""));
            }
            ("delete", Some(number)) => {
                subjects[number] = None;
                (200, json!({ "deleted": true }))
            }
            _ => return self.refuse(404, None),
        };
        self.numbered(Reply::json(status, "application/json", &body))
    }

    /// A refusal; with the key, if there was one, that was refused.
    pub(super) fn refuse(&self, status: u16, key: Option<&str>) -> Reply {
        let code = match (status, key) {
            (401, None) => "missing_api_key",
            (401, Some(_)) => "invalid_api_key",
            (403, _) => "insufficient_permissions",
            (404, _) => "not_found",
            (405, _) => "method_not_allowed",
            _ => "malformed_request",
        };
        let kind = format!("https://errors.example/{code}");
        let mut body = json!({ "type": kind, "title": reason(status), "status": status, "code": code });
        if let Some(key) = key.filter(|_| self.has(Fault::KeyRepeated)) {
            body["detail"] = format!("not with {key}").into();
        }
        let reply = self.numbered(Reply::json(status, "application/problem+json", &body));
        let challenged = status == 401 && !self.has(Fault::NoChallenge);
        if challenged { reply.with("WWW-Authenticate", "ApiKey realm=\"sockets\"") } else { reply }
    }

    fn numbered(&self, reply: Reply) -> Reply {
        let number = self.answers.fetch_add(1, Ordering::Relaxed);
        reply.with("X-Request-Id", format!("{number}"))
    }
}

fn last_segment(head: &Head) -> String {
    head.path.rsplit('/').next().unwrap_or_default().to_owned()
}

/// A path with one slash where there are several.
fn merged(path: &str) -> String {
    let segments: Vec<_> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    format!("/{}", segments.join("/"))
}

/// Whether a path is the one of an operation: octet for octet, but for the segment in braces.
fn matches(known: &str, path: &str) -> bool {
    match known.split_once('{') {
        None => known == path,
        Some((folder, _)) => {
            path.strip_prefix(folder).is_some_and(|name| !name.is_empty() && !name.contains('/'))
        }
    }
}
