//! What is due on the board, who sleeps until a reply, which messages were sent,
//! and what may leave the working set.
//!
//! Owns the indexes beside the items and keeps them in step. Decides
//! nothing: what an [`Expiry`] brings about is `decide::expiry`.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Board;
use crate::model::event::ClockName;
use crate::model::ids::{ChannelName, ItemKey, KeyMap, RuleName};
use crate::model::item::{Due, Item};
use crate::model::outgoing::Outgoing;
use crate::model::time::Timestamp;
use crate::model::triage::{State, Wake};
use crate::text::Untrusted;

/// Something whose time has come: what `decide::expiry` takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// A snooze is over.
    Snooze(ItemKey),
    /// Nobody answered an assignment.
    Assignment(ItemKey),
    /// An SLA clock ran out.
    Sla(ItemKey, ClockName),
    /// A suppression ends.
    Suppression(RuleName),
}

/// What an item waits for: moment and kind, of what still lies on the floor.
/// A suppressed item's SLA breaches are told when it comes back.
pub(super) fn deadlines_of(item: &Item) -> impl Iterator<Item = (Timestamp, Expiry)> {
    let open = item.is_open();
    let told = open && item.triage.suppressed_by.is_none();
    let key = item.key;
    let snooze = item
        .triage
        .snooze
        .as_ref()
        .map(|snooze| (snooze.wake.latest(), Expiry::Snooze(key)));
    let assignment = match item.triage.state {
        State::Assigned { answer_by, .. } => answer_by.map(|at| (at, Expiry::Assignment(key))),
        _ => None,
    };
    let sla = |due: Option<Due>, clock| {
        due.filter(|due| due.runs() && !due.breached && told)
            .map(|due| (due.at, Expiry::Sla(key, clock)))
    };
    [
        snooze.filter(|_| open),
        assignment.filter(|_| open),
        sla(item.clocks.first_response, ClockName::FirstResponse),
        sla(item.clocks.resolution, ClockName::Resolution),
    ]
    .into_iter()
    .flatten()
}

fn next_deadline(item: &Item) -> Option<Timestamp> {
    deadlines_of(item).map(|(at, _)| at).min()
}

/// The thread by which a reply wakes an item; none for what sleeps otherwise.
fn waits_in(item: &Item) -> Option<ItemKey> {
    let snooze = item.triage.snooze.as_ref()?;
    let content = &item.content;
    (matches!(snooze.wake, Wake::NextReply { .. }) && !content.thread.is_empty())
        .then(|| ItemKey::of(&content.channel, content.thread.as_evidence()))
}

/// What the channel calls the messages that it took about `item`.
fn names(item: &Item) -> impl Iterator<Item = ItemKey> {
    let channel = &item.content.channel;
    let ids = item.outgoing.iter().filter_map(Outgoing::external_id);
    ids.map(|id| ItemKey::of(channel, id.as_evidence()))
}

fn strike(index: &mut KeyMap<BTreeSet<ItemKey>>, name: &ItemKey, item: &ItemKey) {
    if let Some(keys) = index.get_mut(name) {
        keys.remove(item);
        if keys.is_empty() {
            index.remove(name);
        }
    }
}

impl Board {
    pub(super) fn index(&mut self, item: &Item) {
        if let Some(at) = next_deadline(item) {
            self.deadlines.insert((at, item.key));
        }
        if item.outgoing.iter().any(Outgoing::is_open) {
            self.leaving.insert(item.key);
        }
        if let Some(thread) = waits_in(item) {
            self.sleepers.entry(thread).or_default().insert(item.key);
        }
        for name in names(item) {
            self.sent.entry(name).or_default().insert(item.key);
        }
    }

    pub(super) fn unindex(&mut self, item: &Item) {
        if let Some(at) = next_deadline(item) {
            self.deadlines.remove(&(at, item.key));
        }
        self.leaving.remove(&item.key);
        if let Some(thread) = waits_in(item) {
            strike(&mut self.sleepers, &thread, &item.key);
        }
        for name in names(item) {
            strike(&mut self.sent, &name, &item.key);
        }
    }

    /// Everything whose time has come by `now`, earliest first.
    #[must_use]
    pub fn due(&self, now: Timestamp) -> Vec<Expiry> {
        let mut due: Vec<(Timestamp, Expiry)> = self
            .deadlines
            .iter()
            .take_while(|(at, _)| *at <= now)
            .filter_map(|(_, key)| self.item(key))
            .flat_map(deadlines_of)
            .chain(
                self.suppressions
                    .values()
                    .map(|s| (s.until, Expiry::Suppression(s.rule.clone()))),
            )
            .filter(|(at, _)| *at <= now)
            .collect();
        due.sort_by_key(|(at, _)| *at);
        due.into_iter().map(|(_, expiry)| expiry).collect()
    }

    /// The next moment at which [`Board::due`] has something.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        let item = self.deadlines.first().map(|(at, _)| *at);
        let rule = self.suppressions.values().map(|s| s.until).min();
        item.into_iter().chain(rule).min()
    }

    /// The items that a new message of `thread`, answering `in_reply_to`,
    /// wakes. Nearly always none, found without touching the items.
    #[must_use]
    pub fn sleepers(
        &self,
        channel: &ChannelName,
        thread: &Untrusted,
        in_reply_to: &Untrusted,
    ) -> Vec<&Item> {
        if self.sleepers.is_empty() {
            return Vec::new();
        }
        let thread = (!thread.is_empty())
            .then(|| ItemKey::of(channel, thread.as_evidence()))
            .and_then(|thread| self.sleepers.get(&thread));
        let answered = (!in_reply_to.is_empty())
            .then(|| ItemKey::of(channel, in_reply_to.as_evidence()))
            .and_then(|key| self.item(&key))
            .filter(|item| waits_in(item).is_some());
        let mut found: Vec<&Item> = thread
            .into_iter()
            .flatten()
            .filter_map(|key| self.item(key))
            .collect();
        if let Some(item) = answered
            && !found.iter().any(|other| other.key == item.key)
        {
            found.push(item);
        }
        found
    }

    /// Closed items that may leave the working set: closed longer than `keep`,
    /// or beyond the `max` that were closed last. What is merged leaves only
    /// together with its head, so a group is never torn.
    #[must_use]
    pub fn evictable(&self, now: Timestamp, keep: Duration, max: usize) -> Vec<ItemKey> {
        let mut closed: Vec<(Timestamp, ItemKey, ItemKey)> = self
            .items()
            .filter_map(|item| {
                let head = item
                    .triage
                    .merged_into
                    .and_then(|head| self.item(&head))
                    .unwrap_or(item);
                let at = match &head.triage.state {
                    State::Resolved { at, .. } => *at,
                    // Its head is gone, so it is nobody's business any more.
                    _ if head.triage.merged_into.is_some() => head.received_at,
                    _ => return None,
                };
                Some((at, head.key, item.key))
            })
            .collect();
        closed.sort_unstable();
        let beyond = closed
            .len()
            .checked_sub(max.saturating_add(1))
            .and_then(|last| closed.get(last))
            .map(|(at, head, _)| (*at, *head));
        let horizon = now.minus(keep);
        closed
            .into_iter()
            .filter(|(at, head, _)| *at < horizon || beyond.is_some_and(|b| (*at, *head) <= b))
            .map(|(_, _, key)| key)
            .collect()
    }
}
