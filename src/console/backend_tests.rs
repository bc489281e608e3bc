//! Bytes against a terminal's emulator: whatever grid follows whatever grid,
//! the screen shows the second; nothing changed costs nothing.

use proptest::prelude::*;
use ratatui::layout::Rect;
use ratatui::style::Style as CellStyle;

use super::*;

const COLS: u16 = 24;
const ROWS: u16 = 4;

const COLOURED: Style = Style {
    depth: Depth::Indexed256,
    synchronised: false,
};

fn grid(lines: &[&str]) -> Grid {
    let mut buffer = Buffer::empty(Rect::new(0, 0, COLS, ROWS));
    for (y, line) in (0..ROWS).zip(lines) {
        buffer.set_string(0, y, line, CellStyle::default());
    }
    Grid {
        buffer,
        cursor: None,
    }
}

fn screen_of(terminal: &vt100::Parser) -> Vec<String> {
    let rows = terminal.screen().rows(0, COLS);
    rows.map(|row| row.trim_end().to_owned()).collect()
}

/// What the grid looks like: symbols one after the other, without the cells
/// that a wide one covers.
fn look_of(grid: &Grid) -> Vec<String> {
    (0..ROWS)
        .map(|y| {
            let mut row = String::new();
            let mut x = 0;
            while x < COLS {
                row.push_str(grid.buffer[(x, y)].symbol());
                x += cell_width(&grid.buffer, x, y).max(1);
            }
            row.trim_end().to_owned()
        })
        .collect()
}

const PIECES: [&str; 12] = [
    "water main",
    "a",
    " ",
    "    ",
    "漢字",
    "ホース",
    "é",
    "Ж",
    "│",
    "水",
    "#1042",
    "!!",
];

fn any_line() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 0..8)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_grid_after_any_grid_is_shown(
        screens in proptest::collection::vec(proptest::collection::vec(any_line(), 4), 1..6),
    ) {
        let mut terminal = vt100::Parser::new(ROWS, COLS, 0);
        let mut last: Option<Grid> = None;
        for lines in screens {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let next = grid(&lines);
            let (bytes, _) = paint(last.as_ref(), &next, COLOURED);
            terminal.process(&bytes);
            prop_assert_eq!(screen_of(&terminal), look_of(&next));
            last = Some(next);
        }
    }
}

#[test]
fn nothing_changed_is_nothing_written() {
    let one = grid(&["water main", "漢字"]);
    assert_eq!(
        paint(Some(&one), &one, COLOURED),
        (Vec::new(), Cost::default())
    );
}

#[test]
fn one_cell_costs_few_bytes() {
    let (before, after) = (grid(&["18:50  live"]), grid(&["18:51  live"]));
    let (bytes, cost) = paint(Some(&before), &after, COLOURED);
    assert_eq!(bytes, b"\x1b[1;5H\x1b[0m1");
    assert_eq!(cost.bytes, bytes.len());
}

#[test]
fn what_a_terminal_must_not_get_is_a_question_mark() {
    let mut bad = grid(&["a"]);
    for (x, symbol) in (0..).zip(["\u{1b}", "\u{202e}", "\u{7}", "\u{9b}31m"]) {
        bad.buffer[(x * 2, 1)].set_symbol(symbol);
    }
    let (bytes, cost) = paint(None, &bad, COLOURED);
    assert_eq!(cost.unsafe_symbols, 4);
    let text = String::from_utf8(bytes).expect("is text");
    assert!(!text.contains(['\u{202e}', '\u{7}', '\u{9b}']));
    assert_eq!(
        text.matches('?').count(),
        4 + text.matches("\x1b[?").count()
    );
}

#[test]
fn after_an_odd_cluster_the_cursor_is_moved() {
    let (bytes, _) = paint(None, &grid(&["⚠️ab"]), COLOURED);
    let text = String::from_utf8(bytes).expect("is text");
    assert!(text.contains("⚠️\u{1b}[1;3Ha"), "{text:?}");
}

#[test]
fn without_colour_bold_and_reverse_stay() {
    let mut one = grid(&[]);
    let style = CellStyle::default()
        .fg(Color::Red)
        .bg(Color::Indexed(200))
        .add_modifier(Modifier::BOLD | Modifier::REVERSED);
    one.buffer.set_string(0, 0, "x", style);
    let painted = |depth| {
        let style = Style {
            depth,
            synchronised: false,
        };
        String::from_utf8(paint(None, &one, style).0).expect("is text")
    };
    assert!(painted(Depth::Mono).contains("\x1b[0;1;7mx"));
    assert!(painted(Depth::Ansi16).contains("\x1b[0;1;7;31mx"));
    assert!(painted(Depth::Indexed256).contains("\x1b[0;1;7;31;48;5;200mx"));
}

#[test]
fn another_size_is_painted_whole() {
    let small = grid(&["a"]);
    let mut large = grid(&[]);
    large.buffer.resize(Rect::new(0, 0, COLS + 1, ROWS));
    let (bytes, _) = paint(Some(&small), &large, COLOURED);
    assert!(bytes.windows(4).any(|w| w == b"\x1b[2J"));
}

#[test]
fn the_cursor_is_shown_only_where_it_is_wanted() {
    let mut typing = grid(&["> a"]);
    typing.cursor = Some(Position::new(3, 0));
    let (bytes, _) = paint(Some(&grid(&["> a"])), &typing, COLOURED);
    assert_eq!(bytes, b"\x1b[1;4H\x1b[?25h");
    let (bytes, _) = paint(Some(&typing), &grid(&["> a"]), COLOURED);
    assert_eq!(bytes, b"\x1b[?25l");
}
