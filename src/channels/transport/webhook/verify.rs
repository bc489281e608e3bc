//! Who may post: address, credential, signature over the raw body, and a
//! window against replays. All comparisons of secrets take the same time
//! whatever they compare.

use std::borrow::Cow;
use std::net::IpAddr;

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::answer::Answer;
use super::{Request, body};
use crate::channels::file::{Auth, Encoding, Scheme, Signature, Signed, WebhookSource};
use crate::channels::map::scope::scalar;
use crate::channels::registry::Channel;
use crate::channels::settings::Network;
use crate::model::time::Timestamp;

/// Most signatures that one header may list: vendors send two while a key
/// changes.
const SIGNATURES: usize = 8;

/// Refuses a sender whose address is not among those that may.
pub(super) fn address(allowed: &[Network], peer: IpAddr) -> Result<(), Answer> {
    if allowed.is_empty() || allowed.iter().any(|network| network.has(peer)) {
        return Ok(());
    }
    let says = "This address may not post to this channel.";
    Err(Answer::error(403, says.to_owned()))
}

/// Refuses a sender that shows none of the certificates that may.
pub(super) fn certificate(allowed: &[String], names: &[String]) -> Result<(), Answer> {
    if allowed.is_empty() || allowed.iter().any(|name| names.contains(name)) {
        return Ok(());
    }
    let says =
        "This channel takes deliveries only from who shows a client's certificate that it names.";
    Err(Answer::error(403, says.to_owned()))
}

/// Refuses a request without the channel's credential. Where the operator gave
/// addresses or certificates instead of a secret, that has decided already.
pub(super) fn credential(
    channel: &Channel,
    source: &WebhookSource,
    request: &Request<'_>,
) -> Result<(), Answer> {
    let Some(auth) = &source.auth else {
        return Ok(());
    };
    let headers = request.headers;
    let (secret, given) = match auth {
        Auth::Bearer(name) => (
            channel.secret(name).to_owned(),
            scheme(headers, "bearer").map(str::to_owned),
        ),
        Auth::Basic(user, password) => (
            match (channel.secret(user), channel.secret(password)) {
                ("", _) | (_, "") => String::new(),
                (user, password) => format!("{user}:{password}"),
            },
            scheme(headers, "basic").and_then(decoded),
        ),
        Auth::Header(header, name) => (
            channel.secret(name).to_owned(),
            text(headers, header).map(str::to_owned),
        ),
        Auth::Query(parameter, name) => (
            channel.secret(name).to_owned(),
            body::parameter(request.query, parameter),
        ),
        Auth::Path(name) => (
            channel.secret(name).to_owned(),
            Some(request.path.to_owned()),
        ),
        // In the document, which is looked at next.
        Auth::Field(..) => return Ok(()),
    };
    if secret.is_empty() && channel.config.knows_its_senders() {
        return Ok(());
    }
    if !secret.is_empty() && given.is_some_and(|given| same(&secret, &given)) {
        return Ok(());
    }
    let challenge = match auth {
        Auth::Basic(..) => "Basic realm=\"watchfloor\"",
        _ => "Bearer",
    };
    let says = "This channel needs its credential; it is missing or wrong.";
    Err(Answer::error(401, says.to_owned()).with("www-authenticate", challenge.to_owned()))
}

/// Refuses a document that does not have the channel's token where it belongs.
pub(super) fn field(
    channel: &Channel,
    source: &WebhookSource,
    document: &Bytes,
) -> Result<(), Answer> {
    let Some(Auth::Field(at, name)) = &source.auth else {
        return Ok(());
    };
    let secret = channel.secret(name);
    if secret.is_empty() && channel.config.knows_its_senders() {
        return Ok(());
    }
    let tree: Option<Value> = serde_json::from_slice(document).ok();
    let given = tree
        .as_ref()
        .and_then(|tree| at.walk(tree))
        .and_then(scalar);
    if !secret.is_empty() && given.is_some_and(|given| same(secret, &given)) {
        return Ok(());
    }
    let says = "This channel needs its token in the document; it is missing or wrong.";
    Err(Answer::error(401, says.to_owned()))
}

/// Refuses a body that is not signed with the channel's key, or was signed too
/// long ago.
pub(super) fn signature(
    channel: &Channel,
    source: &WebhookSource,
    request: &Request<'_>,
) -> Result<(), Answer> {
    let Some(rule) = &source.signature else {
        return Ok(());
    };
    let refused = |says: &str| Answer::error(401, says.to_owned());
    let given = text(request.headers, &rule.header)
        .ok_or_else(|| refused("This channel's deliveries are signed; this one is not."))?;
    fresh(rule, request)?;
    let key = channel.secret(&rule.key).as_bytes();
    let one = |given: &str| {
        let tag = given.trim().strip_prefix(rule.prefix.as_str());
        tag.and_then(|t| tag_of(t, rule.encoding))
            .is_some_and(|tag| signs((rule, channel), key, request, &tag))
    };
    if !key.is_empty() && given.split(',').take(SIGNATURES).any(one) {
        return Ok(());
    }
    Err(refused(
        "The signature is not of this body with this channel's key.",
    ))
}

fn fresh(rule: &Signature, request: &Request<'_>) -> Result<(), Answer> {
    let Some((header, within)) = &rule.max_age else {
        return Ok(());
    };
    let sent = text(request.headers, header).and_then(|t| match t.parse::<i64>() {
        // Seconds until the year 33658; what is more is milliseconds.
        Ok(s) if s < 1_000_000_000_000 => s.checked_mul(1000).map(Timestamp::from_millis),
        Ok(ms) => Some(Timestamp::from_millis(ms)),
        Err(_) => Timestamp::parse(t),
    });
    // A clock that runs ahead is as suspect as one that runs behind.
    let apart = sent.map(|s| request.now.since(s).max(s.since(request.now)));
    if apart.is_some_and(|a| a <= *within) {
        return Ok(());
    }
    let says = "This delivery was signed too long ago, or the clocks differ.";
    Err(Answer::error(401, says.to_owned()))
}

/// Whether `tag` is the signature of the request with `key`.
fn signs(
    (rule, channel): (&Signature, &Channel),
    key: &[u8],
    request: &Request<'_>,
    tag: &[u8],
) -> bool {
    let signed = signed(rule, channel, request);
    match rule.scheme {
        Scheme::HmacSha256 => Hmac::<Sha256>::new_from_slice(key)
            .is_ok_and(|mac| mac.chain_update(&signed).verify_slice(tag).is_ok()),
        Scheme::HmacSha1 => Hmac::<Sha1>::new_from_slice(key)
            .is_ok_and(|mac| mac.chain_update(&signed).verify_slice(tag).is_ok()),
        Scheme::Ed25519 => {
            let public = std::str::from_utf8(key).ok();
            let public = public.and_then(|hex| tag_of(hex.trim(), Encoding::Hex));
            public.is_some_and(|public| {
                UnparsedPublicKey::new(&ED25519, public)
                    .verify(&signed, tag)
                    .is_ok()
            })
        }
    }
}

/// What is signed, in one piece; the body itself where that is all.
fn signed<'r>(rule: &Signature, channel: &Channel, request: &'r Request<'_>) -> Cow<'r, [u8]> {
    if rule.signed == [Signed::Body] {
        return Cow::Borrowed(&request.body);
    }
    let mut whole = Vec::with_capacity(request.body.len() + 64);
    for piece in &rule.signed {
        match piece {
            Signed::Words(words) => whole.extend_from_slice(words.as_bytes()),
            Signed::Body => whole.extend_from_slice(&request.body),
            Signed::Header(name) => {
                whole.extend_from_slice(text(request.headers, name).unwrap_or("").as_bytes());
            }
            Signed::Url => {
                let url = channel.vars.get(&rule.url).map_or("", String::as_str);
                whole.extend_from_slice(url.as_bytes());
            }
            Signed::Form => {
                let mut pairs: Vec<_> = url::form_urlencoded::parse(&request.body).collect();
                pairs.sort();
                // The same value of the same key counts once.
                pairs.dedup();
                for (key, value) in pairs {
                    whole.extend_from_slice(key.as_bytes());
                    whole.extend_from_slice(value.as_bytes());
                }
            }
        }
    }
    Cow::Owned(whole)
}

fn tag_of(written: &str, encoding: Encoding) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Base64 => STANDARD.decode(written).ok(),
        Encoding::Hex => {
            let digits = written.as_bytes();
            let digit = |b: u8| {
                char::from(b)
                    .to_digit(16)
                    .and_then(|d| u8::try_from(d).ok())
            };
            let byte = |pair: &[u8]| match pair {
                [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
                _ => None,
            };
            digits.chunks(2).map(byte).collect()
        }
    }
}

/// Whether two secrets are the same, in a time that tells nothing of where or
/// how long they differ.
pub(super) fn same(ours: &str, theirs: &str) -> bool {
    let digest = |text: &str| Sha256::digest(text.as_bytes());
    digest(ours)
        .as_slice()
        .ct_eq(digest(theirs).as_slice())
        .into()
}

/// The header's value, where it is text.
pub(super) fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// What follows the scheme's word in `Authorization`.
fn scheme<'h>(headers: &'h HeaderMap, word: &str) -> Option<&'h str> {
    let (scheme, credential) = text(headers, "authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case(word).then(|| credential.trim())
}

fn decoded(credential: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(credential).ok()?).ok()
}
