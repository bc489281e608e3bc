//! The keys that are counted: a bounded table.
//!
//! Owns [`Table`]: finds a key's slot, makes one, and when the table is full
//! gives up the least useful key of a few that it looks at, and counts that.
//! Knows nothing of bursts beyond that a key with one stays. Called by `watch`.

use std::collections::HashMap;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use serde::{Deserialize, Serialize};

use super::evidence::Recent;
use super::key::{Key, KeyRef};
use super::meter::Meter;

/// Keys that are looked at to find the least useful one.
const LOOKED_AT: usize = 24;
/// Minutes after its last post that a key counts among those that are in use.
const IN_USE: i64 = 7 * 24 * 60;

/// A key and what is counted of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slot {
    /// Its name.
    pub key: Key,
    /// Counts and baseline.
    pub meter: Meter,
    /// Its last posts.
    pub recent: Recent,
    /// The alert that it raised, or is part of.
    pub alert: Option<u64>,
    /// The minute of its last post.
    pub touched: i64,
}

/// The keys that are counted.
#[derive(Debug)]
pub struct Table {
    index: HashMap<u64, u32, foldhash::fast::FixedState>,
    slots: Vec<Slot>,
    seed: FixedState,
    most: usize,
    hand: usize,
    in_use: usize,
    /// Keys that were given up for want of room.
    pub forgotten: u64,
}

impl Table {
    /// A table of at most `most` keys. `seed` is random, so that nobody can
    /// choose names that collide.
    #[must_use]
    pub fn new(most: usize, seed: u64) -> Self {
        Self {
            index: HashMap::with_hasher(FixedState::with_seed(seed)),
            slots: Vec::new(),
            seed: FixedState::with_seed(seed),
            most: most.max(LOOKED_AT),
            hand: 0,
            in_use: 0,
            forgotten: 0,
        }
    }

    /// How many keys there are.
    #[must_use]
    pub fn size(&self) -> usize {
        self.slots.len()
    }

    /// How many had a post in the last week, as of the last count, and those made
    /// since: a word that was new a month ago can raise no alarm, and takes no share
    /// of what false alarms may cost.
    #[must_use]
    pub fn in_use(&self) -> usize {
        self.in_use
    }

    /// Counts them at `minute`.
    pub fn count_in_use(&mut self, minute: i64) {
        let used = |slot: &&Slot| minute.saturating_sub(slot.touched) <= IN_USE;
        self.in_use = self.slots.iter().filter(used).count();
    }

    /// All keys, for a snapshot.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// A slot by its place.
    pub fn at(&mut self, place: u32) -> Option<&mut Slot> {
        self.slots.get_mut(place as usize)
    }

    /// Forgets an erased post in all keys.
    pub fn forget(&mut self, item: &crate::model::ids::ItemKey) {
        for slot in &mut self.slots {
            slot.recent.forget(item);
        }
    }

    /// Where a key is, when it is there.
    #[must_use]
    pub fn place(&self, key: &KeyRef<'_>) -> Option<u32> {
        self.index.get(&self.seed.hash_one(key)).copied()
    }

    /// Where a key is; `new` makes it where it is not.
    pub fn find(&mut self, key: &KeyRef<'_>, new: impl FnOnce() -> Meter) -> u32 {
        let hash = self.seed.hash_one(key);
        if let Some(place) = self.index.get(&hash) {
            return *place;
        }
        self.put(
            hash,
            Slot {
                key: key.kept(),
                meter: new(),
                recent: Recent::default(),
                alert: None,
                touched: i64::MIN,
            },
        )
    }

    /// Puts back a key of a snapshot.
    pub fn restore(&mut self, slot: Slot) {
        let hash = self.seed.hash_one(slot.key.by_ref());
        self.put(hash, slot);
    }

    fn put(&mut self, hash: u64, slot: Slot) -> u32 {
        let place = if self.slots.len() < self.most {
            self.slots.push(slot);
            self.slots.len() - 1
        } else {
            let place = self.least_useful();
            if let Some(old) = self.slots.get_mut(place) {
                self.index.remove(&self.seed.hash_one(old.key.by_ref()));
                *old = slot;
                self.forgotten += 1;
            }
            place
        };
        self.in_use = (self.in_use + 1).min(self.slots.len());
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        self.index.insert(hash, place);
        place
    }

    /// Of the next few keys the one with the fewest posts in memory, the oldest
    /// of those; none with an alert, as long as there is another.
    fn least_useful(&mut self) -> usize {
        let from = self.hand;
        self.hand = (self.hand + LOOKED_AT) % self.slots.len();
        let places = (from..from + LOOKED_AT).map(|at| at % self.slots.len());
        let worth = |at: &usize| {
            self.slots.get(*at).map(|slot| {
                let posts = slot.meter.rhythm().weight() * 8.0 + f32::from(slot.recent.size());
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a weight
                (slot.alert.is_some(), posts as u64, slot.touched)
            })
        };
        places.min_by_key(worth).unwrap_or(from)
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::Subject;
    use super::*;

    fn key(name: &str) -> KeyRef<'_> {
        KeyRef {
            subject: Subject::Topic(name),
            region: None,
            channel: None,
        }
    }

    #[test]
    fn when_it_is_full_the_least_useful_goes_and_is_counted() {
        let mut table = Table::new(50, 7);
        let busy = table.find(&key("busy"), || Meter::unheard(0, 1.0));
        let slot = table.at(busy).expect("it was made");
        for hour in 0..24 {
            slot.meter.teach(hour, 10);
        }
        let alarmed = table.find(&key("alarmed"), || Meter::unheard(0, 1.0));
        table.at(alarmed).expect("it was made").alert = Some(1);
        for n in 0..2000 {
            let passing = format!("passing {n}");
            let place = table.find(&key(&passing), || Meter::unheard(0, 1.0));
            table.at(place).expect("it was made").touched = n;
        }
        assert_eq!(table.size(), 50);
        assert_eq!(table.forgotten, 2002 - 50);
        assert!(table.place(&key("busy")).is_some() && table.place(&key("alarmed")).is_some());
        assert!(
            table.place(&key("passing 3")).is_none() && table.place(&key("passing 1999")).is_some()
        );
    }
}
