//! A rumour, its copies, the claim that it is matched to, and the alert that the
//! hub raised by itself: invented, like all of this floor.

use std::sync::Arc;

use watchfloor::model::claim::{ClaimMatch, Level, Rating, Stance};
use watchfloor::model::cluster::{ClusterId, Copied};
use watchfloor::model::ids::{ChannelName, ItemKey, RuleName};
use watchfloor::model::item::{Author, Item, Kind, Reason};
use watchfloor::model::reading::{Feeling, Language, Reading, Sentiment, Topic, Urgency};
use watchfloor::model::seldom::Seldom;
use watchfloor::model::severity::Severity;
use watchfloor::model::why::{Counted, Named, Part, Said, Why};

use super::{evening, item, minutes_ago, with};

const RUMOUR: &str = "The mayor's office says do not shower, the water burns the skin. Share this!";

fn felt(percents: [u8; 3], words: &[&str]) -> Sentiment {
    Sentiment {
        feeling: Feeling::Negative,
        percents,
        words: words.iter().map(|word| (*word).into()).collect(),
        corrected_by: None,
    }
}

/// The claim, as a post has it.
pub(crate) fn claim(level: Level, stance: Stance) -> ClaimMatch {
    ClaimMatch {
        id: "https://facts.example/shower".into(),
        claim: "Tap water in the city burns the skin".into(),
        title: "No, the tap water does not burn: what the tests show".into(),
        url: "https://facts.example/shower".into(),
        by: "City Fact Desk".into(),
        rating: Rating::False,
        level,
        stance,
        score: 61,
        held: 72,
        lead: 38,
        near: None,
        verdict: None,
    }
}

/// What was read from the rumour, or from a copy of it.
fn copied(first: ItemKey, (is_copy, level): (bool, Level)) -> Reading {
    Reading {
        model: "7".to_owned().into(),
        language: Some(
            Language {
                code: "en".to_owned(),
                percent: 98,
            }
            .into(),
        ),
        sentiment: Some(felt([81, 14, 5], &["burns", "not"])),
        topics: vec![
            Topic {
                name: "Tap water".to_owned(),
                words: "water".into(),
            }
            .into(),
        ]
        .into(),
        urgency: Urgency {
            score: 64,
            percent: 41,
            reasons: vec![
                watchfloor::model::reading::Reason {
                    rule: "injury".to_owned(),
                    words: "burns the skin".into(),
                }
                .into(),
            ]
            .into(),
        },
        copied: is_copy.then(|| {
            Box::new(Copied {
                cluster: ClusterId::of(&first),
                like: first,
                percent: 94,
                joined: Seldom::default(),
            })
        }),
        claims: vec![claim(level, Stance::Spreads)].into(),
        partly: false,
    }
}

/// The rumour and its copies: numbers 1050 to 1057. The last one denies the claim,
/// and is nobody's copy.
pub(crate) fn rumour() -> Vec<Item> {
    let mut items = Vec::new();
    for n in 0..7_u64 {
        let post = with(item(1050 + n, RUMOUR, 19 - n), |_, content| {
            let channels = ["mastodon", "bluesky"];
            let channel = channels[usize::try_from(n % 2).unwrap()];
            content.channel = ChannelName::new(channel).unwrap();
            content.author.handle = format!("voice{n}").into();
            content.author.followers = Some(200 + 1700 * n);
        });
        items.push(post);
    }
    let first = items[0].key;
    for (n, post) in items.iter_mut().enumerate() {
        let level = if n == 3 {
            Level::Suggested
        } else {
            Level::Confirmed
        };
        post.reading = Some(Arc::new(copied(first, (n > 0, level))));
    }
    let mut denies = item(1057, "No, the water does NOT burn your skin, stop it.", 9);
    denies.reading = Some(Arc::new(Reading {
        sentiment: Some(felt([40, 38, 22], &[])),
        claims: vec![claim(Level::Suggested, Stance::Denies)].into(),
        ..Reading::default()
    }));
    items.push(denies);
    items
}

/// Why the hub raised it.
fn why(posts: &[Item]) -> Why {
    let named = |at: usize, reach| Named {
        key: posts[at].key,
        at: posts[at].received_at,
        channel: posts[at].content.channel.to_string(),
        reach,
    };
    let mut left = named(0, 31_000);
    left.key = item(9999, "gone from the board", 1).key;
    left.at = minutes_ago(17);
    let counted = |what: &str, times| Counted {
        what: what.to_owned(),
        times,
    };
    let part = |name: &str, points: f64, says: &str| Part::new(name, (points, 40), says.into());
    Why {
        rule: "firestorm".to_owned(),
        minutes: 15,
        observed: 42,
        expected: 3.1,
        spread: 0.2,
        weeks_between: 30.0,
        baseline_hours: 120.0,
        parts: vec![
            part(
                "surprise",
                33.0,
                "chance brings one like it once in 30 weeks",
            ),
            part("growth", 15.0, "42 posts in 15 min where 3.1 are usual"),
            part(
                "authors",
                12.0,
                "9 authors among the last 16 posts, 4 of them new here",
            ),
            part("feeling", 6.0, "13 of 16 posts are negative"),
        ],
        first: Some(named(0, 200)),
        top: vec![left, named(6, 10_400), named(0, 200)],
        authors: 9,
        new_authors: 4,
        languages: vec![counted("en", 14), counted("es", 2)],
        channels: vec![counted("mastodon", 9), counted("bluesky", 7)],
        words: vec![
            Said {
                word: "shower".into(),
                times: 12,
            },
            Said {
                word: "burns".into(),
                times: 11,
            },
        ],
    }
}

/// The alert that the hub raised: #1060.
pub(crate) fn alert(posts: &[Item]) -> Item {
    let why = why(posts);
    with(
        item(1060, "42 posts about tap water in 15 minutes", 8),
        |item, content| {
            content.kind = Kind::Alert;
            content.channel = ChannelName::new("lookout").unwrap();
            content.author = Author::default().into();
            content.title = "Firestorm: tap water".into();
            content.severity = Severity::High;
            content.why = Some(Arc::new(why));
            item.severity = Severity::High;
            item.reasons.push(Reason {
                rule: RuleName::new("lookout").unwrap(),
                score: Some(66),
                says: "many new authors, most of them negative".into(),
                calls: false,
            });
        },
    )
}

/// The evening with all of it.
pub(crate) fn storm() -> Vec<Item> {
    let posts = rumour();
    let alert = alert(&posts);
    let mut items = evening();
    items.extend(posts);
    items.push(alert);
    items
}
