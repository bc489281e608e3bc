//! The decision: a command or a delivery against the board, to facts or to a
//! refusal that is a sentence.
//!
//! Pure. Owns no state and writes nothing: the desk appends what it returns and
//! only then folds it into the board. Contents:
//!
//! - `command`: what every command is checked for, item by item;
//!   `arguments`: what it is checked for before any item is looked at.
//! - `verbs`: the facts of the verbs about one item; `judged`: of those about what
//!   was read from it.
//! - `group`: merge and split. `hide`: suppress and its end.
//! - `undo`: taking back and doing again.
//! - `outgoing`: what leaves the floor, step by step.
//! - `inbound`: what channels deliver; `told`: what they tell of what we sent. `expiry`: what clocks bring about.
//! - [`signs`]: what a person may be shown meanwhile.
//! - `sentences`: the words of refusals.

mod arguments;
mod command;
mod expiry;
mod group;
mod hide;
mod inbound;
mod judged;
pub mod outgoing;
mod sentences;
pub mod signs;
#[cfg(test)]
mod tests;
mod told;
mod undo;
mod verbs;

use std::sync::Arc;
use std::time::Duration;

use super::board::{Board, Expiry};
use super::command::{Command, Outcome};
use super::event::{Fact, LapseReason};
use super::ids::{CommandId, DeskName, ItemKey, OfficerId, Tag};
use super::inbound::{Inbound, Receipt};
use super::item::{Clocks, Content, Reason};
use super::officer::Officer;
use super::outgoing::Reach;
use super::reading::Reading;
use super::severity::Severity;
use super::time::Timestamp;

/// Who asks, when, and what the floor's settings are.
#[derive(Clone, Copy, Debug)]
pub struct Acting<'a> {
    /// The officer.
    pub officer: &'a Officer,
    /// The hub's moment.
    pub now: Timestamp,
    /// How long an acknowledgement rests reminders (15 min by default).
    pub ack_rest: Duration,
    /// What the channels can do outward.
    pub reach: &'a Reach,
    /// Minutes east of UTC of the floor's zone now, for filters.
    pub utc_offset_minutes: i32,
}

/// What became of a command: the facts to append, and the answer. The answer's
/// `seq` is the log's to fill in.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// What to append, in order; empty when nothing went through.
    pub facts: Vec<Fact>,
    /// What to answer.
    pub outcome: Outcome,
}

/// What the routing rules say of something new.
#[derive(Clone, Debug, PartialEq)]
pub struct Routed {
    /// The desk that it goes to.
    pub desk: DeskName,
    /// How bad it is after the rules.
    pub severity: Severity,
    /// Tags that rules put on.
    pub tags: Vec<Tag>,
    /// SLA clocks.
    pub clocks: Clocks,
    /// Which rules had a say.
    pub reasons: Vec<Reason>,
}

/// Decides a command: refused whole, or item by item inside the outcome.
#[must_use]
pub fn command(board: &Board, command: &Command, acting: &Acting<'_>) -> Decision {
    command::decide(board, command, acting)
}

/// Decides a delivery. The board has the item, or the item never was: the desk
/// brings back what was evicted before it asks. `routed` is asked only about
/// what is new.
#[must_use]
pub fn inbound(
    board: &Board,
    inbound: &Inbound,
    routed: impl FnOnce(&Arc<Content>, Option<&Arc<Reading>>) -> Routed,
    now: Timestamp,
) -> (Receipt, Vec<Fact>) {
    inbound::decide(board, inbound, routed, now)
}

/// What a clock that ran out brings about; nothing when it was dealt with
/// meanwhile.
#[must_use]
pub fn expiry(board: &Board, expiry: &Expiry, now: Timestamp) -> Vec<Fact> {
    expiry::decide(board, expiry, now)
}

/// The facts of a step that the hub takes with a message on its way out;
/// nothing when the message no longer stands where the step begins.
#[must_use]
pub fn outward(
    board: &Board,
    message: (&ItemKey, CommandId),
    step: &outgoing::Step,
    now: Timestamp,
) -> Vec<Fact> {
    outgoing::step(board, message, step, now)
}

/// Gives back everything that `holder` has taken.
#[must_use]
pub fn lapse(board: &Board, holder: &OfficerId, why: LapseReason) -> Vec<Fact> {
    expiry::lapse(board, holder, why)
}
