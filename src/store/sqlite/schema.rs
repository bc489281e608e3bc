//! Tables of `log.db`: how they are made, recognised and brought forward.
//!
//! Owns the schema's versions (`user_version`) and the settings of every
//! connection. A file is looked at before anything is written to it, so that a
//! damaged or newer one stays as it was.

use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, params};
use uuid::Uuid;

use crate::store::error::LogError;

/// Marks the file as ours: "WFLG".
const APPLICATION: i64 = 0x5746_4c47;

/// One step per version: step `n` makes version `n + 1` of version `n`. Steps
/// are never changed once released; a new log takes all of them.
pub(in crate::store) const STEPS: [&str; VERSION as usize] = [
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
     CREATE TABLE events(
         seq INTEGER PRIMARY KEY,
         at INTEGER NOT NULL,
         actor TEXT NOT NULL,
         cause TEXT NOT NULL,
         key BLOB,
         id INTEGER,
         desk TEXT,
         prev INTEGER NOT NULL,
         hash BLOB NOT NULL,
         content BLOB NOT NULL,
         salt BLOB,
         body BLOB
     );
     CREATE TABLE raws(seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
     CREATE TABLE items(id INTEGER PRIMARY KEY, key BLOB NOT NULL);
     CREATE TABLE commands(id BLOB PRIMARY KEY, outcome BLOB NOT NULL) WITHOUT ROWID;",
    "CREATE TABLE holds(
         name TEXT PRIMARY KEY,
         at INTEGER NOT NULL,
         scope TEXT NOT NULL,
         key BLOB,
         channel TEXT,
         author TEXT,
         reason TEXT NOT NULL
     ) WITHOUT ROWID;",
];

/// The version that this program writes.
pub(in crate::store) const VERSION: u32 = 2;

/// Opens `path` for writing: makes it when it is not there, brings it forward
/// when it is older, and refuses it untouched when it is not ours or newer.
pub(in crate::store) fn open(path: &Path) -> Result<Connection, LogError> {
    let fail = |error: rusqlite::Error| LogError::of(path, &error);
    let length = std::fs::metadata(path).map_or(0, |meta| meta.len());
    if length == 0 {
        // Made by us first, since SQLite gives its own files the same mode.
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).map_err(|e| LogError::io(path, &e))?;
    }
    let mut conn = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(fail)?;
    keep_still(&conn).map_err(fail)?;
    let found = if length == 0 { 0 } else { check(&conn, path)? };
    if length == 0 {
        conn.pragma_update(None, "page_size", 8192).map_err(fail)?;
    }
    settle(&conn).map_err(fail)?;
    forward(&mut conn, found).map_err(fail)?;
    Ok(conn)
}

/// The schema's version of a file that is there, without writing to it.
pub(in crate::store) fn check(conn: &Connection, path: &Path) -> Result<u32, LogError> {
    let fail = |error: rusqlite::Error| LogError::of(path, &error);
    let number = |name: &str| -> Result<i64, LogError> {
        conn.pragma_query_value(None, name, |row| row.get(0))
            .map_err(fail)
    };
    let application = number("application_id")?;
    if application != APPLICATION {
        // A crash while the log was first made leaves an empty database.
        if application == 0 && number("schema_version")? == 0 {
            return Ok(0);
        }
        return Err(LogError::damaged(
            path,
            "it is the database of another program",
        ));
    }
    let version = u32::try_from(number("user_version")?)
        .map_err(|_| LogError::damaged(path, "its version is not a number of ours"))?;
    if version > VERSION {
        return Err(LogError::Newer {
            path: path.display().to_string(),
            found: version,
            known: VERSION,
        });
    }
    Ok(version)
}

/// Closing must not write: a log that is found damaged stays as it is.
pub(in crate::store) fn keep_still(conn: &Connection) -> rusqlite::Result<()> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(())
}

/// Opens the connection that copies the write-ahead file into the log.
pub(in crate::store) fn open_keeper(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    settle(&conn)?;
    keep_still(&conn)?;
    Ok(conn)
}

/// What every writing connection is set to.
fn settle(conn: &Connection) -> rusqlite::Result<()> {
    conn.busy_timeout(Duration::from_secs(10))?;
    conn.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    conn.pragma_update(None, "synchronous", "full")?;
    conn.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
    // What is erased is overwritten with zeros, not only unlinked.
    conn.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    conn.pragma_update(None, "cache_size", -16_000)?;
    conn.set_prepared_statement_cache_capacity(48);
    Ok(())
}

/// Takes the steps from version `found` to ours, all or none.
fn forward(conn: &mut Connection, found: u32) -> rusqlite::Result<()> {
    if found == VERSION {
        return Ok(());
    }
    let steps = STEPS.iter().zip(1_u32..).skip(found as usize);
    let tx = conn.transaction()?;
    for (step, version) in steps {
        tx.execute_batch(step)?;
        tx.pragma_update(None, "user_version", version)?;
    }
    if found == 0 {
        tx.pragma_update(None, "application_id", APPLICATION)?;
        set_epoch(&tx, Uuid::new_v4())?;
    }
    tx.commit()
}

/// Gives the log another life.
pub(in crate::store) fn set_epoch(conn: &Connection, epoch: Uuid) -> rusqlite::Result<()> {
    conn.execute(
        "INSERT OR REPLACE INTO meta(name, value) VALUES ('epoch', ?1)",
        params![epoch.as_bytes().as_slice()],
    )?;
    Ok(())
}

/// Which life of the log this is.
pub(in crate::store) fn epoch(conn: &Connection, path: &Path) -> Result<Uuid, LogError> {
    let bytes: Vec<u8> = conn
        .query_row("SELECT value FROM meta WHERE name = 'epoch'", [], |row| {
            row.get(0)
        })
        .map_err(|error| LogError::of(path, &error))?;
    Uuid::from_slice(&bytes).map_err(|_| LogError::damaged(path, "its epoch is not a UUID"))
}

/// Opens `path` for reading only.
pub(in crate::store) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    conn.busy_timeout(Duration::from_secs(10))?;
    conn.pragma_update(None, "query_only", true)?;
    conn.set_prepared_statement_cache_capacity(16);
    Ok(conn)
}

/// Opens a database that can be rebuilt: durable in order, not at once.
pub(in crate::store) fn open_derived(path: &Path) -> rusqlite::Result<Connection> {
    let conn = Connection::open(path)?;
    conn.busy_timeout(Duration::from_secs(10))?;
    conn.pragma_update(None, "page_size", 8192)?;
    conn.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    conn.pragma_update(None, "synchronous", "normal")?;
    conn.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    conn.set_prepared_statement_cache_capacity(16);
    Ok(conn)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A log as version 1 wrote it, with one event about the floor.
    fn first_version(path: &Path) {
        let conn = Connection::open(path).unwrap();
        conn.execute_batch(STEPS[0]).unwrap();
        set_epoch(&conn, Uuid::from_u128(5)).unwrap();
        conn.execute_batch(&format!(
            "PRAGMA application_id = {APPLICATION}; PRAGMA user_version = 1;
             INSERT INTO events VALUES (1, 1790000000000, '\"hub\"', '\"clock\"', NULL, NULL,
                 NULL, 0,
                 x'{}', x'{}', x'000102030405060708090a0b0c0d0e0f',
                 CAST('{{\"type\":\"suppression_ended\",\"rule\":\"s-1\",\"why\":\"over\"}}' AS BLOB));",
            "fc8f9c4857999e6d67b77cf20037d1366a77b8ad54049c28affa50604c816e22",
            "cfeb1eb5aed0163f208de20c4b3c70731f3e36c63c5e37d721b9fbd94dfd0c4a",
        ))
        .unwrap();
    }

    #[test]
    fn the_first_version_is_brought_forward() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log.db");
        first_version(&path);
        let conn = open(&path).unwrap();
        assert_eq!(check(&conn, &path).unwrap(), VERSION);
        assert_eq!(epoch(&conn, &path).unwrap(), Uuid::from_u128(5));
        let holds: i64 = conn
            .query_row("SELECT count(*) FROM holds", [], |row| row.get(0))
            .unwrap();
        assert_eq!(holds, 0);
        drop(conn);
        // Once is enough.
        open(&path).unwrap();
        crate::store::verify(&path, None).unwrap();
        crate::store::SqliteLog::open(&path).unwrap();
    }
}
