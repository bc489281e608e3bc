//! What the rows are limited to: the line under the tabs while a saved view or a
//! filter is in force. It tells which filter that is, how many rows it leaves and
//! how one gets out; there is none while the rows are a whole queue.

use ratatui::layout::Rect;

use super::hints;
use super::put::Pen;
use crate::console::action::Action;
use crate::console::keymap::Context;
use crate::console::state::{App, words};
use crate::model::filter::Filter;
use crate::model::queue::Queue;
use crate::text::{SafeText, Untrusted};
use crate::theme::Role;

/// Cells that the filter keeps before the way out goes.
const KEPT: u16 = 24;

/// Draws the line.
pub(super) fn line(pen: &mut Pen<'_>, line: Rect, app: &App) {
    pen.lay(line, Role::Panel);
    let now = app.views.now();
    let saved = now.saved.and_then(|number| app.settings.view(number));
    let y = line.y;
    let right = tail(pen, line, app);
    let room = |x: u16| right.saturating_sub(x + 1);
    let mut x = line.x + 1;
    let mut parts: Vec<(String, &Filter)> = Vec::new();
    if let Some(view) = saved {
        parts.push((format!("View {}", view.number), &view.filter));
    }
    if let Some(filter) = &now.filter {
        let word = match (saved, now.queue) {
            (Some(_), _) => "and".to_owned(),
            (None, Queue::All) => "Filter".to_owned(),
            (None, queue) => format!("Filter in {}", queue.word()),
        };
        parts.push((word, filter));
    }
    let last = parts.len().saturating_sub(1);
    for (nth, (word, filter)) in parts.into_iter().enumerate() {
        x = pen.over((x, y), room(x), &word, Role::Muted) + 1;
        let source = SafeText::line(&Untrusted::from(filter.source()));
        // Both have room where there are two.
        let cells = if nth < last { room(x) / 2 } else { room(x) };
        let style = pen.inked(Role::Title);
        let shown = source.truncate(usize::from(cells), "…");
        x = pen.field((x, y), cells, &shown, style) + 2;
    }
}

/// How many rows there are and the key that shows all, at the right; returns where
/// that begins.
fn tail(pen: &mut Pen<'_>, line: Rect, app: &App) -> u16 {
    let rows = app.floor.derived.rows.len();
    let count = if rows == 1 {
        "1 row".to_owned()
    } else {
        format!("{} rows", words::grouped(rows))
    };
    let all = hints::key(app, Context::Floor, Action::AllItems);
    let narrow = hints::key(app, Context::Floor, Action::Filter);
    let out = if app.views.now().filter.is_none() {
        format!("  {narrow} narrows it  {all} all")
    } else {
        format!("  {all} all")
    };
    let right = line.right().saturating_sub(1);
    let cells = |words: &str| u16::try_from(words.chars().count()).unwrap_or(0);
    let fits = line.width > KEPT + cells(&count) + cells(&out) + 12;
    let mut x = right;
    if fits {
        x = right.saturating_sub(cells(&out));
        pen.over((x, line.y), cells(&out), &out, Role::Muted);
    }
    x = x.saturating_sub(cells(&count));
    pen.over((x, line.y), cells(&count), &count, Role::Text);
    x
}
