//! [`LogError`]: why the log did not do it, one sentence each for operator and
//! officer.
//!
//! Owns the sentences and how SQLite's complaints are sorted into them. Used by
//! the whole room.

use std::path::Path;

/// Why the log did not do it. Each is one sentence for operator and officer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LogError {
    /// The disk is full: nothing was written, reading still works.
    #[error(
        "The log at {path} can't grow: the disk is full. Free space; nothing was lost and nothing was overwritten."
    )]
    DiskFull {
        /// The file.
        path: String,
    },
    /// Another hub has it open.
    #[error(
        "The log at {path} is in use by another hub (process {holder}). Stop that one, or give this one a data directory of its own."
    )]
    InUse {
        /// The file.
        path: String,
        /// Its process id, or "unknown".
        holder: String,
    },
    /// The file is not what it should be.
    #[error(
        "The log at {path} is damaged: {what}. Nothing was changed; restore a backup or run `watchfloor verify` to see how far it is sound."
    )]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong.
        what: String,
    },
    /// A later version wrote it.
    #[error(
        "The log at {path} was written by a later version (schema {found}; this one knows {known}). Use that version; nothing was changed."
    )]
    Newer {
        /// The file.
        path: String,
        /// Its schema.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// There is no such file.
    #[error("There is no log at {path}. A hub makes one; --data-dir names another folder.")]
    Missing {
        /// The file.
        path: String,
    },
    /// The operating system said no.
    #[error("The log at {path} can't be used: {what}.")]
    Io {
        /// The file.
        path: String,
        /// What it said.
        what: String,
    },
    /// The log was closed.
    #[error("The log is closed: the hub is shutting down.")]
    Closed,
}

impl LogError {
    /// Sorts a complaint of SQLite about `path`.
    pub(super) fn of(path: &Path, error: &rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let path = path.display().to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull { path },
            Some(ErrorCode::NotADatabase) => Self::Damaged {
                path,
                what: "it is not a database".into(),
            },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged {
                path,
                what: "its pages do not hang together".into(),
            },
            _ => Self::Io {
                path,
                what: error.to_string(),
            },
        }
    }

    /// The operating system's refusal about `path`.
    pub(super) fn io(path: &Path, error: &std::io::Error) -> Self {
        let path = path.display().to_string();
        if error.kind() == std::io::ErrorKind::StorageFull {
            return Self::DiskFull { path };
        }
        Self::Io {
            path,
            what: error.to_string(),
        }
    }

    /// Refuses what is to be read and is not there.
    pub(super) fn absent(path: &Path) -> Result<(), Self> {
        if path.exists() {
            return Ok(());
        }
        Err(Self::Missing {
            path: path.display().to_string(),
        })
    }

    /// `path` is not what it should be.
    pub(super) fn damaged(path: &Path, what: impl Into<String>) -> Self {
        Self::Damaged {
            path: path.display().to_string(),
            what: what.into(),
        }
    }
}
