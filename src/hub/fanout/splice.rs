//! An event's JSON around the JSON of its body, which is encoded once: for the
//! log, the chain's hash and the wire.
//!
//! The shape is that of `model::event::Event`; a test reads it back as one.

use bytes::Bytes;
use serde::Serialize;

use crate::model::event::{Actor, Cause, Event};
use crate::model::ids::{DeskName, ItemId, ItemKey, Seq};
use crate::model::time::Timestamp;

#[derive(Serialize)]
struct Envelope<'a> {
    seq: Seq,
    at: Timestamp,
    actor: &'a Actor,
    cause: &'a Cause,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a ItemKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<ItemId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    desk: Option<&'a DeskName>,
}

/// What an envelope has at the most beside the names, in bytes.
const ENVELOPE: usize = 256;

/// The JSON of an event around the JSON of its body. The body is not looked
/// at: it is what `encode_body` made.
#[must_use]
pub fn wire_event(event: &Event, body: &Bytes) -> Bytes {
    let envelope = Envelope {
        seq: event.seq,
        at: event.at,
        actor: &event.actor,
        cause: &event.cause,
        key: event.key.as_ref(),
        id: event.id,
        desk: event.desk.as_ref(),
    };
    let mut json = Vec::with_capacity(body.len() + ENVELOPE);
    if body.is_empty() || serde_json::to_writer(&mut json, &envelope).is_err() {
        return serde_json::to_vec(event).unwrap_or_default().into();
    }
    // The envelope is never empty, so its last byte is the brace and what comes
    // before it a member.
    json.pop();
    json.extend_from_slice(br#","body":"#);
    json.extend_from_slice(body);
    json.push(b'}');
    json.into()
}
