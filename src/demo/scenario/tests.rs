//! What the plan promises: the same for a seed, true to its doors, in order,
//! bounded, endless.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value;

use super::act::{About, Door, Planned};
use super::script::Script;
use super::{PER_SECOND, Scenario};
use crate::demo::Entry;
use crate::model::time::Timestamp;

fn evening(seed: u64) -> Scenario {
    let start = Timestamp::parse("2026-11-23T18:50:00Z").expect("a time");
    Scenario::new(seed, start, 1.0).expect("the script is right")
}

fn first(seed: u64, minutes: u64) -> Vec<Planned> {
    let until = Duration::from_secs(minutes * 60);
    evening(seed)
        .take_while(|planned| planned.at < until)
        .collect()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn the_same_seed_is_the_same_evening_and_another_is_not() {
    let one: Vec<_> = evening(7).take(3000).collect();
    let again: Vec<_> = evening(7).take(3000).collect();
    let other: Vec<_> = evening(8).take(3000).collect();
    assert!(one == again, "same seed");
    assert!(one != other, "other seed");
}

#[test]
fn everything_is_as_its_door_takes_it() {
    for planned in first(1, 130) {
        let body = json(&planned.act.body);
        let text = |at: &str| body.pointer(at).and_then(Value::as_str);
        match (planned.act.door, &planned.act.about) {
            (_, About::Misfit) => assert!(body.get("id").is_none()),
            (Door::In("cityapp" | "webcast"), About::Withdrawn { id }) => {
                assert_eq!(text("/id"), Some(id.as_str()));
                assert_eq!(body["retract"], true);
            }
            (Door::In("cityapp" | "webcast"), About::Said { .. } | About::Amended { .. }) => {
                assert_known(&body);
                assert!(text("/text").is_some_and(|t| !t.is_empty()));
                assert!(text("/at").and_then(Timestamp::parse).is_some());
            }
            (Door::In("monitoring"), About::Fires { id } | About::Ends { id }) => {
                assert_eq!(text("/version"), Some("4"));
                let parts = (text("/alerts/0/fingerprint"), text("/alerts/0/startsAt"));
                let (Some(fingerprint), Some(starts)) = parts else {
                    panic!("an alert without identity: {body}");
                };
                assert_eq!(*id, format!("{fingerprint}@{starts}"));
                assert!(text("/alerts/0/labels/severity").is_some());
            }
            (Door::In("chatbot"), About::HandedOver { id, .. }) => {
                assert_eq!(text("/event"), Some("conversation_status_changed"));
                assert_eq!(text("/status"), Some("open"));
                assert_eq!(body["id"].to_string(), *id);
                assert!(body["messages"].as_array().is_some_and(|m| m.len() > 1));
            }
            (Door::In("chatbot"), About::Continued { id }) => {
                assert_eq!(text("/event"), Some("message_created"));
                assert_eq!(body["conversation"]["id"].to_string(), *id);
            }
            (Door::Stream, About::Withdrawn { id }) => {
                assert_eq!(text("/event"), Some("delete"));
                assert_eq!(text("/payload"), Some(id.as_str()));
            }
            (Door::Stream, About::Said { id, .. } | About::Amended { id }) => {
                let payload = json(text("/payload").expect("a status"));
                assert_eq!(payload["id"], id.as_str());
                assert!(payload["account"]["acct"].is_string());
                assert!(
                    payload["content"]
                        .as_str()
                        .is_some_and(|c| c.starts_with("<p>"))
                );
            }
            (Door::Feed, About::Published { id }) => {
                let entry: Entry = serde_json::from_value(body).expect("an entry");
                assert_eq!(entry.id, *id);
            }
            (door, about) => panic!("{about:?} by {door:?}"),
        }
    }
}

/// Our JSON refuses keys that it does not know.
fn assert_known(body: &Value) {
    const KNOWN: [&str; 10] = [
        "id",
        "text",
        "lang",
        "author",
        "engagement",
        "url",
        "at",
        "severity",
        "region",
        "media",
    ];
    for key in body.as_object().expect("an object").keys() {
        assert!(
            KNOWN.contains(&key.as_str()) || key == "in_reply_to",
            "{key}"
        );
    }
}

#[test]
fn the_floor_lives_from_the_first_moment() {
    let opening: Vec<_> = evening(3)
        .take_while(|planned| planned.at.is_zero())
        .collect();
    assert!((20..=32).contains(&opening.len()), "{}", opening.len());
    let count = |is: fn(&Planned) -> bool| opening.iter().filter(|planned| is(planned)).count();
    assert_eq!(
        count(|p| matches!(p.act.about, About::HandedOver { .. })),
        2
    );
    let critical = |p: &Planned| p.act.body.contains("\"severity\":\"critical\"");
    assert_eq!(count(critical), 1);
    let early = first(3, 1).len() - opening.len();
    assert!((20..=110).contains(&early), "{early} in the first minute");
}

#[test]
fn five_languages_and_hostile_posts_in_the_first_ten_minutes() {
    let mut langs = BTreeSet::new();
    let mut attacks = 0;
    for planned in first(5, 10) {
        if let About::Said { lang, hostile, .. } = &planned.act.about {
            langs.insert(lang.clone());
            attacks += usize::from(*hostile);
        }
    }
    let expected = ["ar", "en", "es", "fr", "pt"].map(str::to_owned);
    assert_eq!(langs, BTreeSet::from(expected));
    assert!(attacks >= 4, "{attacks}");
}

#[test]
fn every_sort_of_attack_is_played() {
    let all: String = first(5, 40)
        .into_iter()
        .filter(|p| matches!(p.act.about, About::Said { hostile: true, .. }))
        .map(|p| p.act.body)
        .collect();
    // JSON inside JSON: the escape character is escaped twice.
    let parts = [
        "u001b[2J",
        "u001b]52;",
        "\u{202E}",
        "\u{E0069}",
        "\u{335}",
        "=HYPERLINK",
        "Press Q",
    ];
    for part in parts {
        assert!(all.contains(part), "{part:?} is missing");
    }
}

#[test]
fn the_story_is_told_in_its_order() {
    for seed in 0..5 {
        let plan = first(seed, 125);
        let scene = |name: &str| {
            let found = plan
                .iter()
                .find(|p| *p.act.scene == *name && !p.at.is_zero());
            found.unwrap_or_else(|| panic!("{name} is missing")).at
        };
        assert!(scene("burst") < scene("rumour"));
        assert!(scene("rumour") < scene("correction"));
        assert!(scene("correction") < scene("council"));
        assert!(scene("outage") < scene("water-back"));
    }
}

#[test]
fn alerts_fire_before_they_end_and_end_once() {
    let mut firing = BTreeSet::new();
    let mut ended = BTreeSet::new();
    for planned in evening(11).take(9000) {
        match planned.act.about {
            About::Fires { id } => {
                assert!(!ended.contains(&id), "{id} fires after its end");
                firing.insert(id);
            }
            About::Ends { id } => {
                assert!(firing.contains(&id), "{id} ends before it fires");
                assert!(ended.insert(id), "an alert ends twice");
            }
            _ => {}
        }
    }
    assert!(ended.len() > 50, "{}", ended.len());
}

#[test]
fn what_is_amended_withdrawn_or_continued_is_there() {
    let mut there = BTreeSet::new();
    let mut counts = BTreeMap::new();
    for planned in evening(13).take(9000) {
        match planned.act.about {
            About::Said { id, .. } | About::HandedOver { id, .. } => {
                assert!(there.insert(id), "an id is given twice");
            }
            About::Amended { id } => {
                assert!(there.contains(&id), "{id}");
                *counts.entry("amended").or_insert(0) += 1;
            }
            About::Withdrawn { id } => {
                assert!(there.remove(&id), "{id}");
                *counts.entry("withdrawn").or_insert(0) += 1;
            }
            About::Continued { id } => {
                assert!(there.contains(&id), "{id}");
                *counts.entry("continued").or_insert(0) += 1;
            }
            _ => {}
        }
    }
    assert!(
        counts.len() == 3 && counts.values().all(|n| *n > 20),
        "{counts:?}"
    );
}

#[test]
fn never_more_in_a_second_than_the_bound_and_never_backwards() {
    let times: Vec<_> = evening(17).take(9000).map(|planned| planned.at).collect();
    assert!(times.windows(2).all(|pair| pair[0] <= pair[1]));
    let after: Vec<_> = times.into_iter().filter(|at| !at.is_zero()).collect();
    for window in after.windows(PER_SECOND + 1) {
        assert!(window[PER_SECOND] >= window[0] + Duration::from_secs(1));
    }
    // It bursts, and it is quiet: both within the first hour.
    let hour: Vec<_> = after.iter().filter(|at| at.as_secs() < 3600).collect();
    let gaps = hour.windows(2).map(|pair| pair[1].saturating_sub(*pair[0]));
    assert!(gaps.max().expect("gaps") > Duration::from_secs(3));
    let surge = hour
        .windows(20)
        .map(|w| w[19].saturating_sub(*w[0]))
        .min()
        .expect("a surge");
    assert!(surge < Duration::from_secs(5), "{surge:?}");
    let mean = hour.len() / 60;
    assert!((20..=70).contains(&mean), "{mean} a minute");
}

#[test]
fn it_never_ends() {
    let last = evening(19).nth(50_000).expect("an act");
    assert!(last.at > Duration::from_hours(8), "{:?}", last.at);
}

#[test]
fn every_speaker_and_every_reference_of_the_script_exists() {
    let script = Script::built_in().expect("the script is right");
    let mut posts = 0;
    let mut named = BTreeSet::new();
    for post in script.beats.iter().flat_map(|beat| &beat.posts) {
        posts += usize::from(!post.text.is_empty());
        assert!(
            post.by.is_empty() || script.people.contains_key(&post.by),
            "{}",
            post.by
        );
        assert!(
            ["", "cityapp", "webcast"].contains(&post.on.as_str()),
            "{}",
            post.on
        );
        for name in [&post.reply, &post.amends, &post.withdraws] {
            assert!(
                name.is_empty() || named.contains(name),
                "{name} is not said before"
            );
        }
        assert!(
            named.insert(post.id.clone()) || post.id.is_empty(),
            "{}",
            post.id
        );
    }
    assert!(posts + script.hostile.len() >= 180, "{posts}");
}

#[test]
fn every_slot_has_a_filling() {
    let script = Script::built_in().expect("the script is right");
    let own = ["n", "minutes", "time"];
    for (lang, topics) in &script.life {
        assert!(script.city.names.contains_key(lang), "{lang} has no names");
        for topic in [
            "city", "service", "thanks", "noise", "water", "tram", "council", "power",
        ] {
            assert!(
                topics.contains_key(topic),
                "{lang} says nothing about {topic}"
            );
        }
        for text in topics.values().flatten() {
            for part in text.split('{').skip(1) {
                let (slot, _) = part.split_once('}').expect("a closed slot");
                let filled = own.contains(&slot) || script.city.slots.contains_key(slot);
                assert!(filled, "{{{slot}}} in {text}");
            }
        }
    }
}

#[test]
fn speed_turns_the_clock_inside_the_documents() {
    let start = Timestamp::parse("2026-11-23T18:50:00Z").expect("a time");
    let fast = Scenario::new(1, start, 60.0).expect("the script is right");
    let published = fast
        .filter(|p| p.act.door == Door::Feed && p.at > Duration::from_mins(3))
        .map(|p| (p.at, p.act.body))
        .next()
        .expect("news");
    let entry: Entry = serde_json::from_str(&published.1).expect("an entry");
    assert_eq!(entry.at, start.plus(published.0 / 60));
}
