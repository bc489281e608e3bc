//! The accept loop.
//!
//! Owns the places (how many connections at a time), the handshakes' tasks and
//! the queue of connections that are ready. Knows no request.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use super::peer::PeerInfo;
use super::stream::{Io, Stream};
use super::tls::Trust;
use crate::config::Net;

/// A handshake that takes longer is given up.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Handshakes at a time; a connection over that is closed at once, so that slow
/// ones can't fill the memory. Consoles come back by themselves.
const HANDSHAKES: usize = 512;
/// Connections that are ready and wait for the server to take them: it does so
/// at once. When full, the tasks that made them wait.
const READY: usize = 64;

/// What connections go through.
#[derive(Debug)]
pub(super) enum Doorway {
    Clear,
    Proxied(Vec<Net>),
    Tls(Arc<Trust>),
}

/// What went wrong before a request, for the metrics.
#[derive(Debug, Default)]
pub struct Counters {
    /// Handshakes that failed or took too long.
    pub handshakes_failed: AtomicU64,
    /// Connections that were closed because of their origin or their number.
    pub refused: AtomicU64,
    /// Times that the system gave no connection.
    pub accept_errors: AtomicU64,
}

/// Connections as they get ready. `axum::serve` takes it.
#[derive(Debug)]
pub struct Listen {
    ready: mpsc::Receiver<(Stream, PeerInfo)>,
    local: SocketAddr,
    counters: Arc<Counters>,
}

impl Listen {
    /// Where it listens, with the port that the system chose.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.local
    }

    /// What went wrong before a request.
    #[must_use]
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.counters)
    }

    /// The next connection; none when the room has shut down.
    pub async fn next(&mut self) -> Option<(Stream, PeerInfo)> {
        self.ready.recv().await
    }
}

impl axum::serve::Listener for Listen {
    type Io = Stream;
    type Addr = PeerInfo;

    async fn accept(&mut self) -> (Stream, PeerInfo) {
        match self.next().await {
            Some(connection) => connection,
            // Shut down: whoever serves is shutting down too and drops this.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<PeerInfo> {
        Ok(PeerInfo {
            addr: self.local,
            client_cert: None,
        })
    }
}

/// Starts the loop with so many places.
pub(super) fn start(
    socket: TcpListener,
    local: SocketAddr,
    doorway: Doorway,
    (places, shutdown): (usize, CancellationToken),
) -> Listen {
    let (tx, ready) = mpsc::channel(READY);
    let counters = Arc::<Counters>::default();
    let room = Arc::new(Room {
        doorway,
        handshakes: Arc::new(Semaphore::new(HANDSHAKES)),
        counters: Arc::clone(&counters),
        tx,
    });
    let places = Arc::new(Semaphore::new(places));
    tokio::spawn(async move {
        shutdown
            .run_until_cancelled(run(&room, &socket, &places))
            .await;
    });
    Listen {
        ready,
        local,
        counters,
    }
}

struct Room {
    doorway: Doorway,
    handshakes: Arc<Semaphore>,
    counters: Arc<Counters>,
    tx: mpsc::Sender<(Stream, PeerInfo)>,
}

async fn run(room: &Arc<Room>, socket: &TcpListener, places: &Arc<Semaphore>) {
    let mut pause = Pause::default();
    loop {
        let Ok(place) = Arc::clone(places).acquire_owned().await else {
            return;
        };
        let (tcp, addr) = tokio::select! {
            accepted = socket.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    room.counters.accept_errors.fetch_add(1, Ordering::Relaxed);
                    pause.after(&error).await;
                    continue;
                }
            },
            // Nobody takes connections any more.
            () = room.tx.closed() => return,
        };
        pause = Pause::default();
        // Small frames must not wait for each other; where the system refuses,
        // the connection works all the same.
        drop(tcp.set_nodelay(true));
        admit(room, tcp, addr, place).await;
    }
}

async fn admit(room: &Arc<Room>, tcp: TcpStream, addr: SocketAddr, place: OwnedSemaphorePermit) {
    let clear = match &room.doorway {
        Doorway::Clear => true,
        Doorway::Proxied(proxies) => proxies.iter().any(|net| net.contains(addr.ip())),
        Doorway::Tls(_) => false,
    };
    if clear {
        let stream = Stream {
            io: Io::Clear(tcp),
            _place: place,
        };
        let info = PeerInfo {
            addr,
            client_cert: None,
        };
        drop(room.tx.send((stream, info)).await);
        return;
    }
    let Ok(busy) = Arc::clone(&room.handshakes).try_acquire_owned() else {
        room.counters.refused.fetch_add(1, Ordering::Relaxed);
        return;
    };
    let room = Arc::clone(room);
    tokio::spawn(async move {
        let outcome = tokio::time::timeout(HANDSHAKE, handshake(&room, tcp)).await;
        drop(busy);
        match outcome {
            Ok(Some((io, client_cert))) => {
                let stream = Stream { io, _place: place };
                let info = PeerInfo { addr, client_cert };
                drop(room.tx.send((stream, info)).await);
            }
            Ok(None) | Err(_) => {
                tracing::debug!(peer = %addr, "a connection did not get through the door");
            }
        }
    });
}

type Encrypted = (Io, Option<super::super::auth::ClientCert>);

async fn handshake(room: &Room, mut tcp: TcpStream) -> Option<Encrypted> {
    let Doorway::Tls(trust) = &room.doorway else {
        room.counters.refused.fetch_add(1, Ordering::Relaxed);
        say(
            &mut tcp,
            "403 Forbidden",
            "This hub is behind a proxy; ask there.",
        )
        .await;
        return None;
    };
    let failed = &room.counters.handshakes_failed;
    let mut first = [0_u8];
    let told = tcp.peek(&mut first).await;
    // 22 begins every TLS handshake; a letter begins a request in the clear.
    if matches!(told, Ok(1)) && first[0].is_ascii_alphabetic() {
        failed.fetch_add(1, Ordering::Relaxed);
        say(
            &mut tcp,
            "400 Bad Request",
            "This hub speaks TLS; use https.",
        )
        .await;
        return None;
    }
    match trust.accept(tcp).await {
        Ok((stream, cert)) => Some((Io::Tls(Box::new(stream)), cert)),
        Err(error) => {
            failed.fetch_add(1, Ordering::Relaxed);
            tracing::debug!(%error, "a TLS handshake failed");
            None
        }
    }
}

/// Tells a client that can't be served why, and lets it read that: what it sent
/// is read, or the system would reset the connection under the answer.
async fn say(tcp: &mut TcpStream, status: &str, sentence: &str) {
    let length = sentence.len() + 1;
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{sentence}\n"
    );
    let mut sent = [0_u8; 8192];
    tokio::select! {
        _ = tcp.readable() => drop(tcp.try_read(&mut sent)),
        () = tokio::time::sleep(Duration::from_secs(1)) => {}
    }
    if tcp.write_all(answer.as_bytes()).await.is_ok() {
        drop(tcp.shutdown().await);
    }
}

/// How long to wait after the system gave no connection: nothing when only that
/// one broke, more and more when there are no descriptors left.
#[derive(Debug, Default)]
struct Pause(Duration);

impl Pause {
    async fn after(&mut self, error: &io::Error) {
        use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
        if matches!(
            error.kind(),
            ConnectionAborted | ConnectionRefused | ConnectionReset
        ) {
            return;
        }
        self.0 = (self.0 * 2).clamp(Duration::from_millis(50), Duration::from_secs(2));
        tracing::warn!(%error, wait_ms = self.0.as_millis(), "the system gives no connection");
        tokio::time::sleep(self.0).await;
    }
}
