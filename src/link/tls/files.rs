//! Certificates, keys and revocation lists from files (PEM, RFC 7468), and the
//! system's own authorities.
//!
//! Owns what is wrong with them. Called by [`super`] and [`super::verify`].

use std::path::{Path, PathBuf};

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use thiserror::Error;

use super::super::settings::TlsSettings;
use crate::config::secret::read_private;
use crate::config::words::Roots;

/// Where Linux systems keep their authorities in one file, the most common
/// first: Debian and Alpine, Fedora and RHEL, older RHEL, SUSE, macOS and BSD.
const BUNDLES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];
/// What a stranger's environment may not change.
const VARIABLES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

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
    /// The private key can't be used as it lies there: others may read it, or
    /// it is somebody else's.
    #[error("The private key can't be used. {0}")]
    Key(String),
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
    #[error("No certificate authority is known on this machine; name one in link.ca_file.")]
    NoRoots,
}

impl TlsFault {
    fn file(path: &Path, why: &dyn std::fmt::Display) -> Self {
        Self::File {
            path: path.to_owned(),
            why: why.to_string(),
        }
    }
}

/// Those whose signature counts.
pub(super) fn roots(settings: &TlsSettings) -> Result<RootCertStore, TlsFault> {
    let mut store = RootCertStore::empty();
    if settings.roots != Roots::System
        && let Some(path) = &settings.ca
    {
        let (added, _) = store.add_parsable_certificates(certificates(path)?);
        if added == 0 {
            return Err(TlsFault::file(
                path,
                &"there is no certificate authority in it",
            ));
        }
    }
    if settings.roots != Roots::File {
        let (added, _) = store.add_parsable_certificates(system(settings.allow_env_roots));
        if added == 0 && store.is_empty() {
            return Err(TlsFault::NoRoots);
        }
    }
    Ok(store)
}

/// Whom the system trusts. The library would believe the environment, so it is
/// told a file when the environment has something to say and may not.
fn system(allow_env: bool) -> Vec<CertificateDer<'static>> {
    let is_told = VARIABLES
        .iter()
        .any(|name| std::env::var_os(name).is_some());
    if !is_told || allow_env {
        return rustls_native_certs::load_native_certs().certs;
    }
    let bundle = BUNDLES.iter().map(Path::new).find(|path| path.exists());
    rustls_native_certs::load_certs_from_paths(bundle, None).certs
}

/// The certificates in a file, at least one.
pub(super) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsFault> {
    pem(path, "there is no certificate in it")
}

/// The revocation lists in a file, at least one.
pub(super) fn lists(path: &Path) -> Result<Vec<CertificateRevocationListDer<'static>>, TlsFault> {
    pem(path, "there is no revocation list in it")
}

/// The private key in a file that is ours alone.
pub(super) fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsFault> {
    let text = read_private(path).map_err(|error| TlsFault::Key(error.to_string()))?;
    PrivateKeyDer::from_pem_slice(text.expose().as_bytes())
        .map_err(|error| TlsFault::file(path, &error))
}

fn pem<T: PemObject>(path: &Path, none: &str) -> Result<Vec<T>, TlsFault> {
    let parts: Result<Vec<T>, _> = T::pem_file_iter(path).and_then(Iterator::collect);
    let parts = parts.map_err(|error| TlsFault::file(path, &error))?;
    if parts.is_empty() {
        return Err(TlsFault::file(path, &none));
    }
    Ok(parts)
}
