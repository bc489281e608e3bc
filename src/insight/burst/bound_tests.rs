//! What the watch promises of room: a million keys, a flood, words of long ago.

use super::tests::{Floor, WATER, at, changes};
use super::*;

#[test]
fn a_million_keys_stay_within_the_table() {
    let mut watch = Watch::new(
        Settings {
            most_keys: 2000,
            ..Settings::default()
        },
        at(0),
        5,
    );
    let names: Vec<String> = (0..20_000).map(|n| format!("term {n}")).collect();
    for (n, name) in names.iter().enumerate() {
        let key = KeyRef {
            subject: Subject::Topic(name),
            region: None,
            channel: None,
        };
        assert_eq!(
            changes(&watch.observe_volume(at(i64::try_from(n / 1000).expect("few")), &key, (1, 1))),
            []
        );
    }
    assert_eq!(watch.keys(), 2000);
    assert_eq!(watch.forgotten(), 18_000);
}

#[test]
fn a_word_of_last_month_costs_the_others_nothing() {
    let mut floor = Floor::new();
    let word = |n: usize| format!("word {n}");
    for name in (0..3000).map(word) {
        let key = KeyRef {
            subject: Subject::Topic(&name),
            region: None,
            channel: None,
        };
        floor.watch.observe_volume(at(0), &key, (1, 1));
    }
    assert!(floor.watch.threshold() > 2.7, "all of them may alarm");
    floor.days(1, 8, WATER);
    assert!((floor.watch.threshold() - 1.0).abs() < 1e-9);
    let saved = floor.watch.save();
    let again = Watch::restore(Settings::default(), saved, 3).expect("the same version");
    assert!((again.threshold() - 1.0).abs() < 1e-9);
}

#[test]
fn a_flood_on_one_key_is_one_alert_and_takes_no_more_room() {
    let mut floor = Floor::new();
    floor.days(0, 3, WATER);
    let size = |floor: &Floor| serde_json::to_vec(&floor.watch.save()).expect("it is written");
    let mut told = Vec::new();
    for _ in 0..1500 {
        told.extend(floor.say(3 * 1440, WATER));
    }
    let before = size(&floor).len();
    for _ in 0..1500 {
        told.extend(floor.say(3 * 1440, WATER));
    }
    // Of the second half only the authors are new.
    let authors = 1500 * 21;
    assert!(size(&floor).len() < before + authors + 1000);
    let key = KeyRef {
        subject: Subject::Topic("water"),
        region: None,
        channel: None,
    };
    let more = floor
        .watch
        .observe_volume(at(3 * 1440), &key, (u32::MAX, 1));
    told.extend(more);
    let raised = told.iter().filter(|one| one.change == Change::Raised);
    assert_eq!(raised.count(), 1);
}
