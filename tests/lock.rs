//! The lock, by keys and on the grid: nothing of the floor shows through, keys
//! do not reach it, news go on, drafts stay, wrong tries wait.

#![allow(
    clippy::too_many_lines,
    clippy::unwrap_used,
    clippy::panic,
    clippy::duration_suboptimal_units,
    unreachable_pub,
    reason = "a test fails by panicking"
)]

mod watch;

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use watch::{Hands, evening, item, minutes_ago, now, officer};
use watchfloor::console::effect::Effect;
use watchfloor::console::keymap::Chord;
use watchfloor::console::msg::{LinkNews, Msg};
use watchfloor::console::state::lock::{Answer, Attempt, LockNews, Ways};
use watchfloor::console::view::view;
use watchfloor::model::severity::Severity;
use watchfloor::model::time::Timestamp;
use watchfloor::model::triage::State;
use watchfloor::text::SafeText;
use watchfloor::theme::{Depth, Theme};

fn with_ways(cols: u16, rows: u16, ways: Ways) -> Hands {
    let mut hands = Hands::evening(cols, rows);
    hands.app.settings.lock.ways = ways;
    hands
}

fn passphrase(cols: u16, rows: u16) -> Hands {
    let ways = Ways {
        passphrase: true,
        command: false,
    };
    with_ways(cols, rows, ways)
}

fn draw(hands: &Hands) -> Buffer {
    let area = Rect::new(0, 0, hands.app.session.cols, hands.app.session.rows);
    let mut buffer = Buffer::empty(area);
    let theme = Theme::built_in("dark", Depth::True).unwrap();
    view(&hands.app, &theme, area, &mut buffer);
    buffer
}

fn text(hands: &Hands) -> String {
    let buffer = draw(hands);
    let width = usize::from(buffer.area.width);
    let cells: Vec<&str> = buffer
        .content()
        .iter()
        .map(ratatui::buffer::Cell::symbol)
        .collect();
    let rows = cells
        .chunks(width)
        .map(|row| row.concat().trim_end().to_owned());
    rows.collect::<Vec<_>>().join("\n") + "\n"
}

/// Everything that names something of the floor: words, handles, numbers,
/// channels, colleagues, tags, desks.
fn telling_words(hands: &Hands) -> Vec<String> {
    let mut words = vec!["officer2".to_owned(), "maria".to_owned(), "anna".to_owned()];
    for item in hands.app.floor.board.items() {
        let content = &item.content;
        words.push(item.id.to_string());
        words.push(content.channel.to_string());
        words.extend(item.tags().iter().map(ToString::to_string));
        for text in [&content.text, &content.title, &content.author.handle] {
            let safe = SafeText::line(text).as_str().to_owned();
            let long = safe
                .split_whitespace()
                .filter(|word| word.chars().count() > 3);
            words.extend(long.map(str::to_owned));
        }
    }
    words
}

fn enter(hands: &mut Hands) {
    hands.keys("Enter");
}

fn attempt(hands: &Hands) -> Option<&Attempt> {
    hands.effects.iter().find_map(|effect| match effect {
        Effect::Unlock(attempt) => Some(attempt),
        _ => None,
    })
}

fn answered(hands: &mut Hands, answer: Answer) {
    let at = hands.at;
    hands.msg(Msg::Lock(LockNews::Answered(answer, at)));
}

#[test]
fn a_locked_grid_holds_nothing_of_the_floor() {
    for (cols, rows) in [(60, 15), (60, 20), (80, 24), (120, 40), (200, 50), (40, 10)] {
        // From every place where something lies on top.
        for keys in [
            "",
            "w Enter",
            "w i",
            "gw",
            "C",
            "w @",
            "w c d r a f t",
            "/ w a t e r",
            "?",
        ] {
            let mut hands = passphrase(cols, rows);
            hands.keys(keys);
            hands.msg(Msg::Lock(LockNews::Idle));
            hands.news(LinkNews::Items(vec![item(
                1900,
                "Bridge closed tonight",
                0,
            )]));
            let shown = text(&hands);
            for word in telling_words(&hands) {
                assert!(
                    !shown.contains(&word),
                    "{word:?} shows after {keys:?}:\n{shown}"
                );
            }
            for word in ["draft", "water", "Bridge"] {
                assert!(
                    !shown.contains(word),
                    "{word:?} shows after {keys:?}:\n{shown}"
                );
            }
            assert!(shown.contains("1 critical"), "{shown}");
        }
    }
}

#[test]
fn snapshots() {
    for (cols, rows) in [(60, 20), (80, 24), (120, 40)] {
        let mut hands = passphrase(cols, rows);
        hands.keys("gX").text("wrong").keys("Enter");
        answered(&mut hands, Answer::Wrong);
        hands.text("abc");
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("lock-{cols}x{rows}"), text(&hands));
        });
        let mut hands = with_ways(cols, rows, Ways::default());
        hands.news(LinkNews::Stale {
            since: minutes_ago(2),
        });
        hands.keys("gX");
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("lock-stale-{cols}x{rows}"), text(&hands));
        });
    }
}

#[test]
fn keys_at_a_closed_lock_never_reach_the_floor() {
    let mut hands = passphrase(80, 24);
    hands.keys("w");
    let (selected, marks) = (hands.selected(), hands.app.marks.len());
    hands.keys("gX");
    let mut effects = Vec::new();
    for key in [
        "a", "d", "1", "Space", ":", "q", "Ctrl-D", "Ctrl-R", "Ctrl-L", "j", "?", "Esc", "D", "u",
    ] {
        hands.keys(key);
        effects.append(&mut hands.effects);
    }
    hands.text("take Enter q y quit");
    effects.append(&mut hands.effects);
    hands.msg(Msg::Paste("a\nd\n:quit\n".to_owned()));
    effects.append(&mut hands.effects);
    assert_eq!(effects, Vec::new());
    assert!(hands.app.overlays.is_empty() && hands.app.lock.is_closed());
    enter(&mut hands);
    answered(&mut hands, Answer::Opened);
    assert_eq!((hands.selected(), hands.app.marks.len()), (selected, marks));
    // And afterwards they do.
    hands.keys("a");
    assert_eq!(hands.sent().len(), 1);
}

#[test]
fn the_floor_goes_on_behind_the_lock() {
    let mut hands = passphrase(80, 24);
    hands.keys("gX");
    let urgent = watch::with(item(1901, "Main burst", 0), |item, _| {
        item.severity = Severity::Critical;
    });
    hands.news(LinkNews::Items(vec![urgent]));
    // The policy of notices hears of it, and the screen counts it.
    assert!(
        matches!(hands.effects.as_slice(), [Effect::Attention(needs)] if needs.criticals.len() == 2)
    );
    assert!(text(&hands).contains("2 critical"));
}

#[test]
fn drafts_and_what_was_open_are_kept() {
    let mut hands = passphrase(80, 24);
    hands.keys("w c").text("half a sentence");
    hands.msg(Msg::Lock(LockNews::Idle));
    // Nobody is told that something is looked at or written on meanwhile.
    hands.text("secret").keys("Enter");
    answered(&mut hands, Answer::Opened);
    hands.text(", whole").keys("Ctrl-X y");
    assert_eq!(hands.command().note.as_evidence(), "half a sentence, whole");
}

#[test]
fn wrong_tries_wait_longer_each_time() {
    let mut hands = passphrase(80, 24);
    hands.keys("gX").text("wrong").keys("Enter");
    assert_eq!(attempt(&hands), Some(&Attempt::Passphrase("wrong".into())));
    // While it is checked, nothing more is taken.
    hands.text("x").keys("Enter");
    assert_eq!(attempt(&hands), None);
    answered(&mut hands, Answer::Wrong);
    for wait_ms in [500, 1000, 2000, 4000, 8000, 8000] {
        let failed = hands.at;
        let soon = |ms: u64| failed.plus(Duration::from_millis(ms));
        // Typing takes its time too: 30 ms a letter, 300 for Enter.
        hands
            .text("no")
            .press(Chord::key(watchfloor::console::keymap::Key::Enter), 0);
        assert_eq!(attempt(&hands), None, "{wait_ms}");
        assert!(text(&hands).contains("Too soon"), "{wait_ms}");
        hands.at = soon(wait_ms - 1);
        hands.press(Chord::key(watchfloor::console::keymap::Key::Enter), 0);
        assert_eq!(attempt(&hands), None, "{wait_ms}");
        hands.press(Chord::key(watchfloor::console::keymap::Key::Enter), 1);
        assert!(attempt(&hands).is_some(), "{wait_ms}");
        answered(&mut hands, Answer::Wrong);
    }
    hands.at = hands.at.plus(Duration::from_secs(8));
    hands.text("right").keys("Enter");
    answered(&mut hands, Answer::Opened);
    assert_eq!(
        hands.says(),
        "While it was locked, 7 tries to open it failed."
    );
}

#[test]
fn the_length_of_what_was_typed_is_not_shown() {
    let mut hands = passphrase(80, 24);
    hands.keys("gX");
    let empty = text(&hands);
    hands.text("a");
    let one = text(&hands);
    hands.text("bcdefghij klm");
    assert_eq!(text(&hands), one);
    assert_ne!(one, empty);
    hands.keys("Ctrl-U");
    assert_eq!(text(&hands), empty);
    hands.text("abc").keys("Backspace Backspace Backspace");
    assert_eq!(text(&hands), empty);
    hands.msg(Msg::Paste("from a keeper of passphrases\n".to_owned()));
    hands.keys("Enter");
    let pasted = Attempt::Passphrase("from a keeper of passphrases".into());
    assert_eq!(attempt(&hands), Some(&pasted));
}

#[test]
fn without_passphrase_and_command_enter_opens() {
    let mut hands = with_ways(80, 24, Ways::default());
    hands.keys("gX").text("anything").keys("j");
    assert!(hands.app.lock.is_closed());
    enter(&mut hands);
    assert!(!hands.app.lock.is_closed());
}

#[test]
fn with_a_command_enter_asks_it() {
    let both = Ways {
        passphrase: true,
        command: true,
    };
    let mut hands = with_ways(80, 24, both);
    hands.keys(":").text("lock").keys("Enter");
    enter(&mut hands);
    assert_eq!(attempt(&hands), Some(&Attempt::Command));
    answered(&mut hands, Answer::Failed("It was not run.".to_owned()));
    assert!(text(&hands).contains("It was not run."));
    hands.at = hands.at.plus(Duration::from_secs(1));
    hands.text("abc").keys("Enter");
    assert_eq!(attempt(&hands), Some(&Attempt::Passphrase("abc".into())));
}

#[test]
fn the_hubs_ceiling_holds_and_is_told() {
    let start = |own: Option<u64>, ceiling: Option<u64>, ways: Ways| {
        let mut hands = Hands::unconnected(80, 24);
        hands.app.settings.lock.after = own.map(|minutes| Duration::from_secs(minutes * 60));
        hands.app.settings.lock.ways = ways;
        hands.app.settings.lock.warns = true;
        let mut info = watch::session();
        info.lock_ceiling = ceiling.map(|minutes| Duration::from_secs(minutes * 60));
        hands.news(LinkNews::Hello(Box::new(info)));
        hands
    };
    let set = Ways {
        passphrase: true,
        command: false,
    };
    let after = |hands: &Hands| hands.app.locks_after().map(|span| span.as_secs() / 60);
    let never = start(None, Some(15), set);
    assert_eq!(after(&never), Some(15));
    assert!(never.says().contains("after 15 min at the latest"));
    let free = start(None, None, set);
    assert_eq!((after(&free), free.says()), (None, ""));
    let shorter = start(Some(10), Some(15), set);
    assert_eq!((after(&shorter), shorter.says()), (Some(10), ""));
    let bare = start(Some(10), Some(15), Ways::default());
    assert!(bare.says().contains("no passphrase"), "{}", bare.says());
    assert!(bare.says().contains("watchfloor lock set"));
}

#[test]
fn what_i_hold_is_counted_on_the_lock() {
    let mut items = evening();
    items[0].triage.state = State::Taken {
        by: officer("anna"),
        at: minutes_ago(3),
    };
    let mut hands = Hands::with(80, 24, items);
    hands.keys("gX");
    let shown = text(&hands);
    for count in ["1 critical", "1 escalation", "1 mine"] {
        assert!(shown.contains(count), "{count} is not on:\n{shown}");
    }
    assert!(now() > Timestamp::from_millis(0));
}
