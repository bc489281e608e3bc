//! The night watch of the design as a test: two whole consoles without a
//! terminal and a real hub, its log, channel doors and sockets. What the
//! officer sees is asserted, and what the hub's board then holds.
//!
//! Numbers in the tests' names are the steps of the watch. Keys are those of
//! the key table where the script's differ.

#![allow(
    clippy::panic,
    clippy::redundant_closure_for_method_calls,
    reason = "a test may stop where it stands"
)]

mod console;
mod floor;
mod history;
mod link;
mod platforms;
mod triage;
mod wire;
