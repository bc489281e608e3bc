//! The `:` line: every action by its name, some with words behind it, and a
//! number to go to an item.

use super::{keys, keys::push, moves, send, themes, views};
use crate::console::action::Action;
use crate::console::effect::Effect;
use crate::console::keymap::table;
use crate::console::msg::KeyPress;
use crate::console::state::App;
use crate::console::state::edit::TextEdit;
use crate::console::state::overlay::{Confirm, What, choices};
use crate::console::state::views::View;
use crate::model::command::Verb;
use crate::model::filter::Filter;
use crate::model::ids::{ItemId, ItemKey, Tag};
use crate::model::triage::{Assignee, Resolution};

/// Runs a line.
pub(super) fn run(app: &mut App, line: &str, press: KeyPress) -> Vec<Effect> {
    let line = line.trim();
    if line.is_empty() {
        return Vec::new();
    }
    if let Ok(number) = line.trim_start_matches('#').parse::<u64>() {
        go_to(app, ItemId(number));
        return Vec::new();
    }
    let (name, words) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let words = words.trim();
    let Some(entry) = table::by_name(name) else {
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

fn go_to(app: &mut App, id: ItemId) {
    match app.floor.board.by_id(id).map(|item| item.key) {
        Some(key) => {
            app.stream.go_to(key);
            moves::open(app);
        }
        None => app.refuse(format!("{id} is not on this floor.")),
    }
}

fn with_words(app: &mut App, action: Action, words: &str, press: KeyPress) -> Vec<Effect> {
    let outcome = match action {
        Action::Filter => {
            return filter(app, words);
        }
        Action::Split => return split(app, words, press),
        Action::Theme => return themes::choose(app, words),
        Action::Resolve | Action::ResolveAll => resolution(words),
        Action::Snooze => snooze(app, words),
        Action::Assign => assignee(app, words),
        Action::Tags => tags(words),
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
        let rows = app.stream.rows.clone();
        if let Some(plan) = send::plan(app, verb, &rows) {
            push(app, What::Confirm(Confirm::plan(plan)), press);
        }
        return Vec::new();
    }
    let items: Vec<ItemKey> = if app.marks.is_empty() {
        app.stream.selected().into_iter().collect()
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
        crate::text::Untrusted::default()
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

fn resolution(words: &str) -> Result<Verb, String> {
    Resolution::CHOICES
        .into_iter()
        .find(|reason| reason.word() == words)
        .map(|reason| Verb::Resolve { reason })
        .ok_or_else(|| {
            let all: Vec<&str> = Resolution::CHOICES.iter().map(|r| r.word()).collect();
            format!("A reason is one of {}.", all.join(", "))
        })
}

fn snooze(app: &App, words: &str) -> Result<Verb, String> {
    choices::wake(words, app.session.now, app.session.offset())
        .map(|wake| Verb::Snooze { wake })
        .ok_or_else(|| "Say 30m, 2h, 1d, 06:30, morning or reply.".to_owned())
}

fn assignee(app: &App, words: &str) -> Result<Verb, String> {
    let info = app.session.info.as_ref();
    let to = info.and_then(|info| {
        let officer = info.officers.iter().find(|o| o.as_str() == words);
        let team = info.roster_teams.iter().find(|t| t.as_str() == words);
        officer
            .map(|officer| Assignee::Officer(officer.clone()))
            .or_else(|| team.map(|team| Assignee::Team(team.clone())))
    });
    to.map(|to| Verb::Assign {
        to,
        answer_by: None,
    })
    .ok_or_else(|| "Nobody by that name is on the roster.".to_owned())
}

/// "+water -rumour": put on and take off; a bare word is put on.
fn tags(words: &str) -> Result<Verb, String> {
    let (mut add, mut remove) = (Vec::new(), Vec::new());
    for word in words.split_whitespace() {
        let (list, name) = match word.strip_prefix('-') {
            Some(name) => (&mut remove, name),
            None => (&mut add, word.trim_start_matches('+')),
        };
        list.push(Tag::new(name).map_err(|error| error.to_string())?);
    }
    Ok(Verb::Tag { add, remove })
}

/// Completes the name as far as it is unambiguous.
pub(super) fn complete(text: &mut TextEdit) {
    let typed = text.text();
    if typed.is_empty() || typed.contains(' ') {
        return;
    }
    let names: Vec<&str> = table::floor()
        .map(|entry| entry.name)
        .filter(|name| name.starts_with(&typed))
        .collect();
    let Some(first) = names.first() else {
        return;
    };
    let common = (typed.len()..=first.len())
        .rev()
        .filter_map(|end| first.get(..end))
        .find(|head| names.iter().all(|name| name.starts_with(head)))
        .unwrap_or("");
    if let Some(rest) = common.strip_prefix(typed.as_str()) {
        text.end();
        text.insert(rest);
    }
    if names.len() == 1 {
        text.insert(" ");
    }
}
