//! The server's own truth about time: when each request was here, and when its answer was gone. Whoever measures from
//! outside can be compared with it.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

/// How many times of a connection are kept before they are handed over.
const KEPT: usize = 4096;

/// When one request was here and its answer gone, in nanoseconds since the server began. The clock never goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Served {
    /// When the whole of its head had been read.
    pub arrived: u64,
    /// When the system had taken the whole of its answer.
    pub answered: u64,
}

/// What takes the times of requests.
type Take = dyn Fn(&[Served]) + Send + Sync;

/// Takes the times of requests, many at once: those of one connection, in their order. Over HTTP/1 alone.
#[derive(Clone)]
pub struct TimesSink(pub Arc<Take>);

impl fmt::Debug for TimesSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TimesSink")
    }
}

/// The times of one connection. Nobody else writes to it, so nothing waits for anything while it goes on.
#[derive(Debug)]
pub(crate) struct Page {
    began: Instant,
    sink: TimesSink,
    lines: Vec<Served>,
    arrived: u64,
}

impl Page {
    /// An empty one, of a server that began at a moment.
    pub(crate) fn new(sink: &TimesSink, began: Instant) -> Self {
        Self { began, sink: sink.clone(), lines: Vec::with_capacity(KEPT), arrived: 0 }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// A request is here.
    pub(crate) fn arrived(&mut self) {
        self.arrived = self.now();
    }

    /// Its answer is gone.
    pub(crate) fn answered(&mut self) {
        self.lines.push(Served { arrived: self.arrived, answered: self.now() });
        if self.lines.len() == KEPT {
            self.hand_over();
        }
    }

    fn hand_over(&mut self) {
        (self.sink.0)(&self.lines);
        self.lines.clear();
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.hand_over();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn every_time_is_handed_over_in_its_order_at_the_latest_when_the_connection_ends() {
        let all = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&all);
        let sink = TimesSink(Arc::new(move |times: &[Served]| kept.lock().unwrap().extend_from_slice(times)));
        let mut page = Page::new(&sink, Instant::now());
        for _ in 0..KEPT + 3 {
            page.arrived();
            page.answered();
        }
        assert_eq!(all.lock().unwrap().len(), KEPT);
        drop(page);
        let all = all.lock().unwrap();
        assert_eq!(all.len(), KEPT + 3);
        assert!(all.iter().all(|one| one.arrived <= one.answered));
        assert!(all.windows(2).all(|two| two[0].answered <= two[1].arrived));
    }
}
