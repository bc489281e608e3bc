//! `GET /v1/stream`: the WebSocket that consoles live on.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use super::caller::Caller;
use super::problem::Problem;
use crate::hub::{Hub, session};
use crate::store::EventLog;
use crate::wire::limits::{FRAME_BYTES, MESSAGE_BYTES, PROTOCOL_JSON, PROTOCOL_ZSTD};

/// The library's 128 KiB a connection make single events eight times slower
/// and twenty times larger (measured; see the design's facts).
const READ_BUFFER: usize = 4 * 1024;
/// Frames are gathered up to this before a write; a flush sends what there is.
const WRITE_BUFFER: usize = 16 * 1024;
/// What may wait in the socket's own buffer; the session's queue is before it.
const MAX_WRITE_BUFFER: usize = 4 * MESSAGE_BYTES;

/// Opens a session.
pub async fn open<L: EventLog>(
    State(hub): State<Arc<Hub<L>>>,
    caller: Caller,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let Ok(upgrade) = upgrade else {
        let says = "This is the stream's door: it takes a WebSocket only.".to_owned();
        return Problem::invalid(says).into_response();
    };
    if let Err(problem) = spoken(&headers) {
        return problem.into_response();
    }
    let stop = hub.closing.clone();
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(MAX_WRITE_BUFFER)
        .max_message_size(MESSAGE_BYTES)
        .max_frame_size(FRAME_BYTES)
        .protocols([PROTOCOL_ZSTD, PROTOCOL_JSON])
        .on_upgrade(move |socket| async move {
            let (access, clock) = (Arc::clone(&hub.access), Arc::clone(&hub.clock));
            let Caller { officer, grant } = caller;
            let changes = access.changes();
            let valid = move || access.still_valid(&grant, clock.now()).is_ok();
            session::run(hub, officer, socket, (valid, changes), stop).await;
        })
}

/// A console that offers subprotocols has to offer one of ours.
fn spoken(headers: &HeaderMap) -> Result<(), Problem> {
    let offered = headers
        .get(header::SEC_WEBSOCKET_PROTOCOL)
        .and_then(|value| value.to_str().ok());
    let known = offered.is_none_or(|offered| {
        offered
            .split(',')
            .any(|one| [PROTOCOL_ZSTD, PROTOCOL_JSON].contains(&one.trim()))
    });
    if known {
        return Ok(());
    }
    Err(Problem::invalid(format!(
        "This hub speaks {PROTOCOL_JSON} and {PROTOCOL_ZSTD}; the console offers neither. Update the older of the two."
    )))
}
