//! The triage state machine, as one table.
//!
//! Owns the states, what stands beside them ([`Triage`]) and [`TABLE`]: which
//! verb is allowed in which state. The sentences of a refusal and the facts of
//! an acceptance are `decide`'s.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::command::VerbName;
use super::ids::{ItemKey, OfficerId, RuleName, Tag, TeamName};
use super::seldom::{Blank, Seldom};
use super::time::Timestamp;
use crate::text::Untrusted;

/// Whom an item is assigned to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Assignee {
    /// One officer.
    Officer(OfficerId),
    /// Whoever of a team is there.
    Team(TeamName),
}

impl std::fmt::Display for Assignee {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Officer(officer) => officer.fmt(f),
            Self::Team(team) => write!(f, "team {team}"),
        }
    }
}

/// Where an item stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "is", rename_all = "lowercase")]
pub enum State {
    /// Nobody has looked at it.
    #[default]
    New,
    /// Seen, nobody's yet: stays unassigned; reminders rest until `until`.
    Acknowledged {
        /// Who saw it.
        by: OfficerId,
        /// When.
        at: Timestamp,
        /// Until when reminders rest.
        until: Timestamp,
    },
    /// Somebody works on it and is connected (a lease, see the hub's timers).
    Taken {
        /// The holder.
        by: OfficerId,
        /// Since when.
        at: Timestamp,
    },
    /// Somebody was told to; no lease.
    Assigned {
        /// Who should.
        to: Assignee,
        /// Who said so.
        by: OfficerId,
        /// When.
        at: Timestamp,
        /// Unanswered by then, it comes back on top.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer_by: Option<Timestamp>,
    },
    /// Done with. `by` is absent when the source itself ended it.
    Resolved {
        /// Who; nobody when the source did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<OfficerId>,
        /// When.
        at: Timestamp,
        /// Why.
        reason: Resolution,
    },
}

/// Why an item is done with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Resolution {
    /// It was dealt with.
    Done,
    /// It was answered.
    Answered,
    /// Nothing to do: noted.
    NoAction,
    /// It is somebody else's.
    NotOurs,
    /// It was already here.
    Duplicate,
    /// It was no real problem.
    FalseAlarm,
    /// Junk.
    Spam,
    /// The source says that it is over.
    AtSource,
}

impl Resolution {
    /// The reasons that an officer may choose, in the order of the picker.
    pub const CHOICES: [Self; 7] = [
        Self::Done,
        Self::Answered,
        Self::NoAction,
        Self::NotOurs,
        Self::Duplicate,
        Self::FalseAlarm,
        Self::Spam,
    ];

    /// The words of the picker, the log and the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Answered => "answered",
            Self::NoAction => "no-action",
            Self::NotOurs => "not-ours",
            Self::Duplicate => "duplicate",
            Self::FalseAlarm => "false-alarm",
            Self::Spam => "spam",
            Self::AtSource => "at-source",
        }
    }
}

/// What ends a snooze.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Wake {
    /// A moment.
    At(Timestamp),
    /// The next message in the item's thread, or `latest` if none comes.
    NextReply {
        /// It wakes then all the same: nothing sleeps for ever.
        latest: Timestamp,
    },
}

impl Wake {
    /// The moment at which it wakes whatever happens.
    #[must_use]
    pub fn latest(self) -> Timestamp {
        match self {
            Self::At(at) | Self::NextReply { latest: at } => at,
        }
    }
}

/// An item asleep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Snooze {
    /// Who put it to sleep.
    pub by: OfficerId,
    /// When.
    pub at: Timestamp,
    /// What wakes it.
    pub wake: Wake,
}

/// Why an item lies on top again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Returned {
    /// When it came back.
    pub at: Timestamp,
    /// Why, in our words ("snooze over", "officer2 lost the link").
    pub why: String,
}

/// Everything that the verbs change: what undo puts back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Triage {
    /// How often triage changed it. A like or an edit does not count, a verb
    /// or an expiry does; take, assign, resolve and snooze check it.
    pub version: u32,
    /// Where it stands.
    pub state: State,
    /// Asleep, over any state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snooze: Option<Box<Snooze>>,
    /// How often it was escalated.
    #[serde(default)]
    pub level: u8,
    /// Why it was last escalated.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub escalated_for: Untrusted,
    /// 1 to 4, 1 most urgent; none when nobody set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    /// Tags.
    #[serde(default, skip_serializing_if = "Seldom::is_empty")]
    pub tags: Seldom<BTreeSet<Tag>>,
    /// The item that it was merged into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<ItemKey>,
    /// The suppression that hides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppressed_by: Option<RuleName>,
    /// Set when something expired: the item lies on top until touched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<Box<Returned>>,
}

impl Blank for Triage {
    fn blank() -> &'static Self {
        static BLANK: LazyLock<Triage> = LazyLock::new(Triage::default);
        &BLANK
    }

    fn is_blank(&self) -> bool {
        self == Self::blank()
    }

    fn tighten(&mut self) {
        self.tags.tighten();
    }
}

impl Triage {
    /// Who holds it: the taker, or the one it is assigned to.
    #[must_use]
    pub fn holder(&self) -> Option<Assignee> {
        match &self.state {
            State::Taken { by, .. } => Some(Assignee::Officer(by.clone())),
            State::Assigned { to, .. } => Some(to.clone()),
            _ => None,
        }
    }

    /// Whether nobody has it, though it is open.
    #[must_use]
    pub fn is_unassigned(&self) -> bool {
        matches!(self.state, State::New | State::Acknowledged { .. })
    }

    /// Whether `officer` holds it, or it is assigned to `officer`.
    #[must_use]
    pub fn is_held_by(&self, officer: &OfficerId) -> bool {
        matches!(&self.state,
            State::Taken { by, .. } | State::Assigned { to: Assignee::Officer(by), .. } if by == officer)
    }
}

/// What the table says of a verb in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Goes through.
    Yes,
    /// It already is so: refused with a word on who did it.
    Already,
    /// Somebody else has it: only a supervisor may.
    Held,
    /// Makes no sense here.
    No,
}

/// The columns of [`TABLE`]: a state as the acting officer sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has looked.
    New,
    /// Seen, nobody's.
    Acknowledged,
    /// The acting officer has it, by taking or by assignment.
    Mine,
    /// Assigned to a team: anybody's to take.
    TeamAssigned,
    /// Somebody else has it.
    Theirs,
    /// Done with.
    Resolved,
}

impl Standing {
    /// How `state` looks to `officer`.
    #[must_use]
    pub fn of(state: &State, officer: &OfficerId) -> Self {
        match state {
            State::New => Self::New,
            State::Acknowledged { .. } => Self::Acknowledged,
            State::Taken { by, .. } if by == officer => Self::Mine,
            State::Assigned {
                to: Assignee::Officer(to),
                ..
            } if to == officer => Self::Mine,
            State::Assigned {
                to: Assignee::Team(_),
                ..
            } => Self::TeamAssigned,
            State::Taken { .. } | State::Assigned { .. } => Self::Theirs,
            State::Resolved { .. } => Self::Resolved,
        }
    }
}

use Cell::{Already, Held, No, Yes};

/// Which verb goes through in which state. Columns: new, acknowledged, mine,
/// assigned to a team, somebody else's, resolved. `decide` looks here first.
///
/// A team's assignment is answered by taking it; to acknowledge it would make
/// it nobody's. "Mine" under take is Yes because an assignment is answered by taking it;
/// `decide` turns it into Already when the officer has it by taking.
pub const TABLE: [(VerbName, [Cell; 6]); 19] = [
    //                         new      ack      mine     team     theirs   resolved
    (VerbName::Acknowledge, [Yes, Already, Already, No, Held, No]),
    (VerbName::Take, [Yes, Yes, Yes, Yes, Held, No]),
    (VerbName::Release, [No, No, Yes, Held, Held, No]),
    (VerbName::Assign, [Yes, Yes, Yes, Yes, Held, No]),
    (VerbName::Escalate, [Yes, Yes, Yes, Yes, Yes, No]),
    (VerbName::Snooze, [Yes, Yes, Yes, Yes, Held, No]),
    (VerbName::Resolve, [Yes, Yes, Yes, Yes, Held, Already]),
    (VerbName::Reopen, [No, No, No, No, No, Yes]),
    (VerbName::Merge, [Yes, Yes, Yes, Yes, Held, No]),
    (VerbName::Split, [Yes, Yes, Yes, Yes, Held, Yes]),
    (VerbName::Prioritise, [Yes, Yes, Yes, Yes, Yes, No]),
    (VerbName::Tag, [Yes, Yes, Yes, Yes, Yes, Yes]),
    (VerbName::ConfirmClaim, [Yes, Yes, Yes, Yes, Yes, Yes]),
    (VerbName::RejectClaim, [Yes, Yes, Yes, Yes, Yes, Yes]),
    (VerbName::Feedback, [Yes, Yes, Yes, Yes, Yes, Yes]),
    (VerbName::Note, [Yes, Yes, Yes, Yes, Yes, Yes]),
    (VerbName::Send, [Yes, Yes, Yes, Yes, Held, Yes]),
    (VerbName::Withdraw, [Yes, Yes, Yes, Yes, Held, Yes]),
    (VerbName::Resend, [Yes, Yes, Yes, Yes, Held, Yes]),
];

/// What [`TABLE`] says; verbs that are not about one item's state go through.
#[must_use]
pub fn cell(verb: VerbName, standing: Standing) -> Cell {
    TABLE
        .iter()
        .find(|(name, _)| *name == verb)
        .and_then(|(_, row)| row.get(standing as usize))
        .copied()
        .unwrap_or(Yes)
}
