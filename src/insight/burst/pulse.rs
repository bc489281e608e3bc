//! The last hour of one key, minute by minute.
//!
//! Owns [`Pulse`]: counts of posts in the last 1 to 60 minutes, whatever order
//! they came in. Knows no baseline. Called by `meter`.

use serde::{Deserialize, Serialize};

/// Minutes that are remembered.
pub const SPAN: usize = 60;
const SPAN_MINUTES: i64 = 60;

/// The windows that are looked at, in minutes: 1, 5, 15 and 60 and one step
/// between each two, so that no burst falls between two windows.
pub const WINDOWS: [u16; 7] = [1, 2, 5, 10, 15, 30, 60];

/// Counts of the last [`SPAN`] minutes. A minute counts 65,535 at most: beyond
/// that nothing is decided by one more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pulse {
    /// The newest minute (since 1970) that was counted.
    newest: i64,
    /// By minute modulo [`SPAN`].
    #[serde(with = "sparse")]
    minutes: [u16; SPAN],
}

impl Pulse {
    /// Nothing counted, at `minute`.
    #[must_use]
    pub fn new(minute: i64) -> Self {
        Self {
            newest: minute,
            minutes: [0; SPAN],
        }
    }

    /// Moves to `now`: what is older than an hour is forgotten. When the clock
    /// was set back, what is counted beyond it is dropped, since nobody can say
    /// when it was.
    pub fn advance(&mut self, now: i64) {
        let gone = now - self.newest;
        if gone == 0 {
            return;
        }
        if gone >= SPAN_MINUTES || gone <= -(SPAN_MINUTES) {
            self.minutes = [0; SPAN];
        } else if gone > 0 {
            for minute in self.newest + 1..=now {
                self.minutes[slot(minute)] = 0;
            }
        } else {
            for minute in now + 1..=self.newest {
                self.minutes[slot(minute)] = 0;
            }
        }
        self.newest = now;
    }

    /// Counts `posts` in `minute`. False, and nothing counted, when that is more
    /// than an hour before the newest: it belongs to no window any more.
    pub fn add(&mut self, minute: i64, posts: u32) -> bool {
        let minute = minute.min(self.newest);
        if self.newest - minute >= SPAN_MINUTES {
            return false;
        }
        let count = &mut self.minutes[slot(minute)];
        *count = count.saturating_add(u16::try_from(posts).unwrap_or(u16::MAX));
        true
    }

    /// Posts in each of [`WINDOWS`], up to and with the newest minute.
    #[must_use]
    pub fn counts(&self) -> [u32; WINDOWS.len()] {
        let mut counts = [0; WINDOWS.len()];
        let mut sum = 0;
        let mut from = 0;
        for (count, window) in counts.iter_mut().zip(WINDOWS) {
            for back in from..i64::from(window) {
                sum += u32::from(self.minutes[slot(self.newest - back)]);
            }
            from = i64::from(window);
            *count = sum;
        }
        counts
    }
}

fn slot(minute: i64) -> usize {
    usize::try_from(minute.rem_euclid(SPAN_MINUTES)).unwrap_or(0)
}

/// Most minutes of most keys are empty: what is kept are the others.
mod sparse {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::SPAN;

    pub(super) fn serialize<S: Serializer>(of: &[u16; SPAN], to: S) -> Result<S::Ok, S::Error> {
        let full: Vec<(usize, u16)> = (0..SPAN)
            .zip(of.iter().copied())
            .filter(|(_, n)| *n > 0)
            .collect();
        full.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[u16; SPAN], D::Error> {
        let mut minutes = [0; SPAN];
        for (at, posts) in Vec::<(usize, u16)>::deserialize(from)? {
            if let Some(minute) = minutes.get_mut(at) {
                *minute = posts;
            }
        }
        Ok(minutes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn windows_hold_what_came_in_them_whatever_the_order() {
        let mut pulse = Pulse::new(1000);
        for (minute, posts) in [(1000, 2), (996, 3), (998, 1), (950, 7)] {
            assert!(pulse.add(minute, posts));
        }
        assert!(!pulse.add(940, 9), "an hour late belongs to no window");
        assert_eq!(pulse.counts(), [2, 2, 6, 6, 6, 6, 13]);
        pulse.advance(1003);
        assert_eq!(pulse.counts(), [0, 0, 2, 6, 6, 6, 13]);
    }

    #[test]
    fn a_clock_set_back_forgets_the_future() {
        let mut pulse = Pulse::new(1000);
        pulse.add(1000, 5);
        pulse.add(980, 4);
        pulse.advance(990);
        assert_eq!(pulse.counts(), [0, 0, 0, 0, 4, 4, 4]);
        pulse.advance(10);
        assert_eq!(pulse.counts(), [0; 7]);
    }

    proptest! {
        #[test]
        fn a_window_is_the_sum_of_its_minutes(
            posts in proptest::collection::vec((0i64..200, 1u32..5), 0..60),
        ) {
            let mut ordered = posts.clone();
            ordered.sort_unstable();
            let mut pulse = Pulse::new(0);
            for (minute, n) in &ordered {
                pulse.advance(*minute);
                pulse.add(*minute, *n);
            }
            pulse.advance(200);
            for (window, count) in WINDOWS.into_iter().zip(pulse.counts()) {
                let truth: u32 = posts.iter()
                    .filter(|(m, _)| *m > 200 - i64::from(window)).map(|(_, n)| n).sum();
                prop_assert_eq!(count, truth);
            }
        }
    }
}
