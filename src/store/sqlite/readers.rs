//! Readers: a few read-only connections, used on blocking threads.
//!
//! Owns the pool and the questions that the seam asks. Readers never wait for
//! the writer, nor it for them.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};
use tokio::sync::Semaphore;

use super::keys::Keys;
use super::rows::{self, EVENT, sql};
use super::schema;
use crate::model::event::Event;
use crate::model::ids::{ItemId, ItemKey, Seq};
use crate::store::error::LogError;
use crate::store::log::Known;

/// How many read at once. More would only take the disk from each other.
const READERS: usize = 4;

/// One pair of connections.
pub(super) struct Reader {
    pub(super) log: Connection,
    pub(super) derived: Connection,
    pub(super) keys: Arc<Keys>,
    pub(super) path: PathBuf,
}

/// The pool.
pub(super) struct Readers {
    path: PathBuf,
    keys: Arc<Keys>,
    idle: Mutex<Vec<Reader>>,
    slots: Semaphore,
}

impl Readers {
    pub(super) fn new(path: PathBuf, keys: Arc<Keys>) -> Self {
        Self {
            path,
            keys,
            idle: Mutex::default(),
            slots: Semaphore::new(READERS),
        }
    }

    /// Asks `question` on a blocking thread.
    pub(super) async fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        question: impl FnOnce(&Reader) -> Result<T, LogError> + Send + 'static,
    ) -> Result<T, LogError> {
        let _slot = self.slots.acquire().await.map_err(|_| LogError::Closed)?;
        let pool = Arc::clone(self);
        let asked = tokio::task::spawn_blocking(move || {
            let reader = pool.take()?;
            let answer = question(&reader)?;
            // A reader that met an error is not used again.
            let mut idle = pool.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push(reader);
            Ok(answer)
        });
        asked.await.map_err(|_| LogError::Closed)?
    }

    /// Lets nobody ask any more.
    pub(super) fn close(&self) {
        self.slots.close();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.clear();
    }

    fn take(&self) -> Result<Reader, LogError> {
        let idle = {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.pop()
        };
        if let Some(reader) = idle {
            return Ok(reader);
        }
        let log = schema::open_reader(&self.path);
        Ok(Reader {
            log: log.map_err(|error| LogError::of(&self.path, &error))?,
            derived: self.keys.connect()?,
            keys: Arc::clone(&self.keys),
            path: self.path.clone(),
        })
    }
}

impl Reader {
    /// What is wrong, in the log's words.
    pub(super) fn failed(&self, error: &rusqlite::Error) -> LogError {
        LogError::of(&self.path, error)
    }

    pub(super) fn events(&self, after: Seq, limit: usize) -> Result<Vec<Event>, LogError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let read = || -> rusqlite::Result<Vec<Event>> {
            let mut statement = self.log.prepare_cached(&format!(
                "SELECT {EVENT} FROM events WHERE seq > ?1 ORDER BY seq LIMIT ?2"
            ))?;
            let events = statement.query_map(params![sql(after.0), limit], rows::event)?;
            events.collect()
        };
        read().map_err(|error| self.failed(&error))
    }

    pub(super) fn known(&self, key: &ItemKey) -> Result<Option<Known>, LogError> {
        self.keys.find(&self.derived, key)
    }

    pub(super) fn key_of(&self, id: ItemId) -> Result<Option<ItemKey>, LogError> {
        let read = || {
            let mut statement = self
                .log
                .prepare_cached("SELECT key FROM items WHERE id = ?1")?;
            statement
                .query_row(params![sql(id.0)], |row| rows::key(row, 0))
                .optional()
        };
        let key = read().map_err(|error| self.failed(&error))?;
        Ok(key.flatten())
    }

    /// The sequence numbers of all events of `key`, oldest first.
    pub(super) fn trail(&self, key: &ItemKey) -> Result<Vec<u64>, LogError> {
        let last = self.known(key)?.map_or(0, |known| known.last.0);
        trail(&self.log, last).map_err(|error| self.failed(&error))
    }

    pub(super) fn history(&self, key: &ItemKey) -> Result<Vec<Event>, LogError> {
        let trail = self.trail(key)?;
        let read = || -> rusqlite::Result<Vec<Event>> {
            let mut statement = self
                .log
                .prepare_cached(&format!("SELECT {EVENT} FROM events WHERE seq = ?1"))?;
            trail
                .iter()
                .map(|seq| statement.query_row(params![sql(*seq)], rows::event))
                .collect()
        };
        read().map_err(|error| self.failed(&error))
    }

    pub(super) fn raws(&self, key: &ItemKey) -> Result<Vec<(Seq, bytes::Bytes)>, LogError> {
        let trail = self.trail(key)?;
        let read = || -> rusqlite::Result<Vec<(Seq, bytes::Bytes)>> {
            let mut statement = self
                .log
                .prepare_cached("SELECT bytes FROM raws WHERE seq = ?1")?;
            let mut raws = Vec::new();
            for seq in trail {
                let raw: Option<Vec<u8>> = statement
                    .query_row(params![sql(seq)], |row| row.get(0))
                    .optional()?;
                raws.extend(raw.map(|raw| (Seq(seq), bytes::Bytes::from(raw))));
            }
            Ok(raws)
        };
        read().map_err(|error| self.failed(&error))
    }
}

/// Follows the links from `last` back to an item's first event; oldest first.
/// A link that does not lead back ends it, so that a damaged file can't turn
/// it in a circle.
pub(super) fn trail(log: &Connection, last: u64) -> rusqlite::Result<Vec<u64>> {
    let mut statement = log.prepare_cached("SELECT prev FROM events WHERE seq = ?1")?;
    let mut trail = Vec::new();
    let mut seq = last;
    while seq > 0 {
        trail.push(seq);
        let prev: i64 = statement.query_row(params![sql(seq)], |row| row.get(0))?;
        seq = if prev.cast_unsigned() < seq {
            prev.cast_unsigned()
        } else {
            0
        };
    }
    trail.reverse();
    Ok(trail)
}
