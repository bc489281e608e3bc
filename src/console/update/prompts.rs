//! Lines to type: the live filter, the command line, the reason of an
//! escalation.

use super::{commands, keys, keys::push, search, send, typing, views};
use crate::console::action::Action;
use crate::console::effect::Effect;
use crate::console::msg::KeyPress;
use crate::console::state::App;
use crate::console::state::edit::TextEdit;
use crate::console::state::overlay::{Prompt, Purpose, What};
use crate::console::state::views::View;
use crate::model::command::Verb;
use crate::model::filter::Filter;
use crate::model::ids::ItemKey;

/// Bytes of a line.
const LIMIT: usize = 2000;
/// Bytes of what is searched for.
const SEARCH: usize = 200;

/// Opens the live filter with what is in force.
pub(super) fn filter(app: &mut App, press: KeyPress) {
    // What it finds has to be seen.
    if !app.layout().is_split() {
        app.detail.open = false;
    }
    let before = app.views.now().clone();
    let source = before.filter.as_ref().map_or("", |filter| filter.source());
    let text = TextEdit::line(LIMIT).with(source);
    open(app, Purpose::Filter(before), text, press);
}

/// Opens the command line.
pub(super) fn command(app: &mut App, press: KeyPress) {
    open(app, Purpose::Command, TextEdit::line(LIMIT), press);
}

/// Opens the line for words to search in the history, with those of the last
/// search.
pub(super) fn search(app: &mut App, press: KeyPress) {
    let text = TextEdit::line(SEARCH).with(&app.found.words);
    open(app, Purpose::Search, text, press);
}

/// Asks why.
pub(super) fn escalate(app: &mut App, items: Vec<ItemKey>, press: KeyPress) {
    open(app, Purpose::Escalate(items), TextEdit::line(LIMIT), press);
}

fn open(app: &mut App, purpose: Purpose, text: TextEdit, press: KeyPress) {
    let prompt = Prompt {
        purpose,
        replaced: !text.is_blank(),
        text,
        choices: Vec::new(),
        picked: None,
        recalled: None,
        error: None,
    };
    push(app, What::Prompt(prompt), press);
    typing::refresh(app);
}

fn top(app: &mut App) -> Option<&mut Prompt> {
    match app.overlays.last_mut().map(|overlay| &mut overlay.what) {
        Some(What::Prompt(prompt)) => Some(prompt),
        _ => None,
    }
}

/// The prompt on top, ready for letters.
fn begun(app: &mut App) -> Option<&mut Prompt> {
    let prompt = top(app)?;
    if std::mem::take(&mut prompt.replaced) {
        prompt.text.delete_line();
    }
    Some(prompt)
}

/// Letters, typed or pasted.
pub(super) fn insert(app: &mut App, text: &str) {
    if let Some(prompt) = begun(app) {
        prompt.text.insert(text);
    }
    live(app);
    typing::refresh(app);
}

/// Pasted words.
pub(super) fn paste(app: &mut App, text: &str) {
    if let Some(prompt) = begun(app) {
        prompt.text.paste(text);
    }
    live(app);
    typing::refresh(app);
}

/// A key in the prompt on top.
pub(super) fn act(app: &mut App, action: Action, press: KeyPress) -> Vec<Effect> {
    if let Some(prompt) = top(app) {
        prompt.replaced = false;
    }
    match action {
        Action::Submit if !press.repeat => return submit(app, press),
        Action::Submit => {}
        Action::Cancel => cancel(app),
        Action::Complete | Action::CompleteBack => {
            typing::complete(app, action == Action::CompleteBack);
            live(app);
        }
        Action::CursorUp | Action::CursorDown => {
            typing::recall(app, action == Action::CursorUp);
            live(app);
        }
        _ => {
            if let Some(prompt) = top(app) {
                edit(&mut prompt.text, action);
                live(app);
                typing::refresh(app);
            }
        }
    }
    Vec::new()
}

/// A key of a line of text.
pub(super) fn edit(text: &mut TextEdit, action: Action) {
    match action {
        Action::CursorLeft => text.left(),
        Action::CursorRight => text.right(),
        Action::WordLeft => text.word_left(),
        Action::WordRight => text.word_right(),
        Action::LineStart => text.home(),
        Action::LineEnd => text.end(),
        Action::DeleteBack => text.delete_back(),
        Action::DeleteForward => text.delete_forward(),
        Action::DeleteWord => text.delete_word(),
        Action::DeleteLine => text.delete_line(),
        Action::DeleteToEnd => text.delete_to_end(),
        Action::NewLine => text.new_line(),
        Action::EditUndo => text.undo(),
        Action::EditRedo => text.redo(),
        _ => {}
    }
}

/// Applies the filter as it is typed; a bad one is told, and what stays in
/// force is what stands before the mistake, else what was in force before.
fn live(app: &mut App) {
    let Some(prompt) = top(app) else {
        return;
    };
    prompt.error = None;
    let Purpose::Filter(before) = &prompt.purpose else {
        return;
    };
    let source = prompt.text.text();
    let filter = if source.trim().is_empty() {
        None
    } else {
        match Filter::parse(&source) {
            Ok(filter) => Some(filter),
            Err(error) => {
                let good = in_front_of(&source, error.column).or(before.filter.clone());
                prompt.error = Some((Some(error.column), error.says));
                good
            }
        }
    };
    let view = View {
        filter,
        ..app.views.now().clone()
    };
    if view != *app.views.now() {
        app.views.adjust(view);
        app.stream.restart();
        app.floor.touch();
    }
}

/// What was typed in front of the word that a mistake is in, when that is a
/// filter. A part of that word is none: "sev" of "sev>=" would ask for a word.
fn in_front_of(source: &str, column: usize) -> Option<Filter> {
    let front: String = source.chars().take(column.saturating_sub(1)).collect();
    let mut front = front.as_str();
    while let Some((rest, _)) = front.rsplit_once(char::is_whitespace) {
        if !rest.trim().is_empty()
            && let Ok(filter) = Filter::parse(rest)
        {
            return Some(filter);
        }
        front = rest;
    }
    None
}

/// Whether a filter has a mistake: it stays to be mended, for nobody wants to go
/// on with half of what was typed. The sign under the line points at it; the
/// cursor stays where the officer types.
fn has_mistake(app: &mut App) -> bool {
    top(app).is_some_and(|prompt| {
        let filters = matches!(prompt.purpose, Purpose::Filter(_));
        filters && matches!(prompt.error, Some((Some(_), _)))
    })
}

fn submit(app: &mut App, press: KeyPress) -> Vec<Effect> {
    if has_mistake(app) {
        return Vec::new();
    }
    let Some(What::Prompt(prompt)) = app.overlays.pop().map(|overlay| overlay.what) else {
        return Vec::new();
    };
    match prompt.purpose {
        Purpose::Filter(before) => {
            let now = app.views.now().clone();
            app.views.adjust(before);
            app.found.passed = now.filter.is_some();
            app.views.go(now);
            views::changed(app);
            let lasting = !prompt.text.has_pasted();
            app.recall.filters.add(&prompt.text.text(), lasting);
            vec![typing::keep_lines(app)]
        }
        Purpose::Command => {
            let line = prompt.text.text();
            let lasting = commands::is_lasting(&line) && !prompt.text.has_pasted();
            app.recall.commands.add(&line, lasting);
            let mut effects = vec![typing::keep_lines(app)];
            effects.extend(keys::run(app, &line, press));
            effects
        }
        Purpose::Search => {
            let words = prompt.text.text();
            app.recall.searches.add(&words, false);
            search::ask(app, &words, press)
        }
        Purpose::Escalate(items) if prompt.text.is_blank() => {
            let text = prompt.text;
            open(app, Purpose::Escalate(items), text, press);
            if let Some(prompt) = top(app) {
                prompt.error = Some((None, "Say why, or leave with Esc.".to_owned()));
            }
            Vec::new()
        }
        Purpose::Escalate(items) => {
            let reason = prompt.text.text().trim().into();
            send::start(app, Verb::Escalate { reason }, &items, press)
        }
    }
}

fn cancel(app: &mut App) {
    let Some(What::Prompt(prompt)) = app.overlays.pop().map(|overlay| overlay.what) else {
        return;
    };
    if let Purpose::Filter(before) = prompt.purpose {
        app.views.adjust(before);
        app.stream.restart();
        app.floor.touch();
    }
}
