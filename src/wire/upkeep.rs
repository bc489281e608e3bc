//! What an administrator asks of a hub's log over REST: erasures and holds.
//!
//! Owns the bodies only; who may is the hub's, what is done the store's.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::hold::HoldScope;
use crate::model::ids::{ChannelName, ItemId, ItemKey, RuleName};
use crate::model::time::Timestamp;
use crate::text::Untrusted;

/// The body of `POST /v1/erasures`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseRequest {
    /// What.
    pub what: EraseWhat,
    /// Why, as the log keeps it; not empty.
    pub reason: Untrusted,
}

/// What is to be erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EraseWhat {
    /// These items, by number or key. A hold on one of them refuses all.
    Items(Vec<String>),
    /// Every item in which this author of this channel speaks. A hold on one of
    /// them refuses all.
    Author {
        /// The channel.
        channel: ChannelName,
        /// The channel's id of the author.
        author: Untrusted,
    },
    /// Every item about which nothing happened since then. Those that are held
    /// or still open are passed over.
    OlderThan(Timestamp),
}

/// What was erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErasedAnswer {
    /// The items, number and key each.
    pub items: Vec<(ItemId, ItemKey)>,
    /// How many events lost their content.
    pub events: u64,
    /// How many items a hold kept.
    pub held: u64,
    /// Whether the bytes are gone from the files already; if not, they go with
    /// the next erasure or when the hub stops.
    pub overwritten: bool,
}

/// What came of reading everything again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RereadAnswer {
    /// Items that were read.
    pub read: u64,
    /// Those that read otherwise now.
    pub changed: u64,
}

/// The body of `PUT /v1/holds/{name}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldRequest {
    /// What it protects.
    pub scope: HoldWhat,
    /// Why; not empty.
    pub reason: Untrusted,
}

/// What a hold is to protect; an item by number or key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoldWhat {
    /// Everything.
    All,
    /// One item.
    Item(String),
    /// Every item in which this author of this channel speaks.
    Author {
        /// The channel.
        channel: ChannelName,
        /// The channel's id of the author.
        author: Untrusted,
    },
}

/// A hold that is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HoldAnswer {
    /// Its name.
    pub name: RuleName,
    /// Since when.
    pub at: Timestamp,
    /// What it protects.
    pub scope: HoldScope,
    /// Why.
    pub reason: Untrusted,
}
