//! Frames to bytes and back, in the text form and the zstd form, with bounds.
//!
//! Owns the one rule of what may be compressed: officers' own words never share
//! a compression context with strangers' posts ([`compressible`]). Owns no
//! socket. Called by the hub's sessions and by `link`.

use std::borrow::Cow;
use std::io::Read;

use bytes::{BufMut, Bytes, BytesMut};
use serde::Serialize;
use thiserror::Error;

use super::frames::{ClientFrame, ServerFrame};
use super::limits::{MESSAGE_BYTES, PROTOCOL_JSON, PROTOCOL_ZSTD};
use crate::model::event::{Body, Event};
use crate::model::ids::Seq;
use crate::model::item::{Content, Item, Speaker, Turn};
use crate::model::streamed;

/// First byte of a binary message: the version of the zstd form.
const ZSTD_FORM: u8 = 1;
/// The fastest level that still pays: measured in the hub's fan-out, not here.
const ZSTD_LEVEL: i32 = 3;
/// The decoder's window may not be larger than a message, log2 bytes.
const WINDOW_LOG: u32 = 20;
/// Below this many bytes compression costs more than it saves.
pub const WORTH_COMPRESSING: usize = 512;

/// Which form a session speaks, agreed as a WebSocket subprotocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// JSON text messages only.
    Json,
    /// JSON text messages, and zstd of the same in binary messages.
    Zstd,
}

impl Form {
    /// The subprotocol's name.
    #[must_use]
    pub fn protocol(self) -> &'static str {
        match self {
            Self::Json => PROTOCOL_JSON,
            Self::Zstd => PROTOCOL_ZSTD,
        }
    }

    /// The first of `offered` (in the order that the console prefers) that this
    /// version speaks; none when it speaks none of them.
    #[must_use]
    pub fn choose<'a>(offered: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        offered.into_iter().find_map(|name| match name.trim() {
            PROTOCOL_JSON => Some(Self::Json),
            PROTOCOL_ZSTD => Some(Self::Zstd),
            _ => None,
        })
    }
}

/// A message as it crosses the socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packet {
    /// A text message: JSON.
    Text(Bytes),
    /// A binary message: the zstd form.
    Binary(Bytes),
}

/// Why bytes are not a frame. The sentences never repeat what the bytes say.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CodecError {
    /// Longer than a message may be, before or after decompression.
    #[error("A message is longer than the {MESSAGE_BYTES} bytes that are allowed.")]
    TooLarge,
    /// A binary message of a form that this version does not know.
    #[error("A binary message has a form that this version does not know; update it.")]
    UnknownForm,
    /// The compressed bytes are damaged.
    #[error("A compressed message is damaged.")]
    Damaged,
    /// The text is not a frame.
    #[error("A message is not a frame of this protocol (line {line}, column {column}).")]
    NotAFrame {
        /// Line in the JSON, from 1.
        line: usize,
        /// Column in the JSON, from 1.
        column: usize,
    },
}

impl From<serde_json::Error> for CodecError {
    fn from(error: serde_json::Error) -> Self {
        // The library's own message may quote a stranger's words.
        Self::NotAFrame {
            line: error.line(),
            column: error.column(),
        }
    }
}

/// The JSON of a frame, or of one event for [`encode_events`].
///
/// # Panics
/// Never for the types of this room: their keys are strings.
#[must_use]
pub fn encode<T: Serialize>(frame: &T) -> Bytes {
    serde_json::to_vec(frame)
        .expect("frames have string keys and finite numbers")
        .into()
}

/// An `events` frame around events that were encoded once for all sessions.
#[must_use]
pub fn encode_events(from: Seq, to: Seq, events: &[Bytes]) -> Bytes {
    let inside: usize = events.iter().map(|event| event.len() + 1).sum();
    let mut frame = BytesMut::with_capacity(inside + 80);
    frame.put_slice(br#"{"type":"events","from":"#);
    frame.put_slice(from.to_string().as_bytes());
    frame.put_slice(br#","to":"#);
    frame.put_slice(to.to_string().as_bytes());
    frame.put_slice(br#","events":["#);
    for (place, event) in events.iter().enumerate() {
        if place > 0 {
            frame.put_u8(b',');
        }
        frame.put_slice(event);
    }
    frame.put_slice(b"]}");
    frame.freeze()
}

/// The zstd form of a frame's JSON.
///
/// # Errors
/// [`CodecError::TooLarge`] when the JSON is longer than a message may be.
pub fn compress(json: &[u8]) -> Result<Bytes, CodecError> {
    if json.len() > MESSAGE_BYTES {
        return Err(CodecError::TooLarge);
    }
    let packed = zstd::bulk::compress(json, ZSTD_LEVEL).map_err(|_| CodecError::Damaged)?;
    let mut message = BytesMut::with_capacity(packed.len() + 1);
    message.put_u8(ZSTD_FORM);
    message.put_slice(&packed);
    Ok(message.freeze())
}

/// The JSON of a binary message. Memory is bounded by a message's length
/// whatever the bytes claim.
///
/// # Errors
/// [`CodecError`] when the form is unknown, the bytes are damaged or there is
/// more in them than a message may have.
pub fn decompress(message: &[u8]) -> Result<Vec<u8>, CodecError> {
    Unpacker::default().decompress(message)
}

/// Reads frames of one session; its decoder is made once, not for each of them.
#[derive(Default)]
pub struct Unpacker(zstd::bulk::Decompressor<'static>);

impl Unpacker {
    /// Reads a frame of the hub, as [`read_server`].
    ///
    /// # Errors
    /// As [`read_server`].
    pub fn read_server(&mut self, packet: &Packet) -> Result<ServerFrame, CodecError> {
        let json = self.json(packet)?;
        let mut json = serde_json::Deserializer::from_slice(&json);
        let frame = streamed::read(&mut json)?;
        json.end()?;
        Ok(frame)
    }

    fn json<'a>(&mut self, packet: &'a Packet) -> Result<Cow<'a, [u8]>, CodecError> {
        match packet {
            Packet::Text(json) if json.len() > MESSAGE_BYTES => Err(CodecError::TooLarge),
            Packet::Text(json) => Ok(Cow::Borrowed(json)),
            Packet::Binary(message) => self.decompress(message).map(Cow::Owned),
        }
    }

    fn decompress(&mut self, message: &[u8]) -> Result<Vec<u8>, CodecError> {
        let (form, packed) = message.split_first().ok_or(CodecError::UnknownForm)?;
        if *form != ZSTD_FORM {
            return Err(CodecError::UnknownForm);
        }
        // What one `bulk::compress` made says how long it is. What says nothing,
        // or is more than one piece, is read as far as is allowed.
        let told = zstd::zstd_safe::get_frame_content_size(packed)
            .ok()
            .flatten();
        let told = told.and_then(|length| usize::try_from(length).ok());
        match told {
            Some(length) if length > MESSAGE_BYTES => Err(CodecError::TooLarge),
            Some(length) => match self.0.decompress(packed, length) {
                Ok(json) => Ok(json),
                Err(_) => by_pieces(packed),
            },
            None => by_pieces(packed),
        }
    }
}

impl std::fmt::Debug for Unpacker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Unpacker")
    }
}

fn by_pieces(packed: &[u8]) -> Result<Vec<u8>, CodecError> {
    let mut decoder =
        zstd::stream::read::Decoder::with_buffer(packed).map_err(|_| CodecError::Damaged)?;
    decoder
        .window_log_max(WINDOW_LOG)
        .map_err(|_| CodecError::Damaged)?;
    let allowed = u64::try_from(MESSAGE_BYTES).unwrap_or(u64::MAX);
    let mut json = Vec::new();
    decoder
        .take(allowed + 1)
        .read_to_end(&mut json)
        .map_err(|_| CodecError::Damaged)?;
    if json.len() > MESSAGE_BYTES {
        return Err(CodecError::TooLarge);
    }
    Ok(json)
}

/// The message that carries a server's frame in the form that was agreed.
///
/// # Errors
/// [`CodecError::TooLarge`] when the frame is longer than a message may be.
pub fn pack(frame: &ServerFrame, form: Form) -> Result<Packet, CodecError> {
    let json = encode(frame);
    if json.len() > MESSAGE_BYTES {
        return Err(CodecError::TooLarge);
    }
    if form == Form::Zstd && json.len() >= WORTH_COMPRESSING && compressible(frame) {
        return Ok(Packet::Binary(compress(&json)?));
    }
    Ok(Packet::Text(json))
}

/// Reads a frame of the hub.
///
/// # Errors
/// [`CodecError`] when it is none. A frame of a later version is
/// [`ServerFrame::Unknown`], not an error.
pub fn read_server(packet: &Packet) -> Result<ServerFrame, CodecError> {
    Unpacker::default().read_server(packet)
}

/// Reads a frame of a console.
///
/// # Errors
/// [`CodecError`] when it is none. A frame of a later version is
/// [`ClientFrame::Unknown`], not an error.
pub fn read_client(packet: &Packet) -> Result<ClientFrame, CodecError> {
    let json = Unpacker::default().json(packet)?;
    Ok(serde_json::from_slice(&json)?)
}

/// Whether a frame may be compressed: it holds strangers' posts in bulk and no
/// officer's words. Replies, notes and reasons never are, and what is small is
/// not worth it.
#[must_use]
pub fn compressible(frame: &ServerFrame) -> bool {
    match frame {
        ServerFrame::Items(items) => {
            items.suppressions.is_empty() && items.items.iter().all(item_is_strangers)
        }
        ServerFrame::Events(events) => events.events.iter().all(compressible_event),
        _ => false,
    }
}

/// Whether one event may be compressed together with others: none of an
/// officer's words are in it. For whoever splices encoded events.
#[must_use]
pub fn compressible_event(event: &Event) -> bool {
    match &event.body {
        Body::NoteAdded { .. }
        | Body::OutgoingHeld { .. }
        | Body::ItemEscalated { .. }
        | Body::SuppressionBegan { .. }
        | Body::TriageRestored { .. }
        | Body::Erased { .. }
        | Body::HoldBegan { .. }
        | Body::HoldEnded { .. }
        | Body::Unknown => false,
        Body::ItemArrived(arrival) => content_is_strangers(&arrival.content),
        Body::ItemEdited { content } => content_is_strangers(content),
        Body::ConversationContinued { turns } => turns_are_strangers(turns),
        _ => true,
    }
}

/// Whether nothing in an item is an officer's own words.
#[must_use]
pub fn item_is_strangers(item: &Item) -> bool {
    item.notes.is_empty()
        && item.outgoing.is_empty()
        && item.triage.escalated_for.is_empty()
        && item.trail.iter().all(|step| step.words.is_empty())
        && content_is_strangers(&item.content)
}

fn content_is_strangers(content: &Content) -> bool {
    turns_are_strangers(&content.conversation)
}

fn turns_are_strangers(turns: &[Turn]) -> bool {
    turns.iter().all(|turn| turn.speaker != Speaker::Officer)
}
