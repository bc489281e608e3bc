//! `insight eval clusters | claims | bursts | storms`: what may be expected of
//! what is detected, from the same folder of sets as the models.
//!
//! What is measured is `insight::proof`'s. Called by `insight`.

use std::sync::Arc;
use std::time::Instant;

use clap::ValueEnum;

use super::error::{CliError, Done};
use super::print;
use crate::insight::burst::{Post, Settings, Watch};
use crate::insight::claim::Claims;
use crate::insight::cluster::{self, Clusters, Copy};
use crate::insight::encoder::Encoder;
use crate::insight::fresh::Terms;
use crate::insight::proof::{Shelf, checked, copies, onsets, volumes};
use crate::model::ids::ItemKey;
use crate::model::time::Timestamp;

/// What is to be proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Proof {
    /// Edited copies among other posts.
    Clusters,
    /// Posts matched to claims that were checked.
    Claims,
    /// Bursts in series of counts.
    Bursts,
    /// Crises told early.
    Storms,
    /// The models and all of these, one after the other.
    All,
}

/// The claims of the folder, and how many they are.
pub fn claims(sets: Shelf<'_>) -> (Claims, usize) {
    let claims = checked::known(sets).unwrap_or_default();
    let many = claims.all().len();
    (claims, many)
}

/// Clusters that are fed one post after the other, each under a key of its own.
pub struct Copies {
    clusters: Clusters,
    nth: u64,
}

impl Default for Copies {
    fn default() -> Self {
        Self {
            clusters: Clusters::new(cluster::Settings::default()),
            nth: 0,
        }
    }
}

impl Copies {
    /// Places a post; how many its cluster has.
    pub fn place(&mut self, text: &str) -> usize {
        self.nth += 1;
        let post = Copy {
            key: key(self.nth),
            text,
            author: "a",
            channel: "c",
            known: None,
        };
        let placed = self.clusters.place(moment(self.nth), &post);
        placed.map_or(0, |placed| placed.posts as usize)
    }
}

fn key(nth: u64) -> ItemKey {
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(nth.to_le_bytes()) {
        *to = from;
    }
    ItemKey::from_bytes(bytes)
}

/// Ten posts a second.
fn moment(nth: u64) -> Timestamp {
    Timestamp::from_millis(i64::try_from(nth).unwrap_or(0) * 100)
}

/// Microseconds that the watch and the new terms take a post, over ten rounds.
pub fn watch_cost(posts: &[String]) -> f64 {
    let mut watch = Watch::new(Settings::default(), moment(0), 1);
    let mut terms = Terms::default();
    let topics: Vec<String> = (0..500).map(|n| format!("topic {n}")).collect();
    let started = Instant::now();
    let mut nth: u64 = 0;
    for text in (0..10).flat_map(|_| posts) {
        nth += 1;
        let (at, author) = (moment(nth), nth.to_string());
        let topic = usize::try_from(nth % 500).ok().and_then(|n| topics.get(n));
        let named = topic.map(String::as_str);
        let fresh = terms.note(at, text);
        let all: Vec<&str> = named
            .into_iter()
            .chain(fresh.iter().map(String::as_str))
            .collect();
        let post = Post {
            topics: &all,
            ..Post::plain(key(nth), at, (&author, "posts", text))
        };
        watch.observe(at, &post);
    }
    #[allow(clippy::cast_precision_loss, reason = "some 100,000 posts")]
    let many = nth.max(1) as f64;
    started.elapsed().as_secs_f64() * 1e6 / many
}

/// Prints what is to be expected, a line each.
pub fn run(
    proof: Proof,
    sets: Shelf<'_>,
    encoder: Option<&Arc<Encoder>>,
) -> Result<Done, CliError> {
    let lines = match proof {
        Proof::Clusters => copies::expect(sets),
        Proof::Claims => {
            let mut lines = checked::expect(sets, None);
            if let Some(encoder) = encoder {
                lines.extend(checked::expect(sets, Some(Arc::clone(encoder))));
            }
            lines
        }
        Proof::Bursts => volumes::expect(sets),
        Proof::Storms => onsets::expect(sets),
        Proof::All => {
            for proof in [Proof::Clusters, Proof::Claims, Proof::Bursts, Proof::Storms] {
                run(proof, sets, encoder)?;
            }
            Vec::new()
        }
    };
    lines
        .iter()
        .try_for_each(|line| print::line(line).map(|_| ()))?;
    Ok(Done::Whole)
}
