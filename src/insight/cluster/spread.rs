//! What a cluster of copies shows.
//!
//! Owns [`Spread`]: how many posts and authors, over which channels, when, who
//! was first. Bounded. Called by `clusters`; read by whoever explains.

use std::collections::{BTreeMap, HashSet, VecDeque};

use serde::{Deserialize, Serialize};

use crate::model::ids::ItemKey;
use crate::model::time::Timestamp;

/// Authors that are told apart, members that are named.
const AUTHORS: usize = 2000;
const NAMED: usize = 64;

/// A post of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct First {
    /// Which item.
    pub key: ItemKey,
    /// When it came.
    pub at: Timestamp,
}

/// A post that joins a cluster.
#[derive(Clone, Debug)]
pub struct Member {
    first: First,
    author: u64,
    channel: String,
}

impl Member {
    /// A post that came at `at`, by (author, channel).
    #[must_use]
    pub fn new(at: Timestamp, key: ItemKey, (author, channel): (&str, &str)) -> Self {
        let hash = |text: &str| {
            text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            })
        };
        Self {
            first: First { key, at },
            author: hash(author) ^ hash(channel).rotate_left(7),
            channel: channel.to_owned(),
        }
    }
}

/// What a cluster of copies shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spread {
    /// Posts that ever joined it.
    pub posts: u32,
    /// The first of them.
    pub first: Option<First>,
    /// When the last one came.
    pub last: Timestamp,
    /// Posts by channel.
    pub channels: BTreeMap<String, u32>,
    /// The last posts, oldest first.
    pub members: VecDeque<First>,
    /// What was joined to it, as it was then, and its own last moment before:
    /// what a split gives back.
    parts: BTreeMap<u64, (Spread, Timestamp)>,
    authors: HashSet<u64>,
    /// Posts of it that are still remembered.
    held: u32,
}

impl Spread {
    /// Counts a post.
    pub fn add(&mut self, member: Member) {
        self.posts = self.posts.saturating_add(1);
        self.held = self.held.saturating_add(1);
        self.first.get_or_insert(member.first);
        self.last = self.last.max(member.first.at);
        *self.channels.entry(member.channel).or_default() += 1;
        if self.authors.len() < AUTHORS {
            self.authors.insert(member.author);
        }
        self.name(member.first);
    }

    fn name(&mut self, first: First) {
        if self.members.len() >= NAMED {
            self.members.pop_front();
        }
        self.members.push_back(first);
    }

    /// Different authors, 2,000 at most.
    #[must_use]
    pub fn authors(&self) -> usize {
        self.authors.len()
    }

    /// Posts a minute between the first and the last; none of a single post.
    #[must_use]
    pub fn pace(&self) -> Option<f64> {
        let minutes = self.last.since(self.first?.at).as_secs_f64() / 60.0;
        (self.posts > 1).then(|| f64::from(self.posts) / minutes.max(1.0))
    }

    /// Takes in another cluster, and remembers what it was.
    pub(super) fn absorb(&mut self, name: u64, other: Self) {
        self.posts = self.posts.saturating_add(other.posts);
        self.held = self.held.saturating_add(other.held);
        let before = self.last;
        self.last = self.last.max(other.last);
        self.first = [self.first, other.first]
            .into_iter()
            .flatten()
            .min_by_key(|first| first.at);
        for (channel, posts) in &other.channels {
            *self.channels.entry(channel.clone()).or_default() += posts;
        }
        self.authors.extend(other.authors.iter().take(AUTHORS));
        for first in &other.members {
            self.name(*first);
        }
        self.parts.insert(name, (other, before));
    }

    /// Gives back what was absorbed under `name`, as it was then.
    pub(super) fn take(&mut self, name: u64) -> Self {
        let Some((part, before)) = self.parts.remove(&name) else {
            return Self::default();
        };
        self.posts = self.posts.saturating_sub(part.posts);
        if self.last == part.last {
            self.last = before;
        }
        self.held = self.held.saturating_sub(part.held);
        for (channel, posts) in &part.channels {
            if let Some(own) = self.channels.get_mut(channel) {
                *own = own.saturating_sub(*posts);
            }
        }
        self.channels.retain(|_, posts| *posts > 0);
        let keys: HashSet<ItemKey> = part.members.iter().map(|first| first.key).collect();
        self.members.retain(|first| !keys.contains(&first.key));
        self.authors.retain(|author| !part.authors.contains(author));
        if self.first.is_some_and(|first| keys.contains(&first.key)) {
            self.first = self.members.front().copied();
        }
        part
    }

    /// A post of it is no longer remembered; true when that was the last one.
    pub(super) fn leave(&mut self) -> bool {
        self.held = self.held.saturating_sub(1);
        self.held == 0
    }

    /// Forgets an erased item.
    pub(super) fn forget(&mut self, item: &ItemKey) {
        self.members.retain(|first| first.key != *item);
        if self.first.is_some_and(|first| first.key == *item) {
            self.first = self.members.front().copied();
        }
    }
}
