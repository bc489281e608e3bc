//! Channels through their doors: real sockets, hostile bodies, recorded samples.
//!
//! - `webhook`: the pure request handler; `feed`, `poll`, `stream`, `websocket`,
//!   `socket`, `imap`, `broker`: against servers of our own on loopback
//!   (`server`); `properties`: no input makes the map panic.
//! - `signatures`: vendors' own examples, and keys that they publish; `outward`:
//!   one attempt at a reply against servers that answer as they please, `smtp` by
//!   mail.
//! - `faults`: every transport against every fault, as a table.
//! - `peers`: real brokers, mail servers and others, where they are wanted.
//! - `samples`: recorded documents of real vendors, from the folder that
//!   `WATCHFLOOR_SAMPLES` names; said and skipped when it names none.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::format_collect,
    clippy::too_many_lines,
    clippy::similar_names,
    reason = "all of this crate is tests; the lint only sees the functions marked so"
)]

#[path = "../link/authority.rs"]
#[allow(dead_code, reason = "tests/link uses the rest")]
mod authority;
mod broker;
mod faults;
mod feed;
mod imap;
mod outward;
mod peers;
mod poll;
mod properties;
mod samples;
mod server;
mod signatures;
mod signed;
mod smtp;
mod socket;
mod stream;
mod support;
mod webhook;
mod websocket;
mod websub;
