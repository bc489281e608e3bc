//! What a fact says: the body of an event, by the name that the log keeps.
//!
//! A new kind of fact is a variant here, an arm in the fold and a line in the
//! trail. Re-exported by `event`, whose envelope carries it.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::MapAccess;
use serde::de::value::MapAccessDeserializer;
use serde::{Deserialize, Serialize};

use super::claim::Evidence;
use super::command::VerbName;
use super::event::{Arrival, ClockName, LapseReason, Suppression};
use super::feedback::Feedback;
use super::hold::HoldScope;
use super::ids::{ChannelName, CommandId, DeskName, ItemKey, OfficerId, RuleName, Seq, Tag};
use super::item::{Clocks, Content, OnRetract, Turn};
use super::judgements::Judgements;
use super::mark::Mark;
use super::outgoing::Outgoing;
use super::reading::Reading;
use super::streamed::{Followed, Streamed};
use super::time::Timestamp;
use super::triage::{Assignee, Resolution, Triage, Wake};
use crate::text::Untrusted;

/// What a channel changed in a post that has not come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// The item that the post will be.
    pub key: ItemKey,
    /// By which channel.
    pub channel: ChannelName,
    /// It was taken back, and this is done about its words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<OnRetract>,
    /// The headline now; empty where it is as it was.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub title: Untrusted,
    /// The words now; empty where they are as they were.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub text: Untrusted,
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
    /// Its words were read: those of an edit, or by other models than before.
    ItemRead {
        /// What was read.
        reading: Arc<Reading>,
    },
    /// An officer says that the post is about the claim.
    ClaimConfirmed {
        /// The claim's id.
        claim: Untrusted,
        /// What the post said then.
        evidence: Box<Evidence>,
    },
    /// An officer says that it is not.
    ClaimRejected {
        /// The claim's id.
        claim: Untrusted,
    },
    /// An officer says what was read or raised wrongly.
    FeedbackGiven {
        /// What.
        feedback: Feedback,
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
        /// What officers say of what was read now; none where that stays.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        judged: Option<Box<Judgements>>,
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
    /// Something is to leave for the item's channel, and waits for its hold.
    OutgoingHeld {
        /// What.
        outgoing: Box<Outgoing>,
    },
    /// It was taken back before it left.
    OutgoingWithdrawn {
        /// Which.
        outgoing: CommandId,
    },
    /// Its hold was cut by a restart of the hub: an officer is asked.
    OutgoingCut {
        /// Which.
        outgoing: CommandId,
    },
    /// It leaves now. Written before the first byte does, so that it is known
    /// afterwards that it may have left.
    OutgoingLeft {
        /// Which.
        outgoing: CommandId,
        /// The how manieth try, from 1.
        attempt: u32,
    },
    /// The channel took it.
    OutgoingSent {
        /// Which.
        outgoing: CommandId,
        /// What the channel calls it.
        #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
        external_id: Untrusted,
        /// Where it can be seen.
        #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
        url: Untrusted,
    },
    /// It surely has not left; it is tried again.
    OutgoingDelayed {
        /// Which.
        outgoing: CommandId,
        /// When it is tried again.
        until: Timestamp,
        /// Why.
        why: Untrusted,
    },
    /// The channel refused it.
    OutgoingFailed {
        /// Which.
        outgoing: CommandId,
        /// The channel's words.
        why: Untrusted,
    },
    /// It may have been sent.
    OutgoingUnsure {
        /// Which.
        outgoing: CommandId,
        /// What happened.
        why: Untrusted,
    },
    /// The channel told what became of it after it was sent.
    OutgoingMarked {
        /// Which.
        outgoing: CommandId,
        /// What became of it.
        mark: Mark,
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
    /// A channel told of a post that has not come: kept until it does.
    ChangeForetold {
        /// What it told.
        change: Box<Change>,
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

/// Arrivals are most of what there is, and the longest.
impl<'de> Streamed<'de> for Body {
    fn follow<A: MapAccess<'de>>(kind: &str, rest: A) -> Result<Followed<Self, A>, A::Error> {
        if kind != "item_arrived" {
            return Ok(Followed::Back(rest));
        }
        let arrival = Arrival::deserialize(MapAccessDeserializer::new(rest))?;
        Ok(Followed::Read(Self::ItemArrived(Box::new(arrival))))
    }
}

impl Body {
    /// The post that has not come and that it is about, if any. Consoles are not
    /// told: on whose desk the post will lie is not known yet.
    #[must_use]
    pub fn foretells(&self) -> Option<ItemKey> {
        match self {
            Self::ChangeForetold { change } => Some(change.key),
            _ => None,
        }
    }

    /// The message on its way out that it is about, if any.
    #[must_use]
    pub fn outgoing(&self) -> Option<CommandId> {
        match self {
            Self::OutgoingHeld { outgoing } => Some(outgoing.id),
            Self::OutgoingWithdrawn { outgoing }
            | Self::OutgoingCut { outgoing }
            | Self::OutgoingLeft { outgoing, .. }
            | Self::OutgoingSent { outgoing, .. }
            | Self::OutgoingDelayed { outgoing, .. }
            | Self::OutgoingFailed { outgoing, .. }
            | Self::OutgoingUnsure { outgoing, .. }
            | Self::OutgoingMarked { outgoing, .. } => Some(*outgoing),
            _ => None,
        }
    }
}
