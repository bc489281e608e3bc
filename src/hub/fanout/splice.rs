//! An event's JSON around the JSON of its body, which is encoded once: for the
//! log, the chain's hash and the wire.
//!
//! The shape is that of `model::event::Event`; a test reads it back as one.

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;

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
    body: &'a RawValue,
}

/// The JSON of an event around the JSON of its body.
#[must_use]
pub fn wire_event(event: &Event, body: &Bytes) -> Bytes {
    let spliced = std::str::from_utf8(body)
        .ok()
        .and_then(|text| serde_json::from_str::<&RawValue>(text).ok())
        .and_then(|body| {
            let envelope = Envelope {
                seq: event.seq,
                at: event.at,
                actor: &event.actor,
                cause: &event.cause,
                key: event.key.as_ref(),
                id: event.id,
                desk: event.desk.as_ref(),
                body,
            };
            serde_json::to_vec(&envelope).ok()
        });
    spliced.map_or_else(
        || serde_json::to_vec(event).unwrap_or_default().into(),
        Bytes::from,
    )
}
