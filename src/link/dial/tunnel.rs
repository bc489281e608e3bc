//! HTTP CONNECT: asks a proxy for a tunnel to the hub's port.
//!
//! Source: RFC 9110 §9.3.6 and §11.7 (Proxy-Authorization, Basic). The library
//! at hand forgets the proxy's status, which is what tells a proxy that forbids
//! from one that can't reach the hub. Called by [`super`].

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use zeroize::Zeroizing;

use super::super::fault::ProxyFault;
use super::Io;

/// The longest head of an answer that is read, bytes.
const HEAD: usize = 8 * 1024;
/// The most headers that it may have.
const HEADERS: usize = 64;

/// A tunnel through `io` to `host`:`port`.
pub(super) async fn open(
    mut io: Box<dyn Io>,
    host: &str,
    port: u16,
    account: Option<(&str, &str)>,
) -> Result<Box<dyn Io>, ProxyFault> {
    let request = request(host, port, account);
    io.write_all(request.as_bytes())
        .await
        .map_err(|_| ProxyFault::Closed)?;
    io.flush().await.map_err(|_| ProxyFault::Closed)?;
    match status(&mut io).await? {
        200..=299 => Ok(io),
        407 if account.is_some() => Err(ProxyFault::AccountRefused),
        407 => Err(ProxyFault::AccountWanted),
        status @ (500..=599) => Err(ProxyFault::CannotReach {
            target: format!("{host}:{port}"),
            why: format!("HTTP {status}"),
        }),
        status => Err(ProxyFault::Forbids {
            target: format!("{host}:{port}"),
            why: format!("HTTP {status}"),
        }),
    }
}

fn request(host: &str, port: u16, account: Option<(&str, &str)>) -> Zeroizing<String> {
    let authority = if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    };
    let mut head = Zeroizing::new(format!(
        "CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n"
    ));
    if let Some((user, password)) = account {
        let plain = Zeroizing::new(format!("{user}:{password}"));
        let coded = Zeroizing::new(STANDARD.encode(plain.as_bytes()));
        head.push_str("Proxy-Authorization: Basic ");
        head.push_str(&coded);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    head
}

/// The status of the answer. Reads a byte at a time, so that none of what comes
/// through the tunnel is taken; the head is short and read once a connection.
async fn status(io: &mut Box<dyn Io>) -> Result<u16, ProxyFault> {
    let mut head = Vec::with_capacity(256);
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == HEAD {
            return Err(ProxyFault::NoHttp);
        }
        match io.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) if head.is_empty() => return Err(ProxyFault::Closed),
            Err(_) => return Err(ProxyFault::NoHttp),
        }
        // What does not begin like HTTP need not be waited for.
        if !b"HTTP/1.".starts_with(head.get(..7).unwrap_or(&head)) {
            return Err(ProxyFault::NoHttp);
        }
    }
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut answer = httparse::Response::new(&mut headers);
    match answer.parse(&head) {
        Ok(httparse::Status::Complete(_)) => answer.code.ok_or(ProxyFault::NoHttp),
        _ => Err(ProxyFault::NoHttp),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn answered(answer: &'static [u8]) -> Result<Box<dyn Io>, ProxyFault> {
        let (near, mut far) = tokio::io::duplex(1024);
        far.write_all(answer).await.unwrap();
        far.shutdown().await.unwrap();
        open(Box::new(near), "floor.example", 443, Some(("ana", "hush"))).await
    }

    #[tokio::test]
    async fn what_comes_after_the_head_belongs_to_the_hub() {
        let mut io = answered(b"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\nhello")
            .await
            .unwrap();
        let mut rest = String::new();
        io.read_to_string(&mut rest).await.unwrap();
        assert_eq!(rest, "hello");
    }

    #[tokio::test]
    async fn each_answer_has_its_fault() {
        let fault = async |answer| answered(answer).await.err().unwrap();
        assert_eq!(fault(b"").await, ProxyFault::Closed);
        assert_eq!(fault(b"SSH-2.0-OpenSSH_9.2\r\n").await, ProxyFault::NoHttp);
        assert_eq!(fault(b"HTTP/1.1 200 OK\r\n").await, ProxyFault::NoHttp);
        assert_eq!(
            fault(b"HTTP/1.1 407 Who\r\n\r\n").await,
            ProxyFault::AccountRefused
        );
        assert!(matches!(
            fault(b"HTTP/1.0 403 No\r\n\r\n").await,
            ProxyFault::Forbids { .. }
        ));
        assert!(matches!(
            fault(b"HTTP/1.1 503 No\r\n\r\n").await,
            ProxyFault::CannotReach { .. }
        ));
    }

    #[test]
    fn an_address_of_ipv6_stands_in_brackets() {
        let head = request("2001:db8::1", 443, None);
        assert!(head.starts_with("CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443"));
        let head = request("floor.example", 443, Some(("Aladdin", "open sesame")));
        assert!(head.contains("Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"));
    }
}
