//! Every screen and everything that lies on top, at four sizes, as text; and
//! colours by the cells of the buffer.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::too_many_lines,
    clippy::duration_suboptimal_units,
    unreachable_pub,
    reason = "a test fails by panicking, and its made-up evening is a table"
)]

#[path = "screens/night.rs"]
mod night;
#[path = "screens/typed.rs"]
mod typed;
mod watch;

use std::fmt::Write;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;
use watch::{Hands, minutes_ago, scenes};
use watchfloor::console::msg::LinkNews;
use watchfloor::console::state::overlay::What;
use watchfloor::console::view::view;
use watchfloor::text::{is_forbidden, is_safe_symbol};
use watchfloor::theme::{Depth, Role, Theme};

const SIZES: [(u16, u16); 4] = [(60, 20), (80, 24), (120, 40), (200, 50)];

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

/// Draws at the four sizes and compares them with the snapshot. Whatever is
/// drawn must be safe to write to a terminal.
fn snapshot(name: &str, make: impl Fn(u16, u16) -> Hands) {
    let mut drawn = String::new();
    for (cols, rows) in SIZES {
        let buffer = draw(&make(cols, rows));
        for cell in buffer.content() {
            assert!(is_safe_symbol(cell.symbol()), "{:?}", cell.symbol());
            assert!(!cell.symbol().chars().any(is_forbidden));
        }
        let rule = "=".repeat(usize::from(cols));
        writeln!(drawn, "{rule} {cols}x{rows}").unwrap();
        drawn.push_str(&text(&buffer));
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, drawn);
    });
}

#[test]
fn every_screen_and_everything_on_top() {
    for scene in scenes::all() {
        snapshot(scene.name, |cols, rows| scene.at(cols, rows));
    }
}

#[test]
fn too_small_says_so_and_counts_what_is_critical() {
    let text = text(&draw(&Hands::evening(40, 10)));
    assert!(text.starts_with("1 critical. Too small"), "{text}");
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
    assert_eq!(buffer[find(&buffer, "late 2m")].fg, fg(Role::DueLate));
    hands.keys("w");
    let buffer = draw(&hands);
    let (x, y) = find(&buffer, "▌");
    let selection = theme.style(Role::Selection).bg.unwrap();
    // The sign of a critical keeps its own ground.
    let (from, to) = (x + 4, 80);
    assert!((from..to).all(|x| buffer[(x, y)].bg == selection));
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
