//! A console on the level of the wire: it resumes by epoch and sequence, keeps
//! a board, and fails the test when the stream has a gap.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use watchfloor::model::board::Board;
use watchfloor::model::event::Event;
use watchfloor::model::ids::{Epoch, Seq};
use watchfloor::wire::frames::{ClientFrame, Items, Part, ServerFrame, Window};

use super::PATIENCE;

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Opens a WebSocket; the HTTP status and body when it is refused.
pub(crate) async fn dial(
    address: SocketAddr,
    token: Option<&str>,
    protocol: Option<&str>,
) -> Result<Socket, (u16, String)> {
    let mut request = format!("ws://{address}/v1/stream")
        .into_client_request()
        .unwrap();
    let headers = request.headers_mut();
    if let Some(protocol) = protocol {
        headers.insert("sec-websocket-protocol", protocol.parse().unwrap());
    }
    if let Some(token) = token {
        headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
    }
    match tokio_tungstenite::connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => {
            let status = response.status().as_u16();
            let body = response.into_body().unwrap_or_default();
            Err((status, String::from_utf8_lossy(&body).into_owned()))
        }
        Err(error) => Err((0, error.to_string())),
    }
}

/// What a console has when its link is gone.
#[derive(Default)]
pub(crate) struct Watcher {
    pub(crate) board: Board,
    pub(crate) epoch: Option<Epoch>,
    pub(crate) last: Seq,
    pub(crate) snapshots: usize,
    /// Events that came, by their place; each once.
    pub(crate) events: usize,
}

/// A session of a watcher.
pub(crate) struct Session {
    pub(crate) socket: Socket,
}

impl Session {
    /// Joins, and resumes where `watcher` stopped.
    pub(crate) async fn open(
        watcher: &Watcher,
        address: SocketAddr,
        token: &str,
    ) -> Result<Self, (u16, String)> {
        let mut socket = dial(address, Some(token), Some("watchfloor.v1")).await?;
        let resume = ClientFrame::Resume {
            epoch: watcher.epoch,
            seq: watcher.last,
            window: Window {
                closed_items: 1_000_000,
            },
        };
        let text = serde_json::to_string(&resume).unwrap();
        let sent = socket.send(Message::text(text)).await;
        sent.map_err(|error| (0, error.to_string()))?;
        Ok(Self { socket })
    }

    pub(crate) async fn send(&mut self, frame: &ClientFrame) -> bool {
        let text = serde_json::to_string(frame).unwrap();
        self.socket.send(Message::text(text)).await.is_ok()
    }

    /// The next frame as it came; none when the link is gone.
    pub(crate) async fn raw(&mut self) -> Option<String> {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.socket.next());
            match next.await.expect("a frame in time") {
                Some(Ok(Message::Text(text))) => return Some(text.to_string()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// The next frame; none when the link is gone.
    pub(crate) async fn frame(&mut self) -> Option<ServerFrame> {
        let text = self.raw().await?;
        Some(serde_json::from_str(&text).unwrap())
    }

    /// Frames until `wanted`; none when the link is gone before.
    pub(crate) async fn until<T>(
        &mut self,
        wanted: impl Fn(&ServerFrame) -> Option<T>,
    ) -> Option<T> {
        loop {
            if let Some(found) = wanted(&self.frame().await?) {
                return Some(found);
            }
        }
    }
}

impl Watcher {
    /// Takes a frame in; panics on a gap.
    pub(crate) fn take(&mut self, frame: &ServerFrame) {
        match frame {
            ServerFrame::Hello(hello) => {
                if self.epoch.is_some_and(|epoch| epoch != hello.epoch) {
                    *self = Self::default();
                }
                self.epoch = Some(hello.epoch);
            }
            ServerFrame::Items(items) => self.items(items),
            ServerFrame::Events(events) => {
                let next = self.last.next();
                assert!(events.from <= next, "a gap: {} for {next}", events.from);
                let last = self.last;
                for event in events.events.iter().filter(|event| event.seq > last) {
                    self.event(event);
                }
                self.last = self.last.max(events.to);
            }
            _ => {}
        }
    }

    fn items(&mut self, items: &Items) {
        if matches!(items.part, Part::First | Part::Only) {
            self.board = Board::default();
            self.snapshots += 1;
        }
        for suppression in &items.suppressions {
            self.board.insert_suppression(suppression.clone());
        }
        for item in &items.items {
            self.board.insert(item.clone());
        }
        if matches!(items.part, Part::Last | Part::Only) {
            self.last = items.at;
        }
    }

    fn event(&mut self, event: &Event) {
        self.events += 1;
        self.board
            .apply(event)
            .unwrap_or_else(|error| panic!("{error}"));
    }
}
