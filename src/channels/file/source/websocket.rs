//! `[source]` of a WebSocket.

use super::timing::{headers, span};
use crate::channels::file::read::{Read, Table};
use crate::channels::file::spec::WebsocketSource;

/// Keys of a WebSocket.
pub(super) const KEYS: [&str; 6] = [
    "url",
    "headers",
    "on_open",
    "ping_every",
    "read_idle_timeout",
    "hosts",
];

/// Reads it.
pub(super) fn read(table: &Table<'_>) -> Read<WebsocketSource> {
    Ok(WebsocketSource {
        url: table.need("url")?.str()?.to_owned(),
        headers: headers(table)?,
        on_open: table.strs("on_open")?,
        ping_every: span(table, "ping_every", 30)?,
        read_idle_timeout: span(table, "read_idle_timeout", 90)?,
        hosts: table.strs("hosts")?,
    })
}
