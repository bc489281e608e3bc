//! Retention and erasure: content goes, its hash stays.
//!
//! Owns the order: find, ask the holds, take out and name in one transaction,
//! overwrite. The archive
//! and the hub's board are told by the `Erased` events that come of it.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};

use super::checkpoints;
use super::commit::Committer;
use super::embedded::SqliteLog;
use super::holds::{self, Hold};
use super::readers::Reader;
use super::rows::sql;
use super::select::{self, Found};
use super::words::wordy;
use crate::model::event::{Actor, Body, Cause};
use crate::model::hold::HoldScope;
use crate::model::ids::{ChannelName, ItemId, ItemKey, RuleName, Seq};
use crate::model::time::Timestamp;
use crate::store::error::LogError;
use crate::store::log::{Appended, Record, Unit, encode_body};
use crate::text::Untrusted;

/// How many items one transaction erases: short enough for officers to pass.
const CHUNK: usize = 100;

/// What is to be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// These items.
    Items(Vec<ItemKey>),
    /// Every item in which this author of this channel speaks.
    Author {
        /// The channel.
        channel: ChannelName,
        /// The channel's id of the author.
        author: Untrusted,
    },
    /// Every item whose last event is of before then, and every document of
    /// before then that became no item.
    OlderThan(Timestamp),
}

/// An operator's wish.
#[derive(Clone, Debug)]
pub struct Erase {
    /// What.
    pub what: Selector,
    /// What [`Selector::OlderThan`] passes over: items that are still open.
    pub except: BTreeSet<ItemKey>,
    /// Why, as the log keeps it.
    pub reason: Untrusted,
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// What was erased.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erasure {
    /// The items; tell them to `Archive::forget`.
    pub items: Vec<(ItemId, ItemKey)>,
    /// How many events lost their content.
    pub events: u64,
    /// How many items a hold kept (with [`Selector::OlderThan`] only).
    pub held: u64,
    /// Whether the bytes are gone from the files already. If not, a reader
    /// stood in the way; they go with the next erasure or when the hub stops.
    pub overwritten: bool,
}

/// Why nothing was erased.
#[derive(Clone, Debug, thiserror::Error)]
pub enum EraseError {
    /// A hold is on it.
    #[error(
        "Item {key} is under the legal hold \"{hold}\". Nothing was erased; lift the hold first or leave that item out."
    )]
    Held {
        /// The first item that is held.
        key: ItemKey,
        /// The hold.
        hold: RuleName,
    },
    /// The log refused.
    #[error(transparent)]
    Log(#[from] LogError),
}

impl SqliteLog {
    /// Erases content: body, document and salt of every event with words of
    /// people in it. Each item gets an `Erased` event that names them. The
    /// files are overwritten before this returns.
    ///
    /// # Errors
    /// A hold is on one of the items (retention passes over those instead), or
    /// the log can't be written. After an error in the middle some items are
    /// erased, each whole; ask again.
    pub async fn erase(&self, wish: Erase) -> Result<Erasure, EraseError> {
        let selector = wish.what.clone();
        let (found, holds) = self
            .ask(move |reader| {
                let holds = holds::all(&reader.log).map_err(|error| reader.failed(&error))?;
                Ok((select::find(reader, &selector)?, holds))
            })
            .await?;
        let mut erasure = Erasure::default();
        let found = allowed(&wish, found, &holds, &mut erasure)?;
        for chunk in found.chunks(CHUNK) {
            let keys: Vec<ItemKey> = chunk.iter().map(|found| found.key).collect();
            let wish = wish.clone();
            let erased = self
                .on_writer(move |committer| erase_chunk(committer, &wish, &keys))
                .await?;
            self.note_erased(erased.last);
            erasure.events += erased.events;
            erasure.items.extend(erased.items);
        }
        if let Selector::OlderThan(then) = wish.what
            && holds.iter().all(|hold| hold.scope != HoldScope::All)
        {
            erasure.events += self.erase_floor(&wish, then).await?;
        }
        erasure.overwritten = self.overwrite().await?;
        Ok(erasure)
    }

    /// Documents that became no item: they have no key, but words.
    async fn erase_floor(&self, wish: &Erase, then: Timestamp) -> Result<u64, LogError> {
        let found = self.ask(move |reader| select::floor(reader, then)).await?;
        for chunk in found.chunks(CHUNK) {
            let unit = naming(wish, None, chunk);
            let gone = chunk.to_vec();
            let last = self
                .on_writer(move |committer| {
                    committer
                        .commit_with(&[unit], |conn, answers| take_out(conn, answers, &gone))?;
                    Ok(Seq(committer.tail.seq))
                })
                .await?;
            self.note_erased(last);
        }
        Ok(found.len() as u64)
    }

    /// Copies the write-ahead file and empties it, so that no old page stays;
    /// drops the checkpoints, which hold boards of before.
    async fn overwrite(&self) -> Result<bool, LogError> {
        self.on_writer(|committer| {
            let emptied = empty(&committer.conn);
            emptied.map_err(|error| LogError::of(&committer.path, &error))?;
            Ok(())
        })
        .await?;
        self.ask(|reader| {
            let wiped = checkpoints::forget(&reader.derived)
                .and_then(|()| empty(&reader.derived))
                .map_err(|error| reader.keys.failed(&error))?;
            Ok(wiped && gone(reader))
        })
        .await
    }
}

/// What the holds let through: all or nothing, but for retention.
fn allowed(
    wish: &Erase,
    mut found: Vec<Found>,
    holds: &[Hold],
    erasure: &mut Erasure,
) -> Result<Vec<Found>, EraseError> {
    if matches!(wish.what, Selector::OlderThan(_)) {
        found.retain(|found| !wish.except.contains(&found.key));
        let all = found.len();
        found.retain(|found| found.held(holds).is_none());
        erasure.held = (all - found.len()) as u64;
        return Ok(found);
    }
    for item in &found {
        if let Some(hold) = item.held(holds) {
            return Err(EraseError::Held {
                key: item.key,
                hold: hold.name.clone(),
            });
        }
    }
    Ok(found)
}

/// Whether the log's write-ahead file is empty.
fn gone(reader: &Reader) -> bool {
    let mut name = reader.path.clone().into_os_string();
    name.push("-wal");
    std::fs::metadata(name).map_or(0, |meta| meta.len()) == 0
}

/// Empties a write-ahead file; false when somebody still reads from it.
fn empty(conn: &Connection) -> rusqlite::Result<bool> {
    conn.busy_timeout(std::time::Duration::from_millis(500))?;
    let busy = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
        row.get::<_, i64>(0)
    });
    conn.busy_timeout(std::time::Duration::from_secs(10))?;
    Ok(busy? == 0)
}

#[derive(Default)]
struct Erased {
    items: Vec<(ItemId, ItemKey)>,
    events: u64,
    last: Seq,
}

/// On the writer's thread: nothing can come between finding an item's events
/// and erasing them.
fn erase_chunk(
    committer: &mut Committer,
    wish: &Erase,
    keys: &[ItemKey],
) -> Result<Erased, LogError> {
    let path = committer.path.clone();
    let fail = |error: rusqlite::Error| LogError::of(&path, &error);
    let mut erased = Erased::default();
    let mut units = Vec::new();
    let mut gone: Vec<u64> = Vec::new();
    for key in keys {
        let Some(known) = committer.known(key)? else {
            continue;
        };
        let events = wordy(&committer.conn, known.last.0).map_err(fail)?;
        if events.is_empty() {
            continue;
        }
        let desk: Option<String> = committer
            .conn
            .query_row(
                "SELECT desk FROM events WHERE seq = ?1",
                params![sql(known.last.0)],
                |row| row.get(0),
            )
            .map_err(fail)?;
        let mut unit = naming(wish, Some(*key), &events);
        for record in &mut unit.records {
            record.desk = desk.as_deref().and_then(|desk| desk.parse().ok());
            record.after = known.last;
        }
        units.push(unit);
        erased.items.push((known.id, *key));
        erased.events += events.len() as u64;
        gone.extend(events);
    }
    let answers = committer.commit_with(&units, |conn, answers| take_out(conn, answers, &gone))?;
    if let Some(Appended::Stored(places)) = answers.last() {
        erased.last = places.last().map_or(Seq(0), |(seq, _)| *seq);
    }
    Ok(erased)
}

/// The event that names an erasure.
fn naming(wish: &Erase, key: Option<ItemKey>, events: &[u64]) -> Unit {
    let body = Body::Erased {
        reason: wish.reason.clone(),
        events: events.iter().map(|seq| Seq(*seq)).collect(),
    };
    Unit {
        at: wish.at,
        actor: wish.by.clone(),
        cause: Cause::Operator,
        records: vec![Record {
            key,
            desk: None,
            after: Seq(0),
            json: encode_body(&body),
            raw: None,
        }],
        outcome: None,
    }
}

/// Nothing is taken out that no event names.
fn take_out(conn: &Connection, named: &[Appended], events: &[u64]) -> rusqlite::Result<()> {
    let all_named = |answer: &Appended| matches!(answer, Appended::Stored(_));
    if !named.iter().all(all_named) {
        return Err(rusqlite::Error::StatementChangedRows(0));
    }
    let mut body =
        conn.prepare_cached("UPDATE events SET body = NULL, salt = NULL WHERE seq = ?1")?;
    let mut raw = conn.prepare_cached("DELETE FROM raws WHERE seq = ?1")?;
    for seq in events {
        body.execute(params![sql(*seq)])?;
        raw.execute(params![sql(*seq)])?;
    }
    Ok(())
}
