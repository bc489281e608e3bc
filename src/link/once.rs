//! One question, one answer, for the command line: the hub's REST doors.
//!
//! Uses the same settings as the stream. Answers are bounded; redirects are not
//! followed, because a token is for one hub.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, Response, StatusCode};
use serde::de::DeserializeOwned;
use thiserror::Error;

use super::address::Address;
use super::connect::ConnectError;
use super::settings::LinkSettings;
use super::tls;
use crate::model::command::{Command, Outcome};

/// The longest answer that is read, bytes.
const ANSWER: usize = 64 * 1024 * 1024;
/// The longest sentence of the hub that is repeated, characters.
const SENTENCE: usize = 300;
/// For a whole question, answer included.
const PATIENCE: Duration = Duration::from_secs(30);
/// For work that goes through the whole log.
const WORK: Duration = Duration::from_mins(30);

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum OnceError {
    /// The address or the certificates.
    #[error(transparent)]
    Settings(#[from] ConnectError),
    /// The hub can't be reached.
    #[error("The hub at {hub} can't be reached: {why}.")]
    Unreachable {
        /// Its address.
        hub: String,
        /// Why.
        why: &'static str,
    },
    /// The hub refuses; the sentence is its own.
    #[error("The hub refuses (HTTP {status}): {says}")]
    Refused {
        /// The status.
        status: u16,
        /// Its sentence, printable ASCII only.
        says: String,
    },
    /// The answer is not what this version understands.
    #[error("The hub's answer is not what this version expects; update the older of the two.")]
    Strange,
    /// The answer does not end.
    #[error("The hub's answer is longer than {ANSWER} bytes; ask for less.")]
    TooLong,
}

/// A client for single questions.
#[derive(Clone, Debug)]
pub struct Once {
    client: Client,
    address: Address,
    hub: String,
}

impl Once {
    /// A client with these settings.
    ///
    /// # Errors
    /// [`OnceError::Settings`] when the address or a file is wrong.
    pub fn new(settings: &LinkSettings) -> Result<Self, OnceError> {
        let address = Address::of(settings)?;
        let config = tls::client_config(&settings.tls).map_err(ConnectError::from)?;
        let mut headers = HeaderMap::new();
        if let Some(token) = &settings.token {
            let mut value = HeaderValue::from_str(&format!("Bearer {}", token.reveal()))
                .map_err(|_| ConnectError::Credential(401))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let client = Client::builder()
            .tls_backend_preconfigured((*config).clone())
            .default_headers(headers)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
            .build()
            .map_err(|_| ConnectError::Address(settings.hub.clone()))?;
        Ok(Self {
            client,
            address,
            hub: settings.hub.clone(),
        })
    }

    /// Gets a path such as "/v1/items" with its query.
    ///
    /// # Errors
    /// [`OnceError`] tells what went wrong.
    pub async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, OnceError> {
        let body = self.get_bytes(path, query).await?;
        serde_json::from_slice(&body).map_err(|_| OnceError::Strange)
    }

    /// Sends a body to a path with its query and gives the answer's. For what
    /// may take long: it is waited for longer than for a question.
    ///
    /// # Errors
    /// [`OnceError`] tells what went wrong.
    pub async fn send(
        &self,
        method: reqwest::Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<bytes::Bytes>,
    ) -> Result<Vec<u8>, OnceError> {
        let mut request = self
            .client
            .request(method, self.url(path, query)?)
            .timeout(WORK);
        if let Some(body) = body {
            let json = HeaderValue::from_static("application/json");
            request = request.header(CONTENT_TYPE, json).body(body);
        }
        let answer = request.send().await;
        self.body(answer).await
    }

    fn url(&self, path: &str, query: &[(&str, &str)]) -> Result<reqwest::Url, OnceError> {
        let url = self.address.rest(path).parse();
        let mut url: reqwest::Url = url.map_err(|_| OnceError::Strange)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    /// Gets a path as it is: raw documents, metrics.
    ///
    /// # Errors
    /// [`OnceError`] tells what went wrong.
    pub async fn get_bytes(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Vec<u8>, OnceError> {
        let answer = self.client.get(self.url(path, query)?).send().await;
        self.body(answer).await
    }

    /// Posts a command and gets its outcome. A retry with the same id is safe.
    ///
    /// # Errors
    /// [`OnceError`] tells what went wrong; a refusal by the model is an
    /// outcome, not an error.
    pub async fn command(&self, command: &Command) -> Result<Outcome, OnceError> {
        let body = crate::wire::codec::encode(command);
        let answer = self
            .client
            .post(self.address.rest("/v1/commands"))
            .header(CONTENT_TYPE, "application/json")
            .body(body)
            .send()
            .await;
        let body = self.body(answer).await?;
        serde_json::from_slice(&body).map_err(|_| OnceError::Strange)
    }

    async fn body(&self, answer: reqwest::Result<Response>) -> Result<Vec<u8>, OnceError> {
        let mut answer = answer.map_err(|error| self.unreachable(&error))?;
        let status = answer.status();
        let mut body = Vec::new();
        while let Some(chunk) = answer
            .chunk()
            .await
            .map_err(|error| self.unreachable(&error))?
        {
            if body.len() + chunk.len() > ANSWER {
                return Err(OnceError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        if status.is_success() {
            return Ok(body);
        }
        Err(match status {
            StatusCode::UNAUTHORIZED => ConnectError::Credential(401).into(),
            _ => OnceError::Refused {
                status: status.as_u16(),
                says: sentence(&body),
            },
        })
    }

    fn unreachable(&self, error: &reqwest::Error) -> OnceError {
        let why = match error {
            e if e.is_timeout() => "it did not answer in time",
            e if e.is_connect() => tls_words(e).unwrap_or("nobody listens there"),
            _ => "the connection broke",
        };
        OnceError::Unreachable {
            hub: self.hub.clone(),
            why,
        }
    }
}

/// What was wrong with the certificate, when it was that.
fn tls_words(error: &reqwest::Error) -> Option<&'static str> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(this) = cause {
        if let Some(error) = this.downcast_ref::<rustls::Error>() {
            return Some(tls::words(error));
        }
        // An io::Error hides what it wraps from `source`.
        if let Some(error) = this
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .and_then(|inner| inner.downcast_ref::<rustls::Error>())
        {
            return Some(tls::words(error));
        }
        cause = this.source();
    }
    None
}

/// The hub's `{"error": "…"}` (or `says`), made harmless: whatever answers on
/// that port may not be a hub at all.
fn sentence(body: &[u8]) -> String {
    let value: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let says = ["error", "says"]
        .iter()
        .find_map(|name| value.get(name).and_then(|text| text.as_str()))
        .unwrap_or("it does not say why.");
    says.chars()
        .filter(|c| c.is_ascii_graphic() || *c == ' ')
        .take(SENTENCE)
        .collect()
}
