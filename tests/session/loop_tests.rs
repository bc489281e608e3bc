//! The loop itself: every way in, every way out, and silence when nothing
//! changes.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use watchfloor::console::Exit;
use watchfloor::console::lock::Unlock;
use watchfloor::console::watch::Outside;
use watchfloor::link::News;
use watchfloor::model::command::VerbName;
use watchfloor::model::ids::Seq;
use watchfloor::model::severity::Severity;
use watchfloor::wire::frames::{Items, Part};

use super::runner::{Asked, Runner, item};

#[tokio::test]
async fn a_key_becomes_a_command() {
    let mut console = Runner::start().await;
    console.begin(vec![item(1042, Severity::High)]).await;
    console.send_keys("ka");
    let command = console.command().await;
    assert_eq!(command.verb.name(), VerbName::Take);
    assert_eq!(command.targets[0].key, item(1042, Severity::High).key);
    console.send_keys("q");
    assert_eq!(console.exit().await, Exit::Closed);
}

#[tokio::test]
async fn what_happens_is_seen() {
    let mut console = Runner::start().await;
    console.begin(vec![item(1042, Severity::High)]).await;
    console
        .wait_for("the item", |shown| {
            shown.text.contains("#1042") && shown.text.contains("water main 1042")
        })
        .await;
    let down = News::Down {
        since: Some(super::runner::now()),
        why: "The connection to the hub broke.".into(),
        retry_in: Some(Duration::from_secs(3)),
    };
    console.tell(down).await;
    console
        .wait_for("the banner, with the items below it", |shown| {
            shown.text.contains("18:50") && shown.text.contains("water main 1042")
        })
        .await;
}

#[tokio::test]
async fn every_way_out_is_told_apart() {
    for (outside, exit) in [
        (Outside::Interrupt, Exit::Interrupted),
        (Outside::Terminate, Exit::Terminated),
        (Outside::HangUp, Exit::HungUp),
    ] {
        let console = Runner::start().await;
        console
            .outside
            .send(outside)
            .await
            .expect("the console listens");
        assert_eq!(console.exit().await, exit);
    }
    let mut console = Runner::start().await;
    console.hang_up();
    assert_eq!(console.exit().await, Exit::HungUp);
    let codes = [
        Exit::Closed,
        Exit::HungUp,
        Exit::Interrupted,
        Exit::Terminated,
    ];
    assert_eq!(codes.map(Exit::code), [0, 129, 130, 143]);
}

#[tokio::test]
async fn a_dead_link_leaves_a_console_that_can_be_read_and_closed() {
    let mut console = Runner::start().await;
    console.begin(vec![item(1, Severity::High)]).await;
    console.news = None;
    console.send_keys("q");
    assert_eq!(console.exit().await, Exit::Closed);
}

#[tokio::test]
async fn a_key_tells_the_hub_that_the_officer_is_there() {
    let mut console = Runner::start().await;
    console.send_keys("j");
    while console.asked().await != Asked::Presence {}
}

/// A flood of news never keeps a key waiting for more than a batch.
#[tokio::test]
async fn keys_come_before_news() {
    let mut console = Runner::start().await;
    console.begin(vec![item(1, Severity::High)]).await;
    let news = console.news.clone().expect("the link is there");
    let flood = tokio::spawn(async move {
        for n in 0.. {
            let entering = News::Items(Items {
                at: Seq(10),
                items: vec![item(n % 500 + 2, Severity::Low)],
                suppressions: Vec::new(),
                part: Part::Entering,
            });
            if news.send(entering).await.is_err() {
                return n;
            }
        }
        0
    });
    console.send_keys("q");
    assert_eq!(console.exit().await, Exit::Closed);
    flood.await.expect("the flood ends with the console");
}

#[tokio::test]
async fn news_are_drawn_together() {
    let mut console = Runner::start().await;
    console.begin(Vec::new()).await;
    let before = console.shown.borrow().frames;
    for n in 1..=500 {
        let entering = News::Items(Items {
            at: Seq(10),
            items: vec![item(n, Severity::Low)],
            suppressions: Vec::new(),
            part: Part::Entering,
        });
        console.tell(entering).await;
        // The loop takes each by itself, so only coalescing saves frames.
        tokio::task::yield_now().await;
    }
    let drawn = console.shown.borrow().frames - before;
    // A hundred would take 25 seconds at four a second.
    assert!(drawn < 100, "{drawn} frames for 500 pieces of news");
}

#[tokio::test]
async fn a_critical_that_comes_rings_and_one_that_was_there_does_not() {
    let mut console = Runner::start().await;
    console.begin(vec![item(1, Severity::Critical)]).await;
    let shown = console
        .wait_for("the title", |shown| {
            shown.said.ends_with(b"(1!) watchfloor\x07")
        })
        .await;
    assert!(!shown.said.ends_with(b"\x07\x07"));
    console
        .tell(News::Items(Items {
            at: Seq(10),
            items: vec![item(2, Severity::Critical)],
            suppressions: Vec::new(),
            part: Part::Entering,
        }))
        .await;
    console
        .wait_for("the bell", |shown| {
            shown.said.ends_with(b"(2!) watchfloor\x07\x07")
        })
        .await;
}

#[tokio::test]
async fn a_command_that_finds_no_room_is_not_lost_silently() {
    let mut console = Runner::start().await;
    console.begin(vec![item(1042, Severity::High)]).await;
    *console.overrun.lock().expect("is not poisoned") = true;
    let before = console.shown.borrow().frames;
    console.send_keys("ka");
    console
        .wait_for("the refusal", |shown| shown.frames >= before + 2)
        .await;
    *console.overrun.lock().expect("is not poisoned") = false;
    console.send_keys("a");
    assert_eq!(console.command().await.verb.name(), VerbName::Take);
}

#[tokio::test]
async fn suspension_gives_a_whole_new_picture() {
    let mut console = Runner::start().await;
    let ctrl_z = KeyEvent::new(KeyCode::Char('z'), KeyModifiers::CONTROL);
    console.event(Event::Key(ctrl_z));
    console
        .wait_for("a repaint", |shown| shown.repaints == 1)
        .await;
    console
        .outside
        .send(Outside::Suspend)
        .await
        .expect("the console listens");
    console
        .wait_for("a repaint", |shown| shown.repaints == 2)
        .await;
    assert_eq!(*console.suspended.lock().expect("is not poisoned"), 2);
}

#[tokio::test]
async fn a_resize_is_drawn_in_the_new_size() {
    let mut console = Runner::start().await;
    console.event(Event::Resize(60, 15));
    let shown = console
        .wait_for("the new size", |shown| shown.text.lines().count() == 15)
        .await;
    assert!(shown.text.lines().all(|line| line.chars().count() == 60));
}

#[tokio::test]
async fn nothing_is_drawn_while_nothing_changes() {
    let mut console = Runner::start().await;
    console.begin(vec![item(1, Severity::Low)]).await;
    let before = console.shown.borrow().frames;
    // The loop wakes for this and finds nothing to do.
    console.event(Event::Key(KeyEvent::new(KeyCode::Null, KeyModifiers::NONE)));
    console.clock.advance(Duration::from_secs(10));
    console.event(Event::Key(KeyEvent::new(KeyCode::Null, KeyModifiers::NONE)));
    console.send_keys("q");
    let frames = console.shown.clone();
    console.exit().await;
    // One frame for the key at the most; closing draws nothing.
    assert!(frames.borrow().frames <= before + 1);
}

/// Nothing is drawn on a tick: the one frame comes when the officer hesitates.
#[tokio::test]
async fn a_begun_sequence_shows_what_can_follow_by_itself() {
    let mut console = Runner::start().await;
    console.begin(vec![item(1, Severity::High)]).await;
    console.send_keys("kg");
    let begun = console
        .wait_for("the begun sequence", |shown| shown.text.contains("g …"))
        .await;
    assert!(!begun.text.contains("who is on watch"));
    console.clock.advance(Duration::from_millis(400));
    console
        .wait_for("what can follow", |shown| {
            shown.text.contains("w     who is on watch")
        })
        .await;
}

#[tokio::test]
async fn a_search_reaches_the_hub_and_its_answer_the_screen() {
    let mut console = Runner::start().await;
    console.begin(vec![item(1, Severity::High)]).await;
    console.send_keys("\\main");
    console.event(Event::Key(KeyEvent::new(
        KeyCode::Enter,
        KeyModifiers::NONE,
    )));
    let asked = loop {
        if let Asked::Search(asked, words) = console.asked().await {
            assert_eq!(words, "main");
            break asked;
        }
    };
    let outcome = Err("This hub keeps no archive.".to_owned());
    console.tell(News::Found { asked, outcome }).await;
    console
        .wait_for("why not", |shown| shown.text.contains("keeps no archive"))
        .await;
}

#[tokio::test]
async fn nobody_at_the_keys_locks_and_the_passphrase_opens() {
    let stored = Runner::stored("correct horse");
    let mut console = Runner::locking(Unlock::by(Some(stored), None)).await;
    console.begin(vec![item(1042, Severity::High)]).await;
    console
        .wait_for("the floor", |shown| shown.text.contains("#1042"))
        .await;
    console.clock.advance(Duration::from_mins(10));
    // Whatever wakes the loop lets it look at the clock.
    console.event(Event::FocusLost);
    let locked = console
        .wait_for("the lock", |shown| shown.text.contains("locked"))
        .await;
    assert!(!locked.text.contains("1042") && !locked.text.contains("water main"));
    assert!(locked.repaints > 0, "what was there is painted over whole");
    console.send_keys("wrong one");
    console.event(enter());
    console
        .wait_for("a refusal", |shown| shown.text.contains("did not open it"))
        .await;
    console.clock.advance(Duration::from_secs(1));
    console.send_keys("correct horse");
    console.event(enter());
    console
        .wait_for("the floor", |shown| shown.text.contains("#1042"))
        .await;
}

fn enter() -> Event {
    Event::Key(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE))
}

#[tokio::test]
async fn keys_at_a_closed_lock_hold_nothing_and_do_not_suspend() {
    let stored = Runner::stored("correct horse");
    let mut console = Runner::locking(Unlock::by(Some(stored), None)).await;
    console.begin(vec![item(1042, Severity::High)]).await;
    console.send_keys("gX");
    console
        .wait_for("the lock", |shown| shown.text.contains("locked"))
        .await;
    console.forget_asked();
    console.send_keys("a q");
    console.event(Event::Key(KeyEvent::new(
        KeyCode::Char('z'),
        KeyModifiers::CONTROL,
    )));
    console.send_keys("d");
    console.tell(News::Behind(3)).await;
    console
        .wait_for("the news", |shown| shown.text.contains("Catching up"))
        .await;
    assert_eq!(console.asked_meanwhile(), 0);
    assert_eq!(*console.suspended.lock().expect("is not poisoned"), 0);
}

#[tokio::test]
async fn a_command_opens_the_lock() {
    let command = vec!["true".to_owned()];
    let mut console = Runner::locking(Unlock::by(None, Some(command))).await;
    console.begin(vec![item(1042, Severity::High)]).await;
    console.send_keys("gX");
    console
        .wait_for("the lock", |shown| shown.text.contains("locked"))
        .await;
    console.event(enter());
    console
        .wait_for("the floor", |shown| shown.text.contains("#1042"))
        .await;
}
