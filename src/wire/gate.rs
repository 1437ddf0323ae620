//! A place in a script where somebody else has something to do first.

use std::fmt;
use std::sync::Arc;

use tokio::sync::Semaphore;

/// A gate: the script says that it is there, and goes on when it is open. It stays open.
#[derive(Clone)]
pub struct Gate(Arc<[Semaphore; 2]>);

impl Default for Gate {
    fn default() -> Self {
        Self(Arc::new([Semaphore::new(0), Semaphore::new(0)]))
    }
}

impl Gate {
    /// Waits until the script is at the gate.
    pub async fn reached(&self) {
        drop(self.0[0].acquire().await);
    }

    /// Opens it.
    pub fn open(&self) {
        self.0[1].close();
    }

    /// Says that the script is here, and waits until it is open.
    pub(super) async fn pass(&self) {
        self.0[0].close();
        drop(self.0[1].acquire().await);
    }
}

impl PartialEq for Gate {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Gate {}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}
