//! Why there is no session: one sentence a cause, which names the step that
//! failed and says what to do.
//!
//! Owns the words. None repeats what a stranger said but through `SafeText`,
//! none has a token or password in it. Made by `dial`, `tls` and `connect`.

use std::time::Duration;

use thiserror::Error;

use super::tls::{Refusal, TlsFault};
use super::walk::Step;

/// Why there is no session.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConnectError {
    /// Not an address.
    #[error(
        "\"{0}\" is not a hub's address; it looks like https://hub.example or http://127.0.0.1:7171."
    )]
    Address(String),
    /// The token would be readable on the way.
    #[error(
        "The token would travel to {0} unencrypted; use https, or set link.allow_plaintext where a tunnel of your own encrypts."
    )]
    Plaintext(String),
    /// A variable of the environment names no proxy. Its value stays unsaid.
    #[error(
        "The environment variable {0} names no proxy that can be used; correct it, unset it, or set link.proxy (http, https, socks5 and socks5h are known)."
    )]
    ProxyVariable(String),
    /// The certificates' files are wrong.
    #[error(transparent)]
    Files(#[from] TlsFault),
    /// The hub's machine can't be reached.
    #[error("{0}; {advice}", advice = .0.advice())]
    Reach(TcpFault),
    /// The proxy does not lead to the hub.
    #[error("The proxy {proxy} {fault}")]
    Proxy {
        /// Its address, without user and password.
        proxy: String,
        /// Why.
        fault: ProxyFault,
    },
    /// The program that should lead to the hub does not.
    #[error(transparent)]
    Command(CommandFault),
    /// No trust, or no TLS.
    #[error("There is no TLS with {host}: {refusal}")]
    Tls {
        /// The host.
        host: String,
        /// Why.
        refusal: Box<Refusal>,
    },
    /// It closes before it says anything.
    #[error(
        "{host} port {port} accepts the connection and closes it without an answer ({step}); check that it is the hub's port, and that no firewall or full server is in between."
    )]
    Closed {
        /// The host.
        host: String,
        /// The port.
        port: u16,
        /// In which step.
        step: Step,
    },
    /// The hub does not let us in: trying again is of no use.
    #[error("The hub does not accept this credential (HTTP {0}); ask for a new token.")]
    Credential(u16),
    /// Nobody says who we are: trying again is of no use.
    #[error(
        "The hub wants a credential and there is none (HTTP {0}); put your token there with \"watchfloor token set\", or name it with link.token_file."
    )]
    NoCredential(u16),
    /// Something there answers, but not with a stream.
    #[error("{host} answers with HTTP {status} instead of a stream: {advice}", advice = http_advice(*.status))]
    Http {
        /// The host.
        host: String,
        /// The status.
        status: u16,
        /// How long it asks us to wait.
        retry_after: Option<Duration>,
    },
    /// The hub speaks no version that we speak.
    #[error(
        "The hub speaks another version of the protocol; this console or the hub needs an update."
    )]
    Version,
    /// The handshake broke.
    #[error(
        "{host} port {port} answers, but not as a web server or hub does; check the port, and whether link.hub begins with the right one of http and https."
    )]
    NotHttp {
        /// The host.
        host: String,
        /// The port.
        port: u16,
    },
    /// It answers like a web server, and its WebSocket is none.
    #[error(
        "{host} does not speak WebSocket as it should; check the address, and whether a proxy in between changes the handshake."
    )]
    WebSocket {
        /// The host.
        host: String,
    },
    /// The hub lets us in and sends us away: its own sentence, made harmless.
    #[error("The hub sends us away: {0}")]
    Bye(String),
    /// It took too long.
    #[error("The hub did not answer within {} s ({step}); {advice}", .after.as_secs(), advice = slow_advice(*.step))]
    Slow {
        /// How long it had.
        after: Duration,
        /// In which step.
        step: Step,
    },
}

impl ConnectError {
    /// Whether trying again by ourselves is of no use.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Address(_)
                | Self::Plaintext(_)
                | Self::ProxyVariable(_)
                | Self::Credential(_)
                | Self::NoCredential(_)
                | Self::Version
        )
    }

    /// How long the hub asks us to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Http { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

fn http_advice(status: u16) -> &'static str {
    match status {
        200..=299 => {
            "a web server is there, and no hub under this address; check link.hub and its path."
        }
        300..=399 => {
            "it sends us elsewhere, where a token must not go; set link.hub to the hub's own address."
        }
        404 | 405 | 410 => "there is no hub under this address; check link.hub and its path.",
        400 | 426 => {
            "the handshake did not arrive whole; a proxy in between may not let WebSockets through."
        }
        407 => "a proxy on the way wants a user and password; set link.proxy.",
        429 | 503 => "the hub is busy or stops; the next try comes by itself.",
        502 | 504 => "the proxy before the hub does not reach it; check that the hub runs.",
        500..=599 => "the hub or the proxy before it has a fault; look at its log.",
        _ => "a firewall or a proxy in between may answer in its place.",
    }
}

fn slow_advice(step: Step) -> &'static str {
    match step {
        Step::Name => "the name server may be out of reach.",
        Step::Settings | Step::Tcp => {
            "a firewall may be in between; ask for the way out, or set link.proxy."
        }
        Step::Proxy => "the proxy or program on the way is slow or stuck.",
        Step::Tls => {
            "the port is open and no TLS comes: check the port, and whether the hub is overloaded."
        }
        Step::WebSocket | Step::Hello => {
            "the hub may be overloaded, or a proxy in between may hold WebSockets back."
        }
    }
}

/// Why a host can't be reached; a clause, for the hub as for a proxy.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TcpFault {
    /// The name has no address.
    #[error("The name {host} was not found ({why})")]
    Name {
        /// The name.
        host: String,
        /// What the system says.
        why: String,
    },
    /// Nobody listens there.
    #[error("{host} refuses connections on port {port}")]
    Refused {
        /// The host.
        host: String,
        /// The port.
        port: u16,
    },
    /// No answer, not even a refusal.
    #[error("{host} does not answer on port {port}")]
    Unanswered {
        /// The host.
        host: String,
        /// The port.
        port: u16,
    },
    /// The network has no way there.
    #[error("There is no way from this machine to {host} port {port}")]
    NoWay {
        /// The host.
        host: String,
        /// The port.
        port: u16,
    },
    /// The system has another reason.
    #[error("{host} port {port} can't be connected to ({why})")]
    Other {
        /// The host.
        host: String,
        /// The port.
        port: u16,
        /// What the system says.
        why: String,
    },
}

impl TcpFault {
    fn advice(&self) -> &'static str {
        match self {
            Self::Name { .. } => {
                "check link.hub, or set link.proxy when only a proxy knows the name."
            }
            Self::Refused { .. } => "check the port in link.hub, and that the hub runs.",
            Self::Unanswered { .. } | Self::NoWay { .. } | Self::Other { .. } => {
                "a firewall may be in between: ask for the way out, or set link.proxy."
            }
        }
    }
}

/// What a proxy does instead of leading to the hub; goes on from "The proxy X".
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProxyFault {
    /// It can't be reached itself.
    #[error("can't be reached: {0}; check link.proxy or the environment's variable.")]
    Reach(TcpFault),
    /// The hub's name is looked up here, and not found.
    #[error("was not asked: {0}; with socks5h:// the proxy looks the name up.")]
    Target(TcpFault),
    /// It wants to know who we are.
    #[error("wants a user and password; set link.proxy_user and link.proxy_secret.")]
    AccountWanted,
    /// It does not want us.
    #[error(
        "does not accept the user and password; correct link.proxy_user and link.proxy_secret."
    )]
    AccountRefused,
    /// More than SOCKS can say.
    #[error("can't be given a user or password of more than 255 bytes.")]
    AccountTooLong,
    /// Its rules.
    #[error("does not allow connections to {target} ({why}); ask its administrator.")]
    Forbids {
        /// Host and port.
        target: String,
        /// Why.
        why: String,
    },
    /// What lies behind it.
    #[error("can't reach {target} ({why}); check link.hub, and that the hub runs.")]
    CannotReach {
        /// Host and port.
        target: String,
        /// Why.
        why: String,
    },
    /// It closes before it says anything.
    #[error(
        "accepts the connection and closes it without an answer; check that it is the proxy's port, and that this machine may use it."
    )]
    Closed,
    /// It speaks something else.
    #[error("does not answer as an HTTP proxy does; check its scheme and port.")]
    NoHttp,
    /// It speaks something else.
    #[error("does not answer as a SOCKS5 proxy does; check its scheme and port.")]
    NoSocks,
    /// TLS to the proxy itself.
    #[error("can't be spoken to with TLS: {0}")]
    Tls(Box<Refusal>),
    /// The files for that.
    #[error("can't be spoken to with TLS. {0}")]
    Files(TlsFault),
}

impl ProxyFault {
    /// What became of TLS to the proxy.
    pub(super) fn from_tls(trouble: super::tls::Trouble) -> Self {
        match trouble {
            super::tls::Trouble::Files(fault) => Self::Files(fault),
            super::tls::Trouble::Refused(refusal) => Self::Tls(refusal),
            super::tls::Trouble::Closed | super::tls::Trouble::Command(_) => Self::Closed,
        }
    }
}

/// What a program does instead of leading to the hub.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CommandFault {
    /// It can't be started.
    #[error("The program {program:?} of link.proxy_command can't be started: {why}.")]
    NotStarted {
        /// Which.
        program: String,
        /// What the system says.
        why: String,
    },
    /// It ended before a byte came.
    #[error("The program {program:?} of link.proxy_command ended before the hub answered ({how}){}", words(.says))]
    Ended {
        /// Which.
        program: String,
        /// Its exit code.
        how: String,
        /// Its last words, made harmless; may be empty.
        says: String,
    },
}

fn words(says: &str) -> String {
    if says.is_empty() {
        "; try it by hand.".to_owned()
    } else {
        format!(": {says}")
    }
}
