//! The embedded log: one hub, one directory, SQLite. This is the file format.
//!
//! # Files
//! - `log.db` is the truth. Write-ahead file `log.db-wal`, synchronous = FULL:
//!   an append is answered after its commit is on the disk. 8-KiB pages,
//!   `application_id` "WFLG", `user_version` the schema's version.
//! - `log.lock` holds the process id of the hub that writes; the operating
//!   system unlocks it when that process ends.
//! - `derived.db` may be deleted: key index and board checkpoints. It names the
//!   epoch and the hash of the last event that it knows, and is thrown away
//!   when these are not the log's.
//!
//! # Tables of `log.db`
//! - `events(seq, at, actor, cause, key, id, desk, prev, hash, content, salt,
//!   body)`: `seq` without gaps from 1; `at` in milliseconds after 1970; `actor`,
//!   `cause` and `body` are JSON; `key` 16 bytes; `prev` is the event before of
//!   the same key, 0 for its first, so that an item's history is a walk and
//!   needs no index.
//! - `raws(seq, bytes)`: the document that an event came in.
//! - `items(id, key)`: dense numbers from 1, in the order of arrival.
//! - `commands(id, outcome)`: the first outcome of each command, JSON.
//! - `holds(name, at, scope, key, channel, author, reason)`: legal holds
//!   (version 2).
//! - `meta(name, value)`: `epoch`, 16 bytes, another one after a restore.
//!
//! # Hashes
//! `store::chain` says what is hashed. `content` covers salt, raw and body;
//! `hash` covers the hash before, time, actor, cause, key, desk and `content`.
//! Erasure sets `salt` and `body` to NULL and deletes the raw; `secure_delete`
//! writes zeros over them. `seq`, `id` and `prev` are not hashed; `verify` counts
//! and follows them.
//!
//! # A crash
//! A transaction is in the write-ahead file as a whole or not at all; a torn
//! end of that file is what nobody was answered for, and is dropped. Keys that
//! were not written to `derived.db` are read again from `log.db`.
//!
//! # Threads
//! `writer` alone writes to `log.db`; `upkeep` copies the write-ahead file and
//! writes the index; `readers` are read-only connections on blocking threads.

mod checkpoints;
mod commit;
mod embedded;
mod erase;
mod holds;
mod keys;
mod lock;
mod queue;
mod readers;
pub(in crate::store) mod rows;
pub(in crate::store) mod schema;
mod select;
mod upkeep;
mod words;
mod writer;

pub use embedded::SqliteLog;
pub use erase::{Erase, EraseError, Erasure, Selector};
pub use holds::{Hold, Lift};
