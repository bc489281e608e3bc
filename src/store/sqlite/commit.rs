//! One transaction: units in, answers out.
//!
//! Owns the log's end (next numbers, last hash) and what a batch knows of its
//! own keys and commands before they are durable. Nothing is remembered of a
//! batch that did not commit. Lives on the writer's thread.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{CachedStatement, Connection, OptionalExtension, params};

use super::keys::Keys;
use super::rows::{self, sql};
use crate::model::command::Outcome;
use crate::model::ids::{CommandId, DeskName, ItemId, ItemKey, KeyMap, Seq};
use crate::store::chain::{self, Envelope, Hash, Salts};
use crate::store::error::LogError;
use crate::store::log::{self, Appended, Head, Known, Record, Unit};

/// Where the log ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tail {
    pub(super) seq: u64,
    pub(super) hash: Hash,
    pub(super) items: u64,
}

impl Tail {
    /// Reads it from the log.
    pub(super) fn load(conn: &Connection) -> rusqlite::Result<Self> {
        let last = |table: &str| -> rusqlite::Result<u64> {
            conn.query_row(table, [], |row| row.get::<_, Option<i64>>(0))
                .map(|last| last.unwrap_or(0).cast_unsigned())
        };
        let seq = last("SELECT max(seq) FROM events")?;
        Ok(Self {
            seq,
            hash: rows::hash_at(conn, seq)?.unwrap_or(chain::GENESIS),
            items: last("SELECT max(id) FROM items")?,
        })
    }

    /// As the seam tells it.
    pub(super) fn head(&self) -> Head {
        Head {
            seq: Seq(self.seq),
            hash: self.hash,
        }
    }
}

/// The only one who writes to `log.db`.
pub(super) struct Committer {
    pub(super) conn: Connection,
    pub(super) path: PathBuf,
    pub(super) tail: Tail,
    pub(super) keys: Arc<Keys>,
    derived: Connection,
    salts: Salts,
}

/// A transaction that is under way: what it writes by, and what it knows that
/// is not durable yet. Its statements are looked up once, not once a row.
struct Work<'c> {
    path: &'c Path,
    conn: &'c Connection,
    index: &'c Keys,
    derived: &'c Connection,
    salts: &'c mut Salts,
    event: CachedStatement<'c>,
    raw: CachedStatement<'c>,
    item: CachedStatement<'c>,
    batch: Batch,
}

/// What a transaction that is not durable yet knows.
struct Batch {
    tail: Tail,
    keys: KeyMap<Known>,
    commands: HashMap<CommandId, Outcome>,
}

impl Committer {
    /// Takes over the writing connection.
    pub(super) fn new(
        conn: Connection,
        path: &Path,
        tail: Tail,
        keys: Arc<Keys>,
    ) -> Result<Self, LogError> {
        Ok(Self {
            conn,
            path: path.to_path_buf(),
            tail,
            derived: keys.connect()?,
            keys,
            salts: Salts::new(),
        })
    }

    /// What is known of `key`.
    pub(super) fn known(&self, key: &ItemKey) -> Result<Option<Known>, LogError> {
        self.keys.find(&self.derived, key)
    }

    /// Writes `units` in one transaction, durable on return.
    pub(super) fn commit(&mut self, units: &[Unit]) -> Result<Vec<Appended>, LogError> {
        self.commit_with(units, |_, _| Ok(()))
    }

    /// The same, and `also` in the same transaction, after the units.
    pub(super) fn commit_with(
        &mut self,
        units: &[Unit],
        also: impl FnOnce(&Connection, &[Appended]) -> rusqlite::Result<()>,
    ) -> Result<Vec<Appended>, LogError> {
        let (answers, batch) = {
            let mut work = self.begin()?;
            (work.write(units, also), work.batch)
        };
        if answers.is_err() && !self.conn.is_autocommit() {
            // A failed statement may have rolled back by itself; what is left
            // of the transaction goes here. An error is met again at BEGIN.
            self.conn.execute_batch("ROLLBACK").ok();
        }
        let answers = answers?;
        self.tail = batch.tail;
        self.keys.note(batch.keys, self.tail.head());
        Ok(answers)
    }

    fn begin(&mut self) -> Result<Work<'_>, LogError> {
        let statement = |sql: &str| {
            let prepared = self.conn.prepare_cached(sql);
            prepared.map_err(|error| LogError::of(&self.path, &error))
        };
        Ok(Work {
            event: statement(
                "INSERT INTO events
                     (seq, at, actor, cause, key, id, desk, prev, hash, content, salt, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?,
            raw: statement("INSERT INTO raws VALUES (?1, ?2)")?,
            item: statement("INSERT INTO items VALUES (?1, ?2)")?,
            path: &self.path,
            conn: &self.conn,
            index: &self.keys,
            derived: &self.derived,
            salts: &mut self.salts,
            batch: Batch {
                tail: self.tail,
                keys: KeyMap::default(),
                commands: HashMap::new(),
            },
        })
    }
}

impl Work<'_> {
    fn write(
        &mut self,
        units: &[Unit],
        also: impl FnOnce(&Connection, &[Appended]) -> rusqlite::Result<()>,
    ) -> Result<Vec<Appended>, LogError> {
        let (path, conn) = (self.path, self.conn);
        let fail = |error: rusqlite::Error| LogError::of(path, &error);
        conn.execute_batch("BEGIN IMMEDIATE").map_err(fail)?;
        let mut answers = Vec::with_capacity(units.len());
        for unit in units {
            answers.push(self.unit(unit)?);
        }
        also(conn, &answers).map_err(fail)?;
        conn.execute_batch("COMMIT").map_err(fail)?;
        Ok(answers)
    }

    fn unit(&mut self, unit: &Unit) -> Result<Appended, LogError> {
        if let Some(outcome) = &unit.outcome
            && let Some(first) = self.first_outcome(outcome.command)?
        {
            return Ok(Appended::Repeated(first));
        }
        // Every key of the unit is looked up once, into the batch.
        for key in unit.records.iter().filter_map(|record| record.key) {
            if !self.batch.keys.contains_key(&key)
                && let Some(known) = self.index.find(self.derived, &key)?
            {
                self.batch.keys.insert(key, known);
            }
        }
        let known = |key: &ItemKey| self.batch.keys.get(key).copied();
        if let Some((key, last)) = log::conflict(unit, known) {
            return Ok(Appended::Conflict { key, last });
        }
        let (actor, cause) = log::encode_who(unit);
        let mut places = Vec::with_capacity(unit.records.len());
        for record in &unit.records {
            let envelope = Envelope {
                at: unit.at.as_millis(),
                actor: &actor,
                cause: &cause,
                key: record.key.as_ref(),
                desk: record.desk.as_ref().map(DeskName::as_str),
            };
            let place = self.record(&envelope, record);
            places.push(place.map_err(|error| LogError::of(self.path, &error))?);
        }
        if let Some(outcome) = &unit.outcome {
            let mut outcome = outcome.clone();
            outcome.seq = places.last().map(|(seq, _)| *seq);
            self.put_outcome(&outcome)
                .map_err(|error| LogError::of(self.path, &error))?;
            self.batch.commands.insert(outcome.command, outcome);
        }
        Ok(Appended::Stored(places))
    }

    fn first_outcome(&self, command: CommandId) -> Result<Option<Outcome>, LogError> {
        if let Some(first) = self.batch.commands.get(&command) {
            return Ok(Some(first.clone()));
        }
        outcome(self.conn, command).map_err(|error| LogError::of(self.path, &error))
    }

    fn put_outcome(&self, outcome: &Outcome) -> rusqlite::Result<()> {
        let json = serde_json::to_vec(outcome).expect("an outcome has no map");
        self.conn
            .prepare_cached("INSERT INTO commands VALUES (?1, ?2)")?
            .execute(params![outcome.command.0.as_bytes().as_slice(), json])?;
        Ok(())
    }

    fn record(
        &mut self,
        envelope: &Envelope<'_>,
        record: &Record,
    ) -> rusqlite::Result<(Seq, Option<ItemId>)> {
        let salt = self.salts.draw();
        let content = chain::content_hash(&salt, &record.json, record.raw.as_deref());
        let hash = chain::event_hash(&self.batch.tail.hash, envelope, &content);
        let seq = self.batch.tail.seq + 1;
        let (id, prev) = match record.key {
            None => (None, Seq(0)),
            Some(key) => {
                let (id, prev) = self.number(key)?;
                let known = Known { id, last: Seq(seq) };
                self.batch.keys.insert(key, known);
                (Some(id), prev)
            }
        };
        self.event.execute(params![
            sql(seq),
            envelope.at,
            envelope.actor,
            envelope.cause,
            envelope.key.map(|key| key.as_bytes().as_slice()),
            id.map(|id| sql(id.0)),
            envelope.desk,
            sql(prev.0),
            hash.as_slice(),
            content.as_slice(),
            salt.as_slice(),
            record.json.as_ref(),
        ])?;
        if let Some(raw) = &record.raw {
            self.raw.execute(params![sql(seq), raw.as_ref()])?;
        }
        self.batch.tail.seq = seq;
        self.batch.tail.hash = hash;
        Ok((Seq(seq), id))
    }

    /// The number and last event of `key`; a new key is given its number.
    fn number(&mut self, key: ItemKey) -> rusqlite::Result<(ItemId, Seq)> {
        if let Some(known) = self.batch.keys.get(&key) {
            return Ok((known.id, known.last));
        }
        self.batch.tail.items += 1;
        let id = self.batch.tail.items;
        self.item
            .execute(params![sql(id), key.as_bytes().as_slice()])?;
        Ok((ItemId(id), Seq(0)))
    }
}

/// The first outcome of a command, as the log has it.
pub(super) fn outcome(conn: &Connection, command: CommandId) -> rusqlite::Result<Option<Outcome>> {
    let mut statement = conn.prepare_cached("SELECT outcome FROM commands WHERE id = ?1")?;
    let json: Option<Vec<u8>> = statement
        .query_row(params![command.0.as_bytes().as_slice()], |row| row.get(0))
        .optional()?;
    Ok(json.and_then(|json| serde_json::from_slice(&json).ok()))
}
