//! What each officer did, command by command: the stacks of undo and redo.
//!
//! Part of the fold, so hub, console and a rebuilt board agree. Owns what a
//! command touched, before and after; whether it may be taken back is
//! `decide`'s.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::model::command::VerbName;
use crate::model::event::{Actor, Body, Cause, Event, Suppression};
use crate::model::ids::{CommandId, ItemKey, OfficerId};
use crate::model::item::{Clocks, Item};
use crate::model::judgements::Judgements;
use crate::model::time::Timestamp;
use crate::model::triage::Triage;

/// What undo puts back of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Triage.
    pub triage: Triage,
    /// What is merged into it.
    pub members: Vec<ItemKey>,
    /// SLA clocks.
    pub clocks: Clocks,
    /// What officers said of what was read.
    #[serde(default)]
    pub judged: Judgements,
}

impl Shape {
    /// The shape of an item now.
    #[must_use]
    pub fn of(item: &Item) -> Self {
        Self {
            triage: (*item.triage).clone(),
            members: item.members.to_vec(),
            clocks: *item.clocks,
            judged: Judgements::of(item.reading.as_deref()),
        }
    }

    /// Whether triage, members and what was said are the same, whatever the version.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        let version = self.triage.version;
        self.members == other.members
            && self.judged == other.judged
            && self.triage
                == Triage {
                    version,
                    ..other.triage.clone()
                }
    }

    /// Whether both are merged alike.
    #[must_use]
    pub fn grouped_alike(&self, other: &Self) -> bool {
        self.members == other.members && self.triage.merged_into == other.triage.merged_into
    }
}

/// An item before and after a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched {
    /// Before.
    pub before: Shape,
    /// After.
    pub after: Shape,
}

/// One command: what undo takes back at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    /// The command.
    pub command: CommandId,
    /// What it did.
    pub verb: VerbName,
    /// When it was done, or done again; 1970 in a checkpoint that did not keep it.
    #[serde(default)]
    pub at: Timestamp,
    /// To which items.
    pub items: BTreeMap<ItemKey, Touched>,
    /// The suppression that it began.
    pub began: Option<Suppression>,
    /// The suppression that it ended.
    pub ended: Option<Suppression>,
}

/// One officer's acts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stack {
    /// What can be undone, latest last.
    pub done: VecDeque<Unit>,
    /// What can be redone, latest last.
    pub undone: Vec<Unit>,
    /// Whether older acts fell out at the limit.
    pub cut: bool,
    /// The undo or redo whose events come in now: they make no unit.
    moving: Option<CommandId>,
}

/// Every officer's acts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    stacks: BTreeMap<OfficerId, Stack>,
}

/// Whose command an event comes from.
pub(super) fn commanded(event: &Event) -> Option<(&OfficerId, CommandId)> {
    match (&event.actor, event.cause) {
        (Actor::Officer(officer), Cause::Command(command)) => Some((officer, command)),
        _ => None,
    }
}

impl Journal {
    /// How many acts of one officer are kept.
    pub const LIMIT: usize = 50;
    /// How many items those acts may touch together: a bound on memory. The
    /// latest act is kept whatever its size.
    pub const LIMIT_ITEMS: usize = 20_000;

    /// The acts of one officer.
    #[must_use]
    pub fn of(&self, officer: &OfficerId) -> Option<&Stack> {
        self.stacks.get(officer)
    }

    /// Notes that an event of a command changed an item.
    pub(super) fn changed(&mut self, event: &Event, key: ItemKey, touched: Touched) {
        if let Some(unit) = self.unit(event) {
            unit.items
                .entry(key)
                .and_modify(|known| known.after = touched.after.clone())
                .or_insert(touched);
        }
    }

    /// Notes that a command began a suppression.
    pub(super) fn began(&mut self, event: &Event, suppression: &Suppression) {
        if let Some(unit) = self.unit(event) {
            unit.began = Some(suppression.clone());
        }
    }

    /// Notes that a command ended a suppression.
    pub(super) fn ended(&mut self, event: &Event, suppression: &Suppression) {
        if let Some(unit) = self.unit(event) {
            unit.ended = Some(suppression.clone());
        }
    }

    /// Notes that a message was taken back: there is nothing left to undo.
    pub(super) fn withdrawn(&mut self, key: &ItemKey) {
        let sent = |unit: &Unit| unit.verb == VerbName::Send && unit.items.contains_key(key);
        for stack in self.stacks.values_mut() {
            stack.done.retain(|unit| !sent(unit));
        }
    }

    /// Notes an event of undo or redo: the command's unit changes stacks.
    pub(super) fn moved(&mut self, event: &Event) {
        let Some((officer, cause)) = commanded(event) else {
            return;
        };
        let (command, back) = match &event.body {
            Body::TriageRestored { command, by, .. } => (*command, *by == VerbName::Undo),
            Body::NotesStruck { command, struck } => (*command, *struck),
            _ => return,
        };
        let stack = self.stacks.entry(officer.clone()).or_default();
        if stack.moving == Some(cause) {
            return;
        }
        stack.moving = Some(cause);
        if back {
            let at = stack.done.iter().position(|unit| unit.command == command);
            stack.undone.extend(at.and_then(|at| stack.done.remove(at)));
        } else if let Some(at) = stack.undone.iter().position(|u| u.command == command) {
            let mut unit = stack.undone.remove(at);
            unit.at = event.at;
            stack.push(unit);
        }
    }

    /// The unit that an event belongs to; none when no officer's command
    /// caused it or when it is part of an undo.
    fn unit(&mut self, event: &Event) -> Option<&mut Unit> {
        let (officer, command) = commanded(event)?;
        let verb = verb_of(&event.body)?;
        let stack = self.stacks.entry(officer.clone()).or_default();
        if stack.moving == Some(command) {
            return None;
        }
        if stack.done.back().is_none_or(|unit| unit.command != command) {
            stack.moving = None;
            stack.undone.clear();
            stack.push(Unit {
                command,
                verb,
                at: event.at,
                items: BTreeMap::new(),
                began: None,
                ended: None,
            });
        }
        stack.done.back_mut()
    }
}

impl Stack {
    fn push(&mut self, unit: Unit) {
        let mut items: usize = self.done.iter().map(|unit| unit.items.len()).sum();
        self.done.push_back(unit);
        while self.done.len() > Journal::LIMIT
            || (items > Journal::LIMIT_ITEMS && self.done.len() > 1)
        {
            items -= self.done.pop_front().map_or(0, |unit| unit.items.len());
            self.cut = true;
        }
    }
}

/// The verb that a fact is the work of; none for what no verb brings about.
fn verb_of(body: &Body) -> Option<VerbName> {
    Some(match body {
        Body::ItemAcknowledged { .. } => VerbName::Acknowledge,
        Body::ItemTaken => VerbName::Take,
        Body::ItemReleased => VerbName::Release,
        Body::ItemAssigned { .. } => VerbName::Assign,
        Body::ItemEscalated { .. } => VerbName::Escalate,
        Body::ItemSnoozed { .. } => VerbName::Snooze,
        Body::SuppressionBegan { .. } | Body::ItemSuppressed { .. } => VerbName::Suppress,
        Body::SuppressionEnded { .. } => VerbName::Unsuppress,
        Body::ItemResolved { .. } => VerbName::Resolve,
        Body::ItemReopened => VerbName::Reopen,
        Body::ItemMerged { .. } | Body::MembersJoined { .. } => VerbName::Merge,
        Body::ItemSplit { .. } | Body::MembersLeft { .. } => VerbName::Split,
        Body::ItemPrioritised { .. } => VerbName::Prioritise,
        Body::ItemTagged { .. } => VerbName::Tag,
        Body::NoteAdded { .. } => VerbName::Note,
        Body::OutgoingHeld { .. } => VerbName::Send,
        // What it says is taken back; that it was said stays in the log.
        Body::FeedbackGiven { .. } => VerbName::Feedback,
        Body::ClaimConfirmed { .. } => VerbName::ConfirmClaim,
        Body::ClaimRejected { .. } => VerbName::RejectClaim,
        _ => return None,
    })
}
