//! Why a score is what it is: the reasons as data, never as a number alone.
//!
//! Owns [`Why`] and how its points become a score and one of the five
//! severities. Made by `insight`, carried by the alerts that the hub raises,
//! shown by the console.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ids::ItemKey;
use super::severity::Severity;
use super::time::Timestamp;
use crate::text::Untrusted;

/// What one finding adds to a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Part {
    /// What it is about ("surprise", "authors").
    pub name: String,
    /// What it adds.
    pub points: u8,
    /// In words, with its figures.
    pub says: String,
}

impl Part {
    /// A finding worth `points` of at most `most`.
    #[must_use]
    pub fn new(name: &str, (points, most): (f64, u8), says: String) -> Self {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to `most`
        let points = points.round().clamp(0.0, f64::from(most)) as u8;
        Self {
            name: name.into(),
            points,
            says,
        }
    }
}

/// A post that is named as evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Named {
    /// Which.
    pub key: ItemKey,
    /// When it came.
    pub at: Timestamp,
    /// By which channel.
    pub channel: String,
    /// Followers of its author, or whatever the channel counts as reach.
    pub reach: u64,
}

/// How often something was seen: a language, a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counted {
    /// What.
    pub what: String,
    /// How often.
    pub times: u32,
}

/// How often strangers said a word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Said {
    /// The word.
    pub word: Untrusted,
    /// How often.
    pub times: u32,
}

/// Why something was raised, or scored as it was.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Why {
    /// The rule ("burst", "firestorm", "silent source").
    pub rule: String,
    /// The window that decided, in minutes.
    pub minutes: u32,
    /// Posts in it.
    pub observed: u32,
    /// Posts that are usual in it at this hour of the week.
    pub expected: f64,
    /// How the usual count scatters: variance is `expected + spread * expected^2`.
    pub spread: f64,
    /// Weeks between two like it by chance, on this key.
    pub weeks_between: f64,
    /// Hours of watching that the baseline was learnt from (fading, two weeks at
    /// most).
    pub baseline_hours: f64,
    /// The findings that make the score.
    pub parts: Vec<Part>,
    /// The first post of it that is still remembered.
    pub first: Option<Named>,
    /// The posts that reach furthest.
    pub top: Vec<Named>,
    /// Different authors among the remembered posts, and how many of them were
    /// never seen before.
    pub authors: u32,
    /// Of [`Why::authors`], those that were new to the floor.
    pub new_authors: u32,
    /// Languages, most frequent first.
    pub languages: Vec<Counted>,
    /// Channels, most frequent first.
    pub channels: Vec<Counted>,
    /// Words that mark these posts off from the others.
    pub words: Vec<Said>,
}

impl Why {
    /// The score, 0 to 100: the sum of the points.
    #[must_use]
    pub fn score(&self) -> u8 {
        let sum: u32 = self.parts.iter().map(|part| u32::from(part.points)).sum();
        u8::try_from(sum.min(100)).unwrap_or(100)
    }

    /// The severity of that score.
    #[must_use]
    pub fn severity(&self) -> Severity {
        severity(self.score())
    }
}

/// The severity of a score of 0 to 100: from 80 critical, 60 high, 40 medium, 20
/// low.
#[must_use]
pub fn severity(score: u8) -> Severity {
    match score {
        80.. => Severity::Critical,
        60.. => Severity::High,
        40.. => Severity::Medium,
        20.. => Severity::Low,
        _ => Severity::Info,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_the_sum_of_its_parts_and_never_above_a_hundred() {
        let part = |points| Part::new("surprise", (points, 60), "once in a year".into());
        let mut why = Why {
            parts: vec![part(33.4), part(9.6)],
            ..Why::default()
        };
        assert_eq!((why.score(), why.severity()), (43, Severity::Medium));
        why.parts.push(part(99.0));
        assert_eq!((why.score(), why.severity()), (100, Severity::Critical));
    }
}
