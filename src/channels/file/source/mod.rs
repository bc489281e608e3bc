//! The `[source]` table: by which transport a channel is heard, and how its
//! documents are written.
//!
//! - One file for each transport: [`webhook`], [`websocket`], [`feed`],
//!   [`poll`],
//!   [`stream`], [`imap`], [`broker`]; a new one is a row in [`TRANSPORTS`] and a file.
//! - [`timing`]: intervals, jitter, headers and rates; [`mod@request`]: requests;
//!   [`mod@cursor`]: cursors, as all that call out write them.

mod broker;
mod cursor;
mod feed;
mod imap;
mod poll;
pub(super) mod request;
mod signatures;
mod stream;
mod timing;
mod webhook;
mod websocket;

use super::expression::named;
use super::mapping::{condition, parse_pointer};
use super::read::{Node, Read, Table};
use super::spec::Transport;
use crate::channels::map::nested::Nested;
use crate::channels::map::pointer::Pointer;
use crate::channels::map::reader::Form;
use crate::channels::map::when::When;

/// Largest document when a file does not say: 1 MiB.
const BODY: u64 = 1024 * 1024;
/// Largest document that a file may ask for: 64 MiB.
const MOST: u64 = 64 * 1024 * 1024;

/// The whole table.
#[derive(Debug)]
pub(super) struct SourceTable {
    pub(super) transport: Transport,
    pub(super) form: Form,
    pub(super) nested: Vec<Nested>,
    pub(super) split: Vec<Pointer>,
    pub(super) error_when: Option<When>,
    pub(super) max_body_bytes: usize,
}

/// Keys of every transport.
const COMMON: [&str; 5] = [
    "transport",
    "decode",
    "split",
    "error_when",
    "max_body_bytes",
];

/// One transport in files: its name, its own keys, how it is read, and what its
/// documents are written in when a file does not say.
#[derive(Clone, Copy)]
struct Row {
    name: &'static str,
    keys: &'static [&'static str],
    read: fn(&Table<'_>) -> Read<Transport>,
    form: Form,
}

/// The transports that exist.
const TRANSPORTS: [Row; 10] = [
    Row {
        name: "webhook",
        keys: &webhook::KEYS,
        read: |table| webhook::read(table).map(|read| Transport::Webhook(Box::new(read))),
        form: Form::Json,
    },
    Row {
        name: "websocket",
        keys: &websocket::KEYS,
        read: |table| websocket::read(table).map(Transport::Websocket),
        form: Form::Json,
    },
    Row {
        name: "feed",
        keys: &feed::KEYS,
        read: |table| feed::read(table).map(Transport::Feed),
        form: Form::Feed,
    },
    Row {
        name: "poll",
        keys: &poll::POLL,
        read: |table| poll::poll(table).map(|p| Transport::Poll(Box::new(p))),
        form: Form::Json,
    },
    Row {
        name: "longpoll",
        keys: &poll::LONGPOLL,
        read: |table| poll::longpoll(table).map(|p| Transport::Poll(Box::new(p))),
        form: Form::Json,
    },
    Row {
        name: "sse",
        keys: &stream::SSE,
        read: |table| stream::sse(table).map(Transport::Stream),
        form: Form::Json,
    },
    Row {
        name: "lines",
        keys: &stream::LINES,
        read: |table| stream::lines(table).map(Transport::Stream),
        form: Form::Json,
    },
    Row {
        name: "imap",
        keys: &imap::KEYS,
        read: |table| imap::read(table).map(Transport::Imap),
        form: Form::Mail,
    },
    Row {
        name: "mqtt",
        keys: &broker::MQTT,
        read: |table| broker::mqtt(table).map(Transport::Broker),
        form: Form::Json,
    },
    Row {
        name: "nats",
        keys: &broker::NATS,
        read: |table| broker::nats(table).map(Transport::Broker),
        form: Form::Json,
    },
];

/// Reads `[source]`.
pub(super) fn source(table: &Table<'_>) -> Read<SourceTable> {
    // A misspelt key is named before one that is missed because of it.
    let all = TRANSPORTS.iter().flat_map(|row| row.keys).copied();
    let all: Vec<&str> = COMMON.iter().copied().chain(all).collect();
    table.only(&all)?;
    let known = TRANSPORTS.map(|row| (row.name, row));
    let row = named(&table.need("transport")?, "transport", &known)?;
    let own: Vec<&str> = COMMON.iter().chain(row.keys).copied().collect();
    table.only(&own)?;
    let mut transport = (row.read)(table)?;
    let (mut form, nested) = decode(table, row.form)?;
    if let Transport::Webhook(hook) = &mut transport {
        form = webhook::written(hook, form);
    }
    Ok(SourceTable {
        transport,
        form,
        nested,
        split: split(table)?,
        error_when: condition(table, "error_when")?,
        max_body_bytes: size(table, "max_body_bytes")?,
    })
}

fn size(table: &Table<'_>, key: &str) -> Read<usize> {
    let Some(node) = table.get(key) else {
        return Ok(usize::try_from(BODY).unwrap_or(usize::MAX));
    };
    let bytes = node.count()?;
    let fits = (1..=MOST).contains(&bytes);
    let bytes = usize::try_from(bytes).ok().filter(|_| fits);
    bytes.ok_or_else(|| node.wrong("A size is from 1 to 67108864 bytes."))
}

fn decode(table: &Table<'_>, default: Form) -> Read<(Form, Vec<Nested>)> {
    let mut form = default;
    let mut nested = Vec::new();
    for op in table.tables("decode")? {
        op.only(&["op", "at", "when", "lenient"])?;
        let ops = [
            ("json", 0),
            ("json_string", 1),
            ("watchfloor", 2),
            ("feed", 3),
            ("cap", 4),
            ("xml", 5),
        ];
        match named(&op.need("op")?, "decoder", &ops)? {
            0 => form = Form::Json,
            1 => nested.push(Nested {
                at: nested_at(&op.need("at")?)?,
                when: condition(&op, "when")?,
                lenient: match op.get("lenient") {
                    Some(node) => node.bool()?,
                    None => false,
                },
            }),
            2 => form = Form::Watchfloor,
            3 => form = Form::Feed,
            4 => form = Form::Cap,
            _ => form = Form::Xml,
        }
    }
    Ok((form, nested))
}

/// Where JSON inside JSON is: a pointer in which a `*` is each element.
fn nested_at(node: &Node<'_>) -> Read<Vec<Pointer>> {
    let says = |says: String| node.wrong(&says);
    let written = node.str()?;
    let part = |(nth, part): (usize, &str)| match nth {
        0 => Pointer::parse(part),
        _ => Pointer::parse(&format!("/{part}")),
    };
    let parts = written.split("/*/").enumerate().map(part);
    parts.collect::<Result<_, _>>().map_err(says)
}

fn split(table: &Table<'_>) -> Read<Vec<Pointer>> {
    let Some(node) = table.get("split") else {
        return Ok(Vec::new());
    };
    let list = node.as_list().unwrap_or_else(|| vec![node.clone()]);
    let one = |node: &Node<'_>| -> Read<Pointer> {
        let at = parse_pointer(node)?;
        if at.keys().count() > 1 {
            return Err(node.wrong("A batch's list is the document or one of its keys."));
        }
        Ok(at)
    };
    list.iter().map(one).collect()
}
