//! Where one types: the line at the bottom, the editor, the suppression's form.

use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;

use super::put::Pen;
use super::{boxes, footer, hints, next};
use crate::console::state::edit::TextEdit;
use crate::console::state::overlay::{Form, Prompt, Purpose, What};
use crate::console::state::{App, words};
use crate::text::SafeText;
use crate::theme::Role;

/// Draws one line of an edited text, scrolled so that the cursor is seen;
/// returns where the cursor is.
fn field(pen: &mut Pen<'_>, area: Rect, line: &str, before: Option<&str>) -> Position {
    inked(pen, area, (line, Role::Text), before)
}

fn inked(pen: &mut Pen<'_>, area: Rect, words: (&str, Role), before: Option<&str>) -> Position {
    let (line, role) = words;
    let style = pen.inked(role);
    let text = SafeText::own(line.to_owned());
    let at = before.map_or(0, |before| SafeText::own(before.to_owned()).width());
    let room = usize::from(area.width).saturating_sub(1).max(1);
    let mut skip = (at + 1).saturating_sub(room);
    let mut x = area.x;
    let shift = u16::try_from(at.saturating_sub(skip)).unwrap_or(0);
    for cluster in text.clusters() {
        let width = usize::from(cluster.width);
        if skip > 0 {
            skip = skip.saturating_sub(width);
            continue;
        }
        if x + u16::from(cluster.width) > area.right() {
            break;
        }
        let one = SafeText::own(cluster.symbol.to_owned());
        x = pen.put((x, area.y), area.right() - x, &one, style);
    }
    Position::new((area.x + shift).min(area.right().saturating_sub(1)), area.y)
}

/// Draws the line at the bottom: filter, command, reason.
pub(super) fn prompt(pen: &mut Pen<'_>, area: Rect, prompt: &Prompt) -> Position {
    let y = area.bottom().saturating_sub(1);
    let line = Rect {
        y,
        height: 1,
        ..area
    };
    pen.clear(line);
    let label = match &prompt.purpose {
        Purpose::Filter(_) => "/".to_owned(),
        Purpose::Command => ":".to_owned(),
        Purpose::Search => "Search the history: ".to_owned(),
        Purpose::Escalate(items) => format!("Escalate {}, why: ", words::items(items.len())),
    };
    let x = pen.own((area.x + 1, y), area.width, &label, Role::Key);
    let room = Rect {
        x,
        width: area.right().saturating_sub(x + 1),
        ..line
    };
    let (_, before) = prompt.text.cursor();
    let role = if prompt.replaced {
        Role::Muted
    } else {
        Role::Text
    };
    let cursor = inked(pen, room, (&prompt.text.text(), role), Some(&before));
    let taken = next::choices(pen, area, prompt);
    if let Some((column, says)) = &prompt.error {
        let says = match column {
            Some(column) => format!("Column {column}: {says}"),
            None => says.clone(),
        };
        let above = Rect {
            height: area.height.saturating_sub(1 + taken),
            ..area
        };
        footer::says(pen, above, &says, Role::Error);
        let offset = column.and_then(|column| u16::try_from(column).ok());
        let at = offset.map(|offset| x + offset.saturating_sub(1));
        if let Some(cell) = at.and_then(|x| pen.buffer.cell_mut((x, y))) {
            let style = pen.theme.style(Role::Error);
            cell.set_style(style.add_modifier(Modifier::UNDERLINED));
        }
    }
    cursor
}

/// Draws the suppression's form.
pub(super) fn form(pen: &mut Pen<'_>, area: Rect, app: &App, form: &Form) -> Option<Position> {
    let (cols, rows) = app.layout().overlay(8);
    let hint = hints::line(app, &What::Form(form.clone()));
    let inner = boxes::frame(pen, area, (cols, rows), ("Suppress what matches", &hint));
    let names = ["hide   ", "until  ", "because"];
    let mut cursor = None;
    for (n, (name, edit)) in names.iter().zip(&form.fields).enumerate() {
        let y = inner.y + u16::try_from(n).unwrap_or(0) * 2;
        if y >= inner.bottom() {
            break;
        }
        let active = n == form.at;
        let role = if active { Role::Key } else { Role::Muted };
        let x = pen.own((inner.x, y), inner.width, name, role) + 1;
        let room = Rect {
            x,
            y,
            width: inner.right().saturating_sub(x),
            height: 1,
        };
        let here = field(
            pen,
            room,
            &edit.text(),
            active.then(|| before(edit)).as_deref(),
        );
        if active {
            cursor = Some(here);
        }
    }
    let y = inner.bottom().saturating_sub(1);
    match (&form.error, form.matches) {
        (Some(error), _) => pen.own((inner.x, y), inner.width, error, Role::Error),
        (None, Some(count)) => {
            let says = format!("Matching now: {}.", words::items(count));
            pen.own((inner.x, y), inner.width, &says, Role::Title)
        }
        (None, None) => inner.x,
    };
    cursor
}

fn before(edit: &TextEdit) -> String {
    edit.cursor().1
}
