//! Where copies are counted: a group is what one row stands for, of one cluster,
//! one urgency and one holder.
//!
//! Owns the groups by number and by place. Which items are in one is
//! [`super::folds`]'s to know, which alone calls it.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::model::cluster::ClusterId;
use crate::model::ids::{ItemId, ItemKey};

/// Number and key.
pub(super) type Entry = (ItemId, ItemKey);

/// What one row stands for: cluster, urgency and holder, the last two as one number.
pub(super) type Place = (ClusterId, u64);

/// Members that one row stands for, as far as the view asks for them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    pub(super) place: Place,
    /// All members, wanted or not.
    members: u32,
    /// Those that the row stands for.
    pub(super) count: u32,
    /// The first of them; of no meaning when there is none.
    pub(super) first: Entry,
    /// Looked at one by one, as it was when all were last counted.
    pub(super) open: bool,
}

/// All groups that have members.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// By number, with gaps.
    list: Vec<Group>,
    gaps: Vec<u32>,
    places: HashMap<Place, u32, RandomState>,
}

impl Groups {
    pub(super) fn get(&self, number: u32) -> &Group {
        &self.list[at(number)]
    }

    pub(super) fn get_mut(&mut self, number: u32) -> &mut Group {
        &mut self.list[at(number)]
    }

    /// The group of a place, when it has members.
    pub(super) fn at(&self, place: &Place) -> Option<&Group> {
        self.places.get(place).map(|number| self.get(*number))
    }

    /// All, and what was a group once.
    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut Group> {
        self.list.iter_mut()
    }

    /// The number of a place's group, which has one member more now.
    pub(super) fn join(&mut self, place: Place) -> u32 {
        let group = Group {
            place,
            members: 0,
            count: 0,
            first: (ItemId(0), ItemKey::from_bytes([0; 16])),
            open: false,
        };
        let (list, gaps) = (&mut self.list, &mut self.gaps);
        let new = || fill(list, gaps, group);
        let number = *self.places.entry(place).or_insert_with(new);
        self.list[at(number)].members += 1;
        number
    }

    /// A group has one member less now.
    pub(super) fn leave(&mut self, number: u32) {
        let group = &mut self.list[at(number)];
        group.members -= 1;
        if group.members == 0 {
            self.places.remove(&group.place);
            self.gaps.push(number);
        }
    }
}

impl Group {
    /// Stands for one more; says so when it is the first now.
    pub(super) fn take(&mut self, entry: Entry) -> Option<()> {
        let is_first = self.count == 0 || entry < self.first;
        self.count += 1;
        is_first.then(|| self.first = entry)
    }
}

/// Puts a thing into a gap, or behind all; gives its number.
pub(super) fn fill<T>(things: &mut Vec<T>, gaps: &mut Vec<u32>, thing: T) -> u32 {
    if let Some(number) = gaps.pop() {
        things[at(number)] = thing;
        return number;
    }
    things.push(thing);
    u32::try_from(things.len() - 1).expect("fewer than four billion items")
}

pub(super) fn at(number: u32) -> usize {
    usize::try_from(number).expect("32 bits")
}
