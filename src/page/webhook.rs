//! Pages by HTTP: one JSON POST, signed.
//!
//! Owns the request's form. The URL may carry a key of the receiver's, so it is
//! never in an error.

use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use rustls::crypto::{CryptoProvider, ring};
use sha2::Sha256;

use super::notice::Notice;
use super::send::{Failure, PageError};
use crate::config::Secret;
use crate::config::page::Webhook;

/// The whole of a request takes no longer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Carries "t=SECONDS,v1=HEX": HMAC-SHA256 with the secret over the seconds, a
/// dot and the body.
pub const SIGNATURE: &str = "watchfloor-signature";

/// A webhook that is set up.
#[derive(Debug)]
pub(super) struct Hook {
    client: reqwest::Client,
    url: reqwest::Url,
    secret: Option<Secret>,
}

impl Hook {
    pub(super) fn new(webhook: &Webhook) -> Result<Self, PageError> {
        let way = "webhook";
        let setup = |says: String| PageError::Setup { way, says };
        let secret = match &webhook.secret {
            None => None,
            Some(secret) => Some(
                secret
                    .resolve()
                    .map_err(|source| PageError::Secret { way, source })?,
            ),
        };
        let url = webhook.url.parse().map_err(|_| {
            setup(format!(
                "page.webhook.url ({}) is not a URL",
                webhook.url.origin
            ))
        })?;
        let client = client().map_err(setup)?;
        Ok(Self {
            client,
            url,
            secret,
        })
    }

    pub(super) async fn send(&self, notice: &Notice) -> Result<(), Failure> {
        let body = serde_json::to_vec(notice).map_err(|error| failure(error.to_string(), true))?;
        let mut request = self
            .client
            .post(self.url.clone())
            .header("content-type", "application/json")
            .header("idempotency-key", notice.id.to_string());
        if let Some(secret) = &self.secret {
            let seconds = notice.at.as_millis().div_euclid(1000);
            request = request.header(SIGNATURE, signature(secret, seconds, &body));
        }
        let answer = request.body(body).send().await;
        let answer = answer.map_err(|error| failure(in_words(error), false))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        // What the client did wrong it does wrong again, but for "later" and
        // "too often".
        let later = matches!(status.as_u16(), 408 | 425 | 429);
        Err(failure(
            format!("it answered {status}"),
            status.is_client_error() && !later,
        ))
    }
}

fn failure(says: String, final_: bool) -> Failure {
    Failure { says, final_ }
}

/// The header's value.
fn signature(secret: &Secret, seconds: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
        .expect("HMAC takes keys of any length");
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    let digits = mac.finalize().into_bytes();
    let hex: Vec<String> = digits.iter().map(|b| format!("{b:02x}")).collect();
    format!("t={seconds},v1={}", hex.concat())
}

/// An HTTP client that follows nobody elsewhere: the operator named the place.
pub(super) fn client() -> Result<reqwest::Client, String> {
    let provider: Arc<CryptoProvider> = Arc::new(ring::default_provider());
    // reqwest takes the process's provider; whoever was first chose the same.
    drop(CryptoProvider::install_default(Arc::unwrap_or_clone(
        provider,
    )));
    reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .user_agent(concat!("watchfloor/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(in_words)
}

/// The error and its causes, without the URL.
pub(super) fn in_words(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        words.push_str(": ");
        words.push_str(&inner.to_string());
        cause = inner.source();
    }
    words
}
