//! The event log: what is durable, and what can be rebuilt from it.
//!
//! - [`EventLog`]: the seam. Asynchronous, appends batches with a precondition
//!   per item, deduplicates by command, is read from a sequence, and never
//!   assumes that it is the only writer.
//! - [`SqliteLog`]: the embedded log; its file format is told in `sqlite`.
//! - [`MemoryLog`]: many writers on one log in memory: tests, and the proof that
//!   the seam fits a distributed log.
//!
//! - [`archive`]: search; may be thrown away.
//! - [`mod@verify`], [`mod@backup`], [`restore`], [`export_head`]: the log proved and kept
//!   elsewhere.
//!
//! Called by the hub's desk alone for writing; by sessions and the API for
//! reading; by the command line for `verify`, `backup`, `restore`, `erase`.

pub mod archive;
mod backup;
mod chain;
mod error;
mod events;
mod log;
mod memory;
mod sqlite;
mod verify;

pub use crate::model::hold::HoldScope;
pub use backup::{backup, export_head, hex, restore, unhex};
pub use error::LogError;
pub use events::LogFile;
pub use log::{Appended, EventLog, Head, Known, Record, Unit, encode_body};
pub use memory::MemoryLog;
pub use sqlite::{Erase, EraseError, Erasure, Hold, Lift, Selector, SqliteLog};
pub use verify::{Verified, VerifyError, Wrong, verify};
