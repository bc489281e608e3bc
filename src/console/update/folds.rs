//! Copies of one text as one row: folding by hand, and which items a row means.

use crate::console::action::Action;
use crate::console::state::App;
use crate::model::ids::ItemKey;

/// Folds or unfolds.
pub(super) fn act(app: &mut App, action: Action) {
    app.stream.freeze();
    match action {
        Action::Fold => toggle(app),
        Action::FoldAll => every(app, true),
        _ => every(app, false),
    }
}

fn toggle(app: &mut App) {
    let Some(key) = app.stream.selected() else {
        app.say("There is no item here.");
        return;
    };
    let Some(kin) = app.floor.toggle_fold(&key) else {
        app.say("It has no copies on this board.");
        return;
    };
    shown(app, key);
    app.say(if kin.unfolded {
        format!("{} copies, each in a row of its own.", kin.count)
    } else {
        format!("{} copies folded.", kin.count)
    });
}

fn every(app: &mut App, fold: bool) {
    let key = app.stream.selected();
    app.floor.fold_every(fold);
    if let Some(key) = key {
        shown(app, key);
    }
    app.stream.restart();
    app.say(if fold {
        "All copies folded."
    } else {
        "Every copy in a row of its own; zM folds them."
    });
}

/// The rows are others now: the cursor goes on with the item, or with the row
/// that it folded under.
fn shown(app: &mut App, key: ItemKey) {
    if let Some(stands) = app.floor.stands_for(&key) {
        app.stream.go_to(stands);
    }
    app.stream.restart();
}

/// The items that these rows stand for.
pub(super) fn under(app: &App, rows: &[ItemKey]) -> Vec<ItemKey> {
    rows.iter().flat_map(|key| app.floor.under(key)).collect()
}

/// "It is a copy: the row of #1042 stands for it."
pub(super) fn told(app: &App, key: &ItemKey) -> Option<String> {
    let stands = app.floor.stands_for(key).filter(|stands| stands != key)?;
    let (item, stands) = (app.floor.board.item(key)?, app.floor.board.item(&stands)?);
    Some(format!(
        "{} is a copy: the row of {} stands for {} of them.",
        item.id,
        stands.id,
        app.floor.copies(&stands.key)
    ))
}
