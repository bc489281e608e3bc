//! What a link needs to know: where, as whom, how patient.
//!
//! Values only, made by the command line from the configuration.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use zeroize::Zeroizing;

use super::dial::Route;
use crate::config::words::{OldestTls, Roots};
use crate::wire::codec::Form;
use crate::wire::frames::Window;
use crate::wire::limits::{DEAD_AFTER, STALE_AFTER};

/// A bearer token. Never printed, and wiped from memory when it goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// Keeps a token; white space around it is cut off.
    #[must_use]
    pub fn new(token: &str) -> Self {
        Self(Zeroizing::new(token.trim().to_owned()))
    }

    /// The token itself, for the one header that carries it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(hidden)")
    }
}

/// How a hub is known and how this console proves itself to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsSettings {
    /// Whose signature counts.
    pub roots: Roots,
    /// PEM file of the authorities for [`Roots::File`] and [`Roots::Both`].
    pub ca: Option<PathBuf>,
    /// PEM file of the authority's revocation lists.
    pub crl: Option<PathBuf>,
    /// Whether `SSL_CERT_FILE` and `SSL_CERT_DIR` say whom the system trusts.
    pub allow_env_roots: bool,
    /// The oldest version.
    pub oldest: OldestTls,
    /// PEM files of the client's certificate chain and its private key.
    pub client: Option<(PathBuf, PathBuf)>,
}

impl Default for TlsSettings {
    fn default() -> Self {
        Self {
            roots: Roots::System,
            ca: None,
            crl: None,
            allow_env_roots: false,
            oldest: OldestTls::V13,
            client: None,
        }
    }
}

impl TlsSettings {
    /// Whose signature counts, in words.
    #[must_use]
    pub fn trusted(&self) -> String {
        let file = self.ca.as_ref().map_or_else(
            || "the file of link.ca_file".to_owned(),
            |file| file.display().to_string(),
        );
        match self.roots {
            Roots::System => "the system's authorities".to_owned(),
            Roots::File => format!("those in {file} alone"),
            Roots::Both => format!("the system's authorities and those in {file}"),
        }
    }
}

/// How patient a link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timings {
    /// For everything from the name's lookup to the WebSocket's handshake.
    pub connect: Duration,
    /// Without a frame this long the data counts as stale.
    pub stale: Duration,
    /// Without a frame this long the link is dropped.
    pub dead: Duration,
    /// All waits between tries are shortened to this; for tests.
    pub longest_wait: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            stale: STALE_AFTER,
            dead: DEAD_AFTER,
            longest_wait: Duration::MAX,
        }
    }
}

/// Where a hub is, as whom, how patient.
#[derive(Clone, Debug)]
pub struct LinkSettings {
    /// The hub's address: http, https, ws or wss, with an optional path that
    /// `/v1/…` is put behind.
    pub hub: String,
    /// Who we are; none when a client certificate says it.
    pub token: Option<Token>,
    /// Certificates.
    pub tls: TlsSettings,
    /// The way there.
    pub route: Route,
    /// Sends the token without TLS to other machines too. For a tunnel that
    /// encrypts by itself.
    pub allow_plaintext: bool,
    /// The forms that are offered, the preferred one first.
    pub forms: Vec<Form>,
    /// What of the closed items is wanted.
    pub window: Window,
    /// Where commands that wait outlive the process; none for not at all.
    pub journal: Option<PathBuf>,
    /// How patient.
    pub timings: Timings,
}

impl LinkSettings {
    /// Settings for a hub, everything else as it usually is.
    #[must_use]
    pub fn new(hub: impl Into<String>, token: Option<Token>) -> Self {
        Self {
            hub: hub.into(),
            token,
            tls: TlsSettings::default(),
            route: Route::direct("nobody asked for another way"),
            allow_plaintext: false,
            forms: vec![Form::Zstd, Form::Json],
            window: Window::default(),
            journal: None,
            timings: Timings::default(),
        }
    }

    /// Whether we can say who we are.
    #[must_use]
    pub fn has_credential(&self) -> bool {
        self.token.is_some() || self.tls.client.is_some()
    }
}
