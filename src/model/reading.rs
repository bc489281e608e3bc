//! What was read from a post's words: language, feeling, topics, urgency.
//!
//! Owns [`Reading`], the form in which it is stored and shown. How it is come by is
//! `insight`; numbers that a screen shows are whole percents, so that a reading is
//! small and two machines write the same one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thin_vec::ThinVec;

use super::claim::ClaimMatch;
use super::cluster::Copied;
use super::ids::OfficerId;
use super::shared::Shared;
use crate::text::Untrusted;

/// What was read from a post.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reading {
    /// Which models and topics read it: readings of another version may differ.
    pub model: Shared<String>,
    /// The language; none when it can't be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Shared<Language>>,
    /// How it feels; none when there is nothing to tell it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentiment: Option<Sentiment>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "ThinVec::is_empty")]
    #[schemars(with = "Vec<Shared<Topic>>")]
    pub topics: ThinVec<Shared<Topic>>,
    /// How urgent it is.
    #[serde(default)]
    pub urgency: Urgency,
    /// Whose copy it is; none of the first of its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copied: Option<Box<Copied>>,
    /// Known claims that it repeats, denies or asks about, best fit first.
    #[serde(default, skip_serializing_if = "ThinVec::is_empty")]
    #[schemars(with = "Vec<ClaimMatch>")]
    pub claims: ThinVec<ClaimMatch>,
    /// Whether only its beginning was read, because it is very long.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partly: bool,
}

impl Reading {
    /// The same with what officers said of `before`: their verdicts on claims and
    /// their word on the feeling outlive a new reading.
    #[must_use]
    pub fn keeping(&self, before: &Self) -> Self {
        let mut kept = self.clone();
        for judged in before.claims.iter().filter(|one| one.verdict.is_some()) {
            match kept.claims.iter_mut().find(|one| one.id == judged.id) {
                Some(one) => one.verdict.clone_from(&judged.verdict),
                None => kept.claims.push(judged.clone()),
            }
        }
        let said = before
            .sentiment
            .as_ref()
            .filter(|felt| felt.corrected_by.is_some());
        match (said, &mut kept.sentiment) {
            (Some(said), Some(felt)) => {
                felt.feeling = said.feeling;
                felt.corrected_by.clone_from(&said.corrected_by);
            }
            (Some(said), none) => *none = Some(said.clone()),
            (None, _) => {}
        }
        kept
    }
}

/// A language.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Language {
    /// ISO 639-1.
    pub code: String,
    /// How likely, in percent.
    pub percent: u8,
}

/// A feeling.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Feeling {
    /// Against, angry, sad, afraid.
    Negative,
    /// Neither, or only told.
    Neutral,
    /// For, glad, thankful.
    Positive,
}

impl Feeling {
    /// The word, lower case.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Negative => "negative",
            Self::Neutral => "neutral",
            Self::Positive => "positive",
        }
    }
}

/// How a post feels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sentiment {
    /// The likeliest.
    pub feeling: Feeling,
    /// How likely negative, neutral and positive are, in percent; calibrated.
    pub percents: [u8; 3],
    /// The words that drove it, strongest first, as the post writes them.
    #[serde(default, skip_serializing_if = "ThinVec::is_empty")]
    #[schemars(with = "Vec<Shared<Untrusted>>")]
    pub words: ThinVec<Shared<Untrusted>>,
    /// The officer who corrected it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_by: Option<OfficerId>,
}

/// A topic or an entity of the operators' that a post names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// What in the post names it.
    pub words: Untrusted,
}

/// How urgent a post is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Urgency {
    /// From 0 to 100.
    pub score: u8,
    /// How likely the model finds it that the post tells of a crisis, in percent.
    pub percent: u8,
    /// The rules that it fulfils, each with the words.
    #[serde(default, skip_serializing_if = "ThinVec::is_empty")]
    #[schemars(with = "Vec<Shared<Reason>>")]
    pub reasons: ThinVec<Shared<Reason>>,
}

/// A rule that a post fulfils.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// The rule's name.
    pub rule: String,
    /// What in the post fulfils it.
    pub words: Untrusted,
}
