//! Which items are marked, so that a verb works on all of them.

use std::collections::BTreeSet;

use crate::model::board::Board;
use crate::model::ids::ItemKey;

/// The marked items, and where a range began.
#[derive(Debug, Default)]
pub struct Marks {
    keys: BTreeSet<ItemKey>,
    /// The row at which `v` was pressed first.
    pub anchor: Option<ItemKey>,
    /// Esc was pressed once: once more clears the marks.
    pub clearing: bool,
}

impl Marks {
    /// Whether `key` is marked.
    #[must_use]
    pub fn has(&self, key: &ItemKey) -> bool {
        self.keys.contains(key)
    }

    /// How many are marked.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Marks all that the row of `row` stands for, or takes their marks off.
    pub fn turn(&mut self, row: &ItemKey, all: &[ItemKey]) {
        if self.has(row) {
            self.keys.retain(|key| !all.contains(key));
        } else {
            self.keys.extend(all);
        }
    }

    /// Marks all of `keys`.
    pub fn add(&mut self, keys: impl IntoIterator<Item = ItemKey>) {
        self.keys.extend(keys);
    }

    /// Takes all marks off.
    pub fn clear(&mut self) {
        self.keys.clear();
        self.anchor = None;
    }

    /// Drops the marks of items that are not on the board any more.
    pub fn keep(&mut self, board: &Board) {
        self.keys.retain(|key| board.item(key).is_some());
    }

    /// The marked items.
    pub fn keys(&self) -> impl Iterator<Item = &ItemKey> {
        self.keys.iter()
    }
}
