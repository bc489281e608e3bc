//! SOCKS5: asks a proxy for a connection to the hub's port.
//!
//! Source: RFC 1928 (negotiation, CONNECT, replies) and RFC 1929 (user and
//! password). The library at hand does not let its errors be told apart. Called
//! by [`super`].

use std::io;
use std::net::IpAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use zeroize::Zeroizing;

use super::super::fault::ProxyFault;
use super::Io;

const VERSION: u8 = 5;
const NO_ACCOUNT: u8 = 0;
const ACCOUNT: u8 = 2;
const NONE_WILL_DO: u8 = 0xff;
const ACCOUNT_VERSION: u8 = 1;
const CONNECT: u8 = 1;
const IPV4: u8 = 1;
const NAME: u8 = 3;
const IPV6: u8 = 4;

/// A way through `io` to `host`:`port`. A name is looked up by the proxy.
pub(super) async fn open(
    mut io: Box<dyn Io>,
    host: &str,
    port: u16,
    account: Option<(&str, &str)>,
) -> Result<Box<dyn Io>, ProxyFault> {
    let offer: &[u8] = match account {
        None => &[VERSION, 1, NO_ACCOUNT],
        Some(_) => &[VERSION, 2, NO_ACCOUNT, ACCOUNT],
    };
    say(&mut io, offer).await?;
    // Whoever closes before a byte is a port that does this to everybody.
    let version = io.read_u8().await.map_err(|_| ProxyFault::Closed)?;
    if version != VERSION {
        return Err(ProxyFault::NoSocks);
    }
    match (hear(&mut io).await?, account) {
        (NO_ACCOUNT, _) => {}
        (ACCOUNT, Some((user, password))) => introduce(&mut io, user, password).await?,
        (ACCOUNT | NONE_WILL_DO, None) => return Err(ProxyFault::AccountWanted),
        (NONE_WILL_DO, Some(_)) => return Err(ProxyFault::AccountRefused),
        _ => return Err(ProxyFault::NoSocks),
    }
    say(&mut io, &request(host, port)?).await?;
    answer(&mut io, &format!("{host}:{port}")).await?;
    Ok(io)
}

async fn introduce(io: &mut Box<dyn Io>, user: &str, password: &str) -> Result<(), ProxyFault> {
    let mut message = Zeroizing::new(vec![ACCOUNT_VERSION]);
    for part in [user, password] {
        let length = u8::try_from(part.len()).map_err(|_| ProxyFault::AccountTooLong)?;
        message.push(length);
        message.extend_from_slice(part.as_bytes());
    }
    say(io, &message).await?;
    hear(io).await?;
    // A proxy that refuses may close at once instead of saying so.
    match io.read_u8().await {
        Ok(0) => Ok(()),
        _ => Err(ProxyFault::AccountRefused),
    }
}

fn request(host: &str, port: u16) -> Result<Vec<u8>, ProxyFault> {
    let mut message = vec![VERSION, CONNECT, 0];
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => {
            message.push(IPV4);
            message.extend_from_slice(&address.octets());
        }
        Ok(IpAddr::V6(address)) => {
            message.push(IPV6);
            message.extend_from_slice(&address.octets());
        }
        Err(_) => {
            let length = u8::try_from(host.len()).map_err(|_| ProxyFault::CannotReach {
                target: host.to_owned(),
                why: "the name is longer than 255 bytes".into(),
            })?;
            message.extend_from_slice(&[NAME, length]);
            message.extend_from_slice(host.as_bytes());
        }
    }
    message.extend_from_slice(&port.to_be_bytes());
    Ok(message)
}

/// Reads the reply whole: what follows it is the hub's.
async fn answer(io: &mut Box<dyn Io>, target: &str) -> Result<(), ProxyFault> {
    if hear(io).await? != VERSION {
        return Err(ProxyFault::NoSocks);
    }
    let reply = hear(io).await?;
    if reply != 0 {
        return Err(refusal(reply, target.to_owned()));
    }
    hear(io).await?;
    let length = match hear(io).await? {
        IPV4 => 4,
        IPV6 => 16,
        NAME => usize::from(hear(io).await?),
        _ => return Err(ProxyFault::NoSocks),
    };
    let mut bound = vec![0; length + 2];
    let read = io.read_exact(&mut bound).await;
    read.map(drop).map_err(|_| ProxyFault::NoSocks)
}

fn refusal(reply: u8, target: String) -> ProxyFault {
    let why = match reply {
        2 => {
            return ProxyFault::Forbids {
                target,
                why: "its rules do not allow it".into(),
            };
        }
        3 => "it has no way to that network",
        4 => "it has no way to that host, or does not know the name",
        5 => "the port there refuses connections",
        6 => "no answer came in time",
        7 => "it does not make connections",
        8 => "it does not know that kind of address",
        _ => "it does not say why",
    };
    ProxyFault::CannotReach {
        target,
        why: why.to_owned(),
    }
}

async fn say(io: &mut Box<dyn Io>, bytes: &[u8]) -> Result<(), ProxyFault> {
    let said: io::Result<()> = async {
        io.write_all(bytes).await?;
        io.flush().await
    }
    .await;
    said.map_err(|_| ProxyFault::Closed)
}

async fn hear(io: &mut Box<dyn Io>) -> Result<u8, ProxyFault> {
    io.read_u8().await.map_err(|_| ProxyFault::NoSocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Answer = (Result<Box<dyn Io>, ProxyFault>, Vec<u8>);

    /// What comes of a proxy that says `bytes` whatever it hears, and what it heard.
    async fn answered(bytes: &[u8], host: &str, account: Option<(&str, &str)>) -> Answer {
        let (near, mut far) = tokio::io::duplex(4096);
        far.write_all(bytes).await.unwrap();
        let done = open(Box::new(near), host, 443, account).await;
        let mut heard = vec![0; 1024];
        let n = far.read(&mut heard).await.unwrap();
        heard.truncate(n);
        (done, heard)
    }

    #[tokio::test]
    async fn a_name_travels_as_a_name_and_the_rest_is_the_hubs() {
        let yes = b"\x05\x00\x05\x00\x00\x01\x0a\x00\x00\x01\x00\x50hello";
        let (done, heard) = answered(yes, "floor.example", None).await;
        assert_eq!(
            heard,
            b"\x05\x01\x00\x05\x01\x00\x03\x0dfloor.example\x01\xbb"
        );
        let mut rest = [0; 5];
        done.unwrap().read_exact(&mut rest).await.unwrap();
        assert_eq!(&rest, b"hello");
    }

    #[tokio::test]
    async fn user_and_password_go_only_to_a_proxy_that_asks() {
        let asks = b"\x05\x02\x01\x00\x05\x00\x00\x03\x01x\x00\x50";
        let (done, heard) = answered(asks, "::1", Some(("ana", "hush"))).await;
        assert!(done.is_ok());
        assert!(heard.starts_with(b"\x05\x02\x00\x02\x01\x03ana\x04hush\x05\x01\x00\x04"));
        let open = b"\x05\x00\x05\x00\x00\x01\x0a\x00\x00\x01\x00\x50";
        let (done, heard) = answered(open, "10.0.0.9", Some(("ana", "hush"))).await;
        assert!(done.is_ok());
        assert!(!heard.windows(4).any(|part| part == b"hush"));
    }

    #[tokio::test]
    async fn each_answer_has_its_fault() {
        let ana = Some(("ana", "hush"));
        let fault = async |bytes: &[u8], account| {
            let (done, _) = answered(bytes, "floor.example", account).await;
            done.err().unwrap()
        };
        assert_eq!(fault(b"HTTP/1.1 400", None).await, ProxyFault::NoSocks);
        assert_eq!(fault(b"\x05\xff", None).await, ProxyFault::AccountWanted);
        assert_eq!(fault(b"\x05\xff", ana).await, ProxyFault::AccountRefused);
        assert_eq!(
            fault(b"\x05\x02\x01\x01", ana).await,
            ProxyFault::AccountRefused
        );
        assert!(matches!(
            fault(b"\x05\x00\x05\x02\x00\x01", None).await,
            ProxyFault::Forbids { .. }
        ));
        assert!(matches!(
            fault(b"\x05\x00\x05\x05\x00\x01", None).await,
            ProxyFault::CannotReach { .. }
        ));
        let long = "x".repeat(300);
        let (done, _) = answered(b"\x05\x00", &long, None).await;
        assert!(matches!(done.err(), Some(ProxyFault::CannotReach { .. })));
    }
}
