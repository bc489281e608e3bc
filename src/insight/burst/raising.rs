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

/// What became of a key that surprises.
enum Joined {
    /// It belongs to no alert.
    No,
    /// It is part of one.
    Part,
    /// It goes on with one that was over.
    Again(u64),
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
        let (mut told, mut raised) = (Vec::new(), Vec::new());
        for candidate in candidates {
            match self.join(&candidate) {
                Joined::Part => continue,
                Joined::Again(id) => {
                    told.push(self.tell(id, Change::Again, (&candidate.reading, now)));
                    continue;
                }
                Joined::No => {}
            }
            let whole = self.whole(candidate.place);
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
            mark(
                &mut alert,
                whole.as_ref().unwrap_or(&slot.recent),
                self.mood,
            );
            self.alerts.insert(id, alert);
            raised.push((id, candidate.reading));
        }
        let raised = raised.into_iter();
        told.extend(raised.map(|(id, reading)| self.tell(id, Change::Raised, (&reading, now))));
        told
    }

    /// Makes a key part of an alert that it belongs to. Where that is over, the key
    /// that rises again of the same goes on with it. Where it counts urgent posts and
    /// now all posts of the topic surprise, it goes on with these.
    fn join(&mut self, candidate: &Candidate) -> Joined {
        let place = candidate.place;
        let Some(slot) = self.table.at(place) else {
            return Joined::Part;
        };
        let hour = slot.meter.last_hour();
        let (key, recent) = (slot.key.clone(), slot.recent.clone());
        let belongs =
            |alert: &Alert| alert.key.is_kin(&key) || alert.shares(recent.posts()) >= SAME;
        let mut known = self.alerts.iter().filter(|(_, alert)| belongs(alert));
        let first = known.next();
        let on = first
            .into_iter()
            .chain(known)
            .find(|(_, a)| a.episode.is_on());
        let Some(id) = on.or(first).map(|(id, _)| *id) else {
            return Joined::No;
        };
        if let Some(slot) = self.table.at(place) {
            slot.alert = Some(id);
        }
        let (minute, threshold) = (self.clock.minute, self.threshold());
        let Some(alert) = self.alerts.get_mut(&id) else {
            return Joined::Part;
        };
        let again = !alert.episode.is_on() && alert.key.is_kin(&key);
        let whole = alert.key.by_ref().whole() == Some(key.by_ref());
        let mut part = key.clone();
        if again || whole {
            part = std::mem::replace(&mut alert.key, key);
            alert.place = place;
        }
        if alert.with.len() < WITH && !alert.with.contains(&part) && alert.key != part {
            alert.with.push(part);
        }
        if !(again || whole) {
            return Joined::Part;
        }
        let turn = again.then(|| {
            let reading = &candidate.reading;
            alert.episode.look(minute, reading, (hour, threshold))
        });
        self.begins(place);
        match turn {
            Some(Turn::Again) => Joined::Again(id),
            _ => Joined::Part,
        }
    }

    /// The first post that a key remembers is the first of the burst that is on.
    fn begins(&mut self, place: u32) {
        if let Some(slot) = self.table.at(place) {
            slot.recent.first = slot.recent.posts().first().copied().map(Box::new);
            slot.meter.hold();
        }
    }

    /// Where a key counts urgent posts, the last of all posts of its topic: what they
    /// have in common is told by all of them.
    pub(super) fn whole(&mut self, place: u32) -> Option<Recent> {
        let key = self.table.at(place)?.key.by_ref().whole()?.kept();
        let whole = self.table.place(&key.by_ref())?;
        Some(self.table.at(whole)?.recent.clone())
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
                rule: match (firestorm, slot.key.is_urgent()) {
                    (true, _) => "firestorm",
                    (false, true) => "urgent posts",
                    (false, false) => "burst",
                },
                urgent: slot.key.is_urgent(),
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
