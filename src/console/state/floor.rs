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
use crate::model::ids::{ItemId, ItemKey};
use crate::model::item::{Item, Kind};
use crate::model::queue::{self, Counts, Newest, Queue, SortKey, Viewer, sort_key};
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
    /// The numbers of the header and the queues.
    pub counts: Counts,
    /// Items in each saved view.
    pub saved: Vec<usize>,
    /// What needs me.
    pub attention: Attention,
    /// Items that wait, by severity, in the order of [`Severity::ALL`].
    pub severities: [usize; 5],
    /// Items whose next clock ran out.
    pub overdue: usize,
    /// The first of what needs me, [`Derived::NEEDS`] at the most: what nobody
    /// has before what is mine, what is due first before what has time.
    pub needs: Vec<ItemKey>,
    /// The highest number on the board: the column of numbers is that wide.
    pub highest: ItemId,
}

impl Derived {
    /// Rows of what needs me that a screen can show.
    pub const NEEDS: usize = 16;
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

    /// Makes the pass. Before the first session there is nobody to make it for.
    pub fn derive(&mut self, session: &Session, settings: &Settings, views: &Views) {
        let Some(viewer) = session.viewer() else {
            self.derived = Derived::default();
            return;
        };
        let mut pass = Pass {
            view: views.now(),
            saved: &settings.views,
            asker: session.asker(),
            viewer,
            newest: settings.newest,
            rows: Vec::new(),
            needs: Vec::new(),
            derived: Derived {
                saved: vec![0; settings.views.len()],
                ..Derived::default()
            },
        };
        for item in self.board.items() {
            pass.take(item);
        }
        self.derived = pass.finish();
    }
}

struct Pass<'a> {
    view: &'a View,
    saved: &'a [SavedView],
    asker: Asker<'a>,
    viewer: Viewer<'a>,
    newest: Newest,
    rows: Vec<(SortKey, ItemKey)>,
    needs: Vec<(Need, Timestamp, Timestamp, ItemKey)>,
    derived: Derived,
}

/// Why something needs me, the most pressing first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    /// Critical, and nobody has it.
    Critical,
    /// An escalation that nobody has taken.
    Waiting,
    /// Mine, and late.
    Late,
    /// Mine.
    Mine,
}

impl Pass<'_> {
    fn take(&mut self, item: &Item) {
        let waits = Queue::All.contains(item, &self.viewer);
        self.derived.highest = self.derived.highest.max(item.id);
        self.derived.counts.add(item, &self.viewer);
        for (count, saved) in self.derived.saved.iter_mut().zip(self.saved) {
            let reached =
                saved.queue.contains(item, &self.viewer) || saved.filter.looks_beyond_queues();
            *count += usize::from(reached && saved.filter.matches(item, &self.asker));
        }
        if waits {
            self.weigh(item);
        }
        if self.is_wanted(item) {
            let place = sort_key(item, &self.viewer, self.newest);
            self.rows.push((place, item.key));
        }
    }

    fn weigh(&mut self, item: &Item) {
        let urgency = item.urgency();
        for (count, severity) in self.derived.severities.iter_mut().zip(Severity::ALL) {
            *count += usize::from(severity == urgency);
        }
        let due = item.clocks.next_due();
        let over = due.is_some_and(|at| at <= self.asker.now);
        self.derived.overdue += usize::from(over);
        if queue::needs_me(item, &self.viewer) {
            let mine = item.triage.is_held_by(self.viewer.officer);
            let need = match (mine, over) {
                (true, true) => Need::Late,
                (true, false) => Need::Mine,
                (false, _) if urgency == Severity::Critical => Need::Critical,
                (false, _) => Need::Waiting,
            };
            let due = due.unwrap_or(Timestamp::from_millis(i64::MAX));
            self.needs.push((need, due, item.received_at, item.key));
        }
        let attention = &mut self.derived.attention;
        let fresh = matches!(item.triage.state, State::New);
        if fresh && urgency == Severity::Critical {
            attention.criticals.insert(item.key);
        }
        if fresh && item.content.kind == Kind::Escalation {
            attention.escalations.insert(item.key);
        }
        if item.triage.is_held_by(self.viewer.officer) {
            attention.mine.insert(item.key);
        }
    }

    /// A filter that asks for what no queue shows (asleep, resolved, a number)
    /// looks at the whole board.
    fn is_wanted(&self, item: &Item) -> bool {
        let saved = self
            .view
            .saved
            .and_then(|n| self.saved.iter().find(|saved| saved.number == n));
        let filters = [saved.map(|s| &s.filter), self.view.filter.as_ref()];
        let mut filters = filters.into_iter().flatten();
        let beyond = filters.clone().any(Filter::looks_beyond_queues);
        (beyond || self.view.queue.contains(item, &self.viewer))
            && filters.all(|filter| filter.matches(item, &self.asker))
    }

    fn finish(mut self) -> Derived {
        self.rows.sort_unstable();
        self.derived.rows = self.rows.into_iter().map(|(_, key)| key).collect();
        self.needs.sort_unstable();
        let first = self.needs.into_iter().take(Derived::NEEDS);
        self.derived.needs = first.map(|(_, _, _, key)| key).collect();
        self.derived
    }
}

/// Whether `w` stops at `item`.
#[must_use]
pub fn needs_me(item: &Item, session: &Session) -> bool {
    session
        .viewer()
        .is_some_and(|viewer| queue::needs_me(item, &viewer))
}
