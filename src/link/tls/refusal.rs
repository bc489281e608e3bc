//! Why there is no TLS: the reason in our words, the certificate that was
//! refused, the roots that it was held against.
//!
//! A certificate is a stranger's text: its names are cleaned and cut before
//! they are shown. Called by [`super`]; shown by the link's errors.

use std::fmt;

use rustls::{AlertDescription, CertificateError, Error};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::text::{SafeText, Untrusted};

/// Of a name in a certificate, as much is shown, characters.
const NAME: usize = 120;

/// Why there is no TLS, with what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// The certificate that was refused.
    pub certificate: Option<Certificate>,
    /// Whose signature counts.
    pub trusted: String,
}

/// What a certificate says of itself, made harmless.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Whose it is.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// From when it is valid, RFC 3339.
    pub not_before: String,
    /// Until when, RFC 3339.
    pub not_after: String,
    /// The names of hosts in it, the first few.
    pub names: Vec<String>,
}

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// What we called it by can't be in a certificate.
    NoName,
    /// Its time is over.
    Expired,
    /// Its time has not begun.
    NotYet,
    /// Its authority took it back.
    Revoked,
    /// The authority's list does not say, or is out of date.
    ListOutOfDate,
    /// Signed by somebody who is not trusted.
    UnknownIssuer,
    /// For another host.
    OtherName,
    /// Not for servers.
    WrongPurpose,
    /// Otherwise wrong.
    Invalid,
    /// The other side wants a certificate of ours.
    ClientWanted,
    /// The other side does not want the certificate of ours.
    ClientRefused,
    /// No version in common.
    Version,
    /// No suite or group in common.
    Incompatible,
    /// Not TLS.
    NotTls,
    /// The handshake broke.
    Broken,
}

impl Reason {
    /// The reason in rustls's error. `with_certificate`: one of ours was shown.
    pub(super) fn of(error: &Error, with_certificate: bool) -> Self {
        use AlertDescription as Alert;
        match error {
            Error::InvalidCertificate(bad) => Self::of_certificate(bad),
            Error::AlertReceived(alert) => match alert {
                Alert::ProtocolVersion => Self::Version,
                Alert::CertificateRequired => Self::ClientWanted,
                Alert::BadCertificate
                | Alert::UnsupportedCertificate
                | Alert::CertificateRevoked
                | Alert::CertificateExpired
                | Alert::CertificateUnknown
                | Alert::UnknownCA
                | Alert::AccessDenied
                    if with_certificate =>
                {
                    Self::ClientRefused
                }
                // TLS 1.2 has no alert of its own for a certificate that lacks.
                Alert::BadCertificate | Alert::HandshakeFailure if !with_certificate => {
                    Self::ClientWanted
                }
                _ => Self::Broken,
            },
            Error::InvalidMessage(_) => Self::NotTls,
            Error::PeerIncompatible(why) => {
                let words = format!("{why:?}");
                if words.contains("Tls1") || words.contains("Version") {
                    Self::Version
                } else {
                    Self::Incompatible
                }
            }
            _ => Self::Broken,
        }
    }

    fn of_certificate(bad: &CertificateError) -> Self {
        use CertificateError as Bad;
        match bad {
            Bad::Expired | Bad::ExpiredContext { .. } => Self::Expired,
            Bad::NotValidYet | Bad::NotValidYetContext { .. } => Self::NotYet,
            Bad::Revoked => Self::Revoked,
            Bad::UnknownRevocationStatus
            | Bad::ExpiredRevocationList
            | Bad::ExpiredRevocationListContext { .. } => Self::ListOutOfDate,
            Bad::UnknownIssuer | Bad::BadSignature => Self::UnknownIssuer,
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => Self::OtherName,
            Bad::InvalidPurpose | Bad::InvalidPurposeContext { .. } => Self::WrongPurpose,
            _ => Self::Invalid,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::NoName => "its name can't be in a certificate",
            Self::Expired => "its certificate has expired",
            Self::NotYet => "its certificate is not valid yet",
            Self::Revoked => "its certificate was revoked by its authority",
            Self::ListOutOfDate => {
                "the revocation list in link.crl_file is out of date or does not cover its certificate"
            }
            Self::UnknownIssuer => "its certificate is signed by an authority that is not trusted",
            Self::OtherName => "its certificate is for another name",
            Self::WrongPurpose => "its certificate is not one for servers",
            Self::Invalid => "its certificate is not valid",
            Self::ClientWanted => {
                "it ended the handshake as one does that wants a client certificate"
            }
            Self::ClientRefused => "it does not accept this client certificate",
            Self::Version => "it has no version of TLS in common with us",
            Self::Incompatible => "it has no way of encryption in common with us",
            Self::NotTls => "the other side does not speak TLS",
            Self::Broken => "the handshake broke",
        }
    }

    fn advice(self) -> &'static str {
        match self {
            Self::NoName => "name the hub as its certificate does.",
            Self::Expired => "have it renewed, and check this machine's clock.",
            Self::NotYet => "check this machine's clock.",
            Self::Revoked => "do not go on; tell whoever runs the hub.",
            Self::ListOutOfDate => "fetch the authority's newest list.",
            Self::UnknownIssuer => {
                "name the authority in link.ca_file if it is yours, otherwise somebody may be in between."
            }
            Self::OtherName => "check link.hub, otherwise somebody may be in between.",
            Self::WrongPurpose | Self::Invalid => "tell whoever runs the hub.",
            Self::ClientWanted => "set link.client_cert and link.client_key.",
            Self::ClientRefused => "have it renewed, or check link.client_cert.",
            Self::Version => "link.oldest_tls = \"1.2\" allows the older one.",
            Self::Incompatible | Self::Broken => {
                "something in between may change it; tell whoever runs the hub."
            }
            Self::NotTls => "check the port, and whether link.hub should begin with http.",
        }
    }
}

impl Certificate {
    /// Reads a certificate (X.509, DER); none when it is no such thing.
    pub(super) fn read(der: &[u8]) -> Option<Self> {
        let (_, read) = X509Certificate::from_der(der).ok()?;
        let time = |at: x509_parser::time::ASN1Time| {
            jiff::Timestamp::from_second(at.timestamp())
                .map_or_else(|_| "an unknown time".to_owned(), |at| at.to_string())
        };
        let hosts = read.subject_alternative_name().ok().flatten();
        let hosts = hosts
            .into_iter()
            .flat_map(|found| &found.value.general_names);
        let names = hosts.filter_map(|name| match name {
            x509_parser::extensions::GeneralName::DNSName(name) => Some(harmless(name)),
            _ => None,
        });
        Some(Self {
            subject: harmless(&read.subject().to_string()),
            issuer: harmless(&read.issuer().to_string()),
            not_before: time(read.validity().not_before),
            not_after: time(read.validity().not_after),
            names: names.take(4).collect(),
        })
    }
}

/// A stranger's name: cleaned, on one line, not long.
fn harmless(name: &str) -> String {
    let safe = SafeText::line_within(&Untrusted::new(name), NAME);
    safe.as_str().chars().take(NAME).collect()
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason.words())?;
        if let Some(seen) = &self.certificate {
            write!(
                f,
                " (subject \"{}\", issuer \"{}\", valid {} to {}",
                seen.subject, seen.issuer, seen.not_before, seen.not_after
            )?;
            if self.reason == Reason::OtherName && !seen.names.is_empty() {
                write!(f, ", for {}", seen.names.join(", "))?;
            }
            write!(f, "; trusted: {})", self.trusted)?;
        }
        write!(f, "; {}", self.reason.advice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, DnType, KeyPair};

    #[test]
    fn what_a_certificate_says_is_harmless() {
        let mut params = CertificateParams::new(vec!["floor.example".into()]).unwrap();
        let evil = "\u{1b}]0;owned\u{7}\u{202e}".to_owned() + &"x".repeat(400);
        params.distinguished_name.push(DnType::CommonName, evil);
        let key = KeyPair::generate().unwrap();
        let der = params.self_signed(&key).unwrap();
        let read = Certificate::read(der.der()).unwrap();
        for text in [&read.subject, &read.issuer] {
            assert!(text.chars().count() <= NAME, "{text}");
            assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{text:?}");
        }
        assert_eq!(read.names, ["floor.example"]);
        assert!(read.not_after.ends_with('Z'), "{}", read.not_after);
        assert_eq!(Certificate::read(b"not DER"), None);
    }
}
