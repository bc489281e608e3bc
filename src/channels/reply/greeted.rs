//! A mail server's wire up to TLS (RFC 3207), and its greeting, which the library
//! reads again. Nothing of ours is said before TLS but hello.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::io::{BufReader, ReadBuf};

use super::act::Outcome;
use super::smtp::{PATIENCE, broke};
use crate::channels::egress::Wire;
use crate::channels::map::words::plain;

/// Longest that a server may say before TLS.
const SAYS: u64 = 64 * 1024;

/// Everything up to TLS (RFC 3207): the server's greeting and the wire. What
/// came with the last answer and was not read is thrown away.
pub(super) async fn start_tls(wire: Wire) -> Result<(Bytes, Wire), Outcome> {
    let mut wire = BufReader::new(wire);
    let greeting = reply(&mut wire, b"220").await?;
    say(&mut wire, b"EHLO [127.0.0.1]\r\n").await?;
    reply(&mut wire, b"250").await?;
    say(&mut wire, b"STARTTLS\r\n").await?;
    reply(&mut wire, b"220").await?;
    Ok((greeting, wire.into_inner()))
}

async fn say(wire: &mut BufReader<Wire>, words: &[u8]) -> Result<(), Outcome> {
    let said = wire.write_all(words).await.and(wire.flush().await);
    said.map_err(|e| broke(&e))
}

/// One reply, whole; it has to begin with `code`.
async fn reply(wire: &mut BufReader<Wire>, code: &[u8]) -> Result<Bytes, Outcome> {
    let mut limited = wire.take(SAYS);
    let mut whole = Vec::new();
    loop {
        let begin = whole.len();
        let read = limited.read_until(b'\n', &mut whole).await;
        let line = whole.get(begin..).unwrap_or_default();
        match read.map_err(|e| broke(&e))? {
            0 => return Err(broke(&"it was closed")),
            _ if line.get(3) == Some(&b'-') => {}
            _ if line.starts_with(code) => return Ok(Bytes::from(whole)),
            _ => {
                let words = plain(&String::from_utf8_lossy(line));
                return Err(Outcome::Later {
                    after: PATIENCE,
                    says: format!("The mail server does not go on to TLS: {words}."),
                });
            }
        }
    }
}

/// A wire whose greeting was read already: the library reads it again.
#[derive(Debug)]
pub(super) struct Greeted {
    greeting: Bytes,
    wire: Wire,
}

impl Greeted {
    /// `wire`, from which `greeting` was read.
    pub(super) fn new(greeting: Bytes, wire: Wire) -> Self {
        Self { greeting, wire }
    }
}

impl AsyncRead for Greeted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.greeting.is_empty() {
            return Pin::new(&mut self.wire).poll_read(cx, into);
        }
        let n = into.remaining().min(self.greeting.len());
        into.put_slice(&self.greeting.split_to(n));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Greeted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.wire).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Greeted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
