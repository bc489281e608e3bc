//! Who may come in: officers' accounts, tokens, certificates, the private door.
//!
//! - [`token`]: 256 random bits, shown once, kept as a hash.
//! - [`accounts`]: the officers' file, changed by the command line while the
//!   hub runs.
//! - [`credential`]: what somebody presents.
//! - [`access`]: a credential becomes a [`Grant`], and stays one or not.
//! - [`throttle`]: failed tries by peer.
//! - [`door`]: how a second `watchfloor` of the same user joins the first.
//! - [`private`]: files that nobody else may read (the configuration's own).
//!
//! Owns no socket and no route. Called by `hub`'s handlers and by the command
//! line (`officers`).

pub mod access;
pub mod accounts;
pub mod credential;
pub mod door;
#[cfg(test)]
mod tests;
pub mod throttle;
pub mod token;

pub use crate::config::private;
pub use access::{Access, CertCheck, Grant};
pub use accounts::{Account, Accounts, AccountsError, NewOfficer};
pub use credential::{AccessError, CertName, CertNames, ClientCert, Credential};
pub use door::{Door, DoorError, DoorGuard};
pub use token::Token;
