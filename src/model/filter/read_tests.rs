//! What was read from an item's words, asked for.

use std::sync::Arc;

use thin_vec::ThinVec;

use super::Filter;
use super::fixture::{ask, item};
use crate::model::claim::{ClaimMatch, Level, Rating, Stance, Verdict};
use crate::model::cluster::{ClusterId, Copied};
use crate::model::ids::OfficerId;
use crate::model::reading::{Feeling, Language, Reading, Sentiment, Topic, Urgency};
use crate::model::seldom::Seldom;
use crate::model::time::Timestamp;

#[test]
fn what_was_read_from_the_words_is_asked_for() {
    let mut item = item();
    let reading = Reading {
        language: Some(
            Language {
                code: "pt".to_owned(),
                percent: 98,
            }
            .into(),
        ),
        sentiment: Some(Sentiment {
            feeling: Feeling::Positive,
            percents: [10, 20, 70],
            corrected_by: None,
            words: ThinVec::new(),
        }),
        topics: vec![
            Topic {
                name: "Water main".to_owned(),
                words: "burst pipe".into(),
            }
            .into(),
        ]
        .into(),
        urgency: Urgency {
            score: 71,
            ..Urgency::default()
        },
        ..Reading::default()
    };
    item.reading = Some(Arc::new(reading));
    for holds in [
        "lang:pt lang:pt-br",
        "sent:positive -sent:negative",
        "topic:water topic:\"water main\"",
        "urgency>=71 urgency>70 urgency<72",
    ] {
        assert!(ask(holds, &item), "{holds}");
    }
    for not in ["lang:es", "topic:tram", "urgency<60", "sent:neutral"] {
        assert!(!ask(not, &item), "{not}");
    }
    // The words tell another language than the channel.
    let mut content = (*item.content).clone();
    content.lang = "es".into();
    item.content = content.into();
    assert!(ask("lang:pt", &item) && !ask("lang:es", &item));
    item.reading = None;
    assert!(ask("lang:es", &item) && !ask("urgency>=0", &item));
    assert!(Filter::parse("urgency>=101").is_err() && Filter::parse("urgency:5").is_err());
}

/// A claim that fits, and what was said of it.
fn claim(level: Level, verdict: Option<bool>) -> ClaimMatch {
    ClaimMatch {
        id: "https://check.example/7".into(),
        claim: "Boiled seawater is safe to drink".into(),
        title: "".into(),
        url: "".into(),
        by: "The Testers".into(),
        rating: Rating::False,
        level,
        stance: Stance::Spreads,
        score: 40,
        held: 60,
        lead: 20,
        near: None,
        verdict: verdict.map(|fits| Verdict {
            fits,
            by: OfficerId::new("ana").expect("a name"),
            at: Timestamp::default(),
        }),
    }
}

#[test]
fn copies_and_claims_are_asked_for() {
    let mut item = item();
    let mut claimed = |claims: Vec<ClaimMatch>| {
        let reading = Reading {
            claims: claims.into(),
            copied: Some(Box::new(Copied {
                cluster: ClusterId(7),
                like: item.key,
                percent: 90,
                joined: Seldom::default(),
            })),
            ..Reading::default()
        };
        item.reading = Some(Arc::new(reading));
        item.clone()
    };
    let open = claimed(vec![claim(Level::Suggested, None)]);
    for holds in [
        "is:claimed is:copy claim:any",
        "claim:seawater",
        "claim:testers",
        "claim:\"check.example/7\"",
    ] {
        assert!(ask(holds, &open), "{holds}");
    }
    assert!(!ask("claim:vaccine", &open));
    let judged = claimed(vec![claim(Level::Suggested, Some(true))]);
    assert!(ask("claim:any -is:claimed", &judged));
    let rejected = claimed(vec![claim(Level::Confirmed, Some(false))]);
    assert!(!ask("claim:any", &rejected) && !ask("is:claimed", &rejected));
    item.reading = None;
    assert!(!ask("is:copy", &item) && !ask("claim:any", &item));
}

#[test]
fn reach_is_the_followers_or_the_views_whichever_are_more() {
    let mut item = item();
    assert!(!ask("reach>=0", &item), "nobody told it");
    let content = Arc::make_mut(&mut item.content);
    content.author.followers = Some(20_000);
    content.engagement.views = Some(1_200);
    for holds in ["reach>=20k", "reach>19999", "reach<1m", "reach<=20000"] {
        assert!(ask(holds, &item), "{holds}");
    }
    assert!(!ask("reach>20k", &item));
    for wrong in ["reach:20k", "reach>=many", "reach>=99999999999999999m"] {
        assert!(Filter::parse(wrong).is_err(), "{wrong}");
    }
}
