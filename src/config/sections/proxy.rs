//! A proxy's address, from the configuration or from the environment.
//!
//! Owns which kinds there are and how one is read. What is shown of it has
//! neither user nor password. Speaks to nobody.

use std::fmt;

use percent_encoding::percent_decode_str;

use super::super::layers::Node;
use super::super::secret::Secret;
use super::super::value::{Kind, Wrong, expect, text};

/// What `link.proxy` may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proxy {
    /// What the environment's variables name, as curl reads them.
    Env,
    /// None, whatever the environment says.
    None,
    /// This one.
    At(ProxyUrl),
}

/// How a proxy is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyKind {
    /// HTTP CONNECT.
    Http,
    /// HTTP CONNECT inside TLS.
    Https,
    /// SOCKS5; the hub's name is looked up here.
    Socks5,
    /// SOCKS5; the proxy looks the name up.
    Socks5h,
}

impl ProxyKind {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Http, "http"),
        (Self::Https, "https"),
        (Self::Socks5, "socks5"),
        (Self::Socks5h, "socks5h"),
    ];

    /// As in a URL.
    #[must_use]
    pub fn scheme(self) -> &'static str {
        let named = Self::ALL.iter().find(|(kind, _)| *kind == self);
        named.map_or("http", |(_, scheme)| scheme)
    }

    /// curl's ports for a URL without one.
    fn port(self) -> u16 {
        match self {
            Self::Https => 443,
            Self::Http | Self::Socks5 | Self::Socks5h => 1080,
        }
    }
}

/// Where a proxy is, and as whom.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyUrl {
    /// How it is spoken to.
    pub kind: ProxyKind,
    /// Name or number, without brackets.
    pub host: String,
    /// Port.
    pub port: u16,
    account: Option<(String, Secret)>,
}

impl ProxyUrl {
    /// Reads `http://proxy.example:3128`; without a scheme it is HTTP, as for
    /// curl. None for what is no such address. Never tells what was typed: it
    /// may hold a password.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        let (scheme, rest) = typed.split_once("://").unwrap_or(("http", typed));
        let scheme = scheme.to_ascii_lowercase();
        let (kind, _) = ProxyKind::ALL
            .into_iter()
            .find(|(_, name)| *name == scheme)?;
        // The four schemes differ in nothing that is read here, and this one
        // has its hosts checked.
        let url: reqwest::Url = format!("http://{rest}").parse().ok()?;
        let has_more = url.query().is_some() || url.fragment().is_some() || url.path() != "/";
        let host = url.host_str().filter(|host| !host.is_empty())?;
        if has_more {
            return None;
        }
        // The parser leaves port 80 out, which it holds for http's own.
        let port = if rest.trim_end_matches('/').ends_with(":80") {
            Some(80)
        } else {
            url.port()
        };
        let plain = |part: &str| Some(percent_decode_str(part).decode_utf8().ok()?.into_owned());
        let account = match (url.username(), url.password()) {
            ("", None) => None,
            (user, password) => {
                let password = Secret::new(plain(password.unwrap_or_default())?);
                Some((plain(user)?, password))
            }
        };
        Some(Self {
            kind,
            host: host
                .trim_start_matches('[')
                .trim_end_matches(']')
                .to_owned(),
            port: port.unwrap_or_else(|| kind.port()),
            account,
        })
    }

    /// The same proxy, as somebody.
    #[must_use]
    pub fn with_account(self, user: &str, password: Secret) -> Self {
        Self {
            account: Some((user.to_owned(), password)),
            ..self
        }
    }

    /// User and password.
    #[must_use]
    pub fn account(&self) -> Option<(&str, &str)> {
        let account = self.account.as_ref();
        account.map(|(user, password)| (user.as_str(), password.expose()))
    }
}

impl fmt::Display for ProxyUrl {
    /// The address alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.kind.scheme();
        if self.host.contains(':') {
            write!(f, "{scheme}://[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{scheme}://{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProxyUrl({self})")
    }
}

impl Kind for Proxy {
    fn read(node: &Node) -> Result<Self, Vec<Wrong>> {
        let value = match text(node) {
            Some("env") => Some(Self::Env),
            Some("none") => Some(Self::None),
            // Without a scheme a misspelt "env" would be a proxy's name.
            Some(typed) if typed.contains("://") => ProxyUrl::parse(typed).map(Self::At),
            _ => None,
        };
        expect(
            value,
            node,
            "\"env\", \"none\" or a proxy such as \"http://proxy.example:3128\" or \"socks5h://proxy.example:1080\"",
        )
    }

    fn show(&self) -> String {
        match self {
            Self::Env => "\"env\"".into(),
            Self::None => "\"none\"".into(),
            Self::At(url) => format!("\"{url}\""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(typed: &str) -> Option<(ProxyKind, String, u16)> {
        ProxyUrl::parse(typed).map(|url| (url.kind, url.host, url.port))
    }

    #[test]
    fn addresses_are_read_as_curl_reads_them() {
        let at = |kind, host: &str, port| Some((kind, host.to_owned(), port));
        assert_eq!(
            read("http://proxy.example:3128"),
            at(ProxyKind::Http, "proxy.example", 3128)
        );
        assert_eq!(
            read("proxy.example:8080/"),
            at(ProxyKind::Http, "proxy.example", 8080)
        );
        assert_eq!(
            read("http://proxy.example:80"),
            at(ProxyKind::Http, "proxy.example", 80)
        );
        assert_eq!(
            read("http://proxy.example"),
            at(ProxyKind::Http, "proxy.example", 1080)
        );
        assert_eq!(
            read("https://[2001:db8::1]"),
            at(ProxyKind::Https, "2001:db8::1", 443)
        );
        assert_eq!(
            read("SOCKS5h://10.0.0.1"),
            at(ProxyKind::Socks5h, "10.0.0.1", 1080)
        );
        for bad in [
            "",
            "socks4://proxy:1080",
            "http://",
            "http://proxy/path",
            "ftp://proxy",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn user_and_password_are_read_and_never_shown() {
        let url = ProxyUrl::parse("http://an%40a:p%3Assw%C3%B6rd@proxy.example:3128").unwrap();
        assert_eq!(url.account(), Some(("an@a", "p:sswörd")));
        let proxy = Proxy::At(url);
        let shown = format!("{} {proxy:?}", proxy.show());
        assert!(shown.contains("proxy.example:3128"));
        assert!(!shown.contains("ssw") && !shown.contains("an@a"), "{shown}");
    }
}
