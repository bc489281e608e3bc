//! When the next frame is due: after a key at once, after news when they have
//! been gathered for a moment; and whether it must not wait for its turn.
//!
//! Owns these moments. Asked by the runtime, which draws.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use super::effect::Attention;
use crate::model::ids::ItemKey;

/// Sizes that come one after the other while a window is dragged.
const RESIZING: Duration = Duration::from_millis(50);

/// The next frame.
#[derive(Debug)]
pub(super) struct Drawing {
    /// When it is due; none when nothing changed.
    at: Option<Instant>,
    /// It answers a key or shows a new critical.
    urgent: bool,
    gathered: Duration,
    drawn: Option<Instant>,
    /// Criticals that nobody has, as they were last shown.
    criticals: BTreeSet<ItemKey>,
}

impl Drawing {
    /// Nothing is due; news are gathered for so long.
    pub(super) fn new(gathered: Duration) -> Self {
        Self {
            at: None,
            urgent: false,
            gathered,
            drawn: None,
            criticals: BTreeSet::new(),
        }
    }

    /// When the next frame is due.
    pub(super) fn at(&self) -> Option<Instant> {
        self.at
    }

    /// At once.
    pub(super) fn now(&mut self) {
        self.at = Some(Instant::now());
        self.urgent = true;
    }

    /// For news: at once when the last frame is long ago, or when it is long
    /// enough ago.
    pub(super) fn soon(&mut self) {
        self.after(self.gathered);
    }

    /// For what the hub tells. Where it changes numbers only, as most of it does
    /// while the stream is frozen, it is gathered for four times as long.
    pub(super) fn news(&mut self, numbers_only: bool) {
        self.after(if numbers_only {
            self.gathered * 4
        } else {
            self.gathered
        });
    }

    fn after(&mut self, rest: Duration) {
        let now = Instant::now();
        self.by(self.drawn.map_or(now, |drawn| now.max(drawn + rest)));
    }

    /// When the window has not changed its size for a moment.
    pub(super) fn resized(&mut self) {
        self.by(Instant::now() + RESIZING);
        self.urgent = true;
    }

    fn by(&mut self, due: Instant) {
        self.at = Some(self.at.map_or(due, |at| at.min(due)));
    }

    /// Whether it is due now; it counts as drawn then.
    pub(super) fn is_due(&mut self, now: Instant) -> bool {
        let due = self.at.is_some_and(|at| at <= now);
        if due {
            self.at = None;
            self.drawn = Some(now);
        }
        due
    }

    /// What needs the officer changed: a new critical does not wait.
    pub(super) fn attends(&mut self, attention: &Attention) {
        self.urgent |= !attention.criticals.is_subset(&self.criticals);
        self.criticals.clone_from(&attention.criticals);
    }

    /// Whether the frame that is drawn now must not wait.
    pub(super) fn take_urgent(&mut self) -> bool {
        std::mem::take(&mut self.urgent)
    }
}
