//! What became of a command, as a line for the footer: "13 taken, 2 held by
//! officer2 (#3, #6)", "#1 snoozed until 07:00."
//!
//! Owns the words; what was asked is kept by [`super::work`]. Pure.

use std::collections::BTreeMap;

use super::Tone;
use super::words;
use super::work::{Pending, capital};
use crate::model::board::{Board, Unit};
use crate::model::command::{ItemOutcome, Outcome, Refusal, RefusalCode, VerbName};
use crate::model::ids::OfficerId;
use crate::model::outgoing::Stage;
use crate::model::time::Timestamp;

/// What a line goes by besides the outcome.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// What was asked.
    pub asked: &'a Pending,
    /// The board.
    pub board: &'a Board,
    /// Who asked.
    pub me: Option<&'a OfficerId>,
    /// What time it is, and the zone's minutes.
    pub clock: (Timestamp, i32),
}

/// An outcome as a line: "13 taken, 2 held by officer2 (#1042, #1044)". What is
/// refused is named, as far as a line has room for names. Undo tells what it
/// undid: "Undone: #1042 noted."
#[must_use]
pub fn summary(outcome: &Outcome, known: &Known<'_>) -> (String, Tone) {
    let moved = moved(outcome, known.board, known.me);
    let (says, tone) = told(outcome, known, moved);
    match outcome.verb {
        // What it moved is not known: the words say so already.
        verb if verb == moved => (says, tone),
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

fn told(outcome: &Outcome, known: &Known<'_>, verb: VerbName) -> (String, Tone) {
    if let Some(refused) = &outcome.refused {
        return (refused.says.clone(), Tone::Bad);
    }
    let accepted = outcome.accepted();
    let done = done(outcome, known, verb);
    let refused: Vec<(String, &Refusal)> = outcome
        .items
        .iter()
        .filter_map(|item| Some((named(item, known.board), item.refused.as_ref()?)))
        .collect();
    match (accepted, refused.as_slice()) {
        (0, []) if verb == outcome.verb => (capital(&done) + ".", Tone::Plain),
        (0, []) => (capital(outcome.verb.done()) + ".", Tone::Plain),
        (1, []) => (one_done(outcome, known, verb), Tone::Plain),
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

/// When the words that were given leave, as far as the board knows by now.
fn leaves_at(outcome: &Outcome, known: &Known<'_>) -> Option<Timestamp> {
    let item = known.board.item(&outcome.items.first()?.key)?;
    let one = item.outgoing.iter().find(|one| one.id == outcome.command)?;
    match one.stage {
        Stage::Held { until } => Some(until),
        _ => None,
    }
}

/// The verb as done, with what went with it where that is what was asked now.
fn done(outcome: &Outcome, known: &Known<'_>, verb: VerbName) -> String {
    let with = known.asked.with.as_ref();
    let with = with.filter(|_| verb == outcome.verb);
    with.map_or_else(
        || verb.done().to_owned(),
        |with| with.told(verb, known.clock),
    )
}

fn one_done(outcome: &Outcome, known: &Known<'_>, verb: VerbName) -> String {
    let item = outcome.items.first();
    let id = item.map_or_else(|| words::items(1), |item| named(item, known.board));
    let leaves = (outcome.verb == VerbName::Send).then(|| leaves_at(outcome, known));
    if let Some(until) = leaves.flatten() {
        let at = words::second(until, known.clock.1);
        return format!("{id} leaves at {at}; undo takes it back.");
    }
    match verb {
        VerbName::Feedback if outcome.verb == VerbName::Feedback => {
            format!("{id}: logged; it changes no threshold by itself.")
        }
        VerbName::ConfirmClaim => format!("{id}: claim confirmed, its evidence is kept."),
        VerbName::RejectClaim => format!("{id}: claim rejected."),
        verb => format!("{id} {}.", done(outcome, known, verb)),
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
