//! A connection under guard, plain or with TLS, for what is not HTTP.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::guard::Guard;
use crate::channels::map::words::plain;

/// Anything that bytes go through.
pub(in crate::channels) trait Stream:
    AsyncRead + AsyncWrite + Send + Sync + Unpin + std::fmt::Debug
{
}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin + std::fmt::Debug> Stream for T {}

/// A connection that does not show what it is made of.
pub(in crate::channels) type Wire = Box<dyn Stream>;

/// Connects to `host`, exactly to the addresses that `guard` has looked at.
///
/// # Errors
/// A sentence.
pub(in crate::channels) async fn dial(
    guard: &Guard,
    (host, port): (&str, u16),
) -> Result<Wire, String> {
    let addresses = guard.resolve(host, port).await;
    let addresses = addresses.map_err(|e| e.to_string())?;
    let tcp = TcpStream::connect(&*addresses)
        .await
        .map_err(|e| failed(&e))?;
    tcp.set_nodelay(true).map_err(|e| failed(&e))?;
    Ok(Box::new(tcp))
}

/// TLS over `wire`, for the name `host`.
///
/// # Errors
/// A sentence: why the server is not trusted, or what broke.
pub(in crate::channels) async fn secure(
    tls: &Arc<ClientConfig>,
    host: &str,
    wire: Wire,
) -> Result<Wire, String> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let name = ServerName::try_from(bare.to_owned()).map_err(|e| failed(&e))?;
    let stream = TlsConnector::from(Arc::clone(tls)).connect(name, wire);
    match stream.await {
        Ok(stream) => Ok(Box::new(stream)),
        Err(e) => Err(match super::refused(&e) {
            Some(says) => says.to_owned(),
            None => failed(&e),
        }),
    }
}

fn failed(error: &dyn std::error::Error) -> String {
    format!(
        "The server can't be reached: {}.",
        plain(&error.to_string())
    )
}
