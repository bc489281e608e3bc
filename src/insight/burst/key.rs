//! What posts are counted by.
//!
//! Owns [`Key`] (subject, region, channel), the keys that a post has, and which
//! of them are about the same thing. Knows no counts. Called by `watch`.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// What it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject<'a> {
    /// A topic of the operator's gazetteer, or a new term.
    Topic(&'a str),
    /// Of a topic, the posts that are urgent: their background is a small part of
    /// the topic's, a crisis's posts are mostly of them.
    Urgent(&'a str),
    /// A known claim, by its id.
    Claim(&'a str),
    /// A cluster of copied posts, by its number.
    Cluster(u64),
    /// All that one channel says.
    Channel,
}

/// A narrow key, as it is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyRef<'a> {
    /// What it is about.
    pub subject: Subject<'a>,
    /// Where; none for everywhere.
    pub region: Option<&'a str>,
    /// Where it was said; none for everywhere.
    pub channel: Option<&'a str>,
}

/// A narrow key, kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// What it is about.
    pub subject: Named,
    /// Where; none for everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Arc<str>>,
    /// Where it was said; none for everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Arc<str>>,
}

/// [`Subject`], kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Named {
    /// A topic.
    Topic(Arc<str>),
    /// The urgent posts of a topic.
    Urgent(Arc<str>),
    /// A claim.
    Claim(Arc<str>),
    /// A cluster.
    Cluster(u64),
    /// A channel.
    Channel,
}

impl KeyRef<'_> {
    /// Of the urgent posts of a topic, the key of all its posts.
    #[must_use]
    pub fn whole(self) -> Option<Self> {
        match self.subject {
            Subject::Urgent(name) => Some(Self {
                subject: Subject::Topic(name),
                ..self
            }),
            _ => None,
        }
    }

    /// The key, kept.
    #[must_use]
    pub fn kept(self) -> Key {
        Key {
            subject: match self.subject {
                Subject::Topic(name) => Named::Topic(name.into()),
                Subject::Urgent(name) => Named::Urgent(name.into()),
                Subject::Claim(id) => Named::Claim(id.into()),
                Subject::Cluster(number) => Named::Cluster(number),
                Subject::Channel => Named::Channel,
            },
            region: self.region.map(Into::into),
            channel: self.channel.map(Into::into),
        }
    }

    /// A number for it, the same in each process: not for tables that strangers
    /// may fill (those are seeded), but for names that outlive a restart.
    #[must_use]
    pub fn number(&self) -> u64 {
        let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
        self.hash(&mut hash);
        hash.finish()
    }
}

/// FNV-1a, 64 bits (Fowler, Noll, Vo).
struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

impl Key {
    /// The key, for a look-up.
    #[must_use]
    pub fn by_ref(&self) -> KeyRef<'_> {
        KeyRef {
            subject: match &self.subject {
                Named::Topic(name) => Subject::Topic(name),
                Named::Urgent(name) => Subject::Urgent(name),
                Named::Claim(id) => Subject::Claim(id),
                Named::Cluster(number) => Subject::Cluster(*number),
                Named::Channel => Subject::Channel,
            },
            region: self.region.as_deref(),
            channel: self.channel.as_deref(),
        }
    }

    /// How much the key says, up to 1: its region first; a channel says least,
    /// since it is named among the reasons anyway. Of a topic and its urgent posts
    /// the topic has more to show.
    #[must_use]
    pub fn rank(&self) -> f64 {
        let place = match (&self.region, &self.channel) {
            (Some(_), None) => 0.9,
            (Some(_), Some(_)) => 0.6,
            (None, None) => 0.3,
            (None, Some(_)) => 0.0,
        };
        place - f64::from(u8::from(self.is_urgent()))
    }

    /// What it is about, whichever of its posts it counts.
    fn about(&self) -> Subject<'_> {
        let key = self.by_ref();
        key.whole().unwrap_or(key).subject
    }

    /// Whether it counts urgent posts only.
    #[must_use]
    pub fn is_urgent(&self) -> bool {
        matches!(self.subject, Named::Urgent(_))
    }

    /// Whether a burst of the one is a burst of the other, or part of it: the
    /// same subject, and regions that are not two different ones. The channel
    /// does not matter: what bursts on two channels bursts once. Nor does whether
    /// all posts of a topic are counted or the urgent ones.
    #[must_use]
    pub fn is_kin(&self, other: &Self) -> bool {
        self.about() == other.about()
            && match (&self.region, &other.region) {
                (Some(one), Some(two)) => one == two,
                _ => true,
            }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.subject {
            Named::Topic(name) => f.write_str(name)?,
            Named::Urgent(name) => write!(f, "urgent posts on {name}")?,
            Named::Claim(id) => write!(f, "claim {id}")?,
            Named::Cluster(number) => write!(f, "copies {number}")?,
            Named::Channel => f.write_str("everything")?,
        }
        if let Some(region) = &self.region {
            write!(f, " in {region}")?;
        }
        if let Some(channel) = &self.channel {
            write!(f, " on {channel}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(region: Option<&'static str>, channel: Option<&'static str>) -> Key {
        KeyRef {
            subject: Subject::Topic("water"),
            region,
            channel,
        }
        .kept()
    }

    #[test]
    fn parents_children_and_other_channels_are_kin_and_other_regions_are_not() {
        let north = topic(Some("north"), Some("forum"));
        assert!(north.is_kin(&topic(None, None)));
        assert!(north.is_kin(&topic(Some("north"), Some("posts"))));
        assert!(!north.is_kin(&topic(Some("south"), Some("forum"))));
        assert_eq!(north.to_string(), "water in north on forum");
    }

    #[test]
    fn the_urgent_posts_of_a_topic_are_kin_of_it_and_of_its_regions() {
        let urgent = KeyRef {
            subject: Subject::Urgent("water"),
            region: Some("north"),
            channel: None,
        };
        let kept = urgent.kept();
        assert_eq!(kept.by_ref(), urgent);
        assert_eq!(
            urgent.whole().map(KeyRef::kept),
            Some(topic(Some("north"), None))
        );
        assert!(kept.is_kin(&topic(None, Some("forum"))));
        assert!(!kept.is_kin(&topic(Some("south"), None)));
        assert!(kept.rank() < topic(None, Some("forum")).rank());
        assert_eq!(kept.to_string(), "urgent posts on water in north");
    }

    #[test]
    fn a_key_is_found_again_by_what_it_was_made_of() {
        let key = topic(Some("north"), None);
        assert_eq!(key.by_ref().kept(), key);
        assert_eq!(key.by_ref().number(), key.clone().by_ref().number());
        assert_ne!(
            key.by_ref().number(),
            topic(None, Some("north")).by_ref().number()
        );
    }
}
