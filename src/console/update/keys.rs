//! From a key to an action: sequences, what lies on top, typed letters, and
//! the guards around questions.

use std::time::Duration;

use super::{
    claims, commands, copy, deaf, editors, forms, lock, marks, moves, pages, palette, pickers,
    prompts, questions, replay, search, themes, verbs, views,
};
use crate::console::action::Action;
use crate::console::effect::Effect;
use crate::console::keymap::{Context, Meaning};
use crate::console::msg::KeyPress;
use crate::console::state::overlay::{Overlay, What};
use crate::console::state::{App, Waiting};

/// Keys that were on their way when a question opened are not its answer.
const DEAF: Duration = Duration::from_millis(250);
/// The same key again this soon is a key that is held down, on a terminal that
/// does not tell.
const HELD: Duration = Duration::from_millis(120);

/// A key went down.
pub(super) fn pressed(app: &mut App, mut press: KeyPress) -> Vec<Effect> {
    let last = app.last_key.replace((press.chord, press.at));
    let again = last.is_some_and(|(chord, at)| chord == press.chord && press.at < at.plus(HELD));
    let context = app.context();
    if context == Context::Confirm {
        // Digits are typed, and some counts have the same one twice.
        let digit = press.chord.written().is_some_and(|c| c.is_ascii_digit());
        press.repeat |= again && !digit;
        if is_guarded(app, press) {
            return Vec::new();
        }
    }
    if deaf::swallows(app, press) {
        return Vec::new();
    }
    if !press.repeat {
        app.notice = None;
    }
    app.begun.push(press.chord);
    let meaning = app.settings.keymap.meaning(context, &app.begun);
    let action = match meaning {
        Meaning::Begun => {
            app.waiting.get_or_insert(Waiting {
                since: press.at,
                shown: false,
            });
            return Vec::new();
        }
        Meaning::Is(action) => Some(action),
        Meaning::Nothing => None,
    };
    app.waiting = None;
    let begun = std::mem::take(&mut app.begun);
    match (context, action) {
        (Context::Floor, Some(action)) => {
            let effects = act(app, action, press);
            deaf::after(app, action, press);
            effects
        }
        (Context::Floor, None) => Vec::new(),
        (_, Some(Action::Choose)) if is_early(app, press) => Vec::new(),
        (_, Some(action)) => on_top(app, action, press),
        // A sequence that leads nowhere writes nothing either.
        (_, None) if begun.len() > 1 => Vec::new(),
        (_, None) => written(app, press),
    }
}

/// Pasted text is never keys: it goes into what is typed, or nowhere.
pub(super) fn pasted(app: &mut App, text: &str) {
    match app.overlays.last_mut().map(|overlay| &mut overlay.what) {
        Some(What::Editor(editor)) => {
            let left_out = editor.text.paste(text);
            if left_out > 0 {
                app.say(format!("Pasted; characters left out: {left_out}."));
            }
        }
        Some(What::Prompt(_)) => prompts::paste(app, text),
        Some(What::Form(_)) => forms::insert(app, text),
        Some(What::Picker(_)) => pickers::paste(app, text),
        Some(What::Palette(_)) => palette::insert(app, text),
        Some(What::Page(_)) => pages::insert(app, text),
        Some(What::Found | What::Claims(_) | What::Confirm(_)) => {}
        None => app.say("Pasted text is not read as keys."),
    }
}

fn is_guarded(app: &App, press: KeyPress) -> bool {
    app.overlays.last().is_some_and(|overlay| {
        press.repeat
            || press.at < overlay.opened_at.plus(DEAF)
            || overlay.opened_by == Some(press.chord)
    })
}

/// Whether the list was not there yet when Enter was pressed: whoever pressed it
/// meant something else. A choice's own letter is known by heart.
fn is_early(app: &App, press: KeyPress) -> bool {
    app.overlays.last().is_some_and(|top| {
        let untyped = matches!(&top.what, What::Picker(picker) if picker.query.is_blank());
        untyped && press.at < top.opened_at.plus(DEAF)
    })
}

/// An action of the floor, by key or by name.
pub(super) fn act(app: &mut App, action: Action, press: KeyPress) -> Vec<Effect> {
    use Action as A;
    if action != A::Back {
        app.marks.clearing = false;
    }
    match action {
        A::NextQueue
        | A::PreviousQueue
        | A::SavedView(_)
        | A::AllItems
        | A::LastView
        | A::OlderView
        | A::NewerView => views::act(app, action),
        A::Mark | A::Range | A::MarkAll | A::ClearMarks => marks::act(app, action),
        A::Filter => prompts::filter(app, press),
        A::Search => prompts::search(app, press),
        A::NextMatch => return search::next(app, 1),
        A::PreviousMatch => return search::next(app, -1),
        A::Command => prompts::command(app, press),
        A::Palette => palette::open(app, press),
        A::Copy | A::CopyLink => return copy::act(app, action),
        A::History
        | A::Links
        | A::Watch
        | A::Channels
        | A::Queued
        | A::Notices
        | A::Status
        | A::Help => {
            pages::open(app, action, press);
        }
        A::Views | A::Asleep | A::Suppressions | A::Conversations => {
            pickers::open_list(app, action, press);
        }
        A::ReplayPause | A::ReplayStep | A::ReplayFaster | A::ReplaySlower => {
            return replay::act(app, action);
        }
        A::Resync if app.replay.is_some() => replay::refuse(app),
        A::Claims => claims::open(app, press),
        A::Theme => themes::open(app, press),
        A::Redraw => return vec![Effect::Redraw],
        A::Resync => {
            app.say("Fetching everything anew.");
            return vec![Effect::Resync];
        }
        A::Lock => return lock::close(app),
        A::Quit => return questions::quit(app, press),
        _ if is_verb(action) && app.replay.is_some() => replay::refuse(app),
        _ if is_verb(action) => return verbs::act(app, action, press),
        _ => moves::act(app, action),
    }
    Vec::new()
}

fn is_verb(action: Action) -> bool {
    use Action as A;
    matches!(
        action,
        A::Take
            | A::Acknowledge
            | A::Release
            | A::Assign
            | A::Escalate
            | A::Snooze
            | A::Suppress
            | A::Resolve
            | A::ResolveAll
            | A::Reopen
            | A::Priority(_)
            | A::Tags
            | A::Merge
            | A::Split
            | A::Note
            | A::Undo
            | A::Redo
            | A::Repeat
            | A::Feedback
            | A::ConfirmClaim
            | A::RejectClaim
    ) || action.is_answer()
}

/// An action of what lies on top.
pub(super) fn on_top(app: &mut App, action: Action, press: KeyPress) -> Vec<Effect> {
    let Some(top) = app.overlays.last() else {
        return Vec::new();
    };
    match &top.what {
        What::Page(_) => pages::act(app, action),
        What::Palette(_) => return palette::act(app, action, press),
        What::Found => return search::act(app, action, press),
        What::Claims(_) => return claims::act(app, action, press),
        What::Picker(_) => return pickers::act(app, action, press),
        What::Prompt(_) => return prompts::act(app, action, press),
        What::Editor(_) => return editors::act(app, action, press),
        What::Form(_) => forms::act(app, action, press),
        What::Confirm(_) => return questions::act(app, action, press),
    }
    Vec::new()
}

/// A key that is bound to nothing in what lies on top: it writes.
fn written(app: &mut App, press: KeyPress) -> Vec<Effect> {
    let Some(top) = app.overlays.last_mut() else {
        return Vec::new();
    };
    match &top.what {
        What::Page(page) if !page.is_typing() => return pages::floor_key(app, press),
        What::Found => return pages::floor_key(app, press),
        _ => {}
    }
    let Some(letter) = press.chord.written() else {
        return Vec::new();
    };
    let mut bytes = [0; 4];
    let text: &str = letter.encode_utf8(&mut bytes);
    match &mut top.what {
        What::Editor(editor) => editor.text.insert(text),
        What::Picker(_) => return pickers::letter(app, letter, press),
        What::Prompt(_) => prompts::insert(app, text),
        What::Form(_) => forms::insert(app, text),
        What::Confirm(_) => questions::digit(app, letter),
        What::Palette(_) => palette::insert(app, text),
        What::Page(_) => pages::insert(app, text),
        What::Found | What::Claims(_) => {}
    }
    Vec::new()
}

/// Puts something on top.
pub(super) fn push(app: &mut App, what: What, press: KeyPress) {
    app.overlays.push(Overlay {
        what,
        opened_at: press.at,
        opened_by: Some(press.chord),
    });
}

/// Runs a `:` line.
pub(super) fn run(app: &mut App, line: &str, press: KeyPress) -> Vec<Effect> {
    commands::run(app, line, press)
}
