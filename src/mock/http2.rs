//! HTTP/2: hyper reads and writes the frames, the same edge and the same services decide and answer.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf, Bytes};
use http::{HeaderName, HeaderValue, Request, Response, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::edge::Denial;
use super::http1::{
    self, Admission, BODY_LIMIT, FIELD_LIMIT, HEAD_LIMIT, Responder, TARGET_LIMIT, Wire, ended,
};
use super::message::{Answer, Field, Head, Target, Version};

/// What every HTTP/2 connection begins with (RFC 9113 section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How many requests may be under way on one connection.
const STREAMS: u32 = 256;
/// How long a body may take.
const BODY_TIME: Duration = Duration::from_secs(30);
/// How often a silent peer is asked whether it is still there, and how long it has to say so.
const PING_EVERY: Duration = Duration::from_secs(30);
const PING_TIME: Duration = Duration::from_secs(10);

/// Whether a connection begins with HTTP/2; what was read to find out stays on the wire.
///
/// # Errors
/// The connection broke or ended.
pub(super) async fn begins<S: AsyncRead + AsyncWrite + Unpin>(wire: &mut Wire<S>) -> io::Result<bool> {
    loop {
        let known = wire.buffer.len().min(PREFACE.len());
        if wire.buffer.get(..known) != PREFACE.get(..known) {
            return Ok(false);
        }
        if known == PREFACE.len() {
            return Ok(true);
        }
        wire.fill().await?;
    }
}

/// Serves a connection until either side ends it.
pub(super) async fn serve<S, R>(wire: Wire<S>, responder: Arc<R>, mut stop: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    R: Responder,
{
    let service = hyper::service::service_fn(move |request| {
        let responder = Arc::clone(&responder);
        async move { Ok::<_, Infallible>(respond(&*responder, request).await) }
    });
    let mut builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(PING_TIME)
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(u32::try_from(HEAD_LIMIT).unwrap_or(u32::MAX));
    let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(wire), service));
    let stopped = tokio::select! {
        _ = connection.as_mut() => false,
        () = ended(&mut stop) => true,
    };
    if stopped {
        connection.as_mut().graceful_shutdown();
        drop(connection.await);
    }
}

async fn respond<R: Responder>(responder: &R, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let answer = match head(&parts) {
        Ok(head) => answer(responder, &head, body).await,
        Err(denial) => responder.refuse(None, &denial),
    };
    let pause = responder.manner().pause + answer.pause;
    if !pause.is_zero() {
        sleep(pause).await;
    }
    response(&answer)
}

async fn answer<R: Responder>(responder: &R, head: &Head, body: Incoming) -> Answer {
    let (early, body) = if responder.awaits_body(head) {
        match collect(body).await {
            Ok(early) => (Some(early), None),
            Err(denial) => return responder.refuse(Some(head), &denial),
        }
    } else {
        (None, Some(body))
    };
    let pass = match responder.admit(head, early.as_deref()) {
        Admission::Answered(answer) => return answer,
        Admission::Admitted(pass) => pass,
    };
    let body = match (early, body) {
        (Some(early), _) => Ok(early),
        (None, Some(body)) => collect(body).await,
        (None, None) => Ok(Bytes::new()),
    };
    match body {
        Ok(body) => responder.serve(head, pass, &body),
        Err(denial) => responder.refuse(Some(head), &denial),
    }
}

/// A whole body; trailers are dropped.
async fn collect(body: Incoming) -> Result<Bytes, Denial> {
    match timeout(BODY_TIME, Limited::new(body, BODY_LIMIT).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => Err(Denial::TooLarge),
        Ok(Err(_)) => Err(Denial::MalformedBody("The body is incomplete.")),
        Err(_) => Err(Denial::TooSlow),
    }
}

/// A head as the edge takes it. What the frames themselves forbid was refused before; here are the rules that
/// the edge adds: bounds, and one name for the host (RFC 9113 section 8.3.1).
fn head(parts: &http::request::Parts) -> Result<Head, Denial> {
    let authority = parts.uri.authority().map(ToString::to_string);
    let mut hosts = parts.headers.get_all(header::HOST).iter();
    let differs = |host: &HeaderValue| authority.as_ref().is_some_and(|it| it.as_bytes() != host.as_bytes());
    if hosts.next().is_some_and(differs) || hosts.next().is_some() {
        return Err(Denial::Malformed("The request names more than one host."));
    }
    if parts.uri.path_and_query().is_some_and(|target| target.as_str().len() > TARGET_LIMIT) {
        return Err(Denial::TargetTooLong);
    }
    if parts.headers.len() > FIELD_LIMIT {
        return Err(Denial::HeadTooLarge);
    }
    let field = |(name, value): (&HeaderName, &HeaderValue)| Field {
        name: Bytes::copy_from_slice(name.as_str().as_bytes()),
        value: Bytes::copy_from_slice(value.as_bytes()),
    };
    let target = Target {
        authority,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(ToOwned::to_owned),
    };
    let fields = parts.headers.iter().map(field).collect();
    Ok(Head { method: parts.method.clone(), target, version: Version::Http2, fields })
}

fn response(answer: &Answer) -> Response<Full<Bytes>> {
    let content = http1::content(answer);
    let mut response = Response::new(Full::default());
    *response.status_mut() = http::StatusCode::from_u16(answer.status).unwrap_or_default();
    let fields = response.headers_mut();
    let described = content.as_ref().map(|(media_type, bytes)| {
        [("content-type", (*media_type).to_owned()), ("content-length", bytes.len().to_string())]
    });
    let described = described.into_iter().flatten();
    let others = answer.fields.iter().map(|(name, value)| (&**name, value.to_string()));
    for (name, value) in described.chain(others) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            fields.append(name, value);
        }
    }
    if let Some((_, bytes)) = content.filter(|_| !answer.withheld) {
        *response.body_mut() = Full::new(Bytes::from(bytes));
    }
    response
}

/// A wire can be read again from where its buffer begins.
impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.buffer.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, out);
        }
        let take = self.buffer.len().min(out.remaining());
        out.put_slice(self.buffer.get(..take).unwrap_or_default());
        self.buffer.advance(take);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
