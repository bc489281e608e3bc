//! What is usual for one key at this hour of the week.
//!
//! Owns [`Rhythm`]: the level of a key, its day and its week, each leaning on
//! the one before while it has seen little, and how far counts scatter about
//! it. Learns whole hours only, and none that it is told to leave out (a burst,
//! a hub that was down). Knows no windows. Called by `meter` and `silence`.

use serde::{Deserialize, Serialize};

/// Posts and the hours that they came in, both fading with age.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "(f32, f32)", into = "(f32, f32)")]
struct Mean {
    posts: f32,
    hours: f32,
}

impl From<(f32, f32)> for Mean {
    fn from((posts, hours): (f32, f32)) -> Self {
        Self { posts, hours }
    }
}

impl From<Mean> for (f32, f32) {
    fn from(mean: Mean) -> Self {
        (mean.posts, mean.hours)
    }
}

impl Mean {
    fn learn(&mut self, posts: f32, hours: f32, keep: f32) {
        self.posts = self.posts * keep + posts;
        self.hours = self.hours * keep + hours;
    }

    /// The rate, leaning on `lean` as if that had been seen for `weight` hours.
    fn rate(self, lean: f32, weight: f32) -> f32 {
        (self.posts + lean * weight) / (self.hours + weight)
    }
}

/// What stays of the level at each hour (a memory of two weeks), of an hour of
/// the day at each day (two weeks), of an hour of the week at each week (four).
const KEEP_LEVEL: f32 = 1.0 - 1.0 / 336.0;
const KEEP_DAY: f32 = 0.93;
const KEEP_WEEK: f32 = 0.75;
/// Of the scatter of five minutes, at each of them (a week).
const KEEP_FIVE: f32 = 0.9995;

/// For how many hours a cell leans on the one before it.
const LEAN_DAY: f32 = 3.0;
const LEAN_WEEK: f32 = 2.0;

/// What a key that nobody has heard of is taken to have had: one post in half
/// an hour of watching.
const UNHEARD: Mean = Mean {
    posts: 0.5,
    hours: 0.5,
};

/// The scatter that is assumed at first, and how much it weighs.
const SPREAD: f32 = 0.02;
const SPREAD_WEIGHT: f32 = 40.0;

/// Hours after which the baseline is good enough to measure scatter about it:
/// before, its own misfit would be taken for scatter.
const SETTLED: f32 = 60.0;

/// Keys with fewer posts than this in memory have no week of their own: it
/// would be noise, and 1.3 KB a key.
const WEEK_FROM: f32 = 150.0;

/// Hours of a week.
pub const HOURS: usize = 168;

/// The usual rate of one key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rhythm {
    level: Mean,
    day: [Mean; 24],
    #[serde(default, skip_serializing_if = "Option::is_none")]
    week: Option<Box<Week>>,
    /// Of hours, and of five minutes.
    hours: Scatter,
    fives: Scatter,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Week(Vec<Mean>);

/// How counts scatter about what was expected, by the method of moments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Scatter {
    /// Squared differences beyond Poisson's, and squared expectations.
    beyond: f32,
    squared: f32,
}

impl Scatter {
    /// One count cannot say more about scatter than a fourfold one would: what
    /// is beyond that is a burst, not scatter.
    fn learn(&mut self, posts: f32, expected: f32, keep: f32) {
        let most = 4.0 * expected + 6.0;
        let posts = posts.min(most);
        let off = posts - expected;
        self.beyond = self.beyond * keep + off * off - posts;
        self.squared = self.squared * keep + expected * expected;
    }

    /// The spread: variance is `m + spread * m^2`.
    fn spread(self) -> f32 {
        let sum = self.beyond.max(0.0) + SPREAD * SPREAD_WEIGHT;
        (sum / (self.squared + SPREAD_WEIGHT)).min(10.0)
    }
}

impl Rhythm {
    /// A key that had no post in `hours` of watching.
    #[must_use]
    pub fn unheard(hours: f32) -> Self {
        Self {
            level: Mean {
                posts: 0.0,
                hours: hours.clamp(0.0, 336.0),
            },
            ..Self::default()
        }
    }

    /// Forgets what was usual: an hour has `posts` from now on, known as well
    /// as six hours would tell. What is known of the scatter stays.
    pub fn settle(&mut self, posts: u32) {
        let posts = f32::from(u16::try_from(posts).unwrap_or(u16::MAX));
        self.level = Mean {
            posts: posts * 6.0,
            hours: 6.0,
        };
        self.day = [Mean::default(); 24];
        self.week = None;
    }

    /// Posts of the whole memory, fading: how much a key is worth remembering.
    #[must_use]
    pub fn weight(&self) -> f32 {
        self.level.posts
    }

    /// Posts of a usual hour, whatever hour it is.
    #[must_use]
    pub fn level(&self) -> f32 {
        self.level.posts / self.level.hours.max(1.0)
    }

    /// Hours that were learnt from, fading: at most two weeks.
    #[must_use]
    pub fn known_hours(&self) -> f32 {
        self.level.hours
    }

    /// Learns that `posts` came in `hours` (0 to 1) of the hour `hour` since
    /// 1970.
    pub fn learn(&mut self, hour: i64, posts: u32, hours: f32) {
        if hours <= 0.0 {
            return;
        }
        let posts = f32::from(u16::try_from(posts).unwrap_or(u16::MAX));
        let expected = self.hourly(hour) * hours;
        if self.level.hours >= SETTLED {
            self.hours.learn(posts, expected, KEEP_LEVEL);
        }
        self.level
            .learn(posts, hours, 1.0 - hours * (1.0 - KEEP_LEVEL));
        if let Some(cell) = self.day.get_mut(index(hour, 24)) {
            cell.learn(posts, hours, KEEP_DAY);
        }
        if self.week.is_none() && self.level.posts >= WEEK_FROM {
            self.week = Some(Box::new(Week(vec![Mean::default(); HOURS])));
        }
        let cells = self.week.as_mut();
        if let Some(cell) = cells.and_then(|week| week.0.get_mut(index(hour, 168))) {
            cell.learn(posts, hours, KEEP_WEEK);
        }
    }

    /// Learns that `posts` came in the five minutes that end at `minute`, after
    /// `empty` spans of five minutes without one.
    pub fn learn_five(&mut self, minute: i64, posts: u32, empty: u16) {
        let posts = f32::from(u16::try_from(posts).unwrap_or(u16::MAX));
        #[allow(clippy::cast_possible_truncation)] // a rate of posts
        let expected = (self.per_minute(minute) * 5.0) as f32;
        if self.level.hours < SETTLED {
            return;
        }
        for _ in 0..empty.min(288) {
            self.fives.learn(0.0, expected, KEEP_FIVE);
        }
        self.fives.learn(posts, expected, KEEP_FIVE);
    }

    /// The usual posts of the hour `hour` since 1970.
    #[must_use]
    pub fn hourly(&self, hour: i64) -> f32 {
        let level = self
            .level
            .rate(UNHEARD.posts / UNHEARD.hours, UNHEARD.hours);
        let day = self.day.get(index(hour, 24)).copied().unwrap_or_default();
        let daily = day.rate(level, LEAN_DAY);
        let week = self.week.as_ref().and_then(|w| w.0.get(index(hour, 168)));
        week.map_or(daily, |cell| cell.rate(daily, LEAN_WEEK))
    }

    /// The least that may be called usual for the hour: as it was at this hour of
    /// the day, without leaning on the level, where that is less.
    #[must_use]
    pub fn least_hourly(&self, hour: i64) -> f32 {
        let day = self.day.get(index(hour, 24)).copied().unwrap_or_default();
        if day.hours < 2.0 {
            return 0.0;
        }
        self.hourly(hour).min(day.posts / day.hours)
    }

    /// The usual posts a minute at `minute` since 1970: between the middles of
    /// two hours in a straight line, so that the full hour is no cliff.
    #[must_use]
    pub fn per_minute(&self, minute: i64) -> f64 {
        let hour = minute.div_euclid(60);
        let past = f32::from(u8::try_from(minute.rem_euclid(60)).unwrap_or(0)) / 60.0;
        let (other, share) = if past < 0.5 {
            (hour - 1, 0.5 - past)
        } else {
            (hour + 1, past - 0.5)
        };
        let rate = self.hourly(hour) * (1.0 - share) + self.hourly(other) * share;
        f64::from(rate) / 60.0
    }

    /// How counts of `minutes` scatter: variance is `m + spread * m^2`. Holds
    /// what hours and five minutes showed, and how little is known of the level
    /// itself. What scatters within five minutes evens out over longer ones.
    #[must_use]
    pub fn spread(&self, minutes: u16) -> f64 {
        let level = 1.0 / (self.level.posts + UNHEARD.posts + 1.0);
        let short = self.fives.spread() * (5.0 / f32::from(minutes)).min(1.0);
        f64::from(self.hours.spread().max(short) + level)
    }

    /// The greatest spread that was seen at any length; without end before any
    /// was measured.
    #[must_use]
    pub fn wildest(&self) -> f32 {
        if self.level.hours < SETTLED {
            return f32::MAX;
        }
        self.hours.spread().max(self.fives.spread())
    }
}

fn index(hour: i64, of: i64) -> usize {
    usize::try_from(hour.rem_euclid(of)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daily_rhythm_is_learnt_within_a_fortnight() {
        let mut rhythm = Rhythm::default();
        for hour in 0..336 {
            let posts = if hour % 24 == 18 { 40 } else { 4 };
            rhythm.learn(hour, posts, 1.0);
        }
        assert!(rhythm.hourly(336 + 18) > 30.0, "{}", rhythm.hourly(354));
        assert!(rhythm.hourly(336 + 3) < 6.0);
    }

    #[test]
    fn a_weekly_rhythm_tells_sunday_from_monday() {
        let mut rhythm = Rhythm::default();
        for hour in 0..168 * 5 {
            let posts = if hour % 168 == 20 { 60 } else { 5 };
            rhythm.learn(hour, posts, 1.0);
        }
        assert!(rhythm.hourly(168 * 5 + 20) > 35.0);
        assert!(rhythm.hourly(168 * 5 + 24 + 20) < 15.0);
    }

    #[test]
    fn what_scatters_is_told_from_what_does_not() {
        let (mut even, mut wild) = (Rhythm::default(), Rhythm::default());
        for hour in 0..400 {
            even.learn(hour, 10, 1.0);
            wild.learn(hour, if hour % 5 == 0 { 40 } else { 2 }, 1.0);
        }
        assert!(even.spread(60) < 0.05, "{}", even.spread(60));
        assert!(wild.spread(60) > 0.5, "{}", wild.spread(60));
    }

    #[test]
    fn an_hour_that_nobody_watched_teaches_nothing() {
        let mut rhythm = Rhythm::default();
        rhythm.learn(1, 10, 1.0);
        let before = rhythm.clone();
        rhythm.learn(2, 0, 0.0);
        assert_eq!(rhythm, before);
    }
}
