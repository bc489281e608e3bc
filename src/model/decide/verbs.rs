//! The verbs about one item: acknowledge, take, release, assign, escalate,
//! snooze, resolve, reopen, prioritise, tag and note, on one or many; those about
//! what was read are `judged`'s.
//!
//! Whether the state allows it was looked up before; here is what is refused
//! beyond the table, and the facts.

use super::command::Sheet;
use super::{Acting, Decision, judged, sentences};
use crate::model::command::{Refusal, RefusalCode, Verb, VerbName};
use crate::model::event::Body;
use crate::model::item::Item;
use crate::model::triage::{Assignee, State};

/// The highest level of escalation.
const TOP_LEVEL: u8 = 9;

/// Decides the verb for each target.
pub(super) fn each(mut sheet: Sheet<'_>) -> Decision {
    for target in sheet.targets() {
        let admitted = sheet
            .admit(&target)
            .and_then(|item| Ok((item, body(&sheet.command.verb, item, sheet.acting)?)));
        match admitted {
            Err(refusal) => sheet.refuse(target.key, refusal),
            Ok((item, body)) => {
                if let Some(body) = body {
                    with_members(&mut sheet, item, &body);
                    sheet.fact(item, body);
                }
                sheet.accept(item);
            }
        }
    }
    sheet.done()
}

/// Resolving or reopening the head of a group goes for its members too.
fn with_members(sheet: &mut Sheet<'_>, head: &Item, body: &Body) {
    let closes = matches!(body, Body::ItemResolved { .. });
    if !closes && !matches!(body, Body::ItemReopened) {
        return;
    }
    let board = sheet.board;
    for member in head.members.iter().filter_map(|key| board.item(key)) {
        if matches!(member.triage.state, State::Resolved { .. }) != closes {
            sheet.fact(member, body.clone());
        }
    }
}

/// The fact of a verb; none for a note, which is the command's own.
fn body(verb: &Verb, item: &Item, acting: &Acting<'_>) -> Result<Option<Body>, Refusal> {
    Ok(Some(match verb {
        Verb::Acknowledge => Body::ItemAcknowledged {
            until: acting.now.plus(acting.ack_rest),
        },
        Verb::Take => Body::ItemTaken,
        Verb::Release => Body::ItemReleased,
        Verb::Assign { to, answer_by } => {
            if is_assigned(item, to, *answer_by) {
                return Err(sentences::already(item, VerbName::Assign, acting));
            }
            Body::ItemAssigned {
                to: to.clone(),
                answer_by: *answer_by,
            }
        }
        Verb::Escalate { reason } => {
            if item.triage.level >= TOP_LEVEL {
                return Err(Refusal::new(
                    RefusalCode::Already,
                    format!("It is at level {TOP_LEVEL} already, the highest."),
                ));
            }
            Body::ItemEscalated {
                level: item.triage.level + 1,
                reason: reason.clone(),
            }
        }
        Verb::Snooze { wake } => {
            let known = item.triage.snooze.as_ref();
            if known.is_some_and(|snooze| snooze.wake == *wake) {
                let says = "It sleeps until then already.";
                return Err(Refusal::new(RefusalCode::Already, says));
            }
            Body::ItemSnoozed { wake: *wake }
        }
        Verb::Resolve { reason } => Body::ItemResolved { reason: *reason },
        Verb::Reopen => Body::ItemReopened,
        Verb::Prioritise { priority } => {
            if *priority == item.triage.priority {
                let says = match priority {
                    Some(priority) => format!("Its priority is {priority} already."),
                    None => "It has no priority already.".to_owned(),
                };
                return Err(Refusal::new(RefusalCode::Already, says));
            }
            Body::ItemPrioritised {
                priority: *priority,
            }
        }
        Verb::Tag { add, remove } => tagged(item, add, remove)?,
        Verb::ConfirmClaim { claim } => judged::claim(item, (claim, true), acting)?,
        Verb::RejectClaim { claim } => judged::claim(item, (claim, false), acting)?,
        Verb::Feedback { feedback } => judged::feedback(item, *feedback)?,
        _ => return Ok(None),
    }))
}

fn is_assigned(item: &Item, to: &Assignee, by: Option<crate::model::time::Timestamp>) -> bool {
    match &item.triage.state {
        State::Taken { by: holder, .. } => *to == Assignee::Officer(holder.clone()),
        State::Assigned {
            to: known,
            answer_by,
            ..
        } => known == to && *answer_by == by,
        _ => false,
    }
}

/// Only what changes goes into the fact.
fn tagged(
    item: &Item,
    add: &[crate::model::ids::Tag],
    remove: &[crate::model::ids::Tag],
) -> Result<Body, Refusal> {
    let has = |tag: &&crate::model::ids::Tag| item.triage.tags.contains(*tag);
    let mut added: Vec<_> = add.iter().filter(|tag| !has(tag)).cloned().collect();
    let mut removed: Vec<_> = remove.iter().filter(has).cloned().collect();
    added.sort();
    added.dedup();
    removed.sort();
    removed.dedup();
    if added.is_empty() && removed.is_empty() {
        let says = if remove.is_empty() {
            "It has these tags already."
        } else if add.is_empty() {
            "It has none of these tags."
        } else {
            "Its tags are so already."
        };
        return Err(Refusal::new(RefusalCode::Already, says));
    }
    Ok(Body::ItemTagged { added, removed })
}
