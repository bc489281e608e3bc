//! Commands on their way: shown as pending until the log says that they are
//! done, as queued while there is no link, as conflicts when they failed.

use std::collections::BTreeMap;

use super::Tone;
use super::words;
use crate::model::board::{Board, Unit};
use crate::model::command::{Command, ItemOutcome, Outcome, Refusal, RefusalCode, Verb, VerbName};
use crate::model::ids::{CommandId, ItemId, ItemKey, OfficerId, Seq};
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
    /// For which items.
    pub keys: Vec<ItemKey>,
    /// Whether it waits (or waited) for the link.
    pub queued: bool,
    /// The event after which it is on the board.
    shown_at: Option<Seq>,
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

/// An outcome as a line: "13 taken, 2 held by officer2 (#1042, #1044)". What is
/// refused is named, as far as a line has room for names. Undo tells what it
/// undid: "Undone: #1042 noted."
#[must_use]
pub fn summary(outcome: &Outcome, board: &Board, me: Option<&OfficerId>) -> (String, Tone) {
    let (says, tone) = told(outcome, board, moved(outcome, board, me));
    match outcome.verb {
        VerbName::Undo if outcome.accepted() > 0 => (format!("Undone: {says}"), tone),
        VerbName::Redo if outcome.accepted() > 0 => (format!("Redone: {says}"), tone),
        _ => (says, tone),
    }
}

/// The verb that counts: of undo and redo, the one that they moved.
fn moved(outcome: &Outcome, board: &Board, me: Option<&OfficerId>) -> VerbName {
    let stack = me.and_then(|me| board.journal().of(me));
    let folded = outcome.seq.is_none_or(|seq| seq <= board.head());
    let unit = stack.and_then(|stack| match (outcome.verb, folded) {
        (VerbName::Undo, true) | (VerbName::Redo, false) => stack.undone.last(),
        (VerbName::Undo, false) | (VerbName::Redo, true) => stack.done.back(),
        _ => None,
    });
    let about = |unit: &&Unit| {
        let mut items = outcome.items.iter();
        items.all(|item| unit.items.contains_key(&item.key))
    };
    unit.filter(about).map_or(outcome.verb, |unit| unit.verb)
}

fn told(outcome: &Outcome, board: &Board, verb: VerbName) -> (String, Tone) {
    if let Some(refused) = &outcome.refused {
        return (refused.says.clone(), Tone::Bad);
    }
    let accepted = outcome.accepted();
    let done = verb.done();
    let refused: Vec<(String, &Refusal)> = outcome
        .items
        .iter()
        .filter_map(|item| Some((named(item, board), item.refused.as_ref()?)))
        .collect();
    match (accepted, refused.as_slice()) {
        (0, []) => (capital(outcome.verb.done()) + ".", Tone::Plain),
        (1, []) => (one_done(outcome, board, verb), Tone::Plain),
        (0, [(id, one)]) => (format!("{id}: {}", one.says), Tone::Bad),
        (_, refused) => {
            let mut parts = Vec::new();
            if accepted > 0 {
                parts.push(match verb {
                    VerbName::Feedback => format!("feedback on {accepted} logged"),
                    _ => format!("{accepted} {done}"),
                });
            }
            parts.extend(grouped(refused));
            let tone = if refused.is_empty() {
                Tone::Plain
            } else {
                Tone::Bad
            };
            (parts.join(", "), tone)
        }
    }
}

fn one_done(outcome: &Outcome, board: &Board, verb: VerbName) -> String {
    let item = outcome.items.first();
    let id = item.map_or_else(|| words::items(1), |item| named(item, board));
    match verb {
        VerbName::Feedback if outcome.verb == VerbName::Feedback => {
            format!("{id}: logged; it changes no threshold by itself.")
        }
        VerbName::ConfirmClaim => format!("{id}: claim confirmed, its evidence is kept."),
        VerbName::RejectClaim => format!("{id}: claim rejected."),
        verb => format!("{id} {}.", verb.done()),
    }
}

/// The item's number, from the board where the outcome has none.
fn named(item: &ItemOutcome, board: &Board) -> String {
    item.id
        .or_else(|| board.item(&item.key).map(|item| item.id))
        .map_or_else(|| words::items(1), |id| id.to_string())
}

/// How many items of a group are named.
const NAMED: usize = 3;

/// Refusals by holder and sort: "#1042 held by officer2", "2 already so (#1044,
/// #1045)".
fn grouped(refused: &[(String, &Refusal)]) -> Vec<String> {
    let mut groups: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (id, refusal) in refused {
        let words = match (&refusal.holder, refusal.code) {
            (Some(holder), RefusalCode::Held | RefusalCode::Stale) => format!("held by {holder}"),
            (_, RefusalCode::Already) => "already so".to_owned(),
            (_, RefusalCode::Stale) => "changed since you looked".to_owned(),
            (_, RefusalCode::Unknown) => "not found".to_owned(),
            (_, RefusalCode::Role) => "not yours to do".to_owned(),
            _ => "refused".to_owned(),
        };
        groups.entry(words).or_default().push(id);
    }
    groups
        .into_iter()
        .map(|(words, ids)| match ids.as_slice() {
            [id] => format!("{id} {words}"),
            ids if ids.len() <= NAMED => format!("{} {words} ({})", ids.len(), ids.join(", ")),
            ids => {
                let first: Vec<&str> = ids.iter().take(NAMED).copied().collect();
                format!("{} {words} ({}, …)", ids.len(), first.join(", "))
            }
        })
        .collect()
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
