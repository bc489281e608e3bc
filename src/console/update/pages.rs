//! Pages to read: help, history, watch, channels, commands that wait.

use super::keys::push;
use crate::console::action::Action;
use crate::console::keymap::{Context, Meaning};
use crate::console::msg::KeyPress;
use crate::console::state::App;
use crate::console::state::document::{Document, help, history, links, notices, pages};
use crate::console::state::overlay::{Page, Topic, What};

/// Opens a page.
pub(super) fn open(app: &mut App, action: Action, press: KeyPress) {
    let topic = match action {
        Action::Watch => Topic::Watch,
        Action::Channels => Topic::Channels,
        Action::Queued => Topic::Queued,
        Action::Notices => Topic::Notices,
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
        _ => Topic::Help,
    };
    push(app, What::Page(Page { topic, scroll: 0 }), press);
}

/// The lines of a page.
#[must_use]
pub(in crate::console) fn document(app: &App, topic: Topic, width: usize) -> Document {
    match topic {
        Topic::Help => help::of(&app.settings.keymap, width),
        Topic::History(key) => history::of(app, key, width),
        Topic::Links(key) => links::of(app, key, width),
        Topic::Watch => pages::watch(app, width),
        Topic::Channels => pages::channels(app, width),
        Topic::Queued => pages::queued(app, width),
        Topic::Notices => notices::of(app, width),
    }
}

/// Scrolls or closes the page on top.
pub(super) fn act(app: &mut App, action: Action) {
    let Some(What::Page(page)) = app.overlays.last().map(|overlay| &overlay.what) else {
        return;
    };
    let (cols, _) = app.layout().overlay(0);
    let document = document(app, page.topic, usize::from(cols));
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
        Action::Cancel | Action::Choose => {
            app.overlays.pop();
            return;
        }
        _ => return,
    };
    if let Some(What::Page(page)) = app.overlays.last_mut().map(|overlay| &mut overlay.what) {
        page.scroll = scroll.min(last);
    }
}

/// The floor's own keys for moving and closing work on pages too.
pub(super) fn floor_key(app: &mut App, press: KeyPress) {
    let meaning = app.settings.keymap.meaning(Context::Floor, &[press.chord]);
    let Meaning::Is(action) = meaning else {
        return;
    };
    match action {
        Action::Down => act(app, Action::LineDown),
        Action::Up => act(app, Action::LineUp),
        Action::HalfDown => act(app, Action::PageDown),
        Action::HalfUp => act(app, Action::PageUp),
        Action::Top => act(app, Action::ToStart),
        Action::Bottom => act(app, Action::ToEnd),
        Action::Quit | Action::Help | Action::History | Action::Links | Action::Channels => {
            app.overlays.pop();
        }
        _ => {}
    }
}
