//! The way to a hub's port: straight, through a proxy, or through a program.
//!
//! - [`route`]: which way, from the configuration and the environment. Pure.
//! - [`tcp`]: a name becomes an address, an address a connection.
//! - [`tunnel`]: HTTP CONNECT. [`socks`]: SOCKS5. [`command`]: a program.
//!
//! [`Dial`] is the seam: the link's task and single questions go through the
//! same one, and tests put their own in. Nothing here knows TLS to the hub,
//! WebSocket or tokens.

pub(super) mod command;
pub(super) mod route;
pub(super) mod socks;
pub(super) mod tcp;
pub(super) mod tunnel;

use std::future::Future;
use std::pin::Pin;

use tokio::io::{AsyncRead, AsyncWrite};

use super::address::Address;
use super::fault::{ConnectError, ProxyFault, TcpFault};
use super::settings::{LinkSettings, TlsSettings};
use super::tls;
use super::walk::{Step, Walk};
use crate::config::proxy::{ProxyKind, ProxyUrl};
pub use route::{By, Route, Wanted};

/// Bytes both ways.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A way that is being opened.
pub type Way<'a> = Pin<Box<dyn Future<Output = Result<Box<dyn Io>, ConnectError>> + Send + 'a>>;

/// A way to a hub's port.
pub trait Dial: Send + Sync + 'static {
    /// Opens the way and tells `walk` each step.
    fn dial<'a>(&'a self, to: &'a Address, walk: &'a Walk) -> Way<'a>;
}

/// Over the route that was chosen.
#[derive(Clone, Debug)]
pub struct Routed {
    /// Which.
    pub route: Route,
    /// Whom to trust, for a proxy that is itself reached with TLS.
    pub tls: TlsSettings,
}

impl Routed {
    /// The way that the settings name.
    #[must_use]
    pub fn of(settings: &LinkSettings) -> Self {
        Self {
            route: settings.route.clone(),
            tls: settings.tls.clone(),
        }
    }
}

impl Dial for Routed {
    fn dial<'a>(&'a self, to: &'a Address, walk: &'a Walk) -> Way<'a> {
        Box::pin(async move {
            match &self.route.by {
                By::Nothing => {
                    let opened = tcp::open(&to.host, to.port, walk).await;
                    Ok(Box::new(opened.map_err(ConnectError::Reach)?) as Box<dyn Io>)
                }
                By::Proxy(proxy) => {
                    self.through(proxy, to, walk)
                        .await
                        .map_err(|fault| ConnectError::Proxy {
                            proxy: proxy.to_string(),
                            fault,
                        })
                }
                By::Command(argv) => {
                    walk.begin(Step::Proxy);
                    let stream = command::start(argv, to).map_err(ConnectError::Command)?;
                    walk.pass("the program was started");
                    Ok(Box::new(stream) as Box<dyn Io>)
                }
            }
        })
    }
}

impl Routed {
    async fn through(
        &self,
        proxy: &ProxyUrl,
        to: &Address,
        walk: &Walk,
    ) -> Result<Box<dyn Io>, ProxyFault> {
        // Looked up before the proxy is called: a name that is wrong is not the
        // proxy's fault.
        let target = match proxy.kind {
            ProxyKind::Socks5 => {
                walk.begin(Step::Name);
                let found = tcp::lookup(&to.host, to.port).await;
                let found = found.map_err(ProxyFault::Target)?;
                let first = found.first().ok_or_else(|| {
                    ProxyFault::Target(TcpFault::Name {
                        host: to.host.clone(),
                        why: "it has no address".into(),
                    })
                })?;
                walk.pass(format!("{} is {}", to.host, first.ip()));
                first.ip().to_string()
            }
            _ => to.host.clone(),
        };
        let tcp = tcp::open(&proxy.host, proxy.port, walk).await;
        let mut io: Box<dyn Io> = Box::new(tcp.map_err(ProxyFault::Reach)?);
        walk.begin(Step::Proxy);
        if proxy.kind == ProxyKind::Https {
            // The officer's certificate is for the hub alone.
            let trust = TlsSettings {
                client: None,
                ..self.tls.clone()
            };
            io = tls::encrypt(&trust, &proxy.host, io)
                .await
                .map_err(ProxyFault::from_tls)?;
        }
        let io = match proxy.kind {
            ProxyKind::Http | ProxyKind::Https => {
                tunnel::open(io, &target, to.port, proxy.account()).await?
            }
            ProxyKind::Socks5 | ProxyKind::Socks5h => {
                socks::open(io, &target, to.port, proxy.account()).await?
            }
        };
        walk.pass(format!("{proxy} leads to {}:{}", target, to.port));
        Ok(io)
    }
}
