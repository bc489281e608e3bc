//! What a channel delivers once its map has read a document: the drafts that
//! the hub's desk decides on.
//!
//! Made by `channels`, consumed by `decide::inbound`.

use std::sync::Arc;

use super::ids::{ChannelName, ItemKey};
use super::item::{Content, OnRetract, Turn};
use super::mark::Delivered;
use super::reading::Reading;
use super::time::Timestamp;
use crate::text::Untrusted;

/// One thing that a channel delivered.
#[derive(Clone, Debug, PartialEq)]
pub enum Inbound {
    /// Something new, or the same again, or an edit: the key and the content
    /// tell which.
    Item {
        /// What it is known by: worked out once, at the door, since the desk
        /// asks for it again and again.
        key: ItemKey,
        /// What it says.
        content: Arc<Content>,
        /// The document it came in, whole: evidence.
        raw: bytes::Bytes,
        /// What was read from its words, once the hub has.
        reading: Option<Arc<Reading>>,
    },
    /// The channel took it back.
    Retraction {
        /// Which.
        channel: ChannelName,
        /// What the channel calls it.
        external_id: Untrusted,
        /// What the operator wants done about its words.
        on: OnRetract,
        /// When, as the channel says.
        at: Option<Timestamp>,
    },
    /// The channel changed the words, and tells nothing else of it. What is not
    /// on the floor is counted, not kept.
    Edit {
        /// Which channel.
        channel: ChannelName,
        /// What the channel calls it.
        external_id: Untrusted,
        /// The headline now; empty where it is as it was.
        title: Untrusted,
        /// The words now; empty where they are as they were.
        text: Untrusted,
        /// The document, whole.
        raw: bytes::Bytes,
    },
    /// A conversation goes on. What is not on the floor is not an item yet and
    /// is counted, not kept.
    Continuation {
        /// Which channel.
        channel: ChannelName,
        /// The external id of the escalation's item.
        external_id: Untrusted,
        /// The new turns.
        turns: Vec<Turn>,
        /// The document, whole.
        raw: bytes::Bytes,
    },
    /// The channel tells what became of something that we sent.
    Delivery {
        /// Which channel.
        channel: ChannelName,
        /// What the channel calls what was sent.
        external_id: Untrusted,
        /// What became of it.
        status: Delivered,
        /// The channel's words, where it failed.
        says: Untrusted,
        /// When, as the channel says.
        at: Option<Timestamp>,
    },
    /// The person has read all that we sent in a conversation up to a moment.
    ReadTo {
        /// Which channel.
        channel: ChannelName,
        /// The conversation: the thread of its items.
        thread: Untrusted,
        /// Up to then, as the channel says.
        upto: Timestamp,
    },
    /// The words of something that is here were read again.
    Reading {
        /// Which item.
        key: ItemKey,
        /// The words that were read: where they are others by now, the reading is not
        /// taken.
        of: Arc<Content>,
        /// What was read.
        reading: Arc<Reading>,
    },
    /// A document that no map fits.
    Unmapped {
        /// Which channel.
        channel: ChannelName,
        /// Why, in our words.
        why: String,
        /// The document, whole.
        raw: bytes::Bytes,
    },
}

impl Inbound {
    /// What says `content`, in the document `raw`.
    #[must_use]
    pub fn item(content: Arc<Content>, raw: bytes::Bytes) -> Self {
        Self::Item {
            key: content.key(),
            content,
            raw,
            reading: None,
        }
    }

    /// The item that it is about; none for what is unmapped or about
    /// something of ours.
    #[must_use]
    pub fn key(&self) -> Option<ItemKey> {
        match self {
            Self::Item { key, .. } | Self::Reading { key, .. } => Some(*key),
            Self::Retraction {
                channel,
                external_id,
                ..
            }
            | Self::Edit {
                channel,
                external_id,
                ..
            }
            | Self::Continuation {
                channel,
                external_id,
                ..
            } => Some(ItemKey::of(channel, external_id.as_evidence())),
            Self::Delivery { .. } | Self::ReadTo { .. } | Self::Unmapped { .. } => None,
        }
    }
}

/// What became of one delivery: told to the sender after the durable write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Receipt {
    /// A new item.
    Arrived,
    /// An item changed.
    Updated,
    /// It was already here, as it is.
    Duplicate,
    /// Kept raw: no map fits.
    Unmapped,
    /// About something that was never here.
    Ignored,
}
