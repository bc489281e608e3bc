//! The palette: every action with its help and keys, those used of late first.

use ratatui::layout::{Position, Rect};

use super::put::Pen;
use super::{boxes, hints, list};
use crate::console::keymap::Context;
use crate::console::state::App;
use crate::console::state::overlay::What;
use crate::console::state::overlay::palette::Palette;
use crate::text::SafeText;
use crate::theme::Role;

/// Rows of actions at the most.
const SHOWN: usize = 16;
/// Cells of a name.
const NAME: u16 = 19;
/// Cells of the keys at the right.
const KEYS: u16 = 8;

/// Draws the palette; returns where one types.
pub(super) fn render(pen: &mut Pen<'_>, area: Rect, app: &App, palette: &Palette) -> Position {
    let count = palette.matching.len();
    let (cols, rows) = app.layout().overlay(SHOWN + 2);
    let title = format!("Actions: {count}");
    let hint = hints::line(app, &What::Palette(palette.clone()));
    let inner = boxes::frame(pen, area, (cols, rows), (&title, &hint));
    let x = pen.own((inner.x, inner.y), inner.width, "› ", Role::Key);
    let query = SafeText::own(palette.query.text());
    let room = inner.right().saturating_sub(x + 1);
    let style = pen.theme.style(Role::Title);
    let end = pen.put((x, inner.y), room, &query, style);
    if query.is_blank() {
        pen.own((x, inner.y), room, "type to narrow", Role::Muted);
    }
    let body = Rect {
        y: inner.y + 2,
        height: inner.height.saturating_sub(2),
        ..inner
    };
    if count == 0 {
        let says = "No action is called so, nor does so.";
        pen.own((body.x, body.y), body.width, says, Role::Muted);
    }
    let top = list::top(palette.at, usize::from(body.height));
    let shown = palette.matching.iter().enumerate().skip(top);
    for (y, (at, found)) in (body.top()..body.bottom()).zip(shown) {
        let line = Rect {
            y,
            height: 1,
            ..body
        };
        let chosen = at == palette.at;
        let name = if chosen { Role::Title } else { Role::Text };
        let help = inner.width.saturating_sub(2 + NAME + KEYS);
        let parts = vec![
            list::part(found.entry.name, name, NAME),
            list::part(found.entry.help, Role::Muted, help),
        ];
        list::row(pen, line, chosen, parts);
        let keys = app
            .settings
            .keymap
            .first(Context::Floor, found.entry.action);
        list::at_right(pen, line, &keys.unwrap_or_default(), Role::Key);
    }
    Position::new(end, inner.y)
}
