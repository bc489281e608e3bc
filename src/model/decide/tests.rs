//! The table and `decide` say the same: every verb in every standing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::{Acting, command};
use crate::model::board::Board;
use crate::model::claim::{ClaimMatch, Level, Rating, Stance};
use crate::model::command::{Command, RefusalCode, Target, Verb, VerbName};
use crate::model::feedback::Feedback;
use crate::model::ids::{ChannelName, CommandId, DeskName, ItemId, OfficerId, Seq, TeamName};
use crate::model::item::{Content, Item, Kind};
use crate::model::officer::{Desks, Officer, Role};
use crate::model::outgoing::{Act, Manner, Outgoing, Reach, Stage};
use crate::model::reading::Reading;
use crate::model::seldom::Seldom;
use crate::model::severity::Severity;
use crate::model::time::Timestamp;
use crate::model::triage::{
    Assignee, Cell, Resolution, Standing, State, TABLE, Triage, Wake, cell,
};
use crate::text::Untrusted;

const STANDINGS: [Standing; 6] = [
    Standing::New,
    Standing::Acknowledged,
    Standing::Mine,
    Standing::TeamAssigned,
    Standing::Theirs,
    Standing::Resolved,
];

fn now() -> Timestamp {
    Timestamp::parse("2026-11-23T19:20:00Z").unwrap()
}

fn officer(name: &str, role: Role) -> Officer {
    Officer {
        id: OfficerId::new(name).unwrap(),
        role,
        desks: Desks::All,
        teams: BTreeSet::new(),
    }
}

/// A state that `me` sees as `standing`; "mine" by assignment, since what is
/// taken can't be taken again.
fn state(standing: Standing, me: &Officer) -> State {
    let other = OfficerId::new("officer2").unwrap();
    let at = now().minus(Duration::from_mins(3));
    let assigned = |to| State::Assigned {
        to,
        by: other.clone(),
        at,
        answer_by: None,
    };
    match standing {
        Standing::New => State::New,
        Standing::Acknowledged => State::Acknowledged {
            by: other,
            at,
            until: now(),
        },
        Standing::Mine => assigned(Assignee::Officer(me.id.clone())),
        Standing::TeamAssigned => assigned(Assignee::Team(TeamName::new("water").unwrap())),
        Standing::Theirs => State::Taken { by: other, at },
        Standing::Resolved => State::Resolved {
            by: Some(other),
            at,
            reason: Resolution::Done,
        },
    }
}

fn item(number: u64, state: State) -> Item {
    let content = Content::new(
        Kind::Mention,
        ChannelName::new("square").unwrap(),
        Untrusted::from(format!("post-{number}")),
        Untrusted::from("brown water"),
    );
    Item {
        key: content.key(),
        id: ItemId(number),
        last_seq: Seq(number),
        content: Arc::new(content),
        desk: DeskName::new("city").unwrap(),
        severity: Severity::Medium,
        received_at: now(),
        edited_at: None,
        retracted: None,
        source_resolved_at: None,
        triage: Triage {
            state,
            ..Triage::default()
        }
        .into(),
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

fn verb(name: VerbName) -> Verb {
    match name {
        VerbName::Acknowledge => Verb::Acknowledge,
        VerbName::Take => Verb::Take,
        VerbName::Release => Verb::Release,
        VerbName::Assign => Verb::Assign {
            to: Assignee::Officer(OfficerId::new("officer3").unwrap()),
            answer_by: None,
        },
        VerbName::Escalate => Verb::Escalate {
            reason: Untrusted::from("possible rumour"),
        },
        VerbName::Snooze => Verb::Snooze {
            wake: Wake::At(now().plus(Duration::from_hours(1))),
        },
        VerbName::Resolve => Verb::Resolve {
            reason: Resolution::Done,
        },
        VerbName::Reopen => Verb::Reopen,
        VerbName::Merge => Verb::Merge,
        VerbName::Split => Verb::Split,
        VerbName::Prioritise => Verb::Prioritise { priority: Some(2) },
        VerbName::Tag => Verb::Tag {
            add: vec!["rumour".parse().unwrap()],
            remove: Vec::new(),
        },
        VerbName::Send => Verb::Send {
            act: Act::Reply,
            text: Untrusted::from("We are on it."),
            until: None,
        },
        VerbName::Withdraw => Verb::Withdraw,
        VerbName::Resend => Verb::Resend,
        VerbName::ConfirmClaim => Verb::ConfirmClaim {
            claim: Untrusted::default(),
        },
        VerbName::RejectClaim => Verb::RejectClaim {
            claim: Untrusted::default(),
        },
        VerbName::Feedback => Verb::Feedback {
            feedback: Feedback::NotRelevant,
        },
        _ => Verb::Note,
    }
}

/// A claim that nobody judged.
fn claim() -> ClaimMatch {
    ClaimMatch {
        id: "w1".into(),
        claim: "The water is poisoned".into(),
        title: Untrusted::default(),
        url: Untrusted::default(),
        by: Untrusted::default(),
        rating: Rating::False,
        level: Level::Suggested,
        stance: Stance::Spreads,
        score: 40,
        held: 30,
        lead: 60,
        near: None,
        verdict: None,
    }
}

/// A message that stands where the verb begins.
fn outgoing(name: VerbName) -> Option<Outgoing> {
    let stage = match name {
        VerbName::Withdraw => Stage::Held { until: now() },
        VerbName::Resend => Stage::Failed {
            at: now(),
            why: Untrusted::from("The post was deleted."),
        },
        _ => return None,
    };
    Some(Outgoing {
        id: CommandId(uuid::Uuid::from_u128(3)),
        act: Act::Reply,
        text: Untrusted::from("We are on it."),
        until: None,
        by: OfficerId::new("officer1").unwrap(),
        at: now(),
        stage,
        mark: None,
    })
}

/// The refusal of a verb in a standing, if any.
fn tried(name: VerbName, standing: Standing, role: Role) -> Option<RefusalCode> {
    let me = officer("officer1", role);
    let mut board = Board::default();
    let mut item1 = item(1, state(standing, &me));
    let mut item2 = item(2, State::New);
    let mut targets = vec![Target {
        key: item1.key,
        version: None,
    }];
    item1.outgoing.extend(outgoing(name));
    item1.reading = Some(Arc::new(Reading {
        claims: vec![claim()].into(),
        ..Reading::default()
    }));
    if name == VerbName::Split {
        item1.members.push(item2.key);
        item2.triage.merged_into = Some(item1.key);
    }
    if name == VerbName::Merge {
        targets.push(Target {
            key: item2.key,
            version: None,
        });
    }
    let rules = BTreeMap::from([(Act::Reply, vec![Manner::default()])]);
    let reach = Reach {
        channels: BTreeMap::from([(item1.content.channel.clone(), rules)]),
        ..Reach::default()
    };
    board.insert(item1);
    board.insert(item2);
    let command_ = Command {
        id: CommandId(uuid::Uuid::from_u128(7)),
        verb: verb(name),
        targets,
        note: Untrusted::from("seen"),
    };
    let decision = command(
        &board,
        &command_,
        &Acting {
            officer: &me,
            now: now(),
            ack_rest: Duration::from_mins(15),
            reach: &reach,
            utc_offset_minutes: 0,
        },
    );
    let refused = decision.outcome.first_refusal().map(|r| r.code);
    assert_eq!(refused.is_none(), !decision.facts.is_empty(), "{name:?}");
    refused
}

#[test]
fn the_table_has_every_verb_about_an_item_once() {
    let mut rows: BTreeMap<String, usize> = BTreeMap::new();
    for (verb, _) in TABLE {
        *rows.entry(verb.word().to_owned()).or_default() += 1;
    }
    assert!(rows.values().all(|count| *count == 1));
    assert_eq!(rows.len(), 19, "{rows:?}");
}

#[test]
fn decide_agrees_with_the_table_in_every_cell() {
    for (name, _) in TABLE {
        for standing in STANDINGS {
            let refused = tried(name, standing, Role::Officer);
            let expected = match cell(name, standing) {
                Cell::Yes => None,
                Cell::Already => Some(RefusalCode::Already),
                Cell::Held => Some(RefusalCode::Held),
                Cell::No => Some(RefusalCode::State),
            };
            assert_eq!(refused, expected, "{name:?} on {standing:?}");
        }
    }
}

#[test]
fn a_supervisor_may_where_others_hold_and_a_viewer_nowhere() {
    for (name, _) in TABLE {
        for standing in STANDINGS {
            if cell(name, standing) == Cell::Held {
                let refused = tried(name, standing, Role::Supervisor);
                assert_eq!(refused, None, "{name:?} on {standing:?}");
            }
            let refused = tried(name, standing, Role::Viewer);
            assert_eq!(refused, Some(RefusalCode::Role));
        }
    }
}
