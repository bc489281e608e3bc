//! From an address to a session: the way, TLS, WebSocket, each with its own
//! error.
//!
//! Owns the time that all of it may take. Keeps no state between tries. Called
//! by the link's task, by single questions (as far as TLS) and by the trial.

use std::time::Duration;

use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::{Error as WsError, ProtocolError};
use tokio_tungstenite::tungstenite::handshake::client::{Request, Response};
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode, header};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::address::Address;
use super::dial::{Dial, Io};
use super::fault::ConnectError;
use super::settings::LinkSettings;
use super::tls::{self, Cause, Trouble};
use super::walk::{Step, Walk};
use crate::wire::codec::Form;
use crate::wire::limits::MESSAGE_BYTES;

/// Read at once from the socket. tungstenite's own 128 KiB costs memory and,
/// measured, speed.
const READ_BUFFER: usize = 16 * 1024;

/// An open stream, before its first frame.
pub(super) type Session = WebSocketStream<Box<dyn Io>>;

/// Connects, within the time that the settings allow.
///
/// # Errors
/// [`ConnectError`] tells which step failed.
pub(super) async fn connect(
    settings: &LinkSettings,
    dial: &dyn Dial,
    walk: &Walk,
) -> Result<Session, ConnectError> {
    within(settings.timings.connect, walk, steps(settings, dial, walk)).await
}

/// Does `steps` in the time that is `allowed`, or says in which step it ended.
pub(super) async fn within<T>(
    allowed: Duration,
    walk: &Walk,
    steps: impl Future<Output = Result<T, ConnectError>>,
) -> Result<T, ConnectError> {
    tokio::time::timeout(allowed, steps)
        .await
        .unwrap_or_else(|_| {
            Err(ConnectError::Slow {
                after: allowed,
                step: walk.current().unwrap_or(Step::Settings),
            })
        })
}

pub(super) async fn steps(
    settings: &LinkSettings,
    dial: &dyn Dial,
    walk: &Walk,
) -> Result<Session, ConnectError> {
    let address = Address::of(settings)?;
    let io = open(settings, &address, dial, walk).await?;
    walk.begin(Step::WebSocket);
    let request = request(settings, &address)?;
    let (socket, response) = client_async_with_config(request, io, Some(limits()))
        .await
        .map_err(|error| refused(error, settings, &address))?;
    check_form(settings, &response)?;
    walk.pass("the hub speaks our protocol");
    Ok(socket)
}

/// Opens the way to the hub, encrypted if the address says so.
///
/// # Errors
/// [`ConnectError`] tells which step failed.
pub(super) async fn open(
    settings: &LinkSettings,
    address: &Address,
    dial: &dyn Dial,
    walk: &Walk,
) -> Result<Box<dyn Io>, ConnectError> {
    let io = dial.dial(address, walk).await?;
    if !address.secure {
        return Ok(io);
    }
    walk.begin(Step::Tls);
    let encrypted = tls::encrypt(&settings.tls, &address.host, io).await;
    let io = encrypted.map_err(|trouble| match trouble {
        Trouble::Files(fault) => ConnectError::Files(fault),
        Trouble::Refused(refusal) => ConnectError::Tls {
            host: address.host.clone(),
            refusal,
        },
        Trouble::Closed => closed(address, Step::Tls),
        Trouble::Command(fault) => ConnectError::Command(fault),
    })?;
    walk.pass(format!("encrypted; trusted: {}", settings.tls.trusted()));
    Ok(io)
}

/// What an I/O error after the way was opened means.
pub(super) fn broken(
    error: &std::io::Error,
    settings: &LinkSettings,
    address: &Address,
) -> ConnectError {
    match tls::cause(error) {
        Cause::Tls(error) => ConnectError::Tls {
            host: address.host.clone(),
            refusal: tls::late_refusal(&settings.tls, error),
        },
        Cause::Command(fault) => ConnectError::Command(fault.clone()),
        Cause::Closed => closed(address, Step::WebSocket),
        Cause::Other => ConnectError::WebSocket {
            host: address.host.clone(),
        },
    }
}

pub(super) fn closed(address: &Address, step: Step) -> ConnectError {
    ConnectError::Closed {
        host: address.host.clone(),
        port: address.port,
        step,
    }
}

/// What a status other than the one that was hoped for means.
pub(super) fn denied(
    status: StatusCode,
    retry_after: Option<Duration>,
    settings: &LinkSettings,
    address: &Address,
) -> ConnectError {
    let code = status.as_u16();
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if settings.has_credential() => {
            ConnectError::Credential(code)
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ConnectError::NoCredential(code),
        _ => ConnectError::Http {
            host: address.host.clone(),
            status: code,
            retry_after,
        },
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

fn refused(error: WsError, settings: &LinkSettings, address: &Address) -> ConnectError {
    match error {
        WsError::Http(response) => {
            denied(response.status(), retry_after(&response), settings, address)
        }
        WsError::Protocol(ProtocolError::SecWebSocketSubProtocolError(_)) => ConnectError::Version,
        WsError::Protocol(ProtocolError::HandshakeIncomplete) => closed(address, Step::WebSocket),
        WsError::Protocol(ProtocolError::HttparseError(_)) | WsError::HttpFormat(_) => {
            ConnectError::NotHttp {
                host: address.host.clone(),
                port: address.port,
            }
        }
        WsError::Io(error) => broken(&error, settings, address),
        _ => ConnectError::WebSocket {
            host: address.host.clone(),
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
