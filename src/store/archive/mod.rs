//! The archive: search over everything that ever came, and what it looked like
//! last. Disposable.
//!
//! - [`Archive`]: opening, indexing, asking. Lives on a thread of its own and
//!   may trail the log by a second.
//! - `follow`: feeding it from the log.
//! - `schema`: the tables of `archive.db`.
//! - `index`: what goes in; `query`: an officer's words as a question to FTS5.
//!
//! `archive.db` names the epoch of the log and the last event it has seen. When
//! it is missing, damaged or another log's, it is made anew, empty, with
//! `indexed_upto` 0: whoever feeds it starts there.

mod follow;
mod index;
mod open;
mod query;
mod schema;

pub use index::IndexEntry;
pub use open::{Archive, Change};
pub use query::{Hit, Query};
