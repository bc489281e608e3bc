//! Ends a session whose credential does not hold any more, or whose socket
//! takes nothing, also while the session itself waits in a write.
//!
//! Owns the [`Pulse`] of a session's writes. Runs beside the session: a console
//! that has stopped reading must not outlive its credential, nor keep its
//! session for as long as TCP is willing to try.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Ended;
use crate::wire::limits::DEAD_AFTER;

/// How often it looks: with the two seconds in which the officers' file is
/// noticed, well inside the thirty within which a revoked session must end.
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

/// Waits until the session has to end.
pub(super) async fn watch(pulse: &Pulse, valid: &(impl Fn() -> bool + Sync)) -> Ended {
    let mut looks = tokio::time::interval(LOOK);
    loop {
        looks.tick().await;
        if !valid() {
            return Ended::Revoked;
        }
        if pulse.is_stuck() {
            return Ended::Silent;
        }
    }
}
