//! What lies on top while one types, searches or hesitates.

use std::time::Duration;

use super::snapshot;
use super::watch::{Hands, item};
use watchfloor::console::msg::{Hit, LinkNews, Msg};
use watchfloor::model::ids::ItemId;

fn on_evening(keys: &'static str) -> impl Fn(u16, u16) -> Hands {
    move |cols, rows| {
        let mut hands = Hands::evening(cols, rows);
        hands.keys(keys);
        hands
    }
}

#[test]
fn palette() {
    snapshot("palette", on_evening("k Ctrl-K"));
}

#[test]
fn palette_narrowed_with_what_was_used_of_late() {
    snapshot("palette-narrowed", |cols, rows| {
        let mut hands = Hands::evening(cols, rows);
        hands.keys("k Ctrl-K").text("note").keys("Enter Esc Ctrl-K");
        hands.text("re").keys("↓");
        hands
    });
}

#[test]
fn names_that_may_be_typed() {
    snapshot("line-names", on_evening("k :"));
}

#[test]
fn words_that_may_be_typed() {
    snapshot("line-words", |cols, rows| {
        let mut hands = Hands::evening(cols, rows);
        hands.keys("k :").text("snooze ").keys("Tab Tab");
        hands
    });
}

#[test]
fn filter_with_what_may_be_typed() {
    snapshot("line-filter", |cols, rows| {
        let mut hands = Hands::evening(cols, rows);
        hands.keys("/").text("water is:");
        hands
    });
}

fn hesitating(keys: &'static str) -> impl Fn(u16, u16) -> Hands {
    move |cols, rows| {
        let mut hands = Hands::evening(cols, rows);
        hands.keys(keys);
        hands.msg(Msg::Clock(hands.at.plus(Duration::from_millis(400))));
        hands
    }
}

#[test]
fn what_can_follow_g() {
    snapshot("follows-g", hesitating("k g"));
}

#[test]
fn what_can_follow_in_the_editor() {
    snapshot("follows-ctrl-x", hesitating("k c Ctrl-X"));
}

#[test]
fn editor_with_folded_rows() {
    snapshot("editor-long", |cols, rows| {
        let mut hands = Hands::evening(cols, rows);
        hands.keys("k c");
        for _ in 0..12 {
            hands.text("Crew en route to Hill Street; ask the water desk before you reply.");
            hands.keys("Enter");
        }
        hands.msg(Msg::Paste("断水 الماء".to_owned()));
        hands
    });
}

fn searched(answer: bool) -> impl Fn(u16, u16) -> Hands {
    move |cols, rows| {
        let mut hands = Hands::evening(cols, rows);
        hands.keys("\\").text("brown water").keys("Enter");
        let on_board = hands.app.floor.board.by_id(ItemId(1040)).unwrap().clone();
        let old = |id, words: &str| item(id, words, 60 * id);
        let items = [
            on_board,
            old(
                40,
                "Brown water in Hill Street since the morning, no answer yet",
            ),
            old(12, "Is brown water safe for the \u{202e}children?"),
        ];
        if answer {
            let hits = items.map(|item| Hit {
                key: item.key,
                id: item.id,
                severity: item.severity,
                state: "resolved".to_owned(),
                received_at: item.received_at,
                content: (*item.content).clone(),
            });
            hands.news(LinkNews::Found {
                asked: 1,
                outcome: Ok(hits.into()),
            });
            hands.keys("↓");
        }
        hands
    }
}

#[test]
fn history_is_asked() {
    snapshot("history-asked", searched(false));
}

#[test]
fn history_answers() {
    snapshot("history-found", searched(true));
}

#[test]
fn help_narrowed() {
    snapshot("help-narrowed", |cols, rows| {
        let mut hands = Hands::evening(cols, rows);
        hands.keys("? /").text("view");
        hands
    });
}

#[test]
fn saved_views() {
    snapshot("views", |cols, rows| {
        let mut hands = Hands::evening(cols, rows);
        hands.keys("/").text("lang:ar").keys("Enter :");
        hands.text("view save 4 Arabic").keys("Enter g v");
        hands
    });
}
