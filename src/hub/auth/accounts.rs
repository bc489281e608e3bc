//! The officers' file: `officers.json` in the hub's folder.
//!
//! Owns its form, its lock and what `watchfloor officers` does to it; a hub that
//! runs notices by itself (`access`). Holds hashes of tokens, never tokens.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::credential::CertName;
use super::private;
use super::token::{Token, TokenHash};
use crate::config::SecretError;
use crate::config::secret::read_private;
use crate::model::ids::{OfficerId, TeamName};
use crate::model::officer::{Desks, Officer, Role};
use crate::model::time::Timestamp;

/// How long a token is good for when nobody says: a month of watches.
pub const TOKEN_DAYS: u64 = 30;

/// The form of the file that this version writes.
const VERSION: u32 = 1;

/// Why the officers' file can't be used or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// It can't be read: absent is not an error, open to others is.
    #[error("The officers' file can't be used: {0}")]
    Unreadable(#[from] SecretError),
    /// It can't be written.
    #[error("The officers' file {} can't be written: {source}.", path.display())]
    Unwritable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is damaged.
    #[error("The officers' file {} is damaged: {why}.", path.display())]
    Damaged {
        /// Which.
        path: PathBuf,
        /// Where.
        why: String,
    },
    /// A later version wrote it.
    #[error("The officers' file {} was written by a later watchfloor (form {version}); use that one.", path.display())]
    Later {
        /// Which.
        path: PathBuf,
        /// Its form.
        version: u32,
    },
    /// The officer is there.
    #[error("There is an officer {0} already; rotate the token, or revoke first.")]
    Exists(OfficerId),
    /// The officer is not there.
    #[error("There is no officer {0}.")]
    Missing(OfficerId),
    /// One certificate is one officer's.
    #[error("The certificate {name} belongs to officer {holder} already.")]
    CertificateTaken {
        /// Its name.
        name: CertName,
        /// Whose it is.
        holder: OfficerId,
    },
}

/// An officer's account as the file keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Who, what and where.
    #[serde(flatten)]
    pub officer: Officer,
    /// Names in certificates that stand for the officer.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub certificates: BTreeSet<CertName>,
    /// What is kept of the token.
    pub token: TokenHash,
    /// When the token was made.
    pub issued: Timestamp,
    /// When the token ends.
    pub expires: Timestamp,
    /// When the officer was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Timestamp>,
}

/// What `officers add` says of a new officer.
#[derive(Clone, Debug)]
pub struct NewOfficer {
    /// The account's name.
    pub id: OfficerId,
    /// What it may do.
    pub role: Role,
    /// Where.
    pub desks: Desks,
    /// The teams it answers for.
    pub teams: BTreeSet<TeamName>,
    /// Names in certificates that stand for the officer.
    pub certificates: BTreeSet<CertName>,
    /// How long the token is good for.
    pub good_for: Duration,
}

/// All accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounts(BTreeMap<OfficerId, Account>);

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    officers: Vec<Account>,
}

/// As much of the file as tells whether this version can read the rest.
#[derive(Deserialize)]
struct Form {
    version: u32,
}

impl Accounts {
    /// The file in the hub's folder.
    #[must_use]
    pub fn path(data_dir: &Path) -> PathBuf {
        data_dir.join("officers.json")
    }

    /// Reads the file; none there is nobody.
    pub fn load(data_dir: &Path) -> Result<Self, AccountsError> {
        let path = Self::path(data_dir);
        let text = match read_private(&path) {
            Ok(text) => text,
            Err(SecretError::Unreadable { source, .. }) if is_absent(&source) => {
                return Ok(Self::default());
            }
            Err(error) => return Err(error.into()),
        };
        let damaged = |error: serde_json::Error| AccountsError::Damaged {
            path: path.clone(),
            // serde's words may repeat what the file holds; the place does not.
            why: format!("line {}, column {}", error.line(), error.column()),
        };
        let form: Form = serde_json::from_str(text.expose()).map_err(damaged)?;
        if form.version > VERSION {
            let version = form.version;
            return Err(AccountsError::Later { path, version });
        }
        let stored: Stored = serde_json::from_str(text.expose()).map_err(damaged)?;
        let by_id = |account: Account| (account.officer.id.clone(), account);
        Ok(Self(stored.officers.into_iter().map(by_id).collect()))
    }

    /// Changes the file under its lock, so that two changes at once both count.
    pub fn change<T>(
        data_dir: &Path,
        act: impl FnOnce(&mut Self) -> Result<T, AccountsError>,
    ) -> Result<T, AccountsError> {
        let path = Self::path(data_dir);
        let unwritable = |source| AccountsError::Unwritable {
            path: path.clone(),
            source,
        };
        let _lock = lock(data_dir).map_err(unwritable)?;
        let mut accounts = Self::load(data_dir)?;
        let outcome = act(&mut accounts)?;
        let stored = Stored {
            version: VERSION,
            officers: accounts.0.into_values().collect(),
        };
        let bytes = serde_json::to_vec_pretty(&stored)
            .map_err(|error| unwritable(io::Error::other(error)))?;
        private::replace(&path, &bytes).map_err(unwritable)?;
        Ok(outcome)
    }

    /// Makes an account; gives the token, which is not kept. A revoked name may
    /// be given again.
    pub fn add(&mut self, new: NewOfficer, now: Timestamp) -> Result<Token, AccountsError> {
        if self.0.get(&new.id).is_some_and(|a| a.revoked.is_none()) {
            return Err(AccountsError::Exists(new.id));
        }
        for name in &new.certificates {
            if let Some(holder) = self.holder_of(name) {
                let holder = holder.officer.id.clone();
                return Err(AccountsError::CertificateTaken {
                    name: name.clone(),
                    holder,
                });
            }
        }
        let token = fresh_token()?;
        let account = Account {
            officer: Officer {
                id: new.id.clone(),
                role: new.role,
                desks: new.desks,
                teams: new.teams,
            },
            certificates: new.certificates,
            token: token.hash(),
            issued: now,
            expires: now.plus(new.good_for),
            revoked: None,
        };
        self.0.insert(new.id, account);
        Ok(token)
    }

    /// Gives the officer a new token; the old one ends now.
    pub fn rotate(
        &mut self,
        id: &OfficerId,
        good_for: Duration,
        now: Timestamp,
    ) -> Result<Token, AccountsError> {
        let account = self.live(id)?;
        let token = fresh_token()?;
        account.token = token.hash();
        account.issued = now;
        account.expires = now.plus(good_for);
        Ok(token)
    }

    /// Ends the officer's token, certificates and sessions.
    pub fn revoke(&mut self, id: &OfficerId, now: Timestamp) -> Result<(), AccountsError> {
        self.live(id)?.revoked = Some(now);
        Ok(())
    }

    /// All accounts by name, revoked ones too.
    pub fn iter(&self) -> impl Iterator<Item = &Account> {
        self.0.values()
    }

    /// The account of that name, revoked or not.
    #[must_use]
    pub fn get(&self, id: &OfficerId) -> Option<&Account> {
        self.0.get(id)
    }

    /// The account whose token has that hash. Looks at all of them, so that the
    /// time it takes tells nothing.
    pub(super) fn with_token(&self, hash: &TokenHash) -> Option<&Account> {
        let mut found = None;
        for account in self.0.values() {
            if account.token == *hash {
                found = Some(account);
            }
        }
        found
    }

    /// The account, not revoked, that a certificate's name stands for.
    pub(super) fn holder_of(&self, name: &CertName) -> Option<&Account> {
        self.0
            .values()
            .find(|a| a.revoked.is_none() && a.certificates.contains(name))
    }

    fn live(&mut self, id: &OfficerId) -> Result<&mut Account, AccountsError> {
        self.0
            .get_mut(id)
            .filter(|account| account.revoked.is_none())
            .ok_or_else(|| AccountsError::Missing(id.clone()))
    }
}

fn fresh_token() -> Result<Token, AccountsError> {
    Token::generate().map_err(|source| AccountsError::Unwritable {
        path: PathBuf::from("officers.json"),
        source,
    })
}

fn is_absent(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}

/// Held while the file changes; the system frees it with the process.
fn lock(data_dir: &Path) -> io::Result<File> {
    private::make_folder(data_dir)?;
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true).mode(0o600);
    let file = options.open(data_dir.join("officers.lock"))?;
    file.lock()?;
    Ok(file)
}
