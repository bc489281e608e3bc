//! From an address to a session: name, TCP, TLS, WebSocket, each with its own
//! error.
//!
//! Owns [`Dial`], the seam where proxies come in. Keeps no state between tries.
//! Called by the link's task.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::{Error as WsError, ProtocolError};
use tokio_tungstenite::tungstenite::handshake::client::{Request, Response};
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode, header};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::address::Address;
use super::settings::LinkSettings;
use super::tls::{self, TlsFault};
use crate::wire::codec::Form;
use crate::wire::limits::MESSAGE_BYTES;

/// Read at once from the socket. tungstenite's own 128 KiB costs memory and,
/// measured, speed.
const READ_BUFFER: usize = 16 * 1024;
/// One address of several gets this long, so that a dead one does not eat the
/// whole time.
const PER_ADDRESS: Duration = Duration::from_secs(6);

/// Why there is no session. Each sentence names the step that failed, and none
/// repeats what the other side said.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConnectError {
    /// Not an address.
    #[error(
        "\"{0}\" is not a hub's address; it looks like https://hub.example or http://127.0.0.1:7171."
    )]
    Address(String),
    /// The token would be readable on the way.
    #[error(
        "The token would travel to {0} unencrypted; use https, or allow it in the configuration when a tunnel encrypts."
    )]
    Plaintext(String),
    /// The certificates' files are wrong.
    #[error(transparent)]
    Files(#[from] TlsFault),
    /// The name has no address.
    #[error("The name {host} was not found ({why}).")]
    Name {
        /// The name.
        host: String,
        /// What the system says.
        why: String,
    },
    /// Nobody listens there, or the way is blocked.
    #[error("{host} port {port} does not answer ({why}).")]
    Tcp {
        /// The host.
        host: String,
        /// The port.
        port: u16,
        /// What the system says.
        why: String,
    },
    /// No trust, or no TLS.
    #[error("There is no TLS with {host}: {why}.")]
    Tls {
        /// The host.
        host: String,
        /// Why, in our words.
        why: String,
    },
    /// The hub does not let us in: trying again is of no use.
    #[error("The hub does not accept this credential (HTTP {0}); ask for a new token.")]
    Credential(u16),
    /// Something there answers, but not with a stream.
    #[error("The hub answered with HTTP {status} instead of a stream.")]
    Http {
        /// The status.
        status: u16,
        /// How long it asks us to wait.
        retry_after: Option<Duration>,
    },
    /// The hub speaks no version that we speak.
    #[error(
        "The hub speaks another version of the protocol; this console or the hub needs an update."
    )]
    Version,
    /// The handshake broke.
    #[error("{host} does not speak WebSocket as it should.")]
    WebSocket {
        /// The host.
        host: String,
    },
    /// It took too long.
    #[error("The hub did not answer within {} s.", .0.as_secs())]
    Slow(Duration),
}

impl ConnectError {
    /// Whether trying again by ourselves is of no use.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Address(_) | Self::Plaintext(_) | Self::Credential(_) | Self::Version
        )
    }

    /// How long the hub asks us to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Http { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// Bytes both ways.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A way that is being opened.
pub type Way<'a> = Pin<Box<dyn Future<Output = Result<Box<dyn Io>, ConnectError>> + Send + 'a>>;

/// A way to a hub's port: TCP today, proxies and tests beside it.
pub trait Dial: Send + Sync + 'static {
    /// Opens the way.
    fn dial<'a>(&'a self, to: &'a Address) -> Way<'a>;
}

/// Straight over TCP.
#[derive(Clone, Copy, Debug, Default)]
pub struct Direct;

impl Dial for Direct {
    fn dial<'a>(&'a self, to: &'a Address) -> Way<'a> {
        Box::pin(async move { Ok(Box::new(tcp(to).await?) as Box<dyn Io>) })
    }
}

async fn tcp(to: &Address) -> Result<TcpStream, ConnectError> {
    let addresses = tokio::net::lookup_host((to.host.as_str(), to.port))
        .await
        .map_err(|why| ConnectError::Name {
            host: to.host.clone(),
            why: why.to_string(),
        })?;
    let failed = |why: String| ConnectError::Tcp {
        host: to.host.clone(),
        port: to.port,
        why,
    };
    let mut last = failed("it has no address".into());
    for address in addresses {
        match tokio::time::timeout(PER_ADDRESS, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                stream
                    .set_nodelay(true)
                    .map_err(|why| failed(why.to_string()))?;
                return Ok(stream);
            }
            Ok(Err(why)) => last = failed(why.to_string()),
            Err(_) => last = failed("no answer".into()),
        }
    }
    Err(last)
}

/// An open stream, before its first frame.
pub(super) type Session = WebSocketStream<Box<dyn Io>>;

/// Connects, within the time that the settings allow.
///
/// # Errors
/// [`ConnectError`] tells which step failed.
pub(super) async fn connect(
    settings: &LinkSettings,
    dial: Arc<dyn Dial>,
) -> Result<Session, ConnectError> {
    let allowed = settings.timings.connect;
    tokio::time::timeout(allowed, steps(settings, dial))
        .await
        .unwrap_or(Err(ConnectError::Slow(allowed)))
}

async fn steps(settings: &LinkSettings, dial: Arc<dyn Dial>) -> Result<Session, ConnectError> {
    let address = Address::of(settings)?;
    let mut io = dial.dial(&address).await?;
    if address.secure {
        io = encrypt(settings, &address, io).await?;
    }
    let request = request(settings, &address)?;
    let (socket, response) = client_async_with_config(request, io, Some(limits()))
        .await
        .map_err(|error| refused(error, &address.host))?;
    check_form(settings, &response)?;
    Ok(socket)
}

async fn encrypt(
    settings: &LinkSettings,
    address: &Address,
    io: Box<dyn Io>,
) -> Result<Box<dyn Io>, ConnectError> {
    let config = tls::client_config(&settings.tls)?;
    let failed = |why: &str| ConnectError::Tls {
        host: address.host.clone(),
        why: why.to_owned(),
    };
    let name = address
        .host
        .clone()
        .try_into()
        .map_err(|_| failed("its name can't be in a certificate"))?;
    match TlsConnector::from(config).connect(name, io).await {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => Err(failed(
            error
                .get_ref()
                .and_then(|inner| inner.downcast_ref::<rustls::Error>())
                .map_or("the connection broke", tls::words),
        )),
    }
}

fn limits() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(READ_BUFFER)
        .max_write_buffer_size(2 * MESSAGE_BYTES)
        .max_message_size(Some(MESSAGE_BYTES))
        .max_frame_size(Some(MESSAGE_BYTES))
}

fn request(settings: &LinkSettings, address: &Address) -> Result<Request, ConnectError> {
    let bad = || ConnectError::Address(settings.hub.clone());
    let mut request = address.stream().into_client_request().map_err(|_| bad())?;
    let offered: Vec<&str> = settings.forms.iter().map(|form| form.protocol()).collect();
    let offered = HeaderValue::from_str(&offered.join(", ")).map_err(|_| bad())?;
    let headers = request.headers_mut();
    headers.insert(header::SEC_WEBSOCKET_PROTOCOL, offered);
    if let Some(token) = &settings.token {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", token.reveal()))
            .map_err(|_| ConnectError::Credential(401))?;
        value.set_sensitive(true);
        headers.insert(header::AUTHORIZATION, value);
    }
    Ok(request)
}

/// The hub must have chosen one of the forms that we offered. Which one does
/// not matter to a reader: each message tells its own.
fn check_form(settings: &LinkSettings, response: &Response) -> Result<(), ConnectError> {
    let answer = response
        .headers()
        .get(header::SEC_WEBSOCKET_PROTOCOL)
        .and_then(|value| value.to_str().ok());
    Form::choose(answer)
        .filter(|form| settings.forms.contains(form))
        .map(|_| ())
        .ok_or(ConnectError::Version)
}

fn refused(error: WsError, host: &str) -> ConnectError {
    match error {
        WsError::Http(response) => match response.status() {
            status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
                ConnectError::Credential(status.as_u16())
            }
            status => ConnectError::Http {
                status: status.as_u16(),
                retry_after: retry_after(&response),
            },
        },
        WsError::Protocol(ProtocolError::SecWebSocketSubProtocolError(_)) => ConnectError::Version,
        _ => ConnectError::WebSocket {
            host: host.to_owned(),
        },
    }
}

/// `Retry-After` in seconds, at most an hour; dates are not read.
fn retry_after<T>(
    response: &tokio_tungstenite::tungstenite::http::Response<T>,
) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?;
    let seconds: u64 = value.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.min(3600)))
}
