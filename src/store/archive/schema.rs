//! The tables of `archive.db`, and whether a file that is there is ours.
//!
//! `items` has one row per item, by number; `words` has its folded text and the
//! full-text index over it. FTS5 needs the text to take a row's words out of
//! the index for good. Vowel signs (Mn, Mc) are part of words.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};

use crate::model::ids::Epoch;
use crate::store::error::LogError;
use crate::store::sqlite::schema::open_derived;

/// Another format is thrown away.
const FORMAT: i64 = 2;

/// Bytes of words that FTS5 gathers before it writes a run of its index: the
/// longer the runs, the less is merged again later.
const RUN: u32 = 8 * 1024 * 1024;

/// Opens the archive of the log with this epoch; makes it anew when what is
/// there is not its, or can't be read.
pub(super) fn open(path: &Path, epoch: Epoch) -> Result<Connection, LogError> {
    if let Ok(conn) = open_derived(path)
        && matches!(ours(&conn, epoch), Ok(true))
    {
        return Ok(conn);
    }
    renew(path, epoch)
}

/// Makes the archive anew, empty.
pub(super) fn renew(path: &Path, epoch: Epoch) -> Result<Connection, LogError> {
    for end in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(LogError::io(path, &error));
            }
            _ => {}
        }
    }
    let make = || -> rusqlite::Result<Connection> {
        let conn = open_derived(path)?;
        make(&conn, epoch)?;
        Ok(conn)
    };
    make().map_err(|error| LogError::of(path, &error))
}

fn ours(conn: &Connection, epoch: Epoch) -> rusqlite::Result<bool> {
    let format: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if format != FORMAT {
        return Ok(false);
    }
    // A page of each table: what is torn shows here, not at the first question.
    conn.query_row(
        "SELECT count(*) FROM (SELECT 1 FROM items LIMIT 1)",
        [],
        |_| Ok(()),
    )?;
    conn.query_row(
        "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH '\"a\"' LIMIT 1)",
        [],
        |_| Ok(()),
    )?;
    let found: Option<Vec<u8>> = conn
        .query_row("SELECT value FROM meta WHERE name = 'epoch'", [], |row| {
            row.get(0)
        })
        .optional()?;
    Ok(found.as_deref() == Some(epoch.0.as_bytes().as_slice()))
}

fn make(conn: &Connection, epoch: Epoch) -> rusqlite::Result<()> {
    conn.execute_batch(&format!(
        "BEGIN;
         CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
         CREATE TABLE items(
             id INTEGER PRIMARY KEY,
             key BLOB NOT NULL,
             desk TEXT NOT NULL,
             channel TEXT NOT NULL,
             kind TEXT NOT NULL,
             severity TEXT NOT NULL,
             state TEXT NOT NULL,
             received_at INTEGER NOT NULL,
             content BLOB NOT NULL
         );
         CREATE VIRTUAL TABLE words USING fts5(
             text, tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'\"
         );
         INSERT INTO words(words, rank) VALUES ('secure-delete', 1), ('hashsize', {RUN});
         PRAGMA user_version = {FORMAT};
         COMMIT;"
    ))?;
    conn.execute(
        "INSERT INTO meta VALUES ('epoch', ?1)",
        params![epoch.0.as_bytes().as_slice()],
    )?;
    Ok(())
}
