//! The frame of what lies on top: centred, titled, with hints on its lower edge,
//! as many as there is room for.

use ratatui::layout::Rect;

use super::put::Pen;
use crate::text::display_width;
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
    let hint = whole(hint, usize::from(room).saturating_sub(2));
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

/// Between two hints.
pub(super) const BETWEEN: &str = " · ";

/// As many hints as fit in `room` cells: half a hint is none.
fn whole(hints: &str, room: usize) -> String {
    let mut line = String::new();
    for hint in hints.split(BETWEEN) {
        let gap = if line.is_empty() { "" } else { BETWEEN };
        if display_width(&line) + display_width(gap) + display_width(hint) > room {
            break;
        }
        line = [&line, gap, hint].concat();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_left_out_whole_from_the_end() {
        let all = "Enter choose · Esc close · ↓ down · ↑ up";
        assert_eq!(whole(all, 40), all);
        assert_eq!(whole(all, 39), "Enter choose · Esc close · ↓ down");
        assert_eq!(whole(all, 12), "Enter choose");
        assert_eq!(whole(all, 11), "");
    }
}
