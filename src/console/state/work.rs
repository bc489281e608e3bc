//! Commands on their way: shown as pending until the log says that they are
//! done, as queued while there is no link, as conflicts when they failed.

use std::collections::BTreeMap;

use super::words;
use crate::model::command::{Command, Outcome, Verb, VerbName};
use crate::model::ids::{CommandId, ItemId, ItemKey, Seq, Tag};
use crate::model::time::Timestamp;
use crate::model::triage::{Assignee, Resolution, Wake};
use crate::text::Untrusted;

/// Commands, from the key to the log.
#[derive(Debug, Default)]
pub struct Work {
    pending: BTreeMap<CommandId, Pending>,
    /// What came back while nobody could look, newest last.
    pub conflicts: Vec<Conflict>,
    /// Answers that the hub has not taken yet, with their words: a refusal must
    /// not cost them.
    pub answers: BTreeMap<CommandId, (ItemKey, String)>,
    /// The last verb with its note, for `.`.
    pub last: Option<(Verb, Untrusted)>,
}

/// A command that the log has not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// What was asked.
    pub verb: VerbName,
    /// What goes with it: a time, a name, a reason.
    pub with: Option<With>,
    /// For which items.
    pub keys: Vec<ItemKey>,
    /// Whether it waits (or waited) for the link.
    pub queued: bool,
    /// The event after which it is on the board.
    shown_at: Option<Seq>,
}

/// What goes with a verb and is told with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum With {
    /// Until when it sleeps.
    Wake(Wake),
    /// Until when it is hidden.
    Until(Timestamp),
    /// To whom it goes.
    To(Assignee),
    /// Why it is done with.
    Reason(Resolution),
    /// How urgent it is now.
    Priority(Option<u8>),
    /// Tags put on and taken off.
    Tags(Vec<Tag>, Vec<Tag>),
}

impl With {
    fn of(verb: &Verb) -> Option<Self> {
        Some(match verb {
            Verb::Snooze { wake } => Self::Wake(*wake),
            Verb::Suppress { until, .. } => Self::Until(*until),
            Verb::Assign { to, .. } => Self::To(to.clone()),
            Verb::Resolve { reason } => Self::Reason(*reason),
            Verb::Prioritise { priority } => Self::Priority(*priority),
            Verb::Tag { add, remove } => Self::Tags(add.clone(), remove.clone()),
            _ => return None,
        })
    }

    /// The verb with it: "snoozed until 07:00", "assigned to maria".
    pub(super) fn told(&self, verb: VerbName, (now, offset): (Timestamp, i32)) -> String {
        let done = verb.done();
        let at = |moment| words::moment(moment, now, offset);
        match self {
            Self::Until(until) | Self::Wake(Wake::At(until)) => {
                format!("{done} until {}", at(*until))
            }
            Self::Wake(Wake::NextReply { latest }) => {
                format!("{done} until the next reply, at the latest {}", at(*latest))
            }
            Self::To(to) => format!("{done} to {to}"),
            Self::Reason(reason) => format!("{done}: {}", reason.word()),
            Self::Priority(Some(priority)) => format!("{done} as P{priority}"),
            Self::Priority(None) => format!("{done} no more"),
            Self::Tags(add, remove) => {
                let on = add.iter().map(|tag| format!(" +{tag}"));
                let off = remove.iter().map(|tag| format!(" -{tag}"));
                done.to_owned() + &on.chain(off).collect::<String>()
            }
        }
    }
}

/// A command that waited for the link and did not go through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// What was asked.
    pub verb: VerbName,
    /// For which item, where one is known.
    pub id: Option<ItemId>,
    /// Why not: a sentence of the hub's or ours.
    pub says: String,
}

/// Conflicts that are kept for reading.
const KEPT: usize = 200;

impl Work {
    /// A command goes out, or waits for the link.
    pub fn began(&mut self, command: &Command, queued: bool) {
        self.pending.insert(
            command.id,
            Pending {
                verb: command.verb.name(),
                with: With::of(&command.verb),
                keys: command.targets.iter().map(|t| t.key).collect(),
                queued,
                shown_at: None,
            },
        );
    }

    /// The link went down: what is not answered waits for it now.
    pub fn link_lost(&mut self) {
        for pending in self.pending.values_mut() {
            pending.queued |= pending.shown_at.is_none();
        }
    }

    /// The commands that wait for the link, as the link tells them.
    pub fn waiting(&mut self, commands: &[Command]) {
        for command in commands {
            if !self.pending.contains_key(&command.id) {
                self.began(command, true);
            }
        }
    }

    /// What became of a command. Returns what was known of it.
    pub fn answered(&mut self, outcome: &Outcome, head: Seq) -> Option<Pending> {
        let known = self.pending.get_mut(&outcome.command)?;
        let before = known.clone();
        match outcome.seq.filter(|seq| *seq > head) {
            Some(seq) => known.shown_at = Some(seq),
            None => {
                self.pending.remove(&outcome.command);
            }
        }
        if before.queued {
            self.note_conflicts(outcome);
        }
        Some(before)
    }

    /// A command came to nothing.
    pub fn dropped(&mut self, id: CommandId) -> Option<Pending> {
        self.pending.remove(&id)
    }

    /// The board is at `head`: what it shows is not pending any more.
    pub fn reached(&mut self, head: Seq) {
        self.pending
            .retain(|_, pending| pending.shown_at.is_none_or(|seq| seq > head));
    }

    /// What is on its way for an item.
    #[must_use]
    pub fn on(&self, key: &ItemKey) -> Option<&Pending> {
        self.pending
            .values()
            .rev()
            .find(|pending| pending.keys.contains(key))
    }

    /// Whether anything is on its way.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.pending.is_empty()
    }

    /// What waits for the link, oldest first.
    pub fn queued(&self) -> impl Iterator<Item = &Pending> {
        self.pending.values().filter(|pending| pending.queued)
    }

    /// Keeps a conflict for reading.
    pub fn conflict(&mut self, verb: VerbName, id: Option<ItemId>, says: impl Into<String>) {
        if self.conflicts.len() == KEPT {
            self.conflicts.remove(0);
        }
        self.conflicts.push(Conflict {
            verb,
            id,
            says: says.into(),
        });
    }

    fn note_conflicts(&mut self, outcome: &Outcome) {
        if let Some(refused) = &outcome.refused {
            self.conflict(outcome.verb, None, refused.says.clone());
        }
        for item in &outcome.items {
            if let Some(refused) = &item.refused {
                self.conflict(outcome.verb, item.id, refused.says.clone());
            }
        }
    }
}

/// The word with a capital.
#[must_use]
pub fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars
        .next()
        .map(|first| first.to_ascii_uppercase().to_string() + chars.as_str())
        .unwrap_or_default()
}
