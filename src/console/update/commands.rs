//! The `:` line: every action by its name, some with words behind it, and a
//! number to go to an item.

use super::{arguments, folds, keys, moves, replies, saved, search, send, themes, views};
use crate::console::action::Action;
use crate::console::effect::Effect;
use crate::console::keymap::table;
use crate::console::msg::KeyPress;
use crate::console::state::App;
use crate::console::state::views::View;
use crate::model::command::Verb;
use crate::model::filter::Filter;
use crate::model::ids::{ItemId, ItemKey};
use crate::text::Untrusted;

/// Runs a line.
pub(super) fn run(app: &mut App, line: &str, press: KeyPress) -> Vec<Effect> {
    let line = line.trim().trim_start_matches(':').trim_start();
    if line.is_empty() {
        return Vec::new();
    }
    if let Ok(number) = line.trim_start_matches('#').parse::<u64>() {
        return go_to(app, ItemId(number));
    }
    let (name, words) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let words = words.trim();
    let Some(entry) = table::by_name(name).or_else(|| table::meant(name)) else {
        app.refuse(format!(
            "There is no command of that name; the nearest is :{}.",
            table::nearest_name(name)
        ));
        return Vec::new();
    };
    if words.is_empty() {
        return keys::act(app, entry.action, press);
    }
    with_words(app, entry.action, words, press)
}

/// Whether a line may be kept over a restart: not when its words are free text,
/// which may be about people.
pub(super) fn is_lasting(line: &str) -> bool {
    let name = line.trim().split(char::is_whitespace).next();
    let entry = name.and_then(table::by_name);
    entry.is_some_and(|entry| {
        !matches!(
            entry.action,
            Action::Note | Action::Escalate | Action::Search | Action::Silence
        )
    })
}

/// Goes to an item: in the view, outside of it, or not on the board at all.
fn go_to(app: &mut App, id: ItemId) -> Vec<Effect> {
    let Some(key) = app.floor.board.by_id(id).map(|item| item.key) else {
        if app.replay.is_some() {
            app.refuse(format!("{id} is not on this floor."));
            return Vec::new();
        }
        app.say(format!("{id} is not on the board; asking the hub for it."));
        return vec![Effect::Fetch(id)];
    };
    moves::visit(app, key);
    moves::open(app);
    Vec::new()
}

fn with_words(app: &mut App, action: Action, words: &str, press: KeyPress) -> Vec<Effect> {
    let outcome = match action {
        Action::Filter => return filter(app, words),
        Action::Search => return search::ask(app, words, press),
        Action::Views => return saved::command(app, words),
        Action::Split => return split(app, words, press),
        Action::Resolve | Action::ResolveAll => arguments::resolution(words),
        Action::Snooze => arguments::snooze(app, words),
        Action::Assign => arguments::assignee(app, words),
        Action::Tags => arguments::tags(words),
        Action::Silence => return replies::silence(app, words, press),
        Action::Theme => return themes::choose(app, words),
        Action::Feedback => arguments::feedback(words),
        Action::Escalate => Ok(Verb::Escalate {
            reason: words.into(),
        }),
        Action::Note => Ok(Verb::Note),
        _ => Err(format!(
            ":{} takes no words behind it.",
            table::name_of(action)
        )),
    };
    let verb = match outcome {
        Ok(verb) => verb,
        Err(says) => {
            app.refuse(says);
            return Vec::new();
        }
    };
    app.stream.freeze();
    if action == Action::ResolveAll {
        let rows = folds::under(app, &app.stream.rows);
        if let Some(plan) = send::plan(app, verb, &rows) {
            send::ask(app, plan, press);
        }
        return Vec::new();
    }
    let items: Vec<ItemKey> = if app.marks.is_empty() {
        let selected = app.stream.selected();
        selected.map_or_else(Vec::new, |key| app.floor.under(&key))
    } else {
        app.marks.keys().copied().collect()
    };
    if items.is_empty() {
        app.say("There is no item here.");
        return Vec::new();
    }
    let note = if verb == Verb::Note {
        words.into()
    } else {
        Untrusted::default()
    };
    send::noted(app, verb, &items, note, press)
}

fn filter(app: &mut App, words: &str) -> Vec<Effect> {
    match Filter::parse(words) {
        Ok(filter) => {
            let view = View {
                filter: Some(filter),
                ..app.views.now().clone()
            };
            app.views.go(view);
            views::changed(app);
        }
        Err(error) => app.refuse(format!("Filter, {error}")),
    }
    Vec::new()
}

fn split(app: &mut App, words: &str, press: KeyPress) -> Vec<Effect> {
    let of = |word: &str| {
        let number = word.trim_start_matches('#').parse().ok()?;
        Some(app.floor.board.by_id(ItemId(number))?.key)
    };
    let parts = words.split([',', ' ']).filter(|word| !word.is_empty());
    let keys: Option<Vec<ItemKey>> = parts.map(of).collect();
    let Some(keys) = keys.filter(|keys| !keys.is_empty()) else {
        app.refuse(":split takes the numbers of items, like :split 12,15.");
        return Vec::new();
    };
    send::start(app, Verb::Split, &keys, press)
}
