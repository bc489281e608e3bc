//! What a legal hold protects from erasure.
//!
//! Owns the word only; that a hold is respected is the store's.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ids::{ChannelName, ItemKey};
use crate::text::Untrusted;

/// What a hold protects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoldScope {
    /// Everything.
    All,
    /// One item.
    Item(ItemKey),
    /// Every item in which this author of this channel speaks.
    Author {
        /// The channel.
        channel: ChannelName,
        /// The channel's id of the author.
        author: Untrusted,
    },
}
