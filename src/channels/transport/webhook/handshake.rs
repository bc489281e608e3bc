//! What vendors ask before they deliver: echo a challenge, echo a value, allow
//! an origin.

use std::collections::BTreeMap;

use axum::http::Method;
use bytes::Bytes;
use serde_json::Value;

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
        _ => Ok(None),
    }
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

/// Answers a document that only wants a value echoed; none for all others.
pub(super) fn echo(source: &WebhookSource, document: &Bytes) -> Option<Answer> {
    let Some(Handshake::JsonEcho(when, at)) = &source.handshake else {
        return None;
    };
    let tree: Value = serde_json::from_slice(document).ok()?;
    let vars = BTreeMap::new();
    let message = Message {
        top: &tree,
        vars: &vars,
    };
    let scope = Scope::top(&message);
    if !when.holds(&scope) {
        return None;
    }
    let value = at.find(&scope).and_then(scalar)?;
    (value.len() <= LONGEST).then(|| Answer::text(value.into_owned()))
}
