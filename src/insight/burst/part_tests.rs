//! What the watch promises of urgent posts, and of what was part of a burst that is
//! over.

use super::tests::{Floor, Says, WATER, at, changes, item};
use super::*;

const URGENT: Says = Says {
    urgency: 0.8,
    ..WATER
};

/// Talk, a post each two minutes and none of it urgent: new at first, then usual.
fn talked() -> Floor {
    let mut floor = Floor::new();
    for minute in (0..9 * 1440).step_by(2) {
        floor.watch.tick(at(minute));
        floor.say(minute, WATER);
    }
    floor
}

const AFTER: i64 = 9 * 1440;

/// The talk goes on for `minutes`, with a post of `says` each `every`; all that is told.
fn among(floor: &mut Floor, (minutes, every): (i64, i64), says: Says) -> Vec<Raised> {
    let mut told = Vec::new();
    for minute in AFTER..AFTER + minutes {
        if minute % 2 == 0 {
            told.extend(floor.say(minute, WATER));
        }
        if minute % every == 0 {
            told.extend(floor.say(minute, says));
        }
        told.extend(floor.watch.tick(at(minute)));
    }
    told
}

#[test]
fn urgent_posts_are_told_in_talk_that_hides_their_number() {
    let as_many = among(&mut talked(), (16, 2), WATER);
    assert_eq!(changes(&as_many), [], "as many that are not urgent");
    let told = among(&mut talked(), (16, 2), URGENT);
    assert_eq!(told[0].change, Change::Raised);
    let more = told.iter().skip(1).map(|one| one.change);
    assert!(more.into_iter().all(|change| change == Change::Step));
    assert!(told[0].key.is_urgent(), "{}", told[0].key);
    let why = &told[0].why;
    assert_eq!(why.rule, "urgent posts");
    assert!(why.observed < 9 && why.expected < 1.0);
    let growth = why.parts.iter().find(|part| part.name == "growth");
    let says = growth.map(|part| part.says.as_str());
    assert!(says.is_some_and(|says| says.contains("urgency 50 or more")));
}

#[test]
fn when_the_whole_topic_bursts_its_urgent_posts_alert_goes_on_with_it() {
    let mut floor = talked();
    let mut told = among(&mut floor, (16, 2), URGENT);
    told.extend(floor.storm(AFTER + 16, 120, URGENT));
    let id = told[0].alert;
    assert!(
        told.iter().all(|one| one.alert == id),
        "{:?}",
        changes(&told)
    );
    let (first, last) = (&told[0].key, &told[told.len() - 1]);
    assert!(first.is_urgent() && !last.key.is_urgent());
    assert!(last.with.contains(first), "what it began with is named");
    let raised = told.iter().filter(|one| one.change == Change::Raised);
    assert_eq!(raised.count(), 1);
}

#[test]
fn a_firestorm_is_told_by_all_posts_not_by_the_urgent_ones() {
    let angry = Says {
        negative: 0.9,
        ..URGENT
    };
    let told = among(&mut talked(), (40, 4), angry);
    let marks = |one: &Raised| one.marks.contains(&Mark::Firestorm);
    assert!(told[0].key.is_urgent(), "{}", told[0].key);
    assert!(!told.iter().any(marks), "two of three are calm");
}

#[test]
fn when_it_rises_elsewhere_within_a_day_it_is_told_again_and_not_swallowed() {
    let mut floor = Floor::new();
    let north = Says {
        region: Some("north"),
        ..WATER
    };
    floor.days(0, 7, north);
    let from = 7 * 1440;
    let id = floor.storm(from, 12, north)[0].alert;
    let end = floor.days(from + 60, 1, north);
    assert_eq!(changes(&end), [Change::Ended]);
    // The same topic, no region told.
    let again = floor.storm(from + 1500 - 60, 30, WATER);
    assert_eq!(again[0].change, Change::Again, "{:?}", changes(&again));
    assert!(again.iter().all(|one| one.alert == id));
}

#[test]
fn a_place_is_part_of_a_burst_by_the_posts_of_a_street_that_is_part_of_it() {
    let mut floor = Floor::new();
    floor.days(0, 7, WATER);
    let (mut nth, mut told) = (500_000, Vec::new());
    let mut posts = |floor: &mut Floor, topics: &[&str], minutes: std::ops::Range<i64>| {
        for minute in minutes {
            nth += 1;
            let (author, text) = (format!("author {nth}"), format!("brown {nth}"));
            let now = at(7 * 1440 + minute);
            let plain = Post::plain(item(nth), now, (&author, "forum", &text));
            told.extend(floor.watch.observe(now, &Post { topics, ..plain }));
        }
    };
    posts(&mut floor, &["water", "mill street"], 0..10);
    // Nobody says "water" any more.
    posts(&mut floor, &["mill street"], 10..12);
    posts(&mut floor, &["mill street", "old town"], 12..24);
    let raised = told.iter().filter(|one| one.change == Change::Raised);
    let about: Vec<String> = raised.map(|one| one.key.to_string()).collect();
    assert_eq!(about.len(), 1, "{about:?}");
}
