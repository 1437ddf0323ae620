//! How long a new connection takes, told to the request that asked for it.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

tokio::task_local! {
    /// The stopwatch of the request that is being sent in this task.
    static WATCH: Arc<Stopwatch>;
}

/// The moment in which a request was handed over, and how long its connection took to stand.
#[derive(Debug)]
pub(super) struct Stopwatch {
    started: Instant,
    connected: OnceLock<Duration>,
}

impl Stopwatch {
    pub(super) fn start() -> Arc<Self> {
        Arc::new(Self { started: Instant::now(), connected: OnceLock::new() })
    }

    /// The time since the start.
    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// The time until a new connection stood, where one was made.
    pub(super) fn connected(&self) -> Option<Duration> {
        self.connected.get().copied()
    }

    /// Runs a future whose connections this stopwatch times.
    pub(super) async fn time<F: Future>(self: Arc<Self>, future: F) -> F::Output {
        WATCH.scope(self, future).await
    }
}

/// The layer around the client's connector.
#[derive(Clone, Debug)]
pub(super) struct TimeConnections;

impl<S> tower_layer::Layer<S> for TimeConnections {
    type Service = Timed<S>;

    fn layer(&self, inner: S) -> Timed<S> {
        Timed(inner)
    }
}

/// The timed connector.
#[derive(Clone, Debug)]
pub(super) struct Timed<S>(S);

type Connecting<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

impl<S, R> tower_service::Service<R> for Timed<S>
where
    S: tower_service::Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Connecting<S::Response, S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let watch = WATCH.try_with(Arc::clone).ok();
        let connecting = self.0.call(request);
        Box::pin(async move {
            let connection = connecting.await;
            if let (Some(watch), Ok(_)) = (watch, &connection) {
                watch.connected.set(watch.elapsed()).ok();
            }
            connection
        })
    }
}
