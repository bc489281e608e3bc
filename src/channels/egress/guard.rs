//! What one channel may call: schemes, hosts and addresses.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::addresses::is_public;
use crate::channels::settings::{Authorities, ChannelConfig};

/// What one channel may call. Cheap to clone.
#[derive(Clone, Debug)]
pub(in crate::channels) struct Guard(Arc<Rules>);

#[derive(Debug)]
struct Rules {
    /// Allowed schemes.
    schemes: &'static [&'static str],
    /// Allowed hosts, lower case; none means any.
    hosts: Option<Vec<String>>,
    /// Whether private addresses are allowed.
    private: bool,
    /// Who may have signed a server's certificate; empty: whom the system trusts.
    authorities: Authorities,
}

/// Why a call is not made: a sentence. Hosts are quoted only where they come
/// from the operator or are ASCII names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::channels) enum NotAllowed {
    /// Not a URL, or without a host.
    #[error("The address is not a URL with a host.")]
    NoUrl,
    /// The scheme is not allowed.
    #[error("The scheme {0} is not allowed for this channel.")]
    Scheme(String),
    /// The host is not allowed.
    #[error("The host {0} is not among those that this channel may call.")]
    Host(String),
    /// The address is private.
    #[error(
        "The host {0} has a private or reserved address; set allow_private for the channel if that is meant."
    )]
    Private(String),
    /// The name can't be resolved.
    #[error("The host {0} can't be resolved.")]
    Unresolved(String),
}

impl Guard {
    /// A guard for a channel that calls `url`: its host and `hosts`; any host
    /// when `hosts` has `*`.
    pub(in crate::channels) fn new(
        schemes: &'static [&'static str],
        (url, hosts): (&Url, &[String]),
        config: &ChannelConfig,
    ) -> Self {
        let any = hosts.iter().any(|h| h == "*");
        let own = url.host_str().map(str::to_ascii_lowercase);
        let named = hosts.iter().map(|h| h.to_ascii_lowercase());
        Self(Arc::new(Rules {
            schemes,
            hosts: (!any).then(|| named.chain(own).collect()),
            private: config.allow_private,
            authorities: config.authorities.clone(),
        }))
    }

    /// A guard for what goes outward by `schemes`: to the host of `url`, where
    /// that is the operator's own, and to `hosts`, in which a `*` stands for one
    /// whole label.
    pub(in crate::channels) fn outward(
        schemes: &'static [&'static str],
        (url, hosts): (Option<&Url>, &[String]),
        config: &ChannelConfig,
    ) -> Self {
        let own = url.and_then(Url::host_str).map(str::to_ascii_lowercase);
        let named = hosts.iter().map(|h| h.to_ascii_lowercase());
        Self(Arc::new(Rules {
            schemes,
            hosts: Some(named.chain(own).collect()),
            private: config.allow_private,
            authorities: config.authorities.clone(),
        }))
    }

    /// Checks what can be checked of a URL before its name is resolved.
    pub(in crate::channels) fn url(&self, url: &Url) -> Result<(), NotAllowed> {
        if !self.0.schemes.contains(&url.scheme()) {
            return Err(NotAllowed::Scheme(url.scheme().to_owned()));
        }
        let host = url.host_str().ok_or(NotAllowed::NoUrl)?;
        // Only the web's own schemes have their hosts in lower case already.
        let lower = host.to_ascii_lowercase();
        if let Some(hosts) = &self.0.hosts
            && !hosts.iter().any(|h| fits(h, &lower))
        {
            return Err(NotAllowed::Host(host.to_owned()));
        }
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match bare.parse::<IpAddr>() {
            Ok(ip) if !self.address(ip) => Err(NotAllowed::Private(host.to_owned())),
            _ => Ok(()),
        }
    }

    /// Whose signature under a certificate counts.
    pub(super) fn authorities(&self) -> &Authorities {
        &self.0.authorities
    }

    fn address(&self, ip: IpAddr) -> bool {
        self.0.private || is_public(ip)
    }

    /// The addresses of `host` that may be called.
    pub(in crate::channels) async fn resolve(
        &self,
        host: &str,
        port: u16,
    ) -> Result<Vec<SocketAddr>, NotAllowed> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let found: Vec<SocketAddr> = tokio::net::lookup_host((bare, port))
            .await
            .map_err(|_| NotAllowed::Unresolved(host.to_owned()))?
            .collect();
        if found.is_empty() {
            return Err(NotAllowed::Unresolved(host.to_owned()));
        }
        // One private address among public ones is how a rebinding attack
        // looks: the name is refused as a whole.
        if found.iter().all(|a| self.address(a.ip())) {
            Ok(found)
        } else {
            Err(NotAllowed::Private(host.to_owned()))
        }
    }
}

/// Whether `host` is the one that `pattern` names, in which a `*` stands for one
/// whole label: `sns.*.amazonaws.com`.
fn fits(pattern: &str, host: &str) -> bool {
    if !pattern.contains('*') {
        return pattern == host;
    }
    let mut labels = host.split('.');
    let mut wanted = pattern.split('.');
    loop {
        match (wanted.next(), labels.next()) {
            (None, None) => return true,
            (Some("*"), Some(label)) if !label.is_empty() => {}
            (Some(word), Some(label)) if word == label => {}
            _ => return false,
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let found = Guard::resolve(&guard, name.as_str(), 0).await?;
            Ok::<Addrs, _>(Box::new(found.into_iter()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_is_one_whole_label() {
        assert!(fits("sns.*.amazonaws.com", "sns.eu-west-1.amazonaws.com"));
        assert!(!fits("sns.*.amazonaws.com", "sns.a.b.amazonaws.com"));
        assert!(!fits("sns.*.amazonaws.com", "bucket.s3.amazonaws.com"));
        assert!(!fits(
            "sns.*.amazonaws.com",
            "sns.x.amazonaws.com.evil.example"
        ));
        assert!(fits("a.example", "a.example") && !fits("a.example", "b.example"));
    }
}
