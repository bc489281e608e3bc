//! Why a server's certificate was refused, in words of ours: what is in it is a
//! stranger's text.

use std::error::Error as StdError;

use rustls::{AlertDescription as Alert, CertificateError as Bad, Error};

/// The sentence for an error that a certificate or a handshake is the cause of,
/// however deep; none for all others.
pub(in crate::channels) fn refused(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    let mut cause = Some(error);
    while let Some(this) = cause {
        if let Some(error) = this.downcast_ref::<Error>() {
            return Some(sentence(error));
        }
        // An io::Error hides what it wraps from `source`.
        let inner = this
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        if let Some(says) = inner.and_then(|inner| refused(inner)) {
            return Some(says);
        }
        cause = this.source();
    }
    None
}

fn sentence(error: &Error) -> &'static str {
    match error {
        Error::InvalidCertificate(bad) => match bad {
            Bad::UnknownIssuer => {
                "The server's certificate is signed by an authority that this machine does not trust; put that authority into the system's store."
            }
            Bad::Expired | Bad::ExpiredContext { .. } => "The server's certificate has expired.",
            Bad::NotValidYet | Bad::NotValidYetContext { .. } => {
                "The server's certificate is not valid yet; look at this machine's clock."
            }
            Bad::Revoked => "The server's certificate was revoked.",
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
                "The server's certificate is for another name; look at the address in the configuration."
            }
            _ => "The server's certificate is not valid.",
        },
        Error::AlertReceived(Alert::CertificateRequired) => {
            "The server wants to see a client's certificate, which channels have none of."
        }
        Error::AlertReceived(_) => "The server ended the TLS handshake.",
        Error::InvalidMessage(_) => "The server does not speak TLS at this address.",
        Error::PeerIncompatible(_) => {
            "The server has no TLS version or suite in common with this hub."
        }
        _ => "The TLS handshake with the server failed.",
    }
}
