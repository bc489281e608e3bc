//! What a new reading and an officer's word do to what was read from an item.
//!
//! Owns that an officer's word outlives a new reading. Called by `change`.

use std::sync::Arc;

use crate::model::claim::Verdict;
use crate::model::event::{Body, Event};
use crate::model::feedback::Feedback;
use crate::model::ids::Tag;
use crate::model::item::Item;
use crate::model::reading::Reading;
use crate::text::Untrusted;

impl Item {
    /// What was read, and what officers say of it.
    pub(super) fn change_reading(&mut self, event: &Event) {
        match &event.body {
            Body::ItemRead { reading } => {
                let kept = self.reading.as_ref().map(|before| reading.keeping(before));
                self.reading = Some(kept.map_or_else(|| Arc::clone(reading), Arc::new));
            }
            Body::ClaimConfirmed { claim, .. } => self.judge(event, (claim, true)),
            Body::ClaimRejected { claim } => self.judge(event, (claim, false)),
            Body::FeedbackGiven {
                feedback: Feedback::Sentiment(feeling),
            } => {
                let by = event.actor.officer().cloned();
                let felt = self.read_mut().and_then(|read| read.sentiment.as_mut());
                if let (Some(felt), Some(by)) = (felt, by) {
                    felt.feeling = *feeling;
                    felt.corrected_by = Some(by);
                }
            }
            Body::FeedbackGiven {
                feedback: Feedback::FalseAlarm,
            } => self.mark_judged("false-alarm"),
            Body::FeedbackGiven {
                feedback: Feedback::NotRelevant,
            } => self.mark_judged("not-relevant"),
            _ => {}
        }
    }

    /// An officer's word shows as a tag, and is asked for like one.
    fn mark_judged(&mut self, tag: &str) {
        if let Ok(tag) = Tag::new(tag) {
            self.triage.tags.insert(tag);
        }
    }

    pub(super) fn read_mut(&mut self) -> Option<&mut Reading> {
        self.reading.as_mut().map(Arc::make_mut)
    }

    fn judge(&mut self, event: &Event, (claim, fits): (&Untrusted, bool)) {
        let Some(by) = event.actor.officer().cloned() else {
            return;
        };
        let claims = self.read_mut().map(|read| &mut read.claims);
        let known = claims.and_then(|all| all.iter_mut().find(|one| one.id == *claim));
        if let Some(known) = known {
            let at = event.at;
            known.verdict = Some(Verdict { fits, by, at });
        }
    }
}
