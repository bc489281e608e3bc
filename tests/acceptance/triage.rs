//! Steps 3 to 13 of the watch, and 26: views, bursts, races, many at once,
//! undo, sleep, storm.

use std::time::Duration;

use watchfloor::model::item::Item;

use crate::console::number;
use crate::floor::Floor;

#[tokio::test]
async fn step_3_a_saved_view_by_its_number() {
    let floor = Floor::start().await;
    floor.posts(0..4, "low").await;
    floor.posts(4..6, "critical").await;
    let ana = floor.console("ana").await;
    ana.sees("[All 6]").await;
    ana.keys("1");
    let screen = ana.sees("[1:Crit+mine 2]").await;
    assert!(screen.contains("following"), "{screen}");
    assert!(
        screen.contains("post 5") && !screen.contains("post 3"),
        "{screen}"
    );
    ana.keys("f");
    ana.sees("frozen").await;
    ana.keys("f");
    ana.sees("following").await;
    floor.stop().await;
}

/// 300 posts while the officer moves: nothing moves under the cursor.
#[tokio::test]
async fn step_4_a_burst_while_moving() {
    let floor = Floor::start().await;
    floor.posts(0..12, "low").await;
    let ana = floor.console("ana").await;
    ana.sees("post 11").await;
    ana.keys("k k k");
    ana.until("a cursor", |text| text.contains('▌')).await;
    ana.sees("frozen").await;
    let at = ana
        .until("the cursor two rows up", |text| {
            text.lines()
                .any(|line| line.starts_with('▌') && line.contains("#10"))
        })
        .await;
    let line = at.lines().position(|line| line.starts_with('▌'));
    for batch in 0..30 {
        floor.posts(100 + batch * 10..110 + batch * 10, "low").await;
    }
    let screen = ana.sees("300 new below").await;
    assert_eq!(ana.cursor().as_deref(), Some("#10"), "{screen}");
    assert_eq!(screen.lines().position(|line| line.starts_with('▌')), line);
    ana.keys("G");
    let screen = ana.sees("following").await;
    assert!(screen.contains("[All 312]"), "{screen}");
    ana.sees("post 399").await;
    assert_eq!(floor.board(|board| board.len()), 312);
    floor.stop().await;
}

#[tokio::test]
async fn step_6_two_take_the_same_item() {
    let floor = Floor::start().await;
    floor.posts(0..1, "high").await;
    let (ana, ben) = (floor.console("ana").await, floor.console("ben").await);
    for console in [&ana, &ben] {
        console.sees("post 0").await;
        console.keys("f");
        console.sees("frozen").await;
    }
    ana.keys("a");
    ben.keys("a");
    floor
        .until("a holder", |board| {
            board.items().all(|item| item.triage.holder().is_some())
        })
        .await;
    let winner = floor.holder(1).expect("a holder");
    let (first, second) = if winner == "ana" {
        (&ana, &ben)
    } else {
        (&ben, &ana)
    };
    first.sees("#1 taken.").await;
    second.sees(&format!("{winner} took it 0.")).await;
    second.sees("before you.").await;
    first.sees("1 mine").await;
    second.sees("0 mine").await;
    let takes = |item: &Item| {
        item.trail
            .iter()
            .filter(|step| step.did.contains("took"))
            .count()
    };
    assert_eq!(takes(&floor.item(1)), 1, "{:?}", floor.item(1).trail);
    floor.stop().await;
}

/// Steps 7 and 8: fifteen marked, two held by the other, one shared note; and
/// all of it taken back. The script's second undo meets a limit; here nothing
/// older was done, and that is what it says.
#[tokio::test]
async fn steps_7_and_8_many_at_once_and_undone() {
    let floor = Floor::start().await;
    floor.posts(0..15, "high").await;
    let (ana, ben) = (floor.console("ana").await, floor.console("ben").await);
    for number in ["5", "9"] {
        ben.command(number);
        ben.sees(&format!(
            "post {}",
            number.parse::<u32>().expect("a number") - 1
        ))
        .await;
        ben.keys("a Esc");
        ana.until("ben's holds", |text| {
            text.lines()
                .any(|line| number_is(line, number) && line.contains("ben"))
        })
        .await;
    }
    ana.keys("g g Space Space Space v j j j j j j j j j j j v");
    ana.sees("15 items marked.").await;
    ana.keys("a");
    ana.sees("15 items, 2 already held by ben (skipped)").await;
    ana.keys("c");
    ana.types("Burst main, crew en route");
    ana.keys("Ctrl-X y");
    ana.sees("With this note on each:").await;
    ana.keys("y");
    ana.sees("13 taken, 2 held by ben").await;
    ana.sees("13 mine").await;
    let hers: Vec<u64> = (1..=15).filter(|n| ![5, 9].contains(n)).collect();
    assert_eq!(floor.held_by("ana"), hers);
    assert_eq!(floor.held_by("ben"), [5, 9]);
    for n in 1..=15 {
        let notes: Vec<_> = floor.item(n).notes.into_inner();
        assert_eq!(
            notes.len(),
            usize::from(hers.contains(&n)),
            "#{n}: {notes:?}"
        );
    }
    ana.keys("u");
    ana.sees("Undone: 13 taken").await;
    ana.sees("0 mine").await;
    assert_eq!(floor.held_by("ana"), Vec::<u64>::new());
    assert_eq!(floor.held_by("ben"), [5, 9]);
    for n in hers {
        let notes = floor.item(n).notes;
        assert!(notes.len() == 1 && notes[0].struck, "#{n}: {notes:?}");
    }
    // Whether there was anything before this console only the hub knows.
    ana.keys("u");
    ana.sees("before this console began").await;
    ana.keys("y");
    ana.sees("Nothing to undo").await;
    floor.stop().await;
}

fn number_is(line: &str, wanted: &str) -> bool {
    number(line).is_some_and(|number| number.trim_start_matches('#') == wanted)
}

#[tokio::test]
async fn step_13_asleep_until_a_reply_and_until_a_time() {
    let floor = Floor::start().await;
    floor.posts(0..3, "medium").await;
    floor
        .deliver(
            "town",
            r#"{"id": "c1", "kind": "escalation", "text": "my tap is dry",
                "conversation": [{"speaker": "citizen", "text": "my tap is dry"}]}"#,
        )
        .await;
    let ana = floor.console("ana").await;
    ana.sees("[All 4]").await;
    ana.command("4");
    ana.sees("my tap is dry").await;
    ana.keys("s n Enter");
    ana.sees("Somebody waits for an answer there").await;
    ana.keys("y");
    ana.sees("1 asleep").await;
    ana.keys("Esc");
    ana.command("1");
    ana.sees("post 0").await;
    ana.keys("s 4 Enter");
    ana.sees("2 asleep").await;
    ana.keys("Esc");
    ana.sees("[All 2]").await;
    ana.command("asleep");
    let list = ana.sees("Asleep: 2").await;
    assert!(
        list.contains("next reply") && list.contains("until 22:"),
        "{list}"
    );
    ana.keys("Esc");
    floor
        .deliver(
            "town",
            r#"{"id": "c1", "continue": {"turns": [{"speaker": "citizen", "text": "still dry"}]}}"#,
        )
        .await;
    ana.sees("1 asleep").await;
    ana.sees("[All 3]").await;
    floor.advance(Duration::from_mins(241));
    ana.sees_no("asleep").await;
    ana.sees("[All 4]").await;
    floor
        .until("nothing asleep", |board| {
            board.items().all(|item| item.triage.snooze.is_none())
        })
        .await;
    floor.stop().await;
}

/// The script's storm is ten minutes of 5,000 a minute; here 2,000 come as fast
/// as the hub takes them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn step_26_a_storm_loses_nothing_and_criticals_stay_on_top() {
    let floor = Floor::start().await;
    let (ana, ben) = (floor.console("ana").await, floor.console("ben").await);
    for batch in 0..20 {
        floor.posts(batch * 100..batch * 100 + 99, "low").await;
        floor
            .posts(batch * 100 + 99..batch * 100 + 100, "critical")
            .await;
        if batch == 10 {
            ana.keys("?");
            ana.sees("Triage").await;
            ana.keys("Esc");
        }
    }
    for console in [&ana, &ben] {
        console.sees("[All 2000]").await;
        console.sees("20 crit").await;
        console.keys("g g");
        console
            .until("the criticals on top", |text| {
                text.lines()
                    .skip(2)
                    .take(20)
                    .all(|line| line.contains("◆C"))
            })
            .await;
    }
    assert_eq!(floor.board(|board| board.len()), 2000);
    floor.stop().await;
}
