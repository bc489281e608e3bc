//! A proxy of which the test is the mind: on a port of its own, it leads every
//! target to one port of this machine, so that a name that nobody knows shows
//! who looked it up.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How it behaves.
#[derive(Clone, Debug)]
pub(crate) enum Manner {
    /// HTTP CONNECT; with the header that it wants, if any.
    Connect(Option<&'static str>),
    /// HTTP, and always this status.
    Status(u16),
    /// SOCKS5; with the user and password that it wants, if any.
    Socks(Option<(&'static str, &'static str)>),
    /// SOCKS5, and always this reply.
    Reply(u8),
    /// Accepts and closes.
    Close,
    /// Accepts and says nothing.
    Silent,
    /// Says something else.
    Says(&'static [u8]),
}

/// It, and what it was asked for.
pub(crate) struct FakeProxy {
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<String>>>,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for FakeProxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl FakeProxy {
    /// Starts one that leads to `target`, a port of this machine.
    pub(crate) async fn start(manner: Manner, target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("is bound").port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (manner, seen) = (manner.clone(), Arc::clone(&seen));
                tokio::spawn(serve(stream, manner, target, seen));
            }
        });
        Self {
            port,
            asked,
            serving,
        }
    }

    /// The targets that it was asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("nobody panics with it").clone()
    }
}

/// One connection; a client that leaves ends it, which is no failure.
async fn serve(
    mut stream: TcpStream,
    manner: Manner,
    target: u16,
    seen: Arc<Mutex<Vec<String>>>,
) -> Option<()> {
    let see = |asked: String| seen.lock().expect("nobody panics with it").push(asked);
    match manner {
        Manner::Close => return None,
        Manner::Silent => {
            let mut all = Vec::new();
            stream.read_to_end(&mut all).await.ok()?;
            return None;
        }
        Manner::Says(words) => {
            stream.write_all(words).await.ok()?;
            return stream.shutdown().await.ok();
        }
        Manner::Status(status) => {
            see(head(&mut stream).await?);
            let answer = format!("HTTP/1.1 {status} No\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.ok()?;
            return stream.shutdown().await.ok();
        }
        Manner::Connect(wants) => {
            let head = head(&mut stream).await?;
            see(head.split_whitespace().nth(1)?.to_owned());
            let is_welcome = wants.is_none_or(|header| head.contains(header));
            let status = if is_welcome { "200 Here" } else { "407 Who" };
            let answer = format!("HTTP/1.1 {status}\r\nvia: 1.1 test\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.ok()?;
            if !is_welcome {
                return stream.shutdown().await.ok();
            }
        }
        Manner::Socks(wants) => {
            see(socks(&mut stream, wants).await?);
            let yes = [5, 0, 0, 1, 127, 0, 0, 1, 0, 80];
            stream.write_all(&yes).await.ok()?;
        }
        Manner::Reply(reply) => {
            see(socks(&mut stream, None).await?);
            let no = [5, reply, 0, 1, 0, 0, 0, 0, 0, 0];
            stream.write_all(&no).await.ok()?;
            return stream.shutdown().await.ok();
        }
    }
    let mut hub = TcpStream::connect(("127.0.0.1", target)).await.ok()?;
    tokio::io::copy_bidirectional(&mut stream, &mut hub)
        .await
        .ok()
        .map(drop)
}

async fn head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8(head).ok()
}

/// The negotiation and the request; its target.
async fn socks(
    stream: &mut TcpStream,
    wants: Option<(&'static str, &'static str)>,
) -> Option<String> {
    assert_eq!(stream.read_u8().await.ok()?, 5, "the version");
    let count = stream.read_u8().await.ok()?;
    let methods = bytes(stream, count).await?;
    let method = if wants.is_some() { 2 } else { 0 };
    if !methods.contains(&method) {
        stream.write_all(&[5, 0xff]).await.ok()?;
        return None;
    }
    stream.write_all(&[5, method]).await.ok()?;
    if let Some((user, password)) = wants {
        assert_eq!(stream.read_u8().await.ok()?, 1, "the version of RFC 1929");
        let length = stream.read_u8().await.ok()?;
        let name = bytes(stream, length).await?;
        let length = stream.read_u8().await.ok()?;
        let word = bytes(stream, length).await?;
        let is_welcome = name == user.as_bytes() && word == password.as_bytes();
        stream.write_all(&[1, u8::from(!is_welcome)]).await.ok()?;
        is_welcome.then_some(())?;
    }
    let request = bytes(stream, 4).await?;
    assert_eq!(request[..3], [5, 1, 0], "CONNECT");
    let host = match request[3] {
        3 => {
            let length = stream.read_u8().await.ok()?;
            String::from_utf8(bytes(stream, length).await?).ok()?
        }
        1 => {
            let address: [u8; 4] = bytes(stream, 4).await?.try_into().ok()?;
            std::net::Ipv4Addr::from(address).to_string()
        }
        kind => panic!("an address of kind {kind}"),
    };
    let port = stream.read_u16().await.ok()?;
    Some(format!("{host}:{port}"))
}

async fn bytes(stream: &mut TcpStream, length: u8) -> Option<Vec<u8>> {
    let mut bytes = vec![0; usize::from(length)];
    stream.read_exact(&mut bytes).await.ok()?;
    Some(bytes)
}
