//! The last posts of a key, and what they have in common.
//!
//! Owns [`Recent`] (at most 16 posts of the last hour) and the reasons that are
//! read from them. Called by `watch` when something is told.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use super::chance;
use super::known::{Channels, Words};
use super::meter::Reading;
use super::post::{Seen, URGENT};
use crate::model::ids::ItemKey;
use crate::model::why::{Counted, Named, Part, Why};

/// Posts that are remembered of a key.
const KEPT: usize = 16;
/// Milliseconds after which a post is no longer recent.
const HOUR: i64 = 3_600_000;

/// The last posts of a key, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recent {
    posts: Vec<Seen>,
    /// The first post of the burst that is on.
    pub first: Option<Box<Seen>>,
}

impl Recent {
    /// Remembers a post.
    pub fn push(&mut self, seen: Seen) {
        let old = seen.at.as_millis() - HOUR;
        self.posts.retain(|post| post.at.as_millis() > old);
        if self.posts.len() >= KEPT {
            self.posts.remove(0);
        }
        self.posts.push(seen);
    }

    /// Forgets a post: it was erased.
    pub fn forget(&mut self, key: &ItemKey) {
        self.posts.retain(|post| post.key != *key);
        if self.first.as_ref().is_some_and(|first| first.key == *key) {
            self.first = None;
        }
    }

    /// How many are remembered.
    #[must_use]
    pub fn size(&self) -> u8 {
        u8::try_from(self.posts.len()).unwrap_or(u8::MAX)
    }

    /// The remembered posts, oldest first.
    #[must_use]
    pub fn posts(&self) -> &[Seen] {
        &self.posts
    }

    /// Different authors among them.
    #[must_use]
    pub fn authors(&self) -> usize {
        let authors: HashSet<u64> = self.posts.iter().map(|post| post.author).collect();
        authors.len()
    }

    /// Whether at least `fewest` authors wrote them, and none wrote more than
    /// half: one loud person is no burst.
    #[must_use]
    pub fn is_by_many(&self, fewest: usize) -> bool {
        let mut authors: Vec<u64> = self.posts.iter().map(|post| post.author).collect();
        authors.sort_unstable();
        let loudest = authors.chunk_by(|a, b| a == b).map(<[u64]>::len).max();
        self.authors() >= fewest && loudest.unwrap_or(0) * 2 <= authors.len()
    }

    /// The cluster that most of them belong to, when at least five and three of
    /// five do.
    #[must_use]
    pub fn copied(&self) -> Option<u64> {
        let mut clusters: BTreeMap<u64, usize> = BTreeMap::new();
        for post in self.posts.iter().filter(|post| post.cluster != 0) {
            *clusters.entry(post.cluster).or_default() += 1;
        }
        let (cluster, times) = clusters.into_iter().max_by_key(|(_, times)| *times)?;
        (times >= 5 && share(times, self.posts.len()) >= 0.6).then_some(cluster)
    }

    /// Negative posts and those whose feeling is known.
    #[must_use]
    pub fn negative(&self) -> (usize, usize) {
        let known = self.posts.iter().filter(|post| post.negative != 255);
        let negative = known.clone().filter(|post| post.negative >= 50).count();
        (negative, known.count())
    }

    /// The share of them whose author is new to the floor.
    #[must_use]
    pub fn new_authors(&self) -> usize {
        self.posts.iter().filter(|post| post.new).count()
    }

    /// Whether feeling and authors make it a firestorm, where `usual` is the
    /// floor's share of negative posts: at least eight posts, half of them
    /// negative, more than chance brings (2.3 deviations), and a quarter by new
    /// authors.
    #[must_use]
    pub fn is_firestorm(&self, usual: f64) -> bool {
        let (negative, known) = self.negative();
        let usual = usual.clamp(0.05, 0.9);
        let observed = share(negative, known);
        let deviation = (usual * (1.0 - usual) / count(known.max(1))).sqrt();
        known >= 8
            && observed >= 0.5
            && observed - usual >= 2.3 * deviation
            && share(self.new_authors(), self.posts.len()) >= 0.25
    }
}

pub(super) fn share(of: usize, all: usize) -> f64 {
    if all == 0 {
        0.0
    } else {
        count(of) / count(all)
    }
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

/// What the reasons are read from.
pub struct Case<'a> {
    /// What the key's measure shows.
    pub reading: Reading,
    /// Hours that its baseline knows.
    pub known_hours: f32,
    /// Its last posts.
    pub recent: &'a Recent,
    /// Names of channels.
    pub channels: &'a Channels,
    /// Words of posts.
    pub words: &'a Words,
    /// The rule that tells it.
    pub rule: &'static str,
    /// Whether only urgent posts are counted.
    pub urgent: bool,
}

impl Case<'_> {
    /// The reasons.
    #[must_use]
    pub fn why(&self) -> Why {
        let posts = self.recent.posts();
        let mut top: Vec<&Seen> = posts.iter().collect();
        top.sort_by_key(|post| (std::cmp::Reverse(post.reach), post.at));
        let first = self.recent.first.as_deref().or(posts.first());
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Why {
            rule: self.rule.into(),
            minutes: u32::from(self.reading.minutes),
            observed: self.reading.observed,
            expected: self.reading.expected,
            spread: self.reading.spread,
            weeks_between: chance::weeks_between(self.reading.surprise),
            baseline_hours: f64::from(self.known_hours),
            parts: self.parts(),
            first: first.map(|post| self.named(post)),
            top: top
                .into_iter()
                .take(3)
                .map(|post| self.named(post))
                .collect(),
            authors: small(self.recent.authors()),
            new_authors: small(self.recent.new_authors()),
            languages: counted(posts.iter().map(|post| letters(post.language))),
            channels: counted(
                posts
                    .iter()
                    .map(|p| self.channels.name(p.channel).to_owned()),
            ),
            words: self.words.telling(posts.iter().map(|post| post.key)),
        }
    }

    fn named(&self, post: &Seen) -> Named {
        Named {
            key: post.key,
            at: post.at,
            channel: self.channels.name(post.channel).to_owned(),
            reach: u64::from(post.reach),
        }
    }

    fn parts(&self) -> Vec<Part> {
        let r = &self.reading;
        let growth = f64::from(r.observed) / r.expected.max(0.05);
        let authors = self.recent.authors();
        let reach: u64 = self.recent.posts().iter().map(|p| u64::from(p.reach)).sum();
        let reach = f64::from(u32::try_from(reach).unwrap_or(u32::MAX));
        let mut parts = vec![
            Part::new("surprise", (12.0 + 8.0 * r.surprise, 40), self.surprise()),
            Part::new(
                "growth",
                (4.0 * growth.max(1.0).log2(), 20),
                format!(
                    "{} {} in {} min where {:.1} are usual",
                    r.observed,
                    self.counted(),
                    r.minutes,
                    r.expected
                ),
            ),
            Part::new(
                "authors",
                (4.0 * count(authors.max(1)).log2(), 15),
                format!(
                    "{authors} authors among the last {} posts, {} of them new here",
                    self.recent.size(),
                    self.recent.new_authors()
                ),
            ),
        ];
        if reach > 0.0 {
            let says = format!("the last posts reach {reach:.0}");
            parts.push(Part::new("reach", (1.5 * reach.log10(), 10), says));
        }
        let urgent = self
            .recent
            .posts()
            .iter()
            .map(|p| p.urgency)
            .filter(|u| *u != 255);
        if let Some(most) = urgent.max() {
            let says = format!("the most urgent post has {most} of 100");
            parts.push(Part::new("urgency", (f64::from(most) * 0.1, 10), says));
        }
        let (negative, known) = self.recent.negative();
        if known > 0 {
            let says = format!("{negative} of {known} posts are negative");
            parts.push(Part::new(
                "feeling",
                (10.0 * share(negative, known) - 2.0, 8),
                says,
            ));
        }
        parts
    }

    /// What is counted.
    fn counted(&self) -> String {
        if self.urgent {
            format!("posts of urgency {:.0} or more", URGENT * 100.0)
        } else {
            "posts".to_owned()
        }
    }

    fn surprise(&self) -> String {
        let weeks = chance::weeks_between(self.reading.surprise);
        match weeks {
            ..1.0 => "chance brings one like it more than once a week".to_owned(),
            1.0..100.0 => format!("chance brings one like it once in {weeks:.0} weeks"),
            100.0..5200.0 => format!(
                "chance brings one like it once in {:.0} years",
                weeks / 52.0
            ),
            _ => "chance brings one like it less than once in a hundred years".to_owned(),
        }
    }
}

fn letters(language: [u8; 2]) -> String {
    language
        .iter()
        .map(|b| char::from(*b))
        .collect::<String>()
        .trim()
        .to_owned()
}

fn counted(names: impl Iterator<Item = String>) -> Vec<Counted> {
    let mut times: BTreeMap<String, u32> = BTreeMap::new();
    for name in names.filter(|name| !name.is_empty()) {
        *times.entry(name).or_default() += 1;
    }
    let mut all: Vec<Counted> = times
        .into_iter()
        .map(|(what, times)| Counted { what, times })
        .collect();
    all.sort_by_key(|c| std::cmp::Reverse(c.times));
    all
}
