//! What each item counts for, kept so that one that changes is all that has to
//! be looked at again; and its folded words, so that a filter reads them from
//! one piece of memory at each key.
//!
//! Owns places, tallies and words, in the order of the stream. Knows no view:
//! which rows are wanted is the floor's to ask, with [`Ledger::rows`]. Called by
//! `floor`.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::model::filter::{Brief, Filter};
use crate::model::ids::ItemKey;
use crate::model::item::Item;
use crate::model::queue::{self, Counts, Queue, SortKey};
use crate::model::severity::Severity;
use crate::model::time::Timestamp;

/// Why something needs the officer, the most pressing first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Need {
    /// Critical, and nobody has it.
    Critical,
    /// An escalation that nobody has taken.
    Waiting,
    /// The officer's, and late.
    Late,
    /// The officer's.
    Mine,
}

/// A need; late ones first, then the worse; when it is due, when it came.
pub(super) type Pressing = (Need, Reverse<bool>, Reverse<Severity>, Timestamp, Timestamp);

/// One item's part in the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tally {
    /// Which of [`Counts`] it is in, a bit each, in the order of its fields.
    pub(super) counts: u16,
    /// The saved views that it is in, a bit each.
    pub(super) saved: u16,
    /// Its severity's place among all, when it waits.
    pub(super) severity: Option<u8>,
    /// Its next clock ran out.
    pub(super) overdue: bool,
    /// What of attention it is in: criticals, escalations, mine.
    pub(super) attention: [bool; 3],
    /// How it needs the officer.
    pub(super) pressing: Option<Pressing>,
    /// What filters ask of it most.
    pub(super) brief: Brief,
}

impl Tally {
    /// What an item counts for; `saved` as it was found.
    pub(super) fn of(item: &Item, pass: &super::floor::Pass<'_>, saved: u16) -> Self {
        let one = Counts::of([item], &pass.viewer);
        let bits = fields(&one).into_iter().zip(0..);
        let counts = bits.fold(0, |all, (count, bit)| all | (u16::from(count > 0) << bit));
        let waits = one.all > 0;
        let urgency = item.urgency();
        let place = Severity::ALL.iter().position(|one| *one == urgency);
        let due = item.clocks.next_due();
        let overdue = waits && due.is_some_and(|at| at <= pass.asker.now);
        let mine = waits && item.triage.is_held_by(pass.viewer.officer);
        let need = match (mine, overdue) {
            (true, true) => Need::Late,
            (true, false) => Need::Mine,
            (false, _) if urgency == Severity::Critical => Need::Critical,
            (false, _) => Need::Waiting,
        };
        let due = due.unwrap_or(Timestamp::from_millis(i64::MAX));
        let calls = queue::calls_for(item, &pass.viewer);
        Self {
            counts,
            saved,
            severity: place.filter(|_| waits).and_then(|at| u8::try_from(at).ok()),
            overdue,
            attention: [calls.critical, calls.escalation, calls.mine],
            pressing: (one.needs_me > 0).then_some((
                need,
                Reverse(overdue),
                Reverse(urgency),
                due,
                item.received_at,
            )),
            brief: Brief::of(item),
        }
    }

    /// Whether it lies in a queue.
    pub(super) fn is_in(self, queue: Queue) -> bool {
        let bit = match queue {
            Queue::Mine => 0,
            Queue::Unassigned => 1,
            Queue::Team => 2,
            Queue::All => 3,
        };
        self.counts & (1 << bit) != 0
    }
}

/// The fields of the numbers, in one order.
fn fields(counts: &Counts) -> [usize; 9] {
    [
        counts.mine,
        counts.unassigned,
        counts.team,
        counts.all,
        counts.unassigned_critical,
        counts.escalations_waiting,
        counts.asleep,
        counts.suppressed,
        counts.needs_me,
    ]
}

/// Adds an item's part to the numbers, or takes it away.
pub(super) fn count(counts: &mut Counts, tally: Tally, add: bool) {
    let all = [
        &mut counts.mine,
        &mut counts.unassigned,
        &mut counts.team,
        &mut counts.all,
        &mut counts.unassigned_critical,
        &mut counts.escalations_waiting,
        &mut counts.asleep,
        &mut counts.suppressed,
        &mut counts.needs_me,
    ];
    for (bit, number) in all.into_iter().enumerate() {
        if tally.counts & (1 << bit) != 0 {
            *number = if add {
                *number + 1
            } else {
                number.saturating_sub(1)
            };
        }
    }
}

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
    words: Words,
}

impl Slot {
    /// Whether it is a row.
    pub(super) fn is_row(&self) -> bool {
        self.wanted && !self.folded
    }
}

/// Where the words of an item are: chunk, first byte, length.
#[derive(Clone, Copy, Debug, Default)]
struct Words(u32, u32, u32);

/// Words are kept in pieces of this size, so that they never move.
const CHUNK: usize = 1 << 20;

/// All items, in the order of the stream.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    slots: Vec<Slot>,
    by_key: HashMap<ItemKey, u32>,
    /// Slots by place.
    order: Vec<u32>,
    chunks: Vec<String>,
    /// Bytes of words that nobody refers to any more.
    waste: usize,
}

/// What became of a slot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Replaced {
    pub(super) before: Option<Slot>,
    /// It is the last of the order.
    pub(super) is_last: bool,
}

impl Ledger {
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn slot(&self, key: &ItemKey) -> Option<&Slot> {
        self.slots.get(at(*self.by_key.get(key)?))
    }

    /// The words of an item; empty when it is not here.
    pub(super) fn words(&self, key: &ItemKey) -> &str {
        self.slot(key).map_or("", |slot| self.text(slot.words))
    }

    fn text(&self, words: Words) -> &str {
        let Words(chunk, from, len) = words;
        let chunk = self.chunks.get(at(chunk));
        let range = at(from)..at(from) + at(len);
        chunk.and_then(|chunk| chunk.get(range)).unwrap_or("")
    }

    /// Reads an item's words anew when they may have changed; before it is
    /// judged, so that filters find them.
    pub(super) fn read(&mut self, item: &Item) {
        let words = Filter::haystack(item);
        if self.words(&item.key) == words && self.by_key.contains_key(&item.key) {
            return;
        }
        if let Some(place) = self.by_key.get(&item.key) {
            self.waste += at(self.slots[at(*place)].words.2);
        }
        let kept = self.keep(&words);
        match self.by_key.get(&item.key) {
            Some(place) => self.slots[at(*place)].words = kept,
            None => self.pending(item, kept),
        }
    }

    /// An item that has words and is not judged yet.
    fn pending(&mut self, item: &Item, words: Words) {
        let place = u32::try_from(self.slots.len()).expect("fewer than four billion items");
        self.by_key.insert(item.key, place);
        self.slots.push(Slot {
            key: item.key,
            place: SortKey::default(),
            tally: Tally {
                counts: 0,
                saved: 0,
                severity: None,
                overdue: false,
                attention: [false; 3],
                pressing: None,
                brief: Brief::default(),
            },
            wanted: false,
            folded: false,
            words,
        });
    }

    fn keep(&mut self, words: &str) -> Words {
        let fits = |chunk: &String| chunk.capacity() - chunk.len() >= words.len();
        if !self.chunks.last().is_some_and(fits) {
            self.chunks
                .push(String::with_capacity(CHUNK.max(words.len())));
        }
        let chunk = self.chunks.len() - 1;
        let last = &mut self.chunks[chunk];
        let from = last.len();
        last.push_str(words);
        let number = |n: usize| u32::try_from(n).expect("chunks and items are small");
        Words(number(chunk), number(from), number(words.len()))
    }

    /// Puts what an item counts for in the place of what it counted for.
    /// `in_order`: whether it was judged before, so that it has a place.
    pub(super) fn put(
        &mut self,
        key: &ItemKey,
        in_order: bool,
        (place, tally, wanted): (SortKey, Tally, bool),
    ) -> Replaced {
        let Some(number) = self.by_key.get(key).copied() else {
            return Replaced {
                before: None,
                is_last: false,
            };
        };
        let before = self.slots[at(number)];
        let moves = !in_order || before.place != place;
        if in_order && moves {
            self.take_from_order(number);
        }
        let slot = &mut self.slots[at(number)];
        (slot.place, slot.tally, slot.wanted) = (place, tally, wanted);
        if moves {
            self.put_into_order(number);
        }
        Replaced {
            before: in_order.then_some(before),
            is_last: self.order.last() == Some(&number),
        }
    }

    fn position(&self, number: u32) -> Result<usize, usize> {
        let place = self.slots[at(number)].place;
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
    pub(super) fn remove(&mut self, key: &ItemKey) -> Option<Slot> {
        let number = self.by_key.get(key).copied()?;
        self.take_from_order(number);
        self.by_key.remove(key);
        let last = u32::try_from(self.slots.len() - 1).expect("fewer than four billion items");
        let place_of_last = self.position(last);
        let gone = self.slots.swap_remove(at(number));
        self.waste += at(gone.words.2);
        if last != number {
            // The last slot has taken its number.
            let key = self.slots[at(number)].key;
            self.by_key.insert(key, number);
            if let Ok(place) = place_of_last {
                self.order[place] = number;
            }
        }
        Some(gone)
    }

    /// Sorts everything, after all were judged anew.
    pub(super) fn sort(&mut self) {
        let slots = &self.slots;
        self.order.clear();
        self.order.extend((0..).take(slots.len()));
        self.order
            .sort_unstable_by_key(|number| slots[at(*number)].place);
    }

    /// Judges every slot anew; the order is stale until [`Ledger::sort`].
    pub(super) fn judge_all(
        &mut self,
        mut judge: impl FnMut(&ItemKey, &str) -> Option<(SortKey, Tally, bool)>,
    ) {
        for number in 0..self.slots.len() {
            let (key, words) = (self.slots[number].key, self.slots[number].words);
            if let Some(judged) = judge(&key, self.text(words)) {
                let slot = &mut self.slots[number];
                (slot.place, slot.tally, slot.wanted) = judged;
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
            let wanted = is_wanted(slot, self.text(slot.words));
            self.slots[number].wanted = wanted;
        }
    }

    /// Folds an item under another one's row, or takes it out; whether that is
    /// another answer than before.
    pub(super) fn fold(&mut self, key: &ItemKey, folded: bool) -> bool {
        let Some(place) = self.by_key.get(key) else {
            return false;
        };
        let slot = &mut self.slots[at(*place)];
        std::mem::replace(&mut slot.folded, folded) != folded
    }

    /// Takes all out of what they were folded under.
    pub(super) fn unfold(&mut self) {
        for slot in &mut self.slots {
            slot.folded = false;
        }
    }

    /// The keys of the rows wanted, in order.
    pub(super) fn rows(&self) -> impl Iterator<Item = ItemKey> + '_ {
        let slots = self.order.iter().map(|number| &self.slots[at(*number)]);
        slots.filter(|slot| slot.is_row()).map(|slot| slot.key)
    }

    pub(super) fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter()
    }

    /// Whether more words are waste than are used.
    pub(super) fn is_wasteful(&self) -> bool {
        self.waste > CHUNK * self.chunks.len().max(2) / 2
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

fn at(number: u32) -> usize {
    usize::try_from(number).expect("32 bits")
}
