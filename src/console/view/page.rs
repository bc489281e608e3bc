//! Pages of lines: the detail beside or over the stream, and pages on top.

use ratatui::layout::{Position, Rect};

use super::ink;
use super::put::Pen;
use super::{boxes, hints};
use crate::console::state::App;
use crate::console::state::document::{Document, item, summary, topic};
use crate::console::state::overlay::{Page, What};
use crate::text::SafeText;
use crate::theme::Role;

/// Draws the lines of a document from `top` on.
pub(super) fn lines(pen: &mut Pen<'_>, area: Rect, document: &Document, top: usize) {
    for (y, line) in (area.top()..area.bottom()).zip(document.lines.iter().skip(top)) {
        let mut x = area.x;
        for span in line {
            let style = pen.inked(ink::role(span.ink));
            x = pen.put((x, y), area.right().saturating_sub(x), &span.text, style);
        }
    }
}

/// Draws the open or selected item, or the floor at a glance.
pub(super) fn detail(pen: &mut Pen<'_>, area: Rect, app: &App) {
    let inner = Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(2),
        ..area
    };
    let width = usize::from(inner.width);
    let document = match app.selected() {
        Some(item) => item::of(app, item, width),
        None => summary::of(app, width),
    };
    let height = usize::from(inner.height);
    let top = app.detail.scroll.min(document.last_top(height));
    lines(pen, inner, &document, top);
    let below = document.lines.len().saturating_sub(top + height);
    if below > 0 {
        let key = if app.detail.open { " j" } else { "" };
        let says = format!(" ↓ {below} more{key} ");
        let y = inner.bottom().saturating_sub(1);
        pen.own_right(inner.right(), y, &says, Role::Muted);
    }
}

/// Draws a page on top; returns where one types, when one looks for words.
pub(super) fn overlay(pen: &mut Pen<'_>, area: Rect, app: &App, page: &Page) -> Option<Position> {
    let (cols, _) = app.layout().overlay(0);
    let width = usize::from(cols);
    let (title, document) = topic::of(app, page, width);
    let total = document.lines.len();
    let (cols, rows) = app.layout().overlay(total);
    let height = usize::from(rows);
    let top = page.scroll.min(document.last_top(height));
    let keys = hints::line(app, &What::Page(page.clone()));
    let hint = if total > height {
        format!("{}-{} of {total} · {keys}", top + 1, top + height)
    } else {
        keys
    };
    let inner = boxes::frame(pen, area, (cols, rows), (title, &hint));
    lines(pen, inner, &document, top);
    let find = page.find.as_ref()?;
    let y = inner.y.saturating_sub(1);
    let x = inner.x + u16::try_from(title.len()).unwrap_or(0) + 3;
    let x = pen.own((x, y), inner.right().saturating_sub(x), "/", Role::Key);
    let words = SafeText::own(find.words.text());
    let style = pen.theme.style(Role::Title);
    let end = pen.put((x, y), inner.right().saturating_sub(x + 1), &words, style);
    pen.own((end, y), 1, " ", Role::Text);
    find.typing.then(|| Position::new(end, y))
}
