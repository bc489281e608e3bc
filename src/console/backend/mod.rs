//! From one grid to the next: the bytes that make the terminal show it.
//!
//! Pure: grids in, bytes out. The last safety net is here (a symbol that a
//! terminal must not get is a "?" and counted), and the cursor is moved
//! explicitly after every cluster whose width terminals disagree on. Called by
//! the writer's thread only.
//!
//! - [`brush`]: rows to bytes, the pen and the cursor; [`sgr`]: from one pen to
//!   the next in as few bytes as it takes.
//! - [`cells`]: which cells look alike, how wide they are for certain.
//! - [`scroll`]: rows that only moved are moved by the terminal.

mod brush;
mod cells;
mod scroll;
mod sgr;
#[cfg(test)]
mod tests;

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::theme::Depth;
use brush::{Brush, Place};
use scroll::Shift;

/// A frame shorter than this is in one piece anyway.
const WORTH_A_FRAME: usize = 128;

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

/// Paints grids on one terminal, one after the other. What it was given last is
/// taken to be there.
#[derive(Debug)]
pub struct Painter {
    style: Style,
    last: Option<Grid>,
    place: Place,
}

impl Painter {
    /// A terminal of which nothing is known.
    #[must_use]
    pub fn new(style: Style) -> Self {
        Self {
            style,
            last: None,
            place: Place::default(),
        }
    }

    /// Marks frames as one update from now on, or no longer.
    pub fn synchronise(&mut self, on: bool) {
        self.style.synchronised = on;
    }

    /// The terminal does not show what was painted last: the next grid is
    /// painted whole.
    pub fn forget(&mut self) {
        self.last = None;
        self.place = Place::default();
    }

    /// Something else was written: where the cursor is, and with which pen, is
    /// not known any more.
    pub fn forget_place(&mut self) {
        self.place = Place::default();
    }

    /// Makes the bytes that turn what is there into `next`; all of it when
    /// nothing of the same size is there. Nothing when nothing changed.
    pub fn paint(&mut self, next: Grid) -> (Vec<u8>, Cost) {
        let area = next.buffer.area;
        let last = self.last.take().filter(|last| last.buffer.area == area);
        if last.as_ref() == Some(&next) {
            self.last = last;
            return (Vec::new(), Cost::default());
        }
        let brush = self.strokes(last.as_ref(), &next.buffer);
        let had_cursor = last.as_ref().is_none_or(|last| last.cursor.is_some());
        let mut whole = Vec::with_capacity(brush.bytes.len() + 64);
        let framed = self.style.synchronised && brush.bytes.len() > WORTH_A_FRAME;
        if framed {
            whole.extend_from_slice(b"\x1b[?2026h");
        }
        if had_cursor && (next.cursor.is_none() || !brush.bytes.is_empty()) {
            whole.extend_from_slice(b"\x1b[?25l");
        }
        whole.extend_from_slice(&brush.bytes);
        self.place = brush.place;
        if let Some(at) = next.cursor {
            let (row, column) = (at.y + 1, at.x + 1);
            brush::append(&mut whole, format_args!("\x1b[{row};{column}H\x1b[?25h"));
            (self.place.at, self.place.row) = (Some((at.x, at.y)), Some(at.y));
        }
        if framed {
            whole.extend_from_slice(b"\x1b[?2026l");
        }
        let cost = Cost {
            bytes: whole.len(),
            unsafe_symbols: brush.unsafe_symbols,
        };
        self.last = Some(next);
        (whole, cost)
    }

    fn strokes(&self, last: Option<&Grid>, next: &Buffer) -> Brush {
        let Some(last) = last else {
            let mut brush = Brush::new(self.style.depth, Place::default());
            brush.clear();
            brush.rows(&Buffer::empty(next.area), next);
            return brush;
        };
        let mut plain = Brush::new(self.style.depth, self.place);
        plain.rows(&last.buffer, next);
        let Some(shift) = Shift::find(&last.buffer, next) else {
            return plain;
        };
        let mut moved = Brush::new(self.style.depth, self.place);
        moved.shift(shift);
        moved.rows(&shift.moved(&last.buffer), next);
        if moved.bytes.len() < plain.bytes.len() {
            moved
        } else {
            plain
        }
    }
}
