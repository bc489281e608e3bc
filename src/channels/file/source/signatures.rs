//! `[source.signature]`: over what, by which scheme, with whose key.

use crate::channels::file::expression::named;
use crate::channels::file::mapping::parse_pointer;
use crate::channels::file::read::{Node, Read, Table};
use crate::channels::file::spec::{Encoding, Issuer, Jwt, Scheme, Signature, Signed};

/// A signature with a key of the vendor's; none when the key is ours.
pub(super) fn issuer(table: &Table<'_>) -> Read<Option<Issuer>> {
    match table.need("scheme")?.str()? {
        "jwt" => {
            table.only(&[
                "header", "scheme", "prefix", "keys", "hosts", "issuer", "audience", "same",
            ])?;
            let own = |key: &str| table.need(key)?.str().map(str::to_owned);
            let mut same = Vec::new();
            if let Some(inner) = table.table("same")? {
                for (claim, node) in inner.all() {
                    same.push((claim.to_owned(), parse_pointer(&node)?));
                }
            }
            Ok(Some(Issuer::Jwt(Jwt {
                header: own("header")?.to_ascii_lowercase(),
                prefix: table.str("prefix")?.unwrap_or("").to_owned(),
                keys: own("keys")?,
                hosts: named_hosts(table)?,
                issuer: own("issuer")?,
                audience: own("audience")?,
                same,
            })))
        }
        "sns" => {
            table.only(&["scheme", "hosts", "topic"])?;
            Ok(Some(Issuer::Sns {
                hosts: named_hosts(table)?,
                topic: table.need("topic")?.str()?.to_owned(),
            }))
        }
        _ => Ok(None),
    }
}

/// The hosts that may be called because a delivery says so: named ones.
pub(super) fn named_hosts(table: &Table<'_>) -> Read<Vec<String>> {
    let node = table.need("hosts")?;
    let hosts = table.strs("hosts")?;
    if hosts.is_empty() || hosts.iter().any(|host| host == "*") {
        return Err(node.wrong("Name the hosts: a delivery may not name just any."));
    }
    Ok(hosts)
}

/// A signature with a key of ours.
pub(super) fn signature(table: &Table<'_>) -> Read<Signature> {
    table.only(&[
        "header", "scheme", "key", "encoding", "prefix", "signed", "url", "max_age",
    ])?;
    let schemes = [
        ("hmac-sha256", Scheme::HmacSha256),
        ("hmac-sha1", Scheme::HmacSha1),
        ("ed25519", Scheme::Ed25519),
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
    let signed = match table.get("signed") {
        Some(node) => signed(&node)?,
        None => vec![Signed::Body],
    };
    let url = if signed.contains(&Signed::Url) {
        table.need("url")?.str()?.to_owned()
    } else {
        String::new()
    };
    Ok(Signature {
        url,
        header: table.need("header")?.str()?.to_ascii_lowercase(),
        scheme: named(&table.need("scheme")?, "signature scheme", &schemes)?,
        key: table.need("key")?.str()?.to_owned(),
        encoding: named(&table.need("encoding")?, "signature encoding", &encodings)?,
        prefix: table.str("prefix")?.unwrap_or("").to_owned(),
        signed,
        max_age,
    })
}

/// `v0:{header:X-Time}:{body}` in pieces.
fn signed(node: &Node<'_>) -> Read<Vec<Signed>> {
    let says = "What is signed is words with {body}, {header:Name}, {url} and {form} in them.";
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
            None if name == "url" => Signed::Url,
            None if name == "form" => Signed::Form,
            None => return Err(node.wrong(says)),
        });
        rest = next;
    }
    if !rest.is_empty() {
        pieces.push(Signed::Words(rest.to_owned()));
    }
    if !pieces.contains(&Signed::Body) && !pieces.contains(&Signed::Form) {
        return Err(node.wrong("A signature that does not cover {body} proves nothing."));
    }
    Ok(pieces)
}
