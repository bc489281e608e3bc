//! What officers said of what was read from a post, as undo puts it back.
//!
//! Owns [`Judgements`]: verdicts on claims and a corrected feeling, taken from a
//! reading and given back to it. Called by `board` and `decide`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::claim::Verdict;
use super::ids::OfficerId;
use super::reading::{Feeling, Reading, Sentiment};
use crate::text::Untrusted;

/// What officers said of a reading.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Judgements {
    /// Verdicts by the id of the claim, in the order of the ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<(Untrusted, Verdict)>,
    /// How it feels, and who says so; none where nobody corrected the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feeling: Option<(Feeling, OfficerId)>,
}

impl Judgements {
    /// What is said of `reading`.
    #[must_use]
    pub fn of(reading: Option<&Reading>) -> Self {
        let Some(reading) = reading else {
            return Self::default();
        };
        let said = |one: &super::claim::ClaimMatch| Some((one.id.clone(), one.verdict.clone()?));
        let mut claims: Vec<(Untrusted, Verdict)> =
            reading.claims.iter().filter_map(said).collect();
        claims.sort_by(|a, b| a.0.cmp(&b.0));
        let felt = reading.sentiment.as_ref();
        let feeling = felt.and_then(|felt| Some((felt.feeling, felt.corrected_by.clone()?)));
        Self { claims, feeling }
    }

    /// Puts it back: verdicts as they were, and where nobody corrected the feeling
    /// the one that the model finds likeliest.
    pub fn put_back(&self, reading: &mut Reading) {
        for one in &mut *reading.claims {
            let said = self.claims.iter().find(|(id, _)| *id == one.id);
            one.verdict = said.map(|(_, verdict)| verdict.clone());
        }
        let Some(felt) = &mut reading.sentiment else {
            return;
        };
        match &self.feeling {
            Some((feeling, by)) => {
                felt.feeling = *feeling;
                felt.corrected_by = Some(by.clone());
            }
            None => {
                if felt.corrected_by.take().is_some() {
                    felt.feeling = read_as(felt);
                }
            }
        }
    }
}

/// What the model found likeliest, of equal ones the milder.
fn read_as(felt: &Sentiment) -> Feeling {
    let [negative, neutral, positive] = felt.percents;
    if neutral >= negative && neutral >= positive {
        Feeling::Neutral
    } else if negative > positive {
        Feeling::Negative
    } else {
        Feeling::Positive
    }
}
