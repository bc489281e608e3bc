//! Signatures with keys that the vendor publishes: JWTs (RS256) and AWS SNS.
//!
//! Pure: the keys come from [`super::keys`], which has fetched them before. What
//! is not proven is refused.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use ring::signature::{
    RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256,
    RsaPublicKeyComponents,
};
use serde_json::Value;

use super::Request;
use super::answer::Answer;
use super::verify::{same, text};
use crate::channels::file::{Issuer, Jwt, WebhookSource};
use crate::channels::map::scope::scalar;
use crate::channels::registry::Channel;
use crate::model::time::Timestamp;

/// How far the clocks may be apart.
const LEEWAY_S: i64 = 300;
/// How old a message of SNS may be: it tries again for an hour.
const SNS_WINDOW_S: i64 = 3600 + LEEWAY_S;

/// An RSA key: modulus and exponent, big-endian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::channels) struct RsaKey {
    pub(in crate::channels) n: Vec<u8>,
    pub(in crate::channels) e: Vec<u8>,
}

/// Refuses a document that its vendor did not sign.
pub(super) fn check(
    channel: &Channel,
    source: &WebhookSource,
    (request, document): (&Request<'_>, &Bytes),
) -> Result<(), Answer> {
    let says = match &source.issuer {
        None => return Ok(()),
        Some(Issuer::Jwt(rule)) => jwt(channel, rule, request, document),
        Some(Issuer::Sns { topic, .. }) => sns(channel, topic, (document, request.now)),
    };
    says.map_err(|says| Answer::error(401, says.to_owned()))
}

/// The token of a request and the id of its key, nothing of it believed.
pub(super) fn token<'r>(rule: &Jwt, request: &'r Request<'_>) -> Option<(&'r str, String)> {
    let header = text(request.headers, &rule.header)?;
    let token = header.strip_prefix(rule.prefix.as_str())?.trim();
    let head = part(token.split('.').next()?)?;
    // Only this one: "none" and keys of the sender's own are how it is forged.
    if head.get("alg")?.as_str()? != "RS256" {
        return None;
    }
    Some((token, head.get("kid")?.as_str()?.to_owned()))
}

fn part(encoded: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()
}

fn jwt(
    channel: &Channel,
    rule: &Jwt,
    request: &Request<'_>,
    document: &Bytes,
) -> Result<(), &'static str> {
    let (token, kid) = token(rule, request).ok_or(
        "This channel's deliveries carry a signed token; this one has none that can be read.",
    )?;
    let unknown = "The token's key is not among those that the vendor publishes.";
    let key = channel.keys.get(&kid).ok_or(unknown)?;
    let forged = "The token is not signed by the vendor.";
    let (signed, tag) = token.rsplit_once('.').ok_or(forged)?;
    let tag = URL_SAFE_NO_PAD.decode(tag).map_err(|_| forged)?;
    let key = RsaPublicKeyComponents {
        n: &key.n,
        e: &key.e,
    };
    key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &tag)
        .map_err(|_| forged)?;
    let claims = signed.split('.').nth(1).and_then(part).ok_or(forged)?;
    let claim = |name: &str| claims.get(name).and_then(scalar).unwrap_or_default();
    if claim("iss") != rule.issuer.as_str() {
        return Err("The token was issued by somebody else.");
    }
    let audience = channel.vars.get(&rule.audience).map_or("", String::as_str);
    if audience.is_empty() || !same(audience, &claim("aud")) {
        return Err("The token is meant for somebody else.");
    }
    let now = request.now.as_millis() / 1000;
    let seconds = |name: &str| claims.get(name).and_then(Value::as_i64);
    let over = seconds("exp").is_none_or(|exp| now > exp.saturating_add(LEEWAY_S));
    if over || seconds("nbf").is_some_and(|nbf| now < nbf.saturating_sub(LEEWAY_S)) {
        return Err("The token is too old, or the clocks differ.");
    }
    let tree: Value = serde_json::from_slice(document).unwrap_or_default();
    for (name, at) in &rule.same {
        let told = at.walk(&tree).and_then(scalar).unwrap_or_default();
        if told.is_empty() || told != claim(name) {
            return Err("The token is for another delivery than this.");
        }
    }
    Ok(())
}

/// The URL of the certificate that a message of SNS names.
pub(super) fn certificate_url(document: &Bytes) -> Option<String> {
    let tree: Value = serde_json::from_slice(document).ok()?;
    let url = tree
        .get("SigningCertURL")
        .or_else(|| tree.get("SigningCertUrl"))?;
    Some(url.as_str()?.to_owned())
}

fn sns(
    channel: &Channel,
    topic: &str,
    (document, now): (&Bytes, Timestamp),
) -> Result<(), &'static str> {
    let forged = "The message is not signed by Amazon.";
    let tree: Value = serde_json::from_slice(document).map_err(|_| forged)?;
    let field = |name: &str| tree.get(name).and_then(Value::as_str);
    let ours = channel.vars.get(topic).map_or("", String::as_str);
    if ours.is_empty() || field("TopicArn") != Some(ours) {
        return Err("The message is of another topic than this channel's.");
    }
    let url = certificate_url(document).ok_or(forged)?;
    let key = channel
        .keys
        .get(&url)
        .ok_or("Amazon's certificate could not be had.")?;
    let signed = sns_signed(&tree).ok_or(forged)?;
    let tag = field("Signature")
        .and_then(|s| STANDARD.decode(s).ok())
        .ok_or(forged)?;
    let key = RsaPublicKeyComponents {
        n: &key.n,
        e: &key.e,
    };
    let verified = match field("SignatureVersion") {
        Some("1") => key.verify(
            &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
            signed.as_bytes(),
            &tag,
        ),
        Some("2") => key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &tag),
        _ => return Err(forged),
    };
    verified.map_err(|_| forged)?;
    let sent = field("Timestamp")
        .and_then(Timestamp::parse)
        .ok_or(forged)?;
    let apart = (now.as_millis() - sent.as_millis()).abs() / 1000;
    if apart > SNS_WINDOW_S {
        return Err("The message was signed too long ago, or the clocks differ.");
    }
    Ok(())
}

/// What SNS signs: names and values of some fields, a line each.
fn sns_signed(tree: &Value) -> Option<String> {
    let names: &[&str] = match tree.get("Type")?.as_str()? {
        "Notification" => &[
            "Message",
            "MessageId",
            "Subject",
            "Timestamp",
            "TopicArn",
            "Type",
        ],
        _ => &[
            "Message",
            "MessageId",
            "SubscribeURL",
            "Timestamp",
            "Token",
            "TopicArn",
            "Type",
        ],
    };
    let mut signed = String::new();
    for name in names {
        let value = match tree.get(*name) {
            Some(Value::String(text)) => Cow::Borrowed(text.as_str()),
            // A message without a subject signs none.
            None | Some(Value::Null) if *name == "Subject" => continue,
            _ => return None,
        };
        signed.push_str(name);
        signed.push('\n');
        signed.push_str(&value);
        signed.push('\n');
    }
    Some(signed)
}
