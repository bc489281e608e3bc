//! What a floor without rows says: connecting, loading, nothing here, nothing
//! at all; each with what to do next.

use super::{Document, Ink, own};
use crate::console::action::Action;
use crate::console::keymap::Context;
use crate::console::state::link::Phase;
use crate::console::state::{App, words};

/// The lines in the middle of an empty stream.
#[must_use]
pub fn of(app: &App, width: usize) -> Document {
    let mut page = Document::new(width);
    match app.link.phase {
        Phase::Starting => connecting(&mut page, app),
        Phase::Loading => page.say(
            Ink::Muted,
            format!(
                "Fetching the floor: {} so far.",
                words::items(app.floor.board.len())
            ),
        ),
        _ if app.floor.board.is_empty() && app.session.channels.is_empty() => first(&mut page),
        _ => nothing(&mut page, app),
    }
    page
}

fn connecting(page: &mut Document, app: &App) {
    match &app.link.why {
        None => page.say(Ink::Muted, "Connecting to the hub."),
        Some(why) => {
            page.say(Ink::Bad, why.clone());
            page.say(
                Ink::Muted,
                format!(
                    "Try {} is next; the console goes on trying. {} closes it.",
                    app.link.attempt,
                    key(app, Action::Quit)
                ),
            );
        }
    }
}

/// Nothing is set up: three ways on.
fn first(page: &mut Document) {
    page.row(vec![own(
        Ink::Title,
        "The floor is empty: nothing is set up yet.",
    )]);
    page.blank();
    for (says, how) in [
        (
            "See it live: an evening in a city, on this machine only",
            "watchfloor demo",
        ),
        ("Let a channel in: see [channels] in", "config.example.toml"),
        ("Join your city's hub", "watchfloor console --hub URL"),
    ] {
        page.say(Ink::Text, says);
        page.row(vec![own(Ink::Key, format!("    {how}"))]);
        page.blank();
    }
    page.say(Ink::Muted, "? shows the keys, q closes.");
}

fn key(app: &App, action: Action) -> String {
    let key = app.settings.keymap.first(Context::Floor, action);
    key.unwrap_or_default()
}

fn nothing(page: &mut Document, app: &App) {
    let view = app.views.now();
    let key = |action| key(app, action);
    if view.filter.is_some() || view.saved.is_some() {
        page.say(Ink::Text, "Nothing matches here now.");
        let (all, filter) = (key(Action::AllItems), key(Action::Filter));
        page.say(
            Ink::Muted,
            format!("{all} shows all items again; {filter} changes the filter."),
        );
        return;
    }
    page.say(Ink::Text, "Nothing waits in this queue.");
    let derived = &app.floor.derived.counts;
    let mut rest = Vec::new();
    if derived.asleep > 0 {
        rest.push(format!("{} asleep (:asleep)", derived.asleep));
    }
    if derived.suppressed > 0 {
        rest.push(format!("{} suppressed (:suppressions)", derived.suppressed));
    }
    if !rest.is_empty() {
        page.say(Ink::Muted, rest.join(" · "));
    }
    let (up, on) = app.session.channels_up();
    if up < on {
        page.say(
            Ink::Warn,
            format!(
                "{} of {} do not deliver: this may not be quiet ({}).",
                on - up,
                words::plural(on, "channel"),
                key(Action::Channels)
            ),
        );
    }
}
