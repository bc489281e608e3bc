//! Marking items, so that a verb works on all of them.

use super::folds;
use crate::console::action::Action;
use crate::console::state::{App, words};
use crate::model::ids::ItemKey;

/// Marks.
pub(super) fn act(app: &mut App, action: Action) {
    match action {
        Action::Mark => mark(app),
        Action::Range => range(app),
        Action::MarkAll => {
            app.stream.freeze();
            app.marks.add(folds::under(app, &app.stream.rows));
            tell(app);
        }
        Action::ClearMarks => {
            app.marks.clear();
            app.say("Marks cleared.");
        }
        _ => {}
    }
}

fn mark(app: &mut App) {
    app.stream.freeze();
    if let Some(key) = app.stream.selected() {
        let keys = app.floor.under(&key);
        app.marks.turn(&key, &keys);
        app.stream.step(1);
        tell(app);
    }
}

/// The first `v` sets one end, the second marks all between.
fn range(app: &mut App) {
    app.stream.freeze();
    let Some(here) = app.stream.selected() else {
        return;
    };
    let Some(anchor) = app.marks.anchor.take() else {
        app.marks.anchor = Some(here);
        app.say("From here; move, then v again marks all between.");
        return;
    };
    let at = |key| app.stream.rows.iter().position(|row| *row == key);
    if let (Some(one), Some(other)) = (at(anchor), at(here)) {
        let (first, last) = (one.min(other), one.max(other));
        let rows = app.stream.rows.iter().skip(first).take(last - first + 1);
        let rows: Vec<ItemKey> = rows.copied().collect();
        app.marks.add(folds::under(app, &rows));
    }
    tell(app);
}

pub(super) fn tell(app: &mut App) {
    app.say(format!("{} marked.", words::items(app.marks.len())));
}
