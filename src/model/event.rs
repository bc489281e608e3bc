//! What happened: facts in the past tense, self-contained, as the log keeps
//! them and the wire carries them.
//!
//! Owns the envelope; the bodies are `body`'s, what they do to the board is
//! `Board::apply`'s. A body that a reader does not know reads as
//! [`Body::Unknown`]: the reader refetches the item and never guesses.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::body::{Body, Change};
use super::ids::{
    ChannelName, CommandId, DeskName, ItemId, ItemKey, OfficerId, RuleName, Seq, Tag,
};
use super::item::{Clocks, Content, Reason};
use super::officer::Desks;
use super::reading::Reading;
use super::severity::Severity;
use super::time::Timestamp;
use crate::model::filter::Filter;
use crate::text::Untrusted;

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Actor {
    /// An officer.
    Officer(OfficerId),
    /// A channel's source.
    Source(ChannelName),
    /// The hub by itself: clocks, leases, health.
    Hub,
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Officer(officer) => officer.fmt(f),
            Self::Source(channel) => channel.fmt(f),
            Self::Hub => f.write_str("the hub"),
        }
    }
}

/// What brought it about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// An officer's command.
    Command(CommandId),
    /// Something that a channel delivered.
    Delivery,
    /// A clock ran out.
    Clock,
    /// An operator's act on the hub itself (erase, restore).
    Operator,
}

/// A fact before the log has it: what `decide` returns.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// The item that it is about; none for facts about the floor.
    pub key: Option<ItemKey>,
    /// The desk that the item lies on afterwards.
    pub desk: Option<DeskName>,
    /// The event of this key that the decision was made on: `Seq(0)` for "there
    /// is none yet". The log refuses the fact when another came between.
    pub after: Seq,
    /// What happened.
    pub body: Body,
}

/// A fact in the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// Place in the log.
    pub seq: Seq,
    /// When the hub decided it.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What brought it about.
    pub cause: Cause,
    /// The item that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<ItemKey>,
    /// The item's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ItemId>,
    /// The desk that the item lies on afterwards: the scope of the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<DeskName>,
    /// What happened.
    #[serde(deserialize_with = "super::streamed::read")]
    pub body: Body,
}

/// How an item arrived: what the channel said and where routing put it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Arrival {
    /// What the channel said.
    pub content: Arc<Content>,
    /// Severity after routing.
    pub severity: Severity,
    /// Tags that rules put on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// SLA clocks.
    #[serde(default)]
    pub clocks: Clocks,
    /// Which rules had a say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// The suppression that hides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppressed_by: Option<RuleName>,
    /// What was read from its words; none of what nobody wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<Arc<Reading>>,
}

/// A suppression: what matches is hidden until it ends by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Suppression {
    /// Its name, given by the hub ("s-" and the first digits of the command).
    pub rule: RuleName,
    /// What it hides.
    pub filter: Filter,
    /// Why.
    pub reason: Untrusted,
    /// Who made it.
    pub by: OfficerId,
    /// When.
    pub at: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// On which desks it hides: those of its maker.
    #[serde(default = "every_desk")]
    pub desks: Desks,
    /// How many it hides or hid; kept by the fold.
    #[serde(default)]
    pub hidden: u64,
}

fn every_desk() -> Desks {
    Desks::All
}

/// Why a lease ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LapseReason {
    /// No link for longer than the limit.
    LinkLost,
    /// No key pressed for longer than the limit.
    Idle,
    /// The watch ended.
    WatchEnded,
}

/// Which SLA clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockName {
    /// Until somebody answers for it.
    FirstResponse,
    /// Until it is done with.
    Resolution,
}

impl ClockName {
    /// The words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::FirstResponse => "first response",
            Self::Resolution => "resolution",
        }
    }
}
