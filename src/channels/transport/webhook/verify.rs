//! Who may post: address, credential, signature over the raw body, and a
//! window against replays. All comparisons of secrets take the same time
//! whatever they compare.

use std::net::IpAddr;

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::answer::Answer;
use super::{Request, body};
use crate::channels::file::{Auth, Encoding, Scheme, Signature, Signed, WebhookSource};
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

/// Refuses a request without the channel's credential. Where the operator gave
/// an address list instead of a secret, that has decided already.
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
    };
    if secret.is_empty() && !channel.config.allow_ips.is_empty() {
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
            .is_some_and(|tag| signs(rule, key, request, &tag))
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
    let sent = text(request.headers, header)
        .and_then(|t| t.parse::<i64>().ok())
        .and_then(|s| s.checked_mul(1000))
        .map(Timestamp::from_millis);
    // A clock that runs ahead is as suspect as one that runs behind.
    let apart = sent.map(|s| request.now.since(s).max(s.since(request.now)));
    if apart.is_some_and(|a| a <= *within) {
        return Ok(());
    }
    let says = "This delivery was signed too long ago, or the clocks differ.";
    Err(Answer::error(401, says.to_owned()))
}

fn signs(rule: &Signature, key: &[u8], request: &Request<'_>, tag: &[u8]) -> bool {
    match rule.scheme {
        Scheme::HmacSha256 => Hmac::<Sha256>::new_from_slice(key)
            .is_ok_and(|mac| fed(mac, rule, request).verify_slice(tag).is_ok()),
        Scheme::HmacSha1 => Hmac::<Sha1>::new_from_slice(key)
            .is_ok_and(|mac| fed(mac, rule, request).verify_slice(tag).is_ok()),
    }
}

fn fed<M: Mac>(mut mac: M, rule: &Signature, request: &Request<'_>) -> M {
    for piece in &rule.signed {
        match piece {
            Signed::Words(words) => mac.update(words.as_bytes()),
            Signed::Body => mac.update(&request.body),
            Signed::Header(name) => {
                mac.update(text(request.headers, name).unwrap_or("").as_bytes());
            }
        }
    }
    mac
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
