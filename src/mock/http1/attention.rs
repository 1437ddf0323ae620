//! What a connection listens with between two requests: one alarm and one ear for the end of the server, for as long as
//! the connection lives. Both are set up behind a lock of the runtime, so they are set up once and not for every request.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use tokio::sync::watch;
use tokio::time::{Instant, Sleep, sleep_until};

use super::connection::ended;

/// What was heard.
#[derive(Debug)]
pub(super) enum Heard<T> {
    /// What was listened for.
    Something(T),
    /// Nothing, in all the time that there was.
    Nothing,
    /// That the server ends.
    TheEnd,
}

/// Whether the end of the server is something to listen for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It is: nothing is under way.
    Matters,
    /// It is not: what is under way is finished.
    CanWait,
}

/// Listens.
pub(super) struct Attention {
    stop: watch::Receiver<bool>,
    end: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// Who is woken by the end.
    woken: Option<Waker>,
    alarm: Pin<Box<Sleep>>,
}

impl fmt::Debug for Attention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attention")
    }
}

impl Attention {
    /// For one connection, which is told of the end by `stop`.
    pub(super) fn new(stop: watch::Receiver<bool>) -> Self {
        let mut ear = stop.clone();
        let end = Box::pin(async move { ended(&mut ear).await });
        Self { stop, end, woken: None, alarm: Box::pin(sleep_until(Instant::now())) }
    }

    /// Whether the server ends.
    pub(super) fn is_ending(&self) -> bool {
        self.stop.has_changed().unwrap_or(true)
    }

    /// Listens for something until a deadline, and for the end where that matters.
    pub(super) async fn hear<T>(
        &mut self,
        something: impl Future<Output = T>,
        deadline: Instant,
        end: End,
    ) -> Heard<T> {
        let mut something = pin!(something);
        poll_fn(|context| {
            if let Poll::Ready(heard) = something.as_mut().poll(context) {
                return Poll::Ready(Heard::Something(heard));
            }
            if end == End::Matters && self.ends(context) {
                return Poll::Ready(Heard::TheEnd);
            }
            if self.is_late(deadline, context) { Poll::Ready(Heard::Nothing) } else { Poll::Pending }
        })
        .await
    }

    /// Whether the server ends; if not, whoever asks is woken when it does. Who is to be woken stays known from one
    /// request to the next.
    fn ends(&mut self, context: &mut Context<'_>) -> bool {
        let known = self.woken.as_ref().is_some_and(|waker| waker.will_wake(context.waker()));
        if known && !self.stop.has_changed().unwrap_or(false) {
            return false;
        }
        self.woken = Some(context.waker().clone());
        self.end.as_mut().poll(context).is_ready()
    }

    /// Whether a deadline is over; if not, whoever asks is woken when it is. An alarm that rings too early is set anew,
    /// which is rarer than a deadline that is put off: that happens with every request.
    fn is_late(&mut self, deadline: Instant, context: &mut Context<'_>) -> bool {
        if deadline < self.alarm.deadline() {
            self.alarm.as_mut().reset(deadline);
        }
        while self.alarm.as_mut().poll(context).is_ready() {
            if Instant::now() >= deadline {
                return true;
            }
            self.alarm.as_mut().reset(deadline);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_millis(20)
    }

    #[tokio::test]
    async fn an_alarm_that_was_put_off_rings_at_its_last_deadline_and_not_before() {
        let stop = watch::Sender::new(false);
        let mut attention = Attention::new(stop.subscribe());
        let early = attention.hear(std::future::ready(1), soon(), End::Matters).await;
        assert!(matches!(early, Heard::Something(1)));
        let deadline = soon() + Duration::from_millis(20);
        let late = attention.hear(std::future::pending::<()>(), deadline, End::Matters).await;
        assert!(matches!(late, Heard::Nothing) && Instant::now() >= deadline);
        let sooner = attention.hear(std::future::pending::<()>(), soon(), End::Matters).await;
        assert!(matches!(sooner, Heard::Nothing));
    }

    #[tokio::test]
    async fn the_end_is_heard_however_often_something_else_was_before() {
        let stop = watch::Sender::new(false);
        let mut attention = Attention::new(stop.subscribe());
        for _ in 0..3 {
            let heard = attention.hear(tokio::task::yield_now(), soon(), End::Matters).await;
            assert!(matches!(heard, Heard::Something(())));
        }
        assert!(!attention.is_ending());
        stop.send_replace(true);
        assert!(attention.is_ending());
        let deaf = attention.hear(std::future::pending::<()>(), soon(), End::CanWait).await;
        assert!(matches!(deaf, Heard::Nothing));
        let heard = attention.hear(std::future::pending::<()>(), soon(), End::Matters).await;
        assert!(matches!(heard, Heard::TheEnd));
    }
}
