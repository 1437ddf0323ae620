//! The credential of a request: exactly one value in the declared place, and nothing anywhere else.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::contract::Carrier;
use crate::mock::message::Head;

/// What a request presents as its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Presented<'a> {
    /// The place is not there.
    Absent,
    /// The place is there and holds no key.
    Empty,
    /// The place is there more than once.
    Several,
    /// One value; whether it is a key is for the look-up to say.
    One(Cow<'a, [u8]>),
}

impl<'a> Presented<'a> {
    /// The one value, where there is one.
    pub(crate) fn value(&self) -> Option<&[u8]> {
        match self {
            Self::One(value) => Some(value),
            Self::Absent | Self::Empty | Self::Several => None,
        }
    }

    fn of(mut values: impl Iterator<Item = Cow<'a, [u8]>>) -> Self {
        match (values.next(), values.next()) {
            (None, _) => Self::Absent,
            (Some(value), None) if value.is_empty() => Self::Empty,
            (Some(value), None) => Self::One(value),
            (Some(_), Some(_)) => Self::Several,
        }
    }
}

/// What a request presents in the declared place.
pub(crate) fn extract<'a>(head: &'a Head, carrier: &'a Carrier) -> Presented<'a> {
    match carrier {
        Carrier::Header { name, scheme } => {
            let values = head.values(name.as_str()).map(|value| Cow::Borrowed(&value[..]));
            match (Presented::of(values), scheme) {
                (Presented::One(value), Some(scheme)) => behind_scheme(&value, scheme),
                (presented, _) => presented,
            }
        }
        Carrier::Query(name) => Presented::of(query_values(head, name)),
        Carrier::Cookie(name) => Presented::of(cookie_values(head, name)),
    }
}

/// The key behind an authentication scheme, which is written in any case (RFC 9110 section 11.1). Credentials
/// of another scheme are none of ours.
fn behind_scheme<'a>(value: &[u8], scheme: &str) -> Presented<'a> {
    let Some((first, rest)) = value.split_at_checked(scheme.len()) else { return Presented::Empty };
    let spaces = rest.iter().take_while(|byte| **byte == b' ').count();
    let key = rest.get(spaces..).unwrap_or_default();
    if !first.eq_ignore_ascii_case(scheme.as_bytes()) || spaces == 0 || key.is_empty() {
        return Presented::Empty;
    }
    Presented::One(Cow::Owned(key.to_vec()))
}

/// Every value of a query parameter, decoded as forms are.
fn query_values<'a>(head: &'a Head, name: &'a str) -> impl Iterator<Item = Cow<'a, [u8]>> {
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).collect::<Vec<u8>>();
    let pairs = head.target.query.iter().flat_map(|query| query.split('&'));
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.filter(move |(key, _)| decode(key) == name.as_bytes()).map(move |(_, value)| decode(value).into())
}

/// Every value of a cookie, over all `Cookie` lines (RFC 6265 section 5.4).
fn cookie_values<'a>(head: &'a Head, name: &'a str) -> impl Iterator<Item = Cow<'a, [u8]>> {
    let pairs = head.values("cookie").flat_map(|line| line.split(|byte| *byte == b';'));
    let named = move |pair: &'a [u8]| {
        let pair = pair.trim_ascii();
        let equals = pair.iter().position(|byte| *byte == b'=')?;
        let (key, value) = pair.split_at_checked(equals)?;
        (key == name.as_bytes()).then(|| Cow::Borrowed(value.get(1..).unwrap_or_default()))
    };
    pairs.filter_map(named)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::json;

    use super::*;
    use crate::mock::message::{Field, Target, Version};

    fn head(query: Option<&str>, fields: &[(&'static str, &'static str)]) -> Head {
        let field = |(name, value): &(&'static str, &'static str)| Field {
            name: Bytes::from_static(name.as_bytes()),
            value: Bytes::from_static(value.as_bytes()),
        };
        Head {
            method: http::Method::GET,
            target: Target { authority: None, path: "/".into(), query: query.map(Into::into) },
            version: Version::Http11,
            fields: fields.iter().map(field).collect(),
        }
    }

    fn presented(carrier: serde_json::Value, head: &Head) -> String {
        let carrier: Carrier = serde_json::from_value(carrier).unwrap();
        match extract(head, &carrier) {
            Presented::One(value) => String::from_utf8(value.into_owned()).unwrap(),
            other @ (Presented::Absent | Presented::Empty | Presented::Several) => format!("{other:?}"),
        }
    }

    #[test]
    fn a_header_counts_once_in_any_case_of_its_name() {
        let carrier = || json!({"header": "X-API-Key"});
        assert_eq!(presented(carrier(), &head(None, &[("x-aPi-kEy", "k")])), "k");
        assert_eq!(presented(carrier(), &head(None, &[("X-API-Key", "k"), ("X-API-Key", "k")])), "Several");
        assert_eq!(presented(carrier(), &head(None, &[("X-API-Key", "")])), "Empty");
        assert_eq!(presented(carrier(), &head(Some("X-API-Key=k"), &[("X_API_Key", "k")])), "Absent");
        assert_eq!(presented(carrier(), &head(None, &[("X-API-Key", "a, b")])), "a, b");
    }

    #[test]
    fn a_scheme_is_required_and_written_in_any_case() {
        let carrier = || json!({"header": "Authorization", "scheme": "Bearer"});
        assert_eq!(presented(carrier(), &head(None, &[("Authorization", "bEARER  k")])), "k");
        for wrong in ["k", "Bearer", "Bearerk", "Basic k", "Bear"] {
            let head = head(None, &[("Authorization", Box::leak(wrong.to_owned().into_boxed_str()))]);
            assert_eq!(presented(carrier(), &head), "Empty", "{wrong}");
        }
    }

    #[test]
    fn a_query_parameter_is_decoded_and_counts_once() {
        let carrier = || json!({"query": "api_key"});
        assert_eq!(presented(carrier(), &head(Some("a=b&api%5Fkey=k%2B"), &[])), "k+");
        assert_eq!(presented(carrier(), &head(Some("api_key=k&api_key=k"), &[])), "Several");
        assert_eq!(presented(carrier(), &head(Some("api_key"), &[])), "Empty");
    }

    #[test]
    fn a_cookie_counts_once_over_all_lines() {
        let carrier = || json!({"cookie": "key"});
        assert_eq!(presented(carrier(), &head(None, &[("Cookie", "a=b; key=k=1")])), "k=1");
        assert_eq!(presented(carrier(), &head(None, &[("Cookie", "key=k"), ("Cookie", "key=l")])), "Several");
    }
}
