//! What is raised, what is part of it, and how it is told.
//!
//! Owns the choice among keys that surprise at once: the one that does most is
//! raised, those that are about the same or have the same posts are part of it.
//! The rest of [`Watch`] is `watch`'s, which calls this.

use super::alert::{Alert, Change, Mark, Raised, WITH};
use super::episode::{Episode, Turn};
use super::evidence::{Case, Recent};
use super::key::{Key, KeyRef, Subject};
use super::meter::Reading;
use super::watch::Watch;
use crate::model::time::Timestamp;

/// The share of a key's posts that makes it part of an alert with the same.
const SAME: f64 = 0.6;

/// A key that surprises, before anything is decided.
pub(super) struct Candidate {
    pub(super) place: u32,
    pub(super) reading: Reading,
    pub(super) rank: f64,
}

impl Candidate {
    /// What surprises most goes first; of what surprises alike, the key that
    /// says most about where.
    fn order(&self) -> f64 {
        (self.reading.surprise * 5.0).round() + self.rank
    }
}

impl Watch {
    /// Raises the keys that surprise, the one that does most first; those that are
    /// about the same, or have the same posts, are part of it.
    pub(super) fn raise(&mut self, mut candidates: Vec<Candidate>, now: Timestamp) -> Vec<Raised> {
        candidates.sort_by(|a, b| b.order().total_cmp(&a.order()));
        let mut raised = Vec::new();
        for candidate in candidates {
            if self.join(candidate.place) {
                continue;
            }
            let Some(slot) = self.table.at(candidate.place) else {
                continue;
            };
            let id =
                KeyRef::number(&slot.key.by_ref()) ^ now.as_millis().unsigned_abs().rotate_left(20);
            slot.alert = Some(id);
            slot.meter.hold();
            slot.recent.first = slot.recent.posts().first().copied().map(Box::new);
            let mut alert = Alert {
                place: candidate.place,
                key: slot.key.clone(),
                episode: Episode::new(
                    self.clock.minute,
                    &candidate.reading,
                    slot.meter.last_hour(),
                ),
                since: now,
                marks: Vec::new(),
                with: Vec::new(),
                story: slot.recent.posts().iter().map(|post| post.key).collect(),
            };
            mark(&mut alert, &slot.recent, self.mood);
            self.alerts.insert(id, alert);
            raised.push((id, candidate.reading));
        }
        raised
            .into_iter()
            .map(|(id, reading)| self.tell(id, Change::Raised, (&reading, now)))
            .collect()
    }

    /// Makes a key part of an alert that it belongs to; false when there is none.
    fn join(&mut self, place: u32) -> bool {
        let Some(slot) = self.table.at(place) else {
            return true;
        };
        let (key, recent) = (slot.key.clone(), slot.recent.clone());
        let mut own = None;
        for (id, alert) in &self.alerts {
            if alert.key.is_kin(&key) || alert.shares(recent.posts()) >= SAME {
                own = Some(*id);
                break;
            }
        }
        let Some(id) = own else {
            return false;
        };
        if let Some(slot) = self.table.at(place) {
            slot.alert = Some(id);
        }
        if let Some(alert) = self.alerts.get_mut(&id)
            && alert.with.len() < WITH
            && !alert.with.contains(&key)
        {
            alert.with.push(key);
        }
        true
    }

    pub(super) fn tell(
        &mut self,
        id: u64,
        change: Change,
        (reading, now): (&Reading, Timestamp),
    ) -> Raised {
        let alert = self.alerts.get(&id).cloned();
        let slot = alert.as_ref().and_then(|alert| self.table.at(alert.place));
        let firestorm = alert
            .as_ref()
            .is_some_and(|a| a.marks.contains(&Mark::Firestorm));
        let why = slot.map(|slot| {
            Case {
                reading: *reading,
                known_hours: slot.meter.rhythm().known_hours(),
                recent: &slot.recent,
                channels: &self.channels,
                words: &self.words,
                rule: if firestorm { "firestorm" } else { "burst" },
            }
            .why()
        });
        let (key, since, marks, with) = alert.map_or_else(
            || (nothing(), now, Vec::new(), Vec::new()),
            |alert| (alert.key, alert.since, alert.marks, alert.with),
        );
        Raised {
            alert: id,
            change,
            key,
            at: now,
            since,
            marks,
            with,
            why: why.unwrap_or_default(),
        }
    }
}

fn nothing() -> Key {
    KeyRef {
        subject: Subject::Channel,
        region: None,
        channel: None,
    }
    .kept()
}

/// Marks an alert by its posts; true when it has just become a firestorm.
pub(super) fn mark(alert: &mut Alert, recent: &Recent, mood: f64) -> bool {
    if let Some(cluster) = recent.copied()
        && !alert
            .marks
            .iter()
            .any(|mark| matches!(mark, Mark::Campaign(_)))
    {
        alert.marks.push(Mark::Campaign(cluster));
    }
    let firestorm = !alert.marks.contains(&Mark::Firestorm) && recent.is_firestorm(mood);
    if firestorm {
        alert.marks.push(Mark::Firestorm);
    }
    firestorm && alert.episode.is_on()
}

pub(super) fn change(turn: Turn, firestorm: bool) -> Option<Change> {
    match turn {
        Turn::Grown => Some(Change::Step),
        Turn::Again => Some(Change::Again),
        Turn::Over => Some(Change::Ended),
        Turn::Settled => Some(Change::Settled),
        Turn::Same => firestorm.then_some(Change::Step),
    }
}
