//! `[source]` of `sse` and `lines`.

use axum::http::Method;

use super::cursor::cursor;
use super::request::request;
use super::timing::span;
use crate::channels::file::read::{Read, Table};
use crate::channels::file::spec::{Framing, StreamSource};

/// Keys of server-sent events.
pub(super) const SSE: [&str; 11] = [
    "method",
    "url",
    "headers",
    "body",
    "form",
    "json",
    "timeout",
    "read_idle_timeout",
    "events",
    "envelope",
    "hosts",
];
/// Keys of lines.
pub(super) const LINES: [&str; 10] = [
    "method",
    "url",
    "headers",
    "body",
    "form",
    "json",
    "timeout",
    "read_idle_timeout",
    "cursor",
    "hosts",
];

/// Reads server-sent events.
pub(super) fn sse(table: &Table<'_>) -> Read<StreamSource> {
    let envelope = match table.get("envelope") {
        None => false,
        Some(node) => node.bool()?,
    };
    let names = table.strs("events")?;
    source(table, Framing::Events { names, envelope })
}

/// Reads lines.
pub(super) fn lines(table: &Table<'_>) -> Read<StreamSource> {
    source(table, Framing::Lines)
}

fn source(table: &Table<'_>, framing: Framing) -> Read<StreamSource> {
    Ok(StreamSource {
        request: request(table, &Method::GET)?,
        framing,
        timeout: span(table, "timeout", 30)?,
        read_idle_timeout: span(table, "read_idle_timeout", 90)?,
        cursor: cursor(table)?,
        hosts: table.strs("hosts")?,
    })
}
