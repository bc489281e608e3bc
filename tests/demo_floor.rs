//! The demo's floor and documents against the real rooms: the names, filters and
//! words of its settings, and each document through the built-in channel files.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use watchfloor::channels::catalogue::Catalogue;
use watchfloor::channels::trial::try_sample;
use watchfloor::demo::scenario::Scenario;
use watchfloor::demo::scenario::act::{About, Door, Planned};
use watchfloor::demo::{Servers, settings};
use watchfloor::model::filter::Filter;
use watchfloor::model::ids::{ChannelName, DeskName, OfficerId, RuleName, Tag, TeamName};
use watchfloor::model::inbound::Inbound;
use watchfloor::model::item::Kind;
use watchfloor::model::officer::Role;
use watchfloor::model::severity::Severity;
use watchfloor::model::time::Timestamp;

#[test]
fn the_floor_is_made_of_names_that_the_hub_takes() {
    let mastodon = "127.0.0.1:2".parse().unwrap();
    let feed = "127.0.0.1:3".parse().unwrap();
    let platform = "127.0.0.1:4".parse().unwrap();
    let servers = Servers {
        mastodon,
        feed,
        platform,
    };
    let floor = settings(servers, || "token".to_owned());
    let desk = |name: &str| {
        assert!(floor.desks.iter().any(|desk| desk == name), "{name}");
        DeskName::new(name).unwrap();
    };
    for channel in &floor.channels {
        ChannelName::new(channel.name).unwrap();
        desk(channel.desk);
    }
    for rule in &floor.rules {
        RuleName::new(rule.name).unwrap();
        Filter::parse(rule.when).unwrap_or_else(|e| panic!("{}: {e}", rule.name));
        rule.desk.into_iter().for_each(desk);
        assert!(
            rule.severity
                .is_none_or(|word| word.parse::<Severity>().is_ok())
        );
        rule.tags
            .iter()
            .for_each(|tag| assert!(Tag::new(tag).is_ok()));
    }
    for row in &floor.sla {
        assert!(
            row.severity
                .is_none_or(|word| word.parse::<Severity>().is_ok())
        );
    }
    for officer in &floor.officers {
        OfficerId::new(officer.id).unwrap();
        officer.role.parse::<Role>().unwrap();
        officer.desks.iter().for_each(|name| desk(name));
        for team in officer.teams {
            assert!(floor.teams.iter().any(|known| known == team), "{team}");
            TeamName::new(team).unwrap();
        }
    }
    assert!(
        floor
            .zone
            .parse::<String>()
            .is_ok_and(|zone| jiff::tz::TimeZone::get(&zone).is_ok())
    );
}

/// What the channels' real maps make of a document: one thing.
fn mapped(catalogue: &Catalogue, planned: &Planned) -> Inbound {
    let file = match planned.act.door {
        Door::In("monitoring") => "alertmanager",
        Door::In("chatbot") => "chatwoot",
        Door::In(_) => "generic",
        Door::Stream | Door::Feed => "mastodon",
    };
    let tried = try_sample(catalogue, file, planned.act.body.as_bytes());
    let tried = tried.unwrap_or_else(|e| panic!("{e}: {}", planned.act.body));
    let mut found: Vec<_> = tried.parts.into_iter().filter_map(|p| p.inbound).collect();
    assert_eq!(found.len(), 1, "{}", planned.act.body);
    found.remove(0)
}

#[test]
fn the_real_channel_files_read_every_document_as_it_was_meant() {
    let catalogue = Catalogue::built_in().unwrap();
    let plan = Scenario::new(6, Timestamp::from_millis(1_795_459_800_000), 1.0)
        .unwrap()
        .take(2500);
    for planned in plan.filter(|planned| planned.act.door != Door::Feed) {
        let body = &planned.act.body;
        match (mapped(&catalogue, &planned), &planned.act.about) {
            (Inbound::Item { content, .. }, about) => {
                let (kind, id) = match about {
                    About::Said { id, .. } | About::Amended { id } => (Kind::Mention, id),
                    About::Fires { id } | About::Ends { id } => (Kind::Alert, id),
                    About::HandedOver { id, .. } => (Kind::Escalation, id),
                    other => panic!("{other:?} became an item: {body}"),
                };
                assert_eq!(
                    (content.kind, content.external_id.as_evidence()),
                    (kind, id.as_str())
                );
                assert!(!content.text.is_empty(), "{body}");
                let ended = matches!(about, About::Ends { .. });
                assert_eq!(content.ended_at.is_some(), ended, "{body}");
            }
            (Inbound::Retraction { external_id, .. }, About::Withdrawn { id })
            | (Inbound::Continuation { external_id, .. }, About::Continued { id }) => {
                assert_eq!(external_id.as_evidence(), id);
            }
            (Inbound::Unmapped { .. }, About::Misfit) => {}
            (became, about) => panic!("{about:?} became {became:?}"),
        }
    }
}

#[test]
fn the_saved_views_are_filters_without_a_mistake() {
    for (name, filter) in watchfloor::demo::VIEWS {
        Filter::parse(filter).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
}
