//! From a decided verb to a command: at once for one item, after a question
//! for many, or where something would be lost.

use super::keys::push;
use super::replay;
use crate::console::effect::Effect;
use crate::console::msg::KeyPress;
use crate::console::state::overlay::{Confirm, What};
use crate::console::state::plan::{Actor, Plan};
use crate::console::state::{App, loss};
use crate::model::command::{Command, Verb, VerbName};
use crate::model::ids::ItemKey;
use crate::text::Untrusted;

/// Items of one command at the most, so that it fits a message of the wire.
const MOST_TARGETS: usize = 10_000;

/// A verb with its items: one goes out at once, many are asked about, and so is
/// what would leave a draft or somebody who waits.
pub(super) fn start(app: &mut App, verb: Verb, keys: &[ItemKey], press: KeyPress) -> Vec<Effect> {
    noted(app, verb, keys, Untrusted::default(), press)
}

/// The same with a note.
pub(super) fn noted(
    app: &mut App,
    verb: Verb,
    keys: &[ItemKey],
    note: Untrusted,
    press: KeyPress,
) -> Vec<Effect> {
    let Some(mut plan) = plan(app, verb, keys) else {
        return Vec::new();
    };
    plan.note = note;
    if plan.targets.len() == 1 && loss::of(app, &plan).is_empty() {
        return now(app, plan, press);
    }
    ask(app, plan, press);
    Vec::new()
}

/// What the verb would do; refused here when it can't go out at all.
pub(super) fn plan(app: &mut App, verb: Verb, keys: &[ItemKey]) -> Option<Plan> {
    if app.replay.is_some() {
        replay::refuse(app);
        return None;
    }
    let Some(me) = app.session.me() else {
        app.refuse("Not connected yet: nobody knows who you are.");
        return None;
    };
    let role = app.session.role();
    if !role.may(verb.name()) {
        let (role, word) = (role.word(), verb.name().word());
        app.refuse(format!("The role of {role} can look and not {word}."));
        return None;
    }
    if keys.len() > MOST_TARGETS {
        app.refuse(format!(
            "{} items at once are too many; narrow them to {MOST_TARGETS}.",
            keys.len()
        ));
        return None;
    }
    Some(Plan::of(
        verb,
        keys,
        &app.floor.board,
        Actor { officer: me, role },
    ))
}

/// Asks before.
pub(super) fn ask(app: &mut App, plan: Plan, press: KeyPress) {
    push(app, What::Confirm(Confirm::plan(plan)), press);
}

/// Sends it.
pub(super) fn now(app: &mut App, plan: Plan, press: KeyPress) -> Vec<Effect> {
    let name = plan.verb.name();
    let command = Command {
        id: press.id,
        verb: plan.verb,
        targets: plan.targets,
        note: plan.note,
    };
    let repeatable = !matches!(
        name,
        VerbName::Undo
            | VerbName::Redo
            | VerbName::Suppress
            | VerbName::Unsuppress
            | VerbName::Merge
            | VerbName::Split
    );
    if repeatable {
        app.work.last = Some((command.verb.clone(), command.note.clone()));
    }
    app.stream.returning = None;
    if matches!(
        name,
        VerbName::Resolve | VerbName::Snooze | VerbName::Suppress
    ) {
        app.stream.leaving = app.stream.selected();
    }
    if command.targets.len() > 1 {
        app.marks.clear();
    }
    let queued = !app.link.is_up();
    app.work.began(&command, queued);
    if queued {
        app.say("Queued: it goes out when the link is back.");
    }
    vec![Effect::Send(command)]
}
