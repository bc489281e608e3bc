//! The suppression's form: what, how long, why; then a question with the count.

use super::{keys::push, prompts, send};
use crate::console::action::Action;
use crate::console::msg::KeyPress;
use crate::console::state::edit::TextEdit;
use crate::console::state::overlay::{Form, What};
use crate::console::state::{App, until};
use crate::model::command::Verb;
use crate::model::filter::Filter;
use crate::model::ids::ItemKey;
use crate::model::item::{Item, Kind};
use crate::text::SafeText;

/// Bytes of a field.
const LIMIT: usize = 2000;

/// Opens the form with a filter made from the first item.
pub(super) fn suppress(app: &mut App, items: &[ItemKey], press: KeyPress) {
    let item = items.first().and_then(|key| app.floor.board.item(key));
    let source = item.map_or(String::new(), |item| alike(app, item));
    let form = Form {
        fields: [
            TextEdit::line(LIMIT).with(&source),
            TextEdit::line(LIMIT).with("1h"),
            TextEdit::line(LIMIT),
        ],
        at: 0,
        error: None,
        matches: None,
    };
    push(app, What::Form(form), press);
    count(app);
}

/// A filter for what is like `item`: what monitoring calls it, or its author, never
/// more than one of either. Where neither is known it is the item alone: how much
/// wider it may be is the officer's to say.
fn alike(app: &App, item: &Item) -> String {
    let channel = &item.content.channel;
    let phrase = |words: &str| {
        let words: String = words.chars().filter(|c| *c != '"' && *c != '\\').collect();
        format!("\"{}\"", words.trim())
    };
    let title = SafeText::line_within(&item.content.title, 60);
    if item.content.kind == Kind::Alert && !title.is_blank() {
        return format!("chan:{channel} {}", phrase(title.as_str()));
    }
    let author = &item.content.author;
    let known = [&author.handle, &author.name, &author.id].into_iter();
    let sources = known
        .map(SafeText::line)
        .filter(|name| !name.is_blank())
        .map(|name| format!("chan:{channel} author:{}", phrase(name.as_str())));
    let mut narrow = sources.filter(|source| is_by_one(app, item, source));
    narrow.next().unwrap_or_else(|| item.id.to_string())
}

/// Whether all that a filter finds is by the item's author: a short name may be
/// part of another one.
fn is_by_one(app: &App, item: &Item, source: &str) -> bool {
    let Ok(filter) = Filter::parse(source) else {
        return false;
    };
    let one = &item.content.author;
    let mut found = app.floor.board.items().filter(|other| {
        let author = &other.content.author;
        let same = if one.handle.is_empty() {
            author.name == one.name
        } else {
            author.handle == one.handle
        };
        !same && filter.matches(other, &app.session.asker())
    });
    filter.matches(item, &app.session.asker()) && found.next().is_none()
}

fn top(app: &mut App) -> Option<&mut Form> {
    match app.overlays.last_mut().map(|overlay| &mut overlay.what) {
        Some(What::Form(form)) => Some(form),
        _ => None,
    }
}

/// Letters, typed or pasted.
pub(super) fn insert(app: &mut App, text: &str) {
    if let Some(form) = top(app)
        && let Some(field) = form.fields.get_mut(form.at)
    {
        field.insert(text);
    }
    count(app);
}

/// A key in the form on top.
pub(super) fn act(app: &mut App, action: Action, press: KeyPress) {
    let Some(form) = top(app) else {
        return;
    };
    match action {
        Action::Cancel => {
            app.overlays.pop();
        }
        Action::Complete | Action::CursorDown => form.at = (form.at + 1) % form.fields.len(),
        Action::CompleteBack | Action::CursorUp => {
            form.at = (form.at + form.fields.len() - 1) % form.fields.len();
        }
        Action::Submit if press.repeat => {}
        Action::Submit if form.at + 1 < form.fields.len() => form.at += 1,
        Action::Submit => submit(app, press),
        _ => {
            if let Some(field) = form.fields.get_mut(form.at) {
                prompts::edit(field, action);
            }
            count(app);
        }
    }
}

/// How many items match what is typed now.
fn count(app: &mut App) {
    let Some(form) = top(app) else {
        return;
    };
    form.error = None;
    let [source, ..] = &form.fields;
    let matches = match Filter::parse(&source.text()) {
        _ if source.is_blank() => Ok(0),
        Ok(filter) => Ok(app
            .floor
            .board
            .items()
            .filter(|item| item.is_waiting() && filter.matches(item, &app.session.asker()))
            .count()),
        Err(error) => Err(error.to_string()),
    };
    if let Some(form) = top(app) {
        form.matches = matches.as_ref().ok().copied();
        form.error = matches.err();
    }
}

fn submit(app: &mut App, press: KeyPress) {
    let (now, zone) = (app.session.now, app.session.zone());
    let Some(form) = top(app) else {
        return;
    };
    let [source, end, reason] = &form.fields;
    let (filter, reason_text) = (source.text(), reason.text());
    let expiry = until::moment(&end.text(), now, &zone);
    let wrong = if source.is_blank() {
        Some((0, "Say what is to be hidden.".to_owned()))
    } else if form.matches.is_none() {
        Some((0, "The filter has an error.".to_owned()))
    } else if let Err(error) = &expiry {
        Some((1, error.to_string()))
    } else if reason.is_blank() {
        Some((2, "Say why: colleagues will ask.".to_owned()))
    } else {
        None
    };
    if let Some((at, says)) = wrong {
        form.at = at;
        form.error = Some(says);
        return;
    }
    let (Ok(until), Some(matches)) = (expiry, form.matches) else {
        return;
    };
    app.overlays.pop();
    let verb = Verb::Suppress {
        filter,
        until,
        reason: reason_text.trim().into(),
    };
    if let Some(mut plan) = send::plan(app, verb, &[]) {
        plan.goes = matches;
        send::ask(app, plan, press);
    }
}
