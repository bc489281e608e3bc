//! What would go wrong unseen if a verb were done now: an answer that was
//! written and not sent, somebody who waits for one.
//!
//! Asked before a verb about one item goes out without a question; told in the
//! question. Knows no keys and draws nothing.

use super::plan::Plan;
use super::{App, conversation, words};
use crate::model::command::Verb;
use crate::model::item::Item;
use crate::model::outgoing::Act;
use crate::model::severity::Severity;

/// What an officer should know before, as sentences; none: nothing is lost.
#[must_use]
pub fn of(app: &App, plan: &Plan) -> Vec<String> {
    let board = &app.floor.board;
    let items = || plan.targets.iter().filter_map(|t| board.item(&t.key));
    let ends = matches!(plan.verb, Verb::Resolve { .. });
    let sleeps = matches!(plan.verb, Verb::Snooze { .. });
    let written = items().filter(|item| ends && app.drafts.has(item.key));
    let left: Vec<&Item> = items()
        .filter(|item| sleeps && conversation::is_one(item))
        .filter(|item| conversation::waiting_since(item).is_some())
        .collect();
    let longest = left
        .iter()
        .filter_map(|item| conversation::waiting_since(item))
        .min();
    let hidden = items()
        .filter(|item| (sleeps || ends) && item.triage.is_unassigned())
        .filter(|item| item.urgency() == Severity::Critical)
        .count();
    let then = if ends { "resolved" } else { "asleep" };
    let hidden = match hidden {
        0 => None,
        1 => Some(format!(
            "It is critical and nobody has it: {then} it calls nobody."
        )),
        count => Some(format!(
            "{count} of them are critical and nobody has them: {then} they call nobody."
        )),
    };
    let drafts = match written.count() {
        0 => None,
        1 => Some("You wrote to it and did not send it: the draft stays yours.".to_owned()),
        count => Some(format!(
            "You wrote to {count} of them and did not send it: the drafts stay yours."
        )),
    };
    let waits = longest.map(|since| {
        let span = words::span(app.session.now.since(since));
        match left.len() {
            1 => format!("Somebody waits for an answer there, for {span} now."),
            count => format!("In {count} of them somebody waits for an answer, up to {span} now."),
        }
    });
    let alone = matches!(
        plan.verb,
        Verb::Send {
            act: Act::HandBack,
            ..
        }
    );
    let alone = alone.then(|| {
        "The bot answers there from now on, somebody who asked for a person; undo does not take that back.".to_owned()
    });
    let all = drafts.into_iter().chain(waits).chain(hidden);
    all.chain(alone).collect()
}
