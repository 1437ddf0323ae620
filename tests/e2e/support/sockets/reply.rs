//! An answer, and its bytes.

use serde_json::Value;

/// A final answer.
#[derive(Clone)]
pub(super) struct Reply {
    status: u16,
    fields: Vec<(&'static str, String)>,
    body: String,
    with_content: bool,
}

impl Reply {
    /// An answer with content in JSON.
    pub(super) fn json(status: u16, media_type: &'static str, body: &Value) -> Self {
        let fields = vec![("Content-Type", media_type.to_owned()), ("Cache-Control", "no-store".to_owned())];
        Self { status, fields, body: body.to_string(), with_content: true }
    }

    /// The status.
    pub(super) fn status(&self) -> u16 {
        self.status
    }

    /// The same with one more field.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    /// The same without content; its length is still that of what is left out.
    pub(super) fn bare(mut self) -> Self {
        self.with_content = false;
        self
    }

    /// What is written.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let Self { status, fields, body, .. } = self;
        let mut text = format!("HTTP/1.1 {status} {}\r\nContent-Length: {}\r\n", reason(*status), body.len());
        for (name, value) in fields {
            text.extend([name, ": ", &**value, "\r\n"]);
        }
        text.extend(["\r\n", if self.with_content { body } else { "" }]);
        text.into_bytes()
    }
}

/// The words of a status, for people.
pub(super) fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        422 => "Unprocessable Content",
        431 => "Request Header Fields Too Large",
        501 => "Not Implemented",
        505 => "HTTP Version Not Supported",
        _ => "Unknown",
    }
}
