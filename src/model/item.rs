//! What the floor made of what a channel said ([`Item`]).
//!
//! Strangers' words are [`Untrusted`] throughout. Owns no rules: how an item
//! changes is `decide` and `board`. Carried whole by wire and store.

use std::collections::BTreeSet;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::content::{Author, Content, Engagement, Handoff, Kind, Speaker, Turn};
use super::event::{Actor, Arrival};
use super::ids::{CommandId, DeskName, ItemId, ItemKey, OfficerId, RuleName, Seq, Tag};
use super::outgoing::Outgoing;
use super::reading::Reading;
use super::seldom::{Blank, Seldom};
use super::severity::Severity;
use super::time::Timestamp;
use super::triage::{State, Triage};
use crate::text::Untrusted;

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
    /// The rule has officers called for the item until somebody has it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub calls: bool,
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

impl Blank for Clocks {
    fn blank() -> &'static Self {
        &Self {
            first_response: None,
            resolution: None,
        }
    }

    fn is_blank(&self) -> bool {
        self == Self::blank()
    }
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
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
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
    pub triage: Seldom<Triage>,
    /// SLA clocks.
    #[serde(default)]
    pub clocks: Seldom<Clocks>,
    /// Items merged into this one.
    #[serde(default, skip_serializing_if = "Seldom::is_empty")]
    pub members: Seldom<Vec<ItemKey>>,
    /// Turns of the conversation that are only in the log: the oldest ones of a
    /// long one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub earlier_turns: u32,
    /// Internal notes, oldest first; of very many the newest, the log has them
    /// all.
    #[serde(default, skip_serializing_if = "Seldom::is_empty")]
    pub notes: Seldom<Vec<Note>>,
    /// What left the floor about it, or is about to, oldest first; of very many
    /// the newest, the log has them all.
    #[serde(default, skip_serializing_if = "Seldom::is_empty")]
    pub outgoing: Seldom<Vec<Outgoing>>,
    /// Since when the bot is silent here, and who told it so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot_silent: Option<(Timestamp, OfficerId)>,
    /// Why it is here.
    #[serde(default, skip_serializing_if = "Seldom::is_empty")]
    pub reasons: Seldom<Vec<Reason>>,
    /// What was read from its words; none of what nobody wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<Arc<Reading>>,
    /// The last [`Item::TRAIL`] steps, oldest first; the log has them all.
    #[serde(default, skip_serializing_if = "Seldom::is_empty")]
    pub trail: Seldom<Vec<Step>>,
}

impl Item {
    /// How many steps of history an item carries.
    pub const TRAIL: usize = 24;

    /// An item as it arrives: new, nobody's, and without a number until the log
    /// gives it one.
    #[must_use]
    pub fn new(content: Arc<Content>, desk: DeskName, received_at: Timestamp) -> Self {
        Self::keyed(content.key(), content, desk, received_at)
    }

    /// Gives back the room that lists keep for growing: what was read from a
    /// message has room for four of each, and a floor has very many items.
    pub fn tighten(&mut self) {
        self.triage.tighten();
        self.clocks.tighten();
        self.members.tighten();
        self.notes.tighten();
        self.outgoing.tighten();
        self.reasons.tighten();
        self.trail.tighten();
        if let Some(content) = Arc::get_mut(&mut self.content) {
            content.conversation.tighten();
            content.media.tighten();
        }
    }

    fn keyed(key: ItemKey, content: Arc<Content>, desk: DeskName, received_at: Timestamp) -> Self {
        Self {
            key,
            id: ItemId(0),
            last_seq: Seq(0),
            severity: content.severity,
            content,
            desk,
            received_at,
            edited_at: None,
            retracted: None,
            source_resolved_at: None,
            triage: Seldom::default(),
            clocks: Seldom::default(),
            members: Seldom::default(),
            earlier_turns: 0,
            notes: Seldom::default(),
            outgoing: Seldom::default(),
            bot_silent: None,
            reasons: Seldom::default(),
            reading: None,
            trail: Seldom::default(),
        }
    }

    /// The same with what routing made of it; `key` is that of the content.
    #[must_use]
    pub fn routed(arrival: &Arrival, key: ItemKey, desk: DeskName, received_at: Timestamp) -> Self {
        let mut item = Self::keyed(key, Arc::clone(&arrival.content), desk, received_at);
        item.severity = arrival.severity;
        item.triage.tags = arrival.tags.iter().cloned().collect();
        item.triage.suppressed_by.clone_from(&arrival.suppressed_by);
        item.clocks = arrival.clocks.into();
        item.reasons = arrival.reasons.clone().into();
        item.reading.clone_from(&arrival.reading);
        item
    }

    /// Whether somebody still has to do something about it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self.triage.state, State::Resolved { .. }) && self.triage.merged_into.is_none()
    }

    /// Whether the source took it back and its words are gone for good: nothing
    /// is left that an answer could find its way by.
    #[must_use]
    pub fn is_silenced(&self) -> bool {
        matches!(
            self.retracted,
            Some((_, OnRetract::Hide | OnRetract::Erase))
        )
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

    /// Whether a tag of officers or rules is on it.
    #[must_use]
    pub fn is_tagged(&self, tag: &str) -> bool {
        self.tags().iter().any(|own| own.as_str() == tag)
    }

    /// Whether a rule has officers called for it.
    #[must_use]
    pub fn is_called_by_rule(&self) -> bool {
        self.reasons.iter().any(|reason| reason.calls)
    }

    /// The rule that a notice names: the last that calls for the item, or the last
    /// that had a say.
    #[must_use]
    pub fn naming_rule(&self) -> Option<&RuleName> {
        let calling = self.reasons.iter().rev().find(|reason| reason.calls);
        let reason = calling.or_else(|| self.reasons.last());
        reason.map(|reason| &reason.rule)
    }

    /// Tags of officers and rules.
    #[must_use]
    pub fn tags(&self) -> &BTreeSet<Tag> {
        &self.triage.tags
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A console may have a million of them: whatever most items have not should
    /// take no room (see `seldom`).
    #[test]
    fn an_item_takes_little_room() {
        assert!(size_of::<Item>() <= 192, "{}", size_of::<Item>());
        // Beside these the two counts of who shares them.
        assert!(size_of::<Content>() <= 240, "{}", size_of::<Content>());
        assert!(size_of::<Reading>() <= 112, "{}", size_of::<Reading>());
    }
}
