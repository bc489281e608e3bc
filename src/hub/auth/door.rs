//! The private door of an embedded hub: port and token in one file that only
//! its user may read.
//!
//! Owns `door.json` in the data folder. A second `watchfloor` of the same user
//! finds it and joins; another user can't read it. Whether somebody answers at
//! the port is found out by calling.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::private;
use super::token::Token;
use crate::config::SecretError;
use crate::config::secret::read_private;

/// Why there is no door.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// It can't be trusted: open to others, somebody else's, unreadable.
    #[error("The private door can't be used: {0}")]
    Untrusted(#[from] SecretError),
    /// It can't be written.
    #[error("The private door {} can't be written: {source}.", path.display())]
    Unwritable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is no door.
    #[error("{} is not a private door; remove it.", path.display())]
    Damaged {
        /// Which.
        path: PathBuf,
    },
}

/// How to join the hub of this user.
#[derive(Clone, Debug)]
pub struct Door {
    /// Where it listens, on loopback.
    pub addr: SocketAddr,
    /// What it asks for.
    pub token: Token,
    /// Whose process it is.
    pub pid: u32,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    port: u16,
    token: String,
    pid: u32,
}

/// Keeps the door open; closes it when dropped.
#[derive(Debug)]
pub struct DoorGuard {
    path: PathBuf,
    token: Token,
}

impl Door {
    /// Opens a door: writes the file anew, which replaces one that a hub left
    /// when it was killed. The store's lock says that no other hub runs here.
    pub fn open(data_dir: &Path, port: u16, token: &Token) -> Result<DoorGuard, DoorError> {
        let path = data_dir.join("door.json");
        let unwritable = |source| DoorError::Unwritable {
            path: path.clone(),
            source,
        };
        let stored = Stored {
            port,
            token: token.reveal().to_owned(),
            pid: std::process::id(),
        };
        let bytes = serde_json::to_vec(&stored).map_err(|e| unwritable(e.into()))?;
        private::replace(&path, &bytes).map_err(unwritable)?;
        let token = token.clone();
        Ok(DoorGuard { path, token })
    }

    /// Finds the door of the hub that runs in that folder; none when there is
    /// none or its process is gone.
    pub fn find(data_dir: &Path) -> Result<Option<Self>, DoorError> {
        let path = data_dir.join("door.json");
        let text = match read_private(&path) {
            Ok(text) => text,
            Err(SecretError::Unreadable { source, .. })
                if source.kind() == std::io::ErrorKind::NotFound =>
            {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let door = serde_json::from_str::<Stored>(text.expose())
            .ok()
            .and_then(|stored| {
                Some(Self {
                    addr: (Ipv4Addr::LOCALHOST, stored.port).into(),
                    token: Token::presented(&stored.token)?,
                    pid: stored.pid,
                })
            })
            .ok_or(DoorError::Damaged { path })?;
        Ok(Some(door).filter(|door| !is_gone(door.pid)))
    }
}

/// Whether the process is known to be gone; where there is no /proc nobody
/// knows, and calling tells.
fn is_gone(pid: u32) -> bool {
    Path::new("/proc/self").exists() && !Path::new(&format!("/proc/{pid}")).exists()
}

impl Drop for DoorGuard {
    fn drop(&mut self) {
        // Only our own: another hub may have opened one since.
        let ours = read_private(&self.path).is_ok_and(|text| {
            serde_json::from_str::<Stored>(text.expose())
                .is_ok_and(|stored| stored.token == self.token.reveal())
        });
        if ours && let Err(error) = std::fs::remove_file(&self.path) {
            tracing::warn!(%error, "the private door could not be removed");
        }
    }
}
