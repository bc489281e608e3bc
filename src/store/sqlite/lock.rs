//! The lock beside the log: one hub at a time writes.
//!
//! Owns `log.lock`, a file that the operating system unlocks when the process
//! ends, however it ends; the process id inside is for the sentence only.
//! Readers (`verify`, backups of copies) do not take it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use crate::store::error::LogError;

/// Held for as long as the log is open.
#[derive(Debug)]
pub(in crate::store) struct Lock {
    /// Unlocked when it is dropped.
    _file: File,
}

impl Lock {
    /// Takes the lock of the log at `log`.
    ///
    /// # Errors
    /// [`LogError::InUse`] with the holder's process id when another has it.
    pub(in crate::store) fn take(log: &Path) -> Result<Self, LogError> {
        let path = log.with_extension("lock");
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options
            .open(&path)
            .map_err(|error| LogError::io(&path, &error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let read = file.read_to_string(&mut holder);
                let known = read.is_ok() && holder.trim().parse::<u32>().is_ok();
                return Err(LogError::InUse {
                    path: log.display().to_string(),
                    holder: if known {
                        holder.trim().into()
                    } else {
                        "unknown".into()
                    },
                });
            }
            Err(TryLockError::Error(error)) => return Err(LogError::io(&path, &error)),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| write!(file, "{}", std::process::id()))
            .and_then(|()| file.flush())
            .map_err(|error| LogError::io(&path, &error))?;
        Ok(Self { _file: file })
    }
}
