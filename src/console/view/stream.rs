//! The stream: the rows that fit, from the scroll offset on, and under them what
//! lies above and below where not all fit; or what an empty floor has to say.

use ratatui::layout::Rect;

use super::columns::{Columns, LEFT};
use super::ink;
use super::page;
use super::put::Pen;
use super::row;
use crate::console::state::beyond::{self, Beyond};
use crate::console::state::document::empty;
use crate::console::state::document::item::symbol;
use crate::console::state::{App, words};
use crate::text::SafeText;
use crate::theme::Role;

/// Draws the rows.
pub(super) fn render(pen: &mut Pen<'_>, area: Rect, app: &App) {
    if app.stream.rows.is_empty() {
        nothing(pen, area, app);
        return;
    }
    let columns = Columns::of(area.width, app);
    let mut top = area.y;
    if app.layout().has_headings() {
        columns.headings(pen, area);
        top += 1;
    }
    if let Some(both) = beyond::of(app) {
        edges(pen, area, both);
    }
    let height = usize::from(area.bottom().saturating_sub(top)).min(app.stream_height());
    let rows = app.stream.rows.iter().enumerate();
    let shown = rows.skip(app.stream.top).take(height);
    for (y, (at, key)) in (top..area.bottom()).zip(shown) {
        let line = Rect {
            y,
            height: 1,
            ..area
        };
        pen.chosen = app.stream.cursor == Some(at);
        if pen.chosen {
            let role = if app.detail.open {
                Role::SelectionIdle
            } else {
                Role::Selection
            };
            pen.lay(line, role);
            pen.own((area.x, y), 1, "▌", Role::Key);
        }
        if let Some(item) = app.floor.board.item(key) {
            row::render(pen, line, app, (item, &columns));
        }
    }
    pen.chosen = false;
}

/// The last line: how many rows lie above and below, and the worst of them.
fn edges(pen: &mut Pen<'_>, area: Rect, both: [Beyond; 2]) {
    let y = area.bottom().saturating_sub(1);
    let mut x = area.x + LEFT;
    for (beyond, (sign, word)) in both.into_iter().zip([("↑", "above"), ("↓", "below")]) {
        if beyond.count == 0 {
            continue;
        }
        let room = |x: u16| area.right().saturating_sub(x + 1);
        let says = format!("{sign} {} {word}", words::grouped(beyond.count));
        x = pen.own((x, y), room(x), &says, Role::Muted);
        if let Some(worst) = beyond.worst {
            x = pen.own((x, y), room(x), ", worst ", Role::Muted);
            let says = format!("{} {}", symbol(worst), worst.word());
            let style = pen.inked(ink::of_severity(worst));
            x = pen.put((x, y), room(x), &SafeText::own(says), style);
        }
        x += 3;
    }
}

fn nothing(pen: &mut Pen<'_>, area: Rect, app: &App) {
    let width = area.width.saturating_sub(4).min(62);
    let document = empty::of(app, usize::from(width));
    let lines = u16::try_from(document.lines.len()).unwrap_or(0);
    let middle = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + area.height.saturating_sub(lines) / 3,
        width,
        height: lines.min(area.height),
    };
    page::lines(pen, middle, &document, 0);
}
