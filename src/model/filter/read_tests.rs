//! What was read from an item's words, asked for.

use std::sync::Arc;

use super::Filter;
use super::fixture::{ask, item};
use crate::model::reading::{Feeling, Language, Reading, Sentiment, Topic, Urgency};

#[test]
fn what_was_read_from_the_words_is_asked_for() {
    let mut item = item();
    let reading = Reading {
        language: Some(Language {
            code: "pt".to_owned(),
            percent: 98,
        }),
        sentiment: Some(Sentiment {
            feeling: Feeling::Positive,
            percents: [10, 20, 70],
            corrected_by: None,
            words: Vec::new(),
        }),
        topics: vec![Topic {
            name: "Water main".to_owned(),
            words: "burst pipe".into(),
        }],
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
