//! [`EventLog`]: the seam to whatever keeps the events, and what crosses it.
//!
//! Owns the words of that seam (units, records, answers), not a way to keep
//! them: that is `sqlite` and `memory`. Written to by the hub's desk alone;
//! read by sessions and the API.

use std::future::Future;

use crate::model::command::Outcome;
use crate::model::event::{Actor, Body, Cause, Event};
use crate::model::ids::{CommandId, DeskName, Epoch, ItemId, ItemKey, Seq};
use crate::model::streamed;
use crate::model::time::Timestamp;

use super::error::LogError;

/// A fact on its way into the log. `json` is the body as it will be stored,
/// hashed and sent: encoded once.
#[derive(Clone, Debug)]
pub struct Record {
    /// The item; none for facts about the floor.
    pub key: Option<ItemKey>,
    /// The desk that scopes it.
    pub desk: Option<DeskName>,
    /// Precondition: the last event of `key` must be this one; `Seq(0)`: there
    /// must be none (the item arrives and is given its number). Only looked at
    /// for the first record of a key in a unit.
    pub after: Seq,
    /// `body` in its canonical JSON.
    pub json: bytes::Bytes,
    /// The document it came in, when a channel brought it.
    pub raw: Option<bytes::Bytes>,
}

/// What belongs together: the records of one command, one delivery or one
/// clock. It goes in whole or not at all.
#[derive(Clone, Debug)]
pub struct Unit {
    /// When it was decided.
    pub at: Timestamp,
    /// By whom.
    pub actor: Actor,
    /// Why.
    pub cause: Cause,
    /// The records, in order.
    pub records: Vec<Record>,
    /// For a command: what to answer, also to a repeat. The log fills in `seq`.
    pub outcome: Option<Outcome>,
}

/// What became of a unit.
#[derive(Clone, Debug, PartialEq)]
pub enum Appended {
    /// It is durable. Sequence number and item number per record.
    Stored(Vec<(Seq, Option<ItemId>)>),
    /// The command was carried out before: its first outcome. Nothing written.
    Repeated(Outcome),
    /// Another event of `key` came between: decide again. Nothing written.
    Conflict {
        /// The item.
        key: ItemKey,
        /// Its last event.
        last: Seq,
    },
}

/// Where the log ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The last event.
    pub seq: Seq,
    /// The chain's hash at that event.
    pub hash: [u8; 32],
}

/// What the log knows of a key without reading its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its number.
    pub id: ItemId,
    /// Its last event.
    pub last: Seq,
}

/// An append-only log of events with preconditions per item.
pub trait EventLog: Send + Sync + 'static {
    /// Which life of the log this is.
    fn epoch(&self) -> Epoch;

    /// Where it ends now, other writers' events included.
    fn head(&self) -> impl Future<Output = Result<Head, LogError>> + Send;

    /// Appends units, each whole or not at all, all durable on return (one
    /// fsync). One answer per unit, in order.
    ///
    /// # Errors
    /// [`LogError`]: nothing at all of the batch was written.
    fn append(
        &self,
        units: Vec<Unit>,
    ) -> impl Future<Output = Result<Vec<Appended>, LogError>> + Send;

    /// Events after `after`, in order, `limit` at the most. Erased bodies come
    /// as `Body::Unknown`.
    fn read(
        &self,
        after: Seq,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Event>, LogError>> + Send;

    /// All events of an item, in order.
    fn history(&self, key: ItemKey) -> impl Future<Output = Result<Vec<Event>, LogError>> + Send;

    /// What is known of each key; none for those that never came.
    fn known(
        &self,
        keys: Vec<ItemKey>,
    ) -> impl Future<Output = Result<Vec<Option<Known>>, LogError>> + Send;

    /// The key of a number.
    fn key_of(&self, id: ItemId) -> impl Future<Output = Result<Option<ItemKey>, LogError>> + Send;

    /// The first outcome of a command that was carried out before.
    fn outcome(
        &self,
        command: CommandId,
    ) -> impl Future<Output = Result<Option<Outcome>, LogError>> + Send;

    /// The documents that an item came in, oldest first, with the event each
    /// belongs to.
    fn raw(
        &self,
        key: ItemKey,
    ) -> impl Future<Output = Result<Vec<(Seq, bytes::Bytes)>, LogError>> + Send;

    /// Changes whenever the head moves, by whomever.
    fn watch_head(&self) -> tokio::sync::watch::Receiver<Seq>;
}

/// Encodes a body as it is stored, hashed and sent: `serde_json`'s compact form,
/// which is canonical here because fields are written in declaration order and
/// maps are sorted.
#[must_use]
pub fn encode_body(body: &Body) -> bytes::Bytes {
    // Room for the words at once: growing by doubling would copy them again and
    // again.
    let words = match body {
        Body::ItemArrived(arrival) => arrival.content.text.len() + arrival.content.title.len(),
        _ => 0,
    };
    let mut json = Vec::with_capacity(words + AROUND_WORDS);
    match serde_json::to_writer(&mut json, body) {
        Ok(()) => json.into(),
        Err(_) => bytes::Bytes::new(),
    }
}

/// Bytes that a body takes beside an item's own words, mostly.
const AROUND_WORDS: usize = 512;

/// Reads a body as [`encode_body`] wrote it; what a later version wrote, or what
/// is damaged, is [`Body::Unknown`].
#[must_use]
pub(super) fn decode_body(json: &[u8]) -> Body {
    let mut json = serde_json::Deserializer::from_slice(json);
    let body = streamed::read(&mut json);
    match (body, json.end()) {
        (Ok(body), Ok(())) => body,
        _ => Body::Unknown,
    }
}

/// The first record of `unit` whose precondition does not hold, with the last
/// event of its key. `known` tells what the log has of a key.
pub(super) fn conflict(
    unit: &Unit,
    mut known: impl FnMut(&ItemKey) -> Option<Known>,
) -> Option<(ItemKey, Seq)> {
    let mut seen: Vec<ItemKey> = Vec::new();
    for record in &unit.records {
        let Some(key) = record.key else { continue };
        // Nearly all units are one record long; a set would cost more.
        if seen.contains(&key) {
            continue;
        }
        let last = known(&key).map_or(Seq(0), |known| known.last);
        if last != record.after {
            return Some((key, last));
        }
        seen.push(key);
    }
    None
}

/// Actor and cause in the JSON form that is stored and hashed.
pub(super) fn encode_who(unit: &Unit) -> (String, String) {
    (
        serde_json::to_string(&unit.actor).expect("names are strings"),
        serde_json::to_string(&unit.cause).expect("causes are strings"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::Arrival;
    use crate::model::ids::ChannelName;
    use crate::model::item::{Clocks, Content, Kind};

    #[test]
    fn the_short_way_to_an_arrival_reads_what_the_long_way_does() {
        let channel = ChannelName::new("town").expect("a channel");
        let content = Content::new(
            Kind::Mention,
            channel,
            "a \"quoted\" id".into(),
            "é\n".into(),
        );
        let arrival = Body::ItemArrived(Box::new(Arrival {
            severity: content.severity,
            content: content.into(),
            tags: Vec::new(),
            clocks: Clocks::default(),
            reasons: Vec::new(),
            suppressed_by: None,
            reading: None,
        }));
        let json = encode_body(&arrival);
        assert!(json.starts_with(br#"{"type":"item_arrived","#));
        assert_eq!(decode_body(&json), arrival);
        let long: Body = serde_json::from_slice(&json).expect("a body");
        assert_eq!(long, arrival);
        let cut = json.get(..json.len() - 1).expect("it is longer");
        assert_eq!(decode_body(cut), Body::Unknown);
        assert_eq!(decode_body(&encode_body(&Body::ItemTaken)), Body::ItemTaken);
        assert_eq!(decode_body(br#"{"type":"item_teleported"}"#), Body::Unknown);
    }
}
