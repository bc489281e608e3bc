//! The board, and what one pass over it gives: rows, counts, attention.
//!
//! News only marks the floor dirty; the pass is made once before a frame or a
//! key, however many events came. Called by `App::settle`.

use super::session::Session;
use super::views::View;
use super::views::Views;
use super::{SavedView, Settings};
use crate::console::effect::Attention;
use crate::model::board::Board;
use crate::model::filter::{Asker, Filter};
use crate::model::ids::{ItemId, ItemKey, OfficerId};
use crate::model::item::{Item, Kind};
use crate::model::queue::{self, Queue, Viewer};
use crate::model::severity::Severity;
use crate::model::time::Timestamp;
use crate::model::triage::State;

/// The items and what is derived from them.
#[derive(Debug, Default)]
pub struct Floor {
    /// The fold of all events.
    pub board: Board,
    /// Derived when last settled.
    pub derived: Derived,
    dirty: bool,
}

/// What one pass over the board gives.
#[derive(Debug, Default)]
pub struct Derived {
    /// The keys of the rows asked for, in order.
    pub rows: Vec<ItemKey>,
    /// Items in the four queues, in the order of [`Queue::ALL`].
    pub queues: [usize; 4],
    /// Items in each saved view.
    pub saved: Vec<usize>,
    /// Items asleep.
    pub asleep: usize,
    /// Items hidden by suppressions.
    pub suppressed: usize,
    /// What needs me.
    pub attention: Attention,
    /// Items that wait, by severity, in the order of [`Severity::ALL`].
    pub severities: [usize; 5],
    /// Items whose next clock ran out.
    pub overdue: usize,
}

impl Floor {
    /// Says that something changed.
    pub fn touch(&mut self) {
        self.dirty = true;
    }

    /// Whether something changed since the last call.
    pub fn take_dirty(&mut self) -> bool {
        std::mem::take(&mut self.dirty)
    }

    /// Makes the pass.
    pub fn derive(&mut self, session: &Session, settings: &Settings, views: &Views) {
        let mut pass = Pass {
            view: views.now(),
            saved: &settings.views,
            asker: session.asker(),
            rows: Vec::new(),
            derived: Derived {
                saved: vec![0; settings.views.len()],
                ..Derived::default()
            },
        };
        for item in self.board.items() {
            pass.take(item);
        }
        self.derived = pass.finish(settings.newest_first);
    }
}

/// Rows are ordered by this, then reversed where the newest comes first.
type Order = (u8, Timestamp, ItemId);

struct Pass<'a> {
    view: &'a View,
    saved: &'a [SavedView],
    asker: Asker<'a>,
    rows: Vec<(Order, ItemKey)>,
    derived: Derived,
}

impl Pass<'_> {
    fn take(&mut self, item: &Item) {
        let waits = item.is_waiting();
        let viewer = self.asker.officer.map(|officer| Viewer {
            officer,
            teams: self.asker.teams,
        });
        let in_queue = |queue: Queue| match &viewer {
            Some(viewer) => queue.contains(item, viewer),
            None => queue == Queue::All && waits,
        };
        for (count, queue) in self.derived.queues.iter_mut().zip(Queue::ALL) {
            *count += usize::from(in_queue(queue));
        }
        for (count, saved) in self.derived.saved.iter_mut().zip(self.saved) {
            let hit = reaches(&saved.filter, waits) && saved.filter.matches(item, &self.asker);
            *count += usize::from(hit);
        }
        let open = item.is_open();
        self.derived.asleep += usize::from(open && item.triage.snooze.is_some());
        self.derived.suppressed += usize::from(open && item.triage.suppressed_by.is_some());
        if waits {
            self.weigh(item);
        }
        if self.is_wanted(item, in_queue(self.view.queue)) {
            self.rows.push((self.order(item), item.key));
        }
    }

    fn weigh(&mut self, item: &Item) {
        let urgency = item.urgency();
        for (count, severity) in self.derived.severities.iter_mut().zip(Severity::ALL) {
            *count += usize::from(severity == urgency);
        }
        let over = item
            .clocks
            .next_due()
            .is_some_and(|at| at <= self.asker.now);
        self.derived.overdue += usize::from(over);
        let attention = &mut self.derived.attention;
        let fresh = matches!(item.triage.state, State::New);
        if fresh && urgency == Severity::Critical {
            attention.criticals.insert(item.key);
        }
        if fresh && item.content.kind == Kind::Escalation {
            attention.escalations.insert(item.key);
        }
        let mine = |officer: &OfficerId| item.triage.is_held_by(officer);
        if self.asker.officer.is_some_and(mine) {
            attention.mine.insert(item.key);
        }
    }

    /// A filter that asks for what does not wait (asleep, resolved) looks
    /// beyond the queue of all.
    fn is_wanted(&self, item: &Item, in_queue: bool) -> bool {
        let saved = self
            .view
            .saved
            .and_then(|n| self.saved.get(usize::from(n).checked_sub(1)?));
        let filters = [saved.map(|s| &s.filter), self.view.filter.as_ref()];
        let mut filters = filters.into_iter().flatten();
        let beyond = filters.clone().any(|f| reaches(f, false));
        (in_queue || (beyond && self.view.queue == Queue::All))
            && filters.all(|filter| filter.matches(item, &self.asker))
    }

    /// Mine by urgency, everything else by when it came, or came back.
    fn order(&self, item: &Item) -> Order {
        let came = item
            .triage
            .returned
            .as_ref()
            .map_or(item.received_at, |r| r.at.max(item.received_at));
        let rank = if self.view.queue == Queue::Mine {
            u8::try_from(Severity::ALL.len()).unwrap_or(0) - item.urgency() as u8
        } else {
            0
        };
        (rank, came, item.id)
    }

    fn finish(mut self, newest_first: bool) -> Derived {
        self.rows.sort_unstable();
        if newest_first && self.view.queue != Queue::Mine {
            self.rows.reverse();
        }
        self.derived.rows = self.rows.into_iter().map(|(_, key)| key).collect();
        self.derived
    }
}

/// Whether a filter may hit an item that waits or not: one that names a state
/// or a number looks at all items, any other at those that wait.
fn reaches(filter: &Filter, waits: bool) -> bool {
    const BEYOND: [&str; 7] = [
        "is:resolved",
        "is:snoozed",
        "is:asleep",
        "is:suppressed",
        "is:merged",
        "is:closed",
        "#",
    ];
    waits || BEYOND.iter().any(|word| filter.source().contains(word))
}

/// Whether `w` stops at `item`.
#[must_use]
pub fn needs_me(item: &Item, session: &Session) -> bool {
    session.me().is_some_and(|officer| {
        let viewer = Viewer {
            officer,
            teams: session.teams(),
        };
        queue::needs_me(item, &viewer)
    })
}
