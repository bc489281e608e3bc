//! Rows of `events` as values: what readers, the tail check and `verify` share.
//!
//! Owns the column order. A body that this version can't read, or that was
//! erased, reads as `Body::Unknown`; everything else that does not parse is
//! damage.

use rusqlite::types::{FromSql, Type};
use rusqlite::{Connection, Row, params};

use crate::model::event::{Body, Event};
use crate::model::ids::{ItemId, ItemKey, Seq};
use crate::model::time::Timestamp;
use crate::store::chain::{self, Envelope, Hash};
use crate::store::log::decode_body;

/// The columns of an [`Event`], in the order of [`event`].
pub(in crate::store) const EVENT: &str = "seq, at, actor, cause, key, id, desk, body";

/// A number as SQLite keeps it. Ours stay far below 2^63.
pub(in crate::store) fn sql(number: u64) -> i64 {
    number.cast_signed()
}

/// Reads an event of the columns [`EVENT`].
pub(in crate::store) fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    let body = blob(row, 7)?;
    let desk = row.get_ref(6)?.as_str_or_null()?;
    Ok(Event {
        seq: Seq(row.get::<_, i64>(0)?.cast_unsigned()),
        at: Timestamp::from_millis(row.get(1)?),
        actor: json(row, 2)?,
        cause: json(row, 3)?,
        key: key(row, 4)?,
        id: row
            .get::<_, Option<i64>>(5)?
            .map(|id| ItemId(id.cast_unsigned())),
        desk: desk
            .map(str::parse)
            .transpose()
            .map_err(|error| broken(6, error))?,
        body: body.map_or(Body::Unknown, decode_body),
    })
}

fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    serde_json::from_str(row.get_ref(column)?.as_str()?).map_err(|error| broken(column, error))
}

/// Reads an item key that may be absent.
pub(in crate::store) fn key(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<ItemKey>> {
    let bytes = Option::<[u8; 16]>::column_result(row.get_ref(column)?)
        .map_err(|error| broken(column, error))?;
    Ok(bytes.map(ItemKey::from_bytes))
}

/// A blob that may be absent, as it lies in the page.
pub(in crate::store) fn blob<'a>(
    row: &'a Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<&'a [u8]>> {
    Ok(row.get_ref(column)?.as_blob_or_null()?)
}

/// A column holds what none of ours can.
pub(in crate::store) fn broken(
    column: usize,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Blob, error.into())
}

/// An event as the chain sees it.
#[derive(Debug)]
pub(in crate::store) struct Link {
    pub(in crate::store) seq: u64,
    pub(in crate::store) prev: u64,
    pub(in crate::store) key: Option<ItemKey>,
    pub(in crate::store) id: Option<u64>,
    pub(in crate::store) hash: Hash,
    pub(in crate::store) erased: bool,
    at: i64,
    actor: String,
    cause: String,
    desk: Option<String>,
    content: Hash,
    salt: Option<[u8; 16]>,
    body: Option<Vec<u8>>,
    raw: Option<Vec<u8>>,
}

/// What does not fit in a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Misfit {
    /// Body or raw are not those that were hashed.
    Content,
    /// The hash does not follow from the one before.
    Chain,
}

/// All links after `after`, in order, handed to `each` until it says stop.
pub(in crate::store) fn links(
    conn: &Connection,
    after: u64,
    mut each: impl FnMut(Link) -> bool,
) -> rusqlite::Result<()> {
    let mut statement = conn.prepare(
        "SELECT e.seq, e.prev, e.key, e.id, e.hash, e.at, e.actor, e.cause, e.desk,
                e.content, e.salt, e.body, r.bytes
         FROM events e LEFT JOIN raws r ON r.seq = e.seq
         WHERE e.seq > ?1 ORDER BY e.seq",
    )?;
    let mut rows = statement.query(params![sql(after)])?;
    while let Some(row) = rows.next()? {
        let body: Option<Vec<u8>> = row.get(11)?;
        let link = Link {
            seq: row.get::<_, i64>(0)?.cast_unsigned(),
            prev: row.get::<_, i64>(1)?.cast_unsigned(),
            key: key(row, 2)?,
            id: row.get::<_, Option<i64>>(3)?.map(i64::cast_unsigned),
            hash: row.get(4)?,
            erased: body.is_none(),
            at: row.get(5)?,
            actor: row.get(6)?,
            cause: row.get(7)?,
            desk: row.get(8)?,
            content: row.get(9)?,
            salt: row.get(10)?,
            body,
            raw: row.get(12)?,
        };
        if !each(link) {
            break;
        }
    }
    Ok(())
}

impl Link {
    /// The events whose erasure this one names.
    pub(in crate::store) fn names(&self) -> Vec<Seq> {
        let body = self.body.as_deref().unwrap_or_default();
        if !body.starts_with(br#"{"type":"erased""#) {
            return Vec::new();
        }
        match serde_json::from_slice(body) {
            Ok(Body::Erased { events, .. }) => events,
            _ => Vec::new(),
        }
    }

    /// What does not fit, given the hash of the event before.
    pub(in crate::store) fn misfit(&self, before: &Hash) -> Option<Misfit> {
        match (&self.salt, &self.body) {
            (Some(salt), Some(body)) => {
                if chain::content_hash(salt, body, self.raw.as_deref()) != self.content {
                    return Some(Misfit::Content);
                }
            }
            // Erased: salt, body and raw go together.
            (None, None) if self.raw.is_none() => {}
            _ => return Some(Misfit::Content),
        }
        let envelope = Envelope {
            at: self.at,
            actor: &self.actor,
            cause: &self.cause,
            key: self.key.as_ref(),
            desk: self.desk.as_deref(),
        };
        (chain::event_hash(before, &envelope, &self.content) != self.hash).then_some(Misfit::Chain)
    }
}

/// The chain's hash at `seq`: none when there is no such event.
pub(in crate::store) fn hash_at(conn: &Connection, seq: u64) -> rusqlite::Result<Option<Hash>> {
    if seq == 0 {
        return Ok(Some(chain::GENESIS));
    }
    let mut statement = conn.prepare_cached("SELECT hash FROM events WHERE seq = ?1")?;
    let mut rows = statement.query(params![sql(seq)])?;
    rows.next()?.map(|row| row.get(0)).transpose()
}
