//! Defects of caching: what was meant for one key is kept, and given to another.
//!
//! HTTP caching protects answers to `Authorization` (RFC 9111 section 3.5) and knows nothing of a key in another field.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Defect, defect};
use crate::mock::edge::{At, Edge, Passage, Request, Route, Routed, Seal, Step};
use crate::mock::message::Answer;
use crate::mock::services::tag_of;

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect(
        "shared-cache-ignores-key",
        "Gives answers that it keeps to whoever asks for the same address.",
        shared_cache_ignores_key,
    ),
    defect(
        "cache-key-without-credential",
        "Gives answers that it keeps to every key that may ask.",
        cache_key_without_credential,
    ),
    defect("deny-cached-by-url", "Gives a refusal that it keeps to good keys too.", deny_cached_by_url),
    defect(
        "head-cached-for-get",
        "Keeps for GET what it fetched for HEAD, for anybody.",
        head_cached_for_get,
    ),
    defect(
        "cache-by-extension",
        "Keeps for anybody what an address ends like a style sheet or a picture for.",
        cache_by_extension,
    ),
    defect("304-from-known-tag", "Tells without a key whether a tag is the current one.", known_tag_first),
    defect("public-max-age", "Lets shared caches keep what is behind the guard.", public_max_age),
    defect("no-vary", "Makes answers cacheable and does not say that the key decides.", no_vary),
    defect("etag-existence-oracle", "Sends the tag of what it refuses to show.", etag_existence_oracle),
];

/// How long an answer stays fresh, in milliseconds.
const MINUTE_MS: i64 = 60_000;

/// A cache: what it keeps, by environment and address, and when that was.
#[derive(Clone, Default)]
struct Cache(Arc<Mutex<BTreeMap<String, (i64, Answer)>>>);

impl Cache {
    fn address(request: &Request<'_>) -> String {
        let target = &request.head.target;
        let query = target.query.as_deref().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{} {}{query}", request.site.environment, target.path)
    }

    fn keep(&self, request: &Request<'_>, answer: &Answer, now_ms: i64) {
        // A copy is not kept again.
        if answer.fields.iter().any(|(name, _)| name == "Age") {
            return;
        }
        let kept = Answer { withheld: false, ..answer.clone() };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(Self::address(request), (now_ms, kept));
    }

    fn fresh(&self, request: &Request<'_>) -> Option<Answer> {
        let now_ms = request.site.server.clock.now_ms();
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, answer) = all.get(&Self::address(request))?;
        let age = now_ms.saturating_sub(*since);
        (age < MINUTE_MS).then(|| answer.clone().with("Age", (age / 1000).max(0).to_string()))
    }

    /// Puts the cache before a step, for some requests.
    fn before(&self, edge: &mut Edge, at: At, asked: fn(&Request<'_>) -> bool) {
        let cache = self.clone();
        let step: Step = Arc::new(move |_: &Edge, passage: &mut Passage<'_>| {
            let kept = cache.fresh(&passage.request).filter(|_| asked(&passage.request));
            kept.map_or(Ok(()), |answer| Err(answer.into()))
        });
        edge.insert_before(at, At::Extra, step);
    }

    /// Keeps some answers.
    fn keeps(&self, edge: &mut Edge, kept: fn(&Request<'_>, &Answer) -> bool) {
        let cache = self.clone();
        retouch(edge, move |seal, request, answer| {
            if kept(request, answer) {
                cache.keep(request, answer, seal.now_ms);
            }
        });
    }
}

/// Does something with every finished answer to a request that leads to a guarded operation.
fn retouch(edge: &mut Edge, touch: impl Fn(&Seal<'_>, &Request<'_>, &mut Answer) + Send + Sync + 'static) {
    let sound = Arc::clone(&edge.finish);
    edge.finish = Arc::new(move |seal, answer| {
        sound(seal, answer);
        let guarded = |request: &Request<'_>| request.operation().is_some_and(|it| !Routed::is_public(it));
        if let Some(request) = seal.request.as_ref().filter(|request| guarded(request)) {
            touch(seal, request, answer);
        }
    });
}

fn is_get(request: &Request<'_>) -> bool {
    request.head.method == http::Method::GET
}

/// Whether a request is a search: those are what is slow, and what the cache was set up for.
fn searches(request: &Request<'_>) -> bool {
    is_get(request) && request.head.target.query.is_some()
}

/// The rule of the cache in front overrides what answers say of themselves, and knows addresses alone.
fn shared_cache_ignores_key(edge: &mut Edge) {
    let cache = Cache::default();
    cache.before(edge, At::Key, searches);
    cache.keeps(edge, |request, answer| searches(request) && answer.status == 200);
}

/// A cache behind the guard, which has decided that the key may ask.
fn cache_key_without_credential(edge: &mut Edge) {
    let cache = Cache::default();
    cache.before(edge, At::Content, is_get);
    cache.keeps(edge, |request, answer| is_get(request) && answer.status == 200);
}

/// Errors are kept so that a failing service is left alone, and a refusal is one of them.
fn deny_cached_by_url(edge: &mut Edge) {
    let cache = Cache::default();
    cache.before(edge, At::Key, searches);
    cache.keeps(edge, |request, answer| searches(request) && answer.status == 401);
}

/// What keeps GET apart by its key makes a GET of its own out of HEAD, from the address alone.
fn head_cached_for_get(edge: &mut Edge) {
    let cache = Cache::default();
    cache.before(edge, At::Key, is_get);
    cache.keeps(edge, |request, answer| request.head.method == http::Method::HEAD && answer.status == 200);
}

/// Behind the edge a path may go on behind an operation's; in front of it everything is kept that looks like a file.
fn cache_by_extension(edge: &mut Edge) {
    let sound = Arc::clone(&edge.route);
    edge.route = Arc::new(move |routes, method, path| {
        match (sound(routes, method, path), path.rsplit_once(['/', ';'])) {
            (Route::Unknown, Some((operation, _))) if is_file(path) => sound(routes, method, operation),
            (found, _) => found,
        }
    });
    let file = |request: &Request<'_>| is_get(request) && is_file(&request.head.target.path);
    let cache = Cache::default();
    cache.before(edge, At::Key, file);
    cache.keeps(edge, |request, answer| {
        is_get(request) && is_file(&request.head.target.path) && answer.status == 200
    });
}

fn is_file(path: &str) -> bool {
    let extension = path.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|extension| ["css", "js", "png", "jpg", "svg", "ico"].contains(&extension))
}

/// A layer in front compares tags, so that nothing behind it is asked for what did not change.
fn known_tag_first(edge: &mut Edge) {
    let cache = Cache::default();
    let known = cache.clone();
    let step: Step = Arc::new(move |_: &Edge, passage: &mut Passage<'_>| {
        let answer = known.fresh(&passage.request);
        let tag = answer.iter().flat_map(|answer| &answer.fields).find(|(name, _)| name == "ETag");
        let asked = tag.filter(|(_, tag)| passage.request.head.lists("if-none-match", tag));
        asked.map_or(Ok(()), |(_, tag)| Err(Answer::bare(304).with("ETag", tag.clone()).into()))
    });
    edge.insert_before(At::Key, At::Extra, step);
    cache.keeps(edge, |request, answer| is_get(request) && answer.status == 200);
}

/// Sets what a successful answer says of caching.
fn let_keep(edge: &mut Edge, rule: &'static str, varies: fn(&Request<'_>) -> Option<String>) {
    retouch(edge, move |_, request, answer| {
        if answer.status >= 300 {
            return;
        }
        answer.set("Cache-Control", rule);
        if let Some(field) = varies(request) {
            answer.fields.push(("Vary".into(), field.into()));
        }
    });
}

/// One rule for the whole host, from the time when it served files.
fn public_max_age(edge: &mut Edge) {
    let_keep(edge, "public, max-age=60", |request| {
        request.site.server.authentication.carrier.field().map(|field| field.to_string())
    });
}

/// The service says how long its answers are good, and does not know that there is a key.
fn no_vary(edge: &mut Edge) {
    let_keep(edge, "max-age=60", |_| None);
}

/// What is known of the object is written into the answer before it is decided whether to show it.
fn etag_existence_oracle(edge: &mut Edge) {
    retouch(edge, |_, request, answer| {
        if is_get(request) && [401, 403].contains(&answer.status) {
            answer.set("ETag", tag_of(&serde_json::json!(request.head.target.path)));
        }
    });
}
