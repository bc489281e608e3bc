//! The passphrase's hash: Argon2id as a PHC string, the only line of its file.
//!
//! Owns what a good passphrase is and how it is compared. Writing the file is
//! the command line's (`lock set`); reading it refuses a file that others may
//! read.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use crate::config::secret::{self, SecretError};
use crate::console::state::lock::{LONGEST, Passphrase};

/// Letters of a passphrase at the least.
pub const SHORTEST: usize = 8;

/// What is wrong with a passphrase or its file.
#[derive(Debug, thiserror::Error)]
pub enum PassphraseError {
    /// Too easy to guess.
    #[error("A passphrase has {SHORTEST} letters at least.")]
    TooShort,
    /// Too long to be typed.
    #[error("A passphrase has {LONGEST} bytes at the most.")]
    TooLong,
    /// The library refused.
    #[error("The passphrase can't be hashed: {0}.")]
    Hash(String),
    /// The file can't be used.
    #[error("The lock's passphrase can't be used. {0}")]
    File(#[from] SecretError),
    /// The file holds something else.
    #[error(
        "{} does not hold a passphrase's hash; set it anew with \"watchfloor lock set\".",
        .0.display()
    )]
    Damaged(PathBuf),
}

/// A hash that a passphrase is compared with.
#[derive(Clone, Debug)]
pub struct Stored(String);

/// Hashes a passphrase, with a salt of its own.
///
/// # Errors
/// When it is too short or too long.
pub fn hash(passphrase: &Passphrase) -> Result<String, PassphraseError> {
    let text = passphrase.expose();
    if text.chars().count() < SHORTEST {
        return Err(PassphraseError::TooShort);
    }
    let salt: [u8; 16] = rand::random();
    Argon2::default()
        .hash_password_with_salt(text.as_bytes(), &salt)
        .map(|hash: PasswordHash| hash.to_string())
        .map_err(|error| PassphraseError::Hash(error.to_string()))
}

/// Reads the hash from its file; none when there is no such file.
///
/// # Errors
/// When others may read it, or it holds something else.
pub fn read(path: &Path) -> Result<Option<Stored>, PassphraseError> {
    match secret::read_private(path) {
        Ok(secret) => {
            let line = secret.expose().trim();
            if PasswordHash::new(line).is_err() {
                return Err(PassphraseError::Damaged(path.to_owned()));
            }
            Ok(Some(Stored(line.to_owned())))
        }
        Err(SecretError::Unreadable { source, .. }) if source.kind() == ErrorKind::NotFound => {
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

impl Stored {
    /// Whether `passphrase` is the one. Takes a tenth of a second or more, on
    /// purpose.
    #[must_use]
    pub fn is(&self, passphrase: &Passphrase) -> bool {
        PasswordHash::new(&self.0).is_ok_and(|hash| {
            Argon2::default()
                .verify_password(passphrase.expose().as_bytes(), &hash)
                .is_ok()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn what_was_set_opens_and_nothing_else() {
        let hashed = hash(&"correct horse".into()).expect("is long enough");
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("lock");
        assert!(read(&file).expect("no file is no error").is_none());
        std::fs::write(&file, format!("{hashed}\n")).expect("written");
        let mode = |mode| std::fs::set_permissions(&file, PermissionsExt::from_mode(mode));
        mode(0o644).expect("ours");
        let open = read(&file).expect_err("others may read it");
        assert!(open.to_string().contains("set it to 0600"), "{open}");
        mode(0o600).expect("ours");
        let stored = read(&file).expect("ours alone").expect("is there");
        assert!(stored.is(&"correct horse".into()));
        assert!(!stored.is(&"correct horsE".into()));
        assert!(!stored.is(&"".into()));
        std::fs::write(&file, "correct horse").expect("written");
        assert!(matches!(read(&file), Err(PassphraseError::Damaged(_))));
    }

    #[test]
    fn two_hashes_of_one_passphrase_differ() {
        let of = || hash(&"correct horse".into()).expect("is long enough");
        assert_ne!(of(), of());
        assert!(matches!(
            hash(&"short".into()),
            Err(PassphraseError::TooShort)
        ));
    }
}
