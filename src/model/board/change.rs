//! What each fact does to the item that it is about.
//!
//! Owns which facts count in `triage.version`: verbs and expiries that change
//! where an item stands do; edits, likes, conversation turns, notes, tags and
//! SLA breaches do not, so that they never make a take or resolve stale.

use std::sync::Arc;

use crate::model::bounds;
use crate::model::event::{Actor, Body, Cause, ClockName, Event, LapseReason};
use crate::model::ids::{CommandId, OfficerId};
use crate::model::item::{Clocks, Content, Due, Item, Kind, Note, OnRetract};
use crate::model::seldom::Seldom;
use crate::model::shared::Shared;
use crate::model::time::Timestamp;
use crate::model::triage::{Resolution, Returned, Snooze, State};
use crate::text::Untrusted;

impl Actor {
    /// The officer, when it is one.
    #[must_use]
    pub fn officer(&self) -> Option<&OfficerId> {
        match self {
            Self::Officer(officer) => Some(officer),
            Self::Source(_) | Self::Hub => None,
        }
    }
}

/// Whether a fact says which officer did it: it can't be folded without.
pub(super) fn needs_officer(body: &Body) -> bool {
    matches!(
        body,
        Body::ItemAcknowledged { .. }
            | Body::ItemTaken
            | Body::ItemAssigned { .. }
            | Body::ItemSnoozed { .. }
    )
}

/// Whether a fact counts in the triage version.
fn counts(body: &Body) -> bool {
    match body {
        Body::ItemAcknowledged { .. }
        | Body::ItemTaken
        | Body::ItemReleased
        | Body::LeaseLapsed { .. }
        | Body::ItemAssigned { .. }
        | Body::AssignmentLapsed { .. }
        | Body::ItemEscalated { .. }
        | Body::ItemSnoozed { .. }
        | Body::ItemWoke { .. }
        | Body::ItemResolved { .. }
        | Body::ItemReopened
        | Body::ItemMerged { .. }
        | Body::MembersJoined { .. }
        | Body::ItemSplit { .. }
        | Body::MembersLeft { .. }
        | Body::ItemPrioritised { .. }
        | Body::TriageRestored { .. }
        | Body::ItemSuppressed { .. }
        | Body::OutgoingHeld { .. } => true,
        Body::ResolvedAtSource { closed, .. } => *closed,
        _ => false,
    }
}

impl LapseReason {
    /// What it tells of the holder, as in "officer2 lost the link".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::LinkLost => "lost the link",
            Self::Idle => "was idle for too long",
            Self::WatchEnded => "ended the watch",
        }
    }
}

impl Item {
    /// Folds a fact about this item in. `needs_officer` was looked at before.
    pub(super) fn change(&mut self, event: &Event) {
        // Undo and redo put back whether it lay on top.
        let restores = matches!(
            event.body,
            Body::TriageRestored { .. } | Body::NotesStruck { .. }
        );
        let commanded = matches!(event.cause, Cause::Command(_));
        let acted = event.actor.officer().is_some() && commanded && !restores;
        if acted && self.triage.returned.is_some() {
            self.triage.returned = None;
        }
        let version = self.triage.version;
        match &event.body {
            Body::ItemEdited { .. }
            | Body::ItemRead { .. }
            | Body::ClaimConfirmed { .. }
            | Body::ClaimRejected { .. }
            | Body::FeedbackGiven { .. }
            | Body::ItemRetracted { .. }
            | Body::ConversationContinued { .. }
            | Body::ResolvedAtSource { .. }
            | Body::ItemRouted { .. }
            | Body::Erased { .. } => self.change_content(event),
            Body::ItemMerged { .. }
            | Body::MembersJoined { .. }
            | Body::ItemSplit { .. }
            | Body::MembersLeft { .. }
            | Body::ItemPrioritised { .. }
            | Body::ItemTagged { .. }
            | Body::NoteAdded { .. }
            | Body::TriageRestored { .. }
            | Body::NotesStruck { .. }
            | Body::SlaBreached { .. }
            | Body::ItemSuppressed { .. } => self.change_beside(event),
            Body::OutgoingHeld { .. }
            | Body::OutgoingWithdrawn { .. }
            | Body::OutgoingCut { .. }
            | Body::OutgoingLeft { .. }
            | Body::OutgoingSent { .. }
            | Body::OutgoingDelayed { .. }
            | Body::OutgoingFailed { .. }
            | Body::OutgoingMarked { .. }
            | Body::OutgoingUnsure { .. } => self.change_outgoing(event),
            _ => self.change_state(event),
        }
        if counts(&event.body) {
            self.triage.version = version.saturating_add(1);
        }
    }

    /// What channels and operators change.
    fn change_content(&mut self, event: &Event) {
        match &event.body {
            Body::ItemEdited { content } => {
                if self.severity == self.content.severity {
                    self.severity = content.severity;
                }
                if !same_words(&self.content, content) {
                    self.edited_at = Some(event.at);
                }
                if content.ended_at.is_none() {
                    self.source_resolved_at = None;
                }
                let told = content.conversation.iter();
                let known = &self.content.conversation;
                let new: Vec<_> = told.filter(|t| !known.contains(t)).cloned().collect();
                self.heed(&new, event.at);
                self.content = Arc::clone(content);
            }
            Body::ItemRead { .. }
            | Body::ClaimConfirmed { .. }
            | Body::ClaimRejected { .. }
            | Body::FeedbackGiven { .. } => self.change_reading(event),
            Body::ItemRetracted { on } => {
                self.retracted = Some((event.at, *on));
                if *on != OnRetract::Keep {
                    self.reading = None;
                    self.content = Arc::new(without_words(&self.content));
                }
            }
            Body::ConversationContinued { turns } => {
                self.heed(turns, event.at);
                let content = Arc::make_mut(&mut self.content);
                content.conversation.extend(turns.iter().cloned());
                let gone = bounds::shorten(&mut content.conversation);
                let gone = u32::try_from(gone).unwrap_or(u32::MAX);
                self.earlier_turns = self.earlier_turns.saturating_add(gone);
            }
            Body::ResolvedAtSource { ended_at, closed } => {
                self.source_resolved_at = Some(*ended_at);
                Arc::make_mut(&mut self.content).ended_at = Some(*ended_at);
                if *closed {
                    self.close(None, event.at, Resolution::AtSource);
                }
            }
            Body::ItemRouted { .. } => {
                if let Some(desk) = &event.desk {
                    self.desk = desk.clone();
                }
            }
            Body::Erased { .. } => self.erase(event.at),
            _ => {}
        }
    }

    /// Where it stands.
    fn change_state(&mut self, event: &Event) {
        let at = event.at;
        let officer = event.actor.officer().cloned();
        match (&event.body, officer) {
            (Body::ItemAcknowledged { until }, Some(by)) => {
                let until = *until;
                self.triage.state = State::Acknowledged { by, at, until };
                if self.content.kind == Kind::Alert {
                    meet(&mut self.clocks.first_response, at);
                }
            }
            (Body::ItemTaken, Some(by)) => {
                self.triage.state = State::Taken { by, at };
                self.surface();
                meet(&mut self.clocks.first_response, at);
            }
            (Body::ItemAssigned { to, answer_by }, Some(by)) => {
                self.triage.state = State::Assigned {
                    to: to.clone(),
                    by,
                    at,
                    answer_by: *answer_by,
                };
                self.surface();
                meet(&mut self.clocks.first_response, at);
            }
            (Body::ItemReleased, _) => self.triage.state = State::New,
            (Body::LeaseLapsed { holder, why }, _) => {
                self.triage.state = State::New;
                self.return_to_top(at, format!("{holder} {}", why.words()));
            }
            (Body::AssignmentLapsed { to }, _) => {
                self.triage.state = State::New;
                self.return_to_top(at, format!("{to} did not answer in time"));
            }
            (Body::ItemEscalated { level, reason }, _) => {
                self.triage.level = *level;
                self.triage.escalated_for = reason.clone();
                self.surface();
            }
            (Body::ItemSnoozed { wake }, Some(by)) => {
                let wake = *wake;
                self.triage.snooze = Some(Box::new(Snooze { by, at, wake }));
            }
            (Body::ItemWoke { why }, _) => {
                self.triage.snooze = None;
                self.return_to_top(at, why.clone());
            }
            (Body::ItemResolved { reason }, by) => self.close(by, at, *reason),
            (Body::ItemReopened, by) => {
                self.triage.state = State::New;
                self.surface();
                if let Some(due) = &mut self.clocks.resolution {
                    due.met = None;
                }
                if by.is_none() {
                    self.return_to_top(at, "it goes on at the source".to_owned());
                }
            }
            _ => {}
        }
    }

    /// What stands beside the state.
    fn change_beside(&mut self, event: &Event) {
        let triage = &mut self.triage;
        match &event.body {
            Body::ItemMerged { into } => triage.merged_into = Some(*into),
            Body::ItemSplit { .. } => triage.merged_into = None,
            Body::MembersJoined { members } => {
                let new = members.iter().filter(|key| !self.members.contains(key));
                let new: Vec<_> = new.copied().collect();
                self.members.extend(new);
            }
            Body::MembersLeft { members } => self.members.retain(|key| !members.contains(key)),
            Body::ItemPrioritised { priority } => triage.priority = *priority,
            Body::ItemTagged { added, removed } => {
                triage.tags.retain(|tag| !removed.contains(tag));
                triage.tags.extend(added.iter().cloned());
            }
            Body::ItemSuppressed { rule } => triage.suppressed_by = Some(rule.clone()),
            Body::NoteAdded { text } => {
                self.notes.push(Note {
                    command: match event.cause {
                        Cause::Command(command) => command,
                        _ => CommandId(uuid::Uuid::nil()),
                    },
                    by: event.actor.clone(),
                    at: event.at,
                    text: bounds::front(text, bounds::NOTE),
                    struck: false,
                });
                bounds::shorten_notes(&mut self.notes);
            }
            Body::NotesStruck { command, struck } => {
                for note in self.notes.iter_mut().filter(|n| n.command == *command) {
                    note.struck = *struck;
                }
            }
            Body::TriageRestored {
                triage,
                members,
                clocks,
                judged,
                ..
            } => {
                if let (Some(judged), Some(read)) = (judged, self.read_mut()) {
                    judged.put_back(read);
                }
                self.triage = (**triage).clone().into();
                self.members = members.clone().into();
                self.clocks = (*clocks).into();
            }
            Body::SlaBreached { clock } => {
                if let Some(due) = self.clocks.clock_mut(*clock) {
                    due.breached = true;
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, by: Option<OfficerId>, at: Timestamp, reason: Resolution) {
        self.triage.state = State::Resolved { by, at, reason };
        self.triage.returned = None;
        self.surface();
        meet(&mut self.clocks.first_response, at);
        meet(&mut self.clocks.resolution, at);
    }

    /// Whoever acts on a hidden or sleeping item brings it back to sight.
    fn surface(&mut self) {
        self.triage.snooze = None;
        self.triage.suppressed_by = None;
    }

    pub(super) fn return_to_top(&mut self, at: Timestamp, why: String) {
        if self.is_open() {
            self.triage.returned = Some(Box::new(Returned { at, why }));
        }
    }

    /// Takes every stranger's and officer's word out, for good.
    fn erase(&mut self, at: Timestamp) {
        let (when, _) = self.retracted.unwrap_or((at, OnRetract::Erase));
        self.retracted = Some((when, OnRetract::Erase));
        let mut content = without_words(&self.content);
        content.author = Shared::default();
        self.content = Arc::new(content);
        self.reading = None;
        self.triage.escalated_for = Untrusted::default();
        for note in &mut self.notes {
            note.text = Untrusted::default();
        }
        for step in &mut self.trail {
            step.words = Untrusted::default();
        }
        for one in &mut self.outgoing {
            one.text = Untrusted::default();
            if let Some(mark) = &mut one.mark {
                mark.says = Untrusted::default();
            }
        }
    }
}

impl Clocks {
    /// The clock of a name.
    #[must_use]
    pub fn clock(&self, name: ClockName) -> Option<Due> {
        match name {
            ClockName::FirstResponse => self.first_response,
            ClockName::Resolution => self.resolution,
        }
    }

    fn clock_mut(&mut self, name: ClockName) -> Option<&mut Due> {
        match name {
            ClockName::FirstResponse => self.first_response.as_mut(),
            ClockName::Resolution => self.resolution.as_mut(),
        }
    }
}

pub(super) fn meet(clock: &mut Option<Due>, at: Timestamp) {
    if let Some(due) = clock {
        due.met.get_or_insert(at);
    }
}

/// Whether an officer reads the same in both: likes and ends aside.
pub(super) fn same_words(one: &Content, other: &Content) -> bool {
    let counted = Content {
        engagement: one.engagement.clone(),
        ended_at: one.ended_at,
        ..other.clone()
    };
    *one == counted
}

fn without_words(content: &Content) -> Content {
    Content {
        title: Untrusted::default(),
        text: Untrusted::default(),
        media: Seldom::default(),
        conversation: Seldom::default(),
        handoff: None,
        extra: Seldom::default(),
        ..content.clone()
    }
}
