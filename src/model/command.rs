//! What an officer asks for: imperative, with an id of its own, about one item
//! or many, and the answer per item.
//!
//! Owns the words of the request; whether it goes through is `decide`'s.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::feedback::Feedback;
use super::ids::{CommandId, ItemId, ItemKey, OfficerId, Seq, Tag};
use super::outgoing::Act;
use super::time::Timestamp;
use super::triage::{Assignee, Resolution, Wake};
use crate::text::Untrusted;

/// A request, as it travels from console to hub. Who asks is told by the
/// session that carries it, never by the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Command {
    /// A repeat of this id gets the first outcome.
    pub id: CommandId,
    /// What to do.
    #[serde(flatten)]
    pub verb: Verb,
    /// On which items; empty for what is not about items (undo, redo).
    #[serde(default)]
    pub targets: Vec<Target>,
    /// One note that goes on every item that the verb went through for.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub note: Untrusted,
}

/// One item of a command, and what the officer had on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// The item.
    pub key: ItemKey,
    /// The triage version that the officer saw; absent for a script, which
    /// acts on whatever is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
}

/// What to do, with its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "verb", rename_all = "snake_case")]
pub enum Verb {
    /// Seen; stays in the queue.
    Acknowledge,
    /// Acknowledge and assign to me.
    Take,
    /// Back to the queue.
    Release,
    /// To an officer or team; unanswered by then, it comes back on top.
    Assign {
        /// To whom.
        to: Assignee,
        /// By when an answer is due.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer_by: Option<Timestamp>,
    },
    /// One level up.
    Escalate {
        /// Why.
        reason: Untrusted,
    },
    /// Out of sight until then.
    Snooze {
        /// Until when.
        wake: Wake,
    },
    /// Hide what matches, for a time, with a reason.
    Suppress {
        /// A filter in the filter language.
        filter: String,
        /// Until when; a suppression always ends.
        until: Timestamp,
        /// Why.
        reason: Untrusted,
    },
    /// End a suppression before its time.
    Unsuppress {
        /// The rule's name.
        rule: super::ids::RuleName,
    },
    /// Done with.
    Resolve {
        /// Why.
        reason: Resolution,
    },
    /// Not done with after all.
    Reopen,
    /// Into the first target.
    Merge,
    /// Out of what they were merged into.
    Split,
    /// 1 to 4; none takes it back.
    Prioritise {
        /// 1 most urgent.
        priority: Option<u8>,
    },
    /// Put on and take off.
    Tag {
        /// To put on.
        #[serde(default)]
        add: Vec<Tag>,
        /// To take off.
        #[serde(default)]
        remove: Vec<Tag>,
    },
    /// Internal words; the command's note is the text.
    Note,
    /// Words to the person, or an act at the source. Held before it leaves;
    /// undo takes it back until then.
    Send {
        /// What.
        #[serde(default = "reply")]
        act: Act,
        /// The words.
        #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
        text: Untrusted,
        /// Until when it holds (silences).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// Take back what has not left yet.
    Withdraw,
    /// Send after all what failed, what may have been sent, or what a restart
    /// of the hub cut.
    Resend,
    /// It is about a known claim.
    ConfirmClaim {
        /// The claim's id; empty for the one that fits best.
        #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
        claim: Untrusted,
    },
    /// It is not about a known claim.
    RejectClaim {
        /// The claim's id; empty for the one that fits best.
        #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
        claim: Untrusted,
    },
    /// What was read or raised wrongly.
    Feedback {
        /// What.
        feedback: Feedback,
    },
    /// Take back my last command that can be taken back.
    Undo,
    /// Do again what I last took back.
    Redo,
}

fn reply() -> Act {
    Act::Reply
}

/// The verbs without their arguments: rows of the triage table, names on the
/// command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is documented at `Verb`")]
pub enum VerbName {
    Acknowledge,
    Take,
    Release,
    Assign,
    Escalate,
    Snooze,
    Suppress,
    Unsuppress,
    Resolve,
    Reopen,
    Merge,
    Split,
    Prioritise,
    Tag,
    Note,
    Send,
    Withdraw,
    Resend,
    ConfirmClaim,
    RejectClaim,
    Feedback,
    Undo,
    Redo,
}

impl VerbName {
    /// The word, as in "could not take it".
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Take => "take",
            Self::Release => "release",
            Self::Assign => "assign",
            Self::Escalate => "escalate",
            Self::Snooze => "snooze",
            Self::Suppress => "suppress",
            Self::Unsuppress => "unsuppress",
            Self::Resolve => "resolve",
            Self::Reopen => "reopen",
            Self::Merge => "merge",
            Self::Split => "split",
            Self::Prioritise => "prioritise",
            Self::Tag => "tag",
            Self::Note => "note",
            Self::Send => "answer",
            Self::Withdraw => "withdraw",
            Self::Resend => "send again",
            Self::ConfirmClaim => "confirm the claim of",
            Self::RejectClaim => "reject the claim of",
            Self::Feedback => "give feedback on",
            Self::Undo => "undo",
            Self::Redo => "redo",
        }
    }

    /// Whether it was done, as in "13 taken".
    #[must_use]
    pub fn done(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledged",
            Self::Take => "taken",
            Self::Release => "released",
            Self::Assign => "assigned",
            Self::Escalate => "escalated",
            Self::Snooze => "snoozed",
            Self::Suppress => "suppressed",
            Self::Unsuppress => "shown again",
            Self::Resolve => "resolved",
            Self::Reopen => "reopened",
            Self::Merge => "merged",
            Self::Split => "split",
            Self::Prioritise => "prioritised",
            Self::Tag => "tagged",
            Self::Note => "noted",
            Self::Send => "on its way",
            Self::Withdraw => "withdrawn",
            Self::Resend => "sent again",
            Self::ConfirmClaim => "confirmed",
            Self::RejectClaim => "rejected",
            Self::Feedback => "judged",
            Self::Undo => "undone",
            Self::Redo => "redone",
        }
    }

    /// Whether the version that the officer saw must still be the item's.
    #[must_use]
    pub fn checks_version(self) -> bool {
        matches!(
            self,
            Self::Take | Self::Assign | Self::Resolve | Self::Snooze | Self::Send
        )
    }
}

impl Verb {
    /// Which verb it is.
    #[must_use]
    pub fn name(&self) -> VerbName {
        match self {
            Self::Acknowledge => VerbName::Acknowledge,
            Self::Take => VerbName::Take,
            Self::Release => VerbName::Release,
            Self::Assign { .. } => VerbName::Assign,
            Self::Escalate { .. } => VerbName::Escalate,
            Self::Snooze { .. } => VerbName::Snooze,
            Self::Suppress { .. } => VerbName::Suppress,
            Self::Unsuppress { .. } => VerbName::Unsuppress,
            Self::Resolve { .. } => VerbName::Resolve,
            Self::Reopen => VerbName::Reopen,
            Self::Merge => VerbName::Merge,
            Self::Split => VerbName::Split,
            Self::Prioritise { .. } => VerbName::Prioritise,
            Self::Tag { .. } => VerbName::Tag,
            Self::Note => VerbName::Note,
            Self::Send { .. } => VerbName::Send,
            Self::Withdraw => VerbName::Withdraw,
            Self::Resend => VerbName::Resend,
            Self::ConfirmClaim { .. } => VerbName::ConfirmClaim,
            Self::RejectClaim { .. } => VerbName::RejectClaim,
            Self::Feedback { .. } => VerbName::Feedback,
            Self::Undo => VerbName::Undo,
            Self::Redo => VerbName::Redo,
        }
    }
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Outcome {
    /// The command.
    pub command: CommandId,
    /// What it asked for.
    pub verb: VerbName,
    /// The last event that it caused; absent when it caused none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<Seq>,
    /// Per item, in the order of the targets (for undo: of what it touched).
    #[serde(default)]
    pub items: Vec<ItemOutcome>,
    /// Why the whole of it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refusal>,
}

impl Outcome {
    /// How many items it went through for.
    #[must_use]
    pub fn accepted(&self) -> usize {
        self.items
            .iter()
            .filter(|item| item.refused.is_none())
            .count()
    }

    /// The first refusal there is, whole or per item.
    #[must_use]
    pub fn first_refusal(&self) -> Option<&Refusal> {
        self.refused
            .as_ref()
            .or_else(|| self.items.iter().find_map(|item| item.refused.as_ref()))
    }
}

/// What became of one item of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ItemOutcome {
    /// The item.
    pub key: ItemKey,
    /// Its number, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ItemId>,
    /// Why it did not go through; absent when it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refusal>,
}

/// Why something did not go through: a sentence for the officer, made of our
/// own words, names and numbers only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, thiserror::Error)]
#[error("{says}")]
pub struct Refusal {
    /// What sort of refusal, for scripts.
    pub code: RefusalCode,
    /// The sentence.
    pub says: String,
    /// Who has it, when somebody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<OfficerId>,
}

/// Sorts of refusal; stable for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// No such item, or not on the officer's desks.
    Unknown,
    /// Somebody else has it.
    Held,
    /// It changed since the officer looked.
    Stale,
    /// It already is so.
    Already,
    /// Makes no sense in this state.
    State,
    /// The role does not allow it.
    Role,
    /// The arguments are wrong.
    Invalid,
    /// Nothing to undo or redo.
    Nothing,
    /// The log did not take it; try again.
    Unavailable,
    /// Too many commands at once.
    Busy,
}

impl Refusal {
    /// A refusal with its sentence.
    #[must_use]
    pub fn new(code: RefusalCode, says: impl Into<String>) -> Self {
        Self {
            code,
            says: says.into(),
            holder: None,
        }
    }
}
