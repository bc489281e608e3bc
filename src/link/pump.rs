//! One session, from its first frame to its end: the socket on one side, the
//! console's queue on the other.
//!
//! Reading stops while the console is slow (the hub then resyncs us), writing
//! never blocks reading. What outlives the session is in `memory`.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{Sink, StreamExt};
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Error as WsError, Message};

use super::connect::Session;
use super::dial::Io;
use super::intake::{self, Taken};
use super::memory::{Control, Memory};
use super::news::News;
use super::pace::Bucket;
use super::settings::{LinkSettings, Timings};
use crate::wire::codec::{self, Packet, Unpacker};
use crate::wire::frames::ClientFrame;
use crate::wire::limits::{COMMANDS_PER_SECOND, FRAME_BYTES};

/// Why a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// Nobody wants the link any more.
    Stop,
    /// Begin another at once.
    Again,
    /// It broke: a sentence.
    Lost(String),
    /// The hub closed it.
    Bye {
        /// The hub's sentence.
        reason: String,
        /// How long to wait; none: only the officer may try again.
        retry_after: Option<Duration>,
    },
}

/// How much may wait for the socket to take it before commands wait too.
const OUTGOING: usize = 64;

struct Pump {
    sink: SplitSink<WebSocketStream<Box<dyn Io>>, Message>,
    stream: SplitStream<WebSocketStream<Box<dyn Io>>>,
    outgoing: VecDeque<Message>,
    unflushed: bool,
    timings: Timings,
    unpacker: Unpacker,
    heard: Instant,
    stale: bool,
    bucket: Bucket,
}

/// Runs a session until it ends.
pub(super) async fn run(session: Session, memory: &mut Memory, settings: &LinkSettings) -> Ended {
    let (sink, stream) = session.split();
    let now = Instant::now();
    let mut pump = Pump {
        sink,
        stream,
        outgoing: VecDeque::new(),
        unflushed: false,
        timings: settings.timings,
        unpacker: Unpacker::default(),
        heard: now,
        stale: false,
        bucket: Bucket::under(COMMANDS_PER_SECOND, now),
    };
    pump.send(&memory.cursor.resume(settings.window));
    let ended = pump.turn(memory).await;
    memory.end();
    ended
}

impl Pump {
    async fn turn(&mut self, memory: &mut Memory) -> Ended {
        loop {
            let now = Instant::now();
            self.fill(memory, now);
            let reading = !memory.is_full();
            if !reading {
                // We do not listen, so silence means nothing.
                self.heard = now;
            }
            if let Some(ended) = self.check_silence(memory, now) {
                return ended;
            }
            let wake = self.wakes_at(memory, now);
            let Self {
                sink,
                stream,
                outgoing,
                unflushed,
                ..
            } = self;
            tokio::select! {
                control = memory.tend() => match control {
                    Control::On => {}
                    Control::Again => return Ended::Again,
                    Control::Stop => {
                        self.close().await;
                        return Ended::Stop;
                    }
                },
                written = write(sink, outgoing, unflushed) => if written.is_err() {
                    return lost();
                },
                message = stream.next(), if reading => {
                    let Some(Ok(message)) = message else {
                        return lost();
                    };
                    if let Some(ended) = self.heard(memory, message) {
                        return ended;
                    }
                }
                () = tokio::time::sleep_until(wake) => {}
            }
        }
    }

    /// Puts what is due into the outgoing queue.
    fn fill(&mut self, memory: &mut Memory, now: Instant) {
        if !memory.in_session {
            return;
        }
        for frame in memory.reports.take_due(now) {
            self.send(&frame);
        }
        while self.outgoing.len() < OUTGOING && memory.outbox.has_queued() && self.bucket.take(now)
        {
            if let Some(command) = memory.outbox.next_to_send() {
                self.send(&ClientFrame::Command { command });
            }
        }
    }

    fn check_silence(&mut self, memory: &mut Memory, now: Instant) -> Option<Ended> {
        let silent = now.saturating_duration_since(self.heard);
        if silent >= self.timings.dead {
            return Some(Ended::Lost(format!(
                "The hub said nothing for {} s.",
                silent.as_secs()
            )));
        }
        if silent >= self.timings.stale && !self.stale {
            self.stale = true;
            let since = memory.heard.unwrap_or_else(|| memory.clock.now());
            memory.tell(News::Stale { since });
        }
        None
    }

    fn wakes_at(&self, memory: &Memory, now: Instant) -> Instant {
        let silence = if self.stale {
            self.timings.dead
        } else {
            self.timings.stale
        };
        let mut wake = self.heard + silence;
        if memory.in_session {
            if let Some(due) = memory.reports.due_at(now) {
                wake = wake.min(due);
            }
            if memory.outbox.has_queued() && self.outgoing.len() < OUTGOING {
                wake = wake.min(self.bucket.ready_at());
            }
        }
        wake
    }

    fn heard(&mut self, memory: &mut Memory, message: Message) -> Option<Ended> {
        let recovered = std::mem::take(&mut self.stale);
        self.heard = Instant::now();
        memory.heard = Some(memory.clock.now());
        let packet = match message {
            Message::Text(text) => Packet::Text(text.into()),
            Message::Binary(bytes) => Packet::Binary(bytes),
            Message::Close(_) => return Some(lost()),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {
                self.unflushed = true;
                intake::progress(memory, recovered);
                return None;
            }
        };
        let frame = match self.unpacker.read_server(&packet) {
            Ok(frame) => frame,
            Err(error) => return Some(Ended::Lost(error.to_string())),
        };
        let taken = intake::take(memory, frame);
        intake::progress(memory, recovered);
        match taken {
            Taken::On => None,
            Taken::Begun(limits) => {
                self.bucket = Bucket::under(limits.commands_per_second, Instant::now());
                None
            }
            Taken::Answer(frame) => {
                self.send(&frame);
                None
            }
            Taken::Ended(ended) => Some(ended),
        }
    }

    fn send(&mut self, frame: &ClientFrame) {
        self.outgoing.extend(fragments(codec::encode(frame)));
    }

    /// Says goodbye, but waits for nobody: the hub notices a closed socket too.
    async fn close(&mut self) {
        let goodbye = async {
            self.outgoing.push_back(Message::Close(None));
            write(&mut self.sink, &mut self.outgoing, &mut self.unflushed).await
        };
        if let Ok(Err(error)) = tokio::time::timeout(Duration::from_millis(300), goodbye).await {
            tracing::debug!(%error, "The hub was gone before we said goodbye.");
        }
    }
}

/// Writes what waits and flushes it; waits for ever when there is nothing.
/// Nothing is lost when the future is dropped: a message leaves the queue only
/// when the socket takes it whole.
async fn write(
    sink: &mut SplitSink<WebSocketStream<Box<dyn Io>>, Message>,
    outgoing: &mut VecDeque<Message>,
    unflushed: &mut bool,
) -> Result<(), WsError> {
    let mut sink = Pin::new(sink);
    poll_fn(|cx| {
        loop {
            if outgoing.is_empty() {
                if !*unflushed {
                    return Poll::Pending;
                }
                ready!(sink.as_mut().poll_flush(cx))?;
                *unflushed = false;
                return Poll::Ready(Ok(()));
            }
            ready!(sink.as_mut().poll_ready(cx))?;
            if let Some(message) = outgoing.pop_front() {
                *unflushed = true;
                sink.as_mut().start_send(message)?;
            }
        }
    })
    .await
}

fn lost() -> Ended {
    Ended::Lost("The connection to the hub broke.".to_owned())
}

/// A message in frames that the hub accepts.
fn fragments(json: Bytes) -> Vec<Message> {
    if json.len() <= FRAME_BYTES {
        let text = json.try_into().expect("JSON is UTF-8");
        return vec![Message::Text(text)];
    }
    let count = json.len().div_ceil(FRAME_BYTES);
    (0..count)
        .map(|place| {
            let start = place * FRAME_BYTES;
            let end = (start + FRAME_BYTES).min(json.len());
            let kind = if place == 0 {
                Data::Text
            } else {
                Data::Continue
            };
            Message::Frame(Frame::message(
                json.slice(start..end),
                OpCode::Data(kind),
                place + 1 == count,
            ))
        })
        .collect()
}
