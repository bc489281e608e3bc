//! Commands that have no answer yet: kept with their ids, sent again after a
//! lost link, gone at the reply.
//!
//! Pure: the journal on disk is `journal`, sending is the pump's. What was
//! meant for another log is given back to be shown, never sent.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::model::command::Command;
use crate::model::ids::{CommandId, Epoch, OfficerId};
use crate::model::time::Timestamp;

/// How many commands may wait. More than an officer gives in a lost quarter of
/// an hour; when it is full the next one is refused with [`Full`].
pub const CAPACITY: usize = 200;

/// Where a command that has no answer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not sent: no link, or not its turn yet.
    Queued,
    /// Sent, no answer yet.
    Pending,
}

/// Which floor a command was meant for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meant {
    /// The log.
    pub epoch: Epoch,
    /// Who gave it.
    pub officer: OfficerId,
}

/// A command that has no answer yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// It, with the id that every try has.
    pub command: Command,
    /// When the officer gave it.
    pub at: Timestamp,
    /// Where it stands.
    pub standing: Standing,
    /// Whether a link was lost while it waited: its outcome is news then.
    pub late: bool,
    /// What it was meant for; none before the first hello.
    pub meant: Option<Meant>,
}

/// There is no room for another command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{CAPACITY} commands wait for the hub already, so this one was not taken; give it again when the link is back."
)]
pub struct Full;

/// The commands that have no answer yet, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    entries: VecDeque<Entry>,
}

impl Outbox {
    /// Takes a command. The same id a second time changes nothing.
    ///
    /// # Errors
    /// [`Full`] when [`CAPACITY`] wait already.
    pub fn push(
        &mut self,
        command: Command,
        at: Timestamp,
        meant: Option<Meant>,
    ) -> Result<(), Full> {
        if self.position(command.id).is_some() {
            return Ok(());
        }
        if self.entries.len() >= CAPACITY {
            return Err(Full);
        }
        self.entries.push_back(Entry {
            command,
            at,
            standing: Standing::Queued,
            late: false,
            meant,
        });
        Ok(())
    }

    /// A session with `here` began. Returns what was meant for another log or
    /// officer: it is shown, not sent.
    pub fn session(&mut self, here: &Meant) -> Vec<Entry> {
        let (mine, others): (VecDeque<Entry>, VecDeque<Entry>) = self
            .entries
            .drain(..)
            .partition(|entry| entry.meant.as_ref().is_none_or(|meant| meant == here));
        self.entries = mine;
        for entry in &mut self.entries {
            entry.meant = Some(here.clone());
        }
        others.into()
    }

    /// Takes everything out.
    pub fn drain(&mut self) -> Vec<Entry> {
        self.entries.drain(..).collect()
    }

    /// A command was given without a link: its outcome will be news.
    pub fn without_link(&mut self, id: CommandId) {
        if let Some(entry) = self.entry(id) {
            entry.late = true;
        }
    }

    /// The next command to send, which is pending from then on.
    pub fn next_to_send(&mut self) -> Option<Command> {
        let entry = self
            .entries
            .iter_mut()
            .find(|entry| entry.standing == Standing::Queued)?;
        entry.standing = Standing::Pending;
        Some(entry.command.clone())
    }

    /// Whether a command waits for its turn.
    #[must_use]
    pub fn has_queued(&self) -> bool {
        self.entries
            .iter()
            .any(|entry| entry.standing == Standing::Queued)
    }

    /// The link is gone: what was sent may or may not have arrived, so it goes
    /// out again, with the same id.
    pub fn link_lost(&mut self) {
        for entry in &mut self.entries {
            entry.late = true;
            if entry.standing == Standing::Pending {
                entry.standing = Standing::Queued;
            }
        }
    }

    /// The hub had no room for it now: it goes out again.
    pub fn send_again(&mut self, id: CommandId) {
        if let Some(entry) = self.entry(id)
            && entry.standing == Standing::Pending
        {
            entry.standing = Standing::Queued;
        }
    }

    /// Takes a command out: it is answered, or given up.
    pub fn take(&mut self, id: CommandId) -> Option<Entry> {
        let place = self.position(id)?;
        self.entries.remove(place)
    }

    /// All that wait, oldest first.
    #[must_use]
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.entries.iter()
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn position(&self, id: CommandId) -> Option<usize> {
        self.entries.iter().position(|entry| entry.command.id == id)
    }

    fn entry(&mut self, id: CommandId) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.command.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::command::Verb;
    use crate::text::Untrusted;

    fn command(n: u128) -> Command {
        Command {
            id: CommandId(uuid::Uuid::from_u128(n)),
            verb: Verb::Take,
            targets: Vec::new(),
            note: Untrusted::default(),
        }
    }

    fn filled(count: u128) -> Outbox {
        let mut outbox = Outbox::default();
        for n in 0..count {
            outbox
                .push(command(n), Timestamp::default(), None)
                .expect("there is room");
        }
        outbox
    }

    fn sends(outbox: &mut Outbox) -> Vec<u128> {
        std::iter::from_fn(|| outbox.next_to_send())
            .map(|command| command.id.0.as_u128())
            .collect()
    }

    #[test]
    fn unanswered_commands_go_again_in_order_with_their_ids() {
        let mut outbox = filled(3);
        assert_eq!(sends(&mut outbox), [0, 1, 2]);
        outbox.take(command(1).id).expect("it waited");
        outbox.link_lost();
        assert_eq!(sends(&mut outbox), [0, 2]);
        assert!(outbox.entries().all(|entry| entry.late));
    }

    #[test]
    fn a_full_outbox_refuses_and_keeps_what_it_has() {
        let mut outbox = filled(CAPACITY as u128);
        assert_eq!(
            outbox.push(command(9999), Timestamp::default(), None),
            Err(Full)
        );
        assert_eq!(outbox.push(command(7), Timestamp::default(), None), Ok(()));
        assert_eq!(outbox.entries().len(), CAPACITY);
    }

    #[test]
    fn what_was_meant_for_another_log_is_given_back() {
        let meant = |epoch: u128| Meant {
            epoch: Epoch(uuid::Uuid::from_u128(epoch)),
            officer: OfficerId::new("officer1").expect("a name"),
        };
        let mut outbox = filled(2);
        assert!(
            outbox.session(&meant(1)).is_empty(),
            "given before any hello"
        );
        sends(&mut outbox);
        outbox.link_lost();
        outbox
            .push(command(5), Timestamp::default(), Some(meant(2)))
            .expect("there is room");
        let back = outbox.session(&meant(2));
        assert_eq!(back.len(), 2);
        assert_eq!(sends(&mut outbox), [5]);
    }
}
