//! How each channel is: state, counts, last item, last error, silence.
//!
//! Transports write through a [`HealthHandle`], the hub reads a snapshot of the
//! [`HealthBoard`]. No error text gets in unless it is ours or was cleaned. The
//! silence alert itself is `silence`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::registry::Channel;
use crate::model::allowance::Allowance;
use crate::model::ids::ChannelName;
use crate::model::time::Timestamp;

/// A channel in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Delivers, or waits to be delivered to.
    Up,
    /// Connecting, or between two tries.
    Connecting,
    /// Nothing for longer than its threshold.
    Silent,
    /// Does not work: see the error.
    Down,
    /// Switched off by the operator.
    Off,
}

/// How a channel is, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Which.
    pub channel: ChannelName,
    /// Its file in the catalogue.
    pub file: String,
    /// Its transport.
    pub transport: String,
    /// In one word.
    pub state: State,
    /// Since when it is so.
    pub since: Timestamp,
    /// The last item.
    pub last_item: Option<Timestamp>,
    /// Items in the last minute.
    pub per_minute: u32,
    /// Items since the hub started.
    pub items: u64,
    /// Documents that no map fitted, since the hub started.
    pub unmapped: u64,
    /// Deliveries refused (signature, size, form), since the hub started.
    pub refused: u64,
    /// What should worry the operator, newest last, at most [`WARNINGS`].
    pub warnings: Vec<String>,
    /// What is left of the vendor's budget for our calls, as far as it is known.
    pub calls: Option<Allowance>,
    /// What is left of it for our answers.
    pub answers: Option<Allowance>,
    /// The last error: a sentence of ours, others' words cleaned.
    pub error: Option<String>,
    /// Silence longer than this is worth an alert.
    pub silent_after: Option<Duration>,
    /// When it was heard last, or began to listen.
    pub heard: Timestamp,
    /// The silence that was alerted: since when, and when it ended.
    pub silence: Option<(Timestamp, Option<Timestamp>)>,
}

/// Most warnings that are kept of a channel; the oldest goes first.
pub const WARNINGS: usize = 8;

/// Seconds that items per minute are counted over.
const SECONDS: usize = 60;

/// One channel's health, for its transport to write.
#[derive(Clone, Debug)]
pub struct HealthHandle(Arc<Mutex<Kept>>);

#[derive(Debug)]
struct Kept {
    health: Health,
    /// Items of each of the last 60 seconds, by the second's number.
    ring: [(i64, u32); SECONDS],
    /// The channel itself, which knows what may still be answered.
    channel: Option<Arc<Channel>>,
}

impl HealthHandle {
    /// The health of a channel that has not begun.
    #[must_use]
    pub fn new(
        (channel, file, transport): (ChannelName, &str, &str),
        silent_after: Option<Duration>,
        now: Timestamp,
    ) -> Self {
        Self(Arc::new(Mutex::new(Kept {
            health: Health {
                channel,
                file: file.to_owned(),
                transport: transport.to_owned(),
                state: State::Connecting,
                since: now,
                last_item: None,
                per_minute: 0,
                items: 0,
                unmapped: 0,
                refused: 0,
                warnings: Vec::new(),
                calls: None,
                answers: None,
                error: None,
                silent_after,
                heard: now,
                silence: None,
            },
            ring: [(i64::MIN, 0); SECONDS],
            channel: None,
        })))
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Counters stay true whoever panicked while holding them.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It works: connected, or waiting to be posted to.
    pub fn up(&self, now: Timestamp) {
        let mut kept = self.kept();
        if kept.health.state != State::Silent {
            kept.health.turn(State::Up, now);
        }
        kept.health.error = None;
    }

    /// It connects, or waits before it tries again.
    pub fn connecting(&self, now: Timestamp) {
        self.kept().health.turn(State::Connecting, now);
    }

    /// It does not work: `why` is a sentence of ours.
    pub fn down(&self, now: Timestamp, why: String) {
        let mut kept = self.kept();
        kept.health.turn(State::Down, now);
        kept.health.error = Some(why);
    }

    /// The operator switched it off.
    pub fn off(&self, now: Timestamp) {
        self.kept().health.turn(State::Off, now);
    }

    /// A delivery was kept: `items` were mapped, `unmapped` were not.
    pub fn delivered(&self, now: Timestamp, items: u32, unmapped: u32) {
        let mut kept = self.kept();
        let health = &mut kept.health;
        health.items += u64::from(items);
        health.unmapped += u64::from(unmapped);
        health.heard = health.heard.max(now);
        if let Some((_, ended @ None)) = &mut health.silence {
            *ended = Some(now);
        }
        health.turn(State::Up, now);
        if items > 0 {
            health.last_item = Some(now);
            kept.count(now, items);
        }
    }

    /// It said something that is no item: alive, not silent.
    pub fn heard(&self, now: Timestamp) {
        self.delivered(now, 0, 0);
    }

    /// A delivery was refused.
    pub fn refused(&self, why: &str) {
        let mut kept = self.kept();
        kept.health.refused += 1;
        kept.health.error = Some(why.to_owned());
    }

    /// Its file was changed and could not be taken: told before older errors.
    pub fn mistaken(&self, says: &str) {
        self.kept().health.error = Some(says.to_owned());
    }

    /// Something should worry the operator: `says` is a sentence of ours.
    pub fn warn(&self, says: &str) {
        let warnings = &mut self.kept().health.warnings;
        warnings.retain(|w| w != says);
        if warnings.len() == WARNINGS {
            warnings.remove(0);
        }
        warnings.push(says.to_owned());
    }

    /// So many calls are left, until then.
    pub fn calls(&self, left: Allowance) {
        self.kept().health.calls = Some(left);
    }

    /// Asks `channel` what may still be answered, whenever somebody wants to know.
    pub fn of(&self, channel: &Arc<Channel>) {
        self.kept().channel = Some(Arc::clone(channel));
    }

    /// How it is at `now`.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Health {
        let kept = self.kept();
        let mut health = kept.health.clone();
        health.per_minute = kept.last_minute(now);
        health.calls = health.calls.filter(|calls| calls.until > now);
        health.answers = kept.channel.as_ref().and_then(|c| c.answers_left(now));
        health
    }

    /// Remembers that the silence since `since` was alerted.
    pub(super) fn silent(&self, since: Timestamp, now: Timestamp) {
        let mut kept = self.kept();
        kept.health.silence = Some((since, None));
        kept.health.turn(State::Silent, now);
    }

    /// Forgets a silence whose end was told.
    pub(super) fn silence_told(&self) {
        self.kept().health.silence = None;
    }
}

impl Health {
    fn turn(&mut self, state: State, now: Timestamp) {
        if self.state != state {
            self.state = state;
            self.since = now;
        }
    }
}

impl Kept {
    fn count(&mut self, now: Timestamp, items: u32) {
        let second = now.as_millis().div_euclid(1000);
        let slot = usize::try_from(second.rem_euclid(60)).unwrap_or(0);
        if let Some(slot) = self.ring.get_mut(slot) {
            let before = if slot.0 == second { slot.1 } else { 0 };
            *slot = (second, before.saturating_add(items));
        }
    }

    fn last_minute(&self, now: Timestamp) -> u32 {
        let second = now.as_millis().div_euclid(1000);
        let recent = |(at, _): &&(i64, u32)| {
            second
                .checked_sub(*at)
                .is_some_and(|age| (0..60).contains(&age))
        };
        self.ring.iter().filter(recent).map(|(_, n)| *n).sum()
    }
}

/// The health of all channels. Cheap to clone; all clones are one.
#[derive(Clone, Debug, Default)]
pub struct HealthBoard(Arc<Mutex<BTreeMap<ChannelName, HealthHandle>>>);

impl HealthBoard {
    fn map(&self) -> MutexGuard<'_, BTreeMap<ChannelName, HealthHandle>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a channel on the board and gives its handle.
    #[must_use]
    pub fn add(&self, handle: HealthHandle, channel: ChannelName) -> HealthHandle {
        self.map().insert(channel, handle.clone());
        handle
    }

    /// The channel's handle.
    #[must_use]
    pub fn get(&self, channel: &ChannelName) -> Option<HealthHandle> {
        self.map().get(channel).cloned()
    }

    /// How all channels are, by name.
    #[must_use]
    pub fn snapshot(&self, now: Timestamp) -> Vec<Health> {
        self.map().values().map(|handle| handle.at(now)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    #[test]
    fn counts_the_last_minute_and_survives_a_clock_that_jumps() {
        let name = ChannelName::new("water").expect("a name");
        let handle = HealthHandle::new((name, "generic", "webhook"), None, at(0));
        handle.delivered(at(1_000), 3, 1);
        handle.delivered(at(30_000), 2, 0);
        assert_eq!(handle.at(at(59_000)).per_minute, 5);
        assert_eq!(handle.at(at(61_000)).per_minute, 2);
        assert_eq!(handle.at(at(-5_000)).per_minute, 0);
        assert_eq!(handle.at(at(i64::MAX)).per_minute, 0);
        let health = handle.at(at(61_000));
        assert_eq!(
            (health.items, health.unmapped, health.state),
            (5, 1, State::Up)
        );
    }

    #[test]
    fn warnings_are_bounded_and_not_repeated() {
        let name = ChannelName::new("water").expect("a name");
        let handle = HealthHandle::new((name, "generic", "webhook"), None, at(0));
        for n in 0..20 {
            handle.warn(&format!("warning {n}"));
            handle.warn("again");
        }
        let warnings = handle.at(at(0)).warnings;
        assert_eq!(warnings.len(), WARNINGS);
        assert_eq!(warnings.iter().filter(|w| *w == "again").count(), 1);
    }
}
