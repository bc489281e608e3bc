//! TLS: the hub's certificate, officers' certificates, their revocation.
//!
//! Owns the files and looks at them every five seconds: a renewed certificate
//! or a longer revocation list counts without a restart. A file that got worse
//! is told in the log and what was there before stays.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls::RootCertStore;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer, UnixTime};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{ServerConfig, WebPkiClientVerifier};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

use super::bind::ListenError;
use super::san;
use crate::config::secret::read_private;
use crate::hub::auth::ClientCert;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(5);

/// The files of TLS, all PEM.
#[derive(Clone, Debug)]
pub struct Files {
    /// The hub's certificate and those that sign it.
    pub cert: PathBuf,
    /// Its private key.
    pub key: PathBuf,
    /// Who may have signed officers' certificates; none: nobody has one.
    pub client_ca: Option<PathBuf>,
    /// Those of them that are revoked.
    pub crl: Option<PathBuf>,
}

/// What the files say now.
struct Material {
    config: Arc<ServerConfig>,
    verifier: Option<Arc<dyn ClientCertVerifier>>,
}

/// Whom the hub trusts, as the files say now.
pub struct Trust {
    files: Files,
    now: watch::Sender<Arc<Material>>,
}

impl std::fmt::Debug for Trust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trust")
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

impl Trust {
    /// Reads the files.
    pub fn load(files: Files) -> Result<Self, ListenError> {
        let now = watch::Sender::new(Arc::new(Material::load(&files)?));
        Ok(Self { files, now })
    }

    /// Whether a certificate that was verified once still is: it is revoked by
    /// now, or has ended, or its signer is trusted no more.
    #[must_use]
    pub fn still_good(&self, cert: &ClientCert) -> bool {
        let Some((own, signers)) = cert.chain.split_first() else {
            return false;
        };
        let material = Arc::clone(&self.now.borrow());
        let verify = |verifier: &Arc<dyn ClientCertVerifier>| {
            verifier
                .verify_client_cert(own, signers, UnixTime::now())
                .is_ok()
        };
        material.verifier.as_ref().is_some_and(verify)
    }

    /// Waits until the files were read again; for whoever keeps what was verified
    /// by what they said before.
    pub async fn changed(&self) {
        let mut now = self.now.subscribe();
        // The sender is ours: it lives as long as we do.
        drop(now.changed().await);
    }

    /// Reads the files again; on an error what was there before stays.
    pub fn reload(&self) -> Result<(), ListenError> {
        let material = Material::load(&self.files)?;
        self.now.send_replace(Arc::new(material));
        Ok(())
    }

    pub(super) async fn accept(
        &self,
        tcp: TcpStream,
    ) -> io::Result<(TlsStream<TcpStream>, Option<ClientCert>)> {
        let config = Arc::clone(&self.now.borrow().config);
        let stream = TlsAcceptor::from(config).accept(tcp).await?;
        let cert = stream.get_ref().1.peer_certificates().and_then(|chain| {
            Some(ClientCert {
                names: san::names(chain.first()?),
                chain: chain
                    .iter()
                    .cloned()
                    .map(CertificateDer::into_owned)
                    .collect(),
            })
        });
        Ok((stream, cert))
    }

    /// Looks at the files until `shutdown`.
    pub(super) async fn watch(self: Arc<Self>, shutdown: CancellationToken) {
        let mut seen = self.stamps();
        let mut ticks = tokio::time::interval(LOOK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
            let stamps = self.stamps();
            if stamps == seen {
                continue;
            }
            match self.reload() {
                Ok(()) => tracing::info!("the TLS files changed and were read again"),
                // A renewal writes two files, one after the other: in between
                // they don't go together, so it is tried again at the next look.
                Err(error) => {
                    tracing::warn!(%error, "the TLS files changed and can't be used; those before stay");
                    continue;
                }
            }
            seen = stamps;
        }
    }

    fn stamps(&self) -> Vec<Option<(SystemTime, u64)>> {
        let Files {
            cert,
            key,
            client_ca,
            crl,
        } = &self.files;
        let stamp = |about: Metadata| Some((about.modified().ok()?, about.len()));
        [Some(cert), Some(key), client_ca.as_ref(), crl.as_ref()]
            .into_iter()
            .flatten()
            .map(|path| std::fs::metadata(path).ok().and_then(stamp))
            .collect()
    }
}

impl Material {
    fn load(files: &Files) -> Result<Self, ListenError> {
        let provider = Arc::new(ring::default_provider());
        let chain: Vec<CertificateDer<'static>> = pem(&files.cert)?;
        let verifier = match &files.client_ca {
            Some(ca) => Some(verifier(ca, files.crl.as_deref(), &provider)?),
            None => None,
        };
        let key = private_key(&files.key)?;
        let builder = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| ListenError::Material(error.to_string()))?;
        let builder = match &verifier {
            Some(verifier) => builder.with_client_cert_verifier(Arc::clone(verifier)),
            None => builder.with_no_client_auth(),
        };
        let mut config = builder
            .with_single_cert(chain, key)
            .map_err(|error| ListenError::Material(error.to_string()))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            config: Arc::new(config),
            verifier,
        })
    }
}

/// Verifies certificates when they are presented: officers with tokens and
/// channels' senders come without.
fn verifier(
    ca: &Path,
    crl: Option<&Path>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, ListenError> {
    let mut roots = RootCertStore::empty();
    for root in pem::<CertificateDer<'static>>(ca)? {
        roots.add(root).map_err(|error| file(ca, &error))?;
    }
    let mut builder =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
            .allow_unauthenticated();
    if let Some(path) = crl {
        let lists: Vec<CertificateRevocationListDer<'static>> = pem(path)?;
        builder = builder.with_crls(lists).only_check_end_entity_revocation();
    }
    builder
        .build()
        .map_err(|error| file(crl.unwrap_or(ca), &error))
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, ListenError> {
    let text = read_private(path).map_err(|error| ListenError::File {
        path: path.into(),
        says: error.to_string(),
    })?;
    PrivateKeyDer::from_pem_slice(text.expose().as_bytes()).map_err(|error| file(path, &error))
}

fn pem<T: PemObject>(path: &Path) -> Result<Vec<T>, ListenError> {
    let parts: Result<Vec<T>, _> = T::pem_file_iter(path).and_then(Iterator::collect);
    let parts = parts.map_err(|error| file(path, &error))?;
    if parts.is_empty() {
        let says = "There is nothing of the kind that is needed in this file (PEM).".into();
        return Err(ListenError::File {
            path: path.into(),
            says,
        });
    }
    Ok(parts)
}

fn file(path: &Path, error: &dyn std::fmt::Display) -> ListenError {
    ListenError::File {
        path: path.into(),
        says: format!("The file can't be used: {error}."),
    }
}
