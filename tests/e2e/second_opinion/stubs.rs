//! The reference contract, implemented once more: the edge and what is behind it in one function.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use wiremock::{Request, Respond, ResponseTemplate};

/// The text of the contract: nothing but the keys is taken from it.
const CONTRACT: &str = include_str!("../../../fixtures/reference/lockproof.yaml");

/// Which of the two environments is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Environment {
    Sandbox,
    Production,
}

/// One thing that the implementation does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    MissingKeyAccepted,
    ExpiryIgnored,
    PermissionsIgnored,
    BodyParsedFirst,
    KeyRepeated,
    MalformedKeyAccepted,
}

/// The implementation, for one environment.
pub(crate) struct Implementation {
    environment: Environment,
    fault: Option<Fault>,
    /// The name of a key's credential.
    keys: HashMap<String, String>,
    /// The application that each subject belongs to.
    subjects: Mutex<HashMap<String, &'static str>>,
    done: Mutex<Done>,
    requests: AtomicUsize,
}

/// What was done, by whose it is, what it was and its idempotency key: the body, and the answer.
type Done = HashMap<(&'static str, &'static str, String), (Vec<u8>, ResponseTemplate)>;

/// A refusal in place of an answer.
type Refused = Box<ResponseTemplate>;

/// Who calls, as far as the edge knows.
struct Caller {
    application: &'static str,
    /// The services and operations that the key was granted.
    grants: &'static [&'static str],
}

/// What a request is for.
struct Route {
    service: &'static str,
    operation: &'static str,
    subject: Option<String>,
}

impl Implementation {
    pub(crate) fn new(environment: Environment, fault: Option<Fault>) -> Self {
        let requests = AtomicUsize::new(0);
        Self {
            environment,
            fault,
            keys: keys(),
            subjects: Mutex::default(),
            done: Mutex::default(),
            requests,
        }
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// The edge: who calls, or the refusal.
    fn authenticate(&self, key: Option<&str>) -> Result<Caller, Refused> {
        const EVERYTHING: Caller = Caller { application: "acme", grants: &["ekyc", "abis", "admin"] };
        let Some(key) = key else {
            if self.has(Fault::MissingKeyAccepted) {
                return Ok(EVERYTHING);
            }
            return Err(self.refuse(401, "missing_api_key", None));
        };
        if self.has(Fault::MalformedKeyAccepted) && !is_well_formed(key) {
            return Ok(EVERYTHING);
        }
        let invalid = || self.refuse(401, "invalid_api_key", Some(key));
        let credential = self.keys.get(key).ok_or_else(invalid)?;
        let dead = match credential.as_str() {
            "expired" => !self.has(Fault::ExpiryIgnored),
            "revoked" | "disabled" | "not-yet-valid" => true,
            _ => false,
        };
        if dead {
            return Err(invalid());
        }
        let here = match credential.as_str() {
            "sandbox-only" => self.environment == Environment::Sandbox,
            "production-only" => self.environment == Environment::Production,
            _ => true,
        };
        if !here && !self.has(Fault::PermissionsIgnored) {
            return Err(self.refuse(403, "insufficient_permissions", Some(key)));
        }
        Ok(Caller { application: application(credential), grants: grants(credential) })
    }

    fn authorise(&self, caller: &Caller, route: &Route, key: Option<&str>) -> Result<(), Refused> {
        let operation = format!("{}.{}", route.service, route.operation);
        let granted = caller.grants.iter().any(|grant| *grant == route.service || *grant == operation);
        if granted || self.has(Fault::PermissionsIgnored) {
            return Ok(());
        }
        Err(self.refuse(403, "insufficient_permissions", key))
    }

    fn handle(&self, request: &Request) -> Result<ResponseTemplate, Refused> {
        let (method, path) = (request.method.as_str(), request.url.path());
        if path == "/healthz" && method == "GET" {
            return Ok(ResponseTemplate::new(200).set_body_json(json!({ "status": "ok" })));
        }
        let body = serde_json::from_slice::<Value>(&request.body);
        let unparsed = !request.body.is_empty() && body.is_err();
        if self.has(Fault::BodyParsedFirst) && unparsed {
            return Err(self.refuse(400, "malformed_body", None));
        }
        if request.headers.get_all("x-api-key").iter().count() > 1 {
            return Err(self.refuse(401, "invalid_api_key", None));
        }
        let key = request.headers.get("x-api-key").and_then(|key| key.to_str().ok());
        let caller = self.authenticate(key)?;
        let methods = routes(path);
        if methods.is_empty() {
            return Err(self.refuse(404, "not_found", key));
        }
        let allow = methods.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", ");
        let route = methods.into_iter().find(|(known, _)| *known == method).map(|(_, route)| route);
        let wrong = || Box::new(self.refuse(405, "method_not_allowed", key).append_header("Allow", allow));
        let route = route.ok_or_else(wrong)?;
        self.authorise(&caller, &route, key)?;
        if method == "POST" && body.as_ref().map_or(true, |body| !body.is_object()) {
            return Err(self.refuse(400, "malformed_body", key));
        }
        match request.headers.get("idempotency-key").and_then(|given| given.to_str().ok()) {
            Some(given) if ["enroll", "mint-token"].contains(&route.operation) => {
                self.once(&caller, &route, (given, &request.body))
            }
            _ => self.serve(&caller, &route).ok_or_else(|| self.refuse(404, "not_found", key)),
        }
    }

    /// The same, unless it was done already.
    fn once(
        &self,
        caller: &Caller,
        route: &Route,
        (given, body): (&str, &[u8]),
    ) -> Result<ResponseTemplate, Refused> {
        let mut done = self.done.lock().unwrap();
        let place = (caller.application, route.operation, given.to_owned());
        if let Some((first, answer)) = done.get(&place) {
            let same = first == body;
            return if same { Ok(answer.clone()) } else { Err(self.refuse(422, "key_used", None)) };
        }
        let answer = self.serve(caller, route).ok_or_else(|| self.refuse(404, "not_found", None))?;
        done.insert(place, (body.to_vec(), answer.clone()));
        Ok(answer)
    }

    /// What is behind the edge; nothing where the subject is not there for this caller.
    fn serve(&self, caller: &Caller, route: &Route) -> Option<ResponseTemplate> {
        let mut subjects = self.subjects.lock().unwrap();
        let own = route.subject.as_ref().filter(|id| subjects.get(*id) == Some(&caller.application)).cloned();
        let (status, body) = match route.operation {
            "ocr" => (200, json!({ "result": { "document_number": "X1234567" } })),
            "ocr-batch" => (200, json!({ "results": [] })),
            "face-compare" => (200, json!({ "result": { "similarity": 0.97 } })),
            "liveness" => (200, json!({ "result": { "live": true } })),
            "usage" => (200, json!({ "usage": { "requests": self.requests.load(Ordering::Relaxed) } })),
            "enroll" => {
                let id = format!("sub_{:016x}", subjects.len() + 1);
                subjects.insert(id.clone(), caller.application);
                (201, json!({ "subject": { "id": id } }))
            }
            "verify" => (200, json!({ "verification": { "score": 0.99 } })),
            "identify" => (200, json!({ "identification": { "candidates": [] } })),
            "subject" => (200, json!({ "subject": { "id": own? } })),
            "delete" => {
                // The number of subjects names the next one, so what is deleted stays, owned by nobody.
                subjects.insert(own?, "");
                (200, json!({ "deleted": true }))
            }
            "revoke-token" => (200, json!({ "revoked": true })),
            "mint-token" => (201, json!({ "token": { "value": "a token" } })),
            other => unreachable!("no such operation: {other}"),
        };
        let answer =
            ResponseTemplate::new(status).set_body_json(&body).append_header("Cache-Control", "no-store");
        let tag = body["subject"]["id"].as_str().filter(|_| route.operation == "subject");
        Some(match tag {
            Some(id) => answer.append_header("ETag", format!("\"{id}\"")),
            None => answer,
        })
    }

    fn refuse(&self, status: u16, code: &str, key: Option<&str>) -> Refused {
        let mut body =
            json!({ "type": format!("https://errors.example/{code}"), "status": status, "code": code });
        if let Some(key) = key.filter(|_| self.has(Fault::KeyRepeated)) {
            body["detail"] = format!("the key {key} does not open this door").into();
        }
        let refusal = ResponseTemplate::new(status)
            .set_body_raw(body.to_string(), "application/problem+json")
            .append_header("Cache-Control", "no-store");
        let challenge = "ApiKey realm=\"reference\"";
        Box::new(if status == 401 { refusal.append_header("WWW-Authenticate", challenge) } else { refusal })
    }
}

impl Respond for Implementation {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let answer = self.handle(request).unwrap_or_else(|refusal| *refusal);
        answer.append_header("X-Request-Id", format!("{number:016x}"))
    }
}

/// The name of every key's credential, by the text of the contract.
fn keys() -> HashMap<String, String> {
    let pattern = regex::Regex::new(r"(?m)^  ([a-z-]+): \{.*\{ fixture: (\w+) \}").unwrap();
    let found = pattern.captures_iter(CONTRACT);
    let keys: HashMap<_, _> = found.map(|found| (found[2].to_owned(), found[1].to_owned())).collect();
    assert!(keys.len() >= 14, "the keys of the contract are no longer found in its text");
    keys
}

fn is_well_formed(key: &str) -> bool {
    let secret = ["lp_sbx_", "lp_prd_", "lp_any_"].iter().find_map(|prefix| key.strip_prefix(prefix));
    secret.is_some_and(|secret| secret.len() == 32 && secret.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn application(credential: &str) -> &'static str {
    match credential {
        "other-tenant" => "globex",
        "operator" => "lockproof",
        _ => "acme",
    }
}

fn grants(credential: &str) -> &'static [&'static str] {
    match credential {
        "ekyc-only" => &["ekyc"],
        "abis-only" => &["abis"],
        "ocr-only" => &["ekyc.ocr"],
        // A batch is as many calls as it holds, and of these the key may make none.
        "batch-only" => &[],
        "read-only" => &["abis.subject", "ekyc.usage"],
        "operator" => &["ekyc", "abis", "admin"],
        _ => &["ekyc", "abis"],
    }
}

/// What a path offers, by method.
fn routes(path: &str) -> Vec<(&'static str, Route)> {
    let route = |service, operation| Route { service, operation, subject: None };
    match path {
        "/v1/ekyc/ocr" => vec![("POST", route("ekyc", "ocr"))],
        "/v1/ekyc/ocr-batch" => vec![("POST", route("ekyc", "ocr-batch"))],
        "/v1/ekyc/face-compare" => vec![("POST", route("ekyc", "face-compare"))],
        "/v1/ekyc/liveness" => vec![("POST", route("ekyc", "liveness"))],
        "/v1/ekyc/usage" => vec![("GET", route("ekyc", "usage"))],
        "/v1/abis/subjects" => vec![("POST", route("abis", "enroll"))],
        "/v1/abis/verify" => vec![("POST", route("abis", "verify"))],
        "/v1/abis/identify" => vec![("POST", route("abis", "identify"))],
        "/v1/admin/tokens" => {
            vec![("DELETE", route("admin", "revoke-token")), ("POST", route("admin", "mint-token"))]
        }
        other => match other.strip_prefix("/v1/abis/subjects/") {
            Some(id) if !id.is_empty() && !id.contains('/') => {
                let of = |operation| Route { subject: Some(id.to_owned()), ..route("abis", operation) };
                vec![("GET", of("subject")), ("DELETE", of("delete"))]
            }
            _ => Vec::new(),
        },
    }
}
