//! The control listener: what a test may know and change about the server. See the room's own page for the
//! table of requests.

mod parts;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::UNIX_EPOCH;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::contract::Grant;
use crate::mock::edge::{Denial, Key};
use crate::mock::http1::{Admission, Manner, Reception, Responder};
use crate::mock::message::{Answer, Content, Head};
use crate::mock::parts::Journal;
use crate::mock::random;
use crate::mock::server::Server;

/// Whoever steers the server sits here.
#[derive(Debug)]
pub(super) struct Desk {
    server: Arc<Server>,
    reception: Reception,
}

impl Desk {
    /// A desk for a server.
    pub(super) fn new(server: Arc<Server>) -> Self {
        Self { server, reception: Reception::sound() }
    }

    fn act(&self, method: &http::Method, path: &str, body: &[u8]) -> Result<Answer, Denial> {
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        let done = match (method.as_str(), parts.as_slice()) {
            ("GET", ["processed"]) => self.processed(),
            ("POST", ["keys"]) => return self.create(&read(body)?),
            ("DELETE", ["keys", credential]) => self.delete(credential)?,
            ("POST", ["keys", credential, "revoke"]) => self.revoke(credential)?,
            ("POST", ["keys", credential, "permissions"]) => self.permit(credential, read(body)?)?,
            ("POST", ["keys", credential, "expire"]) => self.expire(credential, &read(body)?)?,
            ("POST", ["applications", name, "disable"]) => self.switch(name, Switch::Off)?,
            ("POST", ["applications", name, "enable"]) => self.switch(name, Switch::On)?,
            ("POST", ["clock"]) => self.advance(&read(body)?),
            ("GET", ["log"]) => return Ok(self.log()),
            ("GET", ["stored"]) => self.stored(),
            ("GET", ["seen", environment]) => self.seen(environment)?,
            ("POST", ["reset"]) => {
                self.server.reset();
                json!({ "reset": true })
            }
            ("POST", [group, name]) => self.part(group, name, body)?,
            _ => return Err(Denial::NotFound),
        };
        Ok(Answer::json(200, done))
    }

    fn processed(&self) -> Value {
        let mut total = 0;
        let mut environments = BTreeMap::new();
        for (environment, data) in &self.server.environments {
            let mut operations = BTreeMap::new();
            for (operation, count) in self.server.routes.all().iter().zip(&data.processed) {
                let count = count.load(Ordering::Acquire);
                total += count;
                operations.insert(operation.id.as_str(), count);
            }
            environments.insert(environment.as_str(), operations);
        }
        json!({ "total": total, "environments": environments })
    }

    fn create(&self, wish: &Wish) -> Result<Answer, Denial> {
        let keys = &self.server.keys;
        let model = match &wish.like {
            Some(name) => Some(keys.credential(name).ok_or(Denial::NotFound)?),
            None => None,
        };
        let application = match (&wish.application, &model) {
            (Some(name), _) => keys.application(name),
            (None, Some(model)) => Arc::clone(&model.application),
            (None, None) => keys.application(&wish.credential),
        };
        let modelled = model.as_ref().map(|model| model.allows.clone());
        let allows = wish.allows.clone().or(modelled).unwrap_or_default();
        let mut key = Key::new(&wish.credential, application, allows);
        key.environments = wish.environments.clone().or(model.and_then(|model| model.environments.clone()));
        let now_ms = self.server.clock.now_ms();
        if let Some(within) = wish.expires_in_ms {
            key.expires_at.store(now_ms.saturating_add(within), Ordering::Release);
        }
        let secret = wish.key.clone().or_else(|| random::secret(32).map(|text| format!("lp_any_{text}")));
        let secret = secret.ok_or(Denial::Internal)?;
        if !keys.issue(&secret, key, now_ms) {
            return Err(Denial::Unprocessable("The key or the credential's name is taken.".to_owned()));
        }
        Ok(Answer::json(201, json!({ "credential": wish.credential, "key": secret })))
    }

    fn revoke(&self, credential: &str) -> Result<Value, Denial> {
        let key = self.server.keys.credential(credential).ok_or(Denial::NotFound)?;
        (self.server.edge.withdraw)(&self.server.keys, &key);
        Ok(json!({ "revoked": credential }))
    }

    fn delete(&self, credential: &str) -> Result<Value, Denial> {
        if !self.server.keys.delete(credential) {
            return Err(Denial::NotFound);
        }
        Ok(json!({ "deleted": credential }))
    }

    fn permit(&self, credential: &str, permit: Permit) -> Result<Value, Denial> {
        if !self.server.keys.permit(credential, permit.allows) {
            return Err(Denial::NotFound);
        }
        Ok(json!({ "permitted": credential }))
    }

    fn log(&self) -> Answer {
        let bytes = self.server.journal.as_ref().map(Journal::text).unwrap_or_default().into_bytes();
        Answer { content: Content::Written { media_type: "text/plain".into(), bytes }, ..Answer::bare(200) }
    }

    fn expire(&self, credential: &str, when: &When) -> Result<Value, Denial> {
        let key = self.server.keys.credential(credential).ok_or(Denial::NotFound)?;
        let at_ms = match &when.at {
            Some(at) => instant(at)?,
            None => self.server.clock.now_ms().saturating_add(when.in_ms),
        };
        key.expires_at.store(at_ms, Ordering::Release);
        Ok(json!({ "expires": credential, "at_ms": at_ms }))
    }

    fn switch(&self, name: &str, to: Switch) -> Result<Value, Denial> {
        let applications = self.server.keys.applications(name);
        if applications.is_empty() {
            return Err(Denial::NotFound);
        }
        for application in applications {
            application.disabled.store(to == Switch::Off, Ordering::Release);
        }
        Ok(json!({ "application": name, "disabled": to == Switch::Off }))
    }

    fn advance(&self, step: &Advance) -> Value {
        self.server.clock.advance_ms(step.advance_ms);
        json!({ "now_ms": self.server.clock.now_ms() })
    }
}

/// Which way an application is switched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Switch {
    On,
    Off,
}

/// A key to be issued.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    credential: String,
    like: Option<String>,
    key: Option<String>,
    application: Option<String>,
    allows: Option<Vec<Grant>>,
    environments: Option<Vec<String>>,
    expires_in_ms: Option<i64>,
}

/// What a key may do from now on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Permit {
    allows: Vec<Grant>,
}

/// An instant; without anything, now.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct When {
    at: Option<String>,
    #[serde(default)]
    in_ms: i64,
}

/// A move of the clock.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_ms: i64,
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Denial> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| Denial::Unprocessable(error.to_string()))
}

/// Milliseconds since 1970 of a time as RFC 3339 writes it.
fn instant(text: &str) -> Result<i64, Denial> {
    let wrong = || Denial::Unprocessable("`at` is not a time as in 2026-01-01T00:00:00Z.".to_owned());
    let time = humantime::parse_rfc3339_weak(text).map_err(|_| wrong())?;
    let since = time.duration_since(UNIX_EPOCH).map_err(|_| wrong())?;
    i64::try_from(since.as_millis()).map_err(|_| wrong())
}

impl Responder for Desk {
    type Pass = ();

    fn reception(&self) -> &Reception {
        &self.reception
    }

    fn manner(&self) -> Manner {
        Manner::standard()
    }

    fn awaits_body(&self, _head: &Head) -> bool {
        false
    }

    fn admit(&self, _head: &Head, _body: Option<&[u8]>) -> Admission<()> {
        Admission::Admitted(())
    }

    fn serve(&self, head: &Head, (): (), body: &[u8]) -> Answer {
        match self.act(&head.method, &head.target.path, body) {
            Ok(answer) => answer.to(Some(head)),
            Err(denial) => self.refuse(Some(head), &denial),
        }
    }

    fn refuse(&self, head: Option<&Head>, denial: &Denial) -> Answer {
        let face = denial.face();
        Answer::json(face.status, json!({ "code": face.code, "title": face.title, "detail": face.detail }))
            .to(head)
    }
}
