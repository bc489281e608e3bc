//! A hub's address, read once: what to dial, what to ask for.
//!
//! Pure. Called by `connect`, `once` and whoever chooses the way there.

use super::fault::ConnectError;
use super::settings::LinkSettings;

/// Where a hub is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Name or number, without brackets.
    pub host: String,
    /// Port.
    pub port: u16,
    /// With TLS.
    pub secure: bool,
    /// The path before `/v1`, without a slash at the end.
    path: String,
    /// Host and port as the URL has them.
    authority: String,
}

impl Address {
    /// Reads the hub's address and refuses to send a token in the clear to
    /// another machine.
    ///
    /// # Errors
    /// [`ConnectError::Address`] or [`ConnectError::Plaintext`].
    pub fn of(settings: &LinkSettings) -> Result<Self, ConnectError> {
        let bad = || ConnectError::Address(settings.hub.clone());
        let url: reqwest::Url = settings.hub.parse().map_err(|_| bad())?;
        let secure = match url.scheme() {
            "http" | "ws" => false,
            "https" | "wss" => true,
            _ => return Err(bad()),
        };
        let written = url.host_str().filter(|host| !host.is_empty());
        let written = written.ok_or_else(bad)?.to_owned();
        let port = url.port().unwrap_or(if secure { 443 } else { 80 });
        let host = written
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let address = Self {
            authority: format!("{written}:{port}"),
            host,
            port,
            secure,
            path: url.path().trim_end_matches('/').to_owned(),
        };
        if !secure
            && !settings.allow_plaintext
            && settings.token.is_some()
            && !address.is_loopback()
        {
            return Err(ConnectError::Plaintext(address.host));
        }
        Ok(address)
    }

    /// The address of the stream.
    #[must_use]
    pub fn stream(&self) -> String {
        let scheme = if self.secure { "wss" } else { "ws" };
        format!("{scheme}://{}{}/v1/stream", self.authority, self.path)
    }

    /// Host and port, as a request's Host header has them.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The path of a request for a path such as "/v1/items".
    #[must_use]
    pub fn path(&self, path: &str) -> String {
        format!("{}{path}", self.path)
    }

    /// The address of a path such as "/v1/items".
    #[must_use]
    pub fn rest(&self, path: &str) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}{}{path}", self.authority, self.path)
    }

    /// Whether it is this machine's own.
    pub(super) fn is_loopback(&self) -> bool {
        self.host == "localhost"
            || self
                .host
                .parse::<std::net::IpAddr>()
                .is_ok_and(|ip| ip.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::settings::Token;

    fn of(hub: &str) -> Result<Address, ConnectError> {
        Address::of(&LinkSettings::new(hub, Some(Token::new("t"))))
    }

    #[test]
    fn schemes_ports_and_paths() {
        let address = of("https://floor.example/night/").expect("an address");
        assert_eq!(address.stream(), "wss://floor.example:443/night/v1/stream");
        assert_eq!(
            address.rest("/v1/items"),
            "https://floor.example:443/night/v1/items"
        );
        let address = of("ws://[::1]:8080").expect("an address");
        assert_eq!((address.host.as_str(), address.port), ("::1", 8080));
        assert_eq!(address.stream(), "ws://[::1]:8080/v1/stream");
    }

    #[test]
    fn a_token_never_leaves_in_the_clear() {
        assert!(matches!(
            of("http://floor.example"),
            Err(ConnectError::Plaintext(_))
        ));
        assert!(of("http://127.0.0.1:8080").is_ok());
        let mut settings = LinkSettings::new("http://floor.example", Some(Token::new("t")));
        settings.allow_plaintext = true;
        assert!(Address::of(&settings).is_ok());
        assert!(matches!(of("floor.example"), Err(ConnectError::Address(_))));
    }
}
