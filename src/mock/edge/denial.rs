//! Every reason for which this server says no, and what it says then: one table.

use crate::contract::RefusalKind;

/// A reason to say no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Denial {
    /// The lock holds: the contract says how it looks.
    Refused(RefusalKind),
    /// The request is not HTTP as the RFCs have it; says what is wrong.
    Malformed(&'static str),
    /// The body is not the document that its media type promises.
    MalformedBody(&'static str),
    /// Nothing is there.
    NotFound,
    /// The path is there, the method is not; holds the value of `Allow` (RFC 9110 section 15.5.6).
    MethodNotAllowed(String),
    /// The request did not arrive in time.
    TooSlow,
    /// What the client knows is not what is there.
    PreconditionFailed,
    /// The body is larger than this server takes.
    TooLarge,
    /// The target is longer than this server takes (RFC 9112 section 3).
    TargetTooLong,
    /// The body is of a kind, or in a coding, that the operation does not take.
    UnsupportedMedia(&'static str),
    /// The document is sound and does not say what the operation needs.
    Unprocessable(String),
    /// The key has used up its window; holds the seconds until the next one.
    TooMany(u64),
    /// The head is larger than this server takes (RFC 6585 section 5).
    HeadTooLarge,
    /// The server broke.
    Internal,
    /// The server does not know the method or the transfer coding (RFC 9110 section 15.6.2).
    NotImplemented(&'static str),
    /// The server cannot take more at the moment.
    Unavailable,
    /// What is behind the edge is not there (RFC 9110 section 15.6.3).
    BadGateway,
    /// The server does not speak this version of HTTP.
    Version,
}

/// What a denial looks like where the contract does not say: status, code, title and detail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Face {
    /// The status code.
    pub(crate) status: u16,
    /// The word that stands for it, stable for good.
    pub(crate) code: &'static str,
    /// What happened, the same for every occurrence.
    pub(crate) title: &'static str,
    /// What to do about it.
    pub(crate) detail: String,
}

impl Denial {
    /// What it looks like.
    pub(crate) fn face(&self) -> Face {
        let (status, code, title) = self.table();
        Face { status, code, title, detail: self.detail() }
    }

    fn table(&self) -> (u16, &'static str, &'static str) {
        match self {
            Self::Refused(kind) => refusal(*kind),
            Self::Malformed(_) => (400, "malformed_request", "The request is malformed"),
            Self::MalformedBody(_) => (400, "malformed_body", "The body is malformed"),
            Self::NotFound => (404, "not_found", "There is nothing here"),
            Self::MethodNotAllowed(_) => (405, "method_not_allowed", "The method is not offered here"),
            Self::TooSlow => (408, "request_timeout", "The request took too long"),
            Self::PreconditionFailed => (412, "precondition_failed", "A precondition failed"),
            Self::TooLarge => (413, "body_too_large", "The body is too large"),
            Self::TargetTooLong => (414, "target_too_long", "The request target is too long"),
            Self::UnsupportedMedia(_) => (415, "unsupported_media_type", "The body is of the wrong kind"),
            Self::Unprocessable(_) => (422, "invalid_request", "The body does not say what is needed"),
            Self::TooMany(_) => (429, "too_many_requests", "The key has used up its requests"),
            Self::HeadTooLarge => (431, "head_too_large", "The header fields are too large"),
            Self::Internal => (500, "internal_error", "Something broke"),
            Self::NotImplemented(_) => (501, "not_implemented", "The server does not know how to do this"),
            Self::BadGateway => (502, "bad_gateway", "The service is not there"),
            Self::Unavailable => (503, "unavailable", "The server cannot take the request now"),
            Self::Version => (505, "version_not_supported", "The HTTP version is not spoken here"),
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::Refused(RefusalKind::Missing) => "Send a valid API key.".into(),
            Self::Refused(RefusalKind::Insufficient | RefusalKind::WrongEnvironment) => {
                "The API key may not do this.".into()
            }
            Self::Refused(_) => "The API key is not valid.".into(),
            Self::Malformed(what)
            | Self::MalformedBody(what)
            | Self::UnsupportedMedia(what)
            | Self::NotImplemented(what) => (*what).into(),
            Self::MethodNotAllowed(allow) => format!("This path offers {allow}."),
            Self::Unprocessable(what) => what.clone(),
            Self::TooMany(seconds) => format!("Come back in {seconds} s."),
            Self::NotFound
            | Self::TooSlow
            | Self::PreconditionFailed
            | Self::TooLarge
            | Self::TargetTooLong
            | Self::HeadTooLarge
            | Self::Internal
            | Self::Unavailable
            | Self::BadGateway
            | Self::Version => String::new(),
        }
    }
}

/// What a refusal looks like before the contract is asked (RFC 9110 sections 11.4 and 15.5.4).
fn refusal(kind: RefusalKind) -> (u16, &'static str, &'static str) {
    match kind {
        RefusalKind::Missing => (401, "missing_api_key", "The request carries no API key"),
        RefusalKind::Invalid => (401, "invalid_api_key", "The API key is not valid"),
        RefusalKind::Expired => (401, "expired_api_key", "The API key has expired"),
        RefusalKind::Revoked => (401, "revoked_api_key", "The API key was revoked"),
        RefusalKind::Disabled => (401, "disabled_application", "The application is switched off"),
        RefusalKind::NotYetValid => (401, "api_key_not_yet_valid", "The API key is not valid yet"),
        RefusalKind::Insufficient => (403, "insufficient_permissions", "The API key may not do this"),
        RefusalKind::WrongEnvironment => (403, "wrong_environment", "The API key is for another environment"),
    }
}
