//! Pages of lines: the detail beside or over the stream, and pages on top.

use ratatui::layout::Rect;

use super::boxes;
use super::ink;
use super::put::Pen;
use crate::console::state::App;
use crate::console::state::document::{
    Document, help, history, item, links, notices, pages, summary,
};
use crate::console::state::overlay::{Page, Topic};
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

/// Draws a page on top.
pub(super) fn overlay(pen: &mut Pen<'_>, area: Rect, app: &App, page: &Page) {
    let (cols, _) = app.layout().overlay(0);
    let width = usize::from(cols);
    let (title, document) = match page.topic {
        Topic::Help => ("Keys", help::of(&app.settings.keymap, width)),
        Topic::History(key) => ("Why, and history", history::of(app, key, width)),
        Topic::Links(key) => ("Links", links::of(app, key, width)),
        Topic::Watch => ("On watch", pages::watch(app, width)),
        Topic::Channels => ("Channels", pages::channels(app, width)),
        Topic::Queued => ("Queued", pages::queued(app, width)),
        Topic::Notices => ("Notices", notices::of(app, width)),
    };
    let total = document.lines.len();
    let (cols, rows) = app.layout().overlay(total);
    let height = usize::from(rows);
    let top = page.scroll.min(document.last_top(height));
    let hint = if total > height {
        format!(
            "{}-{} of {total} · j k scroll · Esc closes",
            top + 1,
            top + height
        )
    } else {
        "Esc closes".to_owned()
    };
    let inner = boxes::frame(pen, area, (cols, rows), (title, &hint));
    lines(pen, inner, &document, top);
}
