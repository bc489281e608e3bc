//! What needs me first, always in the same place: a line under the queues, or
//! a panel under the detail where there is room.

use ratatui::layout::Rect;

use super::columns::Columns;
use super::put::Pen;
use super::row;
use crate::console::action::Action;
use crate::console::keymap::Context;
use crate::console::state::{App, round};
use crate::model::item::Item;
use crate::model::queue;
use crate::theme::Role;

/// Draws the line.
pub(super) fn line(pen: &mut Pen<'_>, line: Rect, app: &App) {
    let y = line.y;
    pen.lay(line, Role::Panel);
    let mut x = line.x + 1;
    let next = round::next(app).and_then(|(key, _)| app.floor.board.item(&key));
    let Some(first) = next else {
        pen.over((x, y), line.width, quiet(app), Role::Muted);
        return;
    };
    x = pen.over((x, y), line.width, &key(app), Role::Key) + 1;
    let viewer = app.session.viewer();
    let untaken = viewer.is_some_and(|viewer| queue::calls_for(first, &viewer).critical);
    x = if untaken {
        pen.over((x, y), line.width, "untaken", Role::SeverityCritical)
    } else {
        pen.over((x, y), line.width, "next", Role::Muted)
    };
    let more = app.floor.derived.counts.needs_me.saturating_sub(1);
    let mut right = line.right();
    if more > 0 {
        let says = format!("+{more}");
        let cells = u16::try_from(says.len()).unwrap_or(0);
        right = right.saturating_sub(cells + 1);
        pen.over((right, y), cells, &says, Role::Warn);
    }
    let rest = Rect {
        x,
        width: right.saturating_sub(x),
        ..line
    };
    let mut columns = Columns::of(rest.width.min(100), app);
    // What it is about comes before who said it, where room is for one.
    if line.width < 90 {
        columns.author = 0;
    }
    row::render(pen, rest, app, (first, &columns));
}

/// Draws the panel.
pub(super) fn panel(pen: &mut Pen<'_>, area: Rect, app: &App) {
    let bar = "─".repeat(usize::from(area.width));
    pen.own((area.x, area.y), area.width, &bar, Role::Border);
    let count = app.floor.derived.counts.needs_me;
    let (says, role) = match count {
        0 => (" Needs you ".to_owned(), Role::Muted),
        count => (format!(" Needs you {count} "), Role::Title),
    };
    pen.own((area.x + 1, area.y), area.width, &says, role);
    let rows = area.y + 1..area.bottom();
    if count == 0 {
        pen.own(
            (area.x + 2, rows.start),
            area.width,
            quiet(app),
            Role::Muted,
        );
        return;
    }
    let hint = format!(" {} goes there ", key(app));
    pen.own_right(area.right().saturating_sub(1), area.y, &hint, Role::Muted);
    let columns = Columns::of(area.width.min(100), app);
    for (y, item) in rows.zip(items(app)) {
        let line = Rect {
            y,
            height: 1,
            ..area
        };
        row::render(pen, line, app, (item, &columns));
    }
}

fn items(app: &App) -> impl Iterator<Item = &Item> {
    let board = &app.floor.board;
    let needs = &app.floor.derived.needs;
    needs.iter().filter_map(|key| board.item(key))
}

fn key(app: &App) -> String {
    let keymap = &app.settings.keymap;
    let key = keymap.first(Context::Floor, Action::NextNeedsMe);
    key.unwrap_or_default()
}

/// What there is to say when nothing needs me.
fn quiet(app: &App) -> &'static str {
    if app.link.has_begun() {
        "Nothing needs you now."
    } else {
        ""
    }
}
