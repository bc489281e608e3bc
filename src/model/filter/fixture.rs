//! The item that the filter's tests ask about, and the officer who asks.

use std::collections::BTreeSet;

use super::{Asker, Filter};
use crate::model::ids::{ChannelName, DeskName, ItemId, OfficerId, Seq, TeamName};
use crate::model::item::{Content, Item, Kind};
use crate::model::seldom::Seldom;
use crate::model::severity::Severity;
use crate::model::time::Timestamp;
use crate::text::Untrusted;

pub(super) const NOW: &str = "2026-11-23T18:30:00Z";

pub(super) fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

pub(super) fn officer(name: &str) -> OfficerId {
    OfficerId::new(name).unwrap()
}

pub(super) fn item() -> Item {
    let channel = ChannelName::new("mastodon-city").unwrap();
    let words = "Água na Rua do Comércio: WATER everywhere  since noon. مدرسة أحمد".into();
    let mut content = Content::new(Kind::Mention, channel, "post-7".into(), words);
    content.title = "Burst main".into();
    content.author.id = "u-99".into();
    content.author.name = "José Ibáñez".into();
    content.author.handle = "pepe".into();
    content.lang = "pt_BR".into();
    content.region = "Zona Norte".into();
    content.labels = [
        ("env".to_owned(), Untrusted::from("prod")),
        ("sentiment".to_owned(), Untrusted::from("Negative")),
    ]
    .into_iter()
    .collect();
    Item {
        key: content.key(),
        id: ItemId(1042),
        last_seq: Seq(7),
        content: content.into(),
        desk: DeskName::new("city").unwrap(),
        severity: Severity::High,
        received_at: time("2026-11-23T17:30:00Z"),
        edited_at: None,
        retracted: None,
        source_resolved_at: None,
        triage: Seldom::default(),
        clocks: Seldom::default(),
        members: Seldom::default(),
        earlier_turns: 0,
        notes: Seldom::default(),
        outgoing: Seldom::default(),
        bot_silent: None,
        reasons: Seldom::default(),
        reading: None,
        trail: Seldom::default(),
    }
}

pub(super) fn ask(filter: &str, item: &Item) -> bool {
    let filter = Filter::parse(filter).unwrap_or_else(|e| panic!("{filter}: {e}"));
    let teams = BTreeSet::from([TeamName::new("water").unwrap()]);
    let me = officer("lina");
    let asker = Asker {
        now: time(NOW),
        officer: Some(&me),
        teams: &teams,
        utc_offset_minutes: 60,
        known: None,
    };
    let answer = filter.matches(item, &asker);
    let kept = Filter::haystack(item);
    assert_eq!(
        answer,
        filter.matches_with(item, &asker, &kept),
        "{filter:?}"
    );
    answer
}

#[track_caller]
pub(super) fn table(item: &Item, yes: &[&str], no: &[&str]) {
    for filter in yes {
        assert!(ask(filter, item), "should match: {filter}");
    }
    for filter in no {
        assert!(!ask(filter, item), "should not match: {filter}");
    }
}
