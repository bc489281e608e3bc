//! A certificate authority of the test's, what it signs, and a TLS server
//! before a port.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DnType,
    IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SanType, SerialNumber,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ServerConfig, WebPkiClientVerifier};
use rustls::{RootCertStore, SupportedProtocolVersion};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use watchfloor::config::private;

type Issuer = CertifiedIssuer<'static, KeyPair>;

/// A certificate and its key, PEM.
pub(crate) type Pair = (String, String);

/// An authority with a name.
pub(crate) struct Authority {
    issuer: Issuer,
}

impl Authority {
    pub(crate) fn named(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("signs itself");
        Self { issuer }
    }

    pub(crate) fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// For hosts, valid in these years.
    pub(crate) fn signs(&self, hosts: &[&str], years: (i32, i32), serial: u64) -> Pair {
        let mut params = CertificateParams::default();
        params.serial_number = Some(SerialNumber::from(serial));
        let name = |host: &&str| SanType::DnsName((*host).try_into().expect("a name"));
        params.subject_alt_names = hosts.iter().map(name).collect();
        params
            .distinguished_name
            .push(DnType::CommonName, *hosts.first().expect("a host"));
        params.not_before = rcgen::date_time_ymd(years.0, 1, 1);
        params.not_after = rcgen::date_time_ymd(years.1, 1, 1);
        let key = KeyPair::generate().expect("a key");
        let cert = params.signed_by(&key, &self.issuer).expect("is signed");
        (cert.pem(), key.serialize_pem())
    }

    /// The list of those that it took back, valid until that year.
    pub(crate) fn took_back(&self, serials: &[u64], until: i32) -> String {
        let entry = |serial: &u64| RevokedCertParams {
            serial_number: SerialNumber::from(*serial),
            revocation_time: rcgen::date_time_ymd(2024, 1, 1),
            reason_code: None,
            invalidity_date: None,
        };
        let params = CertificateRevocationListParams {
            this_update: rcgen::date_time_ymd(2024, 1, 1),
            next_update: rcgen::date_time_ymd(until, 1, 1),
            crl_number: SerialNumber::from(1_u64),
            issuing_distribution_point: None,
            revoked_certs: serials.iter().map(entry).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let list = params.signed_by(&self.issuer).expect("is signed");
        list.pem().expect("PEM")
    }
}

/// A folder with files that are ours alone.
pub(crate) struct Files(tempfile::TempDir);

impl Files {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub(crate) fn folder(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        private::replace(&path, text.as_bytes()).expect("writes");
        path
    }
}

/// How a server speaks TLS.
pub(crate) struct Server<'a> {
    pub(crate) pair: &'a Pair,
    /// Who may have signed a client's certificate, which is then wanted.
    pub(crate) clients: Option<&'a Authority>,
    pub(crate) version: &'static SupportedProtocolVersion,
}

impl Server<'_> {
    /// Serves TLS on a port of its own and leads what is in it to `target`.
    pub(crate) async fn before(self, target: u16) -> u16 {
        let acceptor = self.acceptor();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("is bound").port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let mut near = acceptor.accept(stream).await?;
                    let mut far = TcpStream::connect(("127.0.0.1", target)).await?;
                    tokio::io::copy_bidirectional(&mut near, &mut far).await
                });
            }
        });
        port
    }

    /// What accepts connections so.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::new(self.config()))
    }

    fn config(&self) -> ServerConfig {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[self.version])
            .expect("has suites");
        let builder = match self.clients {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                let der = CertificateDer::from_pem_slice(authority.pem().as_bytes());
                roots.add(der.expect("PEM")).expect("an authority");
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                builder.with_client_cert_verifier(verifier.build().expect("a verifier"))
            }
        };
        let (cert, key) = self.pair;
        let cert = CertificateDer::from_pem_slice(cert.as_bytes()).expect("PEM");
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("PEM");
        builder.with_single_cert(vec![cert], key).expect("a pair")
    }
}
