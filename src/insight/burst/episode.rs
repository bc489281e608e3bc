//! The life of one burst: raised once, told again in steps, ended with
//! hysteresis.
//!
//! Owns [`Episode`] and the rules when it steps and ends. Knows no keys and no
//! posts. Called by `watch`.

use serde::{Deserialize, Serialize};

use super::meter::Reading;

/// Fewer posts than this are no burst, however unusual.
pub const FEWEST: u32 = 4;
/// A step is told when the posts of the last hour have doubled since the last
/// one, and no sooner than this many minutes after it.
const GROWTH: u32 = 2;
const STEP_AFTER: i64 = 5;
/// Surprise below which a burst is calm: chance would bring such a count more
/// than once a week.
const CALM: f64 = 0.0;
/// Minutes that it must stay calm to be over.
const CALM_FOR: i64 = 30;
/// Minutes after the end within which a new rise is the same burst again.
const AGAIN: i64 = 24 * 60;
/// Minutes after which what goes on is the new usual.
const SETTLED: i64 = 72 * 60;

/// What became of a burst at a look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nothing to tell.
    Same,
    /// It has doubled.
    Grown,
    /// It had ended, and rises again.
    Again,
    /// It is over.
    Over,
    /// It has gone on for three days: this is usual now.
    Settled,
}

/// One burst of one key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Episode {
    /// The minute since 1970 when it was raised.
    pub raised: i64,
    /// Since when it is on without a break.
    on_since: i64,
    /// The most posts of an hour when it was last told, and when that was.
    told: u32,
    told_at: i64,
    /// The greatest surprise so far.
    pub peak: f64,
    /// Since when it is calm.
    calm_since: Option<i64>,
    /// When it ended.
    pub ended: Option<i64>,
}

impl Episode {
    /// A burst raised at `minute` with `hour` posts in the last hour.
    #[must_use]
    pub fn new(minute: i64, reading: &Reading, hour: u32) -> Self {
        Self {
            raised: minute,
            on_since: minute,
            told: hour,
            told_at: minute,
            peak: reading.surprise,
            calm_since: None,
            ended: None,
        }
    }

    /// Whether it is on.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.ended.is_none()
    }

    /// Whether a new rise at `minute` would be this burst again.
    #[must_use]
    pub fn would_be_again(&self, minute: i64) -> bool {
        self.ended.is_none_or(|end| minute - end <= AGAIN)
    }

    /// Looks at it at `minute`: `threshold` is the surprise that raises.
    pub fn look(&mut self, minute: i64, reading: &Reading, (hour, threshold): (u32, f64)) -> Turn {
        self.peak = self.peak.max(reading.surprise);
        if self.ended.is_some() {
            if reading.surprise < threshold || reading.observed < FEWEST {
                return Turn::Same;
            }
            self.ended = None;
            self.calm_since = None;
            self.on_since = minute;
            return self.tell(minute, hour, Turn::Again);
        }
        if reading.surprise < CALM {
            let since = *self.calm_since.get_or_insert(minute);
            if minute - since >= CALM_FOR {
                self.ended = Some(minute);
                return Turn::Over;
            }
            return Turn::Same;
        }
        self.calm_since = None;
        if minute - self.on_since >= SETTLED {
            self.ended = Some(minute);
            return Turn::Settled;
        }
        if hour >= self.told.saturating_mul(GROWTH) && minute - self.told_at >= STEP_AFTER {
            return self.tell(minute, hour, Turn::Grown);
        }
        Turn::Same
    }

    fn tell(&mut self, minute: i64, hour: u32, turn: Turn) -> Turn {
        self.told = self.told.max(hour);
        self.told_at = minute;
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(surprise: f64) -> Reading {
        Reading {
            minutes: 15,
            observed: 20,
            expected: 2.0,
            spread: 0.1,
            surprise,
        }
    }

    #[test]
    fn it_steps_at_each_doubling_and_ends_after_half_an_hour_of_calm() {
        let mut burst = Episode::new(0, &reading(3.0), 10);
        let at = |burst: &mut Episode, minute, surprise, hour| {
            burst.look(minute, &reading(surprise), (hour, 1.0))
        };
        assert_eq!(at(&mut burst, 2, 4.0, 25), Turn::Same, "too soon");
        assert_eq!(at(&mut burst, 6, 4.0, 25), Turn::Grown);
        assert_eq!(at(&mut burst, 20, 4.0, 30), Turn::Same);
        assert_eq!(at(&mut burst, 60, -1.0, 5), Turn::Same);
        assert_eq!(at(&mut burst, 80, 0.5, 5), Turn::Same, "not calm after all");
        assert_eq!(at(&mut burst, 90, -1.0, 5), Turn::Same);
        assert_eq!(at(&mut burst, 119, -1.0, 5), Turn::Same);
        assert_eq!(at(&mut burst, 120, -1.0, 5), Turn::Over);
        assert!(!burst.is_on());
    }

    #[test]
    fn a_new_rise_within_a_day_is_the_same_burst() {
        let mut burst = Episode::new(0, &reading(3.0), 10);
        burst.look(10, &reading(-1.0), (1, 1.0));
        assert_eq!(burst.look(40, &reading(-1.0), (1, 1.0)), Turn::Over);
        assert_eq!(burst.look(200, &reading(0.9), (9, 1.0)), Turn::Same);
        assert_eq!(burst.look(300, &reading(1.5), (9, 1.0)), Turn::Again);
        assert!(burst.is_on());
        assert!(burst.would_be_again(10_000));
    }

    #[test]
    fn what_goes_on_for_three_days_is_usual() {
        let mut burst = Episode::new(0, &reading(3.0), 10);
        assert_eq!(burst.look(72 * 60, &reading(3.0), (10, 1.0)), Turn::Settled);
    }
}
