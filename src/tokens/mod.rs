//! Where an officer's token is kept between watches: in the kernel's keyring,
//! or in a file that nobody else may read.
//!
//! - [`keyring`]: Linux's keyutils; the key is the user's, so it outlives the
//!   login that put it there (tmux goes on) and not the machine's restart.
//! - [`mod@file`]: mode 0600 in a folder of mode 0700.
//!
//! Owns the order: the keyring first, then the file. Knows no hub and no
//! network. Called by the command line.

pub mod file;
pub mod keyring;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use crate::config::words::TokenStore;
use crate::config::{Secret, SecretError};

/// Where a token lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the kernel's keyring of this user.
    Keyring,
    /// In this file.
    File(PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keyring => f.write_str("the kernel's keyring of this user"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

/// Why a token can't be kept or had. Never says anything of its value.
#[derive(Debug, Error)]
pub enum TokenError {
    /// The keyring does not do it.
    #[error(
        "The kernel's keyring can't be used ({0}); set link.token_store = \"file\", or name a file with link.token_file."
    )]
    Keyring(String),
    /// The token was put there for a time, which is over.
    #[error(
        "The time of the token in the keyring is over; put a new one there with \"watchfloor token set\"."
    )]
    Over,
    /// Only a keyring forgets by itself.
    #[error(
        "--for needs the keyring, which can't be used here; leave it out to keep the token in a file."
    )]
    NoTime,
    /// There is no home.
    #[error("There is no home folder to keep a token in; name a file with link.token_file.")]
    NoHome,
    /// The folder of the tokens is not as it should be.
    #[error("{} {why}", .folder.display())]
    Folder {
        /// Which.
        folder: PathBuf,
        /// What is wrong, and what to do.
        why: String,
    },
    /// The file can't be read.
    #[error(transparent)]
    File(#[from] SecretError),
    /// The file can't be written or removed.
    #[error("{} can't be written: {source}.", .path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Where the tokens of this user are kept.
#[derive(Clone, Debug)]
pub struct Shelf {
    store: TokenStore,
    folder: Option<PathBuf>,
}

impl Shelf {
    /// A shelf; `folder` is for the files, none where there is no home.
    #[must_use]
    pub fn new(store: TokenStore, folder: Option<PathBuf>) -> Self {
        Self { store, folder }
    }

    /// The token for a hub and where it lies; none when there is none.
    ///
    /// # Errors
    /// [`TokenError`] when there is one that must not be used as it lies there,
    /// or whose time is over.
    pub fn find(&self, hub: &str) -> Result<Option<(Secret, Place)>, TokenError> {
        if self.store != TokenStore::File {
            match keyring::find(hub) {
                Ok(Some(secret)) => return Ok(Some((secret, Place::Keyring))),
                Ok(None) => {}
                Err(TokenError::Keyring(_)) if self.store == TokenStore::Auto => {}
                Err(error) => return Err(error),
            }
        }
        let Some(folder) = self
            .folder
            .as_ref()
            .filter(|_| self.store != TokenStore::Keyring)
        else {
            return Ok(None);
        };
        let found = file::find(folder, hub, self.allows_network())?;
        Ok(found.map(|(secret, path)| (secret, Place::File(path))))
    }

    /// Puts a token there, in place of one that is there; for `span` only, if
    /// that is said.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn put(
        &self,
        hub: &str,
        token: &Secret,
        span: Option<Duration>,
    ) -> Result<Place, TokenError> {
        if self.store != TokenStore::File {
            match keyring::put(hub, token, span) {
                Ok(()) => {
                    // An older one in a file would come back when this one is gone.
                    if let Some(folder) = &self.folder {
                        file::forget(folder, hub)?;
                    }
                    return Ok(Place::Keyring);
                }
                Err(TokenError::Keyring(_)) if self.store == TokenStore::Auto => {}
                Err(error) => return Err(error),
            }
        }
        if span.is_some() {
            return Err(TokenError::NoTime);
        }
        let folder = self.folder.as_ref().ok_or(TokenError::NoHome)?;
        file::put(folder, hub, token, self.allows_network()).map(Place::File)
    }

    /// Removes the token from wherever it lies; the places where one was.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn forget(&self, hub: &str) -> Result<Vec<Place>, TokenError> {
        let mut places = Vec::new();
        match keyring::forget(hub) {
            Ok(true) => places.push(Place::Keyring),
            // Where there is no keyring there is no token in it.
            Ok(false) | Err(TokenError::Keyring(_)) => {}
            Err(error) => return Err(error),
        }
        if let Some(folder) = &self.folder
            && let Some(path) = file::forget(folder, hub)?
        {
            places.push(Place::File(path));
        }
        Ok(places)
    }

    /// Whoever asks for a file by name knows where the home is.
    fn allows_network(&self) -> bool {
        self.store == TokenStore::File
    }
}
