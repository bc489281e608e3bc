//! Rows to bytes: moves the cursor, changes the pen, writes symbols.
//!
//! Knows for certain where the cursor is or says that it does not. Unchanged
//! cells between two changed ones are written again where that is shorter than
//! a move.

use std::io::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use super::cells::{self, Class, blank_tail, cell_width, class_at, cluster_start};
use super::scroll::Shift;
use super::sgr::{Pen, change};
use crate::text::is_safe_symbol;
use crate::theme::Depth;

/// Cells to the row's end within which a cluster that is drawn wider than we
/// think could take the cursor to the next row.
const NEAR_EDGE: u16 = 10;
/// Blank cells at a row's end from which on erasing is cheaper than spaces.
const ERASE_FROM: u16 = 4;

/// What is known of the terminal's cursor and pen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub(super) pen: Option<Pen>,
    /// Where the cursor is for certain: column and row.
    pub(super) at: Option<(u16, u16)>,
    /// The row that it is in for certain, where the column is not.
    pub(super) row: Option<u16>,
}

/// Bytes being made.
pub(super) struct Brush {
    pub(super) bytes: Vec<u8>,
    pub(super) place: Place,
    pub(super) unsafe_symbols: usize,
    depth: Depth,
    /// The cursor is behind letters that a terminal may have joined: certain
    /// only as long as more of them follow.
    joined: bool,
}

impl Brush {
    pub(super) fn new(depth: Depth, place: Place) -> Self {
        Self {
            bytes: Vec::new(),
            place,
            unsafe_symbols: 0,
            depth,
            joined: false,
        }
    }

    /// Empties the terminal.
    pub(super) fn clear(&mut self) {
        self.bytes.extend_from_slice(b"\x1b[0m\x1b[2J");
        self.place = Place {
            pen: Some(Pen::default()),
            at: None,
            row: None,
        };
    }

    /// Moves rows within their region; the rows that come in are blank.
    pub(super) fn shift(&mut self, shift: Shift) {
        self.plain_pen();
        let (top, bottom) = (shift.top + 1, shift.bottom);
        append(&mut self.bytes, format_args!("\x1b[{top};{bottom}r"));
        if shift.up {
            append(&mut self.bytes, format_args!("\x1b[{bottom};1H"));
        } else {
            append(&mut self.bytes, format_args!("\x1b[{top};1H"));
        }
        for _ in 0..shift.by {
            let step: &[u8] = if shift.up { b"\n" } else { b"\x1bM" };
            self.bytes.extend_from_slice(step);
        }
        self.bytes.extend_from_slice(b"\x1b[r");
        (self.place.at, self.place.row) = (None, None);
    }

    /// Makes `next` of `last`.
    pub(super) fn rows(&mut self, last: &Buffer, next: &Buffer) {
        for y in next.area.top()..next.area.bottom() {
            self.row(last, next, y);
        }
    }

    fn row(&mut self, last: &Buffer, next: &Buffer, y: u16) {
        let (left, right) = (next.area.left(), next.area.right());
        let changed = |x: u16| !cells::same(last, next, x, y);
        let Some(first) = (left..right).find(|x| changed(*x)) else {
            return;
        };
        let end = (left..right).rev().find(|x| changed(*x)).unwrap_or(first);
        let start = cluster_start(next, first, y).min(cluster_start(last, first, y));
        // Where a cluster of uncertain width is or was, what follows may stand
        // elsewhere than we think: the row is painted to its end. Behind wide
        // ones only their own cells depend on each other.
        let worst = (start..=end)
            .map(|x| class_at(last, x, y).max(class_at(next, x, y)))
            .max()
            .unwrap_or_default();
        let whole = worst > Class::Plain;
        let stop = match worst {
            Class::Plain => end + 1,
            Class::Wide | Class::Joining => {
                let wide = class_at(next, (end + 1).min(right - 1), y) == Class::Wide;
                end + 2 + u16::from(wide)
            }
            Class::Odd => right,
        };
        let stop = stop.min(right);
        let blank_from = blank_tail(next, y);
        let mut x = start;
        while x < stop {
            if x >= blank_from && right - x >= ERASE_FROM {
                if (x..stop).any(|x| whole || changed(x)) {
                    self.erase(next, x, y);
                }
                return;
            }
            let width = cell_width(next, x, y).max(1).min(right - x);
            if whole || (x..x + width).any(changed) {
                let shows = |x: u16| cells::shows_through(last, next, x, y);
                if class_at(next, x, y) == Class::Odd && (x + 1..x + width).any(shows) {
                    self.blank(next, (x, y), width);
                }
                self.cell(next, (x, y), width);
            }
            x += width;
        }
    }

    /// Blanks the cells that a cluster is about to take: a terminal that gives it
    /// fewer would go on showing what stood in the rest.
    fn blank(&mut self, buffer: &Buffer, (x, y): (u16, u16), width: u16) {
        let Some(cell) = buffer.cell((x, y)) else {
            return;
        };
        if self.joined {
            self.place.at = None;
        }
        self.go(buffer, x, y);
        self.dip(cell);
        self.bytes.extend(std::iter::repeat_n(b' ', width.into()));
        self.joined = false;
        (self.place.at, self.place.row) = (None, None);
    }

    fn cell(&mut self, buffer: &Buffer, (x, y): (u16, u16), width: u16) {
        let Some(cell) = buffer.cell((x, y)) else {
            return;
        };
        let class = class_at(buffer, x, y);
        if self.joined && class != Class::Joining && cell.symbol() != " " {
            self.place.at = None;
        }
        self.go(buffer, x, y);
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
        self.joined = class == Class::Joining || (self.joined && symbol == " ");
        // At the right edge terminals differ in where the cursor stays.
        let end = x + width;
        let certain = class != Class::Odd && end < buffer.area.right();
        self.place.at = certain.then_some((end, y));
        let in_row = end + NEAR_EDGE < buffer.area.right();
        self.place.row = in_row.then_some(y);
    }

    /// Erases from here to the end of the row, which is blank.
    fn erase(&mut self, buffer: &Buffer, x: u16, y: u16) {
        self.go(buffer, x, y);
        self.plain_pen();
        self.bytes.extend_from_slice(b"\x1b[K");
    }

    fn go(&mut self, buffer: &Buffer, x: u16, y: u16) {
        match self.place.at {
            Some(at) if at == (x, y) => return,
            Some((from, row)) if row == y && from < x && !self.joined => {
                let gap = x - from;
                let move_costs = if gap == 1 { 3 } else { 4 + gap.ilog10() };
                let alike = |at: u16| self.writes_on(buffer, at, y);
                if u32::from(gap) <= move_costs && (from..x).all(alike) {
                    for at in from..x {
                        let symbol = buffer.cell((at, y)).map_or(" ", Cell::symbol);
                        self.bytes.extend_from_slice(symbol.as_bytes());
                    }
                } else {
                    step(&mut self.bytes, gap, 'C');
                }
            }
            None if self.place.row == Some(y) => {
                append(&mut self.bytes, format_args!("\x1b[{}G", x + 1));
            }
            at => {
                let far = jump(x, y);
                let near = at.filter(|_| !self.joined).and_then(|at| near(at, (x, y)));
                let shorter = near.filter(|near| near.len() < far.len());
                self.bytes.extend_from_slice(&shorter.unwrap_or(far));
            }
        }
        self.joined = false;
        (self.place.at, self.place.row) = (Some((x, y)), Some(y));
    }

    /// Whether this cell can be written with the pen as it is, in one byte.
    fn writes_on(&self, buffer: &Buffer, x: u16, y: u16) -> bool {
        let Some(cell) = buffer.cell((x, y)) else {
            return false;
        };
        let printable = matches!(cell.symbol().as_bytes(), [b' '..=b'~']);
        printable
            && self
                .place
                .pen
                .is_some_and(|pen| pen.serves(self.pen_of(cell), cell))
    }

    fn pen_of(&self, cell: &Cell) -> Pen {
        let visible = |colour: Color| {
            let needs = match colour {
                Color::Reset => Depth::Mono,
                Color::Rgb(..) => Depth::True,
                Color::Indexed(16..) => Depth::Indexed256,
                _ => Depth::Ansi16,
            };
            if self.depth < needs {
                Color::Reset
            } else {
                colour
            }
        };
        Pen {
            fg: visible(cell.fg),
            bg: visible(cell.bg),
            modifier: cell.modifier,
        }
    }

    fn dip(&mut self, cell: &Cell) {
        let mut wanted = self.pen_of(cell);
        if let Some(pen) = self.place.pen {
            if pen.serves(wanted, cell) {
                return;
            }
            let seen = (pen.modifier | wanted.modifier).intersects(cells::SEEN_ON_BLANKS);
            if cell.symbol() == " " && wanted.bg != Color::Reset && !seen {
                // Letters that follow bring their own ink.
                wanted = Pen {
                    bg: wanted.bg,
                    ..pen
                };
            }
        }
        change(&mut self.bytes, self.place.pen, wanted, self.depth);
        self.place.pen = Some(wanted);
    }

    fn plain_pen(&mut self) {
        if self.place.pen != Some(Pen::default()) {
            self.bytes.extend_from_slice(b"\x1b[0m");
            self.place.pen = Some(Pen::default());
        }
    }
}

impl Pen {
    /// Whether what `wanted` would draw of this cell looks the same with this
    /// pen: of a blank only its background is seen.
    fn serves(self, wanted: Self, cell: &Cell) -> bool {
        self == wanted || (cell.symbol() == " " && self.blank() == wanted.blank())
    }

    fn blank(self) -> (Color, Color, Modifier) {
        let seen = self.modifier & cells::SEEN_ON_BLANKS;
        let fg = if seen.is_empty() {
            Color::Reset
        } else {
            self.fg
        };
        (self.bg, fg, seen)
    }
}

/// The move to a place from anywhere.
fn jump(x: u16, y: u16) -> Vec<u8> {
    let mut bytes = Vec::new();
    match x {
        0 => append(&mut bytes, format_args!("\x1b[{}H", y + 1)),
        _ => append(&mut bytes, format_args!("\x1b[{};{}H", y + 1, x + 1)),
    }
    bytes
}

/// The move to a place further down from one that is known.
fn near((from, row): (u16, u16), (x, y): (u16, u16)) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    if x == 0 {
        bytes.push(b'\r');
    } else if let Some(back) = from.checked_sub(x).filter(|back| *back < 4) {
        bytes.extend(std::iter::repeat_n(b'\x08', back.into()));
    } else if from > x {
        step(&mut bytes, from - x, 'D');
    } else {
        step(&mut bytes, x - from, 'C');
    }
    step(&mut bytes, y.checked_sub(row)?, 'B');
    Some(bytes)
}

/// A move by some cells.
fn step(bytes: &mut Vec<u8>, by: u16, way: char) {
    match by {
        0 => {}
        1 => append(bytes, format_args!("\x1b[{way}")),
        by => append(bytes, format_args!("\x1b[{by}{way}")),
    }
}

pub(super) fn append(bytes: &mut Vec<u8>, what: std::fmt::Arguments<'_>) {
    bytes.write_fmt(what).expect("a Vec takes every byte");
}
