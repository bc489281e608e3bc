//! The watch: posts in, alerts out.
//!
//! Owns [`Watch`] and the order of things: count, read, look at the bursts that
//! are on; what is raised is `raising`'s. Pure: time is handed in. Called by
//! the hub between mapping and routing, and by the evaluation.

use std::collections::BTreeMap;

use super::alert::{Alert, Raised};
use super::awake::{Clockface, minute};
use super::episode::{FEWEST, Turn};
use super::key::{KeyRef, Subject};
use super::known::{Authors, Channels, Words};
use super::meter::Meter;
use super::post::{Post, Seen, percent, two_letters};
use super::raising::{Candidate, change, mark};
use super::silence::Silences;
use super::table::Table;
use crate::model::ids::ItemKey;
use crate::model::time::Timestamp;

/// What may be set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// False alarms that one key may cost a week.
    pub per_key_week: f64,
    /// False alarms that all keys together may cost a week. With many keys in use each
    /// gets its share of this.
    pub per_week: f64,
    /// Keys that are counted at most.
    pub most_keys: usize,
    /// Authors that a burst needs.
    pub fewest_authors: usize,
    /// Hours that a key must have been watched before it can surprise.
    pub warm_hours: f32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            per_key_week: 0.1,
            per_week: 5.0,
            most_keys: 100_000,
            fewest_authors: 3,
            warm_hours: 0.25,
        }
    }
}

/// What a new post weighs in the floor's share of negative posts.
const MOOD: f64 = 0.002;

/// The watch over all keys.
#[derive(Debug)]
pub struct Watch {
    pub(super) settings: Settings,
    pub(super) clock: Clockface,
    pub(super) table: Table,
    pub(super) alerts: BTreeMap<u64, Alert>,
    pub(super) authors: Authors,
    pub(super) channels: Channels,
    pub(super) words: Words,
    pub(super) silences: Silences,
    /// The floor's share of negative posts.
    pub(super) mood: f64,
    /// Posts that came more than an hour late, and count in no window.
    pub late: u64,
}

impl Watch {
    /// A watch that begins at `now` and has seen nothing. `seed` is random.
    #[must_use]
    pub fn new(settings: Settings, now: Timestamp, seed: u64) -> Self {
        Self {
            settings,
            clock: Clockface::new(now),
            table: Table::new(settings.most_keys, seed),
            alerts: BTreeMap::new(),
            authors: Authors::default(),
            channels: Channels::default(),
            words: Words::default(),
            silences: Silences::default(),
            mood: 0.3,
            late: 0,
        }
    }

    /// Counts a post at `now`, and tells what it brings about.
    pub fn observe(&mut self, now: Timestamp, post: &Post<'_>) -> Vec<Raised> {
        self.clock.wake(now);
        let mut told: Vec<Raised> = self.silences.heard(post.channel, now).into_iter().collect();
        let seen = self.meet(now, post);
        let (keys, mut candidates) = (post.keys(), Vec::new());
        self.tell_whole(&keys, post.key);
        for key in keys {
            let place = self.count(&key, (minute(seen.at), 1), Some(&seen));
            self.tell_on(place, post.key);
            let quiet = matches!(key.subject, Subject::Channel);
            if let Some(place) = place.filter(|_| !quiet) {
                self.read(place, now, (&mut candidates, &mut told));
            }
        }
        told.extend(self.raise(candidates, now));
        told
    }

    /// Counts `posts` of the last `minutes` of a source that tells volumes only.
    pub fn observe_volume(
        &mut self,
        now: Timestamp,
        key: &KeyRef<'_>,
        (posts, minutes): (u32, u16),
    ) -> Vec<Raised> {
        self.clock.wake(now);
        let (mut candidates, mut told) = (Vec::new(), Vec::new());
        // Spread over the minutes that they came in, or each report would look
        // like a leap of one minute.
        let spans = u32::from(minutes.clamp(1, 60));
        let mut place = None;
        for back in 0..spans {
            let at = self.clock.minute - i64::from(back);
            place = self.count(key, (at, (posts + back) / spans), None);
        }
        if let Some(place) = place {
            self.read(place, now, (&mut candidates, &mut told));
        }
        told.extend(self.raise(candidates, now));
        told
    }

    /// Looks at the bursts that are on, and at channels that have gone silent.
    /// To be called at least each minute.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Raised> {
        let before = self.clock.minute;
        self.clock.wake(now);
        if self.clock.minute == before {
            return Vec::new();
        }
        if self.clock.minute.div_euclid(60) != before.div_euclid(60) {
            self.table.count_in_use(self.clock.minute);
        }
        let places: Vec<u32> = self.alerts.values().map(|alert| alert.place).collect();
        let mut told = Vec::new();
        for place in places {
            if let Some(slot) = self.table.at(place) {
                slot.meter.advance(self.clock.minute, &self.clock);
            }
            self.read(place, now, (&mut Vec::new(), &mut told));
        }
        let minute = self.clock.minute;
        self.alerts
            .retain(|_, alert| alert.episode.would_be_again(minute));
        told.extend(
            self.silences
                .look(&self.clock, (now, &mut self.table), &self.channels),
        );
        told
    }

    /// Learns that `posts` came in the hour `hour` since 1970: from a log, before
    /// the watch begins.
    pub fn teach(&mut self, key: &KeyRef<'_>, hour: i64, posts: u32) {
        let place = self.place(key);
        if let Some(slot) = self.table.at(place) {
            slot.meter.teach(hour, posts);
        }
    }

    /// Forgets an erased item's words and place among the evidence. Its count
    /// stays: a number says nothing of anybody.
    pub fn forget(&mut self, item: &ItemKey) {
        self.words.forget(item);
        self.table.forget(item);
    }

    /// Keys that were given up for want of room.
    #[must_use]
    pub fn forgotten(&self) -> u64 {
        self.table.forgotten
    }

    /// Keys that are counted.
    #[must_use]
    pub fn keys(&self) -> usize {
        self.table.size()
    }

    fn meet(&mut self, now: Timestamp, post: &Post<'_>) -> Seen {
        let channel = self.channels.number(post.channel);
        let author = KeyRef {
            subject: Subject::Topic(post.author),
            region: None,
            channel: Some(post.channel),
        }
        .number();
        if let Some(negative) = post.negative {
            self.mood += MOOD * (f64::from(negative) - self.mood);
        }
        self.words.keep(post.key, post.text);
        Seen {
            key: post.key,
            at: post.at.min(now),
            author,
            cluster: post.cluster.unwrap_or(0),
            reach: u32::try_from(post.reach).unwrap_or(u32::MAX),
            channel,
            language: two_letters(post.language),
            negative: percent(post.negative),
            urgency: percent(post.urgency),
            new: self.authors.meet(author),
        }
    }

    /// A post of an alert's key is its own, and so is one of a key that was found to
    /// have the same posts: a street has those that say "water" and those that don't.
    /// Those of its parents are not: elsewhere another burst may begin.
    fn tell_on(&mut self, place: Option<u32>, post: ItemKey) {
        let Some(slot) = place.and_then(|place| self.table.at(place)) else {
            return;
        };
        let alert = slot.alert.and_then(|id| self.alerts.get_mut(&id));
        let own = |alert: &&mut Alert| place == Some(alert.place) || !alert.key.is_kin(&slot.key);
        if let Some(alert) = alert.filter(own) {
            alert.tells(post);
        }
    }

    /// Where an alert counts the urgent posts of a topic, the topic's others are its
    /// own too: what has the same is part of it, urgent or not.
    fn tell_whole(&mut self, keys: &[KeyRef<'_>], post: ItemKey) {
        for alert in self.alerts.values_mut() {
            let whole = alert.key.by_ref().whole();
            if alert.episode.is_on() && whole.is_some_and(|whole| keys.contains(&whole)) {
                alert.tells(post);
            }
        }
    }

    fn place(&mut self, key: &KeyRef<'_>) -> u32 {
        let (minute, watched) = (self.clock.minute, self.clock.watched());
        self.table.find(key, || Meter::unheard(minute, watched))
    }

    /// Counts posts of a key; none when they are too late for any window.
    fn count(
        &mut self,
        key: &KeyRef<'_>,
        (at, posts): (i64, u32),
        seen: Option<&Seen>,
    ) -> Option<u32> {
        let place = self.place(key);
        let slot = self.table.at(place)?;
        slot.meter.advance(self.clock.minute, &self.clock);
        // Late or not, something was heard.
        slot.touched = self.clock.minute;
        if !slot.meter.add(at, posts) {
            self.late += 1;
            return None;
        }
        if let Some(seen) = seen {
            slot.recent.push(*seen);
        }
        Some(place)
    }

    /// The surprise that raises: each key's share of what false alarms may cost.
    #[must_use]
    pub fn threshold(&self) -> f64 {
        let keys = f64::from(u32::try_from(self.table.in_use().max(1)).unwrap_or(u32::MAX));
        let share = (self.settings.per_week / keys).min(self.settings.per_key_week);
        -share.max(1e-9).log10()
    }

    /// Reads a key: a candidate where it surprises, a telling where its own
    /// burst takes a turn.
    fn read(
        &mut self,
        place: u32,
        now: Timestamp,
        (candidates, told): (&mut Vec<Candidate>, &mut Vec<Raised>),
    ) {
        let threshold = self.threshold();
        let minute = self.clock.minute;
        let alerted = self.table.at(place).is_some_and(|s| s.alert.is_some());
        let whole = alerted.then(|| self.whole(place)).flatten();
        let Some(slot) = self.table.at(place) else {
            return;
        };
        let hour = slot.meter.last_hour();
        // What was part of a burst that is over is a key like any other again.
        let owner = slot
            .alert
            .and_then(|id| self.alerts.get_mut(&id).map(|alert| (id, alert)))
            .filter(|(_, alert)| alert.place == place || alert.episode.is_on());
        let Some((id, alert)) = owner else {
            slot.alert = None;
            if hour >= FEWEST {
                let reading = slot.meter.read(minute, self.settings.warm_hours);
                let volume = slot.recent.size() == 0;
                let enough = volume || slot.recent.is_by_many(self.settings.fewest_authors);
                if reading.surprise >= threshold && reading.observed >= FEWEST && enough {
                    let rank = slot.key.rank();
                    candidates.push(Candidate {
                        place,
                        reading,
                        rank,
                    });
                }
            }
            return;
        };
        if alert.episode.is_on() {
            slot.meter.hold();
        }
        if alert.place != place {
            return;
        }
        let reading = slot.meter.read(minute, self.settings.warm_hours);
        let turn = alert.episode.look(minute, &reading, (hour, threshold));
        if turn == Turn::Settled {
            slot.meter.settle();
        }
        let posts = whole.as_ref().unwrap_or(&slot.recent);
        let grown = mark(alert, posts, self.mood);
        let Some(change) = change(turn, grown) else {
            return;
        };
        told.push(self.tell(id, change, (&reading, now)));
    }
}
