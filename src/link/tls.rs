//! Whom we trust and how we prove ourselves: rustls's client configuration
//! from files.
//!
//! Owns no connection. Called by `connect` and `once`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;

use super::settings::TlsSettings;

/// Why no TLS configuration can be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TlsFault {
    /// A file is not there or not PEM.
    #[error("{} can't be read as PEM: {why}.", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why, in the library's words about our own file.
        why: String,
    },
    /// Others may read the private key.
    #[error("Others may read the private key {}; set its mode to 0600.", .0.display())]
    OpenKey(PathBuf),
    /// Key and certificate do not belong together, or the key is of no kind
    /// that can be used.
    #[error("The client certificate {} and its key can't be used together: {why}.", .path.display())]
    Pair {
        /// The certificate's file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The system trusts nobody.
    #[error("No certificate authority is known on this machine; name one in the configuration.")]
    NoRoots,
}

/// The client configuration that the settings ask for. Key material is never
/// logged, whatever the environment says.
///
/// # Errors
/// [`TlsFault`] names the file.
pub(super) fn client_config(settings: &TlsSettings) -> Result<Arc<ClientConfig>, TlsFault> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has suites for TLS 1.2 and 1.3")
        .with_root_certificates(roots(settings.ca.as_deref())?);
    let mut config = match &settings.client {
        None => builder.with_no_client_auth(),
        Some((chain, key)) => builder
            .with_client_auth_cert(certificates(chain)?, private_key(key)?)
            .map_err(|error| TlsFault::Pair {
                path: chain.clone(),
                why: error.to_string(),
            })?,
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn roots(ca: Option<&Path>) -> Result<RootCertStore, TlsFault> {
    let mut store = RootCertStore::empty();
    let trusted = match ca {
        Some(path) => certificates(path)?,
        None => rustls_native_certs::load_native_certs().certs,
    };
    let (added, _) = store.add_parsable_certificates(trusted);
    match (added, ca) {
        (0, None) => Err(TlsFault::NoRoots),
        (0, Some(path)) => Err(TlsFault::File {
            path: path.to_owned(),
            why: "there is no certificate authority in it".into(),
        }),
        _ => Ok(store),
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsFault> {
    let fault = |error: rustls::pki_types::pem::Error| TlsFault::File {
        path: path.to_owned(),
        why: error.to_string(),
    };
    CertificateDer::pem_file_iter(path)
        .map_err(fault)?
        .collect::<Result<Vec<_>, _>>()
        .map_err(fault)
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsFault> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0) {
            return Err(TlsFault::OpenKey(path.to_owned()));
        }
    }
    PrivateKeyDer::from_pem_file(path).map_err(|error| TlsFault::File {
        path: path.to_owned(),
        why: error.to_string(),
    })
}

/// Our own words for why a handshake failed: certificates are strangers' text.
pub(super) fn words(error: &rustls::Error) -> &'static str {
    use rustls::CertificateError as Bad;
    use rustls::Error as E;
    match error {
        E::InvalidCertificate(bad) => match bad {
            Bad::Expired | Bad::ExpiredContext { .. } => "the hub's certificate has expired",
            Bad::NotValidYet | Bad::NotValidYetContext { .. } => {
                "the hub's certificate is not valid yet"
            }
            Bad::Revoked => "the hub's certificate was revoked",
            Bad::UnknownIssuer => "the hub's certificate is of an authority that is not trusted",
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
                "the hub's certificate is for another name"
            }
            _ => "the hub's certificate is not valid",
        },
        E::AlertReceived(_) => "the hub ended the handshake; it may want a client certificate",
        E::InvalidMessage(_) => "the other side does not speak TLS",
        E::PeerIncompatible(_) => "the other side has no TLS version or suite in common with us",
        _ => "the handshake failed",
    }
}
