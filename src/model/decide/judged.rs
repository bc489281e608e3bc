//! What was read again, and what officers say of it: claims confirmed or
//! rejected, feedback.
//!
//! Owns when a new reading is news, which claim is meant, and what is refused.
//! Called by `verbs` and `inbound`.

use std::sync::Arc;

use super::Acting;
use super::command::about;
use crate::model::claim::{ClaimMatch, Evidence};
use crate::model::command::{Refusal, RefusalCode};
use crate::model::event::{Body, Fact};
use crate::model::feedback::Feedback;
use crate::model::inbound::Receipt;
use crate::model::item::{Content, Item, Kind};
use crate::model::reading::Reading;
use crate::text::Untrusted;

/// A new reading, where it says anything new beside what officers said.
pub(super) fn reread(
    item: &Item,
    (of, reading): (&Content, &Arc<Reading>),
) -> (Receipt, Vec<Fact>) {
    let words = |content: &Content| (content.title.clone(), content.text.clone());
    let edited = words(of) != words(&item.content);
    if item.is_silenced() || edited {
        return (Receipt::Ignored, Vec::new());
    }
    news(item, reading)
}

/// A reading that differs from what is known.
fn news(item: &Item, reading: &Arc<Reading>) -> (Receipt, Vec<Fact>) {
    let before = item.reading.as_deref();
    let kept = before.map_or_else(|| Reading::clone(reading), |before| reading.keeping(before));
    if before == Some(&kept) {
        return (Receipt::Duplicate, Vec::new());
    }
    let reading = Arc::clone(reading);
    (
        Receipt::Updated,
        vec![about(item, Body::ItemRead { reading })],
    )
}

/// The reading of an edit, when the words read otherwise now.
pub(super) fn read_anew(
    item: &Item,
    reading: Option<&Arc<Reading>>,
    facts: &[Fact],
) -> Option<Fact> {
    let edited = |fact: &Fact| matches!(fact.body, Body::ItemEdited { .. });
    let reading = reading.filter(|_| !item.is_silenced() && facts.iter().any(edited))?;
    news(item, reading).1.pop()
}

/// The fact of a claim confirmed or rejected.
pub(super) fn claim(
    item: &Item,
    (claim, fits): (&Untrusted, bool),
    acting: &Acting<'_>,
) -> Result<Body, Refusal> {
    if item.is_silenced() {
        let says = "Its words are gone; there is nothing to judge.";
        return Err(Refusal::new(RefusalCode::Invalid, says));
    }
    let meant = meant(item, claim)?;
    let said = meant.verdict.as_ref();
    if said.is_some_and(|verdict| verdict.fits == fits) {
        let says = if fits {
            "The claim is confirmed already."
        } else {
            "The claim is rejected already."
        };
        return Err(Refusal::new(RefusalCode::Already, says));
    }
    let claim = meant.id.clone();
    Ok(if fits {
        let evidence = Evidence::of(acting.now, (&item.content.text, &item.content.url));
        Body::ClaimConfirmed {
            claim,
            evidence: Box::new(evidence),
        }
    } else {
        Body::ClaimRejected { claim }
    })
}

/// The claim of that id; without one the first that nobody judged, or else the
/// one that fits best.
fn meant<'a>(item: &'a Item, claim: &Untrusted) -> Result<&'a ClaimMatch, Refusal> {
    let claims = item
        .reading
        .as_ref()
        .map_or(&[][..], |reading| &reading.claims);
    let found = if claim.is_empty() {
        claims
            .iter()
            .find(|one| one.is_open())
            .or_else(|| claims.first())
    } else {
        claims.iter().find(|one| one.id == *claim)
    };
    found.ok_or_else(|| {
        let says = if claims.is_empty() {
            "No known claim fits it."
        } else {
            "That claim was not matched to it."
        };
        Refusal::new(RefusalCode::Invalid, says)
    })
}

/// The fact of a word on what was read or raised.
pub(super) fn feedback(item: &Item, feedback: Feedback) -> Result<Body, Refusal> {
    let says = match feedback {
        Feedback::FalseAlarm if item.content.kind != Kind::Alert => {
            Some("Only an alert can be a false alarm; say \"not relevant\" of a post.")
        }
        Feedback::Sentiment(_) if item.content.kind == Kind::Alert => {
            Some("An alert has no feeling.")
        }
        Feedback::Sentiment(feeling) => {
            let felt = item
                .reading
                .as_ref()
                .and_then(|read| read.sentiment.as_ref());
            match felt {
                None => Some("No feeling was read from it; there is nothing to correct."),
                Some(felt) if felt.feeling == feeling && felt.corrected_by.is_some() => {
                    let says = format!("It is said to be {} already.", feeling.word());
                    return Err(Refusal::new(RefusalCode::Already, says));
                }
                Some(_) => None,
            }
        }
        Feedback::FalseAlarm | Feedback::NotRelevant if item.is_tagged(feedback.word()) => {
            let says = format!("It is marked {} already.", feedback.word());
            return Err(Refusal::new(RefusalCode::Already, says));
        }
        _ => None,
    };
    match says {
        Some(says) => Err(Refusal::new(RefusalCode::Invalid, says)),
        None => Ok(Body::FeedbackGiven { feedback }),
    }
}
