//! `[source]` of a mailbox.

use std::time::Duration;

use super::request::template;
use super::timing::span;
use crate::channels::file::read::{Read, Table};
use crate::channels::file::spec::ImapSource;

/// Keys of a mailbox.
pub(super) const KEYS: [&str; 9] = [
    "server",
    "port",
    "security",
    "user",
    "password",
    "mailbox",
    "timeout",
    "idle",
    "first_poll_within",
];

/// Reads it.
pub(super) fn read(table: &Table<'_>) -> Read<ImapSource> {
    let own = |key: &str| template(&table.need(key)?);
    let or = |key: &str, default: &str| match table.get(key) {
        None => Ok(default.to_owned()),
        Some(node) => template(&node),
    };
    let idle = span(table, "idle", 9 * 60)?;
    if idle > Duration::from_mins(28) {
        return Err(table.wrong("An \"idle\" is shorter than 29 minutes, or servers hang up."));
    }
    Ok(ImapSource {
        server: own("server")?,
        port: or("port", "993")?,
        security: or("security", "tls")?,
        user: own("user")?,
        password: own("password")?,
        mailbox: or("mailbox", "INBOX")?,
        timeout: span(table, "timeout", 60)?,
        idle,
        first_poll_within: span(table, "first_poll_within", 86_400)?,
    })
}
