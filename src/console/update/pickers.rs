//! Lists to choose from: opening, narrowing, choosing.

use super::{keys::push, moves, replies, send, themes, views};
use crate::console::action::Action;
use crate::console::effect::Effect;
use crate::console::keymap::chord::Chord;
use crate::console::msg::KeyPress;
use crate::console::state::App;
use crate::console::state::overlay::picker::{Picker, Purpose, Value};
use crate::console::state::overlay::{What, choices};
use crate::model::command::Verb;
use crate::model::ids::{ItemKey, Tag};

/// Opens a picker for items.
pub(super) fn open(app: &mut App, purpose: Purpose, items: Vec<ItemKey>, press: KeyPress) {
    let choices = choices::of(purpose, &items, app);
    push(
        app,
        What::Picker(Picker::new(purpose, items, choices)),
        press,
    );
}

/// Opens a list that is about no item in particular.
pub(super) fn open_list(app: &mut App, action: Action, press: KeyPress) {
    let purpose = match action {
        Action::Asleep => Purpose::Asleep,
        Action::Views => Purpose::View,
        Action::Conversations => Purpose::Conversations,
        _ => Purpose::Suppressions,
    };
    open(app, purpose, Vec::new(), press);
}

fn top(app: &mut App) -> Option<&mut Picker> {
    match app.overlays.last_mut().map(|overlay| &mut overlay.what) {
        Some(What::Picker(picker)) => Some(picker),
        _ => None,
    }
}

/// A key in the picker on top.
pub(super) fn act(app: &mut App, action: Action, press: KeyPress) -> Vec<Effect> {
    let page = isize::try_from(app.layout().body_rows() / 2).unwrap_or(1);
    let Some(picker) = top(app) else {
        return Vec::new();
    };
    picker.error = None;
    match action {
        // Who typed means what was typed.
        Action::PageUp if press.chord == Chord::ctrl('u') && !picker.query.is_blank() => {
            picker.query.delete_line();
            retyped(app);
        }
        Action::LineDown => picker.step(1),
        Action::LineUp => picker.step(-1),
        Action::PageDown => picker.step(page),
        Action::PageUp => picker.step(-page),
        Action::ToStart => picker.at = 0,
        Action::ToEnd => picker.step(isize::MAX),
        Action::DeleteBack => {
            picker.query.delete_back();
            retyped(app);
        }
        Action::Cancel => {
            app.overlays.pop();
        }
        Action::Choose if !press.repeat => return choose(app, press),
        Action::EndSuppression => return end_suppression(app, press),
        _ => {}
    }
    Vec::new()
}

/// A letter: chooses at once, or narrows.
pub(super) fn letter(app: &mut App, letter: char, press: KeyPress) -> Vec<Effect> {
    let Some(picker) = top(app) else {
        return Vec::new();
    };
    if let Some(choice) = picker.hot(letter) {
        let value = choice.value.clone();
        if press.repeat {
            return Vec::new();
        }
        return take(app, value, press);
    }
    picker.query.insert(letter.encode_utf8(&mut [0; 4]));
    retyped(app);
    Vec::new()
}

/// Pasted words.
pub(super) fn paste(app: &mut App, text: &str) {
    if let Some(picker) = top(app) {
        picker.query.paste(text);
    }
    retyped(app);
}

/// What is typed is something else: the cursor goes to the first that matches, or
/// to what it means by itself.
fn retyped(app: &mut App) {
    let Some(picker) = top(app) else {
        return;
    };
    picker.error = None;
    picker.at = 0;
    let typed = picker.query.text();
    let sleeps = picker.purpose == Purpose::Snooze && !typed.trim().is_empty();
    let read = sleeps.then(|| choices::read(&typed, app)).flatten();
    if let Some(picker) = top(app) {
        picker.read = read;
    }
}

fn choose(app: &mut App, press: KeyPress) -> Vec<Effect> {
    let Some(picker) = top(app) else {
        return Vec::new();
    };
    let (purpose, typed) = (picker.purpose, picker.query.text());
    let typed = typed.trim();
    let wrong = (purpose == Purpose::Snooze && !typed.is_empty())
        .then(|| choices::wake(typed, app).err())
        .flatten();
    let Some(picker) = top(app) else {
        return Vec::new();
    };
    let chosen = picker.chosen().map(|choice| choice.value.clone());
    let new_tag = || {
        let tag = Tag::new(typed).ok().filter(|_| purpose == Purpose::Tag);
        tag.map(|tag| Value::Tag { tag, off: false })
    };
    if let Some(value) = chosen.or_else(new_tag) {
        return take(app, value, press);
    }
    let nothing = picker.purpose.nothing().to_owned();
    picker.error = Some(wrong.map_or(nothing, |error| error.to_string()));
    Vec::new()
}

fn take(app: &mut App, value: Value, press: KeyPress) -> Vec<Effect> {
    let Some(What::Picker(picker)) = app.overlays.pop().map(|overlay| overlay.what) else {
        return Vec::new();
    };
    let verb = match value {
        Value::To(to) => Verb::Assign {
            to,
            answer_by: None,
        },
        Value::Reason(reason) => Verb::Resolve { reason },
        Value::Until(wake) => Verb::Snooze { wake },
        Value::Tag { tag, off: false } => Verb::Tag {
            add: vec![tag],
            remove: Vec::new(),
        },
        Value::Tag { tag, off: true } => Verb::Tag {
            add: Vec::new(),
            remove: vec![tag],
        },
        Value::Item(key) => {
            app.stream.go_to(key);
            moves::open(app);
            return Vec::new();
        }
        Value::Canned(nth) => {
            if let Some(key) = picker.items.first() {
                replies::chosen(app, *key, nth, press);
            }
            return Vec::new();
        }
        Value::Correction(nth) => {
            if let Some(key) = picker.items.first() {
                replies::corrected(app, *key, nth, press);
            }
            return Vec::new();
        }
        Value::Feedback(feedback) => Verb::Feedback { feedback },
        Value::Claim { id, fits: true } => Verb::ConfirmClaim { claim: id },
        Value::Claim { id, fits: false } => Verb::RejectClaim { claim: id },
        Value::View(number) => {
            views::saved(app, number);
            return Vec::new();
        }
        Value::Rule(_) => return Vec::new(),
        Value::Theme(name) => return themes::choose(app, &name),
    };
    if picker.purpose == Purpose::ResolveAll {
        if let Some(plan) = send::plan(app, verb, &picker.items) {
            send::ask(app, plan, press);
        }
        return Vec::new();
    }
    send::start(app, verb, &picker.items, press)
}

/// Ends the suppression under the cursor, after a question.
fn end_suppression(app: &mut App, press: KeyPress) -> Vec<Effect> {
    let rule = match top(app).and_then(|picker| picker.chosen()) {
        Some(choice) => match &choice.value {
            Value::Rule(rule) => rule.clone(),
            _ => return Vec::new(),
        },
        None => return Vec::new(),
    };
    if let Some(plan) = send::plan(app, Verb::Unsuppress { rule }, &[]) {
        app.overlays.pop();
        send::ask(app, plan, press);
    }
    Vec::new()
}
