//! The event log: what is durable, and what can be rebuilt from it.
//!
//! [`EventLog`] is the seam: the embedded SQLite log, an in-memory one, and
//! later a distributed one. It is asynchronous, appends batches with a
//! precondition per item, deduplicates by command, is read from a sequence, and
//! never assumes that it is the only writer. Called by the hub's desk alone
//! for writing; by sessions and the API for reading.

use std::future::Future;

use crate::model::command::Outcome;
use crate::model::event::{Actor, Body, Cause, Event};
use crate::model::ids::{CommandId, DeskName, Epoch, ItemId, ItemKey, Seq};
use crate::model::time::Timestamp;

/// A fact on its way into the log. `json` is the body as it will be stored,
/// hashed and sent: encoded once.
#[derive(Clone, Debug)]
pub struct Record {
    /// The item; none for facts about the floor.
    pub key: Option<ItemKey>,
    /// The desk that scopes it.
    pub desk: Option<DeskName>,
    /// Precondition: the last event of `key` must be this one; `Seq(0)`: there
    /// must be none (the item arrives and is given its number). Only looked at
    /// for the first record of a key in a unit.
    pub after: Seq,
    /// `body` in its canonical JSON.
    pub json: bytes::Bytes,
    /// The document it came in, when a channel brought it.
    pub raw: Option<bytes::Bytes>,
}

/// What belongs together: the records of one command, one delivery or one
/// clock. It goes in whole or not at all.
#[derive(Clone, Debug)]
pub struct Unit {
    /// When it was decided.
    pub at: Timestamp,
    /// By whom.
    pub actor: Actor,
    /// Why.
    pub cause: Cause,
    /// The records, in order.
    pub records: Vec<Record>,
    /// For a command: what to answer, also to a repeat. The log fills in `seq`.
    pub outcome: Option<Outcome>,
}

/// What became of a unit.
#[derive(Clone, Debug, PartialEq)]
pub enum Appended {
    /// It is durable. Sequence number and item number per record.
    Stored(Vec<(Seq, Option<ItemId>)>),
    /// The command was carried out before: its first outcome. Nothing written.
    Repeated(Outcome),
    /// Another event of `key` came between: decide again. Nothing written.
    Conflict {
        /// The item.
        key: ItemKey,
        /// Its last event.
        last: Seq,
    },
}

/// Where the log ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The last event.
    pub seq: Seq,
    /// The chain's hash at that event.
    pub hash: [u8; 32],
}

/// What the log knows of a key without reading its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its number.
    pub id: ItemId,
    /// Its last event.
    pub last: Seq,
}

/// Why the log did not do it. Each is one sentence for operator and officer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LogError {
    /// The disk is full: nothing was written, reading still works.
    #[error(
        "The log at {path} can't grow: the disk is full. Free space; nothing was lost and nothing was overwritten."
    )]
    DiskFull {
        /// The file.
        path: String,
    },
    /// Another hub has it open.
    #[error(
        "The log at {path} is in use by another hub (process {holder}). Stop that one, or give this one a data directory of its own."
    )]
    InUse {
        /// The file.
        path: String,
        /// Its process id, or "unknown".
        holder: String,
    },
    /// The file is not what it should be.
    #[error(
        "The log at {path} is damaged: {what}. Nothing was changed; restore a backup or run `watchfloor verify` to see how far it is sound."
    )]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong.
        what: String,
    },
    /// A later version wrote it.
    #[error(
        "The log at {path} was written by a later version (schema {found}; this one knows {known}). Use that version; nothing was changed."
    )]
    Newer {
        /// The file.
        path: String,
        /// Its schema.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// The operating system said no.
    #[error("The log at {path} can't be used: {what}.")]
    Io {
        /// The file.
        path: String,
        /// What it said.
        what: String,
    },
    /// The log was closed.
    #[error("The log is closed: the hub is shutting down.")]
    Closed,
}

/// An append-only log of events with preconditions per item.
pub trait EventLog: Send + Sync + 'static {
    /// Which life of the log this is.
    fn epoch(&self) -> Epoch;

    /// Where it ends now, other writers' events included.
    fn head(&self) -> impl Future<Output = Result<Head, LogError>> + Send;

    /// Appends units, each whole or not at all, all durable on return (one
    /// fsync). One answer per unit, in order.
    ///
    /// # Errors
    /// [`LogError`]: nothing at all of the batch was written.
    fn append(
        &self,
        units: Vec<Unit>,
    ) -> impl Future<Output = Result<Vec<Appended>, LogError>> + Send;

    /// Events after `after`, in order, `limit` at the most. Erased bodies come
    /// as `Body::Unknown`.
    fn read(
        &self,
        after: Seq,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Event>, LogError>> + Send;

    /// All events of an item, in order.
    fn history(&self, key: ItemKey) -> impl Future<Output = Result<Vec<Event>, LogError>> + Send;

    /// What is known of each key; none for those that never came.
    fn known(
        &self,
        keys: Vec<ItemKey>,
    ) -> impl Future<Output = Result<Vec<Option<Known>>, LogError>> + Send;

    /// The key of a number.
    fn key_of(&self, id: ItemId) -> impl Future<Output = Result<Option<ItemKey>, LogError>> + Send;

    /// The first outcome of a command that was carried out before.
    fn outcome(
        &self,
        command: CommandId,
    ) -> impl Future<Output = Result<Option<Outcome>, LogError>> + Send;

    /// The documents that an item came in, oldest first, with the event each
    /// belongs to.
    fn raw(
        &self,
        key: ItemKey,
    ) -> impl Future<Output = Result<Vec<(Seq, bytes::Bytes)>, LogError>> + Send;

    /// Changes whenever the head moves, by whomever.
    fn watch_head(&self) -> tokio::sync::watch::Receiver<Seq>;
}

/// Encodes a body as it is stored, hashed and sent: serde_json's compact form,
/// which is canonical here because fields are written in declaration order and
/// maps are sorted.
#[must_use]
pub fn encode_body(body: &Body) -> bytes::Bytes {
    serde_json::to_vec(body)
        .map(bytes::Bytes::from)
        .unwrap_or_default()
}
