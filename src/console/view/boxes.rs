//! The frame of what lies on top: centred, titled, with a hint on its lower
//! edge.

use ratatui::layout::Rect;

use super::put::Pen;
use crate::theme::Role;

/// Draws a frame around at least `size` columns and rows; returns the inside.
pub(super) fn frame(pen: &mut Pen<'_>, area: Rect, size: (u16, u16), words: (&str, &str)) -> Rect {
    let (cols, rows) = size;
    let (width, height) = (cols + 4, rows + 2);
    // A cell or two of the rows beside the box would be noise.
    let width = if area.width.saturating_sub(width) < 6 {
        area.width
    } else {
        width
    };
    let outer = Rect {
        x: area.x + area.width.saturating_sub(width) / 2,
        y: area.y + area.height.saturating_sub(height) / 2,
        width: width.min(area.width),
        height: height.min(area.height),
    };
    frame_in(pen, outer, words)
}

/// Draws a frame on the edges of `outer`; returns the inside.
pub(super) fn frame_in(pen: &mut Pen<'_>, outer: Rect, words: (&str, &str)) -> Rect {
    let (title, hint) = words;
    pen.clear(outer);
    pen.lay(outer, Role::Overlay);
    let bar = "─".repeat(usize::from(outer.width.saturating_sub(2)));
    let (top, bottom) = (outer.top(), outer.bottom().saturating_sub(1));
    for (y, left, right) in [(top, "┌", "┐"), (bottom, "└", "┘")] {
        pen.own(
            (outer.x, y),
            outer.width,
            &format!("{left}{bar}{right}"),
            Role::Border,
        );
    }
    for y in top + 1..bottom {
        pen.own((outer.x, y), 1, "│", Role::Border);
        pen.own((outer.right() - 1, y), 1, "│", Role::Border);
    }
    let room = outer.width.saturating_sub(4);
    pen.own((outer.x + 2, top), room, &format!(" {title} "), Role::Title);
    if !hint.is_empty() {
        pen.own(
            (outer.x + 2, bottom),
            room,
            &format!(" {hint} "),
            Role::Muted,
        );
    }
    Rect {
        x: outer.x + 2,
        y: top + 1,
        width: outer.width.saturating_sub(4),
        height: outer.height.saturating_sub(2),
    }
}
