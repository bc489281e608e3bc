//! The second line: queues and saved views with their counts, the filter, and
//! whether the stream is frozen.

use ratatui::layout::Rect;

use super::put::Pen;
use crate::console::action::Action;
use crate::console::keymap::Context;
use crate::console::state::App;
use crate::model::queue::Queue;
use crate::text::{SafeText, Untrusted};
use crate::theme::Role;

/// Draws the line.
pub(super) fn render(pen: &mut Pen<'_>, area: Rect, app: &App) {
    let y = area.y + 1;
    let end = right_side(pen, area, y, app).saturating_sub(1);
    let derived = &app.floor.derived;
    let now = app.views.now();
    let mut x = area.x;
    let room = |x: u16| end.saturating_sub(x);
    for queue in Queue::EVERY {
        let active = now.queue == queue && now.saved.is_none();
        let count = derived.counts.queue(queue);
        x = tab(
            pen,
            (x, y),
            room(x),
            &format!("{} {count}", queue.word()),
            active,
        );
    }
    let source = now.filter.as_ref();
    let source = source.map(|filter| SafeText::line(&Untrusted::from(filter.source())));
    // The filter in force has to be seen; views that nobody is in step back.
    let kept = source
        .as_ref()
        .map_or(0, |source| source.width().min(24) + 2);
    let spare = |x: u16| usize::from(room(x)).saturating_sub(kept);
    for (saved, count) in app.settings.views.iter().zip(&derived.saved) {
        let n = saved.number;
        let name = SafeText::line(&Untrusted::from(saved.name.as_str())).truncate(14, "…");
        let active = now.saved == Some(n);
        // Both brackets, two blanks, a digit, and the fence that a name may need.
        let cells = name.width() + count.to_string().len() + 5 + usize::from(name.has_rtl());
        if active || cells <= spare(x) {
            x = view_tab(pen, (x, y), room(x), (n, &name, *count), active);
        }
    }
    if let Some(source) = source {
        x = pen.own((x + 1, y), room(x + 1), "/", Role::Key);
        let style = pen.theme.style(Role::Title);
        let cells = usize::from(room(x));
        pen.field((x, y), room(x), &source.truncate(cells, "…"), style);
    }
}

/// The active one stands in brackets, so that it needs no colour.
fn tab(pen: &mut Pen<'_>, at: (u16, u16), room: u16, words: &str, active: bool) -> u16 {
    let (words, role) = if active {
        (format!("[{words}]"), Role::TabActive)
    } else {
        (format!(" {words} "), Role::Muted)
    };
    pen.own(at, room, &words, role)
}

/// The same of a saved view, whose name is the officer's and may be in any script.
fn view_tab(
    pen: &mut Pen<'_>,
    at: (u16, u16),
    room: u16,
    (number, name, count): (u8, &SafeText, usize),
    active: bool,
) -> u16 {
    let (open, close, role) = if active {
        ('[', ']', Role::TabActive)
    } else {
        (' ', ' ', Role::Muted)
    };
    let end = at.0.saturating_add(room);
    let left = |x: u16| end.saturating_sub(x);
    let mut x = pen.own(at, room, &format!("{open}{number} "), role);
    let style = pen.theme.style(role);
    x = pen.field((x, at.1), left(x), name, style);
    pen.own((x, at.1), left(x), &format!(" {count}{close}"), role)
}

/// Frozen or following, and what sleeps; returns where it begins.
fn right_side(pen: &mut Pen<'_>, area: Rect, y: u16, app: &App) -> u16 {
    let mut right = area.right().saturating_sub(1);
    if app.stream.follows() {
        right = pen.own_right(right, y, "following", Role::Muted);
    } else {
        let key = app
            .settings
            .keymap
            .first(Context::Floor, Action::Follow)
            .unwrap_or_default();
        let (says, role) = match app.stream.waiting {
            0 if area.width >= 110 => (format!("frozen, {key} follows"), Role::Muted),
            0 => ("frozen".to_owned(), Role::Muted),
            count => (format!("+{count} new, {key} shows"), Role::Warn),
        };
        right = pen.own_right(right, y, &says, role);
    }
    let counts = &app.floor.derived.counts;
    let asleep = counts.asleep;
    let says = format!("{asleep} asleep");
    // Which queue is open has to be seen whole.
    let tabs: usize = Queue::EVERY
        .iter()
        .map(|queue| queue.word().len() + counts.queue(*queue).to_string().len() + 3)
        .sum();
    let room = usize::from(right.saturating_sub(area.x));
    if asleep > 0 && room >= tabs + says.len() + 3 {
        right = pen.own_right(right.saturating_sub(2), y, &says, Role::Muted);
    }
    right
}
