//! What the watch tells, and what it keeps of an alert.
//!
//! Owns [`Raised`] (one telling) and [`Alert`] (one burst from its first to its
//! last). Knows no rules. Made by `watch`, used by the hub.

use std::collections::{HashSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::evidence::share;
use super::key::Key;
use super::post::Seen;
use crate::model::ids::ItemKey;
use crate::model::time::Timestamp;
use crate::model::why::Why;

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// A burst begins: the only one that is a new alert.
    Raised,
    /// It has doubled, or become a firestorm.
    Step,
    /// It had ended and rises again within a day.
    Again,
    /// It is over.
    Ended,
    /// It went on for three days: this is usual now.
    Settled,
    /// A channel says nothing where it should.
    Silent,
    /// It speaks again.
    Heard,
}

/// What is known of a burst beside its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// Most of it is negative, and by people who are new here.
    Firestorm,
    /// Most of it is one copied text: the cluster.
    Campaign(u64),
}

/// One telling.
#[derive(Clone, Debug, PartialEq)]
pub struct Raised {
    /// The alert, the same from its raising to its end, over restarts too.
    pub alert: u64,
    /// What is told of it.
    pub change: Change,
    /// What it is about.
    pub key: Key,
    /// When.
    pub at: Timestamp,
    /// When it was raised first.
    pub since: Timestamp,
    /// What else is known of it.
    pub marks: Vec<Mark>,
    /// Keys that are part of it: parents, children, other channels, topics with
    /// the same posts.
    pub with: Vec<Key>,
    /// Why, with the score.
    pub why: Why,
}

/// One burst, kept as long as it may rise again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Where its key is in the table: of no use after a restart, set anew then.
    #[serde(skip)]
    pub place: u32,
    /// What it is about.
    pub key: Key,
    /// Its life.
    pub episode: super::episode::Episode,
    /// When it was raised.
    pub since: Timestamp,
    /// What is known of it.
    pub marks: Vec<Mark>,
    /// Keys that are part of it.
    pub with: Vec<Key>,
    /// Its last posts, [`STORY`] at most: what has the same is part of it, also when
    /// it is told of later than the posts that a key remembers.
    #[serde(default)]
    pub story: VecDeque<ItemKey>,
}

/// Posts that an alert remembers as its own.
const STORY: usize = 1024;

impl Alert {
    /// Takes a post of its key for its own.
    pub fn tells(&mut self, post: ItemKey) {
        if self.story.back() == Some(&post) {
            return;
        }
        if self.story.len() >= STORY {
            self.story.pop_front();
        }
        self.story.push_back(post);
    }

    /// The share of `posts` that are its own.
    #[must_use]
    pub fn shares(&self, posts: &[Seen]) -> f64 {
        let own: HashSet<&ItemKey> = self.story.iter().collect();
        share(
            posts.iter().filter(|post| own.contains(&post.key)).count(),
            posts.len(),
        )
    }
}

/// Keys that one alert names as part of it; more are counted to it unnamed.
pub const WITH: usize = 32;
