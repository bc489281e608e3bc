//! A credential becomes a grant, and stays one until it ends.
//!
//! Owns the live copy of the officers' file and the watch by which sessions
//! learn of changes. Knows no socket: handlers bring
//! credential and peer.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::accounts::{Account, Accounts, AccountsError};
use super::credential::{AccessError, ClientCert, Credential};
use super::throttle::Throttle;
use super::token::{Token, TokenHash};
use crate::model::officer::Officer;
use crate::model::time::Timestamp;

/// How often the officers' file is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// What a credential opened.
#[derive(Clone, Debug)]
pub struct Grant {
    /// As whom.
    pub officer: Officer,
    by: By,
}

#[derive(Clone, Debug)]
enum By {
    Token(TokenHash),
    Certificate(ClientCert),
}

/// Asks TLS whether a certificate is still good.
pub type CertCheck = Arc<dyn Fn(&ClientCert) -> bool + Send + Sync>;

/// The gate.
pub struct Access {
    data_dir: PathBuf,
    state: Mutex<State>,
    check: Option<CertCheck>,
    door: Option<(TokenHash, Officer)>,
    changes: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    accounts: Accounts,
    stamp: Option<Stamp>,
    throttle: Throttle,
    /// Why the file can't be read now; those known before stay.
    trouble: Option<String>,
}

/// What changes when the file is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp(u64, i64, i64, u64);

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let about = std::fs::metadata(path).ok()?;
        Some(Self(
            about.ino(),
            about.mtime(),
            about.mtime_nsec(),
            about.size(),
        ))
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("data_dir", &self.data_dir)
            .finish_non_exhaustive()
    }
}

impl Access {
    /// Reads the officers' file of that folder.
    pub fn open(data_dir: &Path) -> Result<Self, AccountsError> {
        let stamp = Stamp::of(&Accounts::path(data_dir));
        let accounts = Accounts::load(data_dir)?;
        Ok(Self {
            data_dir: data_dir.to_owned(),
            state: Mutex::new(State {
                accounts,
                stamp,
                ..State::default()
            }),
            check: None,
            door: None,
            changes: watch::Sender::new(0),
        })
    }

    /// Lets `officer` in by the private door's token too.
    #[must_use]
    pub fn with_door(mut self, token: &Token, officer: Officer) -> Self {
        self.door = Some((token.hash(), officer));
        self
    }

    /// Asks `check` whether a certificate is still good.
    #[must_use]
    pub fn with_certificates(mut self, check: CertCheck) -> Self {
        self.check = Some(check);
        self
    }

    /// Opens for a credential, or says why not. Failures count against `peer`.
    pub fn authenticate(
        &self,
        credential: Option<&Credential>,
        peer: IpAddr,
        now: Timestamp,
    ) -> Result<Grant, AccessError> {
        let opened = credential
            .ok_or(AccessError::Nothing)
            .and_then(|c| self.find(c, now));
        opened.map_err(|error| match self.state().throttle.failed(peer, now) {
            Some(wait) => AccessError::Throttled {
                seconds: wait.as_secs().max(1),
            },
            None => error,
        })
    }

    /// Whether a grant still holds. A session asks when [`Access::changes`] says
    /// so and at least every ten seconds (tokens and revocation lists run out
    /// without a change of the file).
    pub fn still_valid(&self, grant: &Grant, now: Timestamp) -> Result<(), AccessError> {
        let credential = match &grant.by {
            By::Token(hash) => self.by_hash(hash, now),
            By::Certificate(cert) => self.by_certificate(cert),
        };
        let renewed = credential.map_err(|error| self.why_gone(&grant.officer, error))?;
        if renewed.officer == grant.officer {
            Ok(())
        } else {
            Err(AccessError::Changed(grant.officer.id.to_string()))
        }
    }

    /// Tells the sessions that certificates have to be looked at again.
    pub fn certificates_changed(&self) {
        self.changes.send_modify(|generation| *generation += 1);
    }

    /// Counts up whenever the officers' file or the certificates' lists changed.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Why the officers' file can't be read now, for the hub's health.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.state().trouble.clone()
    }

    /// The officers that are not revoked, for the roster.
    #[must_use]
    pub fn officers(&self) -> Vec<Officer> {
        let state = self.state();
        let live = state.accounts.iter().filter(|a| a.revoked.is_none());
        let doorkeeper = self.door.iter().map(|(_, officer)| officer.clone());
        doorkeeper.chain(live.map(|a| a.officer.clone())).collect()
    }

    /// Looks at the officers' file every two seconds until `shutdown`.
    pub async fn watch(self: Arc<Self>, shutdown: CancellationToken) {
        let mut ticks = tokio::time::interval(LOOK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
            let access = Arc::clone(&self);
            // A file system may stall; it must not stall the sessions' thread.
            if tokio::task::spawn_blocking(move || access.look())
                .await
                .is_err()
            {
                tracing::error!("looking at the officers' file failed");
            }
        }
    }

    /// Reads the officers' file again when it was replaced.
    pub fn look(&self) {
        let stamp = Stamp::of(&Accounts::path(&self.data_dir));
        if stamp == self.state().stamp {
            return;
        }
        let loaded = Accounts::load(&self.data_dir);
        let mut state = self.state();
        state.stamp = stamp;
        match loaded {
            Ok(accounts) => {
                state.accounts = accounts;
                state.trouble = None;
                drop(state);
                self.changes.send_modify(|generation| *generation += 1);
            }
            // A hand that slips in an editor must not throw the floor out.
            Err(error) => {
                tracing::error!(%error, "the officers' file can't be read; those known before stay");
                state.trouble = Some(error.to_string());
            }
        }
    }

    fn find(&self, credential: &Credential, now: Timestamp) -> Result<Grant, AccessError> {
        match credential {
            Credential::Token(token) => self.by_hash(&token.hash(), now),
            Credential::Certificate(cert) => self.by_certificate(cert),
        }
    }

    fn by_hash(&self, hash: &TokenHash, now: Timestamp) -> Result<Grant, AccessError> {
        let by = By::Token(*hash);
        if let Some((door, officer)) = &self.door
            && door == hash
        {
            return Ok(Grant {
                officer: officer.clone(),
                by,
            });
        }
        let state = self.state();
        let account = state
            .accounts
            .with_token(hash)
            .ok_or(AccessError::UnknownToken)?;
        not_revoked(account)?;
        if now >= account.expires {
            return Err(AccessError::Expired(account.expires.to_string()));
        }
        Ok(Grant {
            officer: account.officer.clone(),
            by,
        })
    }

    /// Whether a certificate that TLS verified once is still good.
    #[must_use]
    pub fn is_still_good(&self, cert: &ClientCert) -> bool {
        self.check.as_ref().is_none_or(|good| good(cert))
    }

    fn by_certificate(&self, cert: &ClientCert) -> Result<Grant, AccessError> {
        if !self.is_still_good(cert) {
            return Err(AccessError::UnknownCertificate);
        }
        let state = self.state();
        let mut holders = cert
            .names
            .iter()
            .filter_map(|name| state.accounts.holder_of(name));
        let account = holders.next().ok_or(AccessError::UnknownCertificate)?;
        // A certificate that names two officers says of neither who it is.
        if holders.any(|other| other.officer.id != account.officer.id) {
            return Err(AccessError::UnknownCertificate);
        }
        let by = By::Certificate(cert.clone());
        Ok(Grant {
            officer: account.officer.clone(),
            by,
        })
    }

    /// A rotated token or a revoked account reads as unknown; the session is
    /// told what happened.
    fn why_gone(&self, officer: &Officer, error: AccessError) -> AccessError {
        let unknown = matches!(
            error,
            AccessError::UnknownToken | AccessError::UnknownCertificate
        );
        let state = self.state();
        match state.accounts.get(&officer.id) {
            Some(account) if unknown && account.revoked.is_none() => {
                AccessError::Changed(officer.id.to_string())
            }
            _ if unknown => AccessError::Revoked(officer.id.to_string()),
            _ => error,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that holds it can leave it half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn not_revoked(account: &Account) -> Result<(), AccessError> {
    match account.revoked {
        Some(_) => Err(AccessError::Revoked(account.officer.id.to_string())),
        None => Ok(()),
    }
}
