//! Every screen and everything that lies on top, at three sizes, as text; and
//! colours by the cells of the buffer.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::too_many_lines,
    clippy::duration_suboptimal_units,
    unreachable_pub,
    reason = "a test fails by panicking, and its made-up evening is a table"
)]

#[path = "screens/typed.rs"]
mod typed;
mod watch;

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use unicode_width::UnicodeWidthStr;
use watch::{Hands, evening, item, minutes_ago, officer};
use watchfloor::console::msg::LinkNews;
use watchfloor::console::state::overlay::What;
use watchfloor::console::view::view;
use watchfloor::model::triage::{Snooze, State, Wake};
use watchfloor::text::{is_forbidden, is_safe_symbol};
use watchfloor::theme::{Depth, Role, Theme};

const SIZES: [(u16, u16); 3] = [(60, 20), (80, 24), (120, 40)];

fn dark() -> Theme {
    Theme::built_in("dark", Depth::True).unwrap()
}

fn draw(hands: &Hands) -> Buffer {
    let area = Rect::new(0, 0, hands.app.session.cols, hands.app.session.rows);
    let mut buffer = Buffer::empty(area);
    view(&hands.app, &dark(), area, &mut buffer);
    buffer
}

/// The buffer as text; the cells under a wide sign are left out.
fn text(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in 0..buffer.area.height {
        let mut x = 0;
        let mut line = String::new();
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += u16::try_from(symbol.width().max(1)).unwrap();
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Draws at the three sizes and compares each with its snapshot. Whatever is
/// drawn must be safe to write to a terminal.
fn snapshots(name: &str, make: impl Fn(u16, u16) -> Hands) {
    for (cols, rows) in SIZES {
        let buffer = draw(&make(cols, rows));
        for cell in buffer.content() {
            assert!(is_safe_symbol(cell.symbol()), "{:?}", cell.symbol());
            assert!(!cell.symbol().chars().any(is_forbidden));
        }
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("{name}-{cols}x{rows}"), text(&buffer));
        });
    }
}

fn on_evening(keys: &'static str) -> impl Fn(u16, u16) -> Hands {
    move |cols, rows| {
        let mut hands = Hands::evening(cols, rows);
        hands.keys(keys);
        hands
    }
}

#[test]
fn stream() {
    snapshots("stream", on_evening(""));
}

#[test]
fn stream_frozen_with_new_items_and_marks() {
    snapshots("frozen", |cols, rows| {
        let mut hands = Hands::evening(cols, rows);
        hands.keys("k Space Space");
        let new = (2000..2037).map(|id| item(id, "Brown water here too", 0));
        hands.news(LinkNews::Items(new.collect()));
        hands.keys("j");
        hands
    });
}

#[test]
fn states_on_rows() {
    snapshots("states", |cols, rows| {
        let mut items = evening();
        items[0].triage.state = State::Taken {
            by: officer("anna"),
            at: minutes_ago(3),
        };
        items[1].triage.priority = Some(2);
        items[2].retracted = Some((minutes_ago(1), watchfloor::model::item::OnRetract::Keep));
        items[5].triage.returned = Some(watchfloor::model::triage::Returned {
            at: minutes_ago(1),
            why: "snooze over".to_owned(),
        });
        let until = watch::now().plus(Duration::from_secs(7200));
        let mut sleeper = item(1050, "Lost cat, grey, near the bridge", 30);
        sleeper.triage.snooze = Some(Snooze {
            by: officer("anna"),
            at: minutes_ago(4),
            wake: Wake::At(until),
        });
        items.push(sleeper);
        let mut hands = Hands::with(cols, rows, items);
        hands.keys(":").text("1040").keys("Enter Esc a");
        hands
    });
}

#[test]
fn detail_of_an_alert_answers_what_why_who_and_what_next() {
    snapshots("detail-alert", |cols, rows| {
        let mut hands = Hands::evening(cols, rows);
        hands.keys(":").text("1042").keys("Enter");
        hands
    });
}

#[test]
fn detail_of_an_escalation() {
    snapshots("detail-escalation", |cols, rows| {
        let mut hands = Hands::evening(cols, rows);
        hands.keys(":").text("1043").keys("Enter");
        hands
    });
}

#[test]
fn detail_in_arabic_and_hostile() {
    for id in ["1040", "1041"] {
        snapshots(&format!("detail-{id}"), |cols, rows| {
            let mut hands = Hands::evening(cols, rows);
            hands.keys(":").text(id).keys("Enter");
            hands
        });
    }
}

#[test]
fn what_lies_on_top() {
    for (name, keys) in [
        ("help", "?"),
        ("history", "w i"),
        ("watch", "gw"),
        ("channels", "C"),
        ("assign", "k @"),
        ("resolve", "k d"),
        ("snooze", "k s"),
        ("tag", "k t"),
        ("suppress", "w S"),
        ("note", "k c n o t e Enter t w o"),
        ("escalate", "k e w h y"),
        ("filter-error", "/ s e v > = ("),
        ("command", ": t a k"),
        ("confirm", "gg Space Space Space a"),
        ("resolve-all", "D 1"),
    ] {
        snapshots(name, on_evening(keys));
    }
}

#[test]
fn a_large_question_wants_the_count() {
    snapshots("confirm-count", |cols, rows| {
        let items = (1..=40)
            .map(|id| item(id, "Brown water", 40 - id))
            .collect();
        let mut hands = Hands::with(cols, rows, items);
        hands.keys("* d 1 4");
        hands
    });
}

#[test]
fn quit_and_lists() {
    snapshots("quit", |cols, rows| {
        let mut items = evening();
        items[0].triage.state = State::Taken {
            by: officer("anna"),
            at: minutes_ago(3),
        };
        let mut hands = Hands::with(cols, rows, items);
        hands.keys("q");
        hands
    });
    snapshots("asleep", |cols, rows| {
        let mut items = evening();
        let until = watch::now().plus(Duration::from_secs(7200));
        items[0].triage.snooze = Some(Snooze {
            by: officer("anna"),
            at: minutes_ago(4),
            wake: Wake::At(until),
        });
        items[1].triage.snooze = Some(Snooze {
            by: officer("anna"),
            at: minutes_ago(4),
            wake: Wake::NextReply { latest: until },
        });
        let mut hands = Hands::with(cols, rows, items);
        hands.keys(":").text("asleep").keys("Enter");
        hands
    });
}

#[test]
fn empty_loading_connecting_and_offline() {
    snapshots("empty", |cols, rows| Hands::with(cols, rows, Vec::new()));
    snapshots("connecting", |cols, rows| {
        let mut hands = Hands::unconnected(cols, rows);
        hands.news(LinkNews::Connecting {
            attempt: 3,
            why: Some("No hub answers at hub.example:8700: connection refused.".to_owned()),
            retry_in: Some(Duration::from_secs(4)),
        });
        hands
    });
    snapshots("offline", |cols, rows| {
        let mut hands = Hands::evening(cols, rows);
        hands.news(LinkNews::Down {
            since: minutes_ago(4),
            why: "The connection was reset.".to_owned(),
        });
        hands.keys("k a");
        hands
    });
    snapshots("behind", |cols, rows| {
        let mut hands = Hands::evening(cols, rows);
        hands.news(LinkNews::Behind(312));
        hands
    });
}

#[test]
fn too_small_says_so_and_counts_what_is_critical() {
    let text = text(&draw(&Hands::evening(40, 10)));
    assert!(text.starts_with("1 critical. Too small"));
}

#[test]
fn wide_screens_keep_their_columns() {
    let hands = Hands::evening(160, 45);
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("stream-160x45", text(&draw(&hands)));
    });
}

fn find(buffer: &Buffer, words: &str) -> (u16, u16) {
    for y in 0..buffer.area.height {
        for x in 0..buffer.area.width {
            let here: String = (x..buffer.area.width)
                .take(words.chars().count())
                .map(|x| buffer[(x, y)].symbol())
                .collect();
            if here == words {
                return (x, y);
            }
        }
    }
    panic!("{words:?} is not on the screen:\n{}", text(buffer));
}

#[test]
fn severity_selection_and_freshness_have_their_colours() {
    let theme = dark();
    let fg = |role| theme.style(role).fg.unwrap();
    let mut hands = Hands::evening(80, 24);
    let buffer = draw(&hands);
    assert_eq!(buffer[find(&buffer, "◆C")].fg, fg(Role::SeverityCritical));
    assert_eq!(buffer[find(&buffer, "live")].fg, fg(Role::LinkLive));
    assert_eq!(buffer[find(&buffer, "+2m")].fg, fg(Role::DueLate));
    hands.keys("w");
    let buffer = draw(&hands);
    let (x, y) = find(&buffer, "▌");
    let selection = theme.style(Role::Selection).bg.unwrap();
    assert!((x + 1..80).all(|x| buffer[(x, y)].bg == selection));
    hands.news(LinkNews::Stale {
        since: minutes_ago(1),
    });
    let buffer = draw(&hands);
    let at = find(&buffer, "STALE since 03:40");
    assert_eq!(buffer[at].bg, theme.style(Role::LinkStale).bg.unwrap());
}

#[test]
fn our_own_signs_in_a_strangers_text_have_a_style_of_their_own() {
    let mut hands = Hands::evening(80, 24);
    hands.keys(":").text("1041").keys("Enter");
    let buffer = draw(&hands);
    let (x, y) = find(&buffer, "free crypto");
    let sign = &buffer[(x + 11, y)];
    let plain = &buffer[(x, y)];
    assert_ne!(sign.symbol(), " ");
    assert_eq!(Some(sign.fg), dark().style(Role::Placeholder).fg);
    assert_ne!(sign.fg, plain.fg);
    assert!(sign.modifier.contains(Modifier::DIM));
}

#[test]
fn drawing_changes_nothing_and_is_the_same_each_time() {
    let hands = Hands::evening(120, 40);
    assert_eq!(draw(&hands), draw(&hands));
}

#[test]
fn a_question_says_what_goes_with_the_verb() {
    for (keys, title) in [("* p 1", "Priority 1"), ("* p 0", "Take the priority back")] {
        let mut hands = Hands::evening(80, 24);
        hands.keys(keys);
        assert!(text(&draw(&hands)).contains(title), "{keys}");
    }
}

#[test]
fn a_long_mistake_in_a_filter_is_told_whole() {
    let mut hands = Hands::evening(80, 24);
    hands.keys("/").text("foo:bar");
    let Some((_, says)) = hands.app.overlays.last().and_then(|top| match &top.what {
        What::Prompt(prompt) => prompt.error.clone(),
        _ => None,
    }) else {
        panic!("no error");
    };
    let screen = text(&draw(&hands));
    for word in says.split_whitespace() {
        assert!(screen.contains(word), "{word} is cut off");
    }
}

#[test]
fn filtering_shows_the_stream_where_the_detail_hid_it() {
    for (size, open) in [((80, 24), false), ((120, 40), true)] {
        let mut hands = Hands::evening(size.0, size.1);
        hands.keys("k Enter /");
        assert_eq!(hands.app.detail.open, open, "{size:?}");
    }
}
