//! The server: listens, authenticates, decides at one desk, keeps the log, fans out.

pub mod auth;
pub mod listen;
