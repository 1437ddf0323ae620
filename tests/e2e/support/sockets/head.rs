//! The head of a request, read by RFC 9112 and nothing beside it: what may be refused is refused.

use std::io;

use super::line::Line;

/// The most octets of a head.
const LONGEST: usize = 32 * 1024;

/// The head of a request.
#[derive(Clone)]
pub(super) struct Head {
    pub(super) method: String,
    /// The path as it was written, without the query.
    pub(super) path: String,
    /// The digit behind the dot.
    pub(super) minor: u8,
    /// Names in lower case.
    pub(super) fields: Vec<(String, Vec<u8>)>,
}

/// The next head, or the status that says what is wrong with it; nothing where there is none.
pub(super) fn next(line: &mut Line) -> io::Result<Option<Result<Head, u16>>> {
    loop {
        while line.pending().starts_with(b"\r\n") {
            line.take(2);
        }
        if !lines_end_well(line.pending()) {
            return Ok(Some(Err(400)));
        }
        if let Some(end) = line.pending().windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            let lines = line.take(end + 4);
            return Ok(Some(parse(&lines[..end])));
        }
        if line.pending().len() > LONGEST {
            return Ok(Some(Err(431)));
        }
        if !line.read()? {
            return Ok(None);
        }
    }
}

/// Whether CR and LF stand only together, as far as the head goes.
fn lines_end_well(bytes: &[u8]) -> bool {
    let end = bytes.windows(4).position(|bytes| bytes == b"\r\n\r\n").map_or(bytes.len(), |end| end + 4);
    let head = &bytes[..end];
    (0..head.len()).all(|at| match head[at] {
        b'\n' => at > 0 && head[at - 1] == b'\r',
        b'\r' => head.get(at + 1).is_none_or(|next| *next == b'\n'),
        _ => true,
    })
}

fn parse(text: &[u8]) -> Result<Head, u16> {
    let mut lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let (method, target, minor) = request_line(lines.next().unwrap_or_default())?;
    let fields = lines.map(field).collect::<Option<Vec<_>>>().ok_or(400_u16)?;
    let path = path(&target).ok_or(400_u16)?;
    let head = Head { method, path, minor, fields };
    if head.names_its_host() { Ok(head) } else { Err(400) }
}

/// Method, target and the version's minor digit (RFC 9112 section 3): single spaces, and nothing beside them.
fn request_line(line: &[u8]) -> Result<(String, String, u8), u16> {
    let line = std::str::from_utf8(line).map_err(|_| 400_u16)?;
    let words: Vec<_> = line.split(' ').collect();
    let [method, target, version] = words[..] else { return Err(400) };
    if !is_token(method) || !target.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(400);
    }
    let minor = match version {
        "HTTP/1.0" => 0,
        "HTTP/1.1" => 1,
        other if other.starts_with("HTTP/") => return Err(505),
        _ => return Err(400),
    };
    Ok((method.to_owned(), target.to_owned(), minor))
}

/// The path of a target in origin form or in absolute form (RFC 9112 section 3.2).
fn path(target: &str) -> Option<String> {
    let local = match target.split_once("://") {
        Some((scheme, rest)) if !scheme.contains('/') => {
            let (host, _) = rest.split_once('/')?;
            if !["http", "https"].contains(&&*scheme.to_ascii_lowercase()) || !is_authority(host) {
                return None;
            }
            &rest[host.len()..]
        }
        _ => target,
    };
    let sound =
        !local.contains(['#', '"', '<', '>', '\\', '^', '`', '{', '|', '}']) && escapes_are_whole(local);
    let path = local.split('?').next()?;
    ((path.starts_with('/') || path == "*") && sound).then(|| path.to_owned())
}

fn escapes_are_whole(text: &str) -> bool {
    let digits = |rest: &str| rest.len() >= 2 && rest.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    text.split('%').skip(1).all(digits)
}

/// A field line (RFC 9112 section 5); no folded ones, no control characters.
pub(super) fn field(line: &[u8]) -> Option<(String, Vec<u8>)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = std::str::from_utf8(&line[..colon]).ok().filter(|name| is_token(name))?;
    let value = line[colon + 1..].trim_ascii();
    let sound = value.iter().all(|byte| *byte == b'\t' || !byte.is_ascii_control());
    let blanks = line[colon + 1..].iter().all(|byte| !matches!(byte, 0x0b | 0x0c));
    (sound && blanks).then(|| (name.to_ascii_lowercase(), value.to_owned()))
}

fn is_token(text: &str) -> bool {
    let may_stand = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(may_stand)
}

/// Whether this is a host and perhaps a port.
fn is_authority(text: &str) -> bool {
    let may_stand = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:[]".contains(&byte);
    !text.is_empty() && text.bytes().all(may_stand)
}

impl Head {
    /// The values of a field, by its name in lower case.
    pub(super) fn all(&self, name: &str) -> Vec<&[u8]> {
        self.fields.iter().filter(|(other, _)| other == name).map(|(_, value)| &**value).collect()
    }

    /// Whether there is one host, and one alone; HTTP/1.0 can do without (RFC 9112 section 3.2).
    fn names_its_host(&self) -> bool {
        match self.all("host")[..] {
            [] => self.minor == 0,
            [host] => std::str::from_utf8(host).is_ok_and(is_authority),
            _ => false,
        }
    }

    /// Whether this is to be the last request of its connection.
    pub(super) fn is_last(&self) -> bool {
        self.minor == 0 || self.has_word("connection", "close")
    }

    /// Whether its sender waits to be asked for the body (RFC 9110 section 10.1.1).
    pub(super) fn waits_for_a_word(&self) -> bool {
        self.minor == 1 && self.has_word("expect", "100-continue")
    }

    pub(super) fn has_word(&self, name: &str, word: &str) -> bool {
        let is_word = |one: &[u8]| one.trim_ascii().eq_ignore_ascii_case(word.as_bytes());
        self.all(name).iter().any(|value| value.split(|byte| *byte == b',').any(is_word))
    }
}
