//! What a busy key is in the habit of, beyond what any formula says.
//!
//! Owns [`Habit`]: the counts of an hour that a key has had in the last week or
//! so, by size, and how rare a greater one is among them. A key that leaps by
//! habit needs a greater leap to be news. Knows no baseline. Called by `meter`.

use serde::{Deserialize, Serialize};

/// Sizes in steps of a tenth of the natural logarithm: 90 of them reach from
/// nothing to some 80,000 posts an hour.
const SIZES: usize = 90;
const STEP: f64 = 0.1;
/// Added to a count before its logarithm, so that few and none are near.
const FLOOR: f64 = 12.0;
/// What stays of a look at each new one: a memory of some ten days of looks
/// each five minutes.
const KEEP: f32 = 0.9997;
/// Where the upper tail begins, and how far it reaches at first (a mean excess
/// of 0.3: a third more), with the looks that this is worth.
const UPPER: f32 = 0.05;
const REACH: f64 = 0.3;
const REACH_WEIGHT: f64 = 20.0;
/// Looks below which nothing is said.
const ENOUGH: f32 = 60.0;
/// What is taken off, so that 1 here is as rare as 1 by the formula. Frozen on
/// the five development series (`watchfloor insight eval bursts`).
const OFFSET: f64 = 1.1;

/// The hours that a key has had, by size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Habit {
    sizes: Vec<f32>,
    looks: f32,
}

impl Default for Habit {
    fn default() -> Self {
        Self {
            sizes: vec![0.0; SIZES],
            looks: 0.0,
        }
    }
}

fn log(posts: u32) -> f64 {
    (f64::from(posts) + FLOOR).ln() - FLOOR.ln()
}

impl Habit {
    /// Learns that an hour had `posts`.
    pub fn learn(&mut self, posts: u32) {
        for size in &mut self.sizes {
            *size *= KEEP;
        }
        self.looks = self.looks * KEEP + 1.0;
        if let Some(size) = self.sizes.get_mut(place(log(posts))) {
            *size += 1.0;
        }
    }

    /// How rare an hour of `posts` or more is, on the scale of
    /// [`super::chance::surprise`]. The tail beyond what was seen is taken to
    /// fall like a power of the count, as fast as its upper twentieth did.
    #[must_use]
    pub fn surprise(&self, posts: u32) -> f64 {
        if self.looks < ENOUGH {
            return f64::MAX;
        }
        let mut above = 0.0;
        let mut excess = 0.0;
        let mut begins = SIZES;
        for (at, size) in self.sizes.iter().enumerate().rev() {
            if above + size > self.looks * UPPER {
                break;
            }
            above += size;
            begins = at;
        }
        let from = edge(begins);
        for (at, size) in self.sizes.iter().enumerate().skip(begins) {
            excess += f64::from(*size) * (edge(at) + STEP / 2.0 - from);
        }
        let reach = (excess + REACH * REACH_WEIGHT) / (f64::from(above) + REACH_WEIGHT);
        (log(posts) - from) / reach * std::f64::consts::LOG10_E - f64::from(UPPER).log10() - OFFSET
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to SIZES
fn place(log: f64) -> usize {
    ((log / STEP).max(0.0) as usize).min(SIZES - 1)
}

fn edge(at: usize) -> f64 {
    f64::from(u8::try_from(at).unwrap_or(u8::MAX)) * STEP
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_leaps_by_habit_needs_a_greater_leap() {
        let (mut calm, mut wild) = (Habit::default(), Habit::default());
        for look in 0..2000u32 {
            calm.learn(90 + look % 20);
            wild.learn(if look % 30 < 3 { 900 } else { 90 + look % 20 });
        }
        assert!(calm.surprise(900) > 2.5, "{}", calm.surprise(900));
        assert!(wild.surprise(900) < 1.0, "{}", wild.surprise(900));
        assert!(wild.surprise(30_000) > 1.0, "{}", wild.surprise(30_000));
    }

    #[test]
    fn nothing_is_said_before_enough_was_seen() {
        let mut new = Habit::default();
        new.learn(5);
        assert!(new.surprise(5) > 1e9);
    }
}
