//! The editor: folded rows, the terminal's cursor on the right cell, how much
//! there is room for.

use ratatui::layout::{Position, Rect};

use super::put::Pen;
use super::{boxes, hints, list};
use crate::console::state::answer::{self, Measure};
use crate::console::state::conversation::{self, Said};
use crate::console::state::overlay::{Editor, What, Writing};
use crate::console::state::{App, words};
use crate::model::decide::outgoing::closes;
use crate::model::item::Speaker;
use crate::model::outgoing::Act;
use crate::text::SafeText;
use crate::theme::Role;

/// Draws the editor; returns where the cursor is.
pub(super) fn render(pen: &mut Pen<'_>, area: Rect, app: &App, editor: &Editor) -> Position {
    let (width, most) = app.layout().editor();
    let rows = editor.text.rows(width);
    let (at, cells) = editor.text.cursor_in(width);
    let asked = asked(app, editor);
    let above = u16::from(asked.is_some());
    let (cols, height) = app
        .layout()
        .overlay(rows.len().clamp(6, most.max(6)) + 1 + usize::from(above));
    let what = What::Editor(editor.clone());
    let hint = hints::line(app, &what);
    let inner = boxes::frame(pen, area, (cols, height), (&title(app, editor), &hint));
    if let Some(asked) = asked {
        let style = pen.theme.style(Role::Muted);
        let room = usize::from(inner.width);
        pen.put(
            (inner.x, inner.y),
            inner.width,
            &asked.truncate(room, "…"),
            style,
        );
    }
    let body = Rect {
        y: inner.y + above,
        height: inner.height.saturating_sub(1 + above),
        ..inner
    };
    let top = list::top(at, usize::from(body.height));
    let style = pen.theme.style(Role::Text);
    for (y, row) in (body.top()..body.bottom()).zip(rows.iter().skip(top)) {
        let text = SafeText::own(row.text.clone());
        pen.put((body.x, y), body.width, &text, style);
    }
    let height = usize::from(body.height);
    foot(
        pen,
        inner,
        size(app, editor),
        (top, rows.len().saturating_sub(top + height)),
    );
    let down = u16::try_from(at - top).unwrap_or(0);
    let right = u16::try_from(cells).unwrap_or(0);
    Position::new(
        (body.x + right).min(inner.right().saturating_sub(1)),
        (body.y + down).min(body.bottom().saturating_sub(1)),
    )
}

/// What is answered: the person's last words, so that one sees them while one
/// writes.
fn asked(app: &App, editor: &Editor) -> Option<SafeText> {
    if editor.writing == Writing::Note {
        return None;
    }
    let item = app.floor.board.item(editor.items.first()?)?;
    let said = conversation::said(item);
    let last = said.iter().rev().find_map(|said| match said {
        Said::Told(turn) if turn.speaker == Speaker::Citizen => Some(&turn.text),
        _ => None,
    });
    let words = SafeText::line_within(last.unwrap_or(&item.content.text), 400);
    let name = SafeText::line_within(&item.content.author.name, 20).truncate(20, "…");
    let line = SafeText::own(format!("{name}: {words}"));
    Some(line.under(&app.settings.text).into_owned())
}

fn title(app: &App, editor: &Editor) -> String {
    if let Writing::Reply { .. } = editor.writing {
        return answer_title(app, editor).unwrap_or_default();
    }
    match editor.items.as_slice() {
        [] => "One note for all of them".to_owned(),
        [one] => {
            let id = app.floor.board.item(one).map(|item| item.id.to_string());
            format!("Note on {}", id.unwrap_or_default())
        }
        many => format!("Note on {}", words::items(many.len())),
    }
}

/// Where the answer goes, who reads it, and until when the channel takes it.
fn answer_title(app: &App, editor: &Editor) -> Option<String> {
    let item = app.floor.board.item(editor.items.first()?)?;
    let channel = &item.content.channel;
    let Ok(manner) = answer::manner(app, item, Act::Reply) else {
        return Some(format!("Answer to {} · {channel}", item.id));
    };
    let rules = &manner.rules;
    let seen = rules.visibility.word();
    let until = closes(item, rules).map_or(String::new(), |at| {
        let now = app.session.now;
        if at <= now {
            return " · too late".to_owned();
        }
        format!(" · until {}", words::moment(at, now, app.session.offset()))
    });
    Some(format!("Answer to {} · {channel} · {seen}{until}", item.id))
}

/// How long the text is, and how that is meant.
fn size(app: &App, editor: &Editor) -> (String, Role) {
    let (bytes, limit) = editor.text.size();
    let item = editor
        .items
        .first()
        .and_then(|key| app.floor.board.item(key));
    let manner = item
        .filter(|_| matches!(editor.writing, Writing::Reply { .. }))
        .and_then(|item| Some((item, answer::manner(app, item, Act::Reply).ok()?)));
    if let Some((item, manner)) = manner {
        let measure = Measure::of(&editor.text.text(), manner, item);
        let near = measure
            .most
            .is_some_and(|most| measure.length > most / 10 * 9);
        let role = match (measure.over(), near) {
            (0, false) => Role::Muted,
            (0, true) => Role::Warn,
            _ => Role::Error,
        };
        return (measure.says(), role);
    }
    if bytes >= limit {
        (format!("full: {bytes} of {limit} bytes"), Role::Error)
    } else if bytes > limit / 10 * 9 {
        (format!("{bytes} of {limit} bytes"), Role::Warn)
    } else {
        (format!("{bytes} of {limit} bytes"), Role::Muted)
    }
}

/// The last row: what is above and below, and the length.
fn foot(
    pen: &mut Pen<'_>,
    inner: Rect,
    (size, role): (String, Role),
    (top, below): (usize, usize),
) {
    let y = inner.bottom().saturating_sub(1);
    let mut says = Vec::new();
    if top > 0 {
        says.push(format!("↑ {top} above"));
    }
    if below > 0 {
        says.push(format!("↓ {below} below"));
    }
    pen.own((inner.x, y), inner.width, &says.join("  "), Role::Muted);
    pen.own_right(inner.right(), y, &size, role);
}
