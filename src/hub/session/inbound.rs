//! What a console sends: commands, what it looks at, signs of life; and what
//! it gets when a frame is wrong or comes too often.
//!
//! Owns the reading half of a session, [`Ear`]. It runs as a task of its own, so
//! that the writing half, of which there are hundreds, wakes only for what it
//! sends.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::Message;
use futures_util::{Stream, StreamExt};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite;
use tokio_tungstenite::tungstenite::error::ProtocolError;

use super::Ended;
use crate::hub::Hub;
use crate::hub::desk::{Asking, ReplyTo};
use crate::hub::fanout::Queue;
use crate::hub::presence::SessionId;
use crate::model::command::{Command, Verb};
use crate::model::ids::CommandId;
use crate::model::officer::Officer;
use crate::store::EventLog;
use crate::wire::codec::{self, CodecError, Packet};
use crate::wire::frames::{ClientFrame, ServerFrame};
use crate::wire::limits::{COMMANDS_PER_SECOND, DEAD_AFTER, TEXT_BYTES};

/// Wrong frames before a session ends: a console of ours sends none.
const PATIENCE: u32 = 20;
/// Items of one command at the most.
const TARGETS: usize = 10_000;

/// Answers that may wait before a console is not read any further: whoever
/// sends and does not read is slowed down.
const UNREAD: usize = 128;

/// How often a console may speak.
struct Inbox {
    tokens: u32,
    filled: Instant,
    wrong: u32,
}

impl Inbox {
    /// With all its tokens.
    fn new() -> Self {
        Self {
            tokens: COMMANDS_PER_SECOND,
            filled: Instant::now(),
            wrong: 0,
        }
    }

    /// Takes one command's token.
    fn admit(&mut self) -> bool {
        let gained = self.filled.elapsed().as_millis() * u128::from(COMMANDS_PER_SECOND) / 1000;
        if gained > 0 {
            let gained = u32::try_from(gained).unwrap_or(COMMANDS_PER_SECOND);
            self.tokens = self.tokens.saturating_add(gained).min(COMMANDS_PER_SECOND);
            self.filled = Instant::now();
        }
        let admitted = self.tokens > 0;
        self.tokens = self.tokens.saturating_sub(1);
        admitted
    }
}

/// Reads a frame from a message.
pub(super) fn decode(message: &Message) -> Result<ClientFrame, CodecError> {
    match message {
        Message::Text(text) => codec::read_client(&Packet::Text(text.clone().into())),
        Message::Binary(bytes) => codec::read_client(&Packet::Binary(bytes.clone())),
        Message::Ping(_) | Message::Pong(_) | Message::Close(_) => Ok(ClientFrame::Pong),
    }
}

/// The reading half of a session.
pub(super) struct Ear<L: EventLog> {
    hub: Arc<Hub<L>>,
    officer: Arc<Officer>,
    id: SessionId,
    queue: Arc<Queue>,
    inbox: Inbox,
}

impl<L: EventLog> Ear<L> {
    /// The ear of the session `id`, which answers through `queue`.
    pub(super) fn new(
        hub: Arc<Hub<L>>,
        officer: Arc<Officer>,
        id: SessionId,
        queue: Arc<Queue>,
    ) -> Self {
        Self {
            hub,
            officer,
            id,
            queue,
            inbox: Inbox::new(),
        }
    }

    /// Takes what comes from the console until the session has to end.
    pub(super) async fn listen(
        mut self,
        mut stream: impl Stream<Item = Result<Message, axum::Error>> + Unpin,
    ) -> Ended {
        loop {
            self.queue.until_read(UNREAD).await;
            let Ok(message) = tokio::time::timeout(DEAD_AFTER, stream.next()).await else {
                return Ended::Silent;
            };
            if let Some(ended) = self.receive(message) {
                return ended;
            }
        }
    }

    /// Takes what came from the socket. Returns why the session ends, if so.
    fn receive(&mut self, message: Option<Result<Message, axum::Error>>) -> Option<Ended> {
        let message = match message {
            Some(Ok(message)) => message,
            Some(Err(error)) => return Some(self.broken(error)),
            None => return Some(Ended::Gone),
        };
        if matches!(message, Message::Close(_)) {
            return Some(Ended::Gone);
        }
        match decode(&message) {
            Ok(frame) => self.take(frame),
            Err(error) => {
                self.hub.metrics.bad_frames.inc();
                self.inbox.wrong += 1;
                self.refuse(error.to_string(), None);
            }
        }
        (self.inbox.wrong > PATIENCE).then_some(Ended::Protocol)
    }

    fn refuse(&self, says: String, command: Option<CommandId>) {
        let refusal = ServerFrame::Error { says, command };
        self.queue.reply(codec::encode(&refusal));
    }

    /// What an error of the socket means: most are a link that is gone.
    fn broken(&self, error: axum::Error) -> Ended {
        let error = error.into_inner();
        let Some(error) = error.downcast_ref::<tungstenite::Error>() else {
            return Ended::Gone;
        };
        let ended = match error {
            tungstenite::Error::Capacity(_) => Ended::TooLarge,
            tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => {
                return Ended::Gone;
            }
            tungstenite::Error::Protocol(_) | tungstenite::Error::Utf8(_) => Ended::Protocol,
            _ => return Ended::Gone,
        };
        self.hub.metrics.bad_frames.inc();
        ended
    }

    fn take(&mut self, frame: ClientFrame) {
        let now = self.hub.clock.now();
        match frame {
            ClientFrame::Command { command } => self.command(command),
            ClientFrame::View { key } => {
                self.hub.presence.views(&self.officer.id, self.id, key);
                if let Some(key) = key {
                    self.hub.looking(&self.officer, key);
                }
            }
            ClientFrame::Presence {
                idle_s,
                typing,
                answering,
            } => {
                let idle = Duration::from_secs(idle_s);
                self.hub
                    .presence
                    .active((&self.officer.id, self.id), idle, typing, now);
                if let Some(key) = typing.filter(|_| answering) {
                    self.hub.answering(&self.officer, key, idle_s);
                }
            }
            // A second resume is a wish for a snapshot.
            ClientFrame::Resume { window, .. } => self.queue.want_snapshot(window),
            ClientFrame::Pong | ClientFrame::Unknown => {}
        }
    }

    fn command(&mut self, command: Command) {
        if let Some(says) = self.objection(&command) {
            self.refuse(says, Some(command.id));
            return;
        }
        let now = self.hub.clock.now();
        self.hub
            .presence
            .active((&self.officer.id, self.id), Duration::ZERO, None, now);
        self.hub.desk.command(Asking {
            officer: Arc::clone(&self.officer),
            connected: true,
            command,
            reply: ReplyTo::Session(Arc::clone(&self.queue)),
        });
    }

    /// Why a command is not even given to the desk.
    fn objection(&mut self, command: &Command) -> Option<String> {
        if !self.inbox.admit() {
            self.hub.metrics.refused("stream", "too often");
            return Some(format!(
                "That is more than {COMMANDS_PER_SECOND} commands a second; give it again in a moment."
            ));
        }
        let objection = self.hub.objection(command)?;
        self.hub.metrics.refused("stream", "command");
        Some(objection)
    }
}

/// What of a command is longer than allowed, as a sentence.
#[must_use]
pub fn oversized(command: &Command) -> Option<String> {
    let words = match &command.verb {
        Verb::Escalate { reason } => reason.len(),
        Verb::Suppress { reason, filter, .. } => reason.len().max(filter.len()),
        _ => 0,
    };
    if words.max(command.note.len()) > TEXT_BYTES {
        return Some(format!(
            "A note or reason may have {} KiB; this one is longer.",
            TEXT_BYTES / 1024
        ));
    }
    (command.targets.len() > TARGETS)
        .then(|| format!("A command may be about {TARGETS} items; narrow the filter."))
}
