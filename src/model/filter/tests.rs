//! The filter language by tables: what each key matches, and what each mistake
//! is told.

use std::collections::BTreeSet;

use super::fixture::{NOW, item, officer, table, time};
use super::*;
use crate::model::ids::{ChannelName, ItemId, RuleName, Tag, TeamName};
use crate::model::item::{Content, Due, Kind, OnRetract};
use crate::model::time::Timestamp;
use crate::model::triage::{Assignee, Resolution, Returned, Snooze, State, Wake};
use crate::text::KnownNames;

#[test]
fn words_are_found_wherever_an_officer_sees_them() {
    table(
        &item(),
        &[
            "",
            "  ",
            "water",
            "WATER burst",
            "agua",
            "ÁGUA",
            "\"comercio:\"",
            "jose ibanez",
            "pepe",
            "@pepe",
            "@PEPE",
            "mastodon",
            "prod",
            "\"env=prod\"",
            "\"water everywhere since\"",
            "مدرسه",
            "احمد",
            "أحمد",
            "مُدرسة",
        ],
        &[
            "fire",
            "water fire",
            "\"burst água\"",
            "u-99",
            "\"everywhere water\"",
            "-water",
            "\"main Água\"",
        ],
    );
}

#[test]
fn words_that_a_retraction_hides_are_not_found() {
    let mut item = item();
    item.retracted = Some((time(NOW), OnRetract::Keep));
    table(&item, &["water", "burst"], &[]);
    item.retracted = Some((time(NOW), OnRetract::Hide));
    table(&item, &["pepe", "is:retracted"], &["water", "burst"]);
}

#[test]
fn words_join_and_part() {
    table(
        &item(),
        &[
            "water or fire",
            "fire or water",
            "WATER OR fire",
            "-fire",
            "--water",
            "-(fire or flood)",
            "(water)",
            "water (fire or burst)",
            "fire or water burst",
            "-fire -flood",
            "-\"no such\"",
            "-kind:alert",
            "((((water))))",
        ],
        &[
            "fire or flood",
            "(fire or water) flood",
            "-(fire or water)",
            "-(-fire)",
            "-kind:mention",
            "\"or\" fireworks",
        ],
    );
}

#[test]
fn what_the_channel_said() {
    let listed = |list: &'static str| list.split_ascii_whitespace().collect::<Vec<_>>();
    let yes = "kind:mention KIND:Mention kind:alert,mention kind=mention
        chan:mastodon-city chan:bluesky,mastodon-city chan:Mastodon-City
        sev>=high sev:high sev=high sev:low,high sev<critical sev<=high sev>medium sev:>=high
        lang:pt lang:pt-br lang:PT_BR lang:en,pt region:norte region:sul,NORTE
        author:jose author:@pepe author:PEPE author:u-99 desk:city desk:sea,city
        id:1042 id:#1042 #1042 #1,#1042 #1,1042 sent:negative sent:positive,NEGATIVE";
    let no = "kind:alert kind:alert,escalation chan:mastodon sev>high sev<high sev:low,info
        lang:p lang:pt-b lang:pt-br-x lang:ar region:sul author:u-9 author:water desk:sea
        id:1043 #104 #10420 sent:positive id:00000000000000000000000000000000";
    table(&item(), &listed(yes), &listed(no));
    let key = format!("id:{}", item().key);
    let phrases = ["region:\"zona norte\"", "author:nobody,\"josé ib\"", &key];
    table(&item(), &phrases, &["region:\"norte zona\""]);
    let mut bare = item();
    bare.content = Content::new(
        Kind::Alert,
        ChannelName::new("x").unwrap(),
        "1".into(),
        "".into(),
    )
    .into();
    table(
        &bare,
        &["kind:alert"],
        &["lang:pt", "region:a", "author:a", "sent:neutral", "@"],
    );
}

#[test]
fn age_and_arrival() {
    table(
        &item(),
        &[
            "age<2h",
            "age<=1h",
            "age>=60m",
            "age>59m",
            "age:<2h",
            "age<1h1s",
            "since:18:00",
            "since:18:30",
            "since:24h",
            "since:1h",
            "since:2026-11-23",
            "since:2026-11-23T17:30Z",
            "since:2026-11-23T18:30",
            "-since:18:31",
            "since=18:00",
        ],
        &[
            "age<1h",
            "age>1h",
            "age>=2h",
            "since:18:31",
            "since:59m",
            "since:2026-11-24",
            "since:2026-11-23T18:00Z",
        ],
    );
}

fn states() -> [(State, &'static str); 7] {
    let (by, at) = (officer("lina"), time(NOW));
    let assigned = |to| State::Assigned {
        to,
        by: officer("omar"),
        at,
        answer_by: None,
    };
    let team = |name| Assignee::Team(TeamName::new(name).unwrap());
    [
        (State::New, "is:new is:unassigned is:open -by:lina -to:lina"),
        (
            State::Acknowledged {
                by: by.clone(),
                at,
                until: at,
            },
            "is:acknowledged is:unassigned is:open -is:mine -by:lina",
        ),
        (
            State::Taken { by: by.clone(), at },
            "is:taken is:mine by:lina by:omar,lina -by:omar -to:lina -is:assigned",
        ),
        (
            State::Taken {
                by: officer("omar"),
                at,
            },
            "is:taken -is:mine by:omar is:mine,taken by:@Omar",
        ),
        (
            assigned(Assignee::Officer(by)),
            "is:assigned is:mine by:lina to:lina -to:omar -is:team",
        ),
        (
            assigned(team("water")),
            "is:assigned is:team to:water -is:mine -by:water -is:unassigned",
        ),
        (
            assigned(team("roads")),
            "is:assigned -is:team to:water,roads",
        ),
    ]
}

#[test]
fn where_it_stands() {
    for (state, filter) in states() {
        let mut item = item();
        item.triage.state = state;
        table(&item, &[filter, "is:open", "-is:closed"], &["is:closed"]);
    }
    let mut done = item();
    done.triage.state = State::Resolved {
        by: None,
        at: time(NOW),
        reason: Resolution::Done,
    };
    table(
        &done,
        &["is:closed"],
        &["is:open", "is:unassigned", "is:new", "is:mine"],
    );
}

type Change = fn(&mut Item, Timestamp);

#[test]
fn what_stands_beside_the_state() {
    let plain = item();
    let at = time(NOW);
    let changes: [(&str, Change); 9] = [
        ("is:snoozed", |it, at| {
            it.triage.snooze = Some(Box::new(Snooze {
                by: officer("lina"),
                at,
                wake: Wake::At(at),
            }));
        }),
        ("is:overdue", |it, at| {
            it.clocks.first_response = Some(Due::at(at));
        }),
        ("is:retracted", |it, at| {
            it.retracted = Some((at, OnRetract::Keep));
        }),
        ("is:edited", |it, at| it.edited_at = Some(at)),
        ("is:suppressed", |it, _| {
            it.triage.suppressed_by = Some(RuleName::new("s-1").unwrap());
        }),
        ("is:escalated", |it, _| it.triage.level = 1),
        ("is:returned", |it, at| {
            it.triage.returned = Some(Box::new(Returned {
                at,
                why: "snooze over".into(),
            }));
        }),
        ("is:merged is:closed", |it, _| {
            it.triage.merged_into = Some(it.key);
        }),
        ("tag:flood tag:x,flood -tag:x", |it, _| {
            it.triage.tags.insert(Tag::new("flood").unwrap());
        }),
    ];
    for (filter, change) in changes {
        let mut item = plain.clone();
        change(&mut item, at);
        table(&item, &[filter], &[]);
        table(&plain, &[], &[filter]);
    }
    let mut met = plain;
    met.clocks.resolution = Some(Due {
        met: Some(at),
        ..Due::at(time("2026-11-23T18:00:00Z"))
    });
    table(&met, &[], &["is:overdue"]);
}

#[test]
fn nothing_is_mine_to_a_rule() {
    let mut item = item();
    item.triage.state = State::Taken {
        by: officer("lina"),
        at: time(NOW),
    };
    let asker = Asker {
        now: time(NOW),
        officer: None,
        teams: &BTreeSet::new(),
        utc_offset_minutes: 0,
        known: None,
    };
    assert!(!Filter::parse("is:mine").unwrap().matches(&item, &asker));
}

#[test]
fn a_board_is_filtered_like_its_items() {
    let mut board = Board::default();
    let mut other = item();
    let channel = ChannelName::new("web").unwrap();
    other.content = Content::new(Kind::Alert, channel, "2".into(), "fire".into()).into();
    other.key = other.content.key();
    other.id = ItemId(2);
    board.insert(item());
    board.insert(other);
    let teams = BTreeSet::new();
    let asker = Asker {
        now: time(NOW),
        officer: None,
        teams: &teams,
        utc_offset_minutes: 0,
        known: None,
    };
    let found = |filter: &str| {
        let filter = Filter::parse(filter).unwrap();
        let mut ids: Vec<u64> = filter.select(&board, asker).map(|item| item.id.0).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(found("fire"), [2]);
    assert_eq!(found("water"), [1042]);
    assert_eq!(found("water or fire"), [2, 1042]);
    assert_eq!(found(""), [2, 1042]);
}

#[test]
fn a_filter_knows_what_it_reaches() {
    let beyond = |filter: &str| Filter::parse(filter).unwrap().looks_beyond_queues();
    for filter in [
        "is:snoozed",
        "water (is:mine,closed or x)",
        "#1042",
        "is:merged",
    ] {
        assert!(beyond(filter), "{filter}");
    }
    for filter in ["", "water", "is:mine", "-is:snoozed", "-(is:closed or #1)"] {
        assert!(!beyond(filter), "{filter}");
    }
    assert!(Filter::parse(" ").unwrap().is_everything());
    assert!(!Filter::parse("a").unwrap().is_everything());
}

#[test]
fn a_filter_travels_as_it_was_written() {
    let filter = Filter::parse("sev>=high  or  água").unwrap();
    let json = serde_json::to_string(&filter).unwrap();
    assert_eq!(json, "\"sev>=high  or  água\"");
    assert_eq!(serde_json::from_str::<Filter>(&json).unwrap(), filter);
    let wrong = serde_json::from_str::<Filter>("\"kind:\"").unwrap_err();
    assert!(wrong.to_string().starts_with("column 6: "), "{wrong}");
}

#[test]
fn a_lookalike_is_found_by_the_names_that_are_known() {
    let mut known = KnownNames::default();
    known.know_account("@cityhall");
    let teams = BTreeSet::new();
    let asker = |known| Asker {
        now: time(NOW),
        officer: None,
        teams: &teams,
        utc_offset_minutes: 0,
        known,
    };
    let filter = Filter::parse("is:lookalike").unwrap();
    let by = |handle: &str| {
        let mut item = item();
        let mut content = (*item.content).clone();
        content.author.name = "".into();
        content.author.handle = handle.into();
        item.content = content.into();
        let with = filter.matches(&item, &asker(Some(&known)));
        (with, filter.matches(&item, &asker(None)))
    };
    assert_eq!(by("cityha1l"), (true, false), "passes for a known name");
    assert_eq!(by("cityhall"), (false, false), "is the known name");
    // The first letter is Cyrillic.
    assert_eq!(by("\u{441}ouncil"), (true, true), "mixes alphabets");
    assert_eq!(by("pepe"), (false, false));
}
