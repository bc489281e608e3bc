//! `[source]` of a WebSocket.

use std::time::Duration;

use axum::http::Method;
use serde_json::Value;

use super::cursor::cursor;
use super::request::{json, request, template};
use super::timing::span;
use crate::channels::file::expression::named;
use crate::channels::file::mapping::condition;
use crate::channels::file::read::{Node, Read, Table};
use crate::channels::file::spec::{Opening, TalkKind, WebsocketSource};

/// Keys of a WebSocket.
pub(super) const KEYS: [&str; 16] = [
    "url",
    "headers",
    "protocol",
    "on_open",
    "keep_alive",
    "token",
    "intents",
    "filters",
    "rewind",
    "timeout",
    "ping_every",
    "read_idle_timeout",
    "cursor",
    "cursor_lost",
    "refusals",
    "hosts",
];

/// Reads it.
pub(super) fn read(table: &Table<'_>) -> Read<WebsocketSource> {
    let ping_every = match table.str("ping_every")? {
        Some("never") => None,
        _ => Some(span(table, "ping_every", 30)?),
    };
    Ok(WebsocketSource {
        request: request(table, &Method::GET)?,
        talk: talk(table)?,
        timeout: span(table, "timeout", 20)?,
        ping_every,
        read_idle_timeout: span(table, "read_idle_timeout", 90)?,
        cursor: cursor(table)?,
        cursor_lost: table.strs("cursor_lost")?,
        refusals: refusals(table)?,
        hosts: table.strs("hosts")?,
    })
}

fn talk(table: &Table<'_>) -> Read<TalkKind> {
    let protocols = [("discord-gateway", 0), ("nostr", 1)];
    let own: [&[&str]; 3] = [
        &["token", "intents"],
        &["filters", "rewind"],
        &["on_open", "keep_alive"],
    ];
    let which = match table.get("protocol") {
        None => 2,
        Some(node) => named(&node, "protocol", &protocols)?,
    };
    for (nth, keys) in own.iter().enumerate() {
        let stray = keys.iter().find_map(|key| table.get(key));
        if let Some(node) = stray.filter(|_| nth != which) {
            return Err(node.wrong("This key belongs to another protocol."));
        }
    }
    Ok(match which {
        0 => TalkKind::Discord {
            token: template(&table.need("token")?)?,
            intents: template(&table.need("intents")?)?,
        },
        1 => TalkKind::Nostr {
            filters: filters(&table.need("filters")?)?,
            rewind: match table.get("rewind") {
                None => 60,
                Some(node) => u32::try_from(node.count()?)
                    .map_err(|_| node.wrong("This number is too large."))?,
            },
        },
        _ => TalkKind::Plain {
            opening: opening(table)?,
            keep_alive: keep_alive(table)?,
        },
    })
}

fn filters(node: &Node<'_>) -> Read<Vec<Value>> {
    node.list()?.iter().map(json).collect()
}

fn opening(table: &Table<'_>) -> Read<Vec<Opening>> {
    let Some(node) = table.get("on_open") else {
        return Ok(Vec::new());
    };
    let one = |node: &Node<'_>| match node.as_table() {
        None => Ok(Opening {
            send: template(node)?,
            then: None,
        }),
        Some(inner) => {
            inner.only(&["send", "then"])?;
            Ok(Opening {
                send: template(&inner.need("send")?)?,
                then: condition(&inner, "then")?,
            })
        }
    };
    node.list()?.iter().map(one).collect()
}

fn keep_alive(table: &Table<'_>) -> Read<Option<(String, Duration)>> {
    let Some(inner) = table.table("keep_alive")? else {
        return Ok(None);
    };
    inner.only(&["send", "every"])?;
    let frame = template(&inner.need("send")?)?;
    Ok(Some((frame, span(&inner, "every", 30)?)))
}

fn refusals(table: &Table<'_>) -> Read<Vec<(u16, String)>> {
    let Some(inner) = table.table("refusals")? else {
        return Ok(Vec::new());
    };
    let one = |(code, says): (&str, Node<'_>)| {
        let code = code.parse().ok().filter(|c| (1000..5000).contains(c));
        let code = code.ok_or_else(|| says.wrong("A code of a close is from 1000 to 4999."))?;
        Ok((code, says.str()?.to_owned()))
    };
    inner.all().into_iter().map(one).collect()
}
