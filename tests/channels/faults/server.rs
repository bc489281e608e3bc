//! A server that plays what it is told to: bytes, and how they end; and says the
//! next thing when it is told to, on the connections that are open and on those
//! that come.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::imap;

/// How what was said ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Nothing more comes, and nobody hangs up.
    Hold,
    /// It hangs up as one does.
    Close,
    /// The connection is reset.
    Reset,
    /// A byte now and then, for ever.
    Drip,
    /// As much as is taken, up to a gigabyte.
    Flood,
}

/// What a server says.
#[derive(Clone, Debug)]
pub(crate) struct Play {
    /// At the beginning of a connection: heads, welcomes.
    pub(crate) opening: Vec<u8>,
    /// What is said on a connection, also on one that is open already.
    pub(crate) body: Vec<u8>,
    pub(crate) then: Then,
    /// It is said instead of what its protocol wants said, to new connections
    /// only.
    pub(crate) refuses: bool,
}

impl Play {
    pub(crate) fn new(opening: impl Into<Vec<u8>>, body: impl Into<Vec<u8>>, then: Then) -> Self {
        Self {
            opening: opening.into(),
            body: body.into(),
            then,
            refuses: false,
        }
    }

    pub(crate) fn instead(opening: impl Into<Vec<u8>>, then: Then) -> Self {
        Self {
            refuses: true,
            ..Self::new(opening, "", then)
        }
    }
}

/// What is spoken before anything is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Greets {
    Nothing,
    Http,
    Websocket,
    /// `INFO` in the clear, before TLS.
    Nats,
    Imap,
}

/// The server.
pub(crate) struct Server {
    pub(crate) port: u16,
    play: watch::Sender<Play>,
    tls: watch::Sender<Option<TlsAcceptor>>,
    heard: Heard,
}

/// What clients asked, and how often something was said to its end.
#[derive(Clone, Default)]
pub(super) struct Heard {
    asked: Arc<Mutex<Vec<String>>>,
    played: Arc<Mutex<usize>>,
}

impl Heard {
    pub(super) fn ask(&self, what: String) {
        self.asked.lock().unwrap().push(what);
    }

    pub(super) fn play(&self) {
        *self.played.lock().unwrap() += 1;
    }
}

impl Server {
    pub(crate) async fn start(greets: Greets, first: Play) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (play, plays) = watch::channel(first);
        let (tls, secures) = watch::channel(None::<TlsAcceptor>);
        let heard = Heard::default();
        let all = heard.clone();
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let (plays, heard) = (plays.clone(), all.clone());
                let secure = secures.borrow().clone();
                tokio::spawn(async move { admit(tcp, secure, (greets, plays, heard)).await });
            }
        });
        Self {
            port,
            play,
            tls,
            heard,
        }
    }

    pub(crate) fn plays(&self, play: Play) {
        self.play.send_replace(play);
    }

    /// From now on, with this certificate.
    pub(crate) fn secures(&self, with: TlsAcceptor) {
        self.tls.send_replace(Some(with));
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.heard.asked.lock().unwrap().clone()
    }

    /// How often what it plays was said to its end.
    pub(crate) fn played(&self) -> usize {
        *self.heard.played.lock().unwrap()
    }
}

type Room = (Greets, watch::Receiver<Play>, Heard);

async fn admit(mut tcp: TcpStream, secure: Option<TlsAcceptor>, room: Room) -> Option<()> {
    let refuses = room.1.borrow().refuses;
    if room.0 == Greets::Nats && !refuses {
        let info = b"INFO {\"server_id\":\"x\",\"headers\":true}\r\n";
        tcp.write_all(info).await.ok()?;
    }
    match secure {
        None => {
            let reset = |tcp: TcpStream| drop(tcp.set_zero_linger());
            converse(tcp, room, reset).await
        }
        Some(acceptor) => {
            let stream = acceptor.accept(tcp).await.ok()?;
            converse(stream, room, drop).await
        }
    }
}

/// One connection.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    mut wire: S,
    (greets, mut plays, heard): Room,
    reset: impl FnOnce(S),
) -> Option<()> {
    let mut now = plays.borrow_and_update().clone();
    if greets == Greets::Imap && !now.refuses {
        let mut wire = BufReader::new(wire);
        let then = imap::converse(&mut wire, (now, plays), &heard).await?;
        return end(wire.into_inner(), then, reset).await;
    }
    if matches!(greets, Greets::Http | Greets::Websocket) {
        let head = head(&mut wire).await?;
        if greets == Greets::Websocket && !now.refuses {
            wire.write_all(upgraded(&head).as_bytes()).await.ok()?;
        }
        heard.ask(head);
    }
    wire.write_all(&now.opening).await.ok()?;
    loop {
        wire.write_all(&now.body).await.ok()?;
        wire.flush().await.ok()?;
        heard.play();
        if now.then != Then::Hold {
            return end(wire, now.then, reset).await;
        }
        plays.changed().await.ok()?;
        now = plays.borrow_and_update().clone();
        if now.refuses {
            return Some(());
        }
    }
}

async fn end<S: AsyncWrite + Unpin>(mut wire: S, then: Then, reset: impl FnOnce(S)) -> Option<()> {
    match then {
        Then::Hold | Then::Close => wire.shutdown().await.ok(),
        Then::Reset => {
            reset(wire);
            Some(())
        }
        Then::Drip => loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            wire.write_all(b" ").await.ok()?;
            wire.flush().await.ok()?;
        },
        Then::Flood => {
            let chunk = vec![b' '; 65_536];
            for _ in 0..16_384 {
                wire.write_all(&chunk).await.ok()?;
            }
            Some(())
        }
    }
}

/// The next request's head.
async fn head(wire: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(wire.read_u8().await.ok()?);
    }
    Some(String::from_utf8_lossy(&head).into_owned())
}

/// RFC 6455 4.2.2.
fn upgraded(head: &str) -> String {
    let key = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("sec-websocket-key")
            .then(|| value.trim())
    });
    let accept = derive_accept_key(key.unwrap_or("").as_bytes());
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: {accept}\r\n\r\n"
    )
}
