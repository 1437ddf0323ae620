//! An action that is a request.

use bytes::Bytes;
use http::HeaderValue;
use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};

use super::{Arguments, PlaneError, Told, fill};
use crate::contract::HttpCall;
use crate::wire::{Ordinary, Request};

/// Sends it.
pub(super) async fn send(
    client: &Ordinary,
    call: &HttpCall,
    arguments: &Arguments,
) -> Result<Told, PlaneError> {
    let exchange = client.send(request(call, arguments)?).await;
    if let Some(failure) = exchange.failure {
        return Err(PlaneError::Failure(failure));
    }
    let answer = exchange.answer.ok_or(PlaneError::Address)?;
    if !(200..300).contains(&answer.status) {
        return Err(PlaneError::Status(answer.status));
    }
    Ok(Told { text: answer.body, truncated: answer.truncated })
}

/// The request, at the address that the contract names and no other.
fn request(call: &HttpCall, arguments: &Arguments) -> Result<Request, PlaneError> {
    let url = parsed(&fill::address(&call.url, arguments)?)?;
    let declared = parsed(call.url.split('{').next().unwrap_or_default())?;
    if url.origin() != declared.origin() || !url.username().is_empty() || url.password().is_some() {
        return Err(PlaneError::Address);
    }
    let agent = HeaderValue::from_static(concat!("lockproof/", env!("CARGO_PKG_VERSION")));
    let mut headers = vec![(USER_AGENT, agent), (ACCEPT, HeaderValue::from_static("*/*"))];
    if call.body.is_some() {
        headers.push((CONTENT_TYPE, HeaderValue::from_static("application/json")));
    }
    for (name, value) in &call.headers {
        let wrong = || PlaneError::Field(name.to_string());
        let mut line = HeaderValue::from_str(&fill::text(value, arguments)?).map_err(|_| wrong())?;
        line.set_sensitive(true);
        headers.push((name.http().clone(), line));
    }
    let body = call.body.as_ref().map(|body| fill::document(body, arguments)).transpose()?;
    let body = body.map(|body| Bytes::from(body.to_string()));
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let target = format!("{}{query}", url.path());
    Ok(Request { method: call.method.http().clone(), url, target, headers, body, key: None, script: None })
}

fn parsed(url: &str) -> Result<reqwest::Url, PlaneError> {
    reqwest::Url::parse(url).map_err(|_| PlaneError::Address)
}
