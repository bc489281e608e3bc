//! `[source]` of a webhook: credential, signature, handshake.

use crate::channels::file::expression::named;
use crate::channels::file::mapping::{condition, parse_pointer};
use crate::channels::file::read::{Node, Read, Table};
use crate::channels::file::spec::{
    Auth, Encoding, Handshake, Scheme, Signature, Signed, WebhookSource,
};

/// Keys of a webhook.
pub(super) const KEYS: [&str; 5] = [
    "auth",
    "signature",
    "handshake",
    "binary",
    "unmapped_status",
];

/// Reads it.
pub(super) fn read(table: &Table<'_>) -> Read<WebhookSource> {
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
