//! Colleagues: they work, leave what is young to whoever watches, and keep
//! their hands off what somebody else has.

use std::sync::Arc;
use std::time::Duration;

use super::colleague::{Colleague, Move};
use crate::model::board::Board;
use crate::model::command::{Verb, VerbName};
use crate::model::event::Arrival;
use crate::model::event::{Actor, Body, Cause, Event};
use crate::model::ids::{ChannelName, CommandId, DeskName, ItemId, ItemKey, OfficerId, Seq};
use crate::model::item::{Clocks, Content, Kind};
use crate::model::severity::Severity;
use crate::model::time::Timestamp;

fn start() -> Timestamp {
    Timestamp::parse("2026-11-23T19:00:00Z").expect("a time")
}

fn ines() -> OfficerId {
    OfficerId::new("ines").expect("a name")
}

fn event(seq: u64, key: ItemKey, id: u64, actor: Actor, body: Body) -> Event {
    Event {
        seq: Seq(seq),
        at: start(),
        actor,
        cause: Cause::Delivery,
        key: Some(key),
        id: Some(ItemId(id)),
        desk: Some(DeskName::new("floor").expect("a name")),
        body,
    }
}

/// A board with `many` items of a kind, all of them received at the start.
fn board(many: u64, kind: Kind) -> Board {
    let channel = ChannelName::new("cityapp").expect("a name");
    let mut board = Board::default();
    for n in 1..=many {
        let id = n.to_string();
        let content = Content::new(kind, channel.clone(), id.as_str().into(), "no water".into());
        let key = content.key();
        let arrival = Arrival {
            content: Arc::new(content),
            severity: Severity::Medium,
            tags: Vec::new(),
            clocks: Clocks::default(),
            reasons: Vec::new(),
            suppressed_by: None,
            reading: None,
        };
        let body = Body::ItemArrived(Box::new(arrival));
        let arrived = event(n, key, n, Actor::Source(channel.clone()), body);
        board.apply(&arrived).expect("it is new");
    }
    board
}

/// What ines gives as commands in `asks` asks, without anything coming of it.
fn commands(board: &Board, now: Timestamp, asks: usize) -> Vec<(Verb, usize, String)> {
    let mut colleague = Colleague::new(ines(), 1);
    let mut given = Vec::new();
    for _ in 0..asks {
        let (done, wait) = colleague.next(board, now, 1.0);
        assert!(wait <= Duration::from_secs(200));
        if let Some(Move::Do {
            verb,
            targets,
            note,
        }) = done
        {
            for target in &targets {
                let item = board.item(&target.key).expect("it is there");
                assert_eq!(target.version, Some(item.triage.version));
            }
            given.push((verb, targets.len(), note));
        }
    }
    given
}

#[test]
fn what_is_young_is_left_to_whoever_watches() {
    let now = start().plus(Duration::from_secs(10));
    assert_eq!(commands(&board(20, Kind::Escalation), now, 200), []);
}

#[test]
fn escalations_are_taken_and_mentions_are_worked_off() {
    let now = start().plus(Duration::from_secs(400));
    let taken = commands(&board(8, Kind::Escalation), now, 60);
    assert!(
        taken.iter().any(|(verb, ..)| *verb == Verb::Take),
        "{taken:?}"
    );
    let worked = commands(&board(20, Kind::Mention), now, 200);
    let resolves = |(verb, ..): &&(Verb, usize, String)| verb.name() == VerbName::Resolve;
    assert!(worked.iter().filter(resolves).count() > 5, "{worked:?}");
}

#[test]
fn a_long_queue_is_cleared_several_at_once_with_one_note() {
    let now = start().plus(Duration::from_secs(400));
    let cleared = commands(&board(200, Kind::Mention), now, 60);
    let bulk = cleared
        .iter()
        .filter(|(_, many, note)| *many >= 4 && !note.is_empty());
    assert!(bulk.count() > 10, "{cleared:?}");
}

#[test]
fn what_somebody_else_took_meanwhile_is_left_alone() {
    let now = start().plus(Duration::from_secs(400));
    let mut board = board(1, Kind::Escalation);
    let mut colleague = Colleague::new(ines(), 1);
    let looked = (0..50).find_map(|_| colleague.next(&board, now, 1.0).0);
    let Some(Move::Look(Some(key))) = looked else {
        panic!("ines does not look at it: {looked:?}");
    };
    let tomas = Actor::Officer(OfficerId::new("tomas").expect("a name"));
    let mut taken = event(2, key, 1, tomas, Body::ItemTaken);
    taken.cause = Cause::Command(CommandId(uuid::Uuid::nil()));
    board.apply(&taken).expect("it is there");
    for _ in 0..200 {
        let (done, _) = colleague.next(&board, now, 1.0);
        assert!(!matches!(done, Some(Move::Do { .. })), "{done:?}");
    }
}

#[test]
fn what_is_mine_gets_a_note_and_an_end() {
    let now = start().plus(Duration::from_secs(400));
    let mut board = board(1, Kind::Escalation);
    let key = board.items().next().expect("one").key;
    let mut taken = event(2, key, 1, Actor::Officer(ines()), Body::ItemTaken);
    taken.cause = Cause::Command(CommandId(uuid::Uuid::nil()));
    board.apply(&taken).expect("it is there");
    let given = commands(&board, now, 40);
    let of = |name: VerbName| given.iter().find(|(verb, ..)| verb.name() == name);
    assert!(of(VerbName::Note).is_some_and(|(_, _, note)| !note.is_empty()));
    assert!(of(VerbName::Resolve).is_some(), "{given:?}");
}
