//! What an operator sets for one channel, already resolved.
//!
//! `config` reads the operator's file and makes these; nothing here knows how
//! they were written. Owns [`Secret`] (a value that prints as dots),
//! [`Network`] (an address range) and [`Authorities`] (whose signature counts).

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use zeroize::Zeroizing;

use crate::model::ids::{ChannelName, DeskName};
use crate::model::item::OnRetract;

/// One channel of this floor.
#[derive(Clone, Debug)]
pub struct ChannelConfig {
    /// The operator's name for it; the last part of a webhook's path.
    pub name: ChannelName,
    /// The channel file: its `id` in the catalogue.
    pub file: String,
    /// Whether it runs.
    pub enabled: bool,
    /// Where its items go when no routing rule says otherwise.
    pub desk: Option<DeskName>,
    /// What the file's `vars` are here.
    pub vars: BTreeMap<String, String>,
    /// The values of the file's `secrets`.
    pub secrets: BTreeMap<String, Secret>,
    /// Whether it may call private, loopback and link-local addresses.
    pub allow_private: bool,
    /// Who may have signed the certificates of what it calls.
    pub authorities: Authorities,
    /// Who may post to it; empty means everybody who is verified otherwise.
    pub allow_ips: Vec<Network>,
    /// Names of clients' certificates ("dns:alerts.city.example"), one of which
    /// who posts to it has to show; empty: none is asked for.
    pub allow_certificates: Vec<String>,
    /// Silence longer than this is worth an alert; none: silence is normal.
    pub silent_after: Option<Duration>,
    /// What happens to words that the channel takes back.
    pub on_retract: OnRetract,
    /// Whether people there are shown that an officer answers and has read.
    pub signs: bool,
    /// How often it is polled, instead of what the file says.
    pub poll_every: Option<Duration>,
    /// How old an entry may be to be taken at the very first poll; none: what
    /// the file says.
    pub first_poll_within: Option<Duration>,
    /// Where the internet reaches the channel's door, for hubs that tell what is
    /// new; none: nowhere.
    pub callback: Option<String>,
}

impl ChannelConfig {
    /// A channel that is on, with nothing set.
    #[must_use]
    pub fn new(name: ChannelName, file: &str) -> Self {
        Self {
            name,
            file: file.to_owned(),
            enabled: true,
            desk: None,
            vars: BTreeMap::new(),
            secrets: BTreeMap::new(),
            allow_private: false,
            authorities: Authorities::default(),
            allow_ips: Vec::new(),
            allow_certificates: Vec::new(),
            silent_after: None,
            on_retract: OnRetract::Keep,
            signs: true,
            poll_every: None,
            first_poll_within: None,
            callback: None,
        }
    }

    /// Whether who may post to it is settled by where or who they are, so that
    /// they need no secret beside.
    #[must_use]
    pub fn knows_its_senders(&self) -> bool {
        !self.allow_ips.is_empty() || !self.allow_certificates.is_empty()
    }
}

/// A password, token or key. Prints as dots, so that no log has it; wiped from
/// memory when it goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Box<str>>);

impl Secret {
    /// Takes `value` into custody.
    pub fn new(value: impl Into<Box<str>>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// The value, for the one place that needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Who may have signed the certificates of what a channel calls; empty: whom the
/// system trusts. Where it names any, nobody else's signature counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authorities(Arc<[CertificateDer<'static>]>);

/// The text has no certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("There is no certificate in it (PEM) that can be read.")]
pub struct NoCertificate;

impl Authorities {
    /// Those of a PEM file's text.
    ///
    /// # Errors
    /// [`NoCertificate`].
    pub fn from_pem(pem: &[u8]) -> Result<Self, NoCertificate> {
        let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let all = all.map_err(|_| NoCertificate)?;
        if all.is_empty() {
            return Err(NoCertificate);
        }
        Ok(Self(all.into()))
    }

    /// Their certificates.
    pub(super) fn all(&self) -> &[CertificateDer<'static>] {
        &self.0
    }
}

/// An address range: `192.0.2.0/24`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// The text is no address range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("An address range is an IP address, with /bits or without: 192.0.2.0/24, 2001:db8::7.")]
pub struct NotANetwork;

impl Network {
    /// Whether `peer` is in it. An IPv4 address that is written as IPv6 counts
    /// as what it is.
    #[must_use]
    pub fn has(&self, peer: IpAddr) -> bool {
        match (self.address, peer.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                ours.to_bits() & mask == theirs.to_bits() & mask
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                let shift = 128 - u32::from(self.bits);
                let mask = u128::MAX.checked_shl(shift).unwrap_or(0);
                ours.to_bits() & mask == theirs.to_bits() & mask
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NotANetwork)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => most,
            Some(bits) => bits.parse().map_err(|_| NotANetwork)?,
        };
        if bits > most {
            return Err(NotANetwork);
        }
        Ok(Self { address, bits })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_what_lies_in_it() {
        let net: Network = "192.0.2.128/25".parse().expect("a network");
        assert!(net.has("192.0.2.200".parse().expect("ip")));
        assert!(net.has("::ffff:192.0.2.200".parse().expect("ip")));
        assert!(!net.has("192.0.2.100".parse().expect("ip")));
        let all: Network = "0.0.0.0/0".parse().expect("a network");
        assert!(all.has("203.0.113.9".parse().expect("ip")));
        assert!("192.0.2.0/33".parse::<Network>().is_err());
        assert!("water".parse::<Network>().is_err());
    }

    #[test]
    fn a_secret_does_not_print() {
        assert!(!format!("{:?}", Secret::new("opensesame")).contains("sesame"));
    }
}
