//! Bytes against a terminal's emulator: whatever grid follows whatever grid,
//! the screen shows the second; nothing changed costs nothing.

use proptest::prelude::*;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style as CellStyle};

use super::cells::cell_width;
use super::*;

const COLS: u16 = 24;
const ROWS: u16 = 4;

const COLOURED: Style = Style {
    depth: Depth::Indexed256,
    synchronised: false,
};

/// The bytes of the second grid on a terminal that shows the first.
fn paint(last: Option<&Grid>, next: &Grid, style: Style) -> (Vec<u8>, Cost) {
    let mut painter = Painter::new(style);
    if let Some(last) = last {
        painter.paint(last.clone());
    }
    painter.paint(next.clone())
}

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

const PIECES: [&str; 14] = [
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
    "ضغط",
    "של",
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
        let mut painter = Painter::new(COLOURED);
        for lines in screens {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let next = grid(&lines);
            let (bytes, _) = painter.paint(next.clone());
            terminal.process(&bytes);
            prop_assert_eq!(screen_of(&terminal), look_of(&next));
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
    assert_eq!(bytes, b"\x1b[7D1");
    assert_eq!(cost.bytes, bytes.len());
}

#[test]
fn the_next_row_is_a_step_down_where_that_is_shorter() {
    let before = grid(&["age  9m", "age  4m", "age  1m"]);
    let after = grid(&["age 10m", "age  5m", "age  2m"]);
    let (bytes, _) = paint(Some(&before), &after, COLOURED);
    assert_eq!(bytes, b"\x1b[1;5H10\x08\x1b[B5\x08\x1b[B2");
}

#[test]
fn a_blank_changes_the_ground_only() {
    let before = grid(&[" a", " b"]);
    let mut after = before.clone();
    let chosen = CellStyle::new()
        .fg(Color::Indexed(231))
        .bg(Color::Indexed(236));
    after.buffer.set_style(Rect::new(0, 0, COLS, 1), chosen);
    let other = CellStyle::new()
        .fg(Color::Indexed(252))
        .bg(Color::Indexed(234));
    after.buffer.set_style(Rect::new(0, 1, 2, 1), other);
    let (bytes, _) = paint(Some(&before), &after, COLOURED);
    let text = String::from_utf8_lossy(&bytes);
    let second = text.split("\x1b[2H").nth(1);
    assert_eq!(second, Some("\x1b[48;5;234m \x1b[38;5;252mb"));
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
    assert!(text.contains("⚠️\u{1b}[3Ga"), "{text:?}");
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
    assert!(painted(Depth::Mono).contains("\x1b[1;7mx"));
    assert!(painted(Depth::Ansi16).contains("\x1b[1;7;31mx"));
    assert!(painted(Depth::Indexed256).contains("\x1b[1;7;31;48;5;200mx"));
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

/// Styles as well as symbols: every cell of any grid after any grid.
#[test]
fn pens_and_gaps_are_right_after_any_change() {
    let colours = [
        Color::Reset,
        Color::Red,
        Color::Indexed(200),
        Color::Rgb(1, 2, 3),
    ];
    let modifiers = [
        Modifier::empty(),
        Modifier::BOLD,
        Modifier::DIM,
        Modifier::REVERSED,
        Modifier::BOLD | Modifier::UNDERLINED,
    ];
    let mut seed = 7_u64;
    let mut chance = |n: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(seed >> 33).expect("31 bits") % n
    };
    for depth in [Depth::Mono, Depth::Ansi16, Depth::Indexed256, Depth::True] {
        let style = Style {
            depth,
            synchronised: true,
        };
        let (mut painter, mut terminal) = (Painter::new(style), vt100::Parser::new(ROWS, COLS, 0));
        let mut next = grid(&["water main", "burst in Mill Road", "", "ab"]);
        for _ in 0..60 {
            for _ in 0..chance(12) {
                let x = u16::try_from(chance(COLS.into())).expect("is small");
                let y = u16::try_from(chance(ROWS.into())).expect("is small");
                let cell = &mut next.buffer[(x, y)];
                cell.set_char(char::from(b"a b."[chance(4)]));
                cell.set_fg(colours[chance(4)]).set_bg(colours[chance(4)]);
                cell.modifier = modifiers[chance(5)];
            }
            let (bytes, _) = painter.paint(next.clone());
            terminal.process(&bytes);
            let (mut whole, mut fresh) = (Painter::new(style), vt100::Parser::new(ROWS, COLS, 0));
            fresh.process(&whole.paint(next.clone()).0);
            assert_same_cells(&terminal, &fresh);
        }
    }
}

/// Of a blank only what is seen counts.
fn assert_same_cells(one: &vt100::Parser, other: &vt100::Parser) {
    for y in 0..ROWS {
        for x in 0..COLS {
            let look = |terminal: &vt100::Parser| {
                let cell = terminal.screen().cell(y, x).expect("a cell");
                let text = cell.contents().trim_end().to_owned();
                let seen = !text.is_empty();
                let inked = seen || cell.inverse() || cell.underline();
                (
                    text,
                    cell.bgcolor(),
                    inked.then(|| cell.fgcolor()),
                    (seen && cell.bold(), seen && cell.dim()),
                    (cell.inverse(), cell.underline()),
                )
            };
            assert_eq!(look(one), look(other), "at {x}, {y}");
        }
    }
}

#[test]
fn a_new_row_at_the_bottom_does_not_repaint_the_others() {
    let words = ["burst main", "no water", "lights out", "tram late", "queue"];
    let rows: Vec<String> = (0..40)
        .map(|n| format!("#{n} {} in Mill Road {n}", words[n % 5]))
        .collect();
    let screen = |from: usize| {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 60, 20));
        buffer.set_string(0, 0, "header", CellStyle::default());
        for y in 1..19_u16 {
            let row = &rows[from + usize::from(y)];
            buffer.set_string(0, y, row, CellStyle::default());
        }
        buffer.set_string(0, 19, "footer", CellStyle::default());
        Grid {
            buffer,
            cursor: None,
        }
    };
    for (before, after) in [(0, 1), (1, 0), (0, 3), (5, 2)] {
        let mut painter = Painter::new(COLOURED);
        let mut terminal = vt100::Parser::new(20, 60, 0);
        terminal.process(&painter.paint(screen(before)).0);
        let (bytes, _) = painter.paint(screen(after));
        terminal.process(&bytes);
        let shown: Vec<String> = terminal.screen().rows(0, 60).collect();
        for y in 1..19_u16 {
            assert_eq!(
                shown[usize::from(y)].trim_end(),
                rows[after + usize::from(y)]
            );
        }
        assert!(
            bytes.len() < 60 + 40 * before.abs_diff(after),
            "{}",
            bytes.len()
        );
        assert_eq!(shown[19].trim_end(), "footer");
    }
}

/// Two models of a terminal: an emoji with a variation selector takes one
/// column or two. What stands behind it stands in its place in both.
#[test]
fn odd_widths_shift_nothing_in_either_model() {
    let (bytes, _) = paint(None, &grid(&["│⚠️ x│ ✔️y│"]), COLOURED);
    for wide in [1, 2] {
        assert_eq!(column_of(&bytes, 'x', wide), Some(4));
        assert_eq!(column_of(&bytes, 'y', wide), Some(9));
    }
}

/// Where a terminal that gives such emoji so many columns puts a letter.
fn column_of(bytes: &[u8], letter: char, wide: u16) -> Option<u16> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let (mut column, mut chars) = (0, text.chars());
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => {
                let (mut sequence, mut action) = (String::new(), ' ');
                for c in chars.by_ref().skip_while(|c| *c == '[') {
                    if c.is_ascii_alphabetic() {
                        action = c;
                        break;
                    }
                    sequence.push(c);
                }
                let place = match action {
                    'H' => sequence.split_once(';').map(|(_, x)| x),
                    'G' => Some(sequence.as_str()),
                    _ => None,
                };
                if let Some(x) = place.and_then(|x| x.parse::<u16>().ok()) {
                    column = x - 1;
                }
            }
            '\u{fe0f}' => {}
            '⚠' | '✔' => column += wide,
            c if c == letter => return Some(column),
            _ => column += 1,
        }
    }
    None
}

#[test]
fn an_empty_cell_belongs_to_the_sign_before_it() {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 4, 1));
    buffer[(0, 0)].set_symbol("…");
    buffer[(1, 0)].set_symbol("");
    buffer[(2, 0)].set_symbol("…");
    let widths = [0, 2].map(|x| cell_width(&buffer, x, 0));
    assert_eq!(widths, [2, 1]);
}
