//! One key's measure: its last hour against what is usual, as one number.
//!
//! Owns [`Meter`] (counts, baseline and history of one key) and [`Reading`]
//! (what the most surprising window shows). Decides nothing: what is raised is
//! `episode`'s. Called by `watch`.

use serde::{Deserialize, Serialize};

use super::chance;
use super::habit::Habit;
use super::pulse::{Pulse, WINDOWS};
use super::rhythm::Rhythm;

/// What the most surprising window of a key shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The window, in minutes.
    pub minutes: u16,
    /// Posts in it.
    pub observed: u32,
    /// Posts that are usual in it at this hour of the week.
    pub expected: f64,
    /// Variance of the usual count: `expected + spread * expected^2`.
    pub spread: f64,
    /// `-log10` of how often a week chance would bring this, for this key.
    pub surprise: f64,
}

/// Hours that were watched, as a key learns them: how much of each hour since
/// 1970 the watch was awake, 0 to 1.
pub trait Awake {
    /// The share of `hour` that was watched.
    fn share(&self, hour: i64) -> f32;
}

impl Awake for f32 {
    fn share(&self, _: i64) -> f32 {
        *self
    }
}

/// While less than this is known of a key, it learns each ten minutes instead
/// of each hour.
const NEW: f32 = 3.0;
const SLICE: i64 = 10;
/// Hours of silence that are learnt one by one; of longer ones only the last.
const CATCH_UP: i64 = 24 * 28;

/// What a key shows that was not watched for long enough.
const UNSURE: f64 = -1.0;

/// From this weight and this many posts an hour on a key has a habit; above
/// this spread it is asked.
const BUSY: f32 = 100.0;
const OFTEN: f32 = 20.0;
const WILD: f32 = 0.07;
/// Where the habit is asked, the formula counts for this much less: it knows
/// the scatter only, the habit knows the leaps.
const SLACK: f64 = 4.0;

/// One key: counts, baseline, history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Meter {
    pulse: Pulse,
    rhythm: Rhythm,
    /// Of a busy key only: the others are told well enough by the formula.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    habit: Option<Box<Habit>>,
    /// The five minutes since 1970 that are being counted, and their posts.
    five: i64,
    in_five: u32,
    /// The minute since 1970 from which on nothing was learnt yet.
    unlearnt: i64,
    /// Posts since then.
    posts: u32,
    /// A burst was on since then: nothing is learnt from it.
    held: bool,
}

impl Meter {
    /// A key that had no post in `hours` of watching before `minute`.
    #[must_use]
    pub fn unheard(minute: i64, hours: f32) -> Self {
        Self {
            pulse: Pulse::new(minute),
            rhythm: Rhythm::unheard(hours),
            habit: None,
            five: minute.div_euclid(5),
            in_five: 0,
            unlearnt: minute,
            posts: 0,
            held: false,
        }
    }

    /// Moves to `minute`, learning what is whole by then.
    pub fn advance(&mut self, minute: i64, awake: &impl Awake) {
        self.learn_five(minute);
        self.pulse.advance(minute);
        if minute < self.unlearnt {
            // The clock was set back: what is counted so far is of no hour.
            self.start_over(minute);
            return;
        }
        loop {
            let new = self.rhythm.known_hours() < NEW;
            let slice = if new { SLICE } else { 60 };
            let end = (self.unlearnt.div_euclid(slice) + 1) * slice;
            if minute < end {
                return;
            }
            self.close(end, awake);
            if minute - self.unlearnt > CATCH_UP * 60 {
                self.unlearnt = minute - CATCH_UP * 60;
            }
        }
    }

    /// Learns the five minutes that were counted, when they are over.
    fn learn_five(&mut self, minute: i64) {
        let five = minute.div_euclid(5);
        if five <= self.five {
            self.five = five;
            return;
        }
        if !self.held {
            let empty = u16::try_from(five - self.five - 1).unwrap_or(u16::MAX);
            self.rhythm.learn_five(self.five * 5, self.in_five, empty);
        }
        if self.rhythm.weight() >= BUSY && self.rhythm.level() >= OFTEN {
            let hour = self.last_hour();
            self.habit.get_or_insert_default().learn(hour);
        }
        self.five = five;
        self.in_five = 0;
    }

    fn close(&mut self, end: i64, awake: &impl Awake) {
        let hour = self.unlearnt.div_euclid(60);
        if !self.held {
            let minutes = u16::try_from(end - self.unlearnt).unwrap_or(60);
            let hours = f32::from(minutes) / 60.0 * awake.share(hour);
            self.rhythm.learn(hour, self.posts, hours);
        }
        self.start_over(end);
    }

    fn start_over(&mut self, minute: i64) {
        self.unlearnt = minute;
        self.posts = 0;
        self.held = false;
    }

    /// Leaves what is counted since the last hour out of the baseline.
    pub fn hold(&mut self) {
        self.held = true;
    }

    /// Counts `posts` in `minute`; false when they are too late for any window.
    /// [`Meter::advance`] comes first.
    pub fn add(&mut self, minute: i64, posts: u32) -> bool {
        let counted = self.pulse.add(minute, posts);
        if counted {
            self.posts = self.posts.saturating_add(posts);
            self.in_five = self.in_five.saturating_add(posts);
        }
        counted
    }

    /// Learns an hour of long ago: from a log, before the watch begins.
    pub fn teach(&mut self, hour: i64, posts: u32) {
        self.rhythm.learn(hour, posts, 1.0);
    }

    /// Takes what came in the last hour for the new usual.
    pub fn settle(&mut self) {
        self.rhythm.settle(self.last_hour());
        self.held = false;
    }

    /// What the most surprising window shows at `minute`. A key that was watched
    /// for fewer than `warm` hours surprises nobody.
    #[must_use]
    pub fn read(&self, minute: i64, warm: f32) -> Reading {
        let now = self.rhythm.per_minute(minute);
        let mut best = Reading {
            surprise: f64::MIN,
            ..Reading::default()
        };
        for (window, observed) in WINDOWS.into_iter().zip(self.pulse.counts()) {
            let minutes = f64::from(window);
            // The middle of a long window may lie in another hour.
            let rate = match window {
                30.. => self.rhythm.per_minute(minute - i64::from(window / 2)),
                _ => now,
            };
            let expected = rate * minutes;
            let spread = self.rhythm.spread(window);
            let tail = chance::ln_tail(f64::from(observed), expected, spread);
            let surprise = chance::surprise(tail, minutes);
            if surprise > best.surprise {
                best = Reading {
                    minutes: window,
                    observed,
                    expected,
                    spread,
                    surprise,
                };
            }
        }
        best.surprise = self.for_this_key(best.surprise);
        if self.rhythm.known_hours() < warm {
            best.surprise = best.surprise.min(UNSURE);
        }
        best
    }

    /// A surprise by the formula as it is for this key: as it stands where the
    /// key is not busy or scatters no more than the formula expects, by its own
    /// habit where it does.
    fn for_this_key(&self, surprise: f64) -> f64 {
        match &self.habit {
            Some(habit) if self.rhythm.wildest() >= WILD => {
                habit.surprise(self.last_hour()).min(surprise + SLACK)
            }
            _ => surprise,
        }
    }

    /// The usual rate.
    #[must_use]
    pub fn rhythm(&self) -> &Rhythm {
        &self.rhythm
    }

    /// Posts of the last hour.
    #[must_use]
    pub fn last_hour(&self) -> u32 {
        self.pulse.counts().last().copied().unwrap_or(0)
    }
}
