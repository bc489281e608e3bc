//! Frames onto the socket: text, or zstd where it was agreed on and the frame
//! holds none of the officers' own words.

use std::sync::Arc;

use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use bytes::Bytes;
use futures_util::SinkExt;
use futures_util::stream::SplitSink;

use super::warden::Pulse;
use crate::hub::fanout::Frame;
use crate::wire::codec;

/// The sending half of a session's socket.
pub(super) struct Outlet {
    sink: SplitSink<WebSocket, Message>,
    compressed: bool,
    pulse: Arc<Pulse>,
}

impl Outlet {
    /// Sends text, or zstd when `compressed` was agreed on.
    pub(super) fn new(sink: SplitSink<WebSocket, Message>, compressed: bool) -> Self {
        Self {
            sink,
            compressed,
            pulse: Arc::default(),
        }
    }

    /// Beats with every write that the socket took.
    pub(super) fn pulse(&self) -> Arc<Pulse> {
        Arc::clone(&self.pulse)
    }

    /// Puts a frame into the socket's buffer; [`Outlet::flush`] sends it.
    pub(super) async fn feed(&mut self, json: Bytes, may_compress: bool) -> Result<(), ()> {
        let message = if self.compressed && may_compress && json.len() >= codec::WORTH_COMPRESSING {
            Message::Binary(codec::compress(&json).map_err(drop)?)
        } else {
            // What we encode is UTF-8; the check costs less than trusting it.
            Message::Text(Utf8Bytes::try_from(json).map_err(|_| ())?)
        };
        self.put(message).await
    }

    /// The same with a frame that many sessions get.
    pub(super) async fn feed_shared(&mut self, frame: Frame) -> Result<(), ()> {
        let packed = self.compressed.then(|| frame.packed()).flatten();
        let message = packed.map_or(Message::Text(frame.text), Message::Binary);
        self.put(message).await
    }

    async fn put(&mut self, message: Message) -> Result<(), ()> {
        self.pulse.begins();
        let fed = self.sink.feed(message).await;
        self.pulse.ends();
        fed.map_err(|_| ())
    }

    /// Sends what was fed.
    pub(super) async fn flush(&mut self) -> Result<(), ()> {
        self.pulse.begins();
        let flushed = self.sink.flush().await;
        self.pulse.ends();
        flushed.map_err(|_| ())
    }

    /// Says goodbye on the WebSocket's own level.
    pub(super) async fn close(&mut self) {
        self.sink.close().await.ok();
    }
}
