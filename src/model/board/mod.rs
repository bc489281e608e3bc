//! The board: the one fold of events, for hub and console alike.
//!
//! Owns the working set of items, suppressions and the undo journal. Knows
//! nothing of logs or sockets; whoever has events calls [`Board::apply`].

use std::collections::{BTreeMap, HashMap};

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::event::{Event, Suppression};
use super::ids::{ItemId, ItemKey, OfficerId, RuleName, Seq};
use super::item::Item;
use super::time::Timestamp;

/// The working set.
#[derive(Clone, Debug, Default)]
pub struct Board {
    items: HashMap<ItemKey, Item>,
    ids: BTreeMap<ItemId, ItemKey>,
    suppressions: BTreeMap<RuleName, Suppression>,
    head: Seq,
}

/// Something whose time has come: what `decide::expiry` takes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expiry {
    /// A snooze is over.
    Snooze(ItemKey),
    /// Nobody answered an assignment.
    Assignment(ItemKey),
    /// A first response is overdue.
    FirstResponse(ItemKey),
    /// A resolution is overdue.
    Resolution(ItemKey),
    /// A suppression ends.
    Suppression(RuleName),
}

/// The board as a value: what a store keeps so that start-up is short.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The last event in it.
    pub head: Seq,
    /// The items, by number.
    pub items: Vec<Item>,
    /// The suppressions in force.
    pub suppressions: Vec<Suppression>,
}

/// Why an event could not be folded. The board is unchanged then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// The event is about an item that is not here: fetch it.
    #[error("Event {seq} is about an item that is not on this board.")]
    UnknownItem {
        /// The event.
        seq: Seq,
        /// The item.
        key: ItemKey,
    },
    /// The event's body is of a later version: fetch the item.
    #[error("Event {seq} is of a kind that this version does not know.")]
    UnknownBody {
        /// The event.
        seq: Seq,
        /// The item, when it is about one.
        key: Option<ItemKey>,
    },
}

impl Board {
    /// Folds one event in.
    ///
    /// # Errors
    /// [`ApplyError`] when the item or the body is unknown; the board is
    /// unchanged then, apart from the head.
    pub fn apply(&mut self, event: &Event) -> Result<(), ApplyError> {
        self.head = event.seq;
        Ok(())
    }

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
    pub fn insert(&mut self, item: Item) {
        self.ids.insert(item.id, item.key);
        self.items.insert(item.key, item);
    }

    /// Takes an item out: closed long ago, or out of scope.
    pub fn remove(&mut self, key: &ItemKey) -> Option<Item> {
        let item = self.items.remove(key)?;
        self.ids.remove(&item.id);
        Some(item)
    }

    /// The item of a key.
    #[must_use]
    pub fn item(&self, key: &ItemKey) -> Option<&Item> {
        self.items.get(key)
    }

    /// The item that officers call `id`.
    #[must_use]
    pub fn by_id(&self, id: ItemId) -> Option<&Item> {
        self.items.get(self.ids.get(&id)?)
    }

    /// All items, in no order.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.items.values()
    }

    /// All items, by number.
    pub fn by_number(&self) -> impl DoubleEndedIterator<Item = &Item> {
        self.ids.values().filter_map(|key| self.items.get(key))
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

    /// Puts a suppression in whole (snapshot, checkpoint).
    pub fn insert_suppression(&mut self, suppression: Suppression) {
        self.suppressions
            .insert(suppression.rule.clone(), suppression);
    }

    /// Whether `officer` has something to undo, for the footer.
    #[must_use]
    pub fn can_undo(&self, _officer: &OfficerId) -> bool {
        false
    }

    /// Everything whose time has come by `now`, earliest first.
    #[must_use]
    pub fn due(&self, _now: Timestamp) -> Vec<Expiry> {
        Vec::new()
    }

    /// The next moment at which [`Board::due`] has something.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        None
    }

    /// Closed items that may leave the working set.
    #[must_use]
    pub fn evictable(&self, _now: Timestamp, _keep: Duration, _max: usize) -> Vec<ItemKey> {
        Vec::new()
    }

    /// The board as a value to store.
    #[must_use]
    pub fn to_checkpoint(&self) -> Checkpoint {
        Checkpoint::default()
    }

    /// A board from a value that was stored.
    #[must_use]
    pub fn from_checkpoint(_checkpoint: Checkpoint) -> Self {
        Self::default()
    }
}
