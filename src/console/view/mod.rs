//! How the state looks. Changes nothing.
//!
//! ```text
//! all desks  anna  live        ch 8/9  3 mine  2 critical  1 waiting  02:41   [`header`]
//!  Mine 3    Unassigned 12   Team 0   [All 57]  1:Water 4                    [`queues`]
//! View 1 water or agua                     4 rows  / narrows it  0 all        [`asked`]
//! w next  ◆C ! #1042  5m  +2m  WaterPressureLow · Pressure in …        +4    [`needs`]
//! ◆C ! #1042  5m  +2m WaterPressureLow · Pressure in zone …    officer2      [`stream`], [`row`]
//! ↑ 25 above, worst ▲ high                             37 new below, f follows
//! …                                        │ detail from 110 columns on      [`page`]
//! a take  @ assign  d resolve  s snooze  Enter open  ? help                  [`footer`]
//! ```
//!
//! What lies on top: [`boxes`] and what is in them ([`picker`], [`palette`],
//! [`found`], [`claims`], [`typing`], [`mod@editor`], [`question`]; [`list`] for their rows);
//! [`next`]: what can come next; [`hints`]: keys that are likely. All text goes
//! through [`put`], a stranger's through [`field`] where columns follow it.
//! While the floor is hidden nothing is drawn but [`lock`].

mod asked;
mod boxes;
mod claims;
mod columns;
mod editor;
mod field;
mod footer;
mod found;
mod header;
mod hints;
mod ink;
mod list;
mod lock;
mod needs;
mod next;
mod page;
mod palette;
mod picker;
mod put;
mod question;
mod queues;
mod row;
mod stream;
mod typing;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::state::App;
use super::state::layout::Layout;
use super::state::overlay::{Overlay, What};
use crate::text::SafeText;
use crate::theme::{Role, Theme};
use put::Pen;

/// Draws the whole console into `area` of `buffer`; returns where the terminal's
/// cursor is to be shown, if anywhere.
pub fn view(app: &App, theme: &Theme, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    let mut pen = Pen {
        buffer,
        theme,
        policy: app.settings.text,
        chosen: false,
    };
    pen.clear(area);
    let layout = app.layout();
    if let Some(closed) = app.lock.closed().filter(|_| !layout.is_too_small()) {
        lock::render(&mut pen, area, app, closed);
        return None;
    }
    if layout.is_too_small() {
        too_small(app, &mut pen, area);
        return None;
    }
    header::render(&mut pen, area, app);
    queues::render(&mut pen, area, app);
    if layout.limited {
        let line = Rect {
            y: area.y + Layout::LIMITED_LINE,
            height: 1,
            ..area
        };
        asked::line(&mut pen, line, app);
    }
    if layout.banner {
        header::banner(&mut pen, area, app);
    }
    if layout.has_needs_line() {
        let line = Rect {
            y: area.y + layout.needs_line(),
            height: 1,
            ..area
        };
        needs::line(&mut pen, line, app);
    }
    let body = Rect {
        y: area.y + layout.body_top(),
        height: layout.body_rows(),
        ..area
    };
    if layout.is_split() {
        side_by_side(&mut pen, body, app);
    } else if app.detail.open && app.selected().is_some() {
        page::detail(&mut pen, body, app);
    } else {
        stream::render(&mut pen, body, app);
    }
    footer::render(&mut pen, area, app);
    let mut cursor = None;
    for overlay in &app.overlays {
        cursor = on_top(&mut pen, area, app, overlay);
    }
    next::keys(&mut pen, area, app);
    cursor
}

/// The stream, and beside it the detail and what needs me.
fn side_by_side(pen: &mut Pen<'_>, body: Rect, app: &App) {
    let layout = app.layout();
    let left = Rect {
        width: layout.stream_cols(),
        ..body
    };
    let right = Rect {
        x: body.x + layout.stream_cols() + 1,
        width: layout.detail_cols(),
        ..body
    };
    stream::render(pen, left, app);
    // The rule is heavy while the keys go to the detail.
    let (bar, ink) = if app.detail.open {
        ("┃", Role::Key)
    } else {
        ("│", Role::Border)
    };
    for y in body.top()..body.bottom() {
        pen.own((left.right(), y), 1, bar, ink);
    }
    let detail = Rect {
        height: layout.detail_rows(),
        ..right
    };
    page::detail(pen, detail, app);
    if layout.has_needs_panel() {
        let panel = Rect {
            y: detail.bottom(),
            height: layout.needs_rows(),
            ..right
        };
        needs::panel(pen, panel, app);
    }
}

fn on_top(pen: &mut Pen<'_>, area: Rect, app: &App, overlay: &Overlay) -> Option<Position> {
    match &overlay.what {
        What::Page(shown) => return page::overlay(pen, area, app, shown),
        What::Palette(shown) => return Some(palette::render(pen, area, app, shown)),
        What::Found => found::render(pen, area, app),
        What::Claims(shown) => claims::render(pen, area, app, shown),
        What::Picker(picker) => return Some(picker::render(pen, area, app, picker)),
        What::Prompt(prompt) => return Some(typing::prompt(pen, area, prompt)),
        What::Editor(shown) => return Some(editor::render(pen, area, app, shown)),
        What::Form(form) => return typing::form(pen, area, app, form),
        What::Confirm(confirm) => question::render(pen, area, app, confirm),
    }
    None
}

/// That it is too small, and what must not be missed.
fn too_small(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let critical = app.floor.derived.counts.unassigned_critical;
    let says = if app.lock.is_closed() {
        lock::short(app)
    } else {
        format!("{critical} critical. Too small: 60x15 at least.")
    };
    let lines = SafeText::own(says).wrap(area.width.into());
    for (y, line) in (area.top()..area.bottom()).zip(&lines) {
        let style = pen.inked(Role::Warn);
        pen.put((area.x, y), area.width, line, style);
    }
}
