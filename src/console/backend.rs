//! From one grid to the next: the bytes that make the terminal show it.
//!
//! Pure: grids in, bytes out. The last safety net is here (a symbol that a
//! terminal must not get is a "?" and counted), and the cursor is moved
//! explicitly after every cluster whose width terminals disagree on. Called by
//! the writer's thread only.

use std::io::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Position;
use ratatui::style::{Color, Modifier};

use crate::text::{display_width, is_safe_symbol};
use crate::theme::Depth;

/// Blank cells at a row's end from which on erasing is cheaper than spaces.
const ERASE_FROM: u16 = 4;

/// A whole screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// The cells.
    pub buffer: Buffer,
    /// Where the terminal's cursor is to be seen; hidden without.
    pub cursor: Option<Position>,
}

/// How the terminal is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Colours beyond this are left out: the theme has reduced its own, and
    /// `NO_COLOR` is [`Depth::Mono`].
    pub depth: Depth,
    /// Frames the bytes as one update, where the terminal knows that.
    pub synchronised: bool,
}

/// What a frame cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Bytes written.
    pub bytes: usize,
    /// Symbols that were replaced because a terminal must not get them.
    pub unsafe_symbols: usize,
}

/// Makes the bytes that turn `last` into `next`; all of it when there is no
/// last one of the same size. Nothing when nothing changed.
#[must_use]
pub fn paint(last: Option<&Grid>, next: &Grid, style: Style) -> (Vec<u8>, Cost) {
    let last = last.filter(|last| last.buffer.area == next.buffer.area);
    if last == Some(next) {
        return (Vec::new(), Cost::default());
    }
    let mut brush = Brush::new(style);
    let mut whole = Vec::new();
    if style.synchronised {
        whole.extend_from_slice(b"\x1b[?2026h");
    }
    if last.is_none_or(|last| last.cursor.is_some()) {
        whole.extend_from_slice(b"\x1b[?25l");
    }
    if last.is_none() {
        whole.extend_from_slice(b"\x1b[0m\x1b[2J");
    }
    for y in next.buffer.area.top()..next.buffer.area.bottom() {
        brush.row(last.map(|last| &last.buffer), &next.buffer, y);
    }
    brush.end();
    whole.append(&mut brush.bytes);
    if let Some(at) = next.cursor {
        append(
            &mut whole,
            format_args!("\x1b[{};{}H\x1b[?25h", at.y + 1, at.x + 1),
        );
    }
    if style.synchronised {
        whole.extend_from_slice(b"\x1b[?2026l");
    }
    let cost = Cost {
        bytes: whole.len(),
        unsafe_symbols: brush.unsafe_symbols,
    };
    (whole, cost)
}

/// What the terminal's pen is like after the bytes so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

struct Brush {
    bytes: Vec<u8>,
    style: Style,
    pen: Option<Pen>,
    /// Where the cursor is for certain.
    at: Option<(u16, u16)>,
    unsafe_symbols: usize,
}

impl Brush {
    fn new(style: Style) -> Self {
        Self {
            bytes: Vec::new(),
            style,
            pen: None,
            at: None,
            unsafe_symbols: 0,
        }
    }

    fn row(&mut self, last: Option<&Buffer>, next: &Buffer, y: u16) {
        let (left, right) = (next.area.left(), next.area.right());
        let changed = |x: u16| last.is_none_or(|last| !same(last, next, x, y));
        let Some(first) = (left..right).find(|x| changed(*x)) else {
            return;
        };
        // Where a wide or odd cluster is or was, neighbours depend on each
        // other: such a row is painted from its first change to its end, from
        // the start of the cluster that the first change lies in.
        let odd = |buffer: &Buffer| (left..right).any(|x| !is_plain(buffer, x, y));
        let rest = odd(next) || last.is_none_or(odd);
        let start = if rest {
            cluster_start(next, first, y)
        } else {
            first
        };
        let blank_from = blank_tail(next, y);
        let mut x = start;
        while x < right {
            if x >= blank_from && right - x >= ERASE_FROM {
                if (x..right).any(|x| rest || changed(x)) {
                    self.erase(x, y);
                }
                return;
            }
            let width = cell_width(next, x, y).max(1);
            if rest || changed(x) {
                self.cell(next, (x, y), width.min(right - x));
            }
            x = x.saturating_add(width);
        }
    }

    fn cell(&mut self, buffer: &Buffer, (x, y): (u16, u16), width: u16) {
        let Some(cell) = buffer.cell((x, y)) else {
            return;
        };
        self.go(x, y);
        self.dip(cell);
        let mut symbol = cell.symbol();
        let fits = cell_width(buffer, x, y) <= width;
        if !is_safe_symbol(symbol) || !fits {
            self.unsafe_symbols += usize::from(fits);
            symbol = "?";
        }
        if symbol.is_empty() {
            symbol = " ";
        }
        self.bytes.extend_from_slice(symbol.as_bytes());
        // At the right edge terminals differ in where the cursor stays.
        let end = x + width;
        let certain = is_certain(symbol) && end < buffer.area.right();
        self.at = certain.then_some((end, y));
    }

    /// Erases from here to the end of the row, which is blank.
    fn erase(&mut self, x: u16, y: u16) {
        self.go(x, y);
        if self.pen != Some(Pen::default()) {
            self.bytes.extend_from_slice(b"\x1b[0m");
            self.pen = Some(Pen::default());
        }
        self.bytes.extend_from_slice(b"\x1b[K");
    }

    fn go(&mut self, x: u16, y: u16) {
        if self.at != Some((x, y)) {
            append(&mut self.bytes, format_args!("\x1b[{};{}H", y + 1, x + 1));
            self.at = Some((x, y));
        }
    }

    fn dip(&mut self, cell: &Cell) {
        let colour = |c| {
            if self.style.depth == Depth::Mono {
                Color::Reset
            } else {
                c
            }
        };
        let pen = Pen {
            fg: colour(cell.fg),
            bg: colour(cell.bg),
            modifier: cell.modifier,
        };
        if self.pen == Some(pen) {
            return;
        }
        self.bytes.extend_from_slice(b"\x1b[0");
        for (modifier, code) in MODIFIERS {
            if pen.modifier.contains(modifier) {
                append(&mut self.bytes, format_args!(";{code}"));
            }
        }
        put_colour(&mut self.bytes, pen.fg, 30, self.style.depth);
        put_colour(&mut self.bytes, pen.bg, 40, self.style.depth);
        self.bytes.push(b'm');
        self.pen = Some(pen);
    }

    fn end(&mut self) {
        if self.pen.is_some_and(|pen| pen != Pen::default()) {
            self.bytes.extend_from_slice(b"\x1b[0m");
        }
    }
}

const MODIFIERS: [(Modifier, u8); 8] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::SLOW_BLINK, 5),
    (Modifier::REVERSED, 7),
    (Modifier::HIDDEN, 8),
    (Modifier::CROSSED_OUT, 9),
];

/// The parameters of a colour; `ground` is 30 for text and 40 for what is
/// behind it. The 16 named ones are written as the oldest terminals know them.
fn put_colour(bytes: &mut Vec<u8>, colour: Color, ground: u8, depth: Depth) {
    let named = |n: u8| {
        if n < 8 {
            ground + n
        } else {
            ground + 60 + n - 8
        }
    };
    let place = match colour {
        Color::Reset => return,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
        Color::Indexed(n) if n < 16 => n,
        Color::Indexed(n) => {
            if depth >= Depth::Indexed256 {
                append(bytes, format_args!(";{};5;{n}", ground + 8));
            }
            return;
        }
        Color::Rgb(r, g, b) => {
            if depth >= Depth::True {
                append(bytes, format_args!(";{};2;{r};{g};{b}", ground + 8));
            }
            return;
        }
    };
    append(bytes, format_args!(";{}", named(place)));
}

fn append(bytes: &mut Vec<u8>, what: std::fmt::Arguments<'_>) {
    bytes.write_fmt(what).expect("a Vec takes every byte");
}

fn same(last: &Buffer, next: &Buffer, x: u16, y: u16) -> bool {
    last.cell((x, y)) == next.cell((x, y))
}

fn cell_width(buffer: &Buffer, x: u16, y: u16) -> u16 {
    let symbol = buffer.cell((x, y)).map_or(" ", |cell| cell.symbol());
    if symbol.is_ascii() {
        return 1;
    }
    u16::try_from(display_width(symbol)).unwrap_or(u16::MAX)
}

/// The cell that a wide cluster over `x` begins in.
fn cluster_start(buffer: &Buffer, x: u16, y: u16) -> u16 {
    let before = x.saturating_sub(1).max(buffer.area.left());
    if before < x && cell_width(buffer, before, y) > 1 {
        before
    } else {
        x
    }
}

/// The first cell of the blank, unstyled end of a row.
fn blank_tail(buffer: &Buffer, y: u16) -> u16 {
    let blank = |x: &u16| {
        buffer.cell((*x, y)).is_some_and(|cell| {
            cell.symbol() == " "
                && cell.bg == Color::Reset
                && !cell
                    .modifier
                    .intersects(Modifier::REVERSED | Modifier::UNDERLINED | Modifier::CROSSED_OUT)
        })
    };
    let (left, right) = (buffer.area.left(), buffer.area.right());
    let tail = (left..right).rev().take_while(blank).count();
    let mut from = right - u16::try_from(tail).unwrap_or(0);
    // The cell behind a wide cluster looks blank but is part of it.
    if from > left && cell_width(buffer, from - 1, y) > 1 {
        from += 1;
    }
    from
}

fn is_plain(buffer: &Buffer, x: u16, y: u16) -> bool {
    let symbol = buffer.cell((x, y)).map_or(" ", |cell| cell.symbol());
    is_certain(symbol) && cell_width(buffer, x, y) == 1
}

/// Whether all terminals agree on how wide this is.
fn is_certain(symbol: &str) -> bool {
    let mut chars = symbol.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else {
        return false;
    };
    matches!(c,
        ' '..='~'
        | '\u{c0}'..='\u{17f}'
        | '\u{391}'..='\u{3a9}' | '\u{3b1}'..='\u{3c9}'
        | '\u{410}'..='\u{44f}'
        | '\u{2500}'..='\u{257f}'
        | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}')
}

#[cfg(test)]
#[path = "backend_tests.rs"]
mod tests;
