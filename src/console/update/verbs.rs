//! The triage keys: which items, which argument, and then [`send`].

use super::{claims, editors, folds, forms, keys::push, pickers, prompts, replies, send};
use crate::console::action::Action;
use crate::console::effect::Effect;
use crate::console::keymap::{Context, table};
use crate::console::msg::KeyPress;
use crate::console::state::App;
use crate::console::state::lately::{self, Last};
use crate::console::state::overlay::picker::Purpose;
use crate::console::state::overlay::{Ask, Confirm, What};
use crate::model::command::Verb;
use crate::model::ids::{CommandId, ItemKey};

/// A triage key. A held key does nothing more than the first press.
pub(super) fn act(app: &mut App, action: Action, press: KeyPress) -> Vec<Effect> {
    use Action as A;
    if press.repeat {
        return Vec::new();
    }
    match action {
        A::Undo => return undo(app, press),
        A::Redo => return whole(app, Verb::Redo, press),
        A::ResolveAll => {
            resolve_all(app, press);
            return Vec::new();
        }
        _ => {}
    }
    let Some(items) = targets(app, action) else {
        return Vec::new();
    };
    match action {
        A::Take => return send::start(app, Verb::Take, &items, press),
        A::Acknowledge => return send::start(app, Verb::Acknowledge, &items, press),
        A::Release => return send::start(app, Verb::Release, &items, press),
        A::Reopen => return send::start(app, Verb::Reopen, &items, press),
        A::Priority(n) => {
            let priority = (n > 0).then_some(n);
            return send::start(app, Verb::Prioritise { priority }, &items, press);
        }
        A::Repeat => return repeat(app, &items, press),
        A::Merge => merge(app, items, press),
        A::Split => split(app, &items, press),
        A::Assign => pickers::open(app, Purpose::Assign, items, press),
        A::Resolve => pickers::open(app, Purpose::Resolve, items, press),
        A::Snooze => pickers::open(app, Purpose::Snooze, items, press),
        A::Tags => pickers::open(app, Purpose::Tag, items, press),
        A::Feedback => pickers::open(app, Purpose::Feedback, items, press),
        A::ConfirmClaim | A::RejectClaim => return claims::judge(app, action, &items, press),
        A::Escalate => prompts::escalate(app, items, press),
        A::Note => editors::note(app, items, press),
        _ if action.is_answer() => return replies::act(app, action, &items, press),
        A::Suppress => forms::suppress(app, &items, press),
        _ => {}
    }
    Vec::new()
}

/// The marked items in the order of the rows, or the one under the cursor with
/// the copies that its row stands for.
/// While following there is none: the first press freezes and says so, for the
/// row under the eye may have moved.
fn targets(app: &mut App, action: Action) -> Option<Vec<ItemKey>> {
    if !app.marks.is_empty() {
        let rows = app.stream.rows.iter().filter(|key| app.marks.has(key));
        let mut keys: Vec<ItemKey> = rows.copied().collect();
        let others: Vec<ItemKey> = app
            .marks
            .keys()
            .filter(|key| !keys.contains(key))
            .copied()
            .collect();
        keys.extend(others);
        return Some(keys);
    }
    if let Some(key) = app.stream.selected() {
        // An answer goes to one person.
        return Some(if action.is_answer() {
            vec![key]
        } else {
            app.floor.under(&key)
        });
    }
    app.stream.freeze();
    let key = app.settings.keymap.first(Context::Floor, action);
    let name = table::name_of(action);
    match (app.selected().map(|item| item.id), key) {
        (Some(id), Some(key)) => app.say(format!("Frozen on {id}: {key} again to {name} it.")),
        (Some(id), None) => app.say(format!("Frozen on {id}.")),
        (None, _) => app.say("There is no item here."),
    }
    None
}

/// Takes back what was done in the last minute at once; what is older is named
/// and asked about.
fn undo(app: &mut App, press: KeyPress) -> Vec<Effect> {
    let (command, says) = match lately::of(app) {
        _ if app.replay.is_some() => return whole(app, Verb::Undo, press),
        Last::Fresh => return whole(app, Verb::Undo, press),
        Last::Older(command, says) => (Some(command), says),
        Last::Before => (None, "what you did before this console began.".to_owned()),
    };
    push(
        app,
        What::Confirm(Confirm::of(Ask::Undo(command, says))),
        press,
    );
    Vec::new()
}

/// Undo was agreed to: of that act, and of none that came after it.
pub(super) fn undone(app: &mut App, asked: Option<CommandId>, press: KeyPress) -> Vec<Effect> {
    match (lately::of(app), asked) {
        (Last::Older(now, _), Some(asked)) if now == asked => {}
        (Last::Before, None) => {}
        _ => {
            let key = app.settings.keymap.first(Context::Floor, Action::Undo);
            let key = key.unwrap_or_else(|| ":undo".to_owned());
            app.refuse(format!(
                "Something else is your last act by now: {key} again to take that back."
            ));
            return Vec::new();
        }
    }
    whole(app, Verb::Undo, press)
}

/// A verb that is about no item in particular.
fn whole(app: &mut App, verb: Verb, press: KeyPress) -> Vec<Effect> {
    match send::plan(app, verb, &[]) {
        Some(plan) => send::now(app, plan, press),
        None => Vec::new(),
    }
}

fn resolve_all(app: &mut App, press: KeyPress) {
    app.stream.freeze();
    let items = folds::under(app, &app.stream.rows);
    if items.is_empty() {
        app.say("There is no item here.");
    } else {
        pickers::open(app, Purpose::ResolveAll, items, press);
    }
}

fn repeat(app: &mut App, items: &[ItemKey], press: KeyPress) -> Vec<Effect> {
    if let Some((verb, note)) = app.work.last.clone() {
        return send::noted(app, verb, items, note, press);
    }
    app.say("There is nothing to repeat yet.");
    Vec::new()
}

/// The marked into the one under the cursor.
fn merge(app: &mut App, mut items: Vec<ItemKey>, press: KeyPress) {
    if let Some(into) = app.stream.selected() {
        items.retain(|key| *key != into);
        items.insert(0, into);
    }
    if items.len() < 2 {
        app.say("Mark what is to be merged (Space), then press m on the one to keep.");
        return;
    }
    if let Some(plan) = send::plan(app, Verb::Merge, &items) {
        send::ask(app, plan, press);
    }
}

/// What was merged into the item comes out again.
fn split(app: &mut App, items: &[ItemKey], press: KeyPress) {
    let board = &app.floor.board;
    let members: Vec<ItemKey> = items
        .iter()
        .filter_map(|key| board.item(key))
        .flat_map(|item| {
            if item.triage.merged_into.is_some() {
                vec![item.key]
            } else {
                item.members.to_vec()
            }
        })
        .collect();
    if members.is_empty() {
        app.say("Nothing was merged into it.");
        return;
    }
    if let Some(plan) = send::plan(app, Verb::Split, &members) {
        push(app, What::Confirm(Confirm::plan(plan)), press);
    }
}
