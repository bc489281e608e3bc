//! What the pickers offer for what was read: feedback, the claim to judge, and
//! the published corrections.

use super::choices::choice;
use super::picker::{Choice, Value};
use crate::console::state::{App, answer};
use crate::model::claim::{ClaimMatch, Verdict};
use crate::model::feedback::Feedback;
use crate::model::ids::ItemKey;
use crate::model::item::{Item, Kind};
use crate::model::reading::Feeling;
use crate::text::SafeText;

/// What can be said of these items: each choice makes sense of one at least.
pub(super) fn feedback(items: &[ItemKey], app: &App) -> Vec<Choice> {
    let items: Vec<&Item> = items
        .iter()
        .filter_map(|key| app.floor.board.item(key))
        .collect();
    let is_alert = |item: &&Item| item.content.kind == Kind::Alert;
    let mut choices = vec![Choice {
        hot: Some('n'),
        ..choice(
            "not relevant",
            "not for this floor, or not as urgent as it was read",
            Value::Feedback(Feedback::NotRelevant),
        )
    }];
    if items.iter().any(is_alert) {
        choices.push(Choice {
            hot: Some('f'),
            ..choice(
                "false alarm",
                "it should not have been raised",
                Value::Feedback(Feedback::FalseAlarm),
            )
        });
    }
    if !items.iter().all(is_alert) {
        let was = match items.as_slice() {
            [item] => read_as(item),
            _ => String::new(),
        };
        for (hot, feeling) in [
            ('-', Feeling::Negative),
            ('=', Feeling::Neutral),
            ('+', Feeling::Positive),
        ] {
            choices.push(Choice {
                hot: Some(hot),
                ..choice(
                    feeling.word(),
                    was.clone(),
                    Value::Feedback(Feedback::Sentiment(feeling)),
                )
            });
        }
    }
    if let [item] = items.as_slice() {
        choices.extend(claim(item));
    }
    choices
}

/// "read as negative".
fn read_as(item: &Item) -> String {
    let felt = item.reading.as_ref().and_then(|r| r.sentiment.as_ref());
    match felt {
        Some(felt) => match &felt.corrected_by {
            Some(by) => format!("{by} says {}", felt.feeling.word()),
            None => format!("read as {}", felt.feeling.word()),
        },
        None => "no feeling was read".to_owned(),
    }
}

/// The claim that nobody judged, or the one that fits best, to be judged.
fn claim(item: &Item) -> Vec<Choice> {
    let claims = item.reading.as_ref().map_or(&[][..], |r| &r.claims[..]);
    let open = claims.iter().find(|one| one.is_open());
    let Some(claim) = open.or(claims.first()) else {
        return Vec::new();
    };
    let words = SafeText::line_within(&claim.claim, 100);
    let hint = match &claim.verdict {
        Some(Verdict { fits: true, by, .. }) => format!("confirmed by {by}: {words}"),
        Some(Verdict { by, .. }) => format!("rejected by {by}: {words}"),
        None => words.to_string(),
    };
    [
        ('y', "it is the claim", true),
        ('x', "it is not the claim", false),
    ]
    .map(|(hot, label, fits)| Choice {
        hot: Some(hot),
        ..choice(
            label,
            hint.clone(),
            Value::Claim {
                id: claim.id.clone(),
                fits,
            },
        )
    })
    .to_vec()
}

/// The published corrections of the claims of an item that nobody rejected: the
/// first kept replies.
pub(super) fn corrections(item: &Item) -> impl Iterator<Item = Choice> + '_ {
    let claims = item.reading.iter().flat_map(|reading| &reading.claims);
    let open = |claim: &ClaimMatch| claim.verdict.as_ref().is_none_or(|verdict| verdict.fits);
    claims
        .enumerate()
        .filter(move |(_, claim)| !claim.url.is_empty() && open(claim))
        .map(|(nth, claim)| {
            let by = SafeText::line_within(&claim.by, 30).truncate(30, "…");
            let hint = format!("{by} · {}", answer::correction(claim));
            choice("correction", hint, Value::Correction(nth))
        })
}
