//! The real console in a real terminal: what it writes when nothing happens,
//! what hostile words make it write, what it tells after a suspension, how it
//! gives the terminal back, what `check terminal` asks, and the same inside tmux
//! and GNU screen.
//!
//! `terminal` is shared with the bench of the console. What needs tmux or screen
//! is skipped unless `WATCHFLOOR_PEERS=1`; `.ci/peers` installs them.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that can't go on has failed"
)]

#[path = "../stage/mod.rs"]
mod stage;
#[allow(dead_code, reason = "the bench uses the rest")]
#[path = "../../benches/console/terminal.rs"]
mod terminal;

mod asked;
mod grids;
mod hostile;
mod idle;
mod lettered;
mod lives;
mod multiplexers;
mod restores;
mod sequences;
mod suspended;
