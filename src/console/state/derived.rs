//! The numbers, the rows and what needs the officer, as the sum of what each
//! item counts for.
//!
//! Owns the adding and taking away; what an item counts for is `tally`'s. Read
//! by the views, kept up to date by `floor`.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::ledger::Part;
use super::tally::{Pressing, count};
use crate::console::effect::Attention;
use crate::model::board::Board;
use crate::model::ids::{ItemId, ItemKey};
use crate::model::queue::Counts;

/// What is derived from the board.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Derived {
    /// The keys of the rows asked for, in order.
    pub rows: Arc<Vec<ItemKey>>,
    /// The numbers of the header and the queues.
    pub counts: Counts,
    /// Items in each saved view.
    pub saved: Vec<usize>,
    /// What needs me.
    pub attention: Attention,
    /// Items that wait, by severity, in the order of `Severity::ALL`.
    pub severities: [usize; 5],
    /// Items whose next clock ran out.
    pub overdue: usize,
    /// The first of what needs me, [`Derived::NEEDS`] at the most: what nobody
    /// has before what is mine; what is late, then what is worse, then what is due
    /// first.
    pub needs: Vec<ItemKey>,
    /// The highest number on the board: the column of numbers is that wide.
    pub highest: ItemId,
    /// All that needs me, the most pressing first.
    pressing: BTreeSet<(Pressing, ItemKey)>,
}

impl Derived {
    /// Rows of what needs me that a screen can show.
    pub const NEEDS: usize = 16;

    /// These rows, and no item's part yet.
    pub(super) fn of(rows: Arc<Vec<ItemKey>>, saved: usize) -> Self {
        Self {
            rows,
            saved: vec![0; saved],
            ..Self::default()
        }
    }

    /// Adds an item's part, or takes it away.
    pub(super) fn take(&mut self, Part { slot, pressing }: &Part, add: bool) {
        let step = |number: &mut usize| {
            *number = if add {
                *number + 1
            } else {
                number.saturating_sub(1)
            };
        };
        let tally = slot.tally;
        count(&mut self.counts, tally, add);
        for (bit, number) in self.saved.iter_mut().enumerate() {
            if tally.saved & (1 << bit) != 0 {
                step(number);
            }
        }
        let severity = tally.severity.map(usize::from);
        if let Some(number) = severity.and_then(|at| self.severities.get_mut(at)) {
            step(number);
        }
        if tally.overdue {
            step(&mut self.overdue);
        }
        if let Some(pressing) = pressing {
            put(&mut self.pressing, (*pressing, slot.key), add);
        }
        let attention = &mut self.attention;
        let sets = [
            &mut attention.criticals,
            &mut attention.escalations,
            &mut attention.by_rule,
            &mut attention.due,
            &mut attention.mine,
        ];
        for (bit, keys) in sets.into_iter().enumerate() {
            if tally.attention & (1 << bit) != 0 {
                put(keys, slot.key, add);
            }
        }
    }

    /// How many critical items lie in the queues, whoever has them.
    #[must_use]
    pub fn critical(&self) -> usize {
        let [critical, ..] = self.severities;
        critical
    }

    /// All that needs me, the most pressing first.
    pub fn all_needs(&self) -> impl Iterator<Item = ItemKey> + '_ {
        self.pressing.iter().map(|(_, key)| *key)
    }

    /// What needs the officer, and the rule that sent the newest of the most
    /// pressing kind here.
    #[must_use]
    pub fn calls(&self, board: &Board) -> Attention {
        let mut attention = self.attention.clone();
        let kinds = [
            &attention.criticals,
            &attention.escalations,
            &attention.by_rule,
            &attention.due,
            &attention.mine,
        ];
        let first = kinds.into_iter().find(|keys| !keys.is_empty());
        let items = first
            .into_iter()
            .flatten()
            .filter_map(|key| board.item(key));
        let newest = items.max_by_key(|item| (item.received_at, item.id));
        attention.rule = newest.and_then(|item| item.naming_rule().cloned());
        attention
    }

    /// What is read off the whole, once every part is in.
    pub(super) fn finish(&mut self, board: &Board) {
        let first = self.pressing.iter().take(Self::NEEDS);
        self.needs = first.map(|(_, key)| *key).collect();
        let last = board.by_number().next_back();
        self.highest = last.map(|item| item.id).unwrap_or_default();
    }
}

fn put<T: Ord>(set: &mut BTreeSet<T>, one: T, add: bool) {
    if add {
        set.insert(one);
    } else {
        set.remove(&one);
    }
}
