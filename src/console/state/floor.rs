//! The board, and what is derived from it: rows, counts, attention.
//!
//! News only mark what changed; the rest is done once before a frame or a key,
//! however many events came, and only for the items that changed. What each
//! counts for is kept in [`super::ledger`]. Called by `App::settle`.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::folds::Folds;
use super::ledger::{Ledger, Slot};
use super::session::Session;
use super::tally::{Judged, Tally};
use super::views::View;
use super::views::Views;
use super::{SavedView, Settings};
use crate::model::board::Board;
use crate::model::filter::{Asker, Filter};
use crate::model::ids::ItemKey;
use crate::model::item::Item;
use crate::model::queue::{self, Newest, Queue, Viewer, sort_key};

pub use super::derived::Derived;
pub use super::folds::Kin;

/// The items and what is derived from them.
#[derive(Debug, Default)]
pub struct Floor {
    /// The fold of all events.
    pub board: Board,
    /// Derived when last settled.
    pub derived: Derived,
    dirty: Dirty,
    ledger: Ledger,
    folds: Folds,
    /// The view and the saved views that the ledger was made for.
    made_for: Option<(View, Vec<Filter>)>,
}

/// What may have changed since the last settling.
#[derive(Debug, Default)]
struct Dirty {
    /// Something: the rows at least.
    any: bool,
    /// What every item counts for.
    all: bool,
    /// These items.
    items: BTreeSet<ItemKey>,
}

/// What one settling changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The rows are other ones: another view, or all judged anew.
    pub remade: bool,
    /// Items that are no rows any more.
    pub left: Vec<ItemKey>,
    /// Items that stood for their copies and do no more, with those that do now.
    pub instead: HashMap<ItemKey, ItemKey>,
    /// What needs the officer is something else.
    pub attention: bool,
}

impl Change {
    fn whole(attention: bool) -> Self {
        Self {
            remade: true,
            attention,
            ..Self::default()
        }
    }
}

impl Floor {
    /// Says that the rows may be other ones: another view, another cursor.
    pub fn touch(&mut self) {
        self.dirty.any = true;
    }

    /// Says that an item changed, came or went.
    pub fn touch_item(&mut self, key: ItemKey) {
        self.dirty.any = true;
        self.dirty.items.insert(key);
    }

    /// Says that every item may count for something else: the time, the officer.
    pub fn touch_all(&mut self) {
        self.dirty.any = true;
        self.dirty.all = true;
    }

    /// Forgets all items: a snapshot begins.
    pub fn clear(&mut self) {
        self.board = Board::default();
        self.ledger.clear();
        self.folds.clear();
        self.dirty.items.clear();
        self.dirty.all = true;
    }

    /// Whether something changed since the last settling.
    #[must_use]
    pub fn is_dirty(&self) -> bool {
        self.dirty.any
    }

    /// Whether an item changed since the last settling.
    pub(super) fn is_touched(&self, key: &ItemKey) -> bool {
        self.dirty.all || self.dirty.items.contains(key)
    }

    /// Whether so many items changed that a key would wait for them.
    #[must_use]
    pub fn has_piled_up(&self) -> bool {
        !self.dirty.all && self.dirty.items.len() >= 48
    }

    /// Whether an item is one of the rows asked for.
    #[must_use]
    pub fn is_row(&self, key: &ItemKey) -> bool {
        self.ledger.slot(key).is_some_and(Slot::is_row)
    }

    /// Brings everything derived up to date. Before the first session there is
    /// nobody to do it for.
    pub fn derive(&mut self, session: &Session, settings: &Settings, views: &Views) -> Change {
        let dirty = std::mem::take(&mut self.dirty);
        let Some(viewer) = session.viewer() else {
            self.derived = Derived::default();
            self.dirty.items = dirty.items;
            self.dirty.all = true;
            return Change::whole(false);
        };
        let pass = Pass {
            view: views.now(),
            saved: &settings.views,
            asker: session.asker(),
            viewer,
            newest: settings.newest,
        };
        let filters = || {
            settings
                .views
                .iter()
                .map(|saved| saved.filter.clone())
                .collect()
        };
        let (view, saved) = self
            .made_for
            .take()
            .unwrap_or_else(|| (View::default(), Vec::new()));
        let same_saved = saved.len() == settings.views.len()
            && saved
                .iter()
                .zip(&settings.views)
                .all(|(had, has)| *had == has.filter);
        let all = dirty.all || !same_saved || self.ledger.is_wasteful();
        let same_view = view == *pass.view;
        let narrower = pass.narrows(&view);
        self.made_for = Some((
            views.now().clone(),
            if same_saved { saved } else { filters() },
        ));
        if all {
            let before = std::mem::take(&mut self.derived.attention);
            self.judge_all(&pass, &dirty.items);
            return Change::whole(before != self.derived.attention);
        }
        let change = self.judge(&pass, dirty.items);
        if same_view {
            return change;
        }
        self.rows_of_view(&pass, narrower);
        Change::whole(change.attention)
    }

    /// Judges the items that changed.
    fn judge(&mut self, pass: &Pass<'_>, items: BTreeSet<ItemKey>) -> Change {
        let (mut left, mut appended, mut moved) = (Vec::new(), Vec::new(), false);
        let mut attention = false;
        let mut changed: Vec<ItemKey> = items.into_iter().collect();
        // As they came: so what arrives is behind everything else, and nothing
        // has to move for it.
        changed.sort_by_cached_key(|key| self.board.item(key).map(|item| item.id));
        for key in changed.iter().copied() {
            let before = self.ledger.slot(&key).copied();
            let Some(item) = self.board.item(&key) else {
                let Some(gone) = self.ledger.remove(&key) else {
                    continue;
                };
                self.derived.take(&gone, false);
                attention |= gone.slot.tally.attention != 0;
                moved |= gone.slot.wanted;
                left.extend(gone.slot.wanted.then_some(key));
                continue;
            };
            self.ledger.read(item);
            let judged = pass.judge(item, self.ledger.words(&key));
            let put = self.ledger.put(&key, before.is_some(), judged);
            if let Some(before) = &put.before {
                self.derived.take(before, false);
            }
            let after = self.ledger.part_of(&key);
            let called = before.map_or(0, |slot| slot.tally.attention);
            attention |= called != judged.tally.attention;
            let (had, has) = (before.is_some_and(|slot| slot.wanted), judged.wanted);
            if let Some(after) = &after {
                self.derived.take(after, true);
            }
            let stays = before.is_some_and(|slot| slot.place == judged.place);
            match (had, has) {
                (true, false) => left.push(key),
                (false, true) if put.is_last && !moved => appended.push(key),
                _ => {}
            }
            moved |= match (had, has) {
                (false, false) => false,
                (true, true) => !stays,
                (true, false) => true,
                (false, true) => !put.is_last,
            };
        }
        let instead = self.fold(&changed, &mut appended, &mut moved);
        if moved {
            self.derived.rows = self.ledger.rows().into();
        } else {
            Arc::make_mut(&mut self.derived.rows).append(&mut appended);
        }
        self.derived.finish(&self.board);
        Change {
            remade: false,
            left,
            instead,
            attention,
        }
    }

    /// Judges every item. Words are read of those that changed only.
    fn judge_all(&mut self, pass: &Pass<'_>, changed: &BTreeSet<ItemKey>) {
        if self.ledger.is_wasteful() {
            self.ledger.clear();
        }
        let fresh = self.ledger.len() == 0;
        for item in self.board.items() {
            if fresh || changed.contains(&item.key) || self.ledger.slot(&item.key).is_none() {
                self.ledger.read(item);
            }
        }
        if self.ledger.len() > self.board.len() {
            let here = |slot: &&Slot| self.board.item(&slot.key).is_none();
            let gone: Vec<ItemKey> = self.ledger.slots().filter(here).map(|s| s.key).collect();
            for key in gone {
                self.ledger.remove(&key);
            }
        }
        let board = &self.board;
        self.ledger
            .judge_all(|key, words| board.item(key).map(|item| pass.judge(item, words)));
        self.ledger.sort();
        self.fold_all();
        let mut derived = Derived::of(self.ledger.rows().into(), pass.saved.len());
        for part in self.ledger.parts() {
            derived.take(&part, true);
        }
        derived.finish(&self.board);
        self.derived = derived;
    }

    /// The rows of another view: no item counts for anything else by it.
    fn rows_of_view(&mut self, pass: &Pass<'_>, narrower: bool) {
        let wish = pass.wish();
        let board = &self.board;
        self.ledger.want(narrower, |slot, words| {
            wish.reaches(slot.tally)
                && wish.filters().all(|filter| {
                    match filter.matches_words(words, slot.tally.brief) {
                        Some(holds) => holds,
                        None => board
                            .item(&slot.key)
                            .is_some_and(|item| filter.matches_with(item, &pass.asker, words)),
                    }
                })
        });
        self.regroup();
        self.derived.rows = self.ledger.rows().into();
    }
}

/// For whom, when, and what is asked for.
pub(super) struct Pass<'a> {
    view: &'a View,
    saved: &'a [SavedView],
    pub(super) asker: Asker<'a>,
    pub(super) viewer: Viewer<'a>,
    newest: Newest,
}

/// Which rows a view asks for.
struct Wish<'a> {
    filters: [Option<&'a Filter>; 2],
    /// A filter that asks for what no queue shows (asleep, resolved, a number)
    /// looks at the whole board.
    beyond: bool,
    queue: Queue,
}

impl<'a> Wish<'a> {
    fn filters(&self) -> impl Iterator<Item = &'a Filter> + use<'a> {
        self.filters.into_iter().flatten()
    }

    fn reaches(&self, tally: Tally) -> bool {
        self.beyond || tally.is_in(self.queue)
    }
}

impl<'a> Pass<'a> {
    fn wish(&self) -> Wish<'a> {
        let saved = self
            .view
            .saved
            .and_then(|n| self.saved.iter().find(|saved| saved.number == n));
        let filters = [saved.map(|s| &s.filter), self.view.filter.as_ref()];
        Wish {
            filters,
            beyond: filters
                .into_iter()
                .flatten()
                .any(Filter::looks_beyond_queues),
            queue: self.view.queue,
        }
    }

    /// Whether what is asked for now can only be part of what `before` showed.
    fn narrows(&self, before: &View) -> bool {
        if (before.queue, before.saved) != (self.view.queue, self.view.saved) {
            return false;
        }
        match (&before.filter, &self.view.filter) {
            (None, Some(now)) => !now.looks_beyond_queues(),
            (Some(before), Some(now)) => {
                now.looks_beyond_queues() == before.looks_beyond_queues() && now.narrows(before)
            }
            (_, None) => false,
        }
    }

    fn judge(&self, item: &Item, words: &str) -> Judged {
        let matches = |filter: &Filter| filter.matches_with(item, &self.asker, words);
        let mut saved = 0;
        // Keys 1 to 9: more are not counted.
        for (bit, view) in self.saved.iter().take(16).enumerate() {
            let reached =
                view.queue.contains(item, &self.viewer) || view.filter.looks_beyond_queues();
            saved |= u16::from(reached && matches(&view.filter)) << bit;
        }
        let (tally, pressing) = Tally::of(item, self, saved);
        let wish = self.wish();
        Judged {
            place: sort_key(item, &self.viewer, self.newest),
            tally,
            pressing,
            wanted: wish.reaches(tally) && wish.filters().all(matches),
        }
    }
}

/// Whether `w` stops at `item`.
#[must_use]
pub fn needs_me(item: &Item, session: &Session) -> bool {
    session
        .viewer()
        .is_some_and(|viewer| queue::needs_me(item, &viewer))
}

#[path = "folding.rs"]
mod folding;

#[cfg(test)]
#[path = "floor_tests.rs"]
mod tests;
