//! What a channel said: kind, author, words, engagement, conversation.
//!
//! Strangers' words are [`Untrusted`] throughout. The draft of an item, and what
//! an edit replaces; what the floor makes of it is `item`.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ids::{ChannelName, ItemKey};
use super::medium::Medium;
use super::seldom::{Blank, Seldom};
use super::severity::Severity;
use super::shared::Shared;
use super::time::Timestamp;
use super::why::Why;
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
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

impl Blank for Engagement {
    fn blank() -> &'static Self {
        &Self {
            replies: 0,
            reposts: 0,
            likes: 0,
            views: None,
        }
    }

    /// Whether there is nothing to tell.
    fn is_blank(&self) -> bool {
        self == Self::blank()
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
    /// What hangs on it; never opened by us.
    #[serde(default, skip_serializing_if = "Seldom::is_empty")]
    pub media: Seldom<Vec<Medium>>,
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

/// Most entries of [`Content::extra`].
pub const EXTRAS: usize = 16;
/// Longest value of [`Content::extra`] in bytes; longer ones are no ids.
pub const LONGEST_EXTRA: usize = 1024;

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
    pub author: Shared<Author>,
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
    /// Pictures, films and files; never opened by us.
    #[serde(default, skip_serializing_if = "Seldom::is_empty")]
    pub media: Seldom<Vec<Medium>>,
    /// How many reacted.
    #[serde(default, skip_serializing_if = "Seldom::is_empty")]
    pub engagement: Seldom<Engagement>,
    /// How bad the channel says it is, mapped to our five.
    #[serde(default)]
    pub severity: Severity,
    /// Where it is about, in the operator's or channel's words.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub region: Untrusted,
    /// Labels of monitoring and rules.
    #[serde(default, skip_serializing_if = "Seldom::is_empty")]
    pub labels: Seldom<BTreeMap<String, Untrusted>>,
    /// What an answer through the channel needs and nobody reads: a chat's id,
    /// a reply token. At most [`EXTRAS`] of [`LONGEST_EXTRA`] bytes each.
    #[serde(default, skip_serializing_if = "Seldom::is_empty")]
    pub extra: Seldom<BTreeMap<String, Untrusted>>,
    /// When it was said, as the channel claims; may be wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_time: Option<Timestamp>,
    /// When the source says that it is over (alerts).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// The conversation, oldest first (escalations).
    #[serde(default, skip_serializing_if = "Seldom::is_empty")]
    pub conversation: Seldom<Vec<Turn>>,
    /// Why the bot handed over (escalations).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handoff: Option<Box<Handoff>>,
    /// Why the hub raised it (alerts of its own lookout).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Arc<Why>>,
}

impl Content {
    /// Content with identity and words, everything else empty.
    #[must_use]
    pub fn new(kind: Kind, channel: ChannelName, external_id: Untrusted, text: Untrusted) -> Self {
        Self {
            kind,
            channel,
            external_id,
            author: Shared::default(),
            title: Untrusted::default(),
            text,
            lang: Untrusted::default(),
            url: Untrusted::default(),
            thread: Untrusted::default(),
            in_reply_to: Untrusted::default(),
            media: Seldom::default(),
            engagement: Seldom::default(),
            severity: Severity::default(),
            region: Untrusted::default(),
            labels: Seldom::default(),
            extra: Seldom::default(),
            source_time: None,
            ended_at: None,
            conversation: Seldom::default(),
            handoff: None,
            why: None,
        }
    }

    /// How many it may have reached: the author's followers or its views, whichever
    /// are more; none where the channel tells neither.
    #[must_use]
    pub fn reach(&self) -> Option<u64> {
        self.author.followers.max(self.engagement.views)
    }

    /// The key that this content is known by.
    #[must_use]
    pub fn key(&self) -> ItemKey {
        ItemKey::of(&self.channel, self.external_id.as_evidence())
    }
}
