//! The hub's doors against hostile and broken input, described as they are,
//! and closed to those who do not belong.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::similar_names,
    clippy::too_many_lines,
    reason = "a test that can't go on has failed"
)]

#[path = "../stage/mod.rs"]
mod stage;

mod access;
mod channel_files;
mod clock;
mod corpus;
mod deliveries;
mod described;
mod frames;
mod kept;
mod large;
mod lookout;
mod order;
mod readings;
mod replies;
mod routes;
mod senders;
mod signs;
mod streamed;
mod upkeep;
mod websub;
