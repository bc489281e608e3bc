//! How bad it is: five steps that every channel's own scale is mapped to.
//!
//! Knows nothing of colours or symbols (that is the theme's and the view's).

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Severity, from worst to least. Ordered so that `Critical` is the greatest.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// For the record.
    Info,
    /// Can wait for the day.
    Low,
    /// The default for what a channel does not grade.
    #[default]
    Medium,
    /// Needs an officer soon.
    High,
    /// Needs an officer now; leaves the building when nobody takes it.
    Critical,
}

impl Severity {
    /// From worst to least.
    pub const ALL: [Self; 5] = [
        Self::Critical,
        Self::High,
        Self::Medium,
        Self::Low,
        Self::Info,
    ];

    /// The word, lower case.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Info => "info",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The word names no severity.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("A severity is one of critical, high, medium, low, info.")]
pub struct NotASeverity;

impl FromStr for Severity {
    type Err = NotASeverity;

    fn from_str(word: &str) -> Result<Self, NotASeverity> {
        Self::ALL
            .into_iter()
            .find(|s| s.word() == word)
            .ok_or(NotASeverity)
    }
}
