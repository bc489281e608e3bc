//! A part of `floor`: which copies fold under one row, brought up to date with
//! what changed; and folding by the officer's hand.

use std::collections::{HashMap, HashSet};

use super::Floor;
use crate::console::state::folds::Kin;
use crate::model::cluster::ClusterId;
use crate::model::ids::ItemKey;

impl Floor {
    /// How many items a row stands for. One that is itself under another row
    /// stands for nothing else, wherever it is shown.
    #[must_use]
    pub fn copies(&self, key: &ItemKey) -> usize {
        if self.folds.hides(key) {
            1
        } else {
            self.folds.count(key)
        }
    }

    /// The items that a row stands for, oldest first.
    #[must_use]
    pub fn under(&self, key: &ItemKey) -> Vec<ItemKey> {
        if self.folds.hides(key) {
            vec![*key]
        } else {
            self.folds.all(key)
        }
    }

    /// The item whose row stands for this one, where it is folded.
    #[must_use]
    pub fn stands_for(&self, key: &ItemKey) -> Option<ItemKey> {
        self.folds.stands_for(key)
    }

    /// The cluster of an item; none of what has no copy here.
    #[must_use]
    pub fn kin(&self, key: &ItemKey) -> Option<Kin> {
        self.folds.kin(key)
    }

    /// Folds the cluster of an item, or shows its items one by one; none where it
    /// has no copy.
    pub fn toggle_fold(&mut self, key: &ItemKey) -> Option<Kin> {
        let kin = self.folds.toggle(key)?;
        self.refold();
        Some(kin)
    }

    /// Folds all clusters, or shows all items one by one.
    pub fn fold_every(&mut self, fold: bool) {
        self.folds.fold_all(fold);
        self.refold();
    }

    fn refold(&mut self) {
        self.regroup();
        self.derived.rows = self.ledger.rows().into();
        self.touch();
    }

    /// Takes in the items that changed. Of `appended` only what is a row stays;
    /// `moved` where rows that were there before changed.
    pub(super) fn fold(
        &mut self,
        items: &[ItemKey],
        appended: &mut Vec<ItemKey>,
        moved: &mut bool,
    ) -> HashMap<ItemKey, ItemKey> {
        for key in items {
            self.note(key);
        }
        let changed = self.folds.take_changed();
        if changed.touched.is_empty() {
            return HashMap::new();
        }
        let fresh: HashSet<ItemKey> = appended.iter().copied().collect();
        for key in &changed.touched {
            let turned = self.ledger.fold(key, self.folds.hides(key));
            let was_there = self.ledger.slot(key).is_some_and(|slot| slot.wanted);
            *moved |= turned && was_there && !fresh.contains(key);
        }
        appended.retain(|key| self.is_row(key));
        self.folds.stand_ins(&changed)
    }

    fn note(&mut self, key: &ItemKey) {
        let slot = self.ledger.slot(key);
        let (Some(item), Some(slot)) = (self.board.item(key), slot) else {
            self.folds.forget(key);
            return;
        };
        let like = item.reading.as_ref().and_then(|r| r.copied.as_ref());
        let like = like.map(|copied| copied.like);
        let fresh = self.folds.note(item, slot.wanted);
        self.ledger.link(key, self.folds.number(key));
        for cluster in fresh {
            self.note_first(cluster, like);
        }
    }

    /// The first post of a cluster, which knows of no copies itself.
    fn note_first(&mut self, cluster: ClusterId, like: Option<ItemKey>) {
        let is_first = |key: &ItemKey| ClusterId::of(key) == cluster;
        let like = like.filter(is_first);
        let like = like.and_then(|key| self.ledger.slot(&key));
        let first = like.or_else(|| self.ledger.slots().find(|slot| is_first(&slot.key)));
        let Some((key, wanted)) = first.map(|slot| (slot.key, slot.wanted)) else {
            return;
        };
        if let Some(item) = self.board.item(&key).filter(|item| {
            let read = item.reading.as_ref();
            read.is_none_or(|read| read.copied.is_none())
        }) {
            self.folds.note(item, wanted);
            self.ledger.link(&key, self.folds.number(&key));
        }
    }

    /// Folds the whole board anew: copies first, by which first posts are known.
    pub(super) fn fold_all(&mut self) {
        self.folds.clear();
        let is_copy = |item: &&crate::model::item::Item| {
            let read = item.reading.as_ref();
            read.is_some_and(|read| read.copied.is_some())
        };
        for item in self.board.items().filter(is_copy) {
            let wanted = self.ledger.slot(&item.key).is_some_and(|slot| slot.wanted);
            self.folds.note(item, wanted);
        }
        if !self.folds.is_empty() {
            for item in self.board.items().filter(|item| !is_copy(item)) {
                let wanted = self.ledger.slot(&item.key).is_some_and(|slot| slot.wanted);
                self.folds.note(item, wanted);
            }
        }
        self.ledger.link_all(|key| self.folds.number(key));
        self.regroup();
    }

    /// Groups anew by what is wanted now: at each key of a filter, so that slots
    /// are gone through in the order in which they lie.
    pub(super) fn regroup(&mut self) {
        self.folds.recount();
        if self.folds.is_empty() {
            self.ledger.fold_by(|_| false);
            return;
        }
        for (number, wanted) in self.ledger.links() {
            self.folds.want(number, wanted);
        }
        self.ledger
            .fold_by(|number| self.folds.hides_member(number));
    }
}

#[cfg(test)]
#[path = "folding_tests.rs"]
mod tests;
