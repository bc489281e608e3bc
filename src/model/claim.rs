//! Known claims that a post repeats or denies, and what officers say of it.
//!
//! Owns [`ClaimMatch`] as it is stored with a reading, and the [`Evidence`] that a
//! confirmation keeps. Which claims fit is `insight`'s.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::ids::OfficerId;
use super::time::Timestamp;
use crate::text::Untrusted;

/// What a post does with a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stance {
    /// It says that it is so, or passes it on.
    Spreads,
    /// It says that it is not so.
    Denies,
    /// It asks whether it is so.
    Asks,
}

impl Stance {
    /// What the post does, as in "spreads".
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Spreads => "spreads",
            Self::Denies => "denies",
            Self::Asks => "asks about",
        }
    }
}

/// How a fact-check rates a claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Rating {
    /// It is not so.
    False,
    /// Some of it is so.
    Mixed,
    /// It is so.
    True,
    /// The rating says none of these.
    #[default]
    Unclear,
}

impl Rating {
    /// The word, lower case.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::False => "false",
            Self::Mixed => "partly false",
            Self::True => "true",
            Self::Unclear => "not rated",
        }
    }
}

/// How sure a match is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// An officer should look: about one in two is right.
    Suggested,
    /// Nineteen of twenty are right.
    Confirmed,
}

/// What an officer said of a match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// Whether the post is about the claim.
    pub fits: bool,
    /// Who said so.
    pub by: OfficerId,
    /// When.
    pub at: Timestamp,
}

/// A claim that a post repeats, denies or asks about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClaimMatch {
    /// The claim's id: the review's address, where its feed gives none.
    pub id: Untrusted,
    /// What is claimed.
    pub claim: Untrusted,
    /// The headline of the review.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub title: Untrusted,
    /// Where the review is: the correction to answer with.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub url: Untrusted,
    /// Who reviewed it.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub by: Untrusted,
    /// What the review finds.
    #[serde(default)]
    pub rating: Rating,
    /// How sure the match is.
    pub level: Level,
    /// What the post does with it.
    pub stance: Stance,
    /// How well it fits; comparable between posts, without an upper end.
    pub score: u16,
    /// The share of the claim's weight that the post holds, in percent.
    pub held: u8,
    /// The share of its score by which it is ahead of the next claim, in percent.
    pub lead: u8,
    /// How near the two are in meaning, in percent, where an encoder tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near: Option<u8>,
    /// What an officer said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
}

impl ClaimMatch {
    /// Whether an officer has still to say whether it fits.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.verdict.is_none()
    }

    /// Whether an officer said that the post is not about it.
    #[must_use]
    pub fn is_rejected(&self) -> bool {
        self.verdict.as_ref().is_some_and(|verdict| !verdict.fits)
    }

    /// Whether the post is taken to be about the claim: an officer says so, or
    /// the match is sure and nobody says otherwise.
    #[must_use]
    pub fn counts(&self) -> bool {
        match &self.verdict {
            Some(verdict) => verdict.fits,
            None => self.level == Level::Confirmed,
        }
    }
}

/// What is kept of a confirmed match as evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// The post's words as they were then.
    pub text: Untrusted,
    /// Where the post is.
    pub link: Untrusted,
    /// When it was confirmed.
    pub at: Timestamp,
    /// SHA-256 of text, a zero byte, link, a zero byte and time, in hex.
    pub hash: String,
}

impl Evidence {
    /// The evidence of a post with (`text`, `link`).
    #[must_use]
    pub fn of(at: Timestamp, (text, link): (&Untrusted, &Untrusted)) -> Self {
        Self {
            text: text.clone(),
            link: link.clone(),
            at,
            hash: hash(at, (text, link)),
        }
    }

    /// Whether nothing of it was changed since.
    #[must_use]
    pub fn holds(&self) -> bool {
        hash(self.at, (&self.text, &self.link)) == self.hash
    }
}

fn hash(at: Timestamp, (text, link): (&Untrusted, &Untrusted)) -> String {
    let mut hash = Sha256::new();
    hash.update(text.as_evidence().as_bytes());
    hash.update([0]);
    hash.update(link.as_evidence().as_bytes());
    hash.update([0]);
    hash.update(at.to_string().as_bytes());
    hash.finalize()
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_shows_when_it_was_changed() {
        let at = Timestamp::from_millis(5);
        let mut kept = Evidence::of(at, (&"words".into(), &"https://x.example".into()));
        assert!(kept.holds());
        kept.text = "words!".into();
        assert!(!kept.holds());
    }
}
