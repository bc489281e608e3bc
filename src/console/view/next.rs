//! What can come next: above the line where one types, what may be typed; after
//! a begun sequence of keys, the keys that go on with it.

use ratatui::layout::Rect;

use super::boxes;
use super::list;
use super::put::Pen;
use crate::console::keymap::{self, table};
use crate::console::state::App;
use crate::console::state::complete::Candidate;
use crate::console::state::overlay::Prompt;
use crate::theme::Role;

/// Lines of what may be typed at the most.
const SHOWN: usize = 8;
/// Cells of the words themselves.
const WORDS: u16 = 24;

/// Draws what may be typed next above the last line of `area`; returns how many
/// lines that takes.
pub(super) fn choices(pen: &mut Pen<'_>, area: Rect, prompt: &Prompt) -> u16 {
    let count = prompt.choices.len();
    if count == 0 {
        return 0;
    }
    let picked = prompt.picked.as_ref().map(|(at, _)| *at);
    let height = count.min(SHOWN);
    let top = list::top(picked.unwrap_or(0), height);
    let rows = u16::try_from(height).unwrap_or(1);
    let more = count > height;
    let lines = rows + u16::from(more);
    let body = Rect {
        x: area.x,
        y: area.bottom().saturating_sub(1 + lines),
        width: area.width,
        height: lines,
    };
    pen.clear(body);
    let shown = prompt.choices.iter().enumerate().skip(top).take(height);
    for (y, (at, one)) in (body.top()..).zip(shown) {
        let line = Rect {
            y,
            height: 1,
            ..body
        };
        choice(pen, line, one, picked == Some(at));
    }
    if more {
        let says = format!("{} more; type to narrow", count - height);
        let y = body.bottom() - 1;
        pen.lay(
            Rect {
                y,
                height: 1,
                ..body
            },
            Role::SelectionIdle,
        );
        let line = Rect {
            y,
            height: 1,
            ..body
        };
        list::row(
            pen,
            line,
            false,
            vec![list::part(says, Role::Muted, body.width)],
        );
    }
    lines
}

fn choice(pen: &mut Pen<'_>, line: Rect, one: &Candidate, picked: bool) {
    pen.lay(line, Role::SelectionIdle);
    let line = Rect {
        width: line.width.saturating_sub(1),
        ..line
    };
    let help = line.width.saturating_sub(WORDS + 12);
    let parts = vec![
        list::part(one.text.clone(), Role::Title, WORDS),
        list::part(one.says.clone(), Role::Muted, help),
    ];
    list::row(pen, line, picked, parts);
    list::at_right(pen, line, &one.keys, Role::Key);
}

/// Draws the keys that go on with what has begun, above the footer at the right.
pub(super) fn keys(pen: &mut Pen<'_>, area: Rect, app: &App) {
    if !app.waiting.is_some_and(|waiting| waiting.shown) {
        return;
    }
    let context = app.context();
    let next = app.settings.keymap.continuations(context, &app.begun);
    if next.is_empty() {
        return;
    }
    let title = format!("{} …", keymap::shown(&app.begun));
    let rows = u16::try_from(next.len()).unwrap_or(u16::MAX);
    let width = area.width.min(66);
    let height = (rows + 2).min(area.height.saturating_sub(3));
    let outer = Rect {
        x: area.right().saturating_sub(width),
        y: area.bottom().saturating_sub(1 + height),
        width,
        height,
    };
    let inner = boxes::frame_in(pen, outer, (&title, ""));
    for (y, (key, action)) in (inner.top()..inner.bottom()).zip(next) {
        let says = action.map_or("…", |action| table::help_of(context, action));
        let parts = vec![
            list::part(key.to_string(), Role::Key, 6),
            list::part(says, Role::Text, inner.width.saturating_sub(6)),
        ];
        let line = Rect {
            x: inner.x.saturating_sub(1),
            y,
            height: 1,
            ..inner
        };
        list::row(pen, line, false, parts);
    }
}
