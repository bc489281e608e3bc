//! Channels through their doors: real sockets, hostile bodies, recorded samples.
//!
//! - `webhook`: the pure request handler; `feed`, `poll`, `stream`, `websocket`,
//!   `socket`, `imap`, `broker`: against servers of our own on loopback
//!   (`server`); `properties`: no input makes the map panic.
//! - `signatures`: vendors' own examples, and keys that they publish; `outward`:
//!   one attempt at a reply against servers that answer as they please.
//! - `samples`: recorded documents of real vendors, from the folder that
//!   `WATCHFLOOR_SAMPLES` names; said and skipped when it names none.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::too_many_lines,
    clippy::similar_names,
    reason = "all of this crate is tests; the lint only sees the functions marked so"
)]

mod broker;
mod feed;
mod imap;
mod outward;
mod poll;
mod properties;
mod samples;
mod server;
mod signatures;
mod socket;
mod stream;
mod support;
mod webhook;
mod websocket;
