//! A WebSocket that we keep open: connect under guard, say what the file says,
//! read, keep alive, and come back with backoff.
//!
//! What is ready is read in one go and handed over together; while the hub is
//! busy nothing is read, so that the peer's own flow control holds it back.

use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use bytes::Bytes;
use futures_util::{FutureExt, SinkExt, StreamExt};
use reqwest::Url;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::Running;
use super::backoff::Backoff;
use super::cursors::Cursors;
use super::deliver::{Stopped, deliver, pause};
use crate::channels::Intake;
use crate::channels::address::{self, Known};
use crate::channels::egress::{self, Guard, Wire};
use crate::channels::file::WebsocketSource;
use crate::channels::map::reader::{Delivery, NotADocument};
use crate::channels::map::words::plain;
use crate::channels::registry::Channel;
use crate::model::inbound::Inbound;

/// Longest time from the first packet to an open WebSocket.
const CONNECT: Duration = Duration::from_secs(20);
/// A connection that held so long was a good one: the next wait is short.
const GOOD: Duration = Duration::from_mins(1);
/// Most messages that are handed over together.
const TOGETHER: usize = 256;

type Socket = WebSocketStream<Wire>;

/// What is worked out once for all connections.
struct Plan {
    url: Url,
    headers: HeaderMap,
    on_open: Vec<String>,
    guard: Guard,
    tls: Arc<rustls::ClientConfig>,
}

/// Why a connection ended.
enum End {
    /// The task has to end.
    Stopped,
    /// A sentence; try again.
    Lost(String),
}

impl From<Stopped> for End {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

/// Runs the channel until it is cancelled.
pub(super) async fn run<I: Intake, C: Cursors>(
    channel: &Channel,
    source: &WebsocketSource,
    with: &Running<I, C>,
) {
    let plan = match plan(channel, source) {
        Ok(plan) => plan,
        Err(says) => return with.health.down(with.clock.now(), says),
    };
    let mut waits = Backoff::new(Duration::from_secs(1), Duration::from_mins(5));
    loop {
        let began = Instant::now();
        let end = tokio::select! {
            () = with.cancel.cancelled() => return,
            end = session(channel, source, &plan, with) => end,
        };
        let End::Lost(says) = end else {
            return;
        };
        if began.elapsed() >= GOOD {
            waits.reset();
        }
        with.health.down(with.clock.now(), says);
        if !pause(waits.next(rand::random()), with).await {
            return;
        }
    }
}

fn plan(channel: &Channel, source: &WebsocketSource) -> Result<Plan, String> {
    let nothing = Known::new();
    let url = address::url(channel, &source.url, &nothing)?;
    let private = channel.config.allow_private;
    Ok(Plan {
        guard: Guard::new(&["ws", "wss"], (&url, &source.hosts), private),
        headers: address::headers(channel, &source.headers, &nothing)?,
        on_open: source
            .on_open
            .iter()
            .map(|frame| address::filled(channel, frame, &nothing))
            .collect::<Result<_, _>>()?,
        tls: egress::tls()?,
        url,
    })
}

/// One connection, from its first packet to its end.
async fn session<I: Intake, C: Cursors>(
    channel: &Channel,
    source: &WebsocketSource,
    plan: &Plan,
    with: &Running<I, C>,
) -> End {
    let most = channel.max_body_bytes();
    let mut socket = match timeout(CONNECT, connect(plan, most)).await {
        Err(_) => return End::Lost("The server did not answer within 20 s.".to_owned()),
        Ok(Err(says)) => return End::Lost(says),
        Ok(Ok(socket)) => socket,
    };
    for frame in &plan.on_open {
        if let Err(error) = socket.send(Message::text(frame.as_str())).await {
            return End::Lost(lost(&error));
        }
    }
    with.health.up(with.clock.now());
    let mut pings = tokio::time::interval(source.ping_every);
    let mut silent_at = Instant::now() + source.read_idle_timeout;
    loop {
        let message = tokio::select! {
            message = socket.next() => message,
            _ = pings.tick() => {
                if let Err(error) = socket.send(Message::Ping(Bytes::new())).await {
                    return End::Lost(lost(&error));
                }
                continue;
            }
            () = tokio::time::sleep_until(silent_at) => {
                let seconds = source.read_idle_timeout.as_secs();
                return End::Lost(format!("Nothing came for {seconds} s, not even an answer to a ping."));
            }
        };
        silent_at = Instant::now() + source.read_idle_timeout;
        if let Err(end) = take(channel, message, &mut socket, with).await {
            return end;
        }
    }
}

/// Takes a message and those that are ready behind it, and hands them over.
async fn take<I: Intake, C: Cursors>(
    channel: &Channel,
    first: Option<Result<Message, Error>>,
    socket: &mut Socket,
    with: &Running<I, C>,
) -> Result<(), End> {
    let mut together = Delivery::default();
    let mut next = Some(first);
    let mut end = None;
    let mut taken = 0;
    while let Some(message) = next.take() {
        match read(channel, message, &mut together, with) {
            Ok(()) => {}
            Err(why) => {
                end = Some(why);
                break;
            }
        }
        taken += 1;
        if taken < TOGETHER {
            next = socket.next().now_or_never();
        }
    }
    // What came before the end counts.
    if !together.kept.is_empty() {
        deliver(channel.name(), together, with).await?;
    }
    end.map_or(Ok(()), Err)
}

fn read<I: Intake, C: Cursors>(
    channel: &Channel,
    message: Option<Result<Message, Error>>,
    together: &mut Delivery,
    with: &Running<I, C>,
) -> Result<(), End> {
    let body = match message {
        None => return Err(End::Lost("The server closed the connection.".to_owned())),
        Some(Err(error)) => return Err(End::Lost(lost(&error))),
        Some(Ok(Message::Close(frame))) => {
            let why = frame.map(|f| plain(&f.reason)).filter(|r| !r.is_empty());
            let why = why.unwrap_or_else(|| "it does not say why".to_owned());
            return Err(End::Lost(format!(
                "The server closed the connection: {why}."
            )));
        }
        Some(Ok(Message::Text(text))) => Bytes::from(text),
        Some(Ok(Message::Binary(bytes))) => bytes,
        Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => return Ok(()),
    };
    let reader = &channel.file.reader;
    match reader.read(&body, &channel.vars, &channel.whose) {
        Ok(delivery) => {
            together.inbound.extend(delivery.inbound);
            together.kept.extend(delivery.kept);
            together.warnings.extend(delivery.warnings);
        }
        Err(error @ NotADocument::Peer(_)) => return Err(End::Lost(error.to_string())),
        Err(error) => {
            with.health.refused(&error.to_string());
            together.kept.push(true);
            together.inbound.push(Inbound::Unmapped {
                channel: channel.name().clone(),
                why: error.to_string(),
                raw: body,
            });
        }
    }
    Ok(())
}

async fn connect(plan: &Plan, most: usize) -> Result<Socket, String> {
    let url = &plan.url;
    plan.guard.url(url).map_err(|e| e.to_string())?;
    let host = url.host_str().unwrap_or("");
    let port = url.port_or_known_default().unwrap_or(443);
    let mut stream = egress::dial(&plan.guard, (host, port)).await?;
    if url.scheme() == "wss" {
        stream = egress::secure(&plan.tls, host, stream).await?;
    }
    let mut request = url.as_str().into_client_request().map_err(|e| lost(&e))?;
    request.headers_mut().extend(plan.headers.clone());
    // The library's own read buffer of 128 KiB per connection costs more than
    // it gives on a stream of single posts.
    let config = WebSocketConfig::default()
        .read_buffer_size(16 * 1024)
        .max_message_size(Some(most))
        .max_frame_size(Some(most));
    let (socket, _) = client_async_with_config(request, stream, Some(config))
        .await
        .map_err(|e| lost(&e))?;
    Ok(socket)
}

fn lost(error: &Error) -> String {
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
        other => format!("The connection broke: {}.", plain(&other.to_string())),
    }
}
