//! When the watch was awake, and what time it is.
//!
//! Owns [`Clockface`]: the newest moment, jumps of the clock, and which hours
//! nobody watched, so that a hub that was down does not teach silence. Called
//! by `watch`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::meter::Awake;
use crate::model::time::Timestamp;

/// A gap longer than this between two calls, in minutes, was not watched.
const GAP: i64 = 10;
/// Hours that are remembered.
const HOURS: i64 = 24 * 28;

/// The watch's own time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clockface {
    /// When the watch began.
    pub began: i64,
    /// The minute since 1970 that it is.
    pub minute: i64,
    /// Minutes of an hour that nobody watched, where there are any.
    asleep: BTreeMap<i64, u8>,
    /// How often the clock was set back by more than a minute.
    pub set_back: u64,
}

impl Clockface {
    /// A watch that begins at `now`.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        let minute = minute(now);
        Self {
            began: minute,
            minute,
            asleep: BTreeMap::new(),
            set_back: 0,
        }
    }

    /// Moves to `now`.
    pub fn wake(&mut self, now: Timestamp) {
        let now = minute(now);
        if now < self.minute - 1 {
            self.set_back += 1;
            self.minute = now;
        } else if now > self.minute {
            if now - self.minute > GAP {
                self.sleep(now);
            }
            self.minute = now;
        }
    }

    fn sleep(&mut self, until: i64) {
        let mut from = self.minute.max(until - HOURS * 60);
        while from < until {
            let end = ((from.div_euclid(60) + 1) * 60).min(until);
            let slept = u8::try_from(end - from).unwrap_or(60);
            let hour = self.asleep.entry(from.div_euclid(60)).or_default();
            *hour = hour.saturating_add(slept).min(60);
            from = end;
        }
        let oldest = until.div_euclid(60) - HOURS;
        self.asleep.retain(|hour, _| *hour >= oldest);
    }

    /// Hours since the watch began, less those that nobody watched.
    #[must_use]
    pub fn watched(&self) -> f32 {
        let slept: i64 = self.asleep.values().map(|m| i64::from(*m)).sum();
        let minutes = (self.minute - self.began - slept).clamp(0, HOURS * 60);
        f32::from(u16::try_from(minutes).unwrap_or(u16::MAX)) / 60.0
    }
}

impl Awake for Clockface {
    fn share(&self, hour: i64) -> f32 {
        let slept = self.asleep.get(&hour).copied().unwrap_or(0);
        1.0 - f32::from(slept) / 60.0
    }
}

/// The minute since 1970 of a moment.
#[must_use]
pub fn minute(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(60_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_millis(minute * 60_000)
    }

    #[test]
    fn hours_that_nobody_watched_count_for_nothing() {
        let mut clock = Clockface::new(at(0));
        clock.wake(at(5));
        clock.wake(at(150));
        assert!((clock.share(0) - 5.0 / 60.0).abs() < 1e-6);
        assert!(clock.share(1).abs() < 1e-6);
        assert!((clock.share(2) - 0.5).abs() < 1e-6);
        assert!((clock.watched() - 5.0 / 60.0).abs() < 1e-3);
        clock.wake(at(100));
        assert_eq!((clock.minute, clock.set_back), (100, 1));
    }
}
