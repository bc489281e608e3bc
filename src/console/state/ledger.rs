//! What each item counts for, kept so that one that changes is all that has to
//! be looked at again; and its folded words, so that a filter reads them from
//! one piece of memory at each key.
//!
//! Owns places, tallies ([`super::tally`]) and words, in the order of the stream. Knows no view:
//! which rows are wanted is the floor's to ask, with [`Ledger::rows`]. Called by
//! `floor`.

use super::haystacks::{Haystacks, Words};
use super::numbers::Numbers;
use super::tally::{Judged, Pressing, Tally};
use crate::model::filter::{Brief, Filter};
use crate::model::ids::{ItemKey, KeyMap};
use crate::model::item::Item;
use crate::model::queue::SortKey;

/// One item.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) key: ItemKey,
    pub(super) place: SortKey,
    pub(super) tally: Tally,
    /// Whether it is a row of the view in force.
    pub(super) wanted: bool,
    /// Whether another row stands for it.
    pub(super) folded: bool,
    /// Its number among what has copies, and one; 0 where it has none.
    link: u32,
    words: Words,
}

impl Slot {
    /// Whether it is a row.
    pub(super) fn is_row(&self) -> bool {
        self.wanted && !self.folded
    }
}

/// All items, in the order of the stream.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    slots: Vec<Slot>,
    by_key: Numbers,
    pressing: KeyMap<Pressing>,
    /// Slots by place.
    order: Vec<u32>,
    words: Haystacks,
}

/// What an item adds to the numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) slot: Slot,
    pub(super) pressing: Option<Pressing>,
}

/// What became of a slot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Replaced {
    pub(super) before: Option<Part>,
    /// It is the last of the order.
    pub(super) is_last: bool,
}

impl Ledger {
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn slot(&self, key: &ItemKey) -> Option<&Slot> {
        self.slots.get(at(self.number(key)?))
    }

    fn number(&self, key: &ItemKey) -> Option<u32> {
        self.by_key.get(key, &self.slots)
    }

    fn part(&self, slot: Slot) -> Part {
        let pressing = self.pressing.get(&slot.key).copied();
        Part { slot, pressing }
    }

    /// What an item adds to the numbers.
    pub(super) fn part_of(&self, key: &ItemKey) -> Option<Part> {
        self.slot(key).map(|slot| self.part(*slot))
    }

    /// What each item adds to the numbers.
    pub(super) fn parts(&self) -> impl Iterator<Item = Part> {
        self.slots.iter().map(|slot| self.part(*slot))
    }

    /// The words of an item; empty when it is not here.
    pub(super) fn words(&self, key: &ItemKey) -> &str {
        self.slot(key).map_or("", |slot| self.words.get(slot.words))
    }

    /// Reads an item's words anew when they may have changed; before it is
    /// judged, so that filters find them.
    pub(super) fn read(&mut self, item: &Item) {
        let words = Filter::haystack(item);
        let place = self.number(&item.key);
        if place.is_some() && self.words(&item.key) == words {
            return;
        }
        let kept = self.words.keep(&words);
        if let Some(place) = place {
            let old = std::mem::replace(&mut self.slots[at(place)].words, kept);
            self.words.waste(old);
        } else {
            self.pending(item, kept);
        }
    }

    /// An item that has words and is not judged yet.
    fn pending(&mut self, item: &Item, words: Words) {
        if self.slots.len() == self.slots.capacity() {
            // An eighth at a time: twice as many would stand empty.
            self.slots.reserve_exact(self.slots.len() / 8 + 64);
        }
        self.slots.push(Slot {
            key: item.key,
            place: SortKey::default(),
            tally: Tally {
                counts: 0,
                saved: 0,
                severity: None,
                overdue: false,
                attention: 0,
                brief: Brief::default(),
            },
            wanted: false,
            folded: false,
            link: 0,
            words,
        });
        self.by_key.push(&self.slots);
    }

    /// Puts what an item counts for in the place of what it counted for.
    /// `in_order`: whether it was judged before, so that it has a place.
    pub(super) fn put(&mut self, key: &ItemKey, in_order: bool, judged: Judged) -> Replaced {
        let Some(number) = self.number(key) else {
            return Replaced {
                before: None,
                is_last: false,
            };
        };
        let before = self.part(self.slots[at(number)]);
        let moves = !in_order || before.slot.place != judged.place;
        if in_order && moves {
            self.take_from_order(number);
        }
        self.take_in(at(number), judged);
        if moves {
            self.put_into_order(number);
        }
        Replaced {
            before: in_order.then_some(before),
            is_last: self.order.last() == Some(&number),
        }
    }

    fn take_in(&mut self, number: usize, judged: Judged) {
        let slot = &mut self.slots[number];
        (slot.place, slot.tally, slot.wanted) = (judged.place, judged.tally, judged.wanted);
        match judged.pressing {
            Some(pressing) => drop(self.pressing.insert(slot.key, pressing)),
            None => drop(self.pressing.remove(&slot.key)),
        }
    }

    fn position(&self, number: u32) -> Result<usize, usize> {
        let place = self.slots[at(number)].place;
        // Most of what comes is newer than all there is.
        let last = self.order.last().map(|last| self.slots[at(*last)].place);
        if last.is_none_or(|last| last < place) {
            return Err(self.order.len());
        }
        let by = |other: &u32| self.slots[at(*other)].place.cmp(&place);
        self.order.binary_search_by(by)
    }

    fn take_from_order(&mut self, number: u32) {
        if let Ok(at) = self.position(number) {
            self.order.remove(at);
        }
    }

    fn put_into_order(&mut self, number: u32) {
        let (Ok(at) | Err(at)) = self.position(number);
        self.order.insert(at, number);
    }

    /// Takes an item out.
    pub(super) fn remove(&mut self, key: &ItemKey) -> Option<Part> {
        let number = self.number(key)?;
        self.take_from_order(number);
        self.by_key.remove(number, &self.slots);
        let last = u32::try_from(self.slots.len() - 1).expect("fewer than four billion items");
        let place_of_last = self.position(last);
        if last != number {
            self.by_key.renumber(last, number, &self.slots);
        }
        let gone = self.slots.swap_remove(at(number));
        self.words.waste(gone.words);
        let pressing = self.pressing.remove(&gone.key);
        if last != number
            && let Ok(place) = place_of_last
        {
            self.order[place] = number;
        }
        Some(Part {
            slot: gone,
            pressing,
        })
    }

    /// Sorts everything, after all were judged anew.
    pub(super) fn sort(&mut self) {
        let slots = &self.slots;
        self.order.clear();
        self.order.reserve_exact(slots.len());
        self.order.extend((0..).take(slots.len()));
        self.order
            .sort_unstable_by_key(|number| slots[at(*number)].place);
    }

    /// Judges every slot anew; the order is stale until [`Ledger::sort`].
    pub(super) fn judge_all(&mut self, mut judge: impl FnMut(&ItemKey, &str) -> Option<Judged>) {
        for number in 0..self.slots.len() {
            let (key, words) = (self.slots[number].key, self.slots[number].words);
            if let Some(judged) = judge(&key, self.words.get(words)) {
                self.take_in(number, judged);
            }
        }
    }

    /// What is wanted anew of each slot; where the wish is `narrower` than the one
    /// before, only what was wanted is asked.
    pub(super) fn want(&mut self, narrower: bool, is_wanted: impl Fn(&Slot, &str) -> bool) {
        for number in 0..self.slots.len() {
            let slot = &self.slots[number];
            if narrower && !slot.wanted {
                continue;
            }
            let wanted = is_wanted(slot, self.words.get(slot.words));
            self.slots[number].wanted = wanted;
        }
    }

    /// Folds an item under another one's row, or takes it out; whether that is
    /// another answer than before.
    pub(super) fn fold(&mut self, key: &ItemKey, folded: bool) -> bool {
        let Some(number) = self.number(key) else {
            return false;
        };
        let slot = &mut self.slots[at(number)];
        std::mem::replace(&mut slot.folded, folded) != folded
    }

    /// Says which number an item has among what has copies.
    pub(super) fn link(&mut self, key: &ItemKey, number: Option<u32>) {
        if let Some(slot) = self.number(key) {
            self.slots[at(slot)].link = number.map_or(0, |number| number + 1);
        }
    }

    /// The same for all.
    pub(super) fn link_all(&mut self, number: impl Fn(&ItemKey) -> Option<u32>) {
        for slot in &mut self.slots {
            slot.link = number(&slot.key).map_or(0, |number| number + 1);
        }
    }

    /// What has copies, by number, and whether it is wanted.
    pub(super) fn links(&self) -> impl Iterator<Item = (u32, bool)> {
        let slots = self.slots.iter();
        slots.filter_map(|slot| Some((slot.link.checked_sub(1)?, slot.wanted)))
    }

    /// Folds what has copies, by its number, or takes it out.
    pub(super) fn fold_by(&mut self, folds: impl Fn(u32) -> bool) {
        for slot in &mut self.slots {
            slot.folded = slot.link.checked_sub(1).is_some_and(&folds);
        }
    }

    /// The keys of the rows wanted, in order.
    pub(super) fn rows(&self) -> Vec<ItemKey> {
        let count = self.slots.iter().filter(|slot| slot.is_row()).count();
        let mut rows = Vec::with_capacity(count);
        let slots = self.order.iter().map(|number| &self.slots[at(*number)]);
        rows.extend(slots.filter(|slot| slot.is_row()).map(|slot| slot.key));
        rows
    }

    pub(super) fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter()
    }

    /// Whether more words are waste than are used.
    pub(super) fn is_wasteful(&self) -> bool {
        self.words.is_wasteful()
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

fn at(number: u32) -> usize {
    usize::try_from(number).expect("32 bits")
}
