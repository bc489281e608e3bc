//! TLS to a hub or proxy: whom we trust, how we prove ourselves, and why it did
//! not work.
//!
//! - [`files`]: certificates, keys and lists from files; what is wrong with them.
//! - [`verify`]: the verification, which remembers the certificate it refused.
//! - [`refusal`]: why there is no TLS, with the certificate and the roots used.
//!
//! The files are read at each connect, so that a renewed certificate or a
//! longer list counts at the next one. Key material is never logged, whatever
//! `SSLKEYLOGFILE` says. Called by `connect` and `dial`.

mod files;
mod refusal;
mod verify;

use std::io;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::version::{TLS12, TLS13};
use tokio_rustls::TlsConnector;

use super::dial::Io;
use super::fault::CommandFault;
use super::settings::TlsSettings;
use crate::config::words::OldestTls;
pub use files::TlsFault;
pub use refusal::{Certificate, Reason, Refusal};
use verify::{Seen, Verifier};

/// Why an encryption did not come about.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Our files.
    Files(TlsFault),
    /// One of the two does not want the other.
    Refused(Box<Refusal>),
    /// The other side closed without a word.
    Closed,
    /// The program on the way ended.
    Command(CommandFault),
}

/// Encrypts `io` to `host`.
pub(super) async fn encrypt(
    settings: &TlsSettings,
    host: &str,
    io: Box<dyn Io>,
) -> Result<Box<dyn Io>, Trouble> {
    let seen = Seen::default();
    let config = client_config(settings, &seen).map_err(Trouble::Files)?;
    let refused = |reason| {
        Trouble::Refused(Box::new(Refusal {
            reason,
            certificate: seen.certificate(),
            trusted: settings.trusted(),
        }))
    };
    let name = host.to_owned().try_into();
    let name = name.map_err(|_| refused(Reason::NoName))?;
    match TlsConnector::from(Arc::new(config)).connect(name, io).await {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => Err(match cause(&error) {
            Cause::Tls(error) => refused(Reason::of(error, settings.client.is_some())),
            Cause::Command(fault) => Trouble::Command(fault.clone()),
            Cause::Closed => Trouble::Closed,
            Cause::Other => refused(Reason::Broken),
        }),
    }
}

/// What lies under an I/O error of an encrypted stream.
pub(super) enum Cause<'a> {
    /// TLS itself.
    Tls(&'a rustls::Error),
    /// The program on the way.
    Command(&'a CommandFault),
    /// An end.
    Closed,
    /// Something else.
    Other,
}

/// Looks under an error; an `io::Error` hides what it wraps from `source`.
pub(super) fn cause(error: &io::Error) -> Cause<'_> {
    if let Some(inner) = error.get_ref() {
        if let Some(error) = inner.downcast_ref::<rustls::Error>() {
            return Cause::Tls(error);
        }
        if let Some(fault) = inner.downcast_ref::<CommandFault>() {
            return Cause::Command(fault);
        }
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe => Cause::Closed,
        _ => Cause::Other,
    }
}

/// What became of TLS after its handshake: with TLS 1.3 a hub refuses a client
/// certificate only then.
pub(super) fn late_refusal(settings: &TlsSettings, error: &rustls::Error) -> Box<Refusal> {
    Box::new(Refusal {
        reason: Reason::of(error, settings.client.is_some()),
        certificate: None,
        trusted: settings.trusted(),
    })
}

fn client_config(settings: &TlsSettings, seen: &Seen) -> Result<ClientConfig, TlsFault> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions: &[_] = match settings.oldest {
        OldestTls::V13 => &[&TLS13],
        OldestTls::V12 => &[&TLS13, &TLS12],
    };
    let verifier = Verifier::new(settings, &provider, seen.clone())?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .expect("the provider has suites for TLS 1.2 and 1.3")
        // The verifier is webpki's own; ours only remembers what it refused.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match &settings.client {
        None => builder.with_no_client_auth(),
        Some((chain, key)) => builder
            .with_client_auth_cert(files::certificates(chain)?, files::private_key(key)?)
            .map_err(|error| TlsFault::Pair {
                path: chain.clone(),
                why: error.to_string(),
            })?,
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
