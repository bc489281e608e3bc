//! Channels through their doors: real sockets, hostile bodies, recorded samples.
//!
//! - `webhook`: the pure request handler; `feed`, `poll`, `stream`, `websocket`,
//!   `socket`, `imap`, `broker`: against servers of our own on loopback
//!   (`server`); `properties`: no input makes the map panic.
//! - `samples`: recorded documents of real vendors, from the folder that
//!   `WATCHFLOOR_SAMPLES` names; said and skipped when it names none.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "all of this crate is tests; the lint only sees the functions marked so"
)]

mod broker;
mod feed;
mod imap;
mod poll;
mod properties;
mod samples;
mod server;
mod socket;
mod stream;
mod support;
mod webhook;
mod websocket;
