//! What every event log promises, proved on the log in memory and on SQLite;
//! then what only a log on a disk can promise.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what the tests stand on may end them"
)]

mod archive;
mod disk;
mod erase;
mod model;
mod proof;
mod suite;
mod support;
