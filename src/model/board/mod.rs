//! The board: the one fold of events, for hub and console alike.
//!
//! Owns the working set of items, suppressions and the undo journal. Knows
//! nothing of logs or sockets; whoever has events calls [`Board::apply`].
//! Contents:
//!
//! - `fold`: which event goes where; `change`: what each does to an item;
//!   `judged`: to what was read from it; `leaving`: what is on its way out.
//! - `shelf`: where the items are kept; `foretold`: what was told of those that
//!   have not come.
//! - `trail`: the sentences of an item's history.
//! - `journal`: each officer's commands, for undo and redo.
//! - `timers`: what is due, what may leave; `checkpoint`: the board as a value.

mod change;
mod checkpoint;
mod fold;
mod foretold;
mod journal;
mod judged;
mod leaving;
mod shelf;
mod timers;
mod trail;

use std::collections::{BTreeMap, BTreeSet};

use super::ids::{ItemId, ItemKey, KeyMap, OfficerId, RuleName, Seq};
use super::item::Item;
use super::time::Timestamp;
use crate::model::event::{Event, Suppression};

pub use checkpoint::Checkpoint;
pub use fold::ApplyError;
pub use journal::{Journal, Shape, Stack, Touched, Unit};
pub use timers::Expiry;

use shelf::Kept;

/// The working set. Two boards are equal when their items and suppressions
/// are: journal and head may differ between hub and console.
#[derive(Clone, Debug, Default)]
pub struct Board {
    items: shelf::Items,
    numbers: shelf::Numbers,
    names: shelf::Names,
    suppressions: BTreeMap<RuleName, Suppression>,
    head: Seq,
    journal: Journal,
    /// Each item's next deadline, so that a tick looks at nothing else.
    deadlines: BTreeSet<(Timestamp, ItemKey)>,
    /// The items with something on its way out.
    leaving: BTreeSet<ItemKey>,
    /// The items with messages that were sent, by what their channel calls them.
    sent: KeyMap<BTreeSet<ItemKey>>,
    /// Which items sleep until the next reply, by their thread's key.
    sleepers: KeyMap<BTreeSet<ItemKey>>,
    /// What was told of posts that have not come.
    foretelling: foretold::Foretelling,
}

impl PartialEq for Board {
    fn eq(&self, other: &Self) -> bool {
        self.items == other.items && self.suppressions == other.suppressions
    }
}

impl Board {
    /// The last event folded in.
    #[must_use]
    pub fn head(&self) -> Seq {
        self.head
    }

    /// Says that everything up to `seq` was inspected, also what is not ours.
    pub fn advance(&mut self, seq: Seq) {
        self.head = self.head.max(seq);
    }

    /// Puts an item in whole: a snapshot, a checkpoint, one that enters scope.
    pub fn insert(&mut self, mut item: Item) {
        item.tighten();
        self.names.share(&mut item);
        self.remove(&item.key);
        self.numbers.insert(item.id, item.key);
        self.index(&item);
        self.items.insert(Kept(Box::new(item)));
    }

    /// Lets an event use what the items here have in common already, before it is
    /// folded; of what others hold too it can't.
    pub fn share(&mut self, event: &mut Event) {
        self.names.share_event(event);
    }

    /// Takes an item out: closed long ago, or out of scope.
    pub fn remove(&mut self, key: &ItemKey) -> Option<Item> {
        let Kept(item) = self.items.take(key)?;
        self.numbers.remove(item.id);
        self.unindex(&item);
        Some(*item)
    }

    /// The item of a key.
    #[must_use]
    pub fn item(&self, key: &ItemKey) -> Option<&Item> {
        self.items.get(key).map(|Kept(item)| item.as_ref())
    }

    /// The item that officers call `id`.
    #[must_use]
    pub fn by_id(&self, id: ItemId) -> Option<&Item> {
        self.item(self.numbers.get(id)?)
    }

    /// All items, in no order.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().map(|Kept(item)| item.as_ref())
    }

    /// All items, by number.
    #[must_use]
    pub fn by_number(&self) -> impl DoubleEndedIterator<Item = &Item> {
        self.numbers.keys().filter_map(|key| self.item(key))
    }

    /// How many items there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The suppressions in force, by name.
    pub fn suppressions(&self) -> impl Iterator<Item = &Suppression> {
        self.suppressions.values()
    }

    /// The suppression of a name, while it is in force.
    #[must_use]
    pub fn suppression(&self, rule: &RuleName) -> Option<&Suppression> {
        self.suppressions.get(rule)
    }

    /// Puts a suppression in whole (snapshot, checkpoint).
    pub fn insert_suppression(&mut self, suppression: Suppression) {
        self.suppressions
            .insert(suppression.rule.clone(), suppression);
    }

    /// Whether `officer` has something to undo, for the footer.
    #[must_use]
    pub fn can_undo(&self, officer: &OfficerId) -> bool {
        self.journal
            .of(officer)
            .is_some_and(|stack| !stack.done.is_empty())
    }

    /// How many of an officer's acts can be undone at the most.
    #[must_use]
    pub fn undo_limit() -> usize {
        Journal::LIMIT
    }

    /// What officers did, for undo and redo.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.journal
    }
}
