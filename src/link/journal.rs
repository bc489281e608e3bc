//! The outbox on disk: one JSON line a command given and one an answer, in a
//! file of the officer alone, so that a killed console forgets nothing.
//!
//! Written to the page cache without waiting for the disk: it outlives the
//! process, not the machine. Owns the file; what is sent is the outbox's.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::outbox::{CAPACITY, Meant};
use crate::model::command::Command;
use crate::model::ids::CommandId;
use crate::model::time::Timestamp;

/// What an earlier run left is sent when it is younger than this, and only
/// shown when it is older: the floor has moved on.
pub(super) const FRESH: Duration = Duration::from_mins(15);
/// More than a full outbox can take; what is beyond is not read.
const LONGEST: u64 = 64 * 1024 * 1024;

/// Why there is no journal. The link works without one.
#[derive(Debug, Error)]
pub enum JournalError {
    /// Another console has it.
    #[error("{} belongs to another console that runs now, so commands that wait are not kept beyond this one.", .0.display())]
    InUse(PathBuf),
    /// The file does not open or write.
    #[error("{} can't be used ({why}), so commands that wait are not kept beyond this console.", .path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: std::io::Error,
    },
}

/// A command that was given, as the file has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Given {
    /// It.
    pub command: Command,
    /// When.
    pub at: Timestamp,
    /// For which floor; none when no hub had said hello yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meant: Option<Meant>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Given(Given),
    Done(CommandId),
}

/// The open file.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    /// Opens the file (made with mode 0600), locks it, and returns what has no
    /// answer in it. A damaged line, such as a torn last one, is skipped.
    ///
    /// # Errors
    /// [`JournalError`]; nothing is overwritten then.
    pub fn open(path: &Path) -> Result<(Self, Vec<Given>), JournalError> {
        let unusable = |why| JournalError::Unusable {
            path: path.to_owned(),
            why,
        };
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let file = options.open(path).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(JournalError::InUse(path.to_owned())),
            Err(TryLockError::Error(why)) => return Err(unusable(why)),
        }
        let open = unanswered(&file).map_err(unusable)?;
        let mut journal = Self {
            path: path.to_owned(),
            file,
        };
        journal.rewrite(&open)?;
        Ok((journal, open))
    }

    /// Notes a command before it is sent.
    ///
    /// # Errors
    /// [`JournalError::Unusable`] when the file can't be written.
    pub fn given(&mut self, given: Given) -> Result<(), JournalError> {
        self.append(&Line::Given(given))
    }

    /// Notes that a command is answered or given up.
    ///
    /// # Errors
    /// [`JournalError::Unusable`] when the file can't be written.
    pub fn done(&mut self, id: CommandId) -> Result<(), JournalError> {
        self.append(&Line::Done(id))
    }

    /// Empties the file: nothing waits.
    ///
    /// # Errors
    /// [`JournalError::Unusable`] when the file can't be written.
    pub fn clear(&mut self) -> Result<(), JournalError> {
        self.file.set_len(0).map_err(|why| self.unusable(why))
    }

    fn rewrite(&mut self, open: &[Given]) -> Result<(), JournalError> {
        self.clear()?;
        open.iter()
            .try_for_each(|given| self.append(&Line::Given(given.clone())))
    }

    fn append(&mut self, line: &Line) -> Result<(), JournalError> {
        let mut text = serde_json::to_vec(line).map_err(|e| self.unusable(e.into()))?;
        text.push(b'\n');
        self.file.write_all(&text).map_err(|why| self.unusable(why))
    }

    fn unusable(&self, why: std::io::Error) -> JournalError {
        JournalError::Unusable {
            path: self.path.clone(),
            why,
        }
    }
}

/// What was given and not answered, oldest first, at most an outbox full.
fn unanswered(mut file: &File) -> std::io::Result<Vec<Given>> {
    file.seek(SeekFrom::Start(0))?;
    let mut open: Vec<Given> = Vec::new();
    for line in BufReader::new(file.take(LONGEST)).split(b'\n') {
        match serde_json::from_slice(&line?) {
            Ok(Line::Given(given)) => open.push(given),
            Ok(Line::Done(id)) => open.retain(|given| given.command.id != id),
            Err(_) => {}
        }
    }
    open.truncate(CAPACITY);
    Ok(open)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::command::Verb;
    use crate::text::Untrusted;

    fn given(n: u128) -> Given {
        Given {
            command: Command {
                id: CommandId(uuid::Uuid::from_u128(n)),
                verb: Verb::Note,
                targets: Vec::new(),
                note: Untrusted::from("called the waterworks"),
            },
            at: Timestamp::from_millis(1000),
            meant: None,
        }
    }

    #[test]
    fn what_was_not_answered_is_read_back() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("outbox.jsonl");
        let (mut journal, open) = Journal::open(&path).expect("opens");
        assert!(open.is_empty());
        for n in 1..=3 {
            journal.given(given(n)).expect("writes");
        }
        journal.done(given(2).command.id).expect("writes");
        assert!(
            matches!(Journal::open(&path), Err(JournalError::InUse(_))),
            "two consoles do not share one"
        );
        drop(journal);
        let (_journal, open) = Journal::open(&path).expect("opens");
        assert_eq!(open, [given(1), given(3)]);
    }

    #[test]
    fn a_torn_line_costs_only_itself() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("outbox.jsonl");
        let (mut journal, _) = Journal::open(&path).expect("opens");
        journal.given(given(1)).expect("writes");
        journal
            .file
            .write_all(b"{\"given\":{\"comm")
            .expect("writes");
        drop(journal);
        let (_journal, open) = Journal::open(&path).expect("opens");
        assert_eq!(open, [given(1)]);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_officer_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("outbox.jsonl");
        let _journal = Journal::open(&path).expect("opens");
        let mode = std::fs::metadata(&path)
            .expect("is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
