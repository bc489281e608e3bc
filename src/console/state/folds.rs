//! Copies of one text as one row: which items of the board are copies of each
//! other, and which of them stands for the others in the view in force.
//!
//! Owns [`Folds`]. A group is of one cluster, one urgency and one holder: a row
//! says nothing that is not so of all that it stands for, and a critical copy is
//! never under another row. The oldest stands for its group, so that the row
//! stays where it is while copies come. Items that are nobody's copy are not
//! looked at. Called by `floor`.

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};

use foldhash::fast::RandomState;

use super::groups::{Entry, Group, Groups, Place, at, fill};
use crate::model::cluster::ClusterId;
use crate::model::ids::{ItemKey, KeyMap, KeySet};
use crate::model::item::Item;

/// An item in its cluster.
#[derive(Clone, Copy, Debug)]
struct Member {
    /// Its place among its like: oldest first.
    entry: Entry,
    cluster: ClusterId,
    /// Where its group is.
    group: u32,
    /// Whether the view asks for it.
    wanted: bool,
    /// Whether it is one of what its group's row stands for.
    counted: bool,
}

/// The copies on the board.
#[derive(Debug, Default)]
pub(super) struct Folds {
    /// Members by number, with gaps; [`Folds::gaps`] says which.
    members: Vec<Member>,
    gaps: Vec<u32>,
    numbers: KeyMap<u32>,
    /// Numbers of members, oldest first.
    clusters: HashMap<ClusterId, Vec<u32>, RandomState>,
    /// Clusters that became part of another one.
    joined: HashMap<ClusterId, ClusterId, RandomState>,
    groups: Groups,
    /// Clusters that the officer looks at one by one.
    unfolded: HashSet<ClusterId>,
    /// The officer looks at all of them one by one.
    all_unfolded: bool,
    changed: Changed,
}

/// What one pass changed.
#[derive(Debug, Default)]
pub(super) struct Changed {
    /// Items that may be hidden now, or not any more.
    pub(super) touched: KeySet,
    /// Items that stood for a group before, with its place.
    stood: KeyMap<Place>,
}

/// A cluster, as far as this board has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kin {
    /// The oldest of it.
    pub first: ItemKey,
    /// Items of it.
    pub count: usize,
    /// Whether they are shown one by one.
    pub unfolded: bool,
}

impl Folds {
    /// Forgets all items; what was unfolded stays so.
    pub(super) fn clear(&mut self) {
        *self = Self {
            unfolded: std::mem::take(&mut self.unfolded),
            all_unfolded: self.all_unfolded,
            ..Self::default()
        };
    }

    /// Whether no item is a copy.
    pub(super) fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// The number of an item that has copies, for [`Folds::want`].
    pub(super) fn number(&self, key: &ItemKey) -> Option<u32> {
        self.numbers.get(key).copied()
    }

    fn root(&self, mut cluster: ClusterId) -> ClusterId {
        while let Some(next) = self.joined.get(&cluster) {
            cluster = *next;
        }
        cluster
    }

    /// Takes in an item that is new or changed. Returns the clusters that were not
    /// known to have copies: their first post may be on the board.
    pub(super) fn note(&mut self, item: &Item, wanted: bool) -> Vec<ClusterId> {
        let copied = item.reading.as_ref().and_then(|r| r.copied.as_ref());
        let mut fresh = Vec::new();
        let cluster = match copied {
            Some(copied) => {
                let named = copied.joined.iter().chain([&copied.cluster]);
                fresh.extend(named.filter(|named| !self.is_known(**named)));
                for other in &copied.joined {
                    self.join(*other, copied.cluster);
                }
                self.root(copied.cluster)
            }
            None => self.root(ClusterId::of(&item.key)),
        };
        if copied.is_none() && !self.clusters.contains_key(&cluster) {
            self.forget(&item.key);
            return fresh;
        }
        let (entry, place) = ((item.id, item.key), (cluster, standing(item)));
        let known = self.number(&item.key).map(|number| {
            let member = self.members[at(number)];
            let same = member.entry == entry && member.wanted == wanted;
            same && self.groups.get(member.group).place == place
        });
        if known != Some(true) {
            self.forget(&item.key);
            self.put(entry, place, wanted);
        }
        fresh
    }

    fn is_known(&self, cluster: ClusterId) -> bool {
        self.joined.contains_key(&cluster) || self.clusters.contains_key(&cluster)
    }

    /// Forgets an item: it left the board, or is nobody's copy any more.
    pub(super) fn forget(&mut self, key: &ItemKey) {
        let Some(number) = self.numbers.remove(key) else {
            return;
        };
        self.uncount(number);
        let member = self.members[at(number)];
        if let Some(cluster) = self.clusters.get_mut(&member.cluster) {
            cluster.retain(|other| *other != number);
            if cluster.is_empty() {
                self.clusters.remove(&member.cluster);
            }
        }
        self.groups.leave(member.group);
        self.gaps.push(number);
    }

    fn put(&mut self, entry: Entry, place: Place, wanted: bool) {
        let member = Member {
            entry,
            cluster: place.0,
            group: self.groups.join(place),
            wanted,
            counted: false,
        };
        let number = fill(&mut self.members, &mut self.gaps, member);
        self.numbers.insert(entry.1, number);
        self.line_up(number);
        self.count_in(number);
    }

    /// Puts a member among those of its cluster.
    fn line_up(&mut self, number: u32) {
        let (members, member) = (&self.members, self.members[at(number)]);
        let cluster = self.clusters.entry(member.cluster).or_default();
        let by = |other: &u32| members[at(*other)].entry.cmp(&member.entry);
        let (Ok(place) | Err(place)) = cluster.binary_search_by(by);
        cluster.insert(place, number);
    }

    /// Lets the row of its group stand for a member, when the view asks for it.
    fn count_in(&mut self, number: u32) {
        let member = self.members[at(number)];
        self.changed.touched.insert(member.entry.1);
        if !member.wanted || self.is_unfolded(member.cluster) {
            return;
        }
        self.members[at(number)].counted = true;
        let group = self.groups.get_mut(member.group);
        let before = (group.count > 0).then_some(group.first);
        if let Some((_, first)) = group.take(member.entry).and(before) {
            self.changed.touched.insert(first);
            self.changed.stood.entry(first).or_insert(group.place);
        }
    }

    /// Takes a member out of what its group's row stands for.
    fn uncount(&mut self, number: u32) {
        let member = &mut self.members[at(number)];
        let (entry, cluster) = (member.entry, member.cluster);
        let (number, counted) = (member.group, std::mem::take(&mut member.counted));
        self.changed.touched.insert(entry.1);
        if !counted {
            return;
        }
        let group = self.groups.get_mut(number);
        group.count -= 1;
        if group.first != entry {
            return;
        }
        self.changed.stood.entry(entry.1).or_insert(group.place);
        let kin = self.clusters.get(&cluster).into_iter().flatten();
        let mut like = kin.map(|other| &self.members[at(*other)]);
        if let Some(next) = like.find(|other| other.counted && other.group == number) {
            group.first = next.entry;
            self.changed.touched.insert(next.entry.1);
        }
    }

    /// Makes one cluster part of another.
    fn join(&mut self, other: ClusterId, into: ClusterId) {
        let (other, into) = (self.root(other), self.root(into));
        if other == into {
            return;
        }
        self.joined.insert(other, into);
        if self.unfolded.remove(&other) {
            self.unfolded.insert(into);
        }
        let members = self.clusters.get(&other).cloned().unwrap_or_default();
        // The newest first: what stands for the others goes once.
        for number in members.iter().rev() {
            self.uncount(*number);
        }
        self.clusters.remove(&other);
        for number in members {
            let left = self.members[at(number)].group;
            let (_, standing) = self.groups.get(left).place;
            let group = self.groups.join((into, standing));
            self.groups.leave(left);
            let member = &mut self.members[at(number)];
            (member.cluster, member.group) = (into, group);
            self.line_up(number);
            self.count_in(number);
        }
    }

    /// What changed since this was last asked.
    pub(super) fn take_changed(&mut self) -> Changed {
        std::mem::take(&mut self.changed)
    }

    /// What stands now for the group that each of these stood for: rows that are
    /// no rows any more, with those to show in their place.
    pub(super) fn stand_ins(&self, changed: &Changed) -> HashMap<ItemKey, ItemKey> {
        let mut instead = HashMap::new();
        for (key, place) in &changed.stood {
            let now = match self.stands_for(key) {
                Some(now) if now == *key => continue,
                Some(now) => Some(now),
                None => self.groups.at(place).and_then(|group| {
                    let (_, first) = group.first;
                    (group.count > 0).then_some(first)
                }),
            };
            instead.extend(now.map(|now| (*key, now)));
        }
        instead
    }

    /// Begins to count all members anew, by what is asked for now: [`Folds::want`]
    /// follows for each. What changed is not told of then.
    pub(super) fn recount(&mut self) {
        self.changed = Changed::default();
        let (unfolded, all) = (&self.unfolded, self.all_unfolded);
        for group in self.groups.all_mut() {
            group.count = 0;
            group.open = all != (!unfolded.is_empty() && unfolded.contains(&group.place.0));
        }
    }

    /// Says whether a member is asked for.
    pub(super) fn want(&mut self, number: u32, wanted: bool) {
        let member = &mut self.members[at(number)];
        let group = self.groups.get_mut(member.group);
        member.wanted = wanted;
        member.counted = wanted && !group.open;
        if member.counted {
            group.take(member.entry);
        }
    }

    /// Whether another row stands for a member.
    pub(super) fn hides_member(&self, number: u32) -> bool {
        let member = &self.members[at(number)];
        member.counted && self.groups.get(member.group).first != member.entry
    }

    fn group_of(&self, key: &ItemKey) -> Option<&Group> {
        let member = &self.members[at(self.number(key)?)];
        member.counted.then(|| self.groups.get(member.group))
    }

    /// The item whose row stands for this one, where they are folded.
    pub(super) fn stands_for(&self, key: &ItemKey) -> Option<ItemKey> {
        self.group_of(key).map(|group| group.first.1)
    }

    /// Whether another row stands for it.
    pub(super) fn hides(&self, key: &ItemKey) -> bool {
        self.stands_for(key).is_some_and(|first| first != *key)
    }

    /// How many items a row stands for.
    pub(super) fn count(&self, key: &ItemKey) -> usize {
        self.group_of(key).map_or(1, |group| at(group.count))
    }

    /// The items that a row stands for, oldest first; itself alone where nothing
    /// is folded.
    pub(super) fn all(&self, key: &ItemKey) -> Vec<ItemKey> {
        let Some(group) = self.group_of(key) else {
            return vec![*key];
        };
        let kin = self.clusters.get(&group.place.0).into_iter().flatten();
        let members = kin.map(|number| &self.members[at(*number)]);
        members
            .filter(|member| member.counted && self.groups.get(member.group).place == group.place)
            .map(|member| member.entry.1)
            .collect()
    }

    /// The cluster of an item; none of what is nobody's copy.
    pub(super) fn kin(&self, key: &ItemKey) -> Option<Kin> {
        let cluster = self.members[at(self.number(key)?)].cluster;
        let members = self.clusters.get(&cluster)?;
        let first = members.first().filter(|_| members.len() > 1)?;
        Some(Kin {
            first: self.members[at(*first)].entry.1,
            count: members.len(),
            unfolded: self.is_unfolded(cluster),
        })
    }

    fn is_unfolded(&self, cluster: ClusterId) -> bool {
        self.all_unfolded != self.unfolded.contains(&cluster)
    }

    /// Folds the cluster of an item, or shows its items one by one; none where it
    /// is nobody's copy. [`Folds::recount`] has to follow.
    pub(super) fn toggle(&mut self, key: &ItemKey) -> Option<Kin> {
        let cluster = self.members[at(self.number(key)?)].cluster;
        if !self.unfolded.remove(&cluster) {
            self.unfolded.insert(cluster);
        }
        self.kin(key)
    }

    /// Folds all, or none.
    pub(super) fn fold_all(&mut self, fold: bool) {
        self.unfolded.clear();
        self.all_unfolded = !fold;
    }
}

/// What has to be alike of items that one row stands for.
fn standing(item: &Item) -> u64 {
    let mut hasher = DefaultHasher::new();
    item.content.kind.hash(&mut hasher);
    item.urgency().hash(&mut hasher);
    item.triage.holder().hash(&mut hasher);
    item.is_open().hash(&mut hasher);
    item.triage.returned.is_some().hash(&mut hasher);
    hasher.finish()
}
