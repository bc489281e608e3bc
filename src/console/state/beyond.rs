//! What lies above and below the rows that are seen: how many, and how urgent the
//! worst of them is.
//!
//! Read by the view for the line under a stream that is longer than its room. What
//! a colleague has or nobody waits for any more counts and does not worry.

use super::App;
use crate::model::ids::ItemKey;
use crate::model::item::Item;
use crate::model::severity::Severity;
use crate::model::triage::{Assignee, State};

/// Rows that are looked at in one direction: a frame has to be quick. What is
/// urgent and nobody's lies on top of the stream, so that it is among the first.
const LOOKED_AT: usize = 2048;

/// The rows beyond one edge of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Beyond {
    /// How many.
    pub count: usize,
    /// The worst of them; none where none worries, or so many lie there that
    /// something worse may be among them.
    pub worst: Option<Severity>,
    /// Critical ones that nobody has.
    pub untaken: usize,
}

/// What lies above the rows that are seen, and below them.
#[must_use]
pub fn of(app: &App) -> [Beyond; 2] {
    let rows = &app.stream.rows;
    let top = app.stream.top.min(rows.len());
    let end = (top + app.stream_height()).min(rows.len());
    [side(app, &rows[..top]), side(app, &rows[end..])]
}

fn side(app: &App, rows: &[ItemKey]) -> Beyond {
    // Nothing on the floor is worse than this.
    let all = app.floor.derived.severities.into_iter().zip(Severity::ALL);
    let bound = all.filter(|(count, _)| *count > 0).map(|(_, is)| is).max();
    let mut worst = None;
    for key in rows.iter().take(LOOKED_AT) {
        let item = app.floor.board.item(key);
        let worries = item.filter(|item| item.is_waiting() && !is_theirs(app, item));
        worst = worst.max(worries.map(Item::urgency));
        if worst.is_some() && worst >= bound {
            break;
        }
    }
    let whole = rows.len() <= LOOKED_AT || worst >= bound;
    Beyond {
        count: rows.len(),
        worst: worst.filter(|_| whole),
        untaken: untaken(app, rows),
    }
}

fn untaken(app: &App, rows: &[ItemKey]) -> usize {
    let all = app.floor.derived.counts.unassigned_critical;
    let items = rows.iter().take(LOOKED_AT);
    let items = items.filter_map(|key| app.floor.board.item(key));
    let is = |item: &&Item| {
        item.is_waiting() && item.triage.is_unassigned() && item.urgency() == Severity::Critical
    };
    items.filter(is).take(all).count()
}

fn is_theirs(app: &App, item: &Item) -> bool {
    let me = app.session.me();
    match &item.triage.state {
        State::Taken { by, .. } => Some(by) != me,
        State::Assigned {
            to: Assignee::Officer(to),
            ..
        } => Some(to) != me,
        _ => false,
    }
}
