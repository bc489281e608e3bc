//! Binds the hub's address and puts the parts of the room together.
//!
//! Owns the refusal to serve others than this machine in the clear; a
//! configuration that asks for it does not get here, a caller might.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::accept::{self, Doorway, Listen};
use super::tls::{Files, Trust};
use crate::config::Net;
use crate::config::hub::Hub;
use crate::config::words::Tls;

/// Connections at a time. A waiting one costs about 20 KB; what is over waits
/// in the system's queue until one ends.
const CONNECTIONS: usize = 10_000;

/// Why the hub does not listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Others would come in in the clear.
    #[error(
        "The hub does not listen at {0} without TLS; set hub.tls to \"files\" or \"terminated-by-proxy\", or listen at 127.0.0.1."
    )]
    Clear(SocketAddr),
    /// The system does not give the address.
    #[error("The hub can't listen at {address}: {source}.")]
    Bind {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// A file that TLS needs.
    #[error("{}: {says}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong with it: a sentence.
        says: String,
    },
    /// The files don't go together.
    #[error("The TLS files of the hub don't go together: {0}.")]
    Material(String),
    /// TLS without its files.
    #[error("TLS needs hub.cert and hub.key.")]
    NoFiles,
}

/// What the room is held to.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where.
    pub address: SocketAddr,
    /// Who encrypts.
    pub tls: Tls,
    /// With what, when it is the hub.
    pub files: Option<Files>,
    /// Who may come in clear, when a proxy encrypts.
    pub proxies: Vec<Net>,
    /// Connections at a time.
    pub connections: usize,
}

impl Settings {
    /// As the configuration says.
    #[must_use]
    pub fn of(hub: &Hub) -> Self {
        let path = |file: &Option<crate::config::Located<PathBuf>>| {
            file.as_ref().map(|path| path.value.clone())
        };
        let files = path(&hub.cert)
            .zip(path(&hub.key))
            .map(|(cert, key)| Files {
                cert,
                key,
                client_ca: path(&hub.client_ca),
                crl: path(&hub.crl),
            });
        Self {
            address: hub.listen.value,
            tls: hub.tls.value,
            files,
            proxies: hub.trusted_proxies.value.clone(),
            connections: CONNECTIONS,
        }
    }

    /// In the clear on loopback, at a port that the system chooses: the
    /// embedded hub.
    #[must_use]
    pub fn embedded() -> Self {
        Self {
            address: ([127, 0, 0, 1], 0).into(),
            tls: Tls::Off,
            files: None,
            proxies: Vec::new(),
            connections: CONNECTIONS,
        }
    }
}

/// Binds and starts to accept, until `shutdown` (or the [`Listen`] is dropped).
/// The trust is there when the hub encrypts: `Access` asks it whether
/// certificates still hold.
pub async fn listen(
    settings: Settings,
    shutdown: CancellationToken,
) -> Result<(Listen, Option<Arc<Trust>>), ListenError> {
    let address = settings.address;
    let doorway = match settings.tls {
        Tls::Off if !address.ip().is_loopback() => return Err(ListenError::Clear(address)),
        Tls::Off => Doorway::Clear,
        Tls::Proxy => Doorway::Proxied(settings.proxies),
        Tls::Files => {
            let files = settings.files.ok_or(ListenError::NoFiles)?;
            Doorway::Tls(Arc::new(Trust::load(files)?))
        }
    };
    let trust = match &doorway {
        Doorway::Tls(trust) => Some(Arc::clone(trust)),
        Doorway::Clear | Doorway::Proxied(_) => None,
    };
    let refused = |source| ListenError::Bind { address, source };
    let socket = TcpListener::bind(address).await.map_err(refused)?;
    let local = socket.local_addr().map_err(refused)?;
    if let Some(trust) = &trust {
        tokio::spawn(Arc::clone(trust).watch(shutdown.clone()));
    }
    let listen = accept::start(socket, local, doorway, (settings.connections, shutdown));
    Ok((listen, trust))
}
