//! The stream: the rows that fit, from the scroll offset on, or what an empty floor
//! has to say; and on its last line, always the same one, what lies above and below
//! and whether new rows come in.

use ratatui::layout::Rect;

use super::columns::{Columns, LEFT};
use super::hints;
use super::ink;
use super::page;
use super::put::Pen;
use super::row;
use crate::console::action::Action;
use crate::console::keymap::Context;
use crate::console::state::beyond;
use crate::console::state::document::empty;
use crate::console::state::document::item::symbol;
use crate::console::state::{App, words};
use crate::model::queue::Newest;
use crate::model::severity::Severity;
use crate::text::SafeText;
use crate::theme::Role;

/// Draws the rows and the line under them.
pub(super) fn render(pen: &mut Pen<'_>, area: Rect, app: &App) {
    stands(pen, area, app);
    let area = Rect {
        height: area.height.saturating_sub(1),
        ..area
    };
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

/// The last line: what lies above and below, at its right how many sleep and
/// whether new rows come in. Where room is short the keys go first.
fn stands(pen: &mut Pen<'_>, area: Rect, app: &App) {
    let y = area.bottom().saturating_sub(1);
    let cells = |words: &str| u16::try_from(words.chars().count()).unwrap_or(0);
    let taken =
        |edges: &[(String, Role)]| edges.iter().map(|(says, _)| cells(says)).sum::<u16>() + LEFT;
    let room = area.width.saturating_sub(2);
    let [full, short] = follows(app);
    let hinted = (edges(app, true), full.clone());
    let (edges, (says, role)) = [hinted, (edges(app, false), full)]
        .into_iter()
        .find(|(edges, (says, _))| taken(edges) + cells(says) <= room)
        .unwrap_or_else(|| (edges(app, false), short));
    let mut right = pen.own_right(area.right().saturating_sub(1), y, &says, role);
    let asleep = match app.floor.derived.counts.asleep {
        0 => String::new(),
        count => format!("{count} asleep   "),
    };
    if taken(&edges) + cells(&asleep) + cells(&says) <= room {
        right = pen.own_right(right, y, &asleep, Role::Muted);
    }
    let mut x = area.x + LEFT;
    for (says, role) in edges {
        let room = right.saturating_sub(x + 1);
        let style = pen.inked(role);
        x = pen.put((x, y), room, &SafeText::own(says), style);
    }
}

/// The same in short, where an open item hides the rows: what came meanwhile and
/// what sleeps, as far as there is room from `x` on.
pub(super) fn hidden(pen: &mut Pen<'_>, (x, y): (u16, u16), end: u16, app: &App) {
    let new = match app.stream.waiting {
        0 => String::new(),
        count => format!("  {} new", words::grouped(count)),
    };
    let asleep = match app.floor.derived.counts.asleep {
        0 => String::new(),
        count => format!("  {count} asleep"),
    };
    let mut right = end.saturating_sub(1);
    for (says, role) in [(new, Role::Warn), (asleep, Role::Muted)] {
        let cells = u16::try_from(says.chars().count()).unwrap_or(0);
        if x + cells < right {
            right = pen.own_right(right, y, &says, role);
        }
    }
}

/// How many rows lie above and below, and the worst of them. Critical ones that
/// nobody has come with the key that goes there, where it is asked for.
fn edges(app: &App, hinted: bool) -> Vec<(String, Role)> {
    let mut parts = Vec::new();
    let key = hints::key(app, Context::Floor, Action::NextNeedsMe);
    for (beyond, (sign, word)) in beyond::of(app)
        .into_iter()
        .zip([("↑", "above"), ("↓", "below")])
    {
        if beyond.count == 0 {
            continue;
        }
        let says = format!("{sign} {} {word}", words::grouped(beyond.count));
        parts.push((says, Role::Muted));
        if beyond.untaken > 0 {
            parts.push((", ".to_owned(), Role::Muted));
            let says = format!("{} critical untaken", beyond.untaken);
            parts.push((says, ink::of_severity(Severity::Critical)));
            if hinted {
                parts.push((format!(", {key} goes there"), Role::Text));
            }
        } else if let Some(worst) = beyond.worst {
            parts.push((", worst ".to_owned(), Role::Muted));
            let says = format!("{} {}", symbol(worst), worst.word());
            parts.push((says, ink::of_severity(worst)));
        }
        parts.push(("   ".to_owned(), Role::Muted));
    }
    parts
}

/// Frozen or following, and what waits: whole, and short.
fn follows(app: &App) -> [(String, Role); 2] {
    let both = |whole: String, short: &str, role| [(whole, role), (short.to_owned(), role)];
    if app.stream.follows() {
        return both("following".to_owned(), "following", Role::Muted);
    }
    let key = hints::key(app, Context::Floor, Action::Follow);
    let side = match app.settings.newest {
        Newest::First => "above",
        Newest::Last => "below",
    };
    match app.stream.waiting {
        0 => both(format!("frozen, {key} follows"), "frozen", Role::Muted),
        count => {
            let new = format!("{} new", words::grouped(count));
            both(format!("{new} {side}, {key} follows"), &new, Role::Warn)
        }
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
