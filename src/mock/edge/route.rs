//! From a method and a path to an operation: one table, which the guard and the services share, so that
//! what is guarded is what is served.

use std::borrow::Cow;
use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;

use crate::contract::{Contract, Limits, Operation, OperationId};
use crate::mock::MockError;
use crate::mock::services::{self, Handler, Sample};

/// A part of a path between two slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Parameter(String),
}

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody, without a key.
    Public,
    /// Every application that has the permission.
    Applications,
    /// The operator alone.
    Operator,
}

/// An operation, ready to be served.
#[derive(Debug)]
pub(crate) struct Routed {
    /// Its full name.
    pub(crate) id: OperationId,
    /// Its method.
    pub(crate) method: http::Method,
    /// Its path as the contract writes it.
    pub(crate) template: String,
    /// Who may call it.
    pub(crate) access: Access,
    /// The media type of its body, where it takes one.
    pub(crate) media_type: Option<String>,
    /// How often it may be called.
    pub(crate) limits: Limits,
    /// The operations that its body carries calls of, by their full names.
    pub(crate) carries: Vec<String>,
    /// The field that carries its idempotency key, where it honours one.
    pub(crate) idempotency: Option<String>,
    /// What it does.
    pub(crate) handler: Handler,
    /// What its acceptance looks like by the contract.
    pub(crate) sample: Sample,
    segments: Vec<Segment>,
}

/// Where a request leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// To an operation: its index in the table, and the parameters of the path.
    Operation(usize, Vec<(String, String)>),
    /// To a path that has other methods; holds the value of `Allow`.
    WrongMethod(String),
    /// Nowhere.
    Unknown,
}

/// Every operation of a contract.
#[derive(Debug)]
pub(crate) struct Routes {
    all: Vec<Routed>,
}

impl Routes {
    /// The table of a contract.
    ///
    /// # Errors
    /// An operation whose acceptance cannot be produced.
    pub(crate) fn new(contract: &Contract) -> Result<Self, MockError> {
        let guarded = contract.operations().map(|(id, operation)| {
            let access = if operation.admin { Access::Operator } else { Access::Applications };
            routed(id, operation, access)
        });
        let public = services::open(contract)
            .into_iter()
            .map(|(id, operation)| routed(id, &operation.as_operation(), Access::Public));
        let mut all: Vec<Routed> = guarded.chain(public).collect::<Result<_, _>>()?;
        let described_at = contract.documents.openapi.as_ref().map(crate::contract::Published::path);
        for routed in &mut all {
            if routed.method == http::Method::GET && described_at == Some(routed.template.as_str()) {
                routed.handler = services::serve_description;
            }
        }
        Ok(Self { all })
    }

    /// Every operation, in the order of the contract, public ones last.
    pub(crate) fn all(&self) -> &[Routed] {
        &self.all
    }

    /// The operation that a route leads to.
    pub(crate) fn operation(&self, route: &Route) -> Option<&Routed> {
        match route {
            Route::Operation(index, _) => self.all.get(*index),
            Route::WrongMethod(_) | Route::Unknown => None,
        }
    }

    /// Where a method and a path lead. HEAD goes where GET goes (RFC 9110 section 9.3.2), unless the contract has an
    /// operation for it; of two paths that fit, the one with fewer parameters is meant.
    pub(crate) fn find(&self, method: &http::Method, path: &str) -> Route {
        let parts: Vec<&str> = path.split('/').collect();
        let fits = || self.all.iter().enumerate().filter(|(_, routed)| routed.fits(&parts));
        let other = (*method == http::Method::HEAD).then_some(http::Method::GET);
        let takes = |(_, routed): &(usize, &Routed)| {
            routed.method == *method || other.as_ref() == Some(&routed.method)
        };
        let best = fits().filter(takes).min_by_key(|(_, routed)| (routed.wild(), routed.method != *method));
        match best {
            Some((index, routed)) => Route::Operation(index, routed.parameters(&parts)),
            None => allow(fits().map(|(_, routed)| &routed.method)),
        }
    }
}

impl Routed {
    /// Whether anybody may call it without a key.
    pub(crate) fn is_public(&self) -> bool {
        self.access == Access::Public
    }

    fn fits(&self, parts: &[&str]) -> bool {
        let fits = |(segment, part): (&Segment, &&str)| match segment {
            Segment::Literal(text) => text == part,
            Segment::Parameter(_) => !part.is_empty(),
        };
        self.segments.len() == parts.len() && self.segments.iter().zip(parts).all(fits)
    }

    fn wild(&self) -> usize {
        self.segments.iter().filter(|segment| matches!(segment, Segment::Parameter(_))).count()
    }

    fn parameters(&self, parts: &[&str]) -> Vec<(String, String)> {
        let parameter = |(segment, part): (&Segment, &&str)| match segment {
            Segment::Literal(_) => None,
            Segment::Parameter(name) => {
                Some((name.clone(), percent_decode_str(part).decode_utf8_lossy().into_owned()))
            }
        };
        self.segments.iter().zip(parts).filter_map(parameter).collect()
    }
}

fn routed(id: OperationId, operation: &Operation, access: Access) -> Result<Routed, MockError> {
    let path = operation.path.split('?').next().unwrap_or_default();
    let segment = |part: &str| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        Some(name) => Segment::Parameter(name.to_owned()),
        None => Segment::Literal(normalise(part).into_owned()),
    };
    let sample = Sample::of(&operation.accepted)
        .map_err(|what| MockError::Acceptance { operation: id.to_string(), what })?;
    Ok(Routed {
        handler: services::handler(&id, operation),
        method: operation.method.http().clone(),
        template: operation.path.clone(),
        access,
        carries: operation.carries.iter().map(|grant| grant.0.clone()).collect(),
        media_type: operation.body.as_ref().map(|body| body.content_type().to_owned()),
        limits: operation.limits.clone(),
        idempotency: operation.idempotency.as_ref().map(|it| it.header.to_string()),
        sample,
        segments: path.split('/').map(segment).collect(),
        id,
    })
}

fn allow<'a>(methods: impl Iterator<Item = &'a http::Method>) -> Route {
    let mut names: BTreeSet<&str> = methods.map(http::Method::as_str).collect();
    if names.is_empty() {
        return Route::Unknown;
    }
    if names.contains("GET") {
        names.insert("HEAD");
    }
    Route::WrongMethod(names.into_iter().collect::<Vec<_>>().join(", "))
}

/// The path that is looked for: escapes of letters, digits, `-`, `.`, `_` and `~` mean those characters
/// themselves (RFC 3986 section 6.2.2.2). Nothing else is decoded, merged, folded or removed, so no second
/// reader can find another path.
pub(crate) fn normalise(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    let mut parts = path.split('%');
    let mut out = String::with_capacity(path.len());
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let escaped = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let plain = escaped.filter(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(byte));
        out.push(plain.map_or('%', char::from));
        out.push_str(part.get(if plain.is_some() { 2 } else { 0 }..).unwrap_or_default());
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_rfc_3986_calls_equivalent_is_decoded() {
        assert_eq!(normalise("/v1/o%63r"), "/v1/ocr");
        assert_eq!(normalise("/a%2Fb%2e%zz%+1%"), "/a%2Fb.%zz%+1%");
        assert_eq!(normalise("/%2563"), "/%2563");
    }

    proptest! {
        #[test]
        fn normalising_never_changes_the_number_of_segments(path in "(/[a-z%0-9.]{0,6}){1,5}") {
            let slashes = |text: &str| text.matches('/').count();
            prop_assert_eq!(slashes(&normalise(&path)), slashes(&path));
        }
    }
}
