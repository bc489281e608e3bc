//! Channels through their doors: real sockets, hostile bodies, recorded samples.
//!
//! - `webhook`: the pure request handler; `feed`, `websocket`: against servers
//!   of our own on loopback; `properties`: no input makes the map panic.
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

mod feed;
mod outward;
mod properties;
mod samples;
mod signatures;
mod support;
mod webhook;
mod websocket;
