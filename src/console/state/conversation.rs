//! What was said in turn, by citizen, bot and us, and since when somebody waits
//! for an answer.
//!
//! What we sent stands between the channel's turns until the channel tells it
//! back as one of its own.

use crate::model::item::{Item, Kind, Speaker, Turn};
use crate::model::outgoing::{Act, Outgoing, Stage};
use crate::model::time::Timestamp;

/// One turn, from wherever it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Said<'i> {
    /// The channel told it.
    Told(&'i Turn),
    /// We sent it, or are about to.
    Ours(&'i Outgoing),
}

impl Said<'_> {
    /// Who speaks.
    #[must_use]
    pub fn speaker(&self) -> Speaker {
        match self {
            Self::Told(turn) => turn.speaker,
            Self::Ours(_) => Speaker::Officer,
        }
    }

    /// When, where it is known.
    #[must_use]
    pub fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Told(turn) => turn.at,
            Self::Ours(one) => Some(one.at),
        }
    }
}

/// Everything that was said, oldest first.
#[must_use]
pub fn said(item: &Item) -> Vec<Said<'_>> {
    let told = &item.content.conversation;
    let mut said: Vec<Said<'_>> = told.iter().map(Said::Told).collect();
    for one in item.outgoing.iter().filter(|one| is_said(one, told)) {
        let after = |known: &Said<'_>| known.at().is_some_and(|at| at > one.at);
        let place = said.iter().position(after).unwrap_or(said.len());
        said.insert(place, Said::Ours(one));
    }
    said
}

/// Whether a message of ours is to be shown: not what was taken back, nor what
/// the channel tells itself by now.
fn is_said(one: &Outgoing, told: &[Turn]) -> bool {
    let known = match &one.stage {
        Stage::Withdrawn { .. } => true,
        // The channel may have told it back before it knew better.
        Stage::Sent { .. } if one.never_arrived() => false,
        Stage::Sent { external_id, .. } => told.iter().any(|turn| {
            (!external_id.is_empty() && turn.external_id == *external_id)
                || (turn.speaker == Speaker::Officer && turn.text == one.text)
        }),
        _ => false,
    };
    one.act == Act::Reply && !known
}

/// Since when the citizen waits for a word of ours; none when the last word is
/// ours, or nobody ever waited.
#[must_use]
pub fn waiting_since(item: &Item) -> Option<Timestamp> {
    let said = said(item);
    let answered = said.iter().rposition(|one| {
        one.speaker() == Speaker::Officer && !matches!(one, Said::Ours(one) if one.needs_officer())
    });
    let open = said
        .get(answered.map_or(0, |at| at + 1)..)
        .unwrap_or_default();
    let first = open.iter().find(|one| one.speaker() == Speaker::Citizen);
    match first {
        Some(one) => Some(one.at().unwrap_or(item.received_at)),
        None if answered.is_none() && item.content.kind == Kind::Escalation => {
            Some(item.received_at)
        }
        None => None,
    }
}

/// Whether it is a conversation: a bot's, or one that has turns of its own.
#[must_use]
pub fn is_one(item: &Item) -> bool {
    item.content.kind == Kind::Escalation || !item.content.conversation.is_empty()
}

/// The conversations that are open: the longest waiting first, then those that
/// wait for the citizen.
#[must_use]
pub fn open<'i>(items: impl Iterator<Item = &'i Item>) -> Vec<(&'i Item, Option<Timestamp>)> {
    let mut open: Vec<(&Item, Option<Timestamp>)> = items
        .filter(|item| item.is_waiting() && is_one(item))
        .map(|item| (item, waiting_since(item)))
        .collect();
    open.sort_by_key(|(item, since)| (since.is_none(), *since, item.id));
    open
}
