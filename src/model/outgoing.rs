//! What leaves the floor about an item: answers to people, and acts at the
//! place that an item came from.
//!
//! Owns the stages of one outgoing message and the rules that a channel sets.
//! Each stage is a fact in the log before the next begins, so that nothing
//! leaves twice by our own doing: what had left when the hub died is told as
//! "may have been sent", never sent again by itself. Whether an officer may is
//! `decide::outgoing`'s; the sending is the hub's.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ids::{CommandId, ItemKey, OfficerId};
use super::length::{Count, length};
use super::mark::{Delivered, Mark};
pub use super::reach::{Manner, Named, Piece, Reach};
use super::time::Timestamp;
use crate::text::Untrusted;

/// What is done at a channel.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Words to a person.
    Reply,
    /// An alert is quiet for a time at its source.
    Silence,
    /// It is not quiet any more, before the time was over.
    EndSilence,
    /// An alert is acknowledged at its source.
    Acknowledge,
    /// An alert is resolved at its source.
    Resolve,
    /// A human speaks from now on: the bot is told to be silent.
    TakeOver,
    /// The bot speaks again.
    HandBack,
    /// The person sees that somebody types.
    Typing,
    /// The person sees that it was read.
    MarkRead,
}

impl Act {
    /// All of them, in the order of menus.
    pub const ALL: [Self; 9] = [
        Self::Reply,
        Self::Silence,
        Self::EndSilence,
        Self::Acknowledge,
        Self::Resolve,
        Self::TakeOver,
        Self::HandBack,
        Self::Typing,
        Self::MarkRead,
    ];

    /// The name in channel files, on the wire and on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Silence => "silence",
            Self::EndSilence => "end_silence",
            Self::Acknowledge => "acknowledge",
            Self::Resolve => "resolve",
            Self::TakeOver => "take_over",
            Self::HandBack => "hand_back",
            Self::Typing => "typing",
            Self::MarkRead => "mark_read",
        }
    }

    /// What it is called in a sentence: "the reply has left".
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Silence => "silence",
            Self::EndSilence => "end of the silence",
            Self::Acknowledge => "acknowledgement at the source",
            Self::Resolve => "resolution at the source",
            Self::TakeOver => "take-over",
            Self::HandBack => "return to the bot",
            Self::Typing => "sign of typing",
            Self::MarkRead => "read mark",
        }
    }

    /// Whether it waits before it leaves, so that it can be taken back. The bot
    /// must be silent at once, and an alert be heard again at once.
    #[must_use]
    pub fn is_held(self) -> bool {
        matches!(
            self,
            Self::Reply | Self::Silence | Self::Acknowledge | Self::Resolve
        )
    }
}

/// Who reads what is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Everybody.
    Public,
    /// The person, or the team at the source.
    #[default]
    Private,
}

impl Visibility {
    /// The word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
        }
    }
}

/// What a channel asks of an act.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rules {
    /// The longest text that it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_text: Option<usize>,
    /// How it counts.
    #[serde(default)]
    pub count: Count,
    /// How long after the person's last word it may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Duration>,
    /// Whether an item can be answered once only.
    #[serde(default)]
    pub single_use: bool,
    /// Who reads it.
    #[serde(default)]
    pub visibility: Visibility,
    /// Whether the channel knows a repeat by our key, so that trying again is
    /// safe.
    #[serde(default)]
    pub idempotent: bool,
}

impl Rules {
    /// How much of `text` (with what the channel puts before it) is too much; 0
    /// when it fits.
    #[must_use]
    pub fn over(&self, text: &str) -> usize {
        let most = self.max_text.unwrap_or(usize::MAX);
        length(self.count, text).saturating_sub(most)
    }
}

/// What an officer is writing on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Typing {
    /// The item.
    pub on: ItemKey,
    /// Whether it is an answer to the person and not a note for colleagues.
    pub answer: bool,
}

/// A reply that the operator keeps ready.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Canned {
    /// What it is found by.
    pub name: String,
    /// BCP 47 language of its words; none for every language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// The words, with `{author}`, `{id}`, `{channel}`, `{officer}` in them.
    pub text: String,
}

/// Where an outgoing message stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Stage {
    /// Waits, and can be taken back.
    Held {
        /// When it leaves.
        until: Timestamp,
    },
    /// The hold was cut by a restart of the hub: an officer says whether it
    /// leaves.
    Cut,
    /// It is on its way; what becomes of it is not known yet.
    Leaving {
        /// The how manieth try, from 1.
        attempt: u32,
        /// Since when.
        since: Timestamp,
    },
    /// It surely has not left and is tried again.
    Delayed {
        /// The how manieth try failed.
        attempt: u32,
        /// When it is tried again.
        until: Timestamp,
        /// Why.
        why: Untrusted,
    },
    /// The channel took it.
    Sent {
        /// When.
        at: Timestamp,
        /// What the channel calls it.
        #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
        external_id: Untrusted,
        /// Where it can be seen.
        #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
        url: Untrusted,
    },
    /// An officer took it back before it left.
    Withdrawn {
        /// Who.
        by: OfficerId,
        /// When.
        at: Timestamp,
    },
    /// The channel refused it: nobody has it.
    Failed {
        /// When.
        at: Timestamp,
        /// The channel's words.
        why: Untrusted,
    },
    /// It may have been sent: only an officer tries again.
    Unsure {
        /// When.
        at: Timestamp,
        /// What happened.
        why: Untrusted,
    },
}

/// One message on its way out, or what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Outgoing {
    /// The command that asked for it; the key that a channel knows a repeat by.
    pub id: CommandId,
    /// What is done.
    pub act: Act,
    /// The words.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub text: Untrusted,
    /// Until when it holds at the source (silences).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Who asked for it.
    pub by: OfficerId,
    /// When.
    pub at: Timestamp,
    /// Where it stands.
    pub stage: Stage,
    /// What the channel told of it after it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
}

impl Outgoing {
    /// Whether it will leave by itself, or an officer has to say so first.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(
            self.stage,
            Stage::Held { .. } | Stage::Cut | Stage::Leaving { .. } | Stage::Delayed { .. }
        )
    }

    /// Whether it can still be taken back: nothing of it has left.
    #[must_use]
    pub fn can_be_withdrawn(&self) -> bool {
        matches!(
            self.stage,
            Stage::Held { .. } | Stage::Cut | Stage::Delayed { .. }
        )
    }

    /// Whether an officer has to look at it.
    #[must_use]
    pub fn needs_officer(&self) -> bool {
        matches!(
            self.stage,
            Stage::Cut | Stage::Failed { .. } | Stage::Unsure { .. }
        ) || self.never_arrived()
    }

    /// Whether the channel took it and told afterwards that nobody has it.
    #[must_use]
    pub fn never_arrived(&self) -> bool {
        let failed = |mark: &Mark| mark.status == Delivered::Failed;
        matches!(self.stage, Stage::Sent { .. }) && self.mark.as_ref().is_some_and(failed)
    }

    /// What the channel calls it, once it has taken it.
    #[must_use]
    pub fn external_id(&self) -> Option<&Untrusted> {
        match &self.stage {
            Stage::Sent { external_id, .. } if !external_id.is_empty() => Some(external_id),
            _ => None,
        }
    }

    /// When the hub has to do something about it.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        match self.stage {
            Stage::Held { until } | Stage::Delayed { until, .. } => Some(until),
            _ => None,
        }
    }
}
