//! What somebody presents, and why it may not do.
//!
//! Owns the names in certificates and the sentences of refusal; what a
//! credential opens is `access`.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use serde::{Deserialize, Serialize};

use super::token::Token;

/// A name in a certificate: "uri:…", "dns:…" or "email:…".
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CertName(String);

/// All names of a certificate.
pub type CertNames = BTreeSet<CertName>;

/// The text is no certificate's name.
#[derive(Debug, thiserror::Error)]
#[error(
    "A certificate is named by its subject alternative name: uri:…, dns:… or email:…, up to 200 visible ASCII characters."
)]
pub struct NotACertName;

impl FromStr for CertName {
    type Err = NotACertName;

    fn from_str(text: &str) -> Result<Self, NotACertName> {
        let (kind, name) = text.split_once(':').ok_or(NotACertName)?;
        let sane = (1..=200).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_graphic());
        match kind {
            "dns" | "email" if sane => Ok(Self(text.to_ascii_lowercase())),
            "uri" if sane => Ok(Self(text.to_owned())),
            _ => Err(NotACertName),
        }
    }
}

impl fmt::Display for CertName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for CertName {
    type Error = NotACertName;

    fn try_from(text: String) -> Result<Self, NotACertName> {
        text.parse()
    }
}

impl From<CertName> for String {
    fn from(name: CertName) -> Self {
        name.0
    }
}

/// A client's certificate that TLS verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCert {
    /// The names in it.
    pub names: CertNames,
    /// It and those that sign it, to be verified again when the revocation list
    /// changes.
    pub chain: Arc<[CertificateDer<'static>]>,
}

/// What somebody presents.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A token.
    Token(Token),
    /// A certificate.
    Certificate(ClientCert),
}

impl Credential {
    /// The token of an `Authorization: Bearer` header, as it came.
    #[must_use]
    pub fn bearer(header: &str) -> Option<Self> {
        let (scheme, text) = header.split_once(' ')?;
        let bearer = scheme.eq_ignore_ascii_case("bearer");
        Token::presented(text.trim())
            .filter(|_| bearer)
            .map(Self::Token)
    }
}

/// Why somebody does not come in, or has to go.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// Nothing was presented.
    #[error("This needs a token (Authorization: Bearer …) or an officer's certificate.")]
    Nothing,
    /// Not one of ours.
    #[error("The token is not known here; ask for a new one.")]
    UnknownToken,
    /// Not one of ours.
    #[error("The certificate stands for no officer here; have it added with watchfloor officers.")]
    UnknownCertificate,
    /// Past its time.
    #[error("The token ended at {0}; ask for a new one.")]
    Expired(String),
    /// Taken back.
    #[error("The account {0} was revoked.")]
    Revoked(String),
    /// The account changed, so that what the session was told is not so any more.
    #[error("The account {0} was changed; sign in again.")]
    Changed(String),
    /// Too many failures from there.
    #[error("Too many failed tries from your address; try again in {seconds} s.")]
    Throttled {
        /// The wait.
        seconds: u64,
    },
}
