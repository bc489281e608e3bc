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
/// Rows that what is said of a choice takes at the most, where it is to be read.
const TOLD: usize = 3;

/// Draws the picker; returns where one types.
pub(super) fn render(pen: &mut Pen<'_>, area: Rect, app: &App, picker: &Picker) -> Position {
    let matching = picker.matching();
    let told = Told::of(app, picker, &matching);
    let shown: usize = told.hints.iter().map(Vec::len).sum();
    let (_, rows) = app.layout().overlay(shown.clamp(1, SHOWN) + 2);
    let title = match (picker.purpose, picker.items.len()) {
        (Purpose::Asleep | Purpose::Suppressions | Purpose::View | Purpose::Conversations, _) => {
            format!("{}: {}", picker.purpose.title(), picker.choices.len())
        }
        (_, 0 | 1) => picker.purpose.title().to_owned(),
        (_, count) => format!("{} ({})", picker.purpose.title(), words::items(count)),
    };
    let keys = hints::line(app, &What::Picker(picker.clone()));
    let inner = boxes::frame(pen, area, (told.cols, rows), (&title, &keys));
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
    choices(pen, list, (&matching, &told), picker.at);
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

/// What is said of each choice, laid out.
struct Told {
    /// Columns of the box.
    cols: u16,
    /// Cells of the labels.
    label: usize,
    /// The lines of each.
    hints: Vec<Vec<SafeText>>,
}

impl Told {
    fn of(app: &App, picker: &Picker, matching: &[&Choice]) -> Self {
        let (cols, _) = app.layout().overlay(0);
        let widest = matching.iter().map(|one| one.label.chars().count()).max();
        let label = widest.unwrap_or(0).clamp(6, 20);
        // Words are read here, not only names.
        let worded = matches!(picker.purpose, Purpose::Conversations | Purpose::Canned);
        let cols = if worded {
            cols
        } else {
            let hints = matching.iter().map(|one| one.hint.chars().count());
            let wanted = before(label) + hints.max().unwrap_or(0);
            let wanted = u16::try_from(wanted).unwrap_or(cols);
            wanted.clamp(64.min(cols), cols)
        };
        let room = usize::from(cols).saturating_sub(before(label));
        // A claim is judged by its words, so that they are told whole.
        let most = if picker.purpose == Purpose::Feedback {
            TOLD
        } else {
            1
        };
        let hints = matching.iter().map(|one| hint(&one.hint, room, most));
        Self {
            cols,
            label,
            hints: hints.collect(),
        }
    }
}

/// Draws as many choices as there is room for, the chosen one among them.
fn choices(pen: &mut Pen<'_>, list: Rect, (all, told): (&[&Choice], &Told), chosen: usize) {
    let mut y = list.y;
    let rows = all.iter().zip(&told.hints).enumerate();
    for (at, (one, hints)) in rows.skip(first(&told.hints, chosen, list.height.into())) {
        let left = list.bottom().saturating_sub(y);
        if left == 0 {
            break;
        }
        let height = u16::try_from(hints.len()).unwrap_or(1).min(left);
        let line = Rect { y, height, ..list };
        choice(pen, line, (one, hints, told.label), at == chosen);
        y += height;
    }
}

/// Cells of a row before what is said of a choice.
fn before(label: usize) -> usize {
    2 + 3 + label + 2
}

/// What is said of a choice, on so many lines at the most.
fn hint(says: &str, room: usize, most: usize) -> Vec<SafeText> {
    let says = SafeText::own(says.to_owned());
    if most == 1 {
        return vec![says.truncate(room, "…")];
    }
    let mut lines = says.wrap(room.max(1));
    let cut = lines.len() > most;
    lines.truncate(most);
    if let Some(last) = lines.last_mut().filter(|_| cut) {
        *last = SafeText::own(format!("{last} …")).truncate(room, "…");
    }
    lines
}

/// The first choice that is shown, so that the chosen one is seen whole.
fn first(told: &[Vec<SafeText>], at: usize, height: usize) -> usize {
    let mut left = height.max(1);
    let mut first = at;
    for (nth, lines) in told.iter().enumerate().take(at + 1).rev() {
        let Some(rest) = left.checked_sub(lines.len()) else {
            break;
        };
        (left, first) = (rest, nth);
    }
    first
}

fn choice(
    pen: &mut Pen<'_>,
    lines: Rect,
    (choice, told, column): (&Choice, &[SafeText], usize),
    chosen: bool,
) {
    let y = lines.y;
    if chosen {
        pen.lay(lines, Role::Selection);
        pen.own((lines.x, y), 1, "▌", Role::Key);
    }
    let mut x = lines.x + 2;
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
    let room = lines.right().saturating_sub(x);
    let style = pen.inked(Role::Muted);
    for (y, line) in (lines.top()..lines.bottom()).zip(told) {
        pen.put((x, y), room, line, style);
    }
}
