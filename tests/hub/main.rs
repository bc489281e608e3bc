//! The hub through its real doors, on port 0: sessions race, miss nothing,
//! and survive a restart.

#![allow(
    unreachable_pub,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test's own modules; a test fails by panicking"
)]

mod full;
mod paging;
mod rig;
mod seam;
mod slow;

use std::time::Duration;

use rig::{Console, Rig, command, take};
use watchfloor::model::command::{RefusalCode, Verb};
use watchfloor::model::event::Body;
use watchfloor::model::inbound::Receipt;
use watchfloor::wire::frames::ServerFrame;

#[tokio::test]
async fn one_winner_and_the_other_is_told_who() {
    let rig = Rig::start().await;
    rig.post(&["a pipe burst in Rua das Flores"]).await;
    let (mut ana, mut ben) = (rig.join("ana").await, rig.join("ben").await);
    let target = ana.first_item().await;
    ben.first_item().await;
    ana.send_command(&take(&target)).await;
    ben.send_command(&take(&target)).await;
    let outcomes = [ana.outcome().await, ben.outcome().await];
    let winners = outcomes
        .iter()
        .filter(|outcome| outcome.accepted() == 1)
        .count();
    assert_eq!(winners, 1, "{outcomes:?}");
    let refusal = outcomes
        .iter()
        .find_map(|outcome| outcome.first_refusal())
        .expect("a loser");
    assert!(
        matches!(refusal.code, RefusalCode::Held | RefusalCode::Stale),
        "{refusal:?}"
    );
    assert!(
        refusal.says.contains("ana") || refusal.says.contains("ben"),
        "{}",
        refusal.says
    );
    rig.stop().await;
}

/// In a stream that never rests: an officer who only reads says nothing unasked.
#[tokio::test]
async fn who_only_listens_is_asked_for_a_sign_of_life() {
    let rig = Rig::start().await;
    let mut console = rig.join("ana").await;
    let stream = async {
        for n in 0..30 {
            rig.post(&[&format!("post {n}")]).await;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    let asked = async { while !matches!(console.frame().await, ServerFrame::Ping { .. }) {} };
    tokio::select! {
        () = stream => panic!("half a minute, and nobody asked"),
        () = asked => {}
    }
    rig.stop().await;
}

#[tokio::test]
async fn a_redelivery_is_dropped_and_an_edit_is_not() {
    let rig = Rig::start().await;
    assert_eq!(
        rig.post(&["one", "two"]).await,
        [Receipt::Arrived, Receipt::Arrived]
    );
    assert_eq!(
        rig.post(&["one", "two"]).await,
        [Receipt::Duplicate, Receipt::Duplicate]
    );
    assert_eq!(rig.post_as("one", "one, edited").await, [Receipt::Updated]);
    rig.stop().await;
}

#[tokio::test]
async fn the_same_thing_twice_in_one_delivery_arrives_once() {
    let rig = Rig::start().await;
    assert_eq!(
        rig.post(&["one", "one"]).await,
        [Receipt::Arrived, Receipt::Duplicate]
    );
    rig.stop().await;
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_restart_and_no_event_is_told_twice() {
    let rig = Rig::start().await;
    rig.post(&["the lift at the town hall is stuck"]).await;
    let mut ana = rig.join("ana").await;
    let target = ana.first_item().await;
    ana.send_command(&take(&target)).await;
    let first = ana.outcome().await;
    assert_eq!(first.accepted(), 1);
    let (epoch, seq) = (ana.epoch, ana.last);
    let rig = rig.restart().await;
    let mut ana = rig.resume("ana", epoch, seq).await;
    rig.post(&["and now the other lift too"]).await;
    let events = ana.events().await;
    assert!(events.iter().all(|event| event.seq > seq));
    assert!(matches!(events[0].body, Body::ItemArrived(_)));
    // The same command again: the first outcome, also from the log.
    ana.send_command(&take(&target)).await;
    let mut again = take(&target);
    again.id = first.command;
    ana.send_command(&again).await;
    let outcomes = [ana.outcome().await, ana.outcome().await];
    assert!(outcomes.contains(&first), "{outcomes:?}");
    rig.stop().await;
}

#[tokio::test]
async fn a_slow_console_is_replayed_from_the_log() {
    let rig = Rig::start().await;
    let mut slow = rig.join("ana").await;
    // More frames than a queue holds, and the console reads none of them.
    for round in 0..300 {
        rig.post(&[&format!("post {round} {}", "x".repeat(9000))])
            .await;
        // It lives, however long the posts take here.
        if round % 50 == 0 {
            slow.pong().await;
        }
    }
    let mut seen = 0;
    let mut last = slow.last;
    while seen < 300 {
        match slow.frame().await {
            ServerFrame::Events(events) => {
                assert!(
                    events.from <= last.next(),
                    "a gap: {} after {last}",
                    events.from
                );
                seen += events
                    .events
                    .iter()
                    .filter(|event| event.seq > last)
                    .count();
                last = events.to;
            }
            ServerFrame::Bye { reason, .. } => panic!("{reason}"),
            _ => {}
        }
    }
    assert_eq!(seen, 300);
    rig.stop().await;
}

#[tokio::test]
async fn a_take_without_a_session_becomes_an_assignment() {
    let rig = Rig::start().await;
    rig.post(&["a bin is full"]).await;
    let item = rig
        .running
        .hub
        .desk
        .board(|board| board.items().next().cloned())
        .expect("an item");
    let officer = Rig::officer("carla");
    let outcome = rig
        .running
        .hub
        .desk
        .ask(officer, false, take(&item.key))
        .await;
    assert_eq!(outcome.accepted(), 1);
    let holder = rig.running.hub.desk.board(|board| {
        board
            .item(&item.key)
            .and_then(|item| item.triage.holder())
            .map(|who| who.to_string())
    });
    assert_eq!(holder.as_deref(), Some("carla"));
    rig.stop().await;
}

#[tokio::test]
async fn doors_refuse_with_a_sentence() {
    let rig = Rig::start().await;
    let refused = Console::dial(rig.running.address, Some("wf_wrong"), "watchfloor.v1").await;
    assert_eq!(refused.err(), Some(401));
    let refused = Console::dial(rig.running.address, None, "watchfloor.v1").await;
    assert_eq!(refused.err(), Some(401));
    let token = rig.token("ana");
    let refused = Console::dial(rig.running.address, Some(&token), "watchfloor.v9").await;
    assert_eq!(refused.err(), Some(400));
    rig.stop().await;
}

#[tokio::test]
async fn two_hubs_on_one_store_the_second_refuses() {
    let rig = Rig::start().await;
    let second = rig.start_second().await;
    assert!(second.contains("in use by another hub"), "{second}");
    rig.stop().await;
}

#[tokio::test]
async fn a_viewer_is_told_why_not() {
    let rig = Rig::start().await;
    rig.post(&["a bin is full"]).await;
    let mut eve = rig.join_viewer("eve").await;
    let target = eve.first_item().await;
    eve.send_command(&command(Verb::Acknowledge, &target)).await;
    let refusal = eve.outcome().await.refused.expect("refused whole");
    assert_eq!(refusal.code, RefusalCode::Role);
    rig.stop().await;
}

#[tokio::test]
async fn too_many_commands_are_refused_one_by_one() {
    let rig = Rig::start().await;
    rig.post(&["a bin is full"]).await;
    let mut ana = rig.join("ana").await;
    let target = ana.first_item().await;
    for _ in 0..80 {
        ana.send_command(&command(Verb::Note, &target)).await;
    }
    let mut refused = 0;
    tokio::time::timeout(Duration::from_secs(10), async {
        while refused == 0 {
            if let ServerFrame::Error { says, .. } = ana.frame().await {
                assert!(says.contains("commands a second"), "{says}");
                refused += 1;
            }
        }
    })
    .await
    .expect("some were refused");
    rig.stop().await;
}
