//! One question, one answer, for the command line: the hub's REST doors.
//!
//! Goes the same way as the stream (proxy, program, TLS) and keeps the
//! connection for the next question. Answers are bounded; redirects are not
//! followed, because a token is for one hub.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use thiserror::Error;
use tokio::sync::Mutex;

use super::address::Address;
use super::connect;
use super::dial::{Dial, Routed};
use super::fault::ConnectError;
use super::settings::LinkSettings;
use super::walk::{Step, Walk};
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
    /// The address, the certificates or the credential.
    #[error(transparent)]
    Settings(ConnectError),
    /// The hub can't be reached.
    #[error(transparent)]
    Unreachable(ConnectError),
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
    /// The answer stopped in the middle.
    #[error("The hub's answer broke off; ask again.")]
    Broken,
}

type Question = Request<Full<Bytes>>;

/// A client for single questions.
#[derive(Clone)]
pub struct Once {
    settings: LinkSettings,
    address: Address,
    dial: Arc<dyn Dial>,
    /// The connection of the last question. One question at a time: whoever
    /// asks meanwhile waits.
    kept: Arc<Mutex<Option<SendRequest<Full<Bytes>>>>>,
}

impl Once {
    /// A client with these settings. Nothing is opened yet.
    ///
    /// # Errors
    /// [`OnceError::Settings`] when the address is wrong.
    pub fn new(settings: &LinkSettings) -> Result<Self, OnceError> {
        let address = Address::of(settings).map_err(OnceError::Settings)?;
        Ok(Self {
            settings: settings.clone(),
            address,
            dial: Arc::new(Routed::of(settings)),
            kept: Arc::default(),
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

    /// Gets a path as it is: raw documents, metrics.
    ///
    /// # Errors
    /// [`OnceError`] tells what went wrong.
    pub async fn get_bytes(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Vec<u8>, OnceError> {
        let question = self.question(Method::GET, &self.target(path, query)?, Bytes::new())?;
        self.ask(question, PATIENCE).await
    }

    /// Sends a body to a path with its query and gives the answer's. For what
    /// may take long: it is waited for longer than for a question.
    ///
    /// # Errors
    /// [`OnceError`] tells what went wrong.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Bytes>,
    ) -> Result<Vec<u8>, OnceError> {
        let body = body.unwrap_or_default();
        let question = self.question(method, &self.target(path, query)?, body)?;
        self.ask(question, WORK).await
    }

    /// Path and query as a request line has them.
    fn target(&self, path: &str, query: &[(&str, &str)]) -> Result<String, OnceError> {
        let url = self.address.rest(path).parse();
        let mut url: reqwest::Url = url.map_err(|_| OnceError::Strange)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        })
    }

    /// Posts a command and gets its outcome. A retry with the same id is safe.
    ///
    /// # Errors
    /// [`OnceError`] tells what went wrong; a refusal by the model is an
    /// outcome, not an error.
    pub async fn command(&self, command: &Command) -> Result<Outcome, OnceError> {
        let body = crate::wire::codec::encode(command);
        let target = self.address.path("/v1/commands");
        let question = self.question(Method::POST, &target, body)?;
        let body = self.ask(question, PATIENCE).await?;
        serde_json::from_slice(&body).map_err(|_| OnceError::Strange)
    }

    async fn ask(&self, question: Question, patience: Duration) -> Result<Vec<u8>, OnceError> {
        let walk = Walk::default();
        let asked = async {
            let answer = self.answer(question, &walk).await?;
            self.body(answer).await
        };
        let slow = |_| {
            Err(OnceError::Unreachable(ConnectError::Slow {
                after: patience,
                step: walk.current().unwrap_or(Step::WebSocket),
            }))
        };
        tokio::time::timeout(patience, asked)
            .await
            .unwrap_or_else(slow)
    }

    fn question(&self, method: Method, target: &str, body: Bytes) -> Result<Question, OnceError> {
        let mut question = Request::builder()
            .method(method)
            .uri(target)
            .header(HOST, self.address.authority());
        if !body.is_empty() {
            question = question.header(CONTENT_TYPE, "application/json");
        }
        if let Some(token) = &self.settings.token {
            let value = HeaderValue::from_str(&format!("Bearer {}", token.reveal()));
            let mut value =
                value.map_err(|_| OnceError::Settings(ConnectError::Credential(401)))?;
            value.set_sensitive(true);
            question = question.header(AUTHORIZATION, value);
        }
        question
            .body(Full::new(body))
            .map_err(|_| OnceError::Strange)
    }

    /// Asks over the connection that is there, or over a new one when the hub
    /// closed it before it took the question.
    async fn answer(
        &self,
        question: Question,
        walk: &Walk,
    ) -> Result<Response<Incoming>, OnceError> {
        let mut kept = self.kept.lock().await;
        let mut question = question;
        if let Some(mut sender) = kept.take()
            && sender.ready().await.is_ok()
        {
            match sender.try_send_request(question).await {
                Ok(answer) => {
                    *kept = Some(sender);
                    return Ok(answer);
                }
                Err(mut error) => match error.take_message() {
                    Some(unsent) => question = unsent,
                    None => return Err(self.lost(&error.into_error())),
                },
            }
        }
        let mut sender = self.open(walk).await?;
        let answer = sender.send_request(question).await;
        let answer = answer.map_err(|error| self.lost(&error))?;
        *kept = Some(sender);
        Ok(answer)
    }

    async fn open(&self, walk: &Walk) -> Result<SendRequest<Full<Bytes>>, OnceError> {
        let io = connect::open(&self.settings, &self.address, self.dial.as_ref(), walk).await;
        let io = io.map_err(|error| match error {
            ConnectError::Files(_) => OnceError::Settings(error),
            error => OnceError::Unreachable(error),
        })?;
        walk.begin(Step::WebSocket);
        let shaken = http1::handshake(TokioIo::new(io)).await;
        let (sender, connection) = shaken.map_err(|error| self.lost(&error))?;
        // Ends with the sender, or with the hub's side of the connection.
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection for single questions ended");
            }
        });
        Ok(sender)
    }

    /// What it means that the connection ended before the answer.
    fn lost(&self, error: &hyper::Error) -> OnceError {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
        while let Some(this) = cause {
            if let Some(error) = this.downcast_ref::<std::io::Error>() {
                let fault = connect::broken(error, &self.settings, &self.address);
                return OnceError::Unreachable(fault);
            }
            cause = this.source();
        }
        OnceError::Unreachable(if error.is_parse() {
            ConnectError::NotHttp {
                host: self.address.host.clone(),
                port: self.address.port,
            }
        } else {
            connect::closed(&self.address, Step::WebSocket)
        })
    }

    async fn body(&self, answer: Response<Incoming>) -> Result<Vec<u8>, OnceError> {
        let status = answer.status();
        let mut incoming = answer.into_body();
        let mut body = Vec::new();
        while let Some(frame) = incoming.frame().await {
            let frame = frame.map_err(|_| OnceError::Broken)?;
            let Some(chunk) = frame.data_ref() else {
                continue;
            };
            if body.len() + chunk.len() > ANSWER {
                return Err(OnceError::TooLong);
            }
            body.extend_from_slice(chunk);
        }
        if status.is_success() {
            return Ok(body);
        }
        Err(match status.as_u16() {
            401 => {
                let denied = connect::denied(status, None, &self.settings, &self.address);
                OnceError::Settings(denied)
            }
            status => OnceError::Refused {
                status,
                says: sentence(&body),
            },
        })
    }
}

impl std::fmt::Debug for Once {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Once")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
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
