//! Files that nobody else may read: written whole or not at all.
//!
//! Owns the mode (0600), the folder's (0700) and the atomic replacement; the
//! reading side with its checks is [`super::secret`]. Called by whoever keeps
//! tokens, accounts and doors.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use uuid::Uuid;

/// Replaces `path` by `bytes`: a new file beside it, 0600 and on disk, renamed
/// over the old one. A reader sees the old or the new, never a part.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    make_folder(folder)?;
    let beside = folder.join(format!(".new-{}", Uuid::new_v4()));
    let written = write_new(&beside, bytes).and_then(|()| std::fs::rename(&beside, path));
    if let Err(error) = written {
        drop(std::fs::remove_file(&beside));
        return Err(error);
    }
    // The name is on disk only when the folder is.
    File::open(folder)?.sync_all()
}

/// Makes the folder, for its owner alone, when it is not there.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
