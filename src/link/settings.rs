//! What a link needs to know: where, as whom, how patient.
//!
//! Values only, made by the command line from the configuration.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::wire::codec::Form;
use crate::wire::frames::Window;
use crate::wire::limits::{DEAD_AFTER, STALE_AFTER};

/// A bearer token. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Keeps a token; white space around it is cut off.
    #[must_use]
    pub fn new(token: &str) -> Self {
        Self(token.trim().to_owned())
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsSettings {
    /// PEM file of the authorities that are trusted, and no others; without it
    /// the system's are.
    pub ca: Option<PathBuf>,
    /// PEM files of the client's certificate chain and its private key.
    pub client: Option<(PathBuf, PathBuf)>,
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
            allow_plaintext: false,
            forms: vec![Form::Zstd, Form::Json],
            window: Window::default(),
            journal: None,
            timings: Timings::default(),
        }
    }
}
