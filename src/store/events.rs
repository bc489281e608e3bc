//! A log's events, read from the file alone: for recordings of a log that no
//! hub serves, or of a backup.
//!
//! Reads only, page by page, and may run beside a hub.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};

use super::error::LogError;
use super::sqlite::{rows, schema};
use crate::model::event::Event;
use crate::model::ids::{Epoch, Seq};

/// Events of a page.
const PAGE: i64 = 1000;

/// A log that is only read.
pub struct LogFile {
    conn: Connection,
    path: PathBuf,
}

impl LogFile {
    /// Opens the log at `path`.
    ///
    /// # Errors
    /// A file that is not there, is no log, or of a version that this program
    /// does not read.
    pub fn open(path: &Path) -> Result<Self, LogError> {
        LogError::absent(path)?;
        let failed = |error: rusqlite::Error| LogError::of(path, &error);
        let conn = schema::open_reader(path).map_err(failed)?;
        schema::check(&conn, path)?;
        Ok(Self {
            conn,
            path: path.to_owned(),
        })
    }

    /// Which life of the log this is.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn epoch(&self) -> Result<Epoch, LogError> {
        schema::epoch(&self.conn, &self.path).map(Epoch)
    }

    /// The events after `after`, a page; none at the end.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn page(&self, after: Seq) -> Result<Vec<Event>, LogError> {
        let read = || -> rusqlite::Result<Vec<Event>> {
            let columns = rows::EVENT;
            let mut statement = self.conn.prepare_cached(&format!(
                "SELECT {columns} FROM events WHERE seq > ?1 ORDER BY seq LIMIT ?2"
            ))?;
            let events = statement.query_map(params![rows::sql(after.0), PAGE], rows::event)?;
            events.collect()
        };
        read().map_err(|error| LogError::of(&self.path, &error))
    }
}
