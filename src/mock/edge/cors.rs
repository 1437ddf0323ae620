//! What the server tells browsers (Fetch, "CORS protocol"): which pages may call it, and that by itself, before any
//! guard and without running anything.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::{Edge, Passage, Request, Stop};
use crate::contract::Carrier;
use crate::mock::message::{Answer, Head};
use crate::mock::server::Server;

/// The page that an answer is shared with, as `Access-Control-Allow-Origin` says it; nothing for every other.
type Admits = Arc<dyn Fn(&Server, &str) -> Option<String> + Send + Sync>;
/// The answer to a preflight, whose page is admitted as the text says.
type Preflight = Arc<dyn Fn(&Edge, &Request<'_>, &str) -> Option<Answer> + Send + Sync>;
/// What every answer tells.
type Tell = Arc<dyn Fn(&Server, Option<&Head>, &mut Answer) + Send + Sync>;

/// The stages that speak to browsers.
#[derive(Clone)]
pub(crate) struct Sharing {
    /// Which pages are admitted.
    pub(crate) admits: Admits,
    /// What a preflight is answered.
    pub(crate) preflight: Preflight,
    /// What every answer tells.
    pub(crate) tell: Tell,
}

impl fmt::Debug for Sharing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sharing")
    }
}

impl Sharing {
    /// As it should be.
    pub(super) fn sound() -> Self {
        Self {
            admits: Arc::new(admits),
            preflight: Arc::new(|_, request, _| Some(preflight(request))),
            tell: Arc::new(tell),
        }
    }
}

/// Origins are compared whole: they have one spelling (RFC 6454 section 6.2).
fn admits(server: &Server, origin: &str) -> Option<String> {
    let declared = &server.cors.as_ref()?.origins;
    let one = declared.iter().find(|one| one.is_any() || one.0 == origin)?;
    Some(one.0.clone())
}

/// Is it a browser that asks before it sends what a page wants? It brings no key, so it is answered before the guard;
/// every other OPTIONS is judged like any request.
pub(super) fn preflight_step(edge: &Edge, passage: &mut Passage<'_>) -> Result<(), Stop> {
    let request = &passage.request;
    let Some(origin) = asking_page(request.head) else { return Ok(()) };
    let Some(admitted) = (edge.sharing.admits)(&request.site.server, origin) else { return Ok(()) };
    match (edge.sharing.preflight)(edge, request, &admitted) {
        Some(answer) => Err(answer.into()),
        None => Ok(()),
    }
}

/// The origin of the page for which a preflight asks.
pub(crate) fn asking_page(head: &Head) -> Option<&str> {
    let asks = head.method == http::Method::OPTIONS && head.text("access-control-request-method").is_some();
    head.text("origin").filter(|_| asks)
}

/// The same for every path, so that nobody learns without a key which paths there are.
fn preflight(request: &Request<'_>) -> Answer {
    let server = &request.site.server;
    let methods: BTreeSet<&str> = server.routes.all().iter().map(|routed| routed.method.as_str()).collect();
    let mut fields = vec!["Content-Type"];
    fields.extend(key_field(&server.authentication.carrier));
    Answer::bare(204)
        .with("Access-Control-Allow-Methods", methods.into_iter().collect::<Vec<_>>().join(", "))
        .with("Access-Control-Allow-Headers", fields.join(", "))
        .with("Access-Control-Max-Age", "600")
}

/// The field that carries a credential, where one does.
pub(crate) fn key_field(carrier: &Carrier) -> Option<&str> {
    match carrier {
        Carrier::Header { name, .. } => Some(name.as_str()),
        Carrier::Query(_) | Carrier::Cookie(_) => None,
    }
}

/// An answer says which page may read it, and that it would say something else to another.
fn tell(server: &Server, head: Option<&Head>, answer: &mut Answer) {
    if server.cors.is_none() {
        return;
    }
    answer.fields.push(("Vary".into(), "Origin".into()));
    let origin = head.and_then(|head| head.text("origin"));
    if let Some(admitted) = origin.and_then(|origin| (server.edge.sharing.admits)(server, origin)) {
        answer.set("Access-Control-Allow-Origin", admitted);
    }
}
