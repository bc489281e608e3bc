//! Rows of lists: one drawing for the palette, what a search found and what may
//! be typed next.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::put::Pen;
use crate::text::SafeText;
use crate::theme::Role;

/// A piece of a row and the cells that it has.
pub(super) struct Part {
    pub(super) text: SafeText,
    pub(super) role: Role,
    pub(super) cells: u16,
}

/// A piece of our own words.
pub(super) fn part(words: impl Into<String>, role: Role, cells: u16) -> Part {
    Part {
        text: SafeText::own(words.into()),
        role,
        cells,
    }
}

/// Draws a row; the chosen one has a bar before it and its own ground, so that
/// it needs no colour.
pub(super) fn row(pen: &mut Pen<'_>, line: Rect, chosen: bool, parts: Vec<Part>) {
    if chosen {
        pen.lay(Rect { height: 1, ..line }, Role::Selection);
        let style = on_ground(pen, Role::Key);
        pen.put((line.x, line.y), 1, &SafeText::own("▌"), style);
    }
    let mut x = line.x + 2;
    for part in parts {
        let room = part.cells.min(line.right().saturating_sub(x));
        let text = part.text.truncate(usize::from(room), "…");
        let style = on_ground(pen, part.role);
        pen.put((x, line.y), room, &text, style);
        x += part.cells;
    }
}

/// Draws our own words so that they end at the right of a row.
pub(super) fn at_right(pen: &mut Pen<'_>, line: Rect, words: &str, role: Role) {
    let text = SafeText::own(words.to_owned());
    let width = u16::try_from(text.width())
        .unwrap_or(line.width)
        .min(line.width);
    let style = on_ground(pen, role);
    pen.put((line.right() - width, line.y), width, &text, style);
}

/// The first row to show so that `at` is seen.
pub(super) fn top(at: usize, height: usize) -> usize {
    (at + 1).saturating_sub(height.max(1))
}

fn on_ground(pen: &Pen<'_>, role: Role) -> Style {
    Style {
        bg: None,
        ..pen.theme.style(role)
    }
}
