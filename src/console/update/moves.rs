//! Moving on the floor: rows, pages of the detail, and what needs me.

use super::folds;
use crate::console::action::Action;
use crate::console::keymap::Context;
use crate::console::state::document::{Document, item, talk};
use crate::console::state::{App, round};
use crate::model::ids::ItemKey;
use crate::model::queue::Newest;

/// Moves.
pub(super) fn act(app: &mut App, action: Action) {
    use Action as A;
    if app.detail.open && scrolls(app, action) {
        return;
    }
    let half = isize::try_from(app.stream_height() / 2).unwrap_or(1).max(1);
    match action {
        A::Down => step(app, 1),
        A::Up => step(app, -1),
        A::HalfDown => step(app, half),
        A::HalfUp => step(app, -half),
        A::NextItem => next_open(app, 1),
        A::PreviousItem => next_open(app, -1),
        A::Top => edge(app, true),
        A::Bottom => edge(app, false),
        A::NextNeedsMe => needs_me(app, true),
        A::PreviousNeedsMe => needs_me(app, false),
        A::Open | A::PaneRight => open(app),
        A::PaneLeft => close(app),
        A::Back => back(app),
        A::Reveal => reveal(app),
        A::Fold | A::FoldAll | A::UnfoldAll => folds::act(app, action),
        A::Follow => toggle_follow(app),
        A::Stream => {
            close(app);
            app.marks.anchor = None;
        }
        _ => {}
    }
}

fn step(app: &mut App, by: isize) {
    app.stream.step(by);
    to_start(app);
}

/// The page of an item begins anew.
fn to_start(app: &mut App) {
    app.detail.scroll = 0;
    app.detail.whole = false;
}

fn next_open(app: &mut App, by: isize) {
    step(app, by);
    app.detail.open = app.stream.selected().is_some();
}

/// The newest edge follows, the other only goes there.
fn edge(app: &mut App, top: bool) {
    to_start(app);
    if top == (app.settings.newest == Newest::First) {
        follow(app);
    } else {
        app.stream.go(if top { 0 } else { usize::MAX });
    }
}

fn follow(app: &mut App) {
    app.stream.follow();
    app.detail.open = false;
    app.detail.raw = false;
    app.floor.touch();
}

fn toggle_follow(app: &mut App) {
    if app.stream.follows() {
        app.stream.freeze();
        app.say("Frozen: new items wait.");
    } else {
        let looked = app.stream.selected();
        follow(app);
        app.stream.looked = looked;
        app.say("Following.");
    }
}

/// Goes round what needs me, the most pressing first: what the panel lists and
/// the header counts, whatever the view shows.
fn needs_me(app: &mut App, forth: bool) {
    let to = if forth {
        round::next(app)
    } else {
        round::previous(app)
    };
    let Some((key, round)) = to else {
        app.say("Nothing needs you now.");
        return;
    };
    app.stream.round = Some(round);
    visit(app, key);
}

/// Puts the cursor on an item, and says so where the view does not ask for it.
pub(super) fn visit(app: &mut App, key: ItemKey) {
    app.stream.visit(key, &app.floor.derived.rows);
    to_start(app);
    let id = app.floor.board.item(&key).map(|item| item.id);
    if let Some(says) = folds::told(app, &key) {
        app.say(says);
    } else if let Some(id) = id.filter(|_| !app.floor.is_row(&key)) {
        let all = app.settings.keymap.first(Context::Floor, Action::AllItems);
        let all = all.unwrap_or_else(|| ":all".to_owned());
        app.say(format!("{id} is not in this view; {all} shows all items."));
    }
}

/// Opens the item under the cursor.
pub(super) fn open(app: &mut App) {
    app.stream.freeze();
    if app.stream.selected().is_some() {
        app.detail.open = true;
        to_start(app);
    }
}

/// Shows the item as it came, or cleaned again.
fn reveal(app: &mut App) {
    if !app.detail.open {
        app.detail.raw = false;
        open(app);
    }
    if app.detail.open {
        app.detail.raw = !app.detail.raw;
        app.detail.scroll = 0;
    } else {
        app.say("There is no item here.");
    }
}

fn close(app: &mut App) {
    app.detail.open = false;
    app.detail.raw = false;
    to_start(app);
}

/// Closes the detail; then, pressed twice, clears the marks.
fn back(app: &mut App) {
    if app.detail.open {
        close(app);
    } else if app.marks.anchor.is_some() {
        app.marks.anchor = None;
    } else if !app.marks.is_empty() {
        if app.marks.clearing {
            app.marks.clear();
            app.say("Marks cleared.");
        } else {
            app.say("Esc once more clears the marks.");
        }
        app.marks.clearing = !app.marks.clearing;
        return;
    } else if app.views.now().filter.is_some() {
        let all = app.settings.keymap.first(Context::Floor, Action::AllItems);
        let all = all.unwrap_or_else(|| ":all".to_owned());
        app.say(format!("{all} takes the filter off."));
    }
    app.marks.clearing = false;
}

/// Scrolls the open detail; false when the action is none of its moves. Up from its
/// first line asks for the turns of a conversation that were left out.
fn scrolls(app: &mut App, action: Action) -> bool {
    let up = matches!(action, Action::Up | Action::HalfUp | Action::Top);
    if up && app.detail.scroll == 0 && !app.detail.whole {
        app.detail.whole = leaves_out(app);
        if app.detail.whole {
            return true;
        }
    }
    let height = usize::from(app.layout().detail_rows());
    let last = page(app).map_or(0, |page| page.last_top(height));
    let scroll = app.detail.scroll.min(last);
    app.detail.scroll = match action {
        Action::Down => (scroll + 1).min(last),
        Action::Up => scroll.saturating_sub(1),
        Action::HalfDown => (scroll + height / 2).min(last),
        Action::HalfUp => scroll.saturating_sub(height / 2),
        Action::Top => 0,
        Action::Bottom => last,
        _ => return false,
    };
    true
}

fn leaves_out(app: &App) -> bool {
    let width = usize::from(app.layout().detail_cols()).saturating_sub(2);
    let item = app.selected().filter(|_| !app.detail.raw);
    item.is_some_and(|item| talk::leaves_out(app, item, width))
}

fn page(app: &App) -> Option<Document> {
    let width = usize::from(app.layout().detail_cols()).saturating_sub(2);
    Some(item::of(app, app.selected()?, width))
}
