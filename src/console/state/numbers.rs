//! Which slot of the ledger an item has, found by its key in little room.
//!
//! Owns the table and nothing that is in the slots: they come in with each call,
//! since the table holds their numbers only. Called by `ledger`.

use std::hash::BuildHasher;

use hashbrown::HashTable;

use super::ledger::Slot;
use crate::model::ids::ItemKey;

/// Numbers of slots by the key that each slot has.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    table: HashTable<u32>,
    /// Seeded, so that nobody can choose keys that collide.
    hasher: foldhash::fast::RandomState,
}

fn key_of(number: u32, slots: &[Slot]) -> Option<&ItemKey> {
    slots
        .get(usize::try_from(number).ok()?)
        .map(|slot| &slot.key)
}

impl Numbers {
    /// The number of a key.
    pub(super) fn get(&self, key: &ItemKey, slots: &[Slot]) -> Option<u32> {
        let is_it = |number: &u32| key_of(*number, slots) == Some(key);
        self.table
            .find(self.hasher.hash_one(Some(key)), is_it)
            .copied()
    }

    /// Takes the last slot in.
    pub(super) fn push(&mut self, slots: &[Slot]) {
        let hash = |number: &u32| self.hasher.hash_one(key_of(*number, slots));
        let Some(number) = slots.len().checked_sub(1) else {
            return;
        };
        let number = u32::try_from(number).expect("fewer than four billion items");
        self.table.insert_unique(hash(&number), number, hash);
    }

    /// Takes a slot's number out; before the slot goes.
    pub(super) fn remove(&mut self, number: u32, slots: &[Slot]) {
        let hash = self.hasher.hash_one(key_of(number, slots));
        if let Ok(entry) = self.table.find_entry(hash, |other| *other == number) {
            entry.remove();
        }
    }

    /// The slot that has `from` will have `to`; before it moves.
    pub(super) fn renumber(&mut self, from: u32, to: u32, slots: &[Slot]) {
        let hash = self.hasher.hash_one(key_of(from, slots));
        if let Some(number) = self.table.find_mut(hash, |other| *other == from) {
            *number = to;
        }
    }
}
