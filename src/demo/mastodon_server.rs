//! The demo's "instance": a WebSocket server on loopback that speaks the frames
//! of Mastodon's streaming API to the hub's channel.
//!
//! Who comes is let in by `posts_server`. Serves one reader at a time; without a reader the frames wait, so that
//! nothing of the evening is lost.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::StatusCode;
use tokio_tungstenite::tungstenite::{Bytes, Message};

/// How long a reader may take to shake hands.
const PATIENCE: Duration = Duration::from_secs(5);
/// Silence after which the server pings.
const PING_AFTER: Duration = Duration::from_secs(20);

/// The instance.
pub(super) struct Instance {
    /// Who wants the stream: its door hands them on.
    pub(super) readers: mpsc::Receiver<TcpStream>,
    /// The token that a reader must show.
    pub(super) token: String,
    /// Frames to send, in order.
    pub(super) frames: mpsc::Receiver<String>,
}

impl Instance {
    /// Serves until no frame and nobody comes any more.
    pub(super) async fn run(mut self) {
        let mut unsent = None;
        while let Some(socket) = self.readers.recv().await {
            let Some(reader) = self.welcome(socket).await else {
                continue;
            };
            if self.serve(reader, &mut unsent).await {
                return;
            }
        }
    }

    async fn welcome(&self, socket: TcpStream) -> Option<WebSocketStream<TcpStream>> {
        let expected = format!("Bearer {}", self.token);
        #[allow(clippy::result_large_err, reason = "the library's own type")]
        let check = |request: &Request, response: Response| {
            let shown = request.headers().get("authorization");
            let problem = if shown.is_none_or(|shown| shown.as_bytes() != expected.as_bytes()) {
                StatusCode::UNAUTHORIZED
            } else if request.uri().path() != "/api/v1/streaming" {
                StatusCode::NOT_FOUND
            } else {
                return Ok(response);
            };
            let mut refusal = ErrorResponse::new(None);
            *refusal.status_mut() = problem;
            Err(refusal)
        };
        let shake = tokio_tungstenite::accept_hdr_async(socket, check);
        tokio::time::timeout(PATIENCE, shake).await.ok()?.ok()
    }

    /// Sends frames to one reader until it goes or they end;
    /// true when they ended. A frame that did not go out waits in `unsent`.
    async fn serve(
        &mut self,
        mut reader: WebSocketStream<TcpStream>,
        unsent: &mut Option<String>,
    ) -> bool {
        loop {
            if unsent.is_none() {
                tokio::select! {
                    frame = self.frames.recv() => {
                        if frame.is_none() {
                            return true;
                        }
                        *unsent = frame;
                    }
                    heard = reader.next() => {
                        if !matches!(heard, Some(Ok(message)) if !message.is_close()) {
                            return false;
                        }
                    }
                    () = tokio::time::sleep(PING_AFTER) => {
                        if reader.send(Message::Ping(Bytes::new())).await.is_err() {
                            return false;
                        }
                    }
                }
            }
            if let Some(frame) = unsent.clone() {
                if reader.send(Message::text(frame)).await.is_err() {
                    return false;
                }
                *unsent = None;
            }
        }
    }
}
