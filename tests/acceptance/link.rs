//! Steps 21 to 25 of the watch, and the end of it: a lost link, a dead console,
//! a silent channel, closing and the proof of the log.

use std::path::Path;
use std::time::Duration;

use watchfloor::console::Exit;
use watchfloor::model::item::Item;
use watchfloor::store::{VerifyError, verify};

use crate::floor::Floor;
use crate::wire::Way;

/// Steps 21 and 22: six minutes without the hub. The script's public reply
/// comes with the channels that send.
#[tokio::test]
async fn steps_21_and_22_six_minutes_without_the_hub() {
    let floor = Floor::start().await;
    floor.posts(0..4, "high").await;
    let (ana, ben) = (floor.console("ana").await, floor.console("ben").await);
    ana.sees("[All 4]").await;
    ana.way(Way::Silent);
    let screen = ana.sees("STALE since 18:5").await;
    assert!(screen.contains("The floor as of 18:5"), "{screen}");
    ana.command("1");
    ana.sees("post 0").await;
    ana.command("note phone log asked for");
    ana.sees("1 queued").await;
    ana.way(Way::Cut);
    ana.sees("OFFLINE since 18:5").await;
    floor.until_gone("ana").await;
    floor.advance(Duration::from_mins(6));
    ana.command("2");
    ana.sees("post 1").await;
    ana.command("note crew is on its way");
    ana.sees("2 queued").await;
    ana.command("3");
    ana.sees("post 2").await;
    ana.keys("a Esc");
    let screen = ana.sees("3 queued").await;
    assert!(screen.contains("…queued"), "{screen}");
    floor.posts(10..15, "low").await;
    ben.command("3");
    ben.sees("post 2").await;
    ben.keys("a");
    ben.sees("1 mine").await;
    assert!(floor.item(1).notes.is_empty());

    ana.way(Way::Open);
    ana.sees(":queued shows").await;
    let screen = ana.sees_no("since 18:5").await;
    assert!(
        !screen.contains("OFFLINE") && !screen.contains("STALE"),
        "{screen}"
    );
    ana.sees("live").await;
    ana.sees("[All 9]").await;
    ana.sees("0 mine").await;
    let words = |item: Item| -> Vec<String> {
        let notes = item.notes.iter();
        notes
            .map(|note| note.text.as_evidence().to_owned())
            .collect()
    };
    assert_eq!(words(floor.item(1)), ["phone log asked for"]);
    assert_eq!(words(floor.item(2)), ["crew is on its way"]);
    assert_eq!(floor.holder(3).as_deref(), Some("ben"));
    assert_eq!(floor.board(|board| board.len()), 9);
    ana.command("queued");
    let page = ana.sees("Did not go through").await;
    assert!(
        page.contains("Nothing waits.") && page.contains("#3"),
        "{page}"
    );
    assert!(page.contains("ben"), "{page}");
    floor.stop().await;
}

/// Step 23. What tmux keeps (screen, cursor, draft) is the console that runs
/// on; here are the leases: another console has them, a dead one loses them.
#[tokio::test]
async fn step_23_a_dead_console_and_another_machine() {
    let floor = Floor::start().await;
    floor.posts(0..3, "high").await;
    let (ana, ben) = (floor.console("ana").await, floor.console("ben").await);
    for number in ["1", "2"] {
        ana.command(number);
        ana.keys("a");
        ana.sees(&format!("#{number} taken.")).await;
        ana.keys("Esc");
    }
    ana.sees("2 mine").await;
    ana.dies();
    floor.until_gone("ana").await;
    floor.advance(Duration::from_secs(80));
    floor.ticked().await;
    assert_eq!(floor.held_by("ana"), [1, 2]);
    let again = floor.console("ana").await;
    again.sees("2 mine").await;
    floor.advance(Duration::from_secs(80));
    floor.ticked().await;
    assert_eq!(floor.held_by("ana"), [1, 2]);
    again.dies();
    floor.until_gone("ana").await;
    floor.advance(Duration::from_secs(91));
    floor
        .until("both back", |board| {
            board.items().all(|item| item.triage.holder().is_none())
        })
        .await;
    ben.sees_no("ana").await;
    ben.command("1");
    ben.sees("Nobody has it.").await;
    ben.keys("a");
    ben.sees("1 mine").await;
    let third = floor.console("ana").await;
    third.sees("0 mine").await;
    assert_eq!(floor.held_by("ben"), [1]);
    // And without a key for the idle limit, connected or not.
    floor.advance(Duration::from_mins(21));
    floor
        .until("ben's back too", |board| {
            board.items().all(|item| item.triage.holder().is_none())
        })
        .await;
    ben.sees("0 mine").await;
    floor.stop().await;
}

#[tokio::test]
async fn step_25_a_silent_channel_is_not_a_quiet_one() {
    let floor = Floor::start().await;
    floor.posts(0..1, "low").await;
    floor
        .deliver("wire", r#"{"id": 1, "text": "council meets"}"#)
        .await;
    let ana = floor.console("ana").await;
    ana.sees("ch 2/2").await;
    floor.advance(Duration::from_mins(16));
    ana.sees("ch 1/2").await;
    ana.sees("[All 3]").await;
    ana.command("3");
    ana.sees("The channel wire is silent").await;
    ana.keys("Esc C");
    let page = ana.sees("in all").await;
    assert!(page.contains("town") && page.contains("silent"), "{page}");
    ana.keys("Esc");
    floor
        .deliver("wire", r#"{"id": 2, "text": "council met"}"#)
        .await;
    ana.sees("ch 2/2").await;
    floor
        .until("the alert's end", |board| {
            let mut own = board
                .items()
                .filter(|item| item.content.channel.as_str() == "watchfloor");
            own.any(|item| item.source_resolved_at.is_some() || !item.is_open())
        })
        .await;
    floor.stop().await;
}

#[tokio::test]
async fn step_34_closing_and_the_proof_of_the_log() {
    let floor = Floor::start().await;
    floor.posts(0..3, "high").await;
    let (ana, ben) = (floor.console("ana").await, floor.console("ben").await);
    ana.command("1");
    ana.keys("a");
    ana.sees("1 mine").await;
    ana.keys("Esc q");
    ana.sees("You hold 1 item.").await;
    ana.keys("n");
    ana.sees_no("You hold").await;
    ana.keys("x");
    ana.sees("0 mine").await;
    ana.keys("q");
    assert_eq!(ana.exit().await, Exit::Closed);
    ben.keys("q");
    assert_eq!(ben.exit().await, Exit::Closed);
    let (log, folder) = floor.stop().await;
    let proof = verify(&log, None).expect("it is sound");
    assert!(proof.events >= 5, "{proof:?}");
    let copy = folder.path().join("copy.db");
    std::fs::copy(&log, &copy).expect("copied");
    flip(&copy, 4);
    match verify(&copy, None) {
        Err(VerifyError::Entry { seq, .. }) => assert_eq!(seq.0, 4),
        other => panic!("not found: {other:?}"),
    }
    verify(&log, None).expect("the log itself is as it was");
}

/// Changes one byte of what an event says.
fn flip(log: &Path, seq: i64) {
    let conn = rusqlite::Connection::open(log).expect("opens");
    let mut body: Vec<u8> = conn
        .query_row("SELECT body FROM events WHERE seq = ?1", [seq], |row| {
            row.get(0)
        })
        .expect("it is there");
    let middle = body.len() / 2;
    body[middle] ^= 1;
    let changed = conn.execute("UPDATE events SET body = ?1 WHERE seq = ?2", (body, seq));
    assert_eq!(changed.expect("written"), 1);
}
