//! What the watch is told of a post, and what it remembers of it.
//!
//! Owns [`Post`] (as it is handed in) and [`Seen`] (48 bytes of it). Decides
//! nothing. Called by `watch` and `evidence`.

use serde::{Deserialize, Serialize};

use super::key::{KeyRef, Subject};
use crate::model::ids::ItemKey;
use crate::model::time::Timestamp;

/// Topics, claims and regions of one post that are counted at most.
const TOPICS: usize = 6;
const CLAIMS: usize = 3;

/// From this urgency on, of 1, a post is counted among the urgent ones of its topics.
/// One of sixteen everyday posts is above it, of crises that the model never met four
/// of five (`watchfloor insight eval storms`).
pub const URGENT: f32 = 0.5;

/// A post, as the watch needs it. Words of strangers are only counted here.
#[derive(Clone, Copy, Debug)]
pub struct Post<'a> {
    /// Which item.
    pub key: ItemKey,
    /// When it was said, as far as that can be believed; never later than now.
    pub at: Timestamp,
    /// Its author, as the channel calls them.
    pub author: &'a str,
    /// The channel that it came by.
    pub channel: &'a str,
    /// Its words.
    pub text: &'a str,
    /// ISO 639-1; empty when unknown.
    pub language: &'a str,
    /// Where it is about.
    pub region: Option<&'a str>,
    /// Topics of the gazetteers.
    pub topics: &'a [&'a str],
    /// Claims that it repeats.
    pub claims: &'a [&'a str],
    /// The cluster of copies that it belongs to.
    pub cluster: Option<u64>,
    /// Probability that it is negative, 0 to 1.
    pub negative: Option<f32>,
    /// Urgency, 0 to 1.
    pub urgency: Option<f32>,
    /// Followers of its author, or what the channel counts as reach.
    pub reach: u64,
}

impl<'a> Post<'a> {
    /// A post of which nothing is known but who said what where and when.
    #[must_use]
    pub fn plain(
        key: ItemKey,
        at: Timestamp,
        (author, channel, text): (&'a str, &'a str, &'a str),
    ) -> Self {
        Self {
            key,
            at,
            author,
            channel,
            text,
            language: "",
            region: None,
            topics: &[],
            claims: &[],
            cluster: None,
            negative: None,
            urgency: None,
            reach: 0,
        }
    }

    /// The keys of a post: each subject everywhere, in its region, on its channel,
    /// and in its region on its channel; of an urgent one its topics as such too,
    /// everywhere and in its region.
    #[must_use]
    pub fn keys(&self) -> Vec<KeyRef<'a>> {
        let post = self;
        let names = || post.topics.iter().take(TOPICS);
        let topics = names().map(|topic| Subject::Topic(topic));
        let claims = post
            .claims
            .iter()
            .take(CLAIMS)
            .map(|claim| Subject::Claim(claim));
        let cluster = post.cluster.map(Subject::Cluster);
        let mut keys = Vec::with_capacity(8);
        for subject in topics.chain(claims) {
            for region in [None, post.region] {
                for channel in [None, Some(post.channel)] {
                    let key = KeyRef {
                        subject,
                        region,
                        channel,
                    };
                    if !keys.contains(&key) {
                        keys.push(key);
                    }
                }
            }
        }
        let urgent = post.urgency.is_some_and(|urgency| urgency >= URGENT);
        for topic in names().filter(|_| urgent) {
            for region in [None, post.region] {
                let key = KeyRef {
                    subject: Subject::Urgent(topic),
                    region,
                    channel: None,
                };
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
        }
        keys.extend(cluster.map(|subject| KeyRef {
            subject,
            region: None,
            channel: None,
        }));
        keys.push(KeyRef {
            subject: Subject::Channel,
            region: None,
            channel: Some(post.channel),
        });
        keys
    }
}

/// What is remembered of a post.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// Which item.
    pub key: ItemKey,
    /// When.
    pub at: Timestamp,
    /// Its author, hashed with the channel.
    pub author: u64,
    /// Its cluster; none is 0.
    pub cluster: u64,
    /// Reach, at most 4 billion.
    pub reach: u32,
    /// Number of its channel.
    pub channel: u16,
    /// ISO 639-1; blank when unknown.
    pub language: [u8; 2],
    /// Percent; none is 255.
    pub negative: u8,
    /// Percent; none is 255.
    pub urgency: u8,
    /// Whether its author was never seen before.
    pub new: bool,
}

/// A probability as percent; 255 when unknown.
#[must_use]
pub fn percent(share: Option<f32>) -> u8 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to 100
    share.map_or(255, |share| (share.clamp(0.0, 1.0) * 100.0).round() as u8)
}

/// The two letters of a language.
#[must_use]
pub fn two_letters(language: &str) -> [u8; 2] {
    let mut letters = language.bytes().take(2);
    [
        letters.next().unwrap_or(b' '),
        letters.next().unwrap_or(b' '),
    ]
}
