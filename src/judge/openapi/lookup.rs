//! Finding one's way in a description: operations, references and pointers.

use serde_json::Value;

/// References that lead to references are followed so often.
const LONGEST_CHAIN: usize = 8;

/// What a description says of an operation, and where.
pub(super) struct Described<'a> {
    /// The operation.
    pub(super) operation: &'a Value,
    /// What all operations of the path share.
    pub(super) item: &'a Value,
    /// The operation's place, as a JSON pointer.
    pub(super) pointer: String,
    /// The path's place.
    pub(super) item_pointer: String,
}

/// The description of an operation, by its method and its path in the contract.
pub(super) fn find<'a>(document: &'a Value, method: &str, path: &str) -> Option<Described<'a>> {
    let wanted = shape(path.split('?').next().unwrap_or_default());
    let paths = document.get("paths")?.as_object()?;
    let mut fitting = paths.iter().filter_map(|(template, item)| {
        let item_pointer = format!("/paths/{}", escaped(template));
        let (item, item_pointer) = resolved(document, item, item_pointer)?;
        let operation = item.get(method.to_ascii_lowercase())?;
        let fits = |servers: Option<&Value>| {
            prefixes(servers).iter().any(|prefix| shape(&format!("{prefix}{template}")) == wanted)
        };
        let servers = [operation, item, document].into_iter().find_map(|level| level.get("servers"));
        (shape(template) == wanted || fits(servers)).then(|| Described {
            operation,
            item,
            pointer: format!("{item_pointer}/{}", method.to_ascii_lowercase()),
            item_pointer,
        })
    });
    fitting.next()
}

/// A value, or what it refers to within the document, with its place; nothing where a reference leads nowhere.
pub(super) fn resolved<'a>(
    document: &'a Value,
    mut value: &'a Value,
    mut pointer: String,
) -> Option<(&'a Value, String)> {
    for _ in 0..LONGEST_CHAIN {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
            return Some((value, pointer));
        };
        pointer = percent_encoding::percent_decode_str(reference.strip_prefix('#')?)
            .decode_utf8()
            .ok()?
            .into_owned();
        value = document.pointer(&pointer)?;
    }
    None
}

/// A name as a step of a JSON pointer (RFC 6901 section 3).
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The paths of servers, which stand before every path of the document.
fn prefixes(servers: Option<&Value>) -> Vec<&str> {
    let list = servers.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|server| server.get("url")?.as_str()).map(path_of).collect()
}

fn path_of(url: &str) -> &str {
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default(),
        None => url,
    };
    path.trim_end_matches('/')
}

/// A path with the names of its parameters left out: they are only names.
fn shape(path: &str) -> String {
    let mut inside = false;
    let keep = |c: &char| {
        let was_inside = inside;
        inside = *c == '{' || (inside && *c != '}');
        !was_inside || *c == '}'
    };
    path.chars().filter(keep).collect()
}
