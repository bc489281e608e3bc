//! What every event log promises, proved on the log in memory and on SQLite;
//! then what only a log on a disk can promise.

mod disk;
mod suite;
mod support;
