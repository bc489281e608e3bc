//! Who is at the other end.
//!
//! Owns what handlers are told of a connection, and the reading of a trusted
//! proxy's word on the real client. Believes nobody else.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use axum::serve::IncomingStream;

use super::accept::Listen;
use crate::config::Net;
use crate::hub::auth::ClientCert;

/// The other end of a connection: `ConnectInfo<PeerInfo>` in handlers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerInfo {
    /// Its address; port 0 when a proxy told the address.
    pub addr: SocketAddr,
    /// The certificate that TLS verified.
    pub client_cert: Option<ClientCert>,
}

impl Connected<IncomingStream<'_, Listen>> for PeerInfo {
    fn connect_info(stream: IncomingStream<'_, Listen>) -> Self {
        stream.remote_addr().clone()
    }
}

/// Middleware: replaces the proxy's address by the real client's.
/// `axum::middleware::from_fn_with_state(Arc<[Net]>, trust_proxy)`.
pub async fn trust_proxy(
    State(proxies): State<Arc<[Net]>>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<PeerInfo>>().cloned();
    if let Some(ConnectInfo(mut info)) = peer {
        info.addr = real_client(info.addr, request.headers(), &proxies);
        request.extensions_mut().insert(ConnectInfo(info));
    }
    next.run(request).await
}

/// The real client of a request that came from `peer`: the last address in
/// `X-Forwarded-For` that is no trusted proxy, when `peer` is one. What stands
/// before that the client may have made up.
#[must_use]
pub fn real_client(peer: SocketAddr, headers: &HeaderMap, proxies: &[Net]) -> SocketAddr {
    let trusted = |address: IpAddr| proxies.iter().any(|net| net.contains(address));
    let mut client = peer;
    if !trusted(peer.ip()) {
        return client;
    }
    let told: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    for address in told.iter().rev() {
        // Some proxies tell the port too.
        let with_port = |_| address.parse::<SocketAddr>().map(|told| told.ip());
        let Ok(address) = address.parse::<IpAddr>().or_else(with_port) else {
            break;
        };
        client = SocketAddr::new(address, 0);
        if !trusted(address) {
            break;
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    fn nets() -> Vec<Net> {
        let text = "[hub]\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]";
        let path = std::path::Path::new("c.toml");
        config::resolve(Some((path, text)), &[])
            .unwrap()
            .hub
            .trusted_proxies
            .value
    }

    fn client(peer: &str, header: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", header.parse().unwrap());
        real_client(peer.parse().unwrap(), &headers, &nets())
            .ip()
            .to_string()
    }

    #[test]
    fn the_proxy_is_believed_only_as_far_as_it_is_trusted() {
        assert_eq!(client("10.1.1.1:50", "203.0.113.9"), "203.0.113.9");
        assert_eq!(
            client("10.1.1.1:50", "1.1.1.1, 203.0.113.9, 10.2.2.2"),
            "203.0.113.9"
        );
        assert_eq!(client("[::1]:50", "2001:db8::5"), "2001:db8::5");
        assert_eq!(client("10.1.1.1:50", "[2001:db8::5]:99"), "2001:db8::5");
        assert_eq!(client("203.0.113.1:50", "198.51.100.1"), "203.0.113.1");
        assert_eq!(
            client("10.1.1.1:50", "198.51.100.1, not an address"),
            "10.1.1.1"
        );
    }
}
