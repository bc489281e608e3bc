//! The editor: a note for one item or many, the shared note of a question, an
//! answer.

use super::{keys::push, prompts, replies, send};
use crate::console::action::Action;
use crate::console::effect::Effect;
use crate::console::keymap::Chord;
use crate::console::msg::KeyPress;
use crate::console::state::App;
use crate::console::state::edit::TextEdit;
use crate::console::state::overlay::{Ask, Editor, What, Writing};
use crate::model::command::Verb;
use crate::model::ids::ItemKey;

pub(super) fn limit(app: &App) -> usize {
    app.session
        .info
        .as_ref()
        .map_or(16 * 1024, |info| info.text_bytes)
}

/// Opens the editor with the draft that was kept for these items.
pub(super) fn note(app: &mut App, items: Vec<ItemKey>, press: KeyPress) {
    let draft = app.drafts.take(&items);
    let text = TextEdit::block(limit(app)).with(draft.as_deref().unwrap_or_default());
    if draft.is_some() {
        app.say("Your draft is back.");
    }
    let writing = Writing::Note;
    let editor = Editor {
        items,
        writing,
        text,
    };
    push(app, What::Editor(editor), press);
}

/// Opens the editor for the note of the question on top.
pub(super) fn shared(app: &mut App, note: &str, press: KeyPress) {
    let text = TextEdit::block(limit(app)).with(note);
    let editor = Editor {
        items: Vec::new(),
        writing: Writing::Note,
        text,
    };
    push(app, What::Editor(editor), press);
}

/// A key in the editor on top.
pub(super) fn act(app: &mut App, action: Action, press: KeyPress) -> Vec<Effect> {
    match action {
        Action::Submit => return submit(app, press),
        Action::Cancel => {
            if let Some(What::Editor(editor)) = app.overlays.pop().map(|o| o.what) {
                keep(app, editor);
            }
        }
        _ => {
            let (width, height) = app.layout().editor();
            let page = isize::try_from(height).unwrap_or(1).max(1);
            if let Some(What::Editor(editor)) = app.overlays.last_mut().map(|o| &mut o.what) {
                let text = &mut editor.text;
                match action {
                    Action::CursorUp => text.step_rows(width, -1),
                    Action::CursorDown => text.step_rows(width, 1),
                    Action::PageUp => text.step_rows(width, -page),
                    Action::PageDown => text.step_rows(width, page),
                    Action::ToStart => text.to_start(),
                    Action::ToEnd => text.to_end(),
                    action => prompts::edit(text, action),
                }
            }
        }
    }
    Vec::new()
}

fn keep(app: &mut App, editor: Editor) {
    if editor.items.is_empty() {
        return;
    }
    if !editor.text.is_blank() {
        app.say("The draft is kept.");
    }
    match (editor.writing, editor.items.as_slice()) {
        (Writing::Reply { .. }, [key]) => app.drafts.keep_reply(*key, editor.text.text()),
        _ => app.drafts.keep(editor.items, editor.text.text()),
    }
}

fn submit(app: &mut App, press: KeyPress) -> Vec<Effect> {
    let Some(What::Editor(editor)) = app.overlays.pop().map(|overlay| overlay.what) else {
        return Vec::new();
    };
    if let Writing::Reply { .. } = editor.writing {
        return replies::submit(app, editor, press);
    }
    let words = editor.text.text();
    let note = words.trim().into();
    if editor.items.is_empty() {
        if let Some(top) = app.overlays.last_mut()
            && let What::Confirm(confirm) = &mut top.what
            && let Ask::Do(plan) = &mut confirm.ask
        {
            plan.note = note;
            top.opened_at = press.at;
        }
        return Vec::new();
    }
    if editor.text.is_blank() {
        app.refuse("There is nothing to note.");
        return Vec::new();
    }
    // Kept until it is sent: a refusal or a "no" must not cost the words.
    app.drafts.keep(editor.items.clone(), words.clone());
    // The whole sequence opened the question, so that its last key may answer.
    let press = KeyPress {
        chord: Chord::ctrl('x'),
        ..press
    };
    let effects = send::noted(app, Verb::Note, &editor.items, note, press);
    if !effects.is_empty() {
        app.drafts.take(&editor.items);
    }
    effects
}
