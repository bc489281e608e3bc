//! The key index: number and last event of every key, off the commit path.
//!
//! Keys are random, so a table of them costs a page per key. Fresh keys stay
//! in memory; upkeep writes them sorted into `derived.db`, which can always be
//! rebuilt from the log. A Bloom filter in front of it answers for most keys
//! that never came. The writer and the readers ask; upkeep writes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fastbloom::AtomicBloomFilter;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{self, sql};
use super::schema;
use crate::model::ids::{Epoch, ItemId, ItemKey, KeyMap, Seq};
use crate::store::error::LogError;
use crate::store::log::{Head, Known};

/// How many fresh keys are held before they are written: about 20 MB. A
/// sorted run of this many touches each page of a million keys once.
pub(super) const RUN: usize = 250_000;

/// Version of `derived.db`; another one is thrown away.
const FORMAT: i64 = 1;

/// The index's part in memory.
pub(super) struct Keys {
    path: PathBuf,
    fresh: Mutex<Fresh>,
}

/// What memory says of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recalled {
    /// This.
    Known(Known),
    /// It never came.
    Never,
    /// The table has to be asked.
    Ask,
}

#[derive(Default)]
struct Fresh {
    /// Since the last run; grows with every append.
    active: KeyMap<Known>,
    /// Being written now.
    frozen: Arc<KeyMap<Known>>,
    /// The last event that `active` knows.
    upto: Upto,
    /// What is in the table; none until upkeep has read it.
    bloom: Option<Arc<Bloom>>,
}

#[derive(Clone, Copy, Default)]
struct Upto {
    seq: u64,
    hash: [u8; 32],
}

struct Bloom {
    filter: AtomicBloomFilter,
    capacity: usize,
}

impl Keys {
    /// Opens the index beside the log: what is in `derived.db`, and what the
    /// log has since. What does not belong to this log is thrown away.
    pub(super) fn open(
        log: &Connection,
        path: &Path,
        epoch: Epoch,
        head: Head,
    ) -> Result<Self, LogError> {
        let derived = path.with_file_name("derived.db");
        let fail = |error: rusqlite::Error| LogError::of(&derived, &error);
        let mut known = prepare(&derived).and_then(|conn| upto(&conn, log, epoch));
        if !matches!(known, Ok(Some(_))) {
            for end in ["", "-wal", "-shm"] {
                let mut name = derived.clone().into_os_string();
                name.push(end);
                match std::fs::remove_file(&name) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        return Err(LogError::io(&derived, &error));
                    }
                    _ => {}
                }
            }
            let conn = prepare(&derived).map_err(fail)?;
            conn.execute(
                "INSERT OR REPLACE INTO meta VALUES ('epoch', ?1)",
                params![epoch.0.as_bytes().as_slice()],
            )
            .map_err(fail)?;
            known = Ok(Some(0));
        }
        let from = known.ok().flatten().unwrap_or(0);
        let keys = Self {
            path: derived.clone(),
            fresh: Mutex::default(),
        };
        let mut conn = keys.connect()?;
        keys.catch_up(log, &mut conn, from, head)
            .map_err(|error| LogError::of(path, &error))?;
        Ok(keys)
    }

    /// A connection for asking or writing.
    pub(super) fn connect(&self) -> Result<Connection, LogError> {
        schema::open_derived(&self.path).map_err(|error| self.failed(&error))
    }

    /// What went wrong with the file of the index.
    pub(super) fn failed(&self, error: &rusqlite::Error) -> LogError {
        match LogError::of(&self.path, error) {
            LogError::Damaged { path, what } => LogError::Damaged {
                path,
                what: format!("{what}; it may be deleted, since it is made again from the log"),
            },
            other => other,
        }
    }

    fn catch_up(
        &self,
        log: &Connection,
        derived: &mut Connection,
        from: u64,
        head: Head,
    ) -> rusqlite::Result<()> {
        let mut statement =
            log.prepare("SELECT seq, key, id, hash FROM events WHERE seq > ?1 ORDER BY seq")?;
        let mut found = statement.query(params![sql(from)])?;
        while let Some(row) = found.next()? {
            let seq: i64 = row.get(0)?;
            let known = Known {
                id: ItemId(row.get::<_, Option<i64>>(2)?.unwrap_or(0).cast_unsigned()),
                last: Seq(seq.cast_unsigned()),
            };
            let Some(key) = rows::key(row, 1)? else {
                continue;
            };
            let mut fresh = self.fresh();
            fresh.active.insert(key, known);
            if fresh.active.len() >= RUN {
                fresh.upto = Upto {
                    seq: seq.cast_unsigned(),
                    hash: row.get(3)?,
                };
                drop(fresh);
                self.flush(derived)?;
            }
        }
        self.fresh().upto = Upto {
            seq: head.seq.0,
            hash: head.hash,
        };
        Ok(())
    }

    /// What memory alone says of `key`.
    pub(super) fn recall(&self, key: &ItemKey) -> Recalled {
        let fresh = self.fresh();
        if let Some(known) = fresh.active.get(key).or_else(|| fresh.frozen.get(key)) {
            return Recalled::Known(*known);
        }
        match &fresh.bloom {
            Some(bloom) if !bloom.filter.contains(key) => Recalled::Never,
            _ => Recalled::Ask,
        }
    }

    /// What is known of `key`. `derived` is the asker's own connection.
    pub(super) fn find(
        &self,
        derived: &Connection,
        key: &ItemKey,
    ) -> Result<Option<Known>, LogError> {
        match self.recall(key) {
            Recalled::Known(known) => return Ok(Some(known)),
            Recalled::Never => return Ok(None),
            Recalled::Ask => {}
        }
        derived
            .prepare_cached("SELECT id, last FROM keys WHERE key = ?1")
            .and_then(|mut statement| {
                statement
                    .query_row(params![key.as_bytes().as_slice()], |row| {
                        Ok(Known {
                            id: ItemId(row.get::<_, i64>(0)?.cast_unsigned()),
                            last: Seq(row.get::<_, i64>(1)?.cast_unsigned()),
                        })
                    })
                    .optional()
            })
            .map_err(|error| self.failed(&error))
    }

    /// Takes in what was committed, up to `head`.
    pub(super) fn note(&self, keys: KeyMap<Known>, head: Head) {
        let mut fresh = self.fresh();
        fresh.active.extend(keys);
        fresh.upto = Upto {
            seq: head.seq.0,
            hash: head.hash,
        };
    }

    /// How many keys wait to be written.
    pub(super) fn waiting(&self) -> usize {
        self.fresh().active.len()
    }

    /// Writes what waits, sorted, in one transaction. Upkeep's alone.
    pub(super) fn flush(&self, derived: &mut Connection) -> rusqlite::Result<()> {
        let (run, upto) = {
            let mut fresh = self.fresh();
            let active = std::mem::take(&mut fresh.active);
            if fresh.frozen.is_empty() {
                fresh.frozen = Arc::new(active);
            } else {
                // The last run failed: both go now.
                Arc::make_mut(&mut fresh.frozen).extend(active);
            }
            (Arc::clone(&fresh.frozen), fresh.upto)
        };
        let mut sorted: Vec<_> = run.iter().collect();
        sorted.sort_unstable_by_key(|(key, _)| **key);
        let tx = derived.transaction()?;
        {
            let mut put = tx.prepare_cached("INSERT OR REPLACE INTO keys VALUES (?1, ?2, ?3)")?;
            for (key, known) in &sorted {
                put.execute(params![
                    key.as_bytes().as_slice(),
                    sql(known.id.0),
                    sql(known.last.0)
                ])?;
            }
            let mut set = tx.prepare_cached("INSERT OR REPLACE INTO meta VALUES (?1, ?2)")?;
            set.execute(params!["upto", sql(upto.seq)])?;
            set.execute(params!["hash", upto.hash.as_slice()])?;
        }
        tx.commit()?;
        let mut fresh = self.fresh();
        // First into the filter, then out of memory: nobody misses a key.
        if let Some(bloom) = &fresh.bloom {
            bloom.filter.insert_all(run.keys());
        }
        fresh.frozen = Arc::default();
        Ok(())
    }

    /// Makes the filter when there is none or it has become too small for
    /// `items` keys. Upkeep's alone, since no run may be written meanwhile.
    pub(super) fn filter(&self, derived: &Connection, items: u64) -> rusqlite::Result<()> {
        let items = usize::try_from(items).unwrap_or(usize::MAX);
        let enough = |bloom: &Arc<Bloom>| items <= bloom.capacity;
        if self.fresh().bloom.as_ref().is_some_and(enough) {
            return Ok(());
        }
        let capacity = items.saturating_mul(2).max(1_000_000);
        // 1.2 bytes a key, one question in a hundred for nothing.
        let filter = AtomicBloomFilter::with_false_pos(0.01).expected_items(capacity);
        let mut statement = derived.prepare("SELECT key FROM keys")?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            if let Some(key) = rows::key(row, 0)? {
                filter.insert(&key);
            }
        }
        self.fresh().bloom = Some(Arc::new(Bloom { filter, capacity }));
        Ok(())
    }

    fn fresh(&self) -> MutexGuard<'_, Fresh> {
        self.fresh.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the tables of `derived.db`, and finds out whether they are ours.
fn prepare(path: &Path) -> rusqlite::Result<Connection> {
    let conn = schema::open_derived(path)?;
    conn.execute_batch(
        "CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
         CREATE TABLE IF NOT EXISTS keys(key BLOB PRIMARY KEY, id INTEGER, last INTEGER)
             WITHOUT ROWID;
         CREATE TABLE IF NOT EXISTS checkpoints(seq INTEGER PRIMARY KEY, sum BLOB, bytes BLOB);",
    )?;
    conn.pragma_update(None, "user_version", FORMAT)?;
    Ok(conn)
}

/// Up to where the index goes: none when it is not this log's.
fn upto(derived: &Connection, log: &Connection, epoch: Epoch) -> rusqlite::Result<Option<u64>> {
    let value = |name: &str| {
        derived
            .query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| {
                row.get::<_, Value>(0)
            })
            .optional()
    };
    if value("epoch")? != Some(Value::Blob(epoch.0.as_bytes().to_vec())) {
        return Ok(None);
    }
    let (seq, hash) = match (value("upto")?, value("hash")?) {
        (None, None) => return Ok(Some(0)),
        (Some(Value::Integer(seq)), Some(Value::Blob(hash))) => (seq.cast_unsigned(), hash),
        _ => return Ok(None),
    };
    let same = rows::hash_at(log, seq)?.is_some_and(|found| found.as_slice() == hash);
    Ok(same.then_some(seq))
}
