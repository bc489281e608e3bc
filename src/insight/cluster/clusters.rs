//! Copies of one text, found as they come.
//!
//! Owns [`Clusters`]: the posts of the last day in a ring, which of them are
//! copies of each other, and what a cluster shows (authors, channels, times,
//! who was first). Bounded: the oldest posts and the clusters that are silent
//! longest go. Pure. Called by the hub and by the evaluation.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::time::Duration;

use super::minhash::{Bands, Sketch, agreement, sketch};
use super::shingle::{likeness, shingles};
use super::spread::{Member, Spread};
use crate::model::cluster::{ClusterId, Copied};
use crate::model::ids::{ItemKey, KeyMap};
use crate::model::time::Timestamp;

/// What may be set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Posts that are remembered at most.
    pub most_posts: usize,
    /// How long they are remembered.
    pub window: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            most_posts: 40_000,
            window: Duration::from_hours(24),
        }
    }
}

/// Fewer shingles than this are a phrase that anybody may say.
const FEWEST: usize = 14;
/// Copies share this much of all their shingles, or of the shorter one's where
/// that is long enough not to be a common phrase. Frozen on edited copies of
/// development posts (`watchfloor insight eval clusters`).
const ALIKE: f64 = 0.5;
const CONTAINED: f64 = 0.8;
const LONG: usize = 32;
/// Minima that must agree before two posts are compared in full.
const AGREE: usize = 10;
/// Candidates that are compared in full.
const COMPARED: usize = 12;

/// Where a post was put.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// Its cluster.
    pub cluster: u64,
    /// The post that it is most like; none where it is the first of its kind.
    pub like: Option<ItemKey>,
    /// The share of shingles that both have.
    pub likeness: f64,
    /// Clusters that this post showed to be one with it.
    pub joined: Vec<u64>,
    /// Posts of the cluster, with this one.
    pub posts: u32,
}

impl Placed {
    /// The place as it is stored with a post; none of the first of its kind.
    #[must_use]
    pub fn stored(&self) -> Option<Copied> {
        let like = self.like?;
        Some(Copied {
            cluster: ClusterId(self.cluster),
            like,
            percent: (self.likeness * 100.0).round().clamp(0.0, 100.0) as u8,
            joined: self.joined.iter().copied().map(ClusterId).collect(),
        })
    }
}

/// A post to be placed.
#[derive(Clone, Copy, Debug)]
pub struct Copy<'a> {
    /// Which item.
    pub key: ItemKey,
    /// Its words.
    pub text: &'a str,
    /// Its author, as the channel calls them.
    pub author: &'a str,
    /// The channel that it came by.
    pub channel: &'a str,
    /// The cluster that it was put in before a restart.
    pub known: Option<u64>,
}

/// A post that is remembered.
#[derive(Clone, Debug)]
struct Kept {
    key: ItemKey,
    at: Timestamp,
    shingles: Vec<u32>,
    sketch: Sketch,
    cluster: u64,
}

/// The clusters of the last day.
#[derive(Debug, Default)]
pub struct Clusters {
    settings: Settings,
    ring: VecDeque<Kept>,
    /// The number of the oldest post of the ring; numbers begin at 1.
    oldest: u32,
    bands: Bands,
    spreads: HashMap<u64, Spread>,
    /// Clusters that became part of another one.
    joined: BTreeMap<u64, u64>,
    /// Where the posts of the ring were put: one that comes again is no copy.
    placed: KeyMap<Placed>,
}

impl Clusters {
    /// No posts yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            oldest: 1,
            ..Self::default()
        }
    }

    /// Places a post that came at `at`; none where it has too few words to be
    /// anybody's copy.
    pub fn place(&mut self, at: Timestamp, post: &Copy<'_>) -> Option<Placed> {
        self.forget_old(at);
        if let Some(placed) = self.placed.get(&post.key) {
            return Some(placed.clone());
        }
        let shingles = shingles(post.text);
        if shingles.len() < FEWEST {
            return None;
        }
        let sketch = sketch(&shingles);
        let alike = self.alike(&shingles, &sketch);
        let best = alike.first().copied();
        let found: Vec<u64> = alike
            .iter()
            .map(|(place, _)| self.cluster_of(*place))
            .collect();
        let own = found.iter().copied().min_by_key(|id| self.born(*id));
        let own = own
            .or(post.known)
            .unwrap_or_else(|| ClusterId::of(&post.key).0);
        let joined = self.join_all(own, &found);
        let like = best
            .and_then(|(place, _)| self.ring.get(place))
            .map(|kept| kept.key);
        let spread = self.spreads.entry(own).or_default();
        spread.add(Member::new(at, post.key, (post.author, post.channel)));
        let posts = spread.posts;
        self.keep(Kept {
            key: post.key,
            at,
            shingles,
            sketch,
            cluster: own,
        });
        let placed = Placed {
            cluster: own,
            like,
            likeness: best.map_or(0.0, |(_, likeness)| likeness),
            joined,
            posts,
        };
        self.placed.insert(post.key, placed.clone());
        Some(placed)
    }

    /// What a cluster shows, by any name that it ever had.
    #[must_use]
    pub fn spread(&self, cluster: u64) -> Option<&Spread> {
        self.spreads.get(&self.root(cluster))
    }

    /// Makes `other` part of `cluster`: an officer's word. False where one of
    /// them is not known, or both are one.
    pub fn merge(&mut self, cluster: u64, other: u64) -> bool {
        let (cluster, other) = (self.root(cluster), self.root(other));
        let both = self.spreads.contains_key(&cluster) && self.spreads.contains_key(&other);
        both && cluster != other && !self.join_all(cluster, &[other]).is_empty()
    }

    /// Takes `other` out of what it was joined to, with the posts that came under
    /// its name: undoes a join. False where it was not joined.
    pub fn split(&mut self, other: u64) -> bool {
        let Some(cluster) = self.joined.remove(&other) else {
            return false;
        };
        let root = self.root(cluster);
        if let Some(spread) = self.spreads.get_mut(&root) {
            let own = spread.take(other);
            self.spreads.insert(other, own);
        }
        true
    }

    /// Forgets an erased item: it will be nobody's original again.
    pub fn forget(&mut self, item: &ItemKey) {
        self.placed.remove(item);
        for kept in self.ring.iter_mut().filter(|kept| kept.key == *item) {
            kept.shingles = Vec::new();
            kept.sketch = [u32::MAX; super::minhash::MINIMA];
        }
        for spread in self.spreads.values_mut() {
            spread.forget(item);
        }
    }

    /// Remembered posts and clusters.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.ring.len(), self.spreads.len())
    }

    /// The remembered posts that this one is a copy of, most alike first.
    fn alike(&self, shingles: &[u32], sketch: &Sketch) -> Vec<(usize, f64)> {
        let numbers: HashSet<u32> = self.bands.meet(sketch).collect();
        let mut near: Vec<(usize, usize)> = numbers
            .into_iter()
            .filter_map(|number| number.checked_sub(self.oldest))
            .filter_map(|place| usize::try_from(place).ok())
            .filter_map(|place| Some((place, agreement(sketch, &self.ring.get(place)?.sketch))))
            .filter(|(_, agree)| *agree >= AGREE)
            .collect();
        near.sort_by_key(|(place, agree)| (std::cmp::Reverse(*agree), *place));
        let mut alike: Vec<(usize, f64)> = near
            .into_iter()
            .take(COMPARED)
            .filter_map(|(place, _)| {
                let other = &self.ring.get(place)?.shingles;
                let (shared, contained) = likeness(shingles, other);
                let long = shingles.len().min(other.len()) >= LONG;
                let copy = shared >= ALIKE || (long && contained >= CONTAINED);
                copy.then_some((place, shared.max(contained)))
            })
            .collect();
        alike.sort_by(|a, b| b.1.total_cmp(&a.1));
        alike
    }

    fn cluster_of(&self, place: usize) -> u64 {
        self.ring
            .get(place)
            .map_or(0, |kept| self.root(kept.cluster))
    }

    fn root(&self, mut cluster: u64) -> u64 {
        while let Some(next) = self.joined.get(&cluster) {
            cluster = *next;
        }
        cluster
    }

    fn born(&self, cluster: u64) -> (Timestamp, u64) {
        let first = self.spreads.get(&cluster).and_then(|spread| spread.first);
        (
            first.map_or(Timestamp::default(), |first| first.at),
            cluster,
        )
    }

    fn join_all(&mut self, own: u64, others: &[u64]) -> Vec<u64> {
        let mut joined = Vec::new();
        for other in others {
            if *other == own || joined.contains(other) {
                continue;
            }
            if let Some(spread) = self.spreads.remove(other) {
                self.spreads.entry(own).or_default().absorb(*other, spread);
                self.joined.insert(*other, own);
                joined.push(*other);
            }
        }
        joined
    }

    fn keep(&mut self, kept: Kept) {
        if self.ring.len() >= self.settings.most_posts {
            self.drop_oldest();
        }
        let number = u32::try_from(self.ring.len()).unwrap_or(u32::MAX);
        let number = self.oldest.saturating_add(number);
        self.bands.put(&kept.sketch, number);
        self.ring.push_back(kept);
    }

    fn forget_old(&mut self, now: Timestamp) {
        let old = now.minus(self.settings.window);
        while self.ring.front().is_some_and(|kept| kept.at < old) {
            self.drop_oldest();
        }
        // Four billion posts later the numbers begin anew, with an empty ring.
        if self.oldest > u32::MAX / 2 {
            *self = Self::new(self.settings);
        }
    }

    fn drop_oldest(&mut self) {
        let Some(kept) = self.ring.pop_front() else {
            return;
        };
        self.oldest += 1;
        self.placed.remove(&kept.key);
        let root = self.root(kept.cluster);
        if let Some(spread) = self.spreads.get_mut(&root)
            && spread.leave()
        {
            self.spreads.remove(&root);
            self.joined.retain(|_, to| *to != root);
        }
    }
}
