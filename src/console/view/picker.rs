//! A list to choose from.

use ratatui::layout::{Position, Rect};

use super::put::Pen;
use super::{boxes, hints};
use crate::console::state::overlay::What;
use crate::console::state::overlay::picker::{Choice, Picker, Purpose};
use crate::console::state::{App, words};
use crate::text::SafeText;
use crate::theme::Role;

/// Rows of choices at the most.
const SHOWN: usize = 14;

/// Draws the picker; returns where one types.
pub(super) fn render(pen: &mut Pen<'_>, area: Rect, app: &App, picker: &Picker) -> Position {
    let matching = picker.matching();
    let shown = matching.len().clamp(1, SHOWN);
    let (cols, rows) = app.layout().overlay(shown + 2);
    let title = match (picker.purpose, picker.items.len()) {
        (Purpose::Asleep | Purpose::Suppressions | Purpose::View | Purpose::Conversations, _) => {
            format!("{}: {}", picker.purpose.title(), picker.choices.len())
        }
        (_, 0 | 1) => picker.purpose.title().to_owned(),
        (_, count) => format!("{} ({})", picker.purpose.title(), words::items(count)),
    };
    let hint = hints::line(app, &What::Picker(picker.clone()));
    // Words are read here, not only names.
    let worded = matches!(picker.purpose, Purpose::Conversations | Purpose::Canned);
    let cols = if worded { cols } else { cols.min(64) };
    let inner = boxes::frame(pen, area, (cols, rows), (&title, &hint));
    let x = pen.own((inner.x, inner.y), inner.width, "› ", Role::Key);
    let query = SafeText::own(picker.query.text());
    let style = pen.inked(Role::Title);
    let room = inner.right().saturating_sub(x);
    let end = pen.put((x, inner.y), room, &query, style);
    if query.is_blank() {
        pen.over((x, inner.y), room, picker.purpose.invites(), Role::Muted);
    }
    let error = picker.error.as_deref();
    let y = mistake(pen, inner, error.unwrap_or_default());
    let list = Rect {
        y,
        height: inner.bottom().saturating_sub(y),
        ..inner
    };
    if matching.is_empty() && error != Some(picker.purpose.nothing()) {
        pen.own(
            (list.x, list.y),
            list.width,
            picker.purpose.nothing(),
            Role::Muted,
        );
    }
    let widest = matching.iter().map(|one| one.label.chars().count()).max();
    let label = widest.unwrap_or(0).clamp(6, 20);
    let height = usize::from(list.height).max(1);
    let top = (picker.at + 1).saturating_sub(height);
    for (y, (at, one)) in (list.top()..list.bottom()).zip(matching.iter().enumerate().skip(top)) {
        choice(
            pen,
            Rect {
                y,
                height: 1,
                ..list
            },
            (one, label),
            at == picker.at,
        );
    }
    Position::new(end, inner.y)
}

/// What is wrong with what was typed, on two lines at the most; returns the row
/// that the list begins on.
fn mistake(pen: &mut Pen<'_>, inner: Rect, says: &str) -> u16 {
    let told = SafeText::own(says.to_owned()).wrap(inner.width.into());
    let mut y = inner.y + 1;
    for line in told.iter().take(2).filter(|line| !line.is_blank()) {
        let style = pen.inked(Role::Error);
        pen.put((inner.x, y), inner.width, line, style);
        y += 1;
    }
    y.max(inner.y + 2)
}

fn choice(pen: &mut Pen<'_>, line: Rect, (choice, column): (&Choice, usize), chosen: bool) {
    let y = line.y;
    if chosen {
        pen.lay(line, Role::Selection);
        pen.own((line.x, y), 1, "▌", Role::Key);
    }
    let mut x = line.x + 2;
    if let Some(hot) = choice.hot {
        let style = pen.inked(Role::Key);
        pen.put((x, y), 2, &SafeText::own(hot.to_string()), style);
        x += 3;
    }
    let style = if chosen {
        pen.inked(Role::Title)
    } else {
        pen.inked(Role::Text)
    };
    let label = SafeText::own(choice.label.clone()).truncate(column, "…");
    let cells = u16::try_from(column).unwrap_or(20);
    pen.put((x, y), cells, &label, style);
    x += cells + 2;
    let room = line.right().saturating_sub(x);
    let hint = SafeText::own(choice.hint.clone()).truncate(usize::from(room), "…");
    let style = pen.inked(Role::Muted);
    pen.put((x, y), room, &hint, style);
}
