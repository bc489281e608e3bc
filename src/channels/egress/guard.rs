//! What one channel may call: schemes, hosts and addresses.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::addresses::is_public;

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
        private: bool,
    ) -> Self {
        let any = hosts.iter().any(|h| h == "*");
        let own = url.host_str().map(str::to_ascii_lowercase);
        let named = hosts.iter().map(|h| h.to_ascii_lowercase());
        Self(Arc::new(Rules {
            schemes,
            hosts: (!any).then(|| named.chain(own).collect()),
            private,
        }))
    }

    /// Checks what can be checked of a URL before its name is resolved.
    pub(in crate::channels) fn url(&self, url: &Url) -> Result<(), NotAllowed> {
        if !self.0.schemes.contains(&url.scheme()) {
            return Err(NotAllowed::Scheme(url.scheme().to_owned()));
        }
        let host = url.host_str().ok_or(NotAllowed::NoUrl)?;
        if let Some(hosts) = &self.0.hosts
            && !hosts.iter().any(|h| is_of(host, h))
        {
            return Err(NotAllowed::Host(host.to_owned()));
        }
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match bare.parse::<IpAddr>() {
            Ok(ip) if !self.address(ip) => Err(NotAllowed::Private(host.to_owned())),
            _ => Ok(()),
        }
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

/// Whether `host` is what is allowed: a name, or `*.name` for what lies below.
fn is_of(host: &str, allowed: &str) -> bool {
    match allowed.strip_prefix('*') {
        Some(below) if below.starts_with('.') => host.ends_with(below) && host.len() > below.len(),
        _ => host == allowed,
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
    use super::is_of;

    #[test]
    fn a_star_allows_what_lies_below_and_nothing_beside() {
        assert!(is_of("a.discord.gg", "*.discord.gg"));
        assert!(!is_of("discord.gg", "*.discord.gg"));
        assert!(!is_of("evildiscord.gg", "*.discord.gg"));
        assert!(!is_of("a.discord.gg.evil.example", "*.discord.gg"));
    }
}
