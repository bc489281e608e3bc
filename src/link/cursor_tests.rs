//! The cursor against a model: whatever way a log is cut, doubled or broken,
//! the console gets every event once and in order, or a gap is called.

use proptest::prelude::*;

use super::*;
use crate::model::event::{Actor, Body, Cause, Event};
use crate::model::ids::OfficerId;
use crate::model::officer::{Desks, Role};
use crate::model::time::Timestamp;
use crate::wire::frames::Roster;
use crate::wire::limits::Limits;

fn hello(epoch: u128, head: u64) -> Hello {
    Hello {
        epoch: Epoch(uuid::Uuid::from_u128(epoch)),
        head: Seq(head),
        officer: OfficerId::new("officer1").expect("a name"),
        role: Role::Officer,
        desks: Desks::All,
        teams: Vec::new(),
        roster: Roster::default(),
        zone: "UTC".into(),
        now: Timestamp::default(),
        limits: Limits::default(),
        version: "0".into(),
        demo: false,
    }
}

fn event(seq: u64) -> Event {
    Event {
        seq: Seq(seq),
        at: Timestamp::default(),
        actor: Actor::Hub,
        cause: Cause::Clock,
        key: None,
        id: None,
        desk: None,
        body: Body::ItemReopened,
    }
}

/// Every second event of the range is in scope.
fn events(from: u64, to: u64) -> Events {
    Events {
        from: Seq(from),
        to: Seq(to),
        events: (from..=to).filter(|n| n % 2 == 0).map(event).collect(),
    }
}

fn snapshot(part: Part, at: u64) -> Items {
    Items {
        at: Seq(at),
        items: Vec::new(),
        suppressions: Vec::new(),
        part,
    }
}

fn begun(at: u64) -> Cursor {
    let mut cursor = Cursor::default();
    assert_eq!(cursor.hello(&hello(1, at)), Life::First);
    cursor.items(&snapshot(Part::Only, at));
    cursor
}

fn resume_of(cursor: &Cursor) -> (Option<u128>, u64) {
    match cursor.resume(Window::default()) {
        ClientFrame::Resume { epoch, seq, .. } => (epoch.map(|e| e.0.as_u128()), seq.0),
        other => panic!("a session begins with resume, not {other:?}"),
    }
}

proptest! {
    #[test]
    fn every_event_once_and_in_order(
        cuts in proptest::collection::vec((0_u64..20, 1_u64..20), 1..40),
    ) {
        let mut cursor = begun(100);
        let (mut seen, mut last) = (Vec::new(), 100);
        for (overlap, more) in cuts {
            let from = (last + 1_u64).saturating_sub(overlap).max(1);
            let to = last + more;
            match cursor.events(events(from, to)) {
                Verdict::New(new) => {
                    prop_assert_eq!(new.from, Seq(last + 1));
                    seen.extend(new.events.iter().map(|e| e.seq.0));
                }
                other => prop_assert!(false, "{:?}", other),
            }
            last = to;
        }
        let all: Vec<u64> = (101..=last).filter(|n| n % 2 == 0).collect();
        prop_assert_eq!(seen, all);
    }

    #[test]
    fn a_missing_range_is_always_called(skip in 1_u64..1000, long in 1_u64..100) {
        let mut cursor = begun(100);
        let from = 101 + skip;
        let verdict = cursor.events(events(from, from + long));
        prop_assert_eq!(verdict, Verdict::Gap { expected: Seq(101), got: Seq(from) });
        prop_assert_eq!(cursor.last(), Seq(100));
    }
}

#[test]
fn what_was_seen_is_dropped() {
    let mut cursor = begun(100);
    assert_eq!(cursor.events(events(90, 100)), Verdict::Doubled);
    assert_eq!(cursor.last(), Seq(100));
}

#[test]
fn an_interrupted_snapshot_is_asked_for_again() {
    let mut cursor = Cursor::default();
    cursor.hello(&hello(1, 50));
    cursor.items(&snapshot(Part::First, 50));
    assert!(matches!(cursor.events(events(1, 51)), Verdict::Gap { .. }));
    assert_eq!(resume_of(&cursor), (None, 0));
    assert_eq!(cursor.hello(&hello(1, 60)), Life::Same);
    cursor.items(&snapshot(Part::First, 60));
    cursor.items(&snapshot(Part::Last, 60));
    assert_eq!(resume_of(&cursor), (Some(1), 60));
}

#[test]
fn another_epoch_or_a_shortened_log_is_another_life() {
    let mut cursor = begun(100);
    assert_eq!(cursor.hello(&hello(1, 100)), Life::Same);
    assert_eq!(resume_of(&cursor), (Some(1), 100));
    assert_eq!(cursor.hello(&hello(1, 99)), Life::Another);
    assert_eq!(resume_of(&cursor), (None, 0));
    cursor.items(&snapshot(Part::Only, 99));
    assert_eq!(cursor.hello(&hello(2, 500)), Life::Another);
}

#[test]
fn behind_counts_down_and_is_caught_up_once() {
    let mut cursor = begun(100);
    assert!(cursor.catches_up());
    cursor.lost();
    assert_eq!(cursor.hello(&hello(1, 140)), Life::Same);
    assert_eq!(cursor.behind(), 40);
    assert!(!cursor.catches_up());
    cursor.events(events(101, 120));
    assert_eq!(cursor.behind(), 20);
    cursor.events(events(121, 140));
    assert!(cursor.catches_up());
    assert!(!cursor.catches_up());
    assert!(cursor.resync(Seq(140), Seq(150)));
    assert_eq!(cursor.behind(), 10);
    cursor.ping(Seq(150));
    assert!(
        cursor.catches_up(),
        "silence means that nothing is under way"
    );
}

#[test]
fn a_replay_from_the_beginning_needs_no_snapshot() {
    let mut cursor = Cursor::default();
    cursor.hello(&hello(1, 4));
    assert!(matches!(cursor.events(events(1, 4)), Verdict::New(_)));
    assert_eq!(resume_of(&cursor), (Some(1), 4));
}
