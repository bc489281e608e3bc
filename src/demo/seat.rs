//! A colleague's session: a small client of the hub's WebSocket, with a board
//! folded from what the hub sends.
//!
//! Speaks `watchfloor.v1` in its text form: resume, items, events, commands,
//! presence. Takes a fresh snapshot at each connection; the real console's link
//! does better. Called by the player.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, header};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error as WsError, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};
use uuid::Uuid;

use super::colleague::{Colleague, Move};
use crate::model::board::Board;
use crate::model::command::Command;
use crate::model::ids::{CommandId, ItemKey, Seq};
use crate::model::time::Timestamp;
use crate::text::Untrusted;
use crate::wire::frames::{ClientFrame, Events, Items, Part, ServerFrame, Window};
use crate::wire::limits::{MESSAGE_BYTES, PROTOCOL_JSON};

/// Read at once from the socket: frames are small, the library's own 128 KiB
/// would be memory for nothing.
const READ_BUFFER: usize = 16 * 1024;
/// How often a colleague's console says that its officer is there.
const PRESENCE_EVERY: Duration = Duration::from_secs(15);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Why a session ended.
#[derive(Debug, Error)]
pub(super) enum SeatError {
    /// The address or the token can't be written in a request.
    #[error("The hub's address or the officer's token can't be used in a request.")]
    Address,
    /// The hub does not let this officer in.
    #[error("The hub answered {0} to a simulated officer's token.")]
    Refused(u16),
    /// The link broke, or the board needs a snapshot.
    #[error("The link to the hub broke.")]
    Lost,
}

/// Where a colleague sits.
pub(super) struct Seat {
    /// `ws://host:port/v1/stream`.
    pub(super) url: String,
    /// Bearer token.
    pub(super) token: String,
    /// How fast the demo plays.
    pub(super) speed: f64,
}

struct Session {
    socket: Socket,
    board: Board,
    /// The hub's clock when it last told it, and when that was.
    clock: (Timestamp, Instant),
    ready: bool,
}

impl Seat {
    /// One session: until the link breaks.
    ///
    /// # Errors
    /// [`SeatError`] tells why it ended; it never ends well.
    pub(super) async fn sit(&self, colleague: &mut Colleague) -> Result<(), SeatError> {
        let mut session = Session {
            socket: self.connect().await?,
            board: Board::default(),
            clock: (Timestamp::default(), Instant::now()),
            ready: false,
        };
        let resume = ClientFrame::Resume {
            epoch: None,
            seq: Seq(0),
            window: Window { closed_items: 0 },
        };
        session.send(&resume).await?;
        let mut next_move = Instant::now() + self.paced(Duration::from_secs(3));
        let mut next_presence = Instant::now();
        loop {
            tokio::select! {
                frame = session.socket.next() => match frame {
                    Some(Ok(Message::Text(text))) => session.hear(text.as_str()).await?,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(SeatError::Lost),
                    Some(Ok(_)) => {}
                },
                () = tokio::time::sleep_until(next_move), if session.ready => {
                    let now = session.now();
                    let (done, wait) = colleague.next(&session.board, now, self.speed);
                    if let Some(done) = done {
                        session.carry_out(done).await?;
                    }
                    next_move = Instant::now() + self.paced(wait);
                }
                () = tokio::time::sleep_until(next_presence), if session.ready => {
                    session.send(&ClientFrame::Presence { idle_s: 0, typing: None, answering: false }).await?;
                    next_presence = Instant::now() + PRESENCE_EVERY;
                }
            }
        }
    }

    /// Human time at this speed; at high speeds not under 50 ms, since the hub
    /// takes 50 commands a second from a session.
    fn paced(&self, wait: Duration) -> Duration {
        wait.div_f64(self.speed).max(Duration::from_millis(50))
    }

    async fn connect(&self) -> Result<Socket, SeatError> {
        let mut request = self
            .url
            .as_str()
            .into_client_request()
            .map_err(|_| SeatError::Address)?;
        let bearer = HeaderValue::from_str(&format!("Bearer {}", self.token))
            .map_err(|_| SeatError::Address)?;
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, bearer);
        let protocol = HeaderValue::from_static(PROTOCOL_JSON);
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, protocol);
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .max_message_size(Some(MESSAGE_BYTES))
            .max_frame_size(Some(MESSAGE_BYTES));
        match connect_async_with_config(request, Some(config), true).await {
            Ok((socket, _)) => Ok(socket),
            Err(WsError::Http(answer)) if answer.status().is_client_error() => {
                Err(SeatError::Refused(answer.status().as_u16()))
            }
            Err(_) => Err(SeatError::Lost),
        }
    }
}

impl Session {
    async fn send(&mut self, frame: &ClientFrame) -> Result<(), SeatError> {
        let text = serde_json::to_string(frame).expect("a frame of ours is always JSON");
        let sent = self.socket.send(Message::text(text)).await;
        sent.map_err(|_| SeatError::Lost)
    }

    /// The hub's clock.
    fn now(&self) -> Timestamp {
        self.clock.0.plus(self.clock.1.elapsed())
    }

    async fn hear(&mut self, text: &str) -> Result<(), SeatError> {
        let frame = serde_json::from_str(text).map_err(|_| SeatError::Lost)?;
        match frame {
            ServerFrame::Hello(hello) => self.clock = (hello.now, Instant::now()),
            ServerFrame::Ping { now, .. } => {
                self.clock = (now, Instant::now());
                self.send(&ClientFrame::Pong).await?;
            }
            ServerFrame::Items(items) => self.take_in(items),
            ServerFrame::Events(events) => self.fold(&events)?,
            ServerFrame::Reply { outcome } => {
                if let Some(refusal) = outcome.first_refusal() {
                    tracing::debug!("A simulated officer was refused: {}", refusal.says);
                }
            }
            ServerFrame::Bye { .. } => return Err(SeatError::Lost),
            _ => {}
        }
        Ok(())
    }

    fn take_in(&mut self, items: Items) {
        if matches!(items.part, Part::First | Part::Only) {
            self.board = Board::default();
        }
        self.ready |= matches!(items.part, Part::Last | Part::Only);
        for item in items.items {
            self.board.insert(item);
        }
        self.board.advance(items.at);
    }

    fn fold(&mut self, events: &Events) -> Result<(), SeatError> {
        // What is older than the snapshot is in it already.
        let head = self.board.head();
        for event in events.events.iter().filter(|event| event.seq > head) {
            self.board.apply(event).map_err(|_| SeatError::Lost)?;
        }
        self.board.advance(events.to);
        Ok(())
    }

    async fn carry_out(&mut self, done: Move) -> Result<(), SeatError> {
        match done {
            Move::Look(key) => self.send(&ClientFrame::View { key }).await,
            Move::Write(key) => self.present(Some(key)).await,
            Move::Do {
                verb,
                targets,
                note,
            } => {
                let command = Command {
                    id: CommandId(Uuid::now_v7()),
                    verb,
                    targets,
                    note: Untrusted::new(note),
                };
                self.send(&ClientFrame::Command { command }).await?;
                self.present(None).await
            }
        }
    }

    async fn present(&mut self, typing: Option<ItemKey>) -> Result<(), SeatError> {
        self.send(&ClientFrame::Presence {
            idle_s: 0,
            typing,
            answering: false,
        })
        .await
    }
}
