//! Backup, restore and head export: the log kept elsewhere.
//!
//! A backup is one consistent file, taken while the hub runs; a restore gives
//! it another epoch, so that consoles do not mistake it for the log they knew.
//! The key index and the archive are not copied: they are made again.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, params};
use uuid::Uuid;

use super::error::LogError;
use super::log::Head;
use super::sqlite::schema;
use super::verify::{Verified, VerifyError, verify};
use crate::model::ids::Epoch;
use crate::model::time::Timestamp;

/// Copies the log at `log` to the new file `dest`, as it is at one moment, and
/// proves the copy. The hub may go on writing meanwhile.
///
/// # Errors
/// When `dest` is there already, can't be written, or the copy is not sound;
/// no file is left then.
pub fn backup(log: &Path, dest: &Path) -> Result<Verified, VerifyError> {
    LogError::absent(log)?;
    if dest.exists() {
        return Err(taken(dest).into());
    }
    let partial = partial(dest);
    let copied = copy(log, &partial)
        .map_err(VerifyError::from)
        .and_then(|()| verify(&partial, None))
        .and_then(|verified| {
            publish(&partial, dest)?;
            Ok(verified)
        });
    if copied.is_err() {
        sweep(&partial);
    }
    copied
}

/// Puts the backup `src` into the data directory `dir` as its log, with a new
/// epoch.
///
/// # Errors
/// When there is a log in `dir` already, the backup is not sound, or a file
/// can't be written; `dir` has no log then.
pub fn restore(src: &Path, dir: &Path) -> Result<Epoch, VerifyError> {
    let dest = dir.join("log.db");
    if dest.exists() {
        return Err(taken(&dest).into());
    }
    verify(src, None)?;
    let partial = partial(&dest);
    let restored = copy(src, &partial)
        .and_then(|()| renew(&partial))
        .and_then(|epoch| {
            // What another log left behind is not this one's.
            sweep(&dir.join("derived.db"));
            sweep(&dir.join("archive.db"));
            publish(&partial, &dest)?;
            Ok(epoch)
        });
    if restored.is_err() {
        sweep(&partial);
    }
    Ok(restored?)
}

/// Appends `head` to the file at `path` as a line of JSON (`seq`, `hash` in
/// hexadecimal, `at`): what `verify` takes, kept where the log's writer can't
/// change it.
///
/// # Errors
/// [`LogError`] when the file can't be written.
pub fn export_head(path: &Path, head: Head, at: Timestamp) -> Result<(), LogError> {
    let line = format!(
        "{{\"seq\":{},\"hash\":\"{}\",\"at\":\"{at}\"}}\n",
        head.seq,
        hex(&head.hash)
    );
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .and_then(|mut file| {
            file.write_all(line.as_bytes())?;
            file.sync_data()
        })
        .map_err(|error| LogError::io(path, &error))
}

/// A hash as `verify --head` takes it.
#[must_use]
pub fn hex(hash: &[u8; 32]) -> String {
    use std::fmt::Write;
    hash.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes everything");
        text
    })
}

/// Reads what [`hex`] wrote: none when it is not 64 hexadecimal digits.
#[must_use]
pub fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u32> = text
        .chars()
        .map(|c| c.to_digit(16))
        .collect::<Option<_>>()?;
    if digits.len() != 64 {
        return None;
    }
    let mut hash = [0; 32];
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::try_from(pair[0] * 16 + pair[1]).ok()?;
    }
    Some(hash)
}

fn taken(path: &Path) -> LogError {
    LogError::Io {
        path: path.display().to_string(),
        what: "there is a file already, and it is not overwritten".into(),
    }
}

fn partial(dest: &Path) -> PathBuf {
    let mut name = dest.as_os_str().to_owned();
    name.push(".partial");
    name.into()
}

/// Takes out a database and what SQLite put beside it.
fn sweep(path: &Path) {
    for end in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        // Not there is what is wanted; what can't go stays and is met again.
        std::fs::remove_file(PathBuf::from(name)).ok();
    }
}

/// Copies one snapshot of `src` to `dest`, without the space that is free in
/// it: pages of erased content do not come along.
fn copy(src: &Path, dest: &Path) -> Result<(), LogError> {
    sweep(dest);
    let fail = |error: rusqlite::Error| LogError::of(src, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(src, flags).map_err(fail)?;
    conn.busy_timeout(std::time::Duration::from_secs(10))
        .map_err(fail)?;
    schema::check(&conn, src)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(dest).map_err(|e| LogError::io(dest, &e))?;
    conn.execute("VACUUM INTO ?1", params![dest.to_string_lossy()])
        .map_err(|error| LogError::of(dest, &error))?;
    Ok(())
}

/// Gives the copy another epoch.
fn renew(path: &Path) -> Result<Epoch, LogError> {
    let fail = |error: rusqlite::Error| LogError::of(path, &error);
    let conn = Connection::open(path).map_err(fail)?;
    let epoch = Uuid::new_v4();
    schema::set_epoch(&conn, epoch).map_err(fail)?;
    Ok(Epoch(epoch))
}

/// Gives the finished copy its name, on the disk for good.
fn publish(partial: &Path, dest: &Path) -> Result<(), LogError> {
    let moved = || -> std::io::Result<()> {
        File::open(partial)?.sync_all()?;
        // A link, unlike a rename, never replaces what came there meanwhile.
        std::fs::hard_link(partial, dest)?;
        std::fs::remove_file(partial)?;
        #[cfg(unix)]
        if let Some(dir) = dest.parent().filter(|dir| !dir.as_os_str().is_empty()) {
            File::open(dir)?.sync_all()?;
        }
        Ok(())
    };
    moved().map_err(|error| LogError::io(dest, &error))?;
    sweep(partial);
    Ok(())
}
