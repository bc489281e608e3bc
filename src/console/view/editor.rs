//! The editor: folded rows, the terminal's cursor on the right cell, how much
//! there is room for.

use ratatui::layout::{Position, Rect};

use super::put::Pen;
use super::{boxes, hints, list};
use crate::console::state::overlay::{Editor, What};
use crate::console::state::{App, words};
use crate::text::SafeText;
use crate::theme::Role;

/// Draws the editor; returns where the cursor is.
pub(super) fn render(pen: &mut Pen<'_>, area: Rect, app: &App, editor: &Editor) -> Position {
    let (width, most) = app.layout().editor();
    let rows = editor.text.rows(width);
    let (at, cells) = editor.text.cursor_in(width);
    let (cols, height) = app.layout().overlay(rows.len().clamp(6, most.max(6)) + 1);
    let what = What::Editor(editor.clone());
    let hint = hints::line(app, &what);
    let inner = boxes::frame(pen, area, (cols, height), (&title(app, editor), &hint));
    let body = Rect {
        height: inner.height.saturating_sub(1),
        ..inner
    };
    let top = list::top(at, usize::from(body.height));
    let style = pen.theme.style(Role::Text);
    for (y, row) in (body.top()..body.bottom()).zip(rows.iter().skip(top)) {
        let text = SafeText::own(row.text.clone());
        pen.put((body.x, y), body.width, &text, style);
    }
    foot(pen, inner, editor, (top, rows.len()));
    let down = u16::try_from(at - top).unwrap_or(0);
    let right = u16::try_from(cells).unwrap_or(0);
    Position::new(
        (body.x + right).min(inner.right().saturating_sub(1)),
        (body.y + down).min(body.bottom().saturating_sub(1)),
    )
}

fn title(app: &App, editor: &Editor) -> String {
    match editor.items.as_slice() {
        [] => "One note for all of them".to_owned(),
        [one] => {
            let id = app.floor.board.item(one).map(|item| item.id.to_string());
            format!("Note on {}", id.unwrap_or_default())
        }
        many => format!("Note on {}", words::items(many.len())),
    }
}

/// The last row: what is above and below, and the length.
fn foot(pen: &mut Pen<'_>, inner: Rect, editor: &Editor, (top, count): (usize, usize)) {
    let y = inner.bottom().saturating_sub(1);
    let height = usize::from(inner.height.saturating_sub(1));
    let below = count.saturating_sub(top + height);
    let mut says = Vec::new();
    if top > 0 {
        says.push(format!("↑ {top} above"));
    }
    if below > 0 {
        says.push(format!("↓ {below} below"));
    }
    pen.own((inner.x, y), inner.width, &says.join("  "), Role::Muted);
    let (bytes, limit) = editor.text.size();
    let role = if bytes >= limit {
        Role::Error
    } else if bytes > limit / 10 * 9 {
        Role::Warn
    } else {
        Role::Muted
    };
    let size = if bytes >= limit {
        format!("full: {bytes} of {limit} bytes")
    } else {
        format!("{bytes} of {limit} bytes")
    };
    pen.own_right(inner.right(), y, &size, role);
}
