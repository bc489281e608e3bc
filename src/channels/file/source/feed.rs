//! `[source]` of a feed.

use axum::http::Method;

use super::request::request;
use super::timing::{jitter, span};
use crate::channels::file::read::{Read, Table};
use crate::channels::file::spec::FeedSource;

/// Keys of a feed.
pub(super) const KEYS: [&str; 8] = [
    "url",
    "headers",
    "interval",
    "jitter",
    "timeout",
    "keep",
    "first_poll_within",
    "hosts",
];

/// Reads it.
pub(super) fn read(table: &Table<'_>) -> Read<FeedSource> {
    let keep = match table.get("keep") {
        None => 2000,
        Some(node) => usize::try_from(node.count()?)
            .ok()
            .filter(|k| (1..=100_000).contains(k))
            .ok_or_else(|| node.wrong("From 1 to 100000 entries can be remembered."))?,
    };
    Ok(FeedSource {
        request: request(table, &Method::GET)?,
        interval: span(table, "interval", 300)?,
        jitter: jitter(table)?,
        keep,
        timeout: span(table, "timeout", 30)?,
        first_poll_within: span(table, "first_poll_within", 86_400)?,
        hosts: table.strs("hosts")?,
    })
}
