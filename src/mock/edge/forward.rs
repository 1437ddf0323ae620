//! What goes to the service behind the edge: the request without what was meant for the edge, and whose it is.

use super::{Key, Request};
use crate::contract::Carrier;

/// The field in which the edge says whose request it is.
pub(crate) const IDENTITY: &str = "X-Consumer-Id";

/// Fields that are about the connection (RFC 9110 section 7.6.1).
const OF_THE_CONNECTION: [&str; 8] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "proxy-authorization",
];

/// The fields of a request as they arrive behind the edge.
pub(crate) type Forwarded = Vec<(String, String)>;

/// Takes out what is about the connection, the key, and whatever could be taken for the edge's own word; adds the edge's
/// own word.
pub(crate) fn forward(request: &Request<'_>, key: Option<&Key>) -> Forwarded {
    let named = options(request);
    let carrier = &request.site.server.authentication.carrier;
    let kept = |name: &str| {
        !OF_THE_CONNECTION.contains(&name)
            && !named.iter().any(|option| option == name)
            && !carries(carrier, name)
            && !speaks_for_the_edge(name)
    };
    let fields = request.head.fields.iter();
    let fields = fields.map(|field| (text(&field.name), text(&field.value)));
    let mut forwarded: Forwarded = fields.filter(|(name, _)| kept(&name.to_ascii_lowercase())).collect();
    forwarded.extend(key.map(|key| (IDENTITY.to_owned(), key.application.name.clone())));
    forwarded
}

/// The fields that the sender calls its connection's own; what the edge adds comes later, and none of them is that.
fn options(request: &Request<'_>) -> Vec<String> {
    let values = request.head.values("connection").map(|value| text(value));
    let words: Vec<String> = values
        .flat_map(|value| value.split(',').map(|word| word.trim().to_ascii_lowercase()).collect::<Vec<_>>())
        .collect();
    words
}

/// Whether a field carries the key; a cookie or a query may hold more than that, and goes along without it.
fn carries(carrier: &Carrier, name: &str) -> bool {
    match carrier {
        Carrier::Header { name: own, .. } => own.as_str().eq_ignore_ascii_case(name),
        Carrier::Cookie(_) => name == "cookie",
        Carrier::Query(_) => false,
    }
}

/// Whether what is behind the edge could take a field for the edge's own word: names are often compared with `_` and `.`
/// for `-`, so that those are no way around.
fn speaks_for_the_edge(name: &str) -> bool {
    let name = name.replace(['_', '.'], "-");
    [
        "x-consumer-",
        "x-credential-",
        "x-authenticated-",
        "x-anonymous-consumer",
        "x-user-",
        "x-forwarded-user",
    ]
    .iter()
    .any(|beginning| name.starts_with(beginning))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
