//! `verify`: proves that nothing in a log was changed, and against a head kept
//! elsewhere that nothing was cut off.
//!
//! Reads only, in one snapshot, so that it may run beside a hub or on a copy.
//! Numbers and links, which the chain does not hash, are counted and followed.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::chain::{GENESIS, Hash};
use super::error::LogError;
use super::log::Head;
use super::sqlite::rows::{self, Link, Misfit};
use super::sqlite::schema;
use crate::model::ids::{ItemKey, Seq};

/// A log that is sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many events there are.
    pub events: u64,
    /// Where it ends.
    pub head: Head,
    /// How many of them had their content erased, each named by a later event.
    pub erased: u64,
}

/// What is wrong with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Body or document were changed.
    #[error("its content does not match its hash")]
    Content,
    /// Time, actor, cause, item or desk were changed, or an event before it.
    #[error("its hash does not follow from the event before")]
    Chain,
    /// It is gone.
    #[error("it is missing")]
    Missing,
    /// Its item number or the link to the item's event before is not right.
    #[error("its item number or link was changed")]
    Number,
    /// The content is gone and no later event says who erased it and why.
    #[error("its content was taken out without an erasure that names it")]
    Erasure,
    /// A column holds what none of ours can.
    #[error("it can't be read")]
    Unreadable,
}

/// Why a log is not proved.
#[derive(Clone, Debug, thiserror::Error)]
pub enum VerifyError {
    /// The first event that is not right.
    #[error("The log at {path} is not sound from event {seq} on: {wrong}.")]
    Entry {
        /// The file.
        path: String,
        /// The event.
        seq: Seq,
        /// What is wrong.
        wrong: Wrong,
    },
    /// Sound in itself, but not the log that the head was taken from.
    #[error(
        "The log at {path} is sound up to event {seq}, but the given head is nowhere in it: its end was cut off or it was written anew."
    )]
    Head {
        /// The file.
        path: String,
        /// Where it ends.
        seq: Seq,
    },
    /// It could not be read at all.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Walks the whole log at `path`. `expected` is a head hash kept elsewhere: it
/// must be that of an event of this log.
///
/// # Errors
/// The first bad entry, a head that is not there, or a file that can't be read.
pub fn verify(path: &Path, expected: Option<[u8; 32]>) -> Result<Verified, VerifyError> {
    LogError::absent(path)?;
    let conn = open(path)?;
    let fail = |error: rusqlite::Error| VerifyError::Log(LogError::of(path, &error));
    // One snapshot for events and items alike.
    conn.execute_batch("BEGIN").map_err(fail)?;
    let mut walk = Walk {
        before: GENESIS,
        expected,
        ..Walk::default()
    };
    walk.found = expected == Some(GENESIS);
    let walked = rows::links(&conn, 0, |link| walk.step(&link));
    let entry = |seq: u64, wrong: Wrong| VerifyError::Entry {
        path: path.display().to_string(),
        seq: Seq(seq),
        wrong,
    };
    if let Some(wrong) = walk.wrong {
        return Err(entry(walk.seq + 1, wrong));
    }
    match walked {
        Err(error) if unreadable(&error) => return Err(entry(walk.seq + 1, Wrong::Unreadable)),
        walked => walked.map_err(fail)?,
    }
    if let Some(seq) = walk.erased.difference(&walk.named).min() {
        return Err(entry(*seq, Wrong::Erasure));
    }
    if let Some(seq) = walk.misnumbered(&conn).map_err(fail)? {
        return Err(entry(seq, Wrong::Number));
    }
    if expected.is_some() && !walk.found {
        return Err(VerifyError::Head {
            path: path.display().to_string(),
            seq: Seq(walk.seq),
        });
    }
    Ok(Verified {
        events: walk.seq,
        head: Head {
            seq: Seq(walk.seq),
            hash: walk.before,
        },
        erased: walk.erased.len() as u64,
    })
}

/// What the walk knows so far: about 60 bytes an item.
#[derive(Default)]
struct Walk {
    seq: u64,
    before: Hash,
    expected: Option<Hash>,
    found: bool,
    /// Number, first and last event of each item.
    items: HashMap<ItemKey, (u64, u64, u64)>,
    erased: HashSet<u64>,
    named: HashSet<u64>,
    wrong: Option<Wrong>,
}

impl Walk {
    fn step(&mut self, link: &Link) -> bool {
        let next = self.seq + 1;
        self.wrong = match link.misfit(&self.before) {
            _ if link.seq != next => Some(Wrong::Missing),
            Some(Misfit::Content) => Some(Wrong::Content),
            Some(Misfit::Chain) => Some(Wrong::Chain),
            None if !self.counts(link) => Some(Wrong::Number),
            None => None,
        };
        if self.wrong.is_some() {
            return false;
        }
        if link.erased {
            self.erased.insert(next);
        }
        self.named.extend(
            link.names()
                .into_iter()
                .map(|seq| seq.0)
                .filter(|seq| *seq < next),
        );
        self.seq = next;
        self.before = link.hash;
        self.found |= self.expected == Some(link.hash);
        true
    }

    /// Whether number and link are those that follow from what was before.
    fn counts(&mut self, link: &Link) -> bool {
        let Some(key) = link.key else {
            return link.id.is_none() && link.prev == 0;
        };
        let next = self.items.len() as u64 + 1;
        let item = self.items.entry(key).or_insert((next, link.seq, 0));
        let right = link.id == Some(item.0) && link.prev == item.2;
        item.2 = link.seq;
        right
    }

    /// The first event of an item whose number leads elsewhere.
    fn misnumbered(&self, conn: &Connection) -> rusqlite::Result<Option<u64>> {
        let mut statement = conn.prepare("SELECT id, key FROM items ORDER BY id")?;
        let mut found = statement.query([])?;
        let mut count = 0;
        while let Some(row) = found.next()? {
            let id = row.get::<_, i64>(0)?.cast_unsigned();
            let key = rows::key(row, 1)?;
            match key.and_then(|key| self.items.get(&key)) {
                Some(item) if item.0 == id => count += 1,
                Some(item) => return Ok(Some(item.1)),
                None => return Ok(Some(self.seq)),
            }
        }
        let missing = self.items.values().filter(|item| item.0 > count);
        Ok(missing.map(|item| item.1).min())
    }
}

/// Opens for reading; where nothing may be written beside the file (a medium
/// that can't be written to), as a file that nobody else has.
fn open(path: &Path) -> Result<Connection, LogError> {
    let looked = schema::open_reader(path).and_then(|conn| {
        conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(conn)
    });
    let conn = match looked {
        Err(error) if closed_off(&error) && !path.with_extension("db-wal").exists() => {
            let name = path
                .to_string_lossy()
                .replace('%', "%25")
                .replace('?', "%3f");
            let uri = format!("file:{}?immutable=1", name.replace('#', "%23"));
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
            Connection::open_with_flags(uri, flags)
        }
        looked => looked,
    }
    .map_err(|error| LogError::of(path, &error))?;
    if schema::check(&conn, path)? == 0 {
        return Err(LogError::damaged(path, "it is empty"));
    }
    Ok(conn)
}

fn closed_off(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly)
    )
}

fn unreadable(error: &rusqlite::Error) -> bool {
    matches!(
        error,
        rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::Utf8Error(..)
    )
}
