//! TCP to a host: its name looked up, its addresses tried, the socket set up.
//!
//! Owns the words for what can go wrong with that and nothing else. Called for
//! the hub and for proxies alike.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;

use super::super::fault::TcpFault;
use super::super::walk::{Step, Walk};

/// One address of several gets this long, so that a dead one does not eat the
/// whole time.
const PER_ADDRESS: Duration = Duration::from_secs(6);
/// What was sent and not confirmed for so long ends the connection: a line that
/// is gone is noticed before the hub's silence is.
#[cfg(target_os = "linux")]
const UNCONFIRMED: Duration = Duration::from_secs(30);

/// The addresses of a host.
pub(super) async fn lookup(host: &str, port: u16) -> Result<Vec<SocketAddr>, TcpFault> {
    let fault = |why: String| TcpFault::Name {
        host: host.to_owned(),
        why,
    };
    let found = tokio::net::lookup_host((host, port)).await;
    let found: Vec<SocketAddr> = found.map_err(|error| fault(name_words(&error)))?.collect();
    if found.is_empty() {
        return Err(fault("it has no address".into()));
    }
    Ok(found)
}

/// A connection to the first of the host's addresses that answers.
pub(super) async fn open(host: &str, port: u16, walk: &Walk) -> Result<TcpStream, TcpFault> {
    walk.begin(Step::Name);
    let addresses = lookup(host, port).await?;
    if host.parse::<std::net::IpAddr>().is_ok() {
        walk.pass(format!("{host} is an address already"));
    } else {
        let list: Vec<String> = addresses.iter().map(|a| a.ip().to_string()).collect();
        walk.pass(format!("{host} is {}", list.join(", ")));
    }
    walk.begin(Step::Tcp);
    let mut refusal = None;
    for address in addresses {
        match tokio::time::timeout(PER_ADDRESS, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                set_up(&stream).map_err(|error| fault(host, port, &error))?;
                walk.pass(format!("connected to {address}"));
                return Ok(stream);
            }
            Ok(Err(error)) => refusal = Some(fault(host, port, &error)),
            Err(_) => refusal = Some(unanswered(host, port)),
        }
    }
    Err(refusal.unwrap_or_else(|| unanswered(host, port)))
}

fn set_up(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    #[cfg(target_os = "linux")]
    {
        let most = u32::try_from(UNCONFIRMED.as_millis()).unwrap_or(u32::MAX);
        rustix::net::sockopt::set_tcp_user_timeout(stream, most)?;
    }
    Ok(())
}

fn unanswered(host: &str, port: u16) -> TcpFault {
    TcpFault::Unanswered {
        host: host.to_owned(),
        port,
    }
}

fn fault(host: &str, port: u16, error: &io::Error) -> TcpFault {
    let host = host.to_owned();
    match error.kind() {
        io::ErrorKind::ConnectionRefused => TcpFault::Refused { host, port },
        io::ErrorKind::TimedOut => TcpFault::Unanswered { host, port },
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            TcpFault::NoWay { host, port }
        }
        _ => TcpFault::Other {
            host,
            port,
            why: error.to_string(),
        },
    }
}

/// The system's words for a name that it can't find, without the library's own
/// before them.
fn name_words(error: &io::Error) -> String {
    let words = error.to_string();
    let own = words.rsplit_once(": ").map(|(_, own)| own.to_owned());
    own.unwrap_or(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_socket_sends_at_once_and_gives_up_in_time() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let walk = Walk::default();
        let stream = open("127.0.0.1", port, &walk).await.unwrap();
        assert!(stream.nodelay().unwrap());
        let most = rustix::net::sockopt::tcp_user_timeout(&stream).unwrap();
        assert_eq!(u128::from(most), UNCONFIRMED.as_millis());
    }
}
