//! What leaves the floor: who may send what, and each step on its way out.
//!
//! Owns the checks before a message is held (one at a time, the channel's
//! rules, nobody else's item) and which step may follow which. The sending
//! itself is the hub's; it asks here before each step, so that a message that
//! was taken back a moment ago does not leave.

use super::command::{Sheet, about};
use super::{Acting, Decision, sentences};
use crate::model::board::Board;
use crate::model::command::{Command, Refusal, RefusalCode, Verb};
use crate::model::event::{Body, Fact};
use crate::model::ids::{CommandId, ItemKey};
use crate::model::item::{Item, Kind, Speaker};
use crate::model::outgoing::{Act, Manner, Outgoing, Rules, Stage};
use crate::model::time::Timestamp;
use crate::model::triage::State;
use crate::text::Untrusted;

/// How long a text may be that a channel sets no limit for, in bytes.
pub const LONGEST: usize = 16 * 1024;

/// Why what was taken back takes no answer.
pub const GONE: &str =
    "It was taken back at the source, and with its words what an answer finds its way by.";

/// Why no silence can be ended.
pub const NOT_SILENT: &str = "No silence of the floor's is on here: none was made, or it is over.";

/// A step that the hub wants to take with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Its hold was cut by a restart.
    Cut,
    /// It leaves.
    Leave,
    /// The channel took it.
    Sent {
        /// What the channel calls it.
        external_id: Untrusted,
        /// Where it can be seen.
        url: Untrusted,
    },
    /// It surely has not left; again then.
    Delay {
        /// When.
        until: Timestamp,
        /// Why.
        why: Untrusted,
    },
    /// The channel refused it.
    Fail(Untrusted),
    /// It may have left.
    Doubt(Untrusted),
}

/// Decides an answer, or an act at the source.
pub(super) fn send(mut sheet: Sheet<'_>) -> Decision {
    for target in sheet.targets() {
        let admitted = sheet
            .admit(&target)
            .and_then(|item| Ok((item, held(sheet.command, item, sheet.acting)?)));
        match admitted {
            Err(refusal) => sheet.refuse(target.key, refusal),
            Ok((item, outgoing)) => {
                let takes = takes(item, outgoing.act);
                let outgoing = Box::new(outgoing);
                sheet.fact(item, Body::OutgoingHeld { outgoing });
                if takes {
                    sheet.fact(item, Body::ItemTaken);
                }
                sheet.accept(item);
            }
        }
    }
    sheet.done()
}

/// Whoever answers what is nobody's has it: two answers do not go out.
fn takes(item: &Item, act: Act) -> bool {
    matches!(act, Act::Reply | Act::TakeOver)
        && item.is_open()
        && matches!(item.triage.state, State::New | State::Acknowledged { .. })
}

fn held(command: &Command, item: &Item, acting: &Acting<'_>) -> Result<Outgoing, Refusal> {
    let Verb::Send { act, text, until } = &command.verb else {
        return Err(sentences::unknown());
    };
    let channel = &item.content.channel;
    if *act == Act::Reply && item.is_silenced() {
        return Err(Refusal::new(RefusalCode::State, GONE));
    }
    if *act == Act::EndSilence && item.silence(acting.now).is_none() {
        return Err(Refusal::new(RefusalCode::Already, NOT_SILENT));
    }
    let Some(manner) = acting.reach.manner(&item.content, *act) else {
        let says = match act {
            Act::Reply => format!("Channel {channel} takes no replies."),
            _ => format!("Channel {channel} knows no {}.", act.noun()),
        };
        return Err(Refusal::new(RefusalCode::State, says));
    };
    // A bot that is being silenced is no reason not to answer.
    let alike = |one: &&Outgoing| one.is_open() && (one.act == Act::Reply) == (*act == Act::Reply);
    if let Some(open) = item.outgoing.iter().find(alike) {
        return Err(sentences::on_its_way(open, acting));
    }
    fits(item, *act, text, manner)?;
    let hold = if act.is_held() {
        acting.reach.hold
    } else {
        std::time::Duration::ZERO
    };
    in_window(item, &manner.rules, acting.now.plus(hold))?;
    Ok(Outgoing {
        id: command.id,
        act: *act,
        text: text.clone(),
        until: *until,
        by: acting.officer.id.clone(),
        at: acting.now,
        stage: Stage::Held {
            until: acting.now.plus(hold),
        },
        mark: None,
    })
}

/// Whether the act makes sense here and its words fit.
fn fits(item: &Item, act: Act, text: &Untrusted, manner: &Manner) -> Result<(), Refusal> {
    let rules = &manner.rules;
    let invalid = |says: String| Err(Refusal::new(RefusalCode::Invalid, says));
    let wanted = match act {
        Act::Silence | Act::EndSilence | Act::Acknowledge => item.content.kind == Kind::Alert,
        Act::Resolve => item.content.kind != Kind::Mention,
        Act::TakeOver | Act::HandBack => item.content.kind == Kind::Escalation,
        Act::Reply => true,
        // Signs of the moment, which no log keeps.
        Act::Typing | Act::MarkRead => false,
    };
    if !wanted {
        let says = format!("A {} takes no {}.", item.content.kind.word(), act.noun());
        return Err(Refusal::new(RefusalCode::State, says));
    }
    let silent = item.bot_silent.is_some();
    if (act == Act::TakeOver && silent) || (act == Act::HandBack && !silent) {
        let says = if silent {
            "The bot is silent here already."
        } else {
            "The bot has not been silenced here."
        };
        return Err(Refusal::new(RefusalCode::Already, says));
    }
    if act == Act::Reply && text.as_evidence().trim().is_empty() {
        return invalid("A reply needs words: write some.".to_owned());
    }
    let answered = |one: &Outgoing| one.act == act && matches!(one.stage, Stage::Sent { .. });
    if rules.single_use && item.outgoing.iter().any(answered) {
        let says = "This channel takes one answer to each message, and it has been given.";
        return Err(Refusal::new(RefusalCode::Already, says));
    }
    let length = manner.length(&item.content, text.as_evidence());
    match rules.max_text {
        Some(max) if length > max => invalid(format!(
            "The text has {length} {unit}, the channel takes {max}: shorten it by {over}.",
            unit = rules.count.unit(),
            over = length - max,
        )),
        _ if text.len() > LONGEST => invalid(format!(
            "The text has {} bytes; {LONGEST} are the most: shorten it.",
            text.len()
        )),
        _ => Ok(()),
    }
}

/// Whether the channel still takes it when it leaves.
fn in_window(item: &Item, rules: &Rules, leaves: Timestamp) -> Result<(), Refusal> {
    let Some(closed) = closes(item, rules).filter(|closes| *closes < leaves) else {
        return Ok(());
    };
    let ago = sentences::span(leaves.since(closed));
    Err(Refusal::new(
        RefusalCode::State,
        format!("The time in which the channel takes a reply ended {ago} ago."),
    ))
}

/// Until when the channel takes a reply to `item`: so long after the person's
/// last word; none when it sets no end.
#[must_use]
pub fn closes(item: &Item, rules: &Rules) -> Option<Timestamp> {
    let window = rules.window?;
    let turns = item.content.conversation.iter();
    let said = turns
        .filter(|turn| turn.speaker == Speaker::Citizen)
        .filter_map(|turn| turn.at)
        .chain(item.content.source_time)
        // A channel may claim any time; nothing was said after it came here.
        .max()
        .unwrap_or(item.received_at);
    Some(said.plus(window))
}

/// Decides the taking back of what has not left.
pub(super) fn withdraw(mut sheet: Sheet<'_>) -> Decision {
    for target in sheet.targets() {
        let found = sheet.admit(&target).and_then(|item| {
            let one = item.outgoing.iter().find(|one| one.can_be_withdrawn());
            let one = one.ok_or_else(|| gone(item, sheet.acting))?;
            Ok((item, one.id))
        });
        match found {
            Err(refusal) => sheet.refuse(target.key, refusal),
            Ok((item, outgoing)) => {
                sheet.fact(item, Body::OutgoingWithdrawn { outgoing });
                sheet.accept(item);
            }
        }
    }
    sheet.done()
}

/// How long after it left somebody who presses undo surely means it.
const FRESH: std::time::Duration = std::time::Duration::from_mins(1);

/// Undo of a message: taken back while that is possible. True when undo ends
/// here; a message that left long ago is passed over.
pub(super) fn undone(sheet: &mut Sheet<'_>, keys: &[ItemKey]) -> Result<bool, Refusal> {
    let me = &sheet.acting.officer.id;
    let mut left = None;
    for key in keys {
        let item = sheet.look(key)?;
        let mut mine = item.outgoing.iter().rev().filter(|one| one.by == *me);
        let last = mine.clone().next();
        let Some(mine) = mine.find(|one| one.can_be_withdrawn()).or(last) else {
            continue;
        };
        if mine.can_be_withdrawn() {
            let outgoing = mine.id;
            sheet.fact(item, Body::OutgoingWithdrawn { outgoing });
            sheet.accept(item);
        } else if sheet.acting.now.since(mine.at) < FRESH + sheet.acting.reach.hold {
            left = Some(sentences::has_left(mine, sheet.acting));
        }
    }
    match left {
        Some(refusal) if !sheet.has_facts() => Err(refusal),
        _ => Ok(sheet.has_facts()),
    }
}

/// Why nothing can be taken back.
pub(super) fn gone(item: &Item, acting: &Acting<'_>) -> Refusal {
    match item.outgoing.last() {
        Some(last) => sentences::has_left(last, acting),
        None => Refusal::new(RefusalCode::Nothing, "Nothing is on its way out here."),
    }
}

/// Decides another try of what an officer has to decide about.
pub(super) fn resend(mut sheet: Sheet<'_>) -> Decision {
    for target in sheet.targets() {
        let found = sheet.admit(&target).and_then(|item| {
            if let Some(open) = item
                .outgoing
                .iter()
                .find(|one| one.is_open() && one.stage != Stage::Cut)
            {
                return Err(sentences::on_its_way(open, sheet.acting));
            }
            let mut last = item.outgoing.iter().rev();
            let one = last.find(|one| one.needs_officer()).ok_or_else(|| {
                Refusal::new(RefusalCode::Nothing, "Nothing waits to be sent again here.")
            })?;
            Ok((item, again(one, sheet.acting)))
        });
        match found {
            Err(refusal) => sheet.refuse(target.key, refusal),
            Ok((item, outgoing)) => {
                let outgoing = Box::new(outgoing);
                sheet.fact(item, Body::OutgoingHeld { outgoing });
                sheet.accept(item);
            }
        }
    }
    sheet.done()
}

/// The same message, with its own key: the channel knows a repeat by it.
fn again(one: &Outgoing, acting: &Acting<'_>) -> Outgoing {
    Outgoing {
        by: acting.officer.id.clone(),
        at: acting.now,
        stage: Stage::Held {
            until: acting.now.plus(acting.reach.hold),
        },
        mark: None,
        ..one.clone()
    }
}

/// The facts of a step, if the message still stands where the step begins.
pub(super) fn step(
    board: &Board,
    (key, id): (&ItemKey, CommandId),
    step: &Step,
    now: Timestamp,
) -> Vec<Fact> {
    let Some(item) = board.item(key) else {
        return Vec::new();
    };
    let Some(one) = item.outgoing.iter().find(|one| one.id == id) else {
        return Vec::new();
    };
    let leaving = matches!(one.stage, Stage::Leaving { .. });
    let body = match step {
        Step::Cut if matches!(one.stage, Stage::Held { .. }) => Body::OutgoingCut { outgoing: id },
        Step::Leave => match one.stage {
            Stage::Held { until } if until <= now => left(id, 1),
            Stage::Delayed { until, attempt, .. } if until <= now => left(id, attempt + 1),
            _ => return Vec::new(),
        },
        Step::Sent { external_id, url } if leaving => Body::OutgoingSent {
            outgoing: id,
            external_id: external_id.clone(),
            url: url.clone(),
        },
        Step::Delay { until, why } if leaving => Body::OutgoingDelayed {
            outgoing: id,
            until: *until,
            why: why.clone(),
        },
        Step::Fail(why) if leaving => Body::OutgoingFailed {
            outgoing: id,
            why: why.clone(),
        },
        Step::Doubt(why) if leaving => Body::OutgoingUnsure {
            outgoing: id,
            why: why.clone(),
        },
        _ => return Vec::new(),
    };
    let troubles = matches!(
        body,
        Body::OutgoingFailed { .. } | Body::OutgoingUnsure { .. } | Body::OutgoingCut { .. }
    );
    let mut facts = Vec::new();
    if troubles && matches!(item.triage.state, State::Resolved { .. }) {
        // What was resolved because it was answered was not answered.
        facts.push(about(item, Body::ItemReopened));
    }
    facts.push(about(item, body));
    facts
}

fn left(outgoing: CommandId, attempt: u32) -> Body {
    Body::OutgoingLeft { outgoing, attempt }
}
