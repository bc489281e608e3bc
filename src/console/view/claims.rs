//! The posts that known claims fit, by claim.

use ratatui::layout::Rect;

use super::ink;
use super::put::Pen;
use super::{boxes, hints, list};
use crate::console::state::App;
use crate::console::state::document::{Line, claims as lines};
use crate::console::state::overlay::What;
use crate::console::state::overlay::claims::Claims;
use crate::text::SafeText;
use crate::theme::Role;

/// Draws the list.
pub(super) fn render(pen: &mut Pen<'_>, area: Rect, app: &App, claims: &Claims) {
    let count = claims.rows.len();
    let most = usize::from(area.height.saturating_sub(4));
    let (cols, rows) = app.layout().overlay(count.clamp(3, most.max(3)));
    let open = claims.open(&app.floor.board);
    let title = match (count, open) {
        (0, _) => "Claims".to_owned(),
        (_, 0) => "Claims: all judged".to_owned(),
        (_, open) => format!("Claims: {open} to judge"),
    };
    let hint = hints::line(app, &What::Claims(claims.clone()));
    let inner = boxes::frame(pen, area, (cols, rows), (&title, &hint));
    if count == 0 {
        let says = SafeText::own("No post on this board is matched to a known claim.");
        let style = pen.theme.style(Role::Muted);
        for (y, part) in (inner.top()..inner.bottom()).zip(&says.wrap(inner.width.into())) {
            pen.put((inner.x, y), inner.width, part, style);
        }
        return;
    }
    let top = list::top(claims.at, usize::from(inner.height));
    for (y, row) in (inner.top()..inner.bottom()).zip(top..count) {
        let line = Rect {
            y,
            height: 1,
            ..inner
        };
        let chosen = row == claims.at;
        if chosen {
            pen.lay(line, Role::Selection);
            pen.own((line.x, y), 1, "▌", Role::Key);
        }
        let indent = u16::from(claims.post(row).is_some());
        spans(pen, line, indent, &lines::line(app, claims, row));
    }
}

fn spans(pen: &mut Pen<'_>, line: Rect, indent: u16, spans: &Line) {
    let mut x = line.x + indent;
    for span in spans {
        let room = line.right().saturating_sub(x);
        let text = span.text.truncate(usize::from(room), "…");
        let style = pen.inked(ink::role(span.ink));
        x = pen.put((x, line.y), room, &text, style);
    }
}
