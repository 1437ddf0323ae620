//! A listener: takes connections, not too many at a time, and hands each to the protocol that it speaks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::http1::{self, GoneOver, Responder, Wire, ended};
use super::http2;

/// The number of the next connection.
static CONNECTION: AtomicU64 = AtomicU64::new(0);

/// The most connections that one listener holds; further ones wait to be taken.
const CONNECTIONS: usize = 8192;
/// How long a client may take to shake hands, or to show which protocol it speaks.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long to wait when the system gives no more connections.
const RECOVERY: Duration = Duration::from_millis(50);

/// What is spoken on a connection.
#[derive(Clone)]
pub(super) enum Transport {
    /// HTTP/1, in the clear.
    Http1,
    /// HTTP/1, or HTTP/2 from the first byte on, in the clear.
    Either,
    /// What ALPN settles, over TLS.
    Tls(TlsAcceptor),
}

/// Serves a listener until `stop` says so; returns when every connection has ended.
pub(super) async fn serve<R: Responder>(
    listener: TcpListener,
    responder: Arc<R>,
    transport: Transport,
    mut stop: watch::Receiver<bool>,
) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    let ending = stop.clone();
    loop {
        let accepted = async {
            let place = Arc::clone(&room).acquire_owned().await.ok()?;
            let (stream, peer) = listener.accept().await.ok()?;
            let responder = responder.connected(CONNECTION.fetch_add(1, Ordering::Relaxed), peer.ip());
            Some((stream, responder, place))
        };
        tokio::select! {
            () = ended(&mut stop) => break,
            Some(_) = connections.join_next() => {}
            accepted = accepted => match accepted {
                Some((stream, responder, place)) => {
                    let (transport, ending) = (transport.clone(), ending.clone());
                    connections.spawn(async move {
                        connection(stream, responder, transport, ending).await;
                        drop(place);
                    });
                }
                None => sleep(RECOVERY).await,
            },
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn connection<R: Responder>(
    stream: TcpStream,
    responder: Arc<R>,
    transport: Transport,
    mut stop: watch::Receiver<bool>,
) {
    // Answers are written whole, so waiting for more to send would only delay them.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    match transport {
        Transport::Http1 => http1(Wire::new(stream), &*responder, stop).await,
        Transport::Either => {
            let mut wire = Wire::new(stream);
            match before_the_end(http2::begins(&mut wire), &mut stop).await {
                Some(Ok(true)) => http2::serve(wire, &*responder, stop).await,
                Some(Ok(false)) => http1(wire, &*responder, stop).await,
                Some(Err(_)) | None => {}
            }
        }
        Transport::Tls(acceptor) => {
            let Some(Ok(stream)) = before_the_end(acceptor.accept(stream), &mut stop).await else { return };
            if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                http2::serve(Wire::new(stream), &*responder, stop).await;
            } else {
                http1(Wire::new(stream), &*responder, stop).await;
            }
        }
    }
}

/// What comes of waiting for a client to begin: nothing where it takes too long, or the server ends before. Nobody who has
/// asked nothing yet holds that up.
async fn before_the_end<T>(begun: impl Future<Output = T>, stop: &mut watch::Receiver<bool>) -> Option<T> {
    tokio::select! {
        biased;
        begun = timeout(HANDSHAKE, begun) => begun.ok(),
        () = ended(stop) => None,
    }
}

/// Serves a connection that begins with HTTP/1.
async fn http1<S, R>(wire: Wire<S>, responder: &R, stop: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    R: Responder,
{
    if let Some(GoneOver { wire, request }) = http1::serve(wire, responder, &stop).await {
        http2::resume(wire, responder, request, stop).await;
    }
}
