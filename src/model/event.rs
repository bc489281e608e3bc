//! What happened: facts in the past tense, self-contained, as the log keeps
//! them and the wire carries them.
//!
//! Owns the envelope and the bodies; what they do to the board is
//! `Board::apply`. A body that a reader does not know reads as
//! [`Body::Unknown`]: the reader refetches the item and never guesses.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::command::VerbName;
use super::hold::HoldScope;
use super::ids::{
    ChannelName, CommandId, DeskName, ItemId, ItemKey, OfficerId, RuleName, Seq, Tag,
};
use super::item::{Clocks, Content, OnRetract, Reason, Turn};
use super::officer::Desks;
use super::severity::Severity;
use super::time::Timestamp;
use super::triage::{Assignee, Resolution, Triage, Wake};
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

/// What happened. Names are stable: the log keeps them for ever.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Body {
    /// A channel brought something new.
    ItemArrived(Box<Arrival>),
    /// The channel changed what it said. Triage does not change.
    ItemEdited {
        /// What it says now.
        content: Arc<Content>,
    },
    /// The channel took it back.
    ItemRetracted {
        /// What is done about its words.
        on: OnRetract,
    },
    /// The conversation went on.
    ConversationContinued {
        /// The turns that are new.
        turns: Vec<Turn>,
    },
    /// The source says that it is over.
    ResolvedAtSource {
        /// When, as the source says.
        ended_at: Timestamp,
        /// Whether that closed the item (nobody had it).
        closed: bool,
    },
    /// The item went to another desk.
    ItemRouted {
        /// From where.
        from: DeskName,
    },
    /// Somebody saw it.
    ItemAcknowledged {
        /// Until when reminders rest.
        until: Timestamp,
    },
    /// The actor has it.
    ItemTaken,
    /// It went back to the queue by its holder's (or a supervisor's) will.
    ItemReleased,
    /// It went back because its holder is gone.
    LeaseLapsed {
        /// Who held it.
        holder: OfficerId,
        /// Why.
        why: LapseReason,
    },
    /// Somebody was told to.
    ItemAssigned {
        /// Who.
        to: Assignee,
        /// By when an answer is due.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer_by: Option<Timestamp>,
    },
    /// Nobody answered an assignment in time.
    AssignmentLapsed {
        /// Who should have.
        to: Assignee,
    },
    /// One level up.
    ItemEscalated {
        /// The level now.
        level: u8,
        /// Why.
        reason: Untrusted,
    },
    /// Put to sleep.
    ItemSnoozed {
        /// Until when.
        wake: Wake,
    },
    /// Awake again.
    ItemWoke {
        /// Why, in our words.
        why: String,
    },
    /// Done with.
    ItemResolved {
        /// Why.
        reason: Resolution,
    },
    /// Not done with after all.
    ItemReopened,
    /// Into another.
    ItemMerged {
        /// Which.
        into: ItemKey,
    },
    /// Others went into this one.
    MembersJoined {
        /// Which.
        members: Vec<ItemKey>,
    },
    /// Out of another.
    ItemSplit {
        /// Which.
        from: ItemKey,
    },
    /// Others went out of this one.
    MembersLeft {
        /// Which.
        members: Vec<ItemKey>,
    },
    /// Priority set or taken back.
    ItemPrioritised {
        /// 1 to 4.
        priority: Option<u8>,
    },
    /// Tags changed.
    ItemTagged {
        /// Put on.
        #[serde(default)]
        added: Vec<Tag>,
        /// Taken off.
        #[serde(default)]
        removed: Vec<Tag>,
    },
    /// An internal note.
    NoteAdded {
        /// The words.
        text: Untrusted,
    },
    /// Undo or redo put an earlier triage back (its version counts on).
    TriageRestored {
        /// What it is now.
        triage: Box<Triage>,
        /// The items that are merged into it now.
        members: Vec<ItemKey>,
        /// Its SLA clocks now: what an undone verb had met runs again.
        #[serde(default)]
        clocks: Clocks,
        /// The command that was undone or redone.
        command: CommandId,
        /// Undo or redo.
        by: VerbName,
    },
    /// The notes of an undone command were struck, or restored by redo. Without
    /// an item it opens the undo or redo of a command that made or ended a
    /// suppression.
    NotesStruck {
        /// The command that left them.
        command: CommandId,
        /// Struck or restored.
        struck: bool,
    },
    /// An SLA clock ran out.
    SlaBreached {
        /// Which clock.
        clock: ClockName,
    },
    /// Something is hidden from now on.
    SuppressionBegan {
        /// The rule.
        suppression: Box<Suppression>,
    },
    /// It is not hidden any more; what it hid comes back on top.
    SuppressionEnded {
        /// The rule.
        rule: RuleName,
        /// Why, in our words.
        why: String,
    },
    /// The item is hidden by a suppression that began after it arrived.
    ItemSuppressed {
        /// By which.
        rule: RuleName,
    },
    /// A document came that no map fits: kept as it came, shown on its channel.
    DocumentUnmapped {
        /// By which channel.
        channel: ChannelName,
        /// Why it did not fit, in our words.
        why: String,
    },
    /// A page left by the second way out, or failed to.
    PageSent {
        /// By which way ("webhook", "smtp").
        by: String,
        /// Why it left, in our words.
        why: String,
        /// What went wrong; absent when it went out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failed: Option<String>,
    },
    /// Content was erased.
    Erased {
        /// By whom and why, as the operator says.
        reason: Untrusted,
        /// The events whose content is gone.
        events: Vec<Seq>,
    },
    /// Something must not be erased from now on.
    HoldBegan {
        /// The hold; one of the same name is replaced.
        name: RuleName,
        /// What it protects.
        scope: HoldScope,
        /// Why, as the operator says.
        reason: Untrusted,
    },
    /// It may be erased again.
    HoldEnded {
        /// The hold.
        name: RuleName,
        /// Why, as the operator says.
        reason: Untrusted,
    },
    /// A body of a later version. Written by no one.
    #[serde(other)]
    Unknown,
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
