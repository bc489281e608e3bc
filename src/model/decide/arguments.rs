//! What a command's arguments must be, before any item is looked at.
//!
//! Each refusal says what to do instead. Knows nothing of the board.

use std::time::Duration;

use super::Acting;
use crate::model::command::{Command, Refusal, RefusalCode, Verb};
use crate::model::outgoing::Act;
use crate::model::time::Timestamp;
use crate::model::triage::Resolution;
use crate::text::Untrusted;

/// How far ahead a snooze, an assignment or a suppression may end.
pub(super) const FARTHEST: Duration = Duration::from_hours(30 * 24);
/// How long a note or reason may be, in bytes: the wire's limit for text.
const LONGEST: usize = 64 * 1024;

/// Checks the arguments.
pub(super) fn check(command: &Command, acting: &Acting<'_>) -> Result<(), Refusal> {
    words(&command.note, "A note")?;
    match &command.verb {
        Verb::Note if blank(&command.note) => {
            return invalid("A note needs words: write some.");
        }
        Verb::Escalate { reason } => {
            words(reason, "A reason")?;
            if blank(reason) {
                return invalid("An escalation needs a reason: say why.");
            }
        }
        Verb::Assign {
            answer_by: Some(at),
            ..
        } => ahead(*at, acting, "The answer's time")?,
        Verb::Snooze { wake } => ahead(wake.latest(), acting, "The wake-up time")?,
        Verb::Suppress { until, reason, .. } => {
            words(reason, "A reason")?;
            if blank(reason) {
                return invalid("A suppression needs a reason: say why.");
            }
            ahead(*until, acting, "The end of a suppression")?;
        }
        Verb::Resolve {
            reason: Resolution::AtSource,
        } => {
            return invalid(
                "Only the source itself can end it at the source: choose another reason.",
            );
        }
        Verb::Prioritise { priority: Some(p) } if !(1..=4).contains(p) => {
            return invalid("A priority is 1, 2, 3 or 4; 1 is the most urgent.");
        }
        Verb::Send {
            act: Act::Silence,
            until: None,
            ..
        } => return invalid("A silence needs an end: say until when."),
        Verb::Send {
            until: Some(until), ..
        } => ahead(*until, acting, "The end")?,
        Verb::Tag { add, remove } => {
            if add.is_empty() && remove.is_empty() {
                return invalid("Say which tags to put on or take off.");
            }
            if let Some(tag) = add.iter().find(|tag| remove.contains(tag)) {
                return invalid(format!("Tag {tag} can't be put on and taken off at once."));
            }
        }
        _ => {}
    }
    let floor = matches!(
        command.verb,
        Verb::Suppress { .. } | Verb::Unsuppress { .. } | Verb::Undo | Verb::Redo
    );
    if !floor && command.targets.is_empty() {
        return invalid("No item was named: say which.");
    }
    Ok(())
}

fn blank(text: &Untrusted) -> bool {
    text.as_evidence().trim().is_empty()
}

fn words(text: &Untrusted, what: &str) -> Result<(), Refusal> {
    if text.len() > LONGEST {
        return invalid(format!("{what} may have 64 KiB at the most: shorten it."));
    }
    Ok(())
}

fn ahead(at: Timestamp, acting: &Acting<'_>, what: &str) -> Result<(), Refusal> {
    if at <= acting.now {
        return invalid(format!("{what} is past: choose a later one."));
    }
    if at > acting.now.plus(FARTHEST) {
        return invalid(format!(
            "{what} is more than 30 days ahead: choose an earlier one."
        ));
    }
    Ok(())
}

fn invalid(says: impl Into<String>) -> Result<(), Refusal> {
    Err(Refusal::new(RefusalCode::Invalid, says))
}
