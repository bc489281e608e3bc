//! Saved views: saving what is shown under a number and a name, taking one of
//! the officer's own away, going to one by the `:` line.

use super::views;
use crate::console::effect::Effect;
use crate::console::state::kept::{Keepsake, KeptView, VIEW_NAME};
use crate::console::state::{App, SavedView};
use crate::model::filter::Filter;

/// What `:view` takes.
const USAGE: &str = "Say :view 4, :view save 4 NAME or :view delete 4; numbers are 1 to 9.";

/// `:view` with words.
pub(super) fn command(app: &mut App, words: &str) -> Vec<Effect> {
    let (verb, rest) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    let number = |word: &str| word.parse::<u8>().ok().filter(|n| (1..=9).contains(n));
    match verb {
        "save" => {
            let (first, name) = rest
                .trim()
                .split_once(char::is_whitespace)
                .unwrap_or((rest.trim(), ""));
            match number(first) {
                Some(number) => return save(app, number, name.trim()),
                None => app.refuse(USAGE),
            }
        }
        "delete" => match number(rest.trim()) {
            Some(number) => return delete(app, number),
            None => app.refuse(USAGE),
        },
        word if rest.is_empty() => match number(word) {
            Some(number) => views::saved(app, number),
            None => by_name(app, word),
        },
        _ => by_name(app, words),
    }
    Vec::new()
}

fn by_name(app: &mut App, words: &str) {
    let words = words.to_lowercase();
    let views = app.settings.views.iter();
    let found = views
        .filter(|view| view.name.to_lowercase().starts_with(&words))
        .map(|view| view.number)
        .next();
    match found {
        Some(number) => views::saved(app, number),
        None => app.refuse(format!("There is no saved view of that name. {USAGE}")),
    }
}

/// Saves what is shown now: the queue, the saved view that it is based on, and
/// the filter on top, as one.
fn save(app: &mut App, number: u8, name: &str) -> Vec<Effect> {
    let now = app.views.now().clone();
    let based_on = now.saved.and_then(|n| app.settings.view(n));
    let sources: Vec<&str> = based_on
        .map(|view| view.filter.source())
        .into_iter()
        .chain(now.filter.as_ref().map(Filter::source))
        .filter(|source| !source.trim().is_empty())
        .collect();
    let source = match sources.as_slice() {
        [one] => (*one).to_owned(),
        parts => parts
            .iter()
            .map(|part| format!("({part})"))
            .collect::<Vec<_>>()
            .join(" "),
    };
    let Ok(filter) = Filter::parse(&source) else {
        app.refuse("This filter can't be saved; narrow it and try again.");
        return Vec::new();
    };
    let fallback = if source.is_empty() {
        now.queue.word().to_owned()
    } else {
        source
    };
    let name = if name.is_empty() { &fallback } else { name };
    let view = SavedView {
        number,
        name: name.chars().take(VIEW_NAME).collect(),
        filter,
        queue: now.queue,
        own: true,
    };
    let over = app.settings.view(number).map(|view| view.name.clone());
    let how_long = if app.settings.keeps {
        ""
    } else {
        " until the console closes"
    };
    let what = over.map_or(String::new(), |old| format!(" It was {old:?} before."));
    app.say(format!(
        "Saved as view {number}, {:?}{how_long}.{what}",
        view.name
    ));
    app.settings.put_view(view);
    app.floor.touch_all();
    vec![kept(app)]
}

fn delete(app: &mut App, number: u8) -> Vec<Effect> {
    match app.settings.view(number) {
        None => {
            app.refuse(format!("There is no saved view {number}."));
            return Vec::new();
        }
        Some(view) if !view.own => {
            app.refuse(format!(
                "View {number} is the configuration's; take it out of [[view]] there."
            ));
            return Vec::new();
        }
        Some(_) => {}
    }
    app.settings.views.retain(|view| view.number != number);
    if app.views.now().saved == Some(number) {
        views::all(app);
    }
    app.floor.touch_all();
    app.say(format!("View {number} is deleted."));
    vec![kept(app)]
}

fn kept(app: &App) -> Effect {
    let own = app.settings.views.iter().filter(|view| view.own);
    Effect::Keep(Keepsake::Views(own.map(KeptView::of).collect()))
}
