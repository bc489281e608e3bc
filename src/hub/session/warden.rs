//! Ends a session whose credential does not hold any more, or whose socket
//! takes nothing, also while the session itself waits in a write.
//!
//! Owns the [`Pulse`] of a session's writes. Runs beside the session: a console
//! that has stopped reading must not outlive its credential, nor keep its
//! session for as long as TCP is willing to try.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch::Receiver;
use tokio::time::Instant;

use super::Ended;
use crate::wire::limits::DEAD_AFTER;

/// How often it looks when nobody tells of a change (tokens and certificates run
/// out by themselves): well inside the thirty seconds within which a revoked
/// session must end.
const LOOK: Duration = Duration::from_secs(10);

/// Since when a write waits.
#[derive(Debug, Default)]
pub(super) struct Pulse(Mutex<Option<Instant>>);

impl Pulse {
    /// A write begins.
    pub(super) fn begins(&self) {
        self.set(Some(Instant::now()));
    }

    /// It is over.
    pub(super) fn ends(&self) {
        self.set(None);
    }

    /// Whether one write has waited for as long as a dead link is waited for.
    fn is_stuck(&self) -> bool {
        let waits = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waits.is_some_and(|since| since.elapsed() >= DEAD_AFTER)
    }

    fn set(&self, since: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }
}

/// Waits until the session has to end. Looks at once when `changes` counts.
pub(super) async fn watch(
    pulse: &Pulse,
    valid: &(impl Fn() -> bool + Sync),
    changes: &mut Receiver<u64>,
) -> Ended {
    let mut looks = tokio::time::interval(LOOK);
    loop {
        tokio::select! {
            _ = looks.tick() => {}
            Ok(()) = changes.changed() => {}
        }
        if !valid() {
            return Ended::Revoked;
        }
        if pulse.is_stuck() {
            return Ended::Silent;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use tokio::sync::watch::Sender;

    use super::*;

    #[tokio::test]
    async fn a_change_is_looked_at_at_once() {
        let good = Arc::new(AtomicBool::new(true));
        let changes = Sender::new(0);
        let (looked, mut looks) = tokio::sync::mpsc::unbounded_channel();
        let valid = {
            let good = Arc::clone(&good);
            move || {
                looked.send(()).expect("the test listens");
                good.load(Ordering::Relaxed)
            }
        };
        let mut told = changes.subscribe();
        let watching =
            tokio::spawn(async move { watch(&Pulse::default(), &valid, &mut told).await });
        // A change that leaves the credential good ends nothing.
        looks.recv().await.expect("the first look");
        changes.send_modify(|count| *count += 1);
        looks.recv().await.expect("a look");
        good.store(false, Ordering::Relaxed);
        changes.send_modify(|count| *count += 1);
        let ended = tokio::time::timeout(LOOK / 2, watching).await;
        let ended = ended.expect("before it looks by itself").expect("it ends");
        assert_eq!(ended, Ended::Revoked);
    }
}
