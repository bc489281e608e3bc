//! Pages to read: help, history, links, watch, channels, commands that wait;
//! looking for words in one.

use super::keys::{act as act_on_floor, push};
use super::moves;
use crate::console::action::Action;
use crate::console::effect::Effect;
use crate::console::keymap::{Context, Meaning};
use crate::console::msg::KeyPress;
use crate::console::state::App;
use crate::console::state::document::{topic, why};
use crate::console::state::edit::TextEdit;
use crate::console::state::overlay::{Find, Page, Topic, What};

/// Opens a page.
pub(super) fn open(app: &mut App, action: Action, press: KeyPress) {
    let topic = match action {
        Action::Watch => Topic::Watch,
        Action::Channels => Topic::Channels,
        Action::Queued => Topic::Queued,
        Action::Notices => Topic::Notices,
        Action::Status => Topic::Status,
        Action::History | Action::Links => {
            app.stream.freeze();
            let Some(key) = app.stream.selected() else {
                app.say("There is no item here.");
                return;
            };
            if action == Action::Links {
                Topic::Links(key)
            } else {
                Topic::History(key)
            }
        }
        _ => Topic::Help(Context::Floor),
    };
    push(app, What::Page(Page::new(topic)), press);
}

fn top(app: &mut App) -> Option<&mut Page> {
    match app.overlays.last_mut().map(|overlay| &mut overlay.what) {
        Some(What::Page(page)) => Some(page),
        _ => None,
    }
}

/// Letters into the words that are looked for.
pub(super) fn insert(app: &mut App, text: &str) {
    if let Some(page) = top(app)
        && let Some(find) = page.find.as_mut().filter(|find| find.typing)
    {
        find.words.paste(text);
        page.scroll = 0;
    }
}

/// Scrolls or closes the page on top.
pub(super) fn act(app: &mut App, action: Action) {
    let Some(page) = top(app) else {
        return;
    };
    if page.is_typing() && finds(page, action) {
        return;
    }
    let page = page.clone();
    let (cols, _) = app.layout().overlay(0);
    let (_, document) = topic::of(app, &page, usize::from(cols));
    let (_, height) = app.layout().overlay(document.lines.len());
    let height = usize::from(height);
    let last = document.last_top(height);
    let scroll = match action {
        Action::LineDown => page.scroll + 1,
        Action::LineUp => page.scroll.saturating_sub(1),
        Action::PageDown => page.scroll + (height - 1).max(1),
        Action::PageUp => page.scroll.saturating_sub((height - 1).max(1)),
        Action::ToStart => 0,
        Action::ToEnd => last,
        Action::Cancel if page.find.is_some() => {
            if let Some(page) = top(app) {
                page.find = None;
            }
            return;
        }
        Action::Cancel | Action::Choose => {
            app.overlays.pop();
            return;
        }
        _ => return,
    };
    if let Some(page) = top(app) {
        page.scroll = scroll.min(last);
    }
}

/// A key while words are typed; false when it is none of theirs.
fn finds(page: &mut Page, action: Action) -> bool {
    let Some(find) = &mut page.find else {
        return false;
    };
    match action {
        Action::DeleteBack if find.words.is_blank() => page.find = None,
        Action::DeleteBack => find.words.delete_back(),
        Action::Choose => find.typing = false,
        _ => return false,
    }
    page.scroll = 0;
    true
}

/// A digit on the page of why an item is here: to the post that it names.
fn named(app: &mut App, press: KeyPress) -> bool {
    let digit = press.chord.written().and_then(|letter| letter.to_digit(10));
    let nth = digit.and_then(|digit| usize::try_from(digit).ok()?.checked_sub(1));
    let topic = top(app).map(|page| page.topic);
    let (Some(nth), Some(Topic::History(key))) = (nth, topic) else {
        return false;
    };
    let item = app.floor.board.item(&key);
    let Some(key) = item.and_then(|item| why::named(app, item).get(nth).copied()) else {
        return true;
    };
    if app.floor.board.item(&key).is_none() {
        app.say("That post is not on the board any more.");
        return true;
    }
    app.overlays.pop();
    app.stream.go_to(key);
    app.floor.touch();
    moves::open(app);
    true
}

/// The floor's own keys for moving, finding, copying and closing work on pages
/// and on the list of what was found too.
pub(super) fn floor_key(app: &mut App, press: KeyPress) -> Vec<Effect> {
    if named(app, press) {
        return Vec::new();
    }
    let meaning = app.settings.keymap.meaning(Context::Floor, &[press.chord]);
    let Meaning::Is(action) = meaning else {
        return Vec::new();
    };
    let in_list = match action {
        Action::Down => Action::LineDown,
        Action::Up => Action::LineUp,
        Action::HalfDown => Action::PageDown,
        Action::HalfUp => Action::PageUp,
        Action::Top => Action::ToStart,
        Action::Bottom => Action::ToEnd,
        Action::NextMatch | Action::PreviousMatch | Action::Copy => {
            return act_on_floor(app, action, press);
        }
        Action::Filter => {
            if let Some(page) = top(app) {
                page.find = Some(Find {
                    words: TextEdit::line(60),
                    typing: true,
                });
            }
            return Vec::new();
        }
        Action::Quit | Action::Help | Action::History | Action::Channels | Action::Links => {
            app.overlays.pop();
            return Vec::new();
        }
        _ => return Vec::new(),
    };
    if top(app).is_some() {
        act(app, in_list);
        return Vec::new();
    }
    super::search::act(app, in_list, press)
}
