//! Questions: about many items, and before closing.

use super::{editors, keys::push, replies, send, verbs};
use crate::console::action::Action;
use crate::console::effect::Effect;
use crate::console::msg::KeyPress;
use crate::console::state::App;
use crate::console::state::overlay::{Ask, Confirm, What};
use crate::model::command::Verb;
use crate::model::triage::State;

fn top(app: &mut App) -> Option<&mut Confirm> {
    match app.overlays.last_mut().map(|overlay| &mut overlay.what) {
        Some(What::Confirm(confirm)) => Some(confirm),
        _ => None,
    }
}

/// Closes, or asks when something would be left behind.
pub(super) fn quit(app: &mut App, press: KeyPress) -> Vec<Effect> {
    let me = app.session.me();
    let held = app
        .floor
        .board
        .items()
        .filter(|item| item.is_open())
        .filter(|item| matches!(&item.triage.state, State::Taken { by, .. } if Some(by) == me))
        .count();
    let queued = app.work.queued().count();
    // What is kept over a restart is not lost.
    let drafts = if app.settings.keeps {
        0
    } else {
        app.drafts.len()
    };
    if held + queued + drafts == 0 || app.replay.is_some() {
        return vec![Effect::Quit];
    }
    let ask = Ask::Quit {
        held,
        queued,
        drafts,
    };
    push(app, What::Confirm(Confirm::of(ask)), press);
    Vec::new()
}

/// A key at the question on top.
pub(super) fn act(app: &mut App, action: Action, press: KeyPress) -> Vec<Effect> {
    match action {
        Action::Cancel => {
            app.overlays.pop();
        }
        Action::Confirm => return confirm(app, press),
        Action::Note => {
            let note = top(app).and_then(|confirm| match &confirm.ask {
                Ask::Do(plan) if !plan.targets.is_empty() => {
                    Some(plan.note.as_evidence().to_owned())
                }
                _ => None,
            });
            if let Some(note) = note {
                editors::shared(app, &note, press);
            }
        }
        _ => {}
    }
    Vec::new()
}

/// A digit of the count; anything else starts it anew.
pub(super) fn digit(app: &mut App, letter: char) {
    if let Some(confirm) = top(app).filter(|confirm| confirm.count.is_some()) {
        if letter.is_ascii_digit() && confirm.typed.len() < 6 {
            confirm.typed.push(letter);
        } else {
            confirm.typed.clear();
        }
    }
}

fn confirm(app: &mut App, press: KeyPress) -> Vec<Effect> {
    if !top(app).is_some_and(|confirm| confirm.is_counted()) {
        app.refuse("Type the count first, then y.");
        return Vec::new();
    }
    let Some(What::Confirm(confirm)) = app.overlays.pop().map(|overlay| overlay.what) else {
        return Vec::new();
    };
    match confirm.ask {
        Ask::Quit { .. } => vec![Effect::Quit],
        Ask::Undo(command, _) => verbs::undone(app, command, press),
        Ask::Do(plan) => {
            // The note that was written for these items goes out now.
            if plan.verb == Verb::Note {
                let keys: Vec<_> = plan.targets.iter().map(|target| target.key).collect();
                app.drafts.take(&keys);
            }
            match plan.verb {
                Verb::Send { act, .. } => replies::agreed(app, act, plan, press),
                _ => send::now(app, plan, press),
            }
        }
    }
}
