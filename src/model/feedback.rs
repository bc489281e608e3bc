//! What an officer says of what was read or raised: the lessons that
//! `watchfloor insight train` learns thresholds from.
//!
//! Owns [`Feedback`]. It is logged; it never changes a threshold by itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::reading::Feeling;

/// One officer's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "what", content = "is", rename_all = "snake_case")]
pub enum Feedback {
    /// It is not for this floor, or not as urgent as it was read.
    NotRelevant,
    /// An alert that should not have been raised.
    FalseAlarm,
    /// It feels so, whatever was read.
    Sentiment(Feeling),
}

impl Feedback {
    /// Every word there is.
    pub const ALL: [Self; 5] = [
        Self::NotRelevant,
        Self::FalseAlarm,
        Self::Sentiment(Feeling::Negative),
        Self::Sentiment(Feeling::Neutral),
        Self::Sentiment(Feeling::Positive),
    ];

    /// As it is typed.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NotRelevant => "not-relevant",
            Self::FalseAlarm => "false-alarm",
            Self::Sentiment(_) => self.words(),
        }
    }

    /// The words, as in "it is a false alarm".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NotRelevant => "not relevant",
            Self::FalseAlarm => "a false alarm",
            Self::Sentiment(Feeling::Negative) => "negative",
            Self::Sentiment(Feeling::Neutral) => "neutral",
            Self::Sentiment(Feeling::Positive) => "positive",
        }
    }
}
