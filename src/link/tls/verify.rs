//! The verification of the other side's certificate: webpki's, over the roots
//! and lists that the settings name.
//!
//! Owns nothing of the decision; it remembers the certificate that was refused,
//! so that the officer can be told whose it is. Called by [`super`].

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};

use super::super::settings::TlsSettings;
use super::files::{self, TlsFault};
use super::refusal::Certificate;

/// The certificate that was refused, if any.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen(Arc<Mutex<Option<Certificate>>>);

impl Seen {
    pub(super) fn certificate(&self) -> Option<Certificate> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn keep(&self, der: &[u8]) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Certificate::read(der);
    }
}

#[derive(Debug)]
pub(super) struct Verifier {
    inner: Arc<WebPkiServerVerifier>,
    seen: Seen,
}

impl Verifier {
    pub(super) fn new(
        settings: &TlsSettings,
        provider: &Arc<CryptoProvider>,
        seen: Seen,
    ) -> Result<Self, TlsFault> {
        let roots = Arc::new(files::roots(settings)?);
        let mut builder = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(provider));
        if let Some(path) = &settings.crl {
            // The authority's list is about whom it signed: the hub. A list
            // that is out of date says nothing any more.
            builder = builder
                .with_crls(files::lists(path)?)
                .only_check_end_entity_revocation()
                .enforce_revocation_expiration();
        }
        let inner = builder.build().map_err(|error| {
            let path = settings.crl.as_ref().or(settings.ca.as_ref());
            path.map_or(TlsFault::NoRoots, |path| TlsFault::File {
                path: path.clone(),
                why: error.to_string(),
            })
        })?;
        Ok(Self { inner, seen })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.inner
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            .inspect_err(|_| self.seen.keep(end_entity))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }

    fn root_hint_subjects(&self) -> Option<&[DistinguishedName]> {
        self.inner.root_hint_subjects()
    }
}
