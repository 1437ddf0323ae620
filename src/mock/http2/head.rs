//! From fields to a head (RFC 9113 section 8.3).

use bytes::Bytes;

use super::reception::{Malformed, Reception};
use crate::mock::edge::Denial;
use crate::mock::http1::TARGET_LIMIT;
use crate::mock::message::{Field, Head, Target, Version};

/// What is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unsound {
    /// It is malformed.
    Malformed,
    /// It is sound in its frames, and the edge does not take it.
    Denied(Denial),
}

impl From<Malformed> for Unsound {
    fn from(Malformed: Malformed) -> Self {
        Self::Malformed
    }
}

impl From<Denial> for Unsound {
    fn from(denial: Denial) -> Self {
        Self::Denied(denial)
    }
}

/// The pseudo-fields of a request, each at most once.
#[derive(Default)]
struct Pseudo {
    method: Option<Bytes>,
    scheme: Option<Bytes>,
    authority: Option<Bytes>,
    path: Option<Bytes>,
}

/// A head.
///
/// # Errors
/// What is wrong with it.
pub(super) fn head(all: Vec<(Bytes, Bytes)>, rules: &Reception) -> Result<Head, Unsound> {
    let mut pseudo = Pseudo::default();
    let mut fields = Vec::with_capacity(all.len());
    for (name, value) in all {
        let value = (rules.value)(&value)?;
        if name.starts_with(b":") {
            // They stand before all others (section 8.3).
            if !fields.is_empty() {
                return Err(Unsound::Malformed);
            }
            pseudo.take(&name, value)?;
        } else {
            fields.push(Field { name: (rules.name)(&name)?, value });
        }
    }
    let fields = joined((rules.connection)(fields)?);
    let method = pseudo.method.ok_or(Malformed)?;
    let method = http::Method::from_bytes(&method).map_err(|_| Malformed)?;
    let authority = pseudo.authority.map(text).transpose()?;
    let target = if method == http::Method::CONNECT {
        // A tunnel has an authority and nothing else (section 8.5).
        let alone = pseudo.scheme.is_none() && pseudo.path.is_none() && authority.is_some();
        alone.then(|| Target { authority: None, path: String::new(), query: None }).ok_or(Malformed)?
    } else {
        pseudo.scheme.ok_or(Malformed)?;
        let path = pseudo.path.map(text).transpose()?.ok_or(Malformed)?;
        if path.len() > TARGET_LIMIT {
            return Err(Denial::TargetTooLong.into());
        }
        (rules.path)(&method, &path)?
    };
    let head = Head { method, target: Target { authority, ..target }, version: Version::Http2, fields };
    (rules.host)(&head)?;
    Ok(head)
}

impl Pseudo {
    fn take(&mut self, name: &[u8], value: Bytes) -> Result<(), Malformed> {
        let place = match name {
            b":method" => &mut self.method,
            b":scheme" => &mut self.scheme,
            b":authority" => &mut self.authority,
            b":path" => &mut self.path,
            _ => return Err(Malformed),
        };
        if place.replace(value).is_some() { Err(Malformed) } else { Ok(()) }
    }
}

fn text(bytes: Bytes) -> Result<String, Malformed> {
    String::from_utf8(bytes.into()).map_err(|_| Malformed)
}

/// Cookies may come in crumbs, and are one field to everybody else (section 8.2.3).
fn joined(fields: Vec<Field>) -> Vec<Field> {
    let is_cookie = |field: &Field| &*field.name == b"cookie";
    let crumbs: Vec<&[u8]> =
        fields.iter().filter(|field| is_cookie(field)).map(|field| &*field.value).collect();
    if crumbs.len() < 2 {
        return fields;
    }
    let whole = Bytes::from(crumbs.join(&b"; "[..]));
    let mut kept = fields;
    let mut first = true;
    kept.retain_mut(|field| {
        if !is_cookie(field) {
            return true;
        }
        field.value = whole.clone();
        std::mem::replace(&mut first, false)
    });
    kept
}
