//! The other half of the demo's "instance": officers' answers come in by the
//! REST interface of Mastodon, on the address that streams.
//!
//! A connection that asks for the stream is handed on; everything else is
//! HTTP. Nothing that is answered is shown to anybody.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::routing::post;
use axum::serve::Listener;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// How long a connection may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two tries to accept.
const AGAIN: Duration = Duration::from_millis(100);
/// The longest status that an instance takes, letters.
const LONGEST: usize = 500;

/// The instance's listener: hands readers of the stream on, and gives what is
/// left to the HTTP server.
pub(super) struct Door {
    /// Where it listens.
    pub(super) listener: TcpListener,
    /// Those who want the stream. When it is full the next waits at the door.
    pub(super) readers: mpsc::Sender<TcpStream>,
}

impl Listener for Door {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            let Ok((socket, from)) = self.listener.accept().await else {
                tokio::time::sleep(AGAIN).await;
                continue;
            };
            let mut first = [0; 4];
            let peeked = tokio::time::timeout(PATIENCE, socket.peek(&mut first)).await;
            match peeked {
                Ok(Ok(_)) if first == *b"GET " => {
                    if self.readers.send(socket).await.is_err() {
                        tokio::time::sleep(AGAIN).await;
                    }
                }
                Ok(Ok(_)) => return (socket, from),
                // It said nothing: it is let go.
                Ok(Err(_)) | Err(_) => {}
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// What was posted.
#[derive(Clone)]
struct Posts {
    token: Arc<str>,
    number: Arc<AtomicU64>,
    /// The last key and what was made of it: a repeat makes nothing new.
    last: Arc<Mutex<Option<(String, Value)>>>,
}

/// Serves what comes by `door` until the task is dropped.
///
/// # Errors
/// What the system says when the listener breaks.
pub(super) async fn serve(door: Door, token: &str) -> std::io::Result<()> {
    let posts = Posts {
        token: format!("Bearer {token}").into(),
        number: Arc::new(AtomicU64::new(115_700_000_000_000_000)),
        last: Arc::default(),
    };
    let app = Router::new()
        .route("/api/v1/statuses", post(status))
        .with_state(posts);
    axum::serve(door, app).await
}

async fn status(
    State(posts): State<Posts>,
    headers: HeaderMap,
    Json(said): Json<Value>,
) -> (StatusCode, Json<Value>) {
    let header = |name: &str| headers.get(name).map(HeaderValue::as_bytes);
    if header("authorization") != Some(posts.token.as_bytes()) {
        let says = json!({ "error": "The access token is invalid" });
        return (StatusCode::UNAUTHORIZED, Json(says));
    }
    let words = said["status"].as_str().unwrap_or_default();
    if words.trim().is_empty() || words.chars().count() > LONGEST {
        let says = json!({ "error": "Validation failed: the text is empty or too long" });
        return (StatusCode::UNPROCESSABLE_ENTITY, Json(says));
    }
    let key = header("idempotency-key").unwrap_or_default();
    let key = String::from_utf8_lossy(key).into_owned();
    let mut last = posts.last.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, made)) = last.as_ref().filter(|(known, _)| *known == key) {
        return (StatusCode::OK, Json(made.clone()));
    }
    let id = posts
        .number
        .fetch_add(65_537, Ordering::Relaxed)
        .to_string();
    let url = format!("https://social.almeida.example/@city/{id}");
    let made = json!({ "id": id, "url": url });
    *last = Some((key, made.clone()));
    (StatusCode::OK, Json(made))
}
