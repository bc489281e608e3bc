//! The words of refusals: one sentence each, made of our own words, names and
//! numbers, so that it may be shown as it is.

use std::time::Duration;

use super::Acting;
use crate::model::command::{Refusal, RefusalCode, VerbName};
use crate::model::item::Item;
use crate::model::officer::Role;
use crate::model::outgoing::{Act, Outgoing, Stage};
use crate::model::time::Timestamp;
use crate::model::triage::{Assignee, State};

/// Below this, somebody was faster; above it, somebody has had it.
const JUST_NOW: Duration = Duration::from_secs(10);

/// How long ago, in the largest unit that fits: "0.4 s", "3 min", "2 h".
fn ago(at: Timestamp, now: Timestamp) -> String {
    span(now.since(at))
}

/// A span, likewise.
pub(super) fn span(span: Duration) -> String {
    let s = span.as_secs();
    match s {
        0..10 => format!("{}.{} s", s, span.subsec_millis() / 100),
        10..60 => format!("{s} s"),
        60..3600 => format!("{} min", s / 60),
        3600..86_400 => format!("{} h", s / 3600),
        _ => format!("{} d", s / 86_400),
    }
}

/// The role does not reach.
pub(super) fn role(role: Role, verb: VerbName) -> Refusal {
    Refusal::new(
        RefusalCode::Role,
        format!("A {} may look but not {}.", role.word(), verb.word()),
    )
}

/// Not there, or not the officer's to see; the same words for both.
pub(super) fn unknown() -> Refusal {
    Refusal::new(RefusalCode::Unknown, "There is no such item on your desks.")
}

/// Somebody else has it.
pub(super) fn held(item: &Item, acting: &Acting<'_>) -> Refusal {
    let now = acting.now;
    let says = match &item.triage.state {
        State::Taken { by, at } if now.since(*at) < JUST_NOW => {
            format!("{by} took it {} before you.", ago(*at, now))
        }
        State::Taken { by, at } => format!("{by} has had it for {}.", ago(*at, now)),
        State::Assigned { to, by, at, .. } if now.since(*at) < JUST_NOW => {
            format!("{by} assigned it to {to} {} before you.", ago(*at, now))
        }
        State::Assigned { to, at, .. } => {
            format!("It has been assigned to {to} for {}.", ago(*at, now))
        }
        _ => "Somebody else has it.".to_owned(),
    };
    let holder = match item.triage.holder() {
        Some(Assignee::Officer(officer)) => Some(officer),
        _ => None,
    };
    Refusal {
        code: RefusalCode::Held,
        says,
        holder,
    }
}

/// It already is so.
pub(super) fn already(item: &Item, verb: VerbName, acting: &Acting<'_>) -> Refusal {
    let me = &acting.officer.id;
    let since = |at: &Timestamp| ago(*at, acting.now);
    let says = match &item.triage.state {
        State::Resolved { by: None, at, .. } => {
            format!("Its source ended it {} ago.", since(at))
        }
        State::Resolved {
            by: Some(by), at, ..
        } => {
            format!("{} resolved it {} ago.", you_or(by, me), since(at))
        }
        State::Acknowledged { by, at, .. } if verb == VerbName::Acknowledge => {
            format!("{} acknowledged it {} ago.", you_or(by, me), since(at))
        }
        State::Taken { .. } => "You have it already.".to_owned(),
        State::Assigned { to, .. } if verb == VerbName::Assign => {
            format!("It is assigned to {to} already.")
        }
        State::Assigned { .. } => "It is assigned to you already.".to_owned(),
        _ => "It is so already.".to_owned(),
    };
    Refusal::new(RefusalCode::Already, says)
}

fn you_or(by: &crate::model::ids::OfficerId, me: &crate::model::ids::OfficerId) -> String {
    if by == me {
        "You".to_owned()
    } else {
        by.to_string()
    }
}

/// It makes no sense as the item stands.
pub(super) fn senseless(item: &Item, verb: VerbName) -> Refusal {
    let says = match (verb, &item.triage.state) {
        (VerbName::Reopen, _) => "It is not resolved.".to_owned(),
        (_, State::Resolved { .. }) => {
            format!("It is resolved: reopen it to {} it.", verb.word())
        }
        (VerbName::Release, _) => "Nobody has it, so it can't be released.".to_owned(),
        (_, State::Assigned { to, .. }) => format!("It is assigned to {to}: take it to answer."),
        _ => format!("It can't {} as it stands.", verb.word()),
    };
    Refusal::new(RefusalCode::State, says)
}

/// It went into another item.
pub(super) fn merged(head: Option<&Item>, verb: VerbName) -> Refusal {
    let into = head.map_or_else(|| "another item".to_owned(), |head| head.id.to_string());
    Refusal::new(
        RefusalCode::State,
        format!(
            "It was merged into {into}: {} that one, or split this one out.",
            verb.word()
        ),
    )
}

/// It is not what the officer saw.
pub(super) fn stale(item: &Item, acting: &Acting<'_>) -> Refusal {
    let says = match last_act(item, acting) {
        Some(act) => format!("It changed since you looked: {act}."),
        None => "It changed since you looked: look again.".to_owned(),
    };
    Refusal::new(RefusalCode::Stale, says)
}

/// Something is on its way out already.
pub(super) fn on_its_way(open: &Outgoing, acting: &Acting<'_>) -> Refusal {
    let who = you_or(&open.by, &acting.officer.id);
    let noun = open.act.noun();
    let says = match open.stage {
        Stage::Cut => {
            format!("A {noun} of {who} was cut by a restart: send it or take it back first.")
        }
        _ => format!("A {noun} of {who} is on its way out here: wait, or take it back first."),
    };
    Refusal::new(RefusalCode::Held, says)
}

/// It has left, so it can't be taken back.
pub(super) fn has_left(last: &Outgoing, acting: &Acting<'_>) -> Refusal {
    let noun = last.act.noun();
    let says = match &last.stage {
        Stage::Sent { at, .. } if last.act == Act::Silence => format!(
            "The {noun} left {} ago; :end-silence ends it.",
            ago(*at, acting.now)
        ),
        Stage::Leaving { .. } => format!("The {noun} is leaving now; it can't be taken back."),
        Stage::Sent { at, .. } => format!(
            "The {noun} left {} ago; it can't be taken back.",
            ago(*at, acting.now)
        ),
        Stage::Unsure { .. } => format!("The {noun} may have left; it can't be taken back."),
        _ => format!("The {noun} did not leave; there is nothing to take back."),
    };
    Refusal::new(RefusalCode::State, says)
}

/// It is not as the command left it, so undo or redo would undo somebody else.
pub(super) fn moved_on(item: &Item, acting: &Acting<'_>) -> Refusal {
    let says = match last_act(item, acting) {
        Some(act) => format!("It changed since: {act}."),
        None => "It changed since; it stays as it is.".to_owned(),
    };
    Refusal::new(RefusalCode::Stale, says)
}

/// The last step that changed where the item stands, told in short.
fn last_act(item: &Item, acting: &Acting<'_>) -> Option<String> {
    let step = item.trail.iter().rev().find(|step| step.moved())?;
    // What follows the colon (a reason, a tag) is detail.
    let did = step.did.split(':').next().unwrap_or_default();
    Some(format!(
        "{} {did} {} ago",
        step.by,
        ago(step.at, acting.now)
    ))
}
