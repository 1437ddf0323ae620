//! What happens to every answer at last, what is remembered of it, and what is written about it.

use std::sync::atomic::Ordering;

use serde_json::json;

use super::{Key, Passage, Quota, Request, Route, Routed};
use crate::mock::RateLimit;
use crate::mock::clock::http_date;
use crate::mock::message::{Answer, Head};
use crate::mock::random::RequestId;

/// What is known about a request when its answer is finished.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seal<'a> {
    /// The request's id.
    pub(crate) id: RequestId,
    /// The time, in milliseconds since 1970.
    pub(crate) now_ms: i64,
    /// The environment that it was sent to.
    pub(crate) environment: &'a str,
    /// The request, unless its head was faulty.
    pub(crate) request: Option<Request<'a>>,
    /// Its key, where it has one that works.
    pub(crate) key: Option<&'a Key>,
    /// The limit on its key and what is left of it.
    pub(crate) quota: Option<(RateLimit, Quota)>,
}

impl<'a> Seal<'a> {
    /// The head of the request, unless it was faulty.
    pub(crate) fn head(&self) -> Option<&'a Head> {
        self.request.map(|request| request.head)
    }

    /// Adds what the steps found out.
    #[must_use]
    pub(crate) fn about(mut self, passage: &'a Passage<'_>) -> Self {
        self.key = passage.key.as_deref();
        self.quota = passage.request.limit().zip(passage.quota);
        self
    }
}

/// Finishes an answer: the time, the id, no storing (RFC 9111 section 5.2.2.5) unless it is public, what is
/// left of the key's requests, and no content where HEAD was asked.
pub(super) fn finish(seal: &Seal<'_>, answer: &mut Answer) {
    let failed = answer.status >= 400;
    answer.set("Date", http_date(seal.now_ms));
    answer.set("X-Request-Id", seal.id.to_string());
    let public = seal.request.and_then(|it| it.operation()).is_some_and(Routed::is_public);
    if failed || !public {
        answer.set("Cache-Control", "no-store");
    }
    if let Some(members) = answer.members().filter(|_| failed) {
        members.insert("request_id".to_owned(), json!(seal.id.to_string()));
    }
    if let Some((limit, quota)) = seal.quota {
        let policy = format!("\"key\";q={};w={}", limit.requests, limit.window.as_secs().max(1));
        answer.set("RateLimit-Policy", policy);
        answer.set("RateLimit", format!("\"key\";r={};t={}", quota.left, quota.resets_in));
    }
    answer.withheld = seal.head().is_some_and(|head| head.method == http::Method::HEAD);
}

/// Counts a request that reached its service, for the server and for its application.
pub(super) fn remember(request: &Request<'_>, key: Option<&Key>) {
    if let Route::Operation(index, _) = request.route
        && let Some(count) = request.site.data.processed.get(*index)
    {
        count.fetch_add(1, Ordering::Relaxed);
    }
    if let Some(used) = key.and_then(|key| key.application.usage.get(&request.site.environment)) {
        used.fetch_add(1, Ordering::Relaxed);
    }
}

/// A line for the log: no query, no field and no part of a key, only the name of a credential that works.
pub(super) fn line(seal: &Seal<'_>, answer: &Answer) -> String {
    let (method, path) =
        seal.head().map_or(("-", "-"), |head| (head.method.as_str(), head.target.path.as_str()));
    let credential = seal.key.map_or("-", |key| key.credential.as_str());
    let environment = seal.environment;
    let (time, id) = (seal.now_ms, seal.id);
    format!("{time} {environment} {method} {path} {} credential={credential} id={id}", answer.status)
}
