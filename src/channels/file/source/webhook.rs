//! `[source]` of a webhook: credential, signature, handshake.

use super::signatures;
use super::timing::span;
use crate::channels::file::expression::named;
use crate::channels::file::mapping::{condition, parse_pointer};
use crate::channels::file::read::{Node, Read, Table};
use crate::channels::file::reply::body::shape;
use crate::channels::file::spec::{Accept, Auth, Handshake, Names, Respond, WebhookSource, Xml};
use crate::channels::map::reader::Form;
use crate::channels::reply::Kind;

/// Keys of a webhook.
pub(super) const KEYS: [&str; 9] = [
    "auth",
    "signature",
    "handshake",
    "accept",
    "respond",
    "names",
    "binary",
    "timeout",
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
    let (signature, issuer) = match table.table("signature")? {
        None => (None, None),
        Some(t) => match signatures::issuer(&t)? {
            Some(issuer) => (None, Some(issuer)),
            None => (Some(signatures::signature(&t)?), None),
        },
    };
    Ok(WebhookSource {
        auth: table.table("auth")?.map(|t| auth(&t)).transpose()?,
        signature,
        issuer,
        accept: accept(table)?,
        respond: table.table("respond")?.map(|t| respond(&t)).transpose()?,
        names: table.table("names")?.map(|t| names(&t)).transpose()?,
        handshake: table
            .table("handshake")?
            .map(|t| handshake(&t))
            .transpose()?,
        cloudevents_binary,
        timeout: span(table, "timeout", 60)?,
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
    let kinds = [
        ("bearer", 0),
        ("basic", 1),
        ("header", 2),
        ("query", 3),
        ("path", 4),
        ("field", 5),
    ];
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
        3 => {
            table.only(&["kind", "parameter", "secret"])?;
            Auth::Query(own("parameter")?, own("secret")?)
        }
        4 => {
            table.only(&["kind", "secret"])?;
            Auth::Path(own("secret")?)
        }
        _ => {
            table.only(&["kind", "at", "secret"])?;
            Auth::Field(parse_pointer(&table.need("at")?)?, own("secret")?)
        }
    })
}

/// What beside JSON is taken.
fn accept(table: &Table<'_>) -> Read<Accept> {
    let mut accept = Accept::default();
    let Some(node) = table.get("accept") else {
        return Ok(accept);
    };
    for node in node.list()? {
        let bodies = [("json", 0), ("form", 1), ("text", 2), ("xml", 3)];
        match named(&node, "body", &bodies)? {
            0 => {}
            1 => accept.form = true,
            2 => accept.text = true,
            _ => accept.xml = Xml::Tree,
        }
    }
    Ok(accept)
}

/// What is left to decode of the documents of a webhook that says `form`: its
/// door reads XML as JSON already, so that signatures and conditions see it.
pub(super) fn written(hook: &mut WebhookSource, form: Form) -> Form {
    match form {
        Form::Xml => {
            hook.accept.xml = Xml::Tree;
            Form::Json
        }
        Form::Cap | Form::Feed => {
            hook.accept.xml = Xml::Whole;
            form
        }
        other => other,
    }
}

fn respond(table: &Table<'_>) -> Read<Respond> {
    table.only(&["json", "text", "type"])?;
    let kinds = [
        ("text/plain", "text/plain; charset=utf-8"),
        ("text/xml", "text/xml; charset=utf-8"),
        ("application/json", "application/json"),
    ];
    match (table.get("json"), table.str("text")?) {
        (Some(node), None) => Ok(Respond::Json(shape(&node, Kind::Optional)?)),
        (None, Some(text)) => {
            let kind = match table.get("type") {
                Some(node) => named(&node, "type of answer", &kinds)?,
                None => "text/plain; charset=utf-8",
            };
            Ok(Respond::Text(text.to_owned(), kind))
        }
        _ => Err(table.wrong("An answer has either \"json\" or \"text\".")),
    }
}

fn names(table: &Table<'_>) -> Read<Names> {
    table.only(&["when", "json"])?;
    let missing = || table.wrong("The key \"when\" is missing here.");
    Ok(Names {
        when: condition(table, "when")?.ok_or_else(missing)?,
        answer: shape(&table.need("json")?, Kind::Optional)?,
    })
}

fn handshake(table: &Table<'_>) -> Read<Handshake> {
    let kinds = [
        ("hub_challenge", 0),
        ("json_echo", 1),
        ("options_origin", 2),
        ("crc_hmac", 3),
        ("ping_pong", 4),
        ("confirm_url", 5),
    ];
    let when = || {
        let missing = || table.wrong("The key \"when\" is missing here.");
        condition(table, "when")?.ok_or_else(missing)
    };
    Ok(match named(&table.need("kind")?, "handshake", &kinds)? {
        0 => {
            table.only(&["kind", "token"])?;
            Handshake::HubChallenge(table.need("token")?.str()?.to_owned())
        }
        1 => {
            table.only(&["kind", "when", "echo"])?;
            Handshake::JsonEcho(when()?, parse_pointer(&table.need("echo")?)?)
        }
        2 => {
            table.only(&["kind", "origins"])?;
            Handshake::OptionsOrigin(table.strs("origins")?)
        }
        3 => {
            table.only(&["kind", "key"])?;
            Handshake::CrcHmac(table.need("key")?.str()?.to_owned())
        }
        4 => {
            table.only(&["kind", "when", "answer"])?;
            Handshake::PingPong(when()?, table.need("answer")?.str()?.to_owned())
        }
        _ => {
            table.only(&["kind", "when", "url", "hosts"])?;
            let at = parse_pointer(&table.need("url")?)?;
            Handshake::ConfirmUrl(when()?, at, signatures::named_hosts(table)?)
        }
    })
}
