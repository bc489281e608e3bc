//! What a channel tells afterwards of a message that it took: it arrived, it was
//! read, it never got there.
//!
//! Owns which mark stands when several came. They come late, twice and in any
//! order, so the answer depends on which came and not on when: a person who has
//! read a message has it, whatever else was said. Folded by `board`, decided by
//! `decide::inbound`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::time::Timestamp;
use crate::text::Untrusted;

/// What became of something that we sent.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Delivered {
    /// The vendor has it.
    Sent,
    /// It never got there.
    Failed,
    /// It is with the person.
    Delivered,
    /// The person has seen it.
    Read,
}

impl Delivered {
    /// Its word, lower case.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
        }
    }

    /// What `word` means; none when it is none of the four.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        let all = [Self::Sent, Self::Delivered, Self::Read, Self::Failed];
        all.into_iter().find(|status| status.word() == word)
    }
}

/// The mark on a message that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mark {
    /// What became of it.
    pub status: Delivered,
    /// When, as the channel says; when we heard of it where it does not.
    pub at: Timestamp,
    /// The channel's words, where it failed.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub says: Untrusted,
}

impl Mark {
    /// Whether `told` says more than `known`: the later of sent, failed,
    /// delivered, read stands.
    #[must_use]
    pub fn is_news(known: Option<&Self>, told: Delivered) -> bool {
        told > known.map_or(Delivered::Sent, |mark| mark.status)
    }
}
