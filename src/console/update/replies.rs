//! Answering people, and acting where an item came from.
//!
//! Nothing of it is sent while the screen may be old: the draft is kept and the
//! officer is told. What the hub refuses, a channel does not take or an officer takes
//! back is a draft again, with its words.

use super::editors;
use super::keys::push;
use super::send;
use crate::console::action::Action;
use crate::console::effect::Effect;
use crate::console::keymap::Context;
use crate::console::msg::KeyPress;
use crate::console::state::answer::{self, Measure};
use crate::console::state::edit::TextEdit;
use crate::console::state::overlay::picker::{Picker, Purpose};
use crate::console::state::overlay::{Editor, What, Writing, choices};
use crate::console::state::plan::Plan;
use crate::console::state::{App, until};
use crate::model::command::{Command, Target, Verb};
use crate::model::event::{Actor, Body, Event};
use crate::model::ids::ItemKey;
use crate::model::item::Item;
use crate::model::mark::Delivered;
use crate::model::outgoing::Act;
use crate::model::time::Timestamp;
use crate::text::Untrusted;

/// A key or name of this room.
pub(super) fn act(
    app: &mut App,
    action: Action,
    items: &[ItemKey],
    press: KeyPress,
) -> Vec<Effect> {
    let [key] = items else {
        app.refuse("An answer goes to one item: clear the marks (Esc Esc) and choose it.");
        return Vec::new();
    };
    let act = match action {
        Action::TakeOver => Act::TakeOver,
        Action::HandBack => Act::HandBack,
        Action::EndSilence => Act::EndSilence,
        Action::SourceAcknowledge => Act::Acknowledge,
        Action::SourceResolve => Act::Resolve,
        Action::Withdraw => return send::start(app, Verb::Withdraw, items, press),
        Action::Resend => return resend(app, items, press),
        action => {
            match action {
                Action::Reply => open(app, *key, None, press),
                Action::Canned => pick(app, *key, press),
                _ => app.say("Say until when: :silence 2h, with a reason behind it."),
            }
            return Vec::new();
        }
    };
    at_source(app, act, *key, (Untrusted::default(), None), press)
}

/// Why nothing may leave now, when the screen may be old.
fn stale(app: &App) -> Option<String> {
    if app.link.is_up() && app.link.behind == 0 {
        return None;
    }
    Some("What you see may be old, so nothing is sent; try again when it is live.".to_owned())
}

/// Opens the editor: with the words given, the draft that was kept, or what
/// did not reach anybody.
pub(super) fn open(app: &mut App, key: ItemKey, words: Option<String>, press: KeyPress) {
    let Some(item) = app.floor.board.item(&key) else {
        return;
    };
    if let Err(says) = may_reply(app, item) {
        app.refuse(says);
        return;
    }
    let version = item.triage.version;
    let unsent = answer::unsent(app, item).map(|one| one.text.as_evidence().to_owned());
    let draft = app.drafts.take_reply(&key);
    let came_back = draft.is_some() || (words.is_none() && unsent.is_some());
    let begin = match (draft, words) {
        (Some(draft), Some(words)) => format!("{draft}\n{words}"),
        (Some(words), None) | (None, Some(words)) => words,
        (None, None) => unsent.unwrap_or_default(),
    };
    if came_back {
        app.say("Your draft is back.");
    }
    let text = TextEdit::block(editors::limit(app)).with(&begin);
    let editor = Editor {
        items: vec![key],
        writing: Writing::Reply { version },
        text,
    };
    push(app, What::Editor(editor), press);
}

fn may_reply(app: &App, item: &Item) -> Result<(), String> {
    if app.replay.is_some() {
        return Err("This is a recording: nothing can be done to it.".to_owned());
    }
    answer::manner(app, item, Act::Reply)?;
    Ok(())
}

/// Whether an answer has to leave first: one at a time, so that nobody reads two
/// that do not know of each other.
fn on_its_way(item: &Item) -> Option<String> {
    let replies = item.outgoing.iter().filter(|one| one.act == Act::Reply);
    let open = replies.rev().find(|one| one.is_open())?;
    Some(format!(
        "An answer of {} has not left yet; yours waits here until it has.",
        open.by
    ))
}

/// Sends what is in the editor, which was taken off: put back when it can't be.
pub(super) fn submit(app: &mut App, editor: Editor, press: KeyPress) -> Vec<Effect> {
    let words = editor.text.text();
    let trimmed = words.trim();
    let key = editor.items.first().copied();
    let item = key.and_then(|key| app.floor.board.item(&key));
    let (Some(item), Writing::Reply { version }) = (item, editor.writing) else {
        return Vec::new();
    };
    let says = if trimmed.is_empty() {
        Some("A reply needs words: write some.".to_owned())
    } else {
        let over =
            answer::manner(app, item, Act::Reply).map(|manner| Measure::of(trimmed, manner, item));
        match over {
            Err(says) => Some(says),
            Ok(measure) if measure.over() > 0 => Some(format!("{}: shorten it.", measure.says())),
            Ok(_) => stale(app).or_else(|| on_its_way(item)),
        }
    };
    if let Some(says) = says {
        app.refuse(says);
        push(app, What::Editor(editor), press);
        return Vec::new();
    }
    let target = Target {
        key: item.key,
        version: Some(version),
    };
    let verb = Verb::Send {
        act: Act::Reply,
        text: trimmed.into(),
        until: None,
    };
    app.work.answers.insert(press.id, (item.key, words.clone()));
    out(app, verb, target, press)
}

/// An act at the place that the item came from.
fn at_source(
    app: &mut App,
    act: Act,
    key: ItemKey,
    (text, until): (Untrusted, Option<Timestamp>),
    press: KeyPress,
) -> Vec<Effect> {
    let Some(item) = app.floor.board.item(&key) else {
        return Vec::new();
    };
    let target = Target {
        key,
        version: Some(item.triage.version),
    };
    let verb = Verb::Send { act, text, until };
    // Back with the bot, somebody who asked for a person is alone again, and nothing
    // takes that back.
    if act == Act::HandBack && refused(app, act, key).is_none() {
        if let Some(plan) = send::plan(app, verb, &[key]) {
            send::ask(app, plan, press);
        }
        return Vec::new();
    }
    unless_refused(app, act, (verb, target), press)
}

/// An act that was asked about leaves, unless what was seen is old by now.
pub(super) fn agreed(app: &mut App, act: Act, plan: Plan, press: KeyPress) -> Vec<Effect> {
    let [target] = plan.targets[..] else {
        return Vec::new();
    };
    unless_refused(app, act, (plan.verb, target), press)
}

fn unless_refused(
    app: &mut App,
    act: Act,
    (verb, target): (Verb, Target),
    press: KeyPress,
) -> Vec<Effect> {
    match refused(app, act, target.key) {
        Some(says) => {
            app.refuse(says);
            Vec::new()
        }
        None => out(app, verb, target, press),
    }
}

/// Why an act can't leave now.
fn refused(app: &App, act: Act, key: ItemKey) -> Option<String> {
    let item = app.floor.board.item(&key)?;
    answer::manner(app, item, act).err().or_else(|| stale(app))
}

/// `:silence 2h reason`.
pub(super) fn silence(app: &mut App, words: &str, press: KeyPress) -> Vec<Effect> {
    let Some(key) = app.stream.selected() else {
        app.say("There is no item here.");
        return Vec::new();
    };
    let (span, reason) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    match until::moment(span, app.session.now, &app.session.zone()) {
        Err(error) => {
            app.refuse(error.to_string());
            Vec::new()
        }
        Ok(until) => {
            let with = (reason.trim().into(), Some(until));
            at_source(app, Act::Silence, key, with, press)
        }
    }
}

fn out(app: &mut App, verb: Verb, target: Target, press: KeyPress) -> Vec<Effect> {
    let Some(plan) = send::plan(app, verb, &[target.key]) else {
        app.work.answers.remove(&press.id);
        return Vec::new();
    };
    let command = Command {
        id: press.id,
        verb: plan.verb,
        targets: vec![target],
        note: Untrusted::default(),
    };
    app.work.began(&command, false);
    vec![Effect::Send(command)]
}

fn resend(app: &mut App, items: &[ItemKey], press: KeyPress) -> Vec<Effect> {
    match stale(app) {
        Some(says) => {
            app.refuse(says);
            Vec::new()
        }
        None => send::start(app, Verb::Resend, items, press),
    }
}

/// The kept replies to choose from.
fn pick(app: &mut App, key: ItemKey, press: KeyPress) {
    let Some(item) = app.floor.board.item(&key) else {
        return;
    };
    if let Err(says) = may_reply(app, item) {
        app.refuse(says);
        return;
    }
    let choices = choices::of(Purpose::Canned, &[key], app);
    if choices.is_empty() {
        app.refuse("No reply is kept ready: the operator's [[canned]] tables hold them.");
        return;
    }
    let picker = Picker::new(Purpose::Canned, vec![key], choices);
    push(app, What::Picker(picker), press);
}

/// The kept reply of that place was chosen.
pub(super) fn chosen(app: &mut App, key: ItemKey, nth: usize, press: KeyPress) {
    let Some(item) = app.floor.board.item(&key) else {
        return;
    };
    let Some(canned) = answer::canned(app, item).get(nth).copied() else {
        return;
    };
    let words = answer::filled(canned, app, item);
    open(app, key, Some(words), press);
}

/// The correction of a claim was chosen.
pub(super) fn corrected(app: &mut App, key: ItemKey, nth: usize, press: KeyPress) {
    let Some(item) = app.floor.board.item(&key) else {
        return;
    };
    let claims = item.reading.as_ref().map_or(&[][..], |r| &r.claims[..]);
    if let Some(words) = claims.get(nth).map(answer::correction) {
        open(app, key, Some(words), press);
    }
}

/// What became of messages of mine: taken back, the words are kept as a draft; not
/// sent, it is said loudly.
pub(super) fn happened(app: &mut App, event: &Event) {
    let (Some(key), me) = (event.key, app.session.me()) else {
        return;
    };
    let about = event.body.outgoing();
    let mine = |app: &App| {
        let item = app.floor.board.item(&key)?;
        let mut mine = item.outgoing.iter().filter(|one| Some(&one.by) == me);
        let one = mine.find(|one| Some(one.id) == about)?;
        Some((item.id, one.act, one.text.as_evidence().to_owned()))
    };
    let Some((id, act, words)) = mine(app) else {
        return;
    };
    let noun = act.noun();
    match &event.body {
        Body::OutgoingWithdrawn { .. } if matches!(&event.actor, Actor::Officer(by) if Some(by) == me) =>
        {
            if act != Act::Reply || words.is_empty() {
                app.say(format!("The {noun} to {id} was taken back; nothing left."));
            } else {
                // No editor opens by itself: the next key is meant for the floor,
                // and must not land in an answer.
                let is_here = app.stream.selected() == Some(key);
                app.drafts.keep_reply(key, words);
                let keymap = &app.settings.keymap;
                let key = keymap.first(Context::Floor, Action::Reply);
                let key = key.unwrap_or_else(|| ":reply".to_owned());
                app.say(if is_here {
                    format!("Taken back; nothing left. {key} opens your words again.")
                } else {
                    format!("The reply to {id} was taken back; {key} there opens its words.")
                });
            }
        }
        Body::OutgoingSent { .. } => app.say(format!("The {noun} to {id} was sent.")),
        Body::OutgoingFailed { .. } => {
            app.refuse(format!(
                "The {noun} to {id} was not sent: open it to see why."
            ));
        }
        Body::OutgoingMarked { mark, .. } if mark.status == Delivered::Failed => {
            app.refuse(format!(
                "The {noun} to {id} did not arrive: open it to see why."
            ));
        }
        Body::OutgoingUnsure { .. } => {
            app.refuse(format!(
                "The {noun} to {id} may have been sent: look before you send again."
            ));
        }
        Body::OutgoingCut { .. } => {
            app.refuse(format!(
                "The {noun} to {id} was held by a restart: :resend or :withdraw."
            ));
        }
        _ => {}
    }
}
