//! The numbers of the header and of the queues' tabs.
//!
//! Owns [`Counts`], made in one pass over the items. What lies where is the
//! room's; this only counts it.

use serde::{Deserialize, Serialize};

use super::{
    Queue, Viewer, is_called_by_rule, is_for_team, is_pressed_by_clock, is_unassigned_critical,
    is_waiting_escalation, sleeps,
};
use crate::model::item::Item;

/// The numbers of the header and of the queues' tabs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// In [`Queue::Mine`].
    pub mine: usize,
    /// In [`Queue::Unassigned`].
    pub unassigned: usize,
    /// In [`Queue::Team`].
    pub team: usize,
    /// In [`Queue::All`]. With `asleep` and `suppressed`: all that is open.
    pub all: usize,
    /// Critical, and nobody has it.
    pub unassigned_critical: usize,
    /// Escalations that nobody has taken.
    pub escalations_waiting: usize,
    /// Open, snoozed and not suppressed.
    pub asleep: usize,
    /// Open and suppressed.
    pub suppressed: usize,
    /// What [`super::needs_me`] says yes to.
    pub needs_me: usize,
}

impl Counts {
    /// Counts `items` in one pass.
    pub fn of<'i>(items: impl IntoIterator<Item = &'i Item>, viewer: &Viewer<'_>) -> Self {
        let mut counts = Self::default();
        for item in items {
            counts.add(item, viewer);
        }
        counts
    }

    /// Counts one more.
    pub fn add(&mut self, item: &Item, viewer: &Viewer<'_>) {
        if !item.is_open() {
            return;
        }
        if item.triage.suppressed_by.is_some() {
            self.suppressed += 1;
            return;
        }
        if sleeps(item, viewer.now) {
            self.asleep += 1;
            return;
        }
        let mine = item.triage.is_held_by(viewer.officer);
        let critical = is_unassigned_critical(item);
        let escalation = is_waiting_escalation(item, viewer);
        self.all += 1;
        self.mine += usize::from(mine);
        self.unassigned += usize::from(item.triage.is_unassigned());
        self.team += usize::from(is_for_team(item, viewer.teams));
        self.unassigned_critical += usize::from(critical);
        self.escalations_waiting += usize::from(escalation);
        let called = || is_called_by_rule(item) || is_pressed_by_clock(item, viewer);
        self.needs_me += usize::from(mine || critical || escalation || called());
    }

    /// The number on a queue's tab.
    #[must_use]
    pub fn queue(&self, queue: Queue) -> usize {
        match queue {
            Queue::Mine => self.mine,
            Queue::Unassigned => self.unassigned,
            Queue::Team => self.team,
            Queue::All => self.all,
        }
    }
}
