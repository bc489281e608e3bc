//! What a channel said ([`Content`]) and what the floor made of it ([`Item`]).
//!
//! Strangers' words are [`Untrusted`] throughout. Owns no rules: how an item
//! changes is `decide` and `board`. Carried whole by wire and store.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::event::Actor;
use super::ids::{ChannelName, CommandId, DeskName, ItemId, ItemKey, RuleName, Seq, Tag};
use super::severity::Severity;
use super::time::Timestamp;
use super::triage::{State, Triage};
use crate::text::Untrusted;

/// What sort of thing came in.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// What a citizen said.
    #[default]
    Mention,
    /// What monitoring or detection raised.
    Alert,
    /// A conversation that a chatbot could not carry further.
    Escalation,
}

impl Kind {
    /// The word, lower case.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Mention => "mention",
            Self::Alert => "alert",
            Self::Escalation => "escalation",
        }
    }
}

/// Who said it, as the channel tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Author {
    /// The channel's own id for the person.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub id: Untrusted,
    /// Display name.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub name: Untrusted,
    /// Handle, without "@" where the channel gives it so.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub handle: Untrusted,
    /// How many follow this author, where the channel says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub followers: Option<u64>,
}

/// How many reacted, as last told by the channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Engagement {
    /// Answers to it.
    #[serde(default)]
    pub replies: u64,
    /// Reposts, boosts, shares.
    #[serde(default)]
    pub reposts: u64,
    /// Likes and favourites.
    #[serde(default)]
    pub likes: u64,
    /// Views, where the channel counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub views: Option<u64>,
}

impl Engagement {
    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// Who speaks in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Speaker {
    /// The chatbot.
    Bot,
    /// The citizen.
    Citizen,
    /// One of ours.
    Officer,
}

/// One turn of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Turn {
    /// The channel's id of this message, so that a redelivered turn is known.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub external_id: Untrusted,
    /// Who speaks.
    pub speaker: Speaker,
    /// The speaker's name, where told.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub name: Untrusted,
    /// What was said.
    pub text: Untrusted,
    /// When, as the channel claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// Why the bot gave up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Handoff {
    /// The bot's reason.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub reason: Untrusted,
    /// How sure the bot was of its last answer, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f32>,
}

/// What a channel said of one thing: the draft of an item, and what an edit
/// replaces.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Content {
    /// Mention, alert or escalation.
    pub kind: Kind,
    /// The channel it came by, as the operator named it.
    pub channel: ChannelName,
    /// What the channel calls it; with the channel, its identity.
    pub external_id: Untrusted,
    /// Who said it.
    #[serde(default)]
    pub author: Author,
    /// A headline, where there is one.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub title: Untrusted,
    /// The words.
    pub text: Untrusted,
    /// BCP 47 language as the channel claims it.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub lang: Untrusted,
    /// Where it can be seen.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub url: Untrusted,
    /// What it belongs to: a conversation, an alert's fingerprint.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub thread: Untrusted,
    /// The external id that it answers.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub in_reply_to: Untrusted,
    /// Links to pictures and films; never opened by us.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<Untrusted>,
    /// How many reacted.
    #[serde(default, skip_serializing_if = "Engagement::is_none")]
    pub engagement: Engagement,
    /// How bad the channel says it is, mapped to our five.
    #[serde(default)]
    pub severity: Severity,
    /// Where it is about, in the operator's or channel's words.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub region: Untrusted,
    /// Labels of monitoring and rules.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, Untrusted>,
    /// When it was said, as the channel claims; may be wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_time: Option<Timestamp>,
    /// When the source says that it is over (alerts).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// The conversation, oldest first (escalations).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conversation: Vec<Turn>,
    /// Why the bot handed over (escalations).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handoff: Option<Handoff>,
}

impl Content {
    /// Content with identity and words, everything else empty.
    #[must_use]
    pub fn new(kind: Kind, channel: ChannelName, external_id: Untrusted, text: Untrusted) -> Self {
        Self {
            kind,
            channel,
            external_id,
            author: Author::default(),
            title: Untrusted::default(),
            text,
            lang: Untrusted::default(),
            url: Untrusted::default(),
            thread: Untrusted::default(),
            in_reply_to: Untrusted::default(),
            media: Vec::new(),
            engagement: Engagement::default(),
            severity: Severity::default(),
            region: Untrusted::default(),
            labels: BTreeMap::new(),
            source_time: None,
            ended_at: None,
            conversation: Vec::new(),
            handoff: None,
        }
    }

    /// The key that this content is known by.
    #[must_use]
    pub fn key(&self) -> ItemKey {
        ItemKey::of(&self.channel, self.external_id.as_evidence())
    }
}

/// A rule or model that had a say in where an item went, for "why is it here".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// The rule's name.
    pub rule: RuleName,
    /// Score of 0 to 100, where the rule gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u8>,
    /// The operator's own words for it.
    pub says: Untrusted,
}

/// A moment by which something is due, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Due {
    /// When it is due.
    pub at: Timestamp,
    /// When it was done; the clock stands still from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met: Option<Timestamp>,
    /// Whether the breach was recorded.
    #[serde(default)]
    pub breached: bool,
}

impl Due {
    /// A clock that runs until `at`.
    #[must_use]
    pub fn at(at: Timestamp) -> Self {
        Self {
            at,
            met: None,
            breached: false,
        }
    }

    /// Whether the clock still runs.
    #[must_use]
    pub fn runs(&self) -> bool {
        self.met.is_none()
    }
}

/// The two SLA clocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Clocks {
    /// Until somebody answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_response: Option<Due>,
    /// Until it is done with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Due>,
}

impl Clocks {
    /// The clock that runs out first among those that still run.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        [self.first_response, self.resolution]
            .into_iter()
            .flatten()
            .filter(Due::runs)
            .map(|d| d.at)
            .min()
    }
}

/// An officer's internal words on an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Note {
    /// The command that left it.
    pub command: CommandId,
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: Untrusted,
    /// Struck by undo: shown struck, never gone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub struck: bool,
}

/// One line of an item's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// What happened, in our words ("took it", "assigned it to water").
    pub did: String,
    /// What was said with it: a reason, somebody's words.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub words: Untrusted,
}

/// What became of the source's own copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnRetract {
    /// Stays readable, marked.
    Keep,
    /// Words are not shown to officers any more; evidence stays.
    Hide,
    /// Words are taken out of log and archive too.
    Erase,
}

/// An item on the floor: content, triage and what is told of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Item {
    /// Identity.
    pub key: ItemKey,
    /// The number that officers say.
    pub id: ItemId,
    /// The last event about it: the precondition of the next.
    pub last_seq: Seq,
    /// What the channel last said. Shared, since nothing changes it in place.
    pub content: Arc<Content>,
    /// The desk that it lies on.
    pub desk: DeskName,
    /// Severity after routing; the content's own is what the channel said.
    pub severity: Severity,
    /// When the hub had it. Order, age and SLA go by this.
    pub received_at: Timestamp,
    /// When the channel last changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Timestamp>,
    /// When the channel took it back, and what is done about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retracted: Option<(Timestamp, OnRetract)>,
    /// When the source said that it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_resolved_at: Option<Timestamp>,
    /// Everything that the verbs change and undo restores.
    pub triage: Triage,
    /// SLA clocks.
    #[serde(default)]
    pub clocks: Clocks,
    /// Items merged into this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<ItemKey>,
    /// Internal notes, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// Why it is here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// The last [`Item::TRAIL`] steps, oldest first; the log has them all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trail: Vec<Step>,
}

impl Item {
    /// How many steps of history an item carries.
    pub const TRAIL: usize = 24;

    /// Whether somebody still has to do something about it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self.triage.state, State::Resolved { .. }) && self.triage.merged_into.is_none()
    }

    /// Whether it lies in the queues now: open, awake, not suppressed.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.is_open() && self.triage.snooze.is_none() && self.triage.suppressed_by.is_none()
    }

    /// How urgent it is: an officer's priority counts before the severity.
    #[must_use]
    pub fn urgency(&self) -> Severity {
        match self.triage.priority {
            Some(1) => Severity::Critical,
            Some(2) => Severity::High,
            Some(3) => Severity::Medium,
            Some(_) => Severity::Low,
            None => self.severity,
        }
    }

    /// Tags of officers and rules.
    #[must_use]
    pub fn tags(&self) -> &BTreeSet<Tag> {
        &self.triage.tags
    }
}
