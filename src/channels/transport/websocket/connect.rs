//! One WebSocket, opened under guard: connect, TLS, the HTTP upgrade; and why it
//! was refused or broke, in words of ours.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode};
use reqwest::Url;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::channels::egress::{self, Guard, Wire};
use crate::channels::map::words::plain;

/// An open WebSocket.
pub(in crate::channels) type Socket = WebSocketStream<Wire>;

/// What may be called, and how.
pub(in crate::channels) struct Reach {
    /// What may be called.
    pub(in crate::channels) guard: Guard,
    /// Whom to trust there.
    pub(in crate::channels) tls: Arc<rustls::ClientConfig>,
    /// Largest message.
    pub(in crate::channels) most: usize,
}

/// Why there is no connection.
pub(in crate::channels) struct Refused {
    /// A sentence.
    pub(in crate::channels) says: String,
    /// What the server answered instead of opening it.
    pub(super) answer: Option<(StatusCode, HeaderMap)>,
    /// What it said with that, as far as it is text; it may be anybody's.
    pub(super) body: String,
}

impl From<String> for Refused {
    fn from(says: String) -> Self {
        Self {
            says,
            answer: None,
            body: String::new(),
        }
    }
}

/// Opens a WebSocket.
///
/// # Errors
/// Why not.
pub(in crate::channels) async fn connect(
    reach: &Reach,
    url: &Url,
    headers: HeaderMap,
) -> Result<Socket, Refused> {
    reach.guard.url(url).map_err(|e| e.to_string())?;
    let host = url.host_str().unwrap_or("");
    let port = url.port_or_known_default().unwrap_or(443);
    let mut stream = egress::dial(&reach.guard, (host, port)).await?;
    if url.scheme() == "wss" {
        stream = egress::secure(&reach.tls, host, stream).await?;
    }
    let mut request = url.as_str().into_client_request().map_err(|e| lost(&e))?;
    request.headers_mut().extend(headers);
    // The library's own read buffer of 128 KiB per connection costs more than
    // it gives on a stream of single posts.
    let config = WebSocketConfig::default()
        .read_buffer_size(16 * 1024)
        .max_message_size(Some(reach.most))
        .max_frame_size(Some(reach.most));
    let (socket, _) = client_async_with_config(request, stream, Some(config))
        .await
        .map_err(|error| Refused {
            says: lost(&error),
            answer: match &error {
                Error::Http(answer) => Some((answer.status(), answer.headers().clone())),
                _ => None,
            },
            body: match &error {
                Error::Http(answer) => {
                    let body = answer.body().as_deref().unwrap_or_default();
                    String::from_utf8_lossy(body).into_owned()
                }
                _ => String::new(),
            },
        })?;
    Ok(socket)
}

/// What broke, in a sentence.
pub(super) fn lost(error: &Error) -> String {
    match error {
        Error::Http(answer) => format!(
            "The server refuses the connection with {}.",
            answer.status().as_u16()
        ),
        Error::Capacity(_) => {
            "The server sent a message that is larger than this channel takes.".to_owned()
        }
        Error::ConnectionClosed | Error::AlreadyClosed => {
            "The server closed the connection.".to_owned()
        }
        Error::Io(error) if let Some(says) = egress::refused(error) => says.to_owned(),
        other => format!("The connection broke: {}.", plain(&other.to_string())),
    }
}
