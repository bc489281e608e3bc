//! Searching in the history: asking the hub's archive, the list of what was
//! found, and items that are not on the board any more.

use super::keys::push;
use super::moves;
use crate::console::action::Action;
use crate::console::effect::Effect;
use crate::console::keymap::Context;
use crate::console::msg::{Hit, KeyPress};
use crate::console::state::App;
use crate::console::state::found::Phase;
use crate::console::state::overlay::{Page, Topic, What};
use crate::model::ids::ItemId;
use crate::model::item::Item;

/// Searches for words.
pub(super) fn ask(app: &mut App, words: &str, press: KeyPress) -> Vec<Effect> {
    let words = words.trim();
    if words.is_empty() {
        return Vec::new();
    }
    if app.replay.is_some() {
        app.refuse("A recording has no history to search; / filters what is here.");
        return Vec::new();
    }
    if !app.link.is_up() {
        app.refuse("There is no link, and the history is on the hub; / filters what is here.");
        return Vec::new();
    }
    let asked = app.found.begin(words);
    close(app);
    push(app, What::Found, press);
    vec![Effect::Search {
        asked,
        words: words.to_owned(),
    }]
}

/// The hub's answer.
pub(super) fn answered(app: &mut App, asked: u64, outcome: Result<Vec<Hit>, String>) {
    app.found.answered(asked, outcome);
}

/// A key in the list on top.
pub(super) fn act(app: &mut App, action: Action, press: KeyPress) -> Vec<Effect> {
    let page = isize::try_from(app.layout().body_rows() / 2).unwrap_or(1);
    let last = app.found.hits.len().saturating_sub(1);
    let by = match action {
        Action::LineDown => 1,
        Action::LineUp => -1,
        Action::PageDown => page,
        Action::PageUp => -page,
        Action::ToStart => isize::MIN,
        Action::ToEnd => isize::MAX,
        Action::Cancel => {
            close(app);
            return Vec::new();
        }
        Action::Choose if !press.repeat => return show(app),
        _ => return Vec::new(),
    };
    app.found.at = app.found.at.saturating_add_signed(by).min(last);
    Vec::new()
}

/// The next or the previous one that was found, from the floor or its page: by the
/// filter or by the search, whichever was asked for last.
pub(super) fn next(app: &mut App, by: isize) -> Vec<Effect> {
    let searched = app.found.phase != Phase::Idle && !app.found.passed;
    if app.views.now().filter.is_some() && !searched {
        next_row(app, by);
        return Vec::new();
    }
    match app.found.phase {
        Phase::Idle => {
            let key = app.settings.keymap.first(Context::Floor, Action::Search);
            let key = key.unwrap_or_else(|| ":search".to_owned());
            app.say(format!(
                "Nothing was searched for yet; {key} searches the history, / filters."
            ));
            return Vec::new();
        }
        Phase::Asking => {
            app.say("The hub is still searching.");
            return Vec::new();
        }
        Phase::Failed(ref says) => {
            let says = says.clone();
            app.refuse(says);
            return Vec::new();
        }
        Phase::Done => {}
    }
    if !app.found.step(by) {
        app.say(if by > 0 {
            "That was the last that was found."
        } else {
            "That was the first that was found."
        });
        return Vec::new();
    }
    show(app)
}

/// The next or the previous row: with a filter each is a match.
fn next_row(app: &mut App, by: isize) {
    let before = app.stream.cursor;
    let open = app.detail.open;
    let action = if by > 0 {
        Action::NextItem
    } else {
        Action::PreviousItem
    };
    moves::act(app, action);
    app.detail.open &= open;
    match app.stream.cursor {
        Some(at) if before == Some(at) && by > 0 => app.say("That was the last match."),
        at if at.is_some() && before == at => app.say("That was the first match."),
        Some(at) => app.say(format!("Match {} of {}.", at + 1, app.stream.rows.len())),
        None => app.say("Nothing matches the filter."),
    }
}

/// Shows the one that is looked at: on the floor, or fetched from the hub.
fn show(app: &mut App) -> Vec<Effect> {
    let Some((key, id)) = app.found.hit().map(|hit| (hit.key, hit.id)) else {
        return Vec::new();
    };
    let (at, of) = (app.found.at + 1, app.found.hits.len());
    close(app);
    if app.floor.board.item(&key).is_some() {
        app.stream.go_to(key);
        moves::open(app);
        app.say(format!("{at} of {of} that were found."));
        return Vec::new();
    }
    app.say(format!("{at} of {of}: fetching {id} from the history."));
    vec![Effect::Fetch(id)]
}

/// The item that was asked for, or why it is not.
pub(super) fn fetched(app: &mut App, id: ItemId, outcome: Result<Box<Item>, String>) {
    match outcome {
        Ok(item) if app.overlays.is_empty() || is_on_top(app) => {
            close(app);
            app.archived = Some(item);
            app.notice = None;
            let page = Page::new(Topic::Archived);
            let overlay = crate::console::state::overlay::Overlay {
                what: What::Page(page),
                opened_at: app.session.now,
                opened_by: None,
            };
            app.overlays.push(overlay);
        }
        // The officer went on to something else.
        Ok(_) => app.say(format!("{id} came from the history; ask again to see it.")),
        Err(says) => app.refuse(says),
    }
}

fn is_on_top(app: &App) -> bool {
    matches!(
        app.overlays.last().map(|overlay| &overlay.what),
        Some(
            What::Found
                | What::Page(Page {
                    topic: Topic::Archived,
                    ..
                })
        )
    )
}

/// Closes the list or the page of an item that was found.
fn close(app: &mut App) {
    if is_on_top(app) {
        app.overlays.pop();
    }
}
