//! What vendors ask before they deliver: echo a challenge, echo a value, allow
//! an origin.

use std::collections::BTreeMap;

use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::answer::Answer;
use super::verify::{same, text};
use super::{Request, body};
use crate::channels::file::{Handshake, WebhookSource};
use crate::channels::map::scope::{Message, Scope, scalar};
use crate::channels::registry::Channel;

/// Longest challenge or origin that is echoed, in bytes.
const LONGEST: usize = 1024;

/// Answers what is asked with GET or OPTIONS; none when it is a delivery.
pub(super) fn before(
    channel: &Channel,
    source: &WebhookSource,
    request: &Request<'_>,
) -> Result<Option<Answer>, Answer> {
    match &source.handshake {
        Some(Handshake::HubChallenge(token)) if request.method == Method::GET => {
            challenge(channel.secret(token), request).map(Some)
        }
        Some(Handshake::OptionsOrigin(origins)) if request.method == Method::OPTIONS => {
            origin(origins, request).map(Some)
        }
        Some(Handshake::CrcHmac(key)) if request.method == Method::GET => {
            crc(channel.secret(key), request).map(Some)
        }
        _ => Ok(None),
    }
}

/// X's check: the HMAC of its token with the app's secret. Who does not know the
/// secret learns nothing from it.
fn crc(secret: &str, request: &Request<'_>) -> Result<Answer, Answer> {
    let token = body::parameter(request.query, "crc_token").unwrap_or_default();
    let shaped = !token.is_empty() && token.len() <= LONGEST && !secret.is_empty();
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok();
    let Some(mac) = mac.filter(|_| shaped) else {
        let says = "A check needs crc_token, and the channel its secret.";
        return Err(Answer::error(403, says.to_owned()));
    };
    let tag = mac.chain_update(token.as_bytes()).finalize().into_bytes();
    let answer = json!({ "response_token": format!("sha256={}", STANDARD.encode(tag)) });
    Ok(Answer::json(200, answer.to_string()))
}

fn challenge(token: &str, request: &Request<'_>) -> Result<Answer, Answer> {
    let asked = |name: &str| body::parameter(request.query, name).unwrap_or_default();
    let challenge = asked("hub.challenge");
    let knows = !token.is_empty() && same(token, &asked("hub.verify_token"));
    if asked("hub.mode") == "subscribe" && knows && challenge.len() <= LONGEST {
        return Ok(Answer::text(challenge));
    }
    let says = "A subscription needs hub.mode, the channel's hub.verify_token and hub.challenge.";
    Err(Answer::error(403, says.to_owned()))
}

/// The abuse check of CloudEvents' webhooks: an origin asks whether it may.
fn origin(origins: &[String], request: &Request<'_>) -> Result<Answer, Answer> {
    let asked = text(request.headers, "webhook-request-origin").unwrap_or("");
    let name_like = |b: u8| b.is_ascii_alphanumeric() || b"-._:/[]".contains(&b);
    let shaped = !asked.is_empty() && asked.len() <= LONGEST && asked.bytes().all(name_like);
    if !shaped || !(origins.is_empty() || origins.iter().any(|o| o == asked)) {
        let says = "This channel does not take deliveries from that origin.";
        return Err(Answer::error(403, says.to_owned()));
    }
    Ok(Answer::text(String::new())
        .with("webhook-allowed-origin", asked.to_owned())
        .with("webhook-allowed-rate", "*".to_owned())
        .with("allow", "POST".to_owned()))
}

/// What a document wants that is no delivery.
pub(super) enum Asked {
    /// This answer.
    Answer(Answer),
    /// This URL called, on one of these hosts.
    Confirm(String),
}

/// What the document asks for; none for all others.
pub(super) fn asked(source: &WebhookSource, document: &Bytes) -> Option<Asked> {
    let Some(
        Handshake::JsonEcho(when, _)
        | Handshake::PingPong(when, _)
        | Handshake::ConfirmUrl(when, ..),
    ) = &source.handshake
    else {
        return None;
    };
    let tree: Value = serde_json::from_slice(document).ok()?;
    let vars = BTreeMap::new();
    let message = Message::new(&tree, &vars);
    let scope = Scope::top(&message);
    if !when.holds(&scope) {
        return None;
    }
    match source.handshake.as_ref()? {
        Handshake::JsonEcho(_, at) => {
            let value = at.find(&scope).and_then(scalar)?;
            let text = (value.len() <= LONGEST).then(|| value.into_owned())?;
            Some(Asked::Answer(Answer::text(text)))
        }
        Handshake::PingPong(_, answer) => Some(Asked::Answer(Answer::json(200, answer.clone()))),
        Handshake::ConfirmUrl(_, at, _) => Some(Asked::Confirm(
            at.find(&scope).and_then(scalar)?.into_owned(),
        )),
        _ => None,
    }
}
