//! The `[source]` table: by which transport a channel is heard, how its
//! documents are written, and how a sender proves who it is.

use std::time::Duration;

use super::expression::named;
use super::mapping::{condition, parse_pointer};
use super::read::{Node, Read, Table};
use super::spec::{
    Auth, Encoding, FeedSource, Handshake, Scheme, Signature, Signed, Transport, WebhookSource,
    WebsocketSource,
};
use crate::channels::map::pointer::Pointer;
use crate::channels::map::reader::{Form, Nested};
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

/// Keys of a webhook.
const WEBHOOK: [&str; 5] = [
    "auth",
    "signature",
    "handshake",
    "binary",
    "unmapped_status",
];
/// Keys of a WebSocket.
const WEBSOCKET: [&str; 6] = [
    "url",
    "headers",
    "on_open",
    "ping_every",
    "read_idle_timeout",
    "hosts",
];
/// Keys of a feed.
const FEED: [&str; 8] = [
    "url",
    "headers",
    "interval",
    "jitter",
    "timeout",
    "keep",
    "first_poll_within",
    "hosts",
];

/// Reads `[source]`.
pub(super) fn source(table: &Table<'_>) -> Read<SourceTable> {
    // A misspelt key is named before one that is missed because of it.
    let own = [WEBHOOK.as_slice(), &WEBSOCKET, &FEED].concat();
    table.only(&keys(&own))?;
    let known = [("webhook", 0), ("websocket", 1), ("feed", 2)];
    let (transport, form) = match named(&table.need("transport")?, "transport", &known)? {
        0 => (Transport::Webhook(webhook(table)?), Form::Json),
        1 => (Transport::Websocket(websocket(table)?), Form::Json),
        _ => (Transport::Feed(feed(table)?), Form::Feed),
    };
    let (form, nested) = decode(table, form)?;
    Ok(SourceTable {
        transport,
        form,
        nested,
        split: split(table)?,
        error_when: condition(table, "error_when")?,
        max_body_bytes: size(table, "max_body_bytes")?,
    })
}

fn keys<'k>(own: &[&'k str]) -> Vec<&'k str> {
    COMMON.iter().chain(own).copied().collect()
}

fn webhook(table: &Table<'_>) -> Read<WebhookSource> {
    table.only(&keys(&WEBHOOK))?;
    let cloudevents_binary = match table.get("binary") {
        Some(node) => named(&node, "binary mode", &[("cloudevents", true)])?,
        None => false,
    };
    let unmapped_status = match table.get("unmapped_status") {
        Some(node) => named_status(&node)?,
        None => 200,
    };
    Ok(WebhookSource {
        auth: table.table("auth")?.map(|t| auth(&t)).transpose()?,
        signature: table
            .table("signature")?
            .map(|t| signature(&t))
            .transpose()?,
        handshake: table
            .table("handshake")?
            .map(|t| handshake(&t))
            .transpose()?,
        cloudevents_binary,
        unmapped_status,
    })
}

fn named_status(node: &Node<'_>) -> Read<u16> {
    match node.count()? {
        200 => Ok(200),
        422 => Ok(422),
        _ => Err(node.wrong("What is kept unmapped is answered with 200 or 422.")),
    }
}

fn auth(table: &Table<'_>) -> Read<Auth> {
    let kinds = [("bearer", 0), ("basic", 1), ("header", 2), ("query", 3)];
    let kind = named(&table.need("kind")?, "credential", &kinds)?;
    let own = |key: &str| table.need(key)?.str().map(str::to_owned);
    Ok(match kind {
        0 => {
            table.only(&["kind", "secret"])?;
            Auth::Bearer(own("secret")?)
        }
        1 => {
            table.only(&["kind", "user", "secret"])?;
            Auth::Basic(own("user")?, own("secret")?)
        }
        2 => {
            table.only(&["kind", "header", "secret"])?;
            Auth::Header(own("header")?.to_ascii_lowercase(), own("secret")?)
        }
        _ => {
            table.only(&["kind", "parameter", "secret"])?;
            Auth::Query(own("parameter")?, own("secret")?)
        }
    })
}

fn signature(table: &Table<'_>) -> Read<Signature> {
    table.only(&[
        "header", "scheme", "key", "encoding", "prefix", "signed", "max_age",
    ])?;
    let schemes = [
        ("hmac-sha256", Scheme::HmacSha256),
        ("hmac-sha1", Scheme::HmacSha1),
    ];
    let encodings = [("hex", Encoding::Hex), ("base64", Encoding::Base64)];
    let max_age = match table.table("max_age")? {
        None => None,
        Some(inner) => {
            inner.only(&["header", "within"])?;
            let header = inner.need("header")?.str()?.to_ascii_lowercase();
            Some((header, inner.need("within")?.duration()?))
        }
    };
    Ok(Signature {
        header: table.need("header")?.str()?.to_ascii_lowercase(),
        scheme: named(&table.need("scheme")?, "signature scheme", &schemes)?,
        key: table.need("key")?.str()?.to_owned(),
        encoding: named(&table.need("encoding")?, "signature encoding", &encodings)?,
        prefix: table.str("prefix")?.unwrap_or("").to_owned(),
        signed: match table.get("signed") {
            Some(node) => signed(&node)?,
            None => vec![Signed::Body],
        },
        max_age,
    })
}

/// `v0:{header:X-Time}:{body}` in pieces.
fn signed(node: &Node<'_>) -> Read<Vec<Signed>> {
    let says = "What is signed is words with {body} and {header:Name} in them.";
    let mut pieces = Vec::new();
    let mut rest = node.str()?;
    while let Some((words, after)) = rest.split_once('{') {
        let (name, next) = after.split_once('}').ok_or_else(|| node.wrong(says))?;
        if !words.is_empty() {
            pieces.push(Signed::Words(words.to_owned()));
        }
        pieces.push(match name.strip_prefix("header:") {
            Some(header) => Signed::Header(header.to_ascii_lowercase()),
            None if name == "body" => Signed::Body,
            None => return Err(node.wrong(says)),
        });
        rest = next;
    }
    if !rest.is_empty() {
        pieces.push(Signed::Words(rest.to_owned()));
    }
    if !pieces.contains(&Signed::Body) {
        return Err(node.wrong("A signature that does not cover {body} proves nothing."));
    }
    Ok(pieces)
}

fn handshake(table: &Table<'_>) -> Read<Handshake> {
    let kinds = [
        ("hub_challenge", 0),
        ("json_echo", 1),
        ("options_origin", 2),
    ];
    Ok(match named(&table.need("kind")?, "handshake", &kinds)? {
        0 => {
            table.only(&["kind", "token"])?;
            Handshake::HubChallenge(table.need("token")?.str()?.to_owned())
        }
        1 => {
            table.only(&["kind", "when", "echo"])?;
            let missing = || table.wrong("The key \"when\" is missing here.");
            let when = condition(table, "when")?.ok_or_else(missing)?;
            Handshake::JsonEcho(when, parse_pointer(&table.need("echo")?)?)
        }
        _ => {
            table.only(&["kind", "origins"])?;
            Handshake::OptionsOrigin(table.strs("origins")?)
        }
    })
}

fn websocket(table: &Table<'_>) -> Read<WebsocketSource> {
    table.only(&keys(&WEBSOCKET))?;
    Ok(WebsocketSource {
        url: table.need("url")?.str()?.to_owned(),
        headers: headers(table)?,
        on_open: table.strs("on_open")?,
        ping_every: span(table, "ping_every", 30)?,
        read_idle_timeout: span(table, "read_idle_timeout", 90)?,
        hosts: table.strs("hosts")?,
    })
}

fn feed(table: &Table<'_>) -> Read<FeedSource> {
    table.only(&keys(&FEED))?;
    let jitter = match table.get("jitter") {
        None => 20,
        Some(node) => {
            let says = "A jitter is a share of the interval: \"20%\", at most \"50%\".";
            let percent = node.str()?.strip_suffix('%').and_then(|p| p.parse().ok());
            percent
                .filter(|p| *p <= 50)
                .ok_or_else(|| node.wrong(says))?
        }
    };
    let keep = match table.get("keep") {
        None => 2000,
        Some(node) => usize::try_from(node.count()?)
            .ok()
            .filter(|k| (1..=100_000).contains(k))
            .ok_or_else(|| node.wrong("From 1 to 100000 entries can be remembered."))?,
    };
    Ok(FeedSource {
        url: table.need("url")?.str()?.to_owned(),
        headers: headers(table)?,
        interval: span(table, "interval", 300)?,
        jitter,
        keep,
        timeout: span(table, "timeout", 30)?,
        first_poll_within: span(table, "first_poll_within", 86_400)?,
        hosts: table.strs("hosts")?,
    })
}

fn headers(table: &Table<'_>) -> Read<Vec<(String, String)>> {
    let Some(inner) = table.table("headers")? else {
        return Ok(Vec::new());
    };
    let header = |(name, value): (&str, Node<'_>)| Ok((name.to_owned(), value.str()?.to_owned()));
    inner.all().into_iter().map(header).collect()
}

fn span(table: &Table<'_>, key: &str, seconds: u64) -> Read<Duration> {
    match table.get(key) {
        None => Ok(Duration::from_secs(seconds)),
        Some(node) => {
            let span = node.duration()?;
            if span < Duration::from_millis(10) {
                return Err(node.wrong("This is too short; write at least 10ms."));
            }
            Ok(span)
        }
    }
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
        op.only(&["op", "at", "when"])?;
        let ops = [
            ("json", 0),
            ("json_string", 1),
            ("watchfloor", 2),
            ("feed", 3),
        ];
        match named(&op.need("op")?, "decoder", &ops)? {
            0 => form = Form::Json,
            1 => nested.push(Nested {
                at: parse_pointer(&op.need("at")?)?,
                when: condition(&op, "when")?,
            }),
            2 => form = Form::Watchfloor,
            _ => form = Form::Feed,
        }
    }
    Ok((form, nested))
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
