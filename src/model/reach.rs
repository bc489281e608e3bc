//! What the floor's channels can do outward, item by item: which of a channel's
//! manners is for an item, what it asks, and what it puts before the words.
//!
//! Told to every console, so that an officer knows before the first letter;
//! asked again by `decide::outgoing`. Filled by the hub from the channel files.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::content::Content;
use super::ids::ChannelName;
use super::length::length;
use super::outgoing::{Act, Rules};

/// What the floor's channels can do outward, and how long it waits first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reach {
    /// How long a message can be taken back before it leaves.
    #[serde(rename = "hold_ms", with = "millis")]
    #[schemars(with = "u64")]
    pub hold: Duration,
    /// By channel, what it can do and how: the first manner whose item it is.
    pub channels: BTreeMap<ChannelName, BTreeMap<Act, Vec<Manner>>>,
}

impl Reach {
    /// How `act` is done on `item`; none when its channel can't do it, or the
    /// operator has not given what it takes. A manner that is not ready hides
    /// those behind it: a private answer never goes a public way.
    #[must_use]
    pub fn manner(&self, item: &Content, act: Act) -> Option<&Manner> {
        let manners = self.channels.get(&item.channel)?.get(&act)?;
        let first = manners.iter().find(|manner| manner.is_for(item))?;
        Some(first).filter(|manner| !manner.missing)
    }

    /// What the channel of `item` asks of an act; none when it can't do it.
    #[must_use]
    pub fn rules(&self, item: &Content, act: Act) -> Option<&Rules> {
        self.manner(item, act).map(|manner| &manner.rules)
    }
}

/// One manner of doing an act.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Manner {
    /// What an item's `extra` has to say for it: a comment, a message.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub only: BTreeMap<String, String>,
    /// Whether the operator has not given what it takes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub missing: bool,
    /// What stands before an officer's words and counts with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prefix: Vec<Piece>,
    /// What the channel asks.
    #[serde(default)]
    pub rules: Rules,
}

/// A piece of what stands before an officer's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// As it is.
    Words(String),
    /// The item's.
    Field(Named),
    /// An entry of the item's `extra`.
    Extra(String),
}

/// A field of an item that may stand before an officer's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Named {
    /// The channel's id for the person.
    AuthorId,
    /// The person's name.
    AuthorName,
    /// The person's handle.
    AuthorHandle,
    /// What the channel calls the item.
    Id,
}

impl Manner {
    /// For every item, under these rules.
    #[must_use]
    pub fn of(rules: Rules) -> Self {
        Self {
            rules,
            ..Self::default()
        }
    }

    fn is_for(&self, item: &Content) -> bool {
        let has = |(name, value): (&String, &String)| {
            let known = item.extra.get(name);
            known.is_some_and(|known| known.as_evidence() == value)
        };
        self.only.iter().all(has)
    }

    /// What stands before the words to the person of `item`; empty where a part
    /// of it is not known: "@" alone calls nobody.
    #[must_use]
    pub fn before(&self, item: &Content) -> String {
        before(&self.prefix, item)
    }

    /// How long `text` is with what stands before it, as the channel counts.
    #[must_use]
    pub fn length(&self, item: &Content, text: &str) -> usize {
        let before = self.before(item);
        length(self.rules.count, &format!("{before}{text}"))
    }
}

/// The text of these pieces for `item`; empty when one of its fields is.
#[must_use]
pub fn before(pieces: &[Piece], item: &Content) -> String {
    let mut text = String::new();
    for piece in pieces {
        let part = match piece {
            Piece::Words(words) => words.as_str(),
            Piece::Field(Named::AuthorId) => item.author.id.as_evidence(),
            Piece::Field(Named::AuthorName) => item.author.name.as_evidence(),
            Piece::Field(Named::AuthorHandle) => item.author.handle.as_evidence(),
            Piece::Field(Named::Id) => item.external_id.as_evidence(),
            Piece::Extra(name) => item.extra.get(name).map_or("", |value| value.as_evidence()),
        };
        if part.is_empty() {
            return String::new();
        }
        text += part;
    }
    text
}

/// A span as milliseconds.
mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(span: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(u64::try_from(span.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }
}
