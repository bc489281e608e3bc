//! Copies of one text as one row: which items of the board are copies of each
//! other, and which of them stands for the others in the view in force.
//!
//! Owns [`Folds`]. A group is of one cluster, one urgency and one holder: a row
//! says nothing that is not so of all that it stands for, and a critical copy is
//! never under another row. The oldest stands for its group, so that the row
//! stays where it is while copies come. Items that are nobody's copy are not
//! looked at. Called by `floor`.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{Hash, Hasher};

use crate::model::cluster::ClusterId;
use crate::model::ids::{ItemId, ItemKey, KeyMap};
use crate::model::item::Item;

/// An item in its cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Member {
    id: ItemId,
    cluster: ClusterId,
    /// Urgency and holder, as one number.
    standing: u64,
    /// Whether the view asks for it.
    wanted: bool,
}

/// Where an item is grouped.
type Place = (ClusterId, u64);
/// Items, oldest first.
type Group = BTreeSet<(ItemId, ItemKey)>;

/// The copies on the board.
#[derive(Debug, Default)]
pub(super) struct Folds {
    members: KeyMap<Member>,
    clusters: HashMap<ClusterId, Group>,
    /// Clusters that became part of another one.
    joined: HashMap<ClusterId, ClusterId>,
    /// What the view asks for, by group.
    rows: HashMap<Place, Group>,
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
    pub(super) touched: HashSet<ItemKey>,
    /// Items that stood for a group before, with its place.
    stood: HashMap<ItemKey, Place>,
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
        self.members.clear();
        self.clusters.clear();
        self.joined.clear();
        self.rows.clear();
        self.changed = Changed::default();
    }

    /// Whether no item is a copy.
    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
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
        let member = Member {
            id: item.id,
            cluster,
            standing: standing(item),
            wanted,
        };
        if self.members.get(&item.key) != Some(&member) {
            self.forget(&item.key);
            self.put(item.key, member);
        }
        fresh
    }

    fn is_known(&self, cluster: ClusterId) -> bool {
        self.joined.contains_key(&cluster) || self.clusters.contains_key(&cluster)
    }

    /// Forgets an item: it left the board, or is nobody's copy any more.
    pub(super) fn forget(&mut self, key: &ItemKey) {
        let Some(member) = self.members.remove(key) else {
            return;
        };
        let entry = (member.id, *key);
        if let Some(group) = self.clusters.get_mut(&member.cluster) {
            group.remove(&entry);
            if group.is_empty() {
                self.clusters.remove(&member.cluster);
            }
        }
        self.ungroup(entry, &member);
    }

    fn put(&mut self, key: ItemKey, member: Member) {
        let entry = (member.id, key);
        self.members.insert(key, member);
        self.clusters
            .entry(member.cluster)
            .or_default()
            .insert(entry);
        self.group(entry, &member);
    }

    fn group(&mut self, entry: (ItemId, ItemKey), member: &Member) {
        self.changed.touched.insert(entry.1);
        if !member.wanted || self.is_unfolded(member.cluster) {
            return;
        }
        let place = (member.cluster, member.standing);
        let group = self.rows.entry(place).or_default();
        let first = group.first().copied();
        group.insert(entry);
        if let Some((_, first)) = first.filter(|first| entry < *first) {
            self.changed.touched.insert(first);
            self.changed.stood.entry(first).or_insert(place);
        }
    }

    fn ungroup(&mut self, entry: (ItemId, ItemKey), member: &Member) {
        self.changed.touched.insert(entry.1);
        let place = (member.cluster, member.standing);
        let Some(group) = self.rows.get_mut(&place) else {
            return;
        };
        let stood = group.first() == Some(&entry);
        if group.remove(&entry) && stood {
            self.changed.stood.entry(entry.1).or_insert(place);
            if let Some((_, next)) = group.first() {
                self.changed.touched.insert(*next);
            }
        }
        if group.is_empty() {
            self.rows.remove(&place);
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
        for (_, key) in self.clusters.remove(&other).unwrap_or_default() {
            if let Some(mut member) = self.members.remove(&key) {
                self.ungroup((member.id, key), &member);
                member.cluster = into;
                self.put(key, member);
            }
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
                None => self
                    .rows
                    .get(place)
                    .and_then(|group| group.first())
                    .map(|one| one.1),
            };
            instead.extend(now.map(|now| (*key, now)));
        }
        instead
    }

    /// Groups anew by what the view asks for now.
    pub(super) fn regroup(&mut self, wanted: impl Fn(&ItemKey) -> bool) {
        self.rows.clear();
        let members = std::mem::take(&mut self.members);
        for (key, mut member) in members {
            member.wanted = wanted(&key);
            self.group((member.id, key), &member);
            self.members.insert(key, member);
        }
    }

    fn group_of(&self, key: &ItemKey) -> Option<&Group> {
        let member = self.members.get(key)?;
        let group = self.rows.get(&(member.cluster, member.standing))?;
        group.contains(&(member.id, *key)).then_some(group)
    }

    /// The item whose row stands for this one, where they are folded.
    pub(super) fn stands_for(&self, key: &ItemKey) -> Option<ItemKey> {
        self.group_of(key)?.first().map(|(_, first)| *first)
    }

    /// Whether another row stands for it.
    pub(super) fn hides(&self, key: &ItemKey) -> bool {
        self.stands_for(key).is_some_and(|first| first != *key)
    }

    /// How many items a row stands for.
    pub(super) fn count(&self, key: &ItemKey) -> usize {
        self.group_of(key).map_or(1, BTreeSet::len)
    }

    /// The items that a row stands for, oldest first; itself alone where nothing
    /// is folded.
    pub(super) fn all(&self, key: &ItemKey) -> Vec<ItemKey> {
        match self.group_of(key) {
            Some(group) => group.iter().map(|(_, key)| *key).collect(),
            None => vec![*key],
        }
    }

    /// The cluster of an item; none of what is nobody's copy.
    pub(super) fn kin(&self, key: &ItemKey) -> Option<Kin> {
        let cluster = self.members.get(key)?.cluster;
        let group = self
            .clusters
            .get(&cluster)
            .filter(|group| group.len() > 1)?;
        Some(Kin {
            first: group.first()?.1,
            count: group.len(),
            unfolded: self.is_unfolded(cluster),
        })
    }

    fn is_unfolded(&self, cluster: ClusterId) -> bool {
        self.all_unfolded != self.unfolded.contains(&cluster)
    }

    /// Folds the cluster of an item, or shows its items one by one; none where it
    /// is nobody's copy. [`Folds::regroup`] has to follow.
    pub(super) fn toggle(&mut self, key: &ItemKey) -> Option<Kin> {
        let cluster = self.members.get(key)?.cluster;
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

    pub(super) fn keys(&self) -> impl Iterator<Item = &ItemKey> {
        self.members.keys()
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
