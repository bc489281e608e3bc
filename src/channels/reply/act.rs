//! What can be done through a channel, by which rules, and what came of it.
//!
//! The interface that the outbox and the console are written against: values
//! only.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::length::{Count, length};
use crate::model::content::Content;
use crate::model::time::Timestamp;
use crate::text::Untrusted;

/// What an officer can do outward.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Answer where it was said.
    Reply,
    /// Silence an alert at its source.
    Silence,
    /// Acknowledge an alert at its source.
    Acknowledge,
    /// Resolve it at its source.
    Resolve,
    /// Take a conversation from the bot.
    TakeOver,
    /// Give it back to the bot.
    HandBack,
    /// Show that somebody types.
    Typing,
    /// Show that it was read.
    MarkRead,
}

impl Act {
    /// Every act with its word in files.
    pub const ALL: [(&'static str, Self); 8] = [
        ("reply", Self::Reply),
        ("silence", Self::Silence),
        ("acknowledge", Self::Acknowledge),
        ("resolve", Self::Resolve),
        ("take_over", Self::TakeOver),
        ("hand_back", Self::HandBack),
        ("typing", Self::Typing),
        ("mark_read", Self::MarkRead),
    ];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, act)| *act == self);
        found.map_or("", |(word, _)| *word)
    }
}

/// Who can read what is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everybody.
    Public,
    /// The person, or the team at the source.
    #[default]
    Private,
}

/// What is known about an act before anybody types.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rules {
    /// Longest text, counted as [`Rules::count`] says; none: no limit is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_text: Option<usize>,
    /// How the vendor counts.
    #[serde(default)]
    pub count: Count,
    /// How long after the person's last word a reply may be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Duration>,
    /// Each item can be answered once, with a token that it carries.
    #[serde(default)]
    pub single_use: bool,
    /// Who can read it.
    #[serde(default)]
    pub visibility: Visibility,
    /// The vendor takes our key, so the same attempt again is safe.
    #[serde(default)]
    pub idempotent: bool,
}

impl Rules {
    /// How much of `text` (the channel's prefix with it) is too much; 0 when it
    /// fits.
    #[must_use]
    pub fn over(&self, text: &str) -> usize {
        let most = self.max_text.unwrap_or(usize::MAX);
        length(self.count, text).saturating_sub(most)
    }
}

/// What goes out.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'o> {
    /// Our key for this act, the same for every attempt at it: a UUID.
    pub id: &'o str,
    /// The officer's words; empty for acts without.
    pub text: &'o str,
    /// What it is about.
    pub item: &'o Content,
    /// The officer's display name, for vendors that show who acted.
    pub officer: &'o str,
    /// Until when (silences).
    pub until: Option<Timestamp>,
    /// The hub's clock.
    pub now: Timestamp,
}

/// What came of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The vendor took it.
    Sent {
        /// What the vendor calls it, for threading.
        id: Option<Untrusted>,
        /// Where it can be seen.
        url: Option<Untrusted>,
    },
    /// Nothing was sent, and the same again would be refused again.
    Refused {
        /// Why: our words, with the vendor's cleaned inside.
        says: String,
    },
    /// Surely not sent; to be tried again no sooner than after this.
    Later {
        /// How long to wait at least.
        after: Duration,
        /// Why.
        says: String,
    },
    /// It may have been sent: only an officer tries again, unless the rules say
    /// that the act is idempotent.
    Unknown {
        /// Why.
        says: String,
    },
}

impl Outcome {
    /// Its word: in tests of channel files, in logs.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Sent { .. } => "sent",
            Self::Refused { .. } => "refused",
            Self::Later { .. } => "later",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// Why it was not sent, where it was not.
    #[must_use]
    pub fn says(&self) -> Option<&str> {
        match self {
            Self::Sent { .. } => None,
            Self::Refused { says } | Self::Later { says, .. } | Self::Unknown { says } => {
                Some(says)
            }
        }
    }
}
