//! The way between a console and its hub, as a test needs it: a TCP proxy that
//! can fall silent or be cut, and a plain HTTP delivery to a channel's door.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How the way is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Bytes pass.
    Open,
    /// Connections stand and nothing passes: a cable that was pulled.
    Silent,
    /// Connections end and none is let in.
    Cut,
}

/// A proxy before the hub.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    way: watch::Sender<Way>,
}

impl Proxy {
    pub(crate) async fn before(hub: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (way, is) = watch::channel(Way::Open);
        tokio::spawn(async move {
            while let Ok((console, _)) = listener.accept().await {
                if *is.borrow() == Way::Open {
                    tokio::spawn(carry(console, hub, is.clone()));
                }
            }
        });
        Self { address, way }
    }

    pub(crate) fn set(&self, way: Way) {
        self.way.send_replace(way);
    }
}

async fn carry(console: TcpStream, hub: SocketAddr, mut way: watch::Receiver<Way>) {
    let Ok(hub) = TcpStream::connect(hub).await else {
        return;
    };
    let (from_console, to_console) = console.into_split();
    let (from_hub, to_hub) = hub.into_split();
    let (there, back) = (way.clone(), way.clone());
    tokio::select! {
        () = pass(from_console, to_hub, there) => {}
        () = pass(from_hub, to_console, back) => {}
        _ = way.wait_for(|way| *way == Way::Cut) => {}
    }
}

/// What was read while silent is lost when the way is cut after it.
async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut way: watch::Receiver<Way>) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        match way.wait_for(|way| *way != Way::Silent).await.as_deref() {
            Ok(Way::Open) => {}
            _ => return,
        }
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

/// Delivers a document to a channel's door. Returns the status.
pub(crate) async fn deliver(hub: SocketAddr, channel: &str, bearer: &str, body: &str) -> u16 {
    let mut stream = TcpStream::connect(hub).await.expect("the hub listens");
    let request = format!(
        "POST /in/{channel} HTTP/1.1\r\nhost: {hub}\r\nauthorization: Bearer {bearer}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("answered");
    answer
        .split_whitespace()
        .nth(1)
        .and_then(|status| status.parse().ok())
        .expect("a status")
}
