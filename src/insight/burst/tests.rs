//! What the watch promises, seen from outside.

use super::*;
use crate::model::ids::ItemKey;
use crate::model::time::Timestamp;

const MINUTE: i64 = 60_000;
/// A Monday.
const START: i64 = 1_790_000_000_000 / 3_600_000 * 3_600_000;

/// A floor that is told posts; each is by another author.
pub(super) struct Floor {
    pub(super) watch: Watch,
    n: u64,
}

#[derive(Clone, Copy)]
pub(super) struct Says {
    pub(super) topic: &'static str,
    pub(super) region: Option<&'static str>,
    pub(super) channel: &'static str,
    pub(super) negative: f32,
    pub(super) urgency: f32,
    pub(super) cluster: Option<u64>,
}

pub(super) const WATER: Says = Says {
    topic: "water",
    region: None,
    channel: "forum",
    negative: 0.1,
    urgency: 0.1,
    cluster: None,
};

pub(super) fn at(minutes: i64) -> Timestamp {
    Timestamp::from_millis(START + minutes * MINUTE)
}

pub(super) fn item(n: u64) -> ItemKey {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&n.to_le_bytes());
    ItemKey::from_bytes(bytes)
}

impl Floor {
    pub(super) fn new() -> Self {
        Self {
            watch: Watch::new(Settings::default(), at(0), 1),
            n: 0,
        }
    }

    fn post(&mut self, now: Timestamp, said: Timestamp, says: Says) -> Vec<Raised> {
        self.n += 1;
        let author = format!("author {}", self.n);
        let text = format!("the {} is brown again {}", says.topic, self.n);
        let topics = [says.topic];
        let post = Post {
            region: says.region,
            topics: &topics,
            negative: Some(says.negative),
            urgency: Some(says.urgency),
            cluster: says.cluster,
            language: "en",
            ..Post::plain(item(self.n), said, (&author, says.channel, &text))
        };
        self.watch.observe(now, &post)
    }

    pub(super) fn say(&mut self, minute: i64, says: Says) -> Vec<Raised> {
        self.post(at(minute), at(minute), says)
    }

    /// Days with a post each 20 minutes, ticked each minute; all that is told.
    pub(super) fn days(&mut self, from: i64, days: i64, says: Says) -> Vec<Raised> {
        let mut told = Vec::new();
        for minute in from..from + days * 1440 {
            told.extend(self.watch.tick(at(minute)));
            if minute % 20 == 7 {
                told.extend(self.say(minute, says));
            }
        }
        told
    }

    /// `posts` in a row, two a minute; all that is told.
    pub(super) fn storm(&mut self, from: i64, posts: i64, says: Says) -> Vec<Raised> {
        (0..posts)
            .flat_map(|n| {
                let mut told = self.watch.tick(at(from + n / 2));
                told.extend(self.say(from + n / 2, says));
                told
            })
            .collect()
    }
}

pub(super) fn changes(told: &[Raised]) -> Vec<Change> {
    told.iter().map(|raised| raised.change).collect()
}

#[test]
fn a_burst_is_raised_once_before_the_tenth_post_steps_and_ends() {
    let mut floor = Floor::new();
    assert_eq!(changes(&floor.days(0, 7, WATER)), []);
    let from = 7 * 1440;
    let early = floor.storm(from, 9, WATER);
    assert_eq!(changes(&early), [Change::Raised], "before the tenth post");
    let id = early[0].alert;
    let later = floor.storm(from + 5, 90, WATER);
    assert!(
        later
            .iter()
            .all(|told| told.alert == id && told.change == Change::Step)
    );
    assert!((1..=5).contains(&later.len()), "{}", later.len());
    let end = floor.days(from + 60, 1, WATER);
    assert_eq!(changes(&end), [Change::Ended]);
    assert_eq!(end[0].alert, id);
}

#[test]
fn each_alert_carries_its_reasons() {
    let mut floor = Floor::new();
    floor.days(0, 7, WATER);
    let told = floor.storm(7 * 1440, 10, WATER);
    let why = &told[0].why;
    assert_eq!(why.rule, "burst");
    assert!(f64::from(why.observed) > 3.0 * why.expected && why.expected > 0.0);
    assert!(why.weeks_between > 10.0 && why.baseline_hours > 100.0);
    assert!(why.first.is_some() && !why.top.is_empty() && why.authors >= 3);
    assert_eq!(why.languages[0].what, "en");
    assert_eq!(why.channels[0].what, "forum");
    assert!(why.score() > 20 && !why.parts.is_empty());
}

#[test]
fn one_burst_on_two_channels_and_in_a_region_is_one_alert() {
    let mut floor = Floor::new();
    let north = Says {
        region: Some("north"),
        ..WATER
    };
    floor.days(0, 7, north);
    let mut told = floor.storm(7 * 1440, 12, north);
    told.extend(floor.storm(
        7 * 1440 + 6,
        20,
        Says {
            channel: "posts",
            ..north
        },
    ));
    let raised = told.iter().filter(|t| t.change == Change::Raised).count();
    assert_eq!(raised, 1, "{:?}", changes(&told));
    let south = floor.storm(
        7 * 1440 + 20,
        20,
        Says {
            region: Some("south"),
            ..WATER
        },
    );
    assert_eq!(
        changes(&south)
            .iter()
            .filter(|c| **c == Change::Raised)
            .count(),
        1
    );
}

#[test]
fn nothing_is_learnt_while_a_burst_is_on() {
    let mut floor = Floor::new();
    floor.days(0, 7, WATER);
    let key = KeyRef {
        subject: Subject::Topic("water"),
        region: None,
        channel: None,
    };
    let usual = |floor: &mut Floor| {
        let place = floor.watch.table.place(&key).expect("it is counted");
        let slot = floor.watch.table.at(place).expect("it is there");
        slot.meter.rhythm().hourly(START / 3_600_000 + 30)
    };
    let before = usual(&mut floor);
    floor.storm(7 * 1440, 600, WATER);
    let after = usual(&mut floor);
    assert!((after / before - 1.0).abs() < 0.25, "{before} {after}");
}

#[test]
fn a_firestorm_is_negative_and_by_new_people() {
    let mut floor = Floor::new();
    floor.days(0, 7, WATER);
    let told = floor.storm(
        7 * 1440,
        40,
        Says {
            negative: 0.9,
            ..WATER
        },
    );
    assert!(
        told.iter()
            .any(|t| t.marks.contains(&Mark::Firestorm) && t.why.rule == "firestorm")
    );
    let mut calm = Floor::new();
    calm.days(0, 7, WATER);
    let told = calm.storm(7 * 1440, 40, WATER);
    assert!(told.iter().all(|t| !t.marks.contains(&Mark::Firestorm)));
}

#[test]
fn a_burst_of_copies_is_marked_as_a_campaign_and_is_one_alert() {
    let mut floor = Floor::new();
    floor.days(0, 7, WATER);
    let told = floor.storm(
        7 * 1440,
        40,
        Says {
            cluster: Some(9),
            ..WATER
        },
    );
    assert_eq!(
        told.iter().filter(|t| t.change == Change::Raised).count(),
        1
    );
    assert!(told.iter().any(|t| t.marks.contains(&Mark::Campaign(9))));
}

#[test]
fn one_author_alone_raises_nothing() {
    let mut floor = Floor::new();
    floor.days(0, 3, WATER);
    let topics = ["water"];
    for n in 0..200 {
        let now = at(3 * 1440 + n / 10);
        let post = Post {
            topics: &topics,
            ..Post::plain(
                item(90_000 + n.unsigned_abs()),
                now,
                ("loud", "forum", "water"),
            )
        };
        assert_eq!(changes(&floor.watch.observe(now, &post)), []);
    }
}

#[test]
fn a_restart_in_the_middle_of_a_burst_raises_no_second_alert_and_keeps_the_baseline() {
    let mut floor = Floor::new();
    floor.days(0, 7, WATER);
    let from = 7 * 1440;
    let id = floor.storm(from, 12, WATER)[0].alert;
    let json = serde_json::to_string(&floor.watch.save()).expect("it is written");
    let saved: Saved = serde_json::from_str(&json).expect("it is read");
    let n = floor.n;
    let watch = Watch::restore(Settings::default(), saved, 99).expect("the same version");
    let mut again = Floor { watch, n };
    let told = again.storm(from + 8, 60, WATER);
    assert!(
        told.iter()
            .all(|t| t.alert == id && t.change == Change::Step),
        "{:?}",
        changes(&told)
    );
    let end = again.days(from + 60, 1, WATER);
    assert_eq!(changes(&end), [Change::Ended]);
    assert_eq!(end[0].alert, id);
    let next = again.storm(from + 60 + 3 * 1440, 0, WATER);
    assert_eq!(changes(&next), []);
}

#[test]
fn what_comes_late_or_out_of_order_makes_no_burst_and_loses_none() {
    let mut floor = Floor::new();
    floor.days(0, 7, WATER);
    let now = at(7 * 1440 + 10);
    for n in 0..100 {
        let told = floor.post(now, at(7 * 1440 - 300 + n), WATER);
        assert_eq!(changes(&told), [], "a backlog is no burst");
    }
    assert!(floor.watch.late > 0);
    let mut told = Vec::new();
    for n in [3, 0, 4, 1, 5, 2, 7, 6, 9, 8, 10] {
        told.extend(floor.post(at(7 * 1440 + 130), at(7 * 1440 + 120 + n), WATER));
    }
    assert_eq!(changes(&told), [Change::Raised]);
}

#[test]
fn a_clock_that_jumps_makes_no_alert() {
    let mut floor = Floor::new();
    floor.days(0, 7, WATER);
    for minute in [7 * 1440 + 3000, 7 * 1440 + 1, 7 * 1440 - 500, 7 * 1440 + 2] {
        let mut told = floor.watch.tick(at(minute));
        told.extend(floor.say(minute, WATER));
        assert_eq!(changes(&told), []);
    }
    assert_eq!(
        changes(&floor.storm(7 * 1440 + 3, 12, WATER)),
        [Change::Raised]
    );
}

#[test]
fn a_channel_that_went_silent_is_told_from_a_quiet_night() {
    let mut floor = Floor::new();
    let mut told = Vec::new();
    // Posts each five minutes by day, none at night.
    for minute in 0..8 * 1440 {
        told.extend(floor.watch.tick(at(minute)));
        if minute % 1440 < 720 && minute % 5 == 0 {
            told.extend(floor.say(minute, WATER));
        }
    }
    assert!(
        told.iter()
            .all(|t| t.change != Change::Silent || t.at < at(3 * 1440))
    );
    let mut silent = Vec::new();
    for minute in 8 * 1440..8 * 1440 + 400 {
        silent.extend(floor.watch.tick(at(minute)));
    }
    assert_eq!(changes(&silent), [Change::Silent]);
    let heard = floor.say(8 * 1440 + 400, WATER);
    assert_eq!(heard[0].change, Change::Heard);
    assert_eq!(heard[0].alert, silent[0].alert);
}

#[test]
fn what_has_the_posts_of_a_burst_is_part_of_it_however_fast_it_goes_on() {
    let mut floor = Floor::new();
    floor.days(0, 7, WATER);
    let from = 7 * 1440;
    let mut told = floor.storm(from, 10, WATER);
    // Each twentieth post names the street too: by its fourth, the key of the water
    // has long forgotten the first.
    for n in 0..200_i64 {
        let now = at(from + 5 + n / 20);
        told.extend(floor.watch.tick(now));
        floor.n += 1;
        let (author, text) = (format!("author {}", floor.n), format!("brown {n}"));
        let topics: &[&str] = if n % 20 == 0 {
            &["water", "mill street"]
        } else {
            &["water"]
        };
        let post = Post {
            topics,
            ..Post::plain(item(floor.n), now, (&author, "forum", &text))
        };
        told.extend(floor.watch.observe(now, &post));
    }
    let raised = told.iter().filter(|told| told.change == Change::Raised);
    assert_eq!(raised.count(), 1, "{:?}", changes(&told));
}
