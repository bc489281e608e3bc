//! The keys that vendors publish: fetched under guard when a delivery names one
//! that is not known, kept in memory, and not asked for more often than once a
//! minute however many deliveries name nonsense.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Url;
use serde_json::Value;
use tracing::warn;
use x509_parser::pem::parse_x509_pem;
use x509_parser::public_key::PublicKey;

use super::issued::{RsaKey, certificate_url, token};
use super::{Request, body};
use crate::channels::egress::{Fetcher, Guard, Wanted};
use crate::channels::file::{Handshake, Issuer, Jwt, WebhookSource};
use crate::channels::registry::Channel;
use crate::model::time::Timestamp;

/// How long a key is believed without looking again.
const KEPT: Duration = Duration::from_hours(24);
/// How often may be looked.
const BETWEEN: Duration = Duration::from_mins(1);
/// Most keys that are kept.
const MOST: usize = 64;
/// Largest document with keys, and how long it may take.
const ANSWER: usize = 256 * 1024;
const WITHIN: Duration = Duration::from_secs(8);

/// A channel's keys by their ids.
#[derive(Debug, Default)]
pub(in crate::channels) struct KeyRing(Mutex<Ring>);

#[derive(Debug, Default)]
struct Ring {
    keys: BTreeMap<String, (RsaKey, Timestamp)>,
    looked: Option<Timestamp>,
}

impl KeyRing {
    /// The key of this id.
    pub(super) fn get(&self, id: &str) -> Option<RsaKey> {
        let ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ring.keys.get(id).map(|(key, _)| key.clone())
    }

    /// Whether the key has to be looked for now; says so once a minute.
    fn wants(&self, id: &str, now: Timestamp) -> bool {
        let mut ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = ring
            .keys
            .get(id)
            .is_some_and(|(_, at)| now.since(*at) < KEPT);
        let lately = ring.looked.is_some_and(|at| now.since(at) < BETWEEN);
        if fresh || lately {
            return false;
        }
        ring.looked = Some(now);
        true
    }

    /// Takes in what was published; `all` when the vendor publishes no others, so
    /// that one that was withdrawn is believed no more.
    fn put(&self, (keys, all): (Vec<(String, RsaKey)>, bool), now: Timestamp) {
        let mut ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ring.keys.retain(|_, (_, at)| !all && now.since(*at) < KEPT);
        for (id, key) in keys {
            if ring.keys.len() < MOST {
                ring.keys.insert(id, (key, now));
            }
        }
    }
}

/// Fetches the key that a request names, where it is not known. What fails is
/// told in the log; the request is then refused for want of its key.
pub(super) async fn prepare(channel: &Channel, source: &WebhookSource, request: &Request<'_>) {
    let fetched = match &source.issuer {
        None => return,
        Some(Issuer::Jwt(rule)) => {
            let Some((_, kid)) = token(rule, request) else {
                return;
            };
            if !channel.keys.wants(&kid, request.now) {
                return;
            }
            published(channel, rule).await.map(|keys| (keys, true))
        }
        Some(Issuer::Sns { hosts, .. }) => {
            let document = body::document(request, source, channel.max_body_bytes()).ok();
            let Some(url) = document.as_ref().and_then(certificate_url) else {
                return;
            };
            if !channel.keys.wants(&url, request.now) {
                return;
            }
            let key = certified(channel, (&url, hosts), request.now).await;
            key.map(|key| (key, false))
        }
    };
    match fetched {
        Ok(keys) => channel.keys.put(keys, request.now),
        Err(says) => {
            warn!(message = "A vendor's keys could not be had.", channel = %channel.name(), %says);
        }
    }
}

/// Calls the URL that a subscription wants called.
///
/// # Errors
/// A sentence.
pub(super) async fn confirm(
    channel: &Channel,
    source: &WebhookSource,
    url: &str,
) -> Result<(), String> {
    let Some(Handshake::ConfirmUrl(_, _, hosts)) = &source.handshake else {
        return Err("This channel confirms nothing.".to_owned());
    };
    fetch(channel, (url, hosts)).await.map(drop)
}

async fn fetch(channel: &Channel, (url, hosts): (&str, &[String])) -> Result<Vec<u8>, String> {
    let private = channel.config.allow_private;
    let url = Url::parse(url).map_err(|_| "What the delivery names is no URL.".to_owned())?;
    // Keys by plain HTTP would be anybody's on the way.
    if url.scheme() != "https" && !private {
        return Err("What the delivery names is not https.".to_owned());
    }
    let fetcher = Fetcher::new(Guard::outward(
        &["https", "http"],
        (None, hosts),
        &channel.config,
    ))?;
    let headers = HeaderMap::new();
    let wanted = Wanted {
        method: axum::http::Method::GET,
        body: bytes::Bytes::new(),
        url: &url,
        headers: &headers,
        most_bytes: ANSWER,
        within: WITHIN,
    };
    let answer = fetcher.fetch(&wanted).await.map_err(|e| e.to_string())?;
    if !answer.status.is_success() {
        return Err(format!("The vendor answered {}.", answer.status.as_u16()));
    }
    Ok(answer.body.to_vec())
}

/// The keys that an `OpenID` configuration leads to.
async fn published(channel: &Channel, rule: &Jwt) -> Result<Vec<(String, RsaKey)>, String> {
    let unreadable = |_| "The vendor's keys can't be read.".to_owned();
    let config = fetch(channel, (&rule.keys, &rule.hosts)).await?;
    let config: Value = serde_json::from_slice(&config).map_err(unreadable)?;
    let at = config.get("jwks_uri").and_then(Value::as_str).unwrap_or("");
    let keys = fetch(channel, (at, &rule.hosts)).await?;
    let keys: Value = serde_json::from_slice(&keys).map_err(unreadable)?;
    Ok(rsa_keys(&keys))
}

/// The RSA keys of a JWK set (RFC 7517).
pub(super) fn rsa_keys(set: &Value) -> Vec<(String, RsaKey)> {
    let list = set.get("keys").and_then(Value::as_array);
    let one = |key: &Value| {
        let field = |name: &str| key.get(name).and_then(Value::as_str);
        let bytes = |name: &str| {
            URL_SAFE_NO_PAD
                .decode(field(name)?.trim_end_matches('='))
                .ok()
        };
        if field("kty")? != "RSA" {
            return None;
        }
        let key = RsaKey {
            n: bytes("n")?,
            e: bytes("e")?,
        };
        Some((field("kid")?.to_owned(), key))
    };
    list.into_iter().flatten().filter_map(one).collect()
}

/// The key of the certificate at `url`.
async fn certified(
    channel: &Channel,
    (url, hosts): (&str, &[String]),
    now: Timestamp,
) -> Result<Vec<(String, RsaKey)>, String> {
    let pem = fetch(channel, (url, hosts)).await?;
    let key = certificate_key(&pem, now)?;
    Ok(vec![(url.to_owned(), key)])
}

/// The key of a certificate that is valid now.
pub(super) fn certificate_key(pem: &[u8], now: Timestamp) -> Result<RsaKey, String> {
    let unreadable = "The vendor's certificate can't be read.";
    let (_, pem) = parse_x509_pem(pem).map_err(|_| unreadable.to_owned())?;
    let certificate = pem.parse_x509().map_err(|_| unreadable.to_owned())?;
    let seconds = now.as_millis() / 1000;
    let validity = certificate.validity();
    if seconds < validity.not_before.timestamp() || seconds > validity.not_after.timestamp() {
        return Err("The vendor's certificate is not valid now.".to_owned());
    }
    match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(rsa)) => Ok(RsaKey {
            n: stripped(rsa.modulus),
            e: stripped(rsa.exponent),
        }),
        _ => Err("The vendor's certificate has no RSA key.".to_owned()),
    }
}

/// Without the zero that keeps a number positive in ASN.1.
fn stripped(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|b| **b == 0).count();
    number.iter().skip(zeros).copied().collect()
}
