//! A TCP proxy between console and hub that breaks connections on demand.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// No connection lives longer once the harm has begun.
const LONGEST: Duration = Duration::from_millis(60);

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Harm {
    /// Both ends are reset.
    Reset,
    /// Nothing is passed on any more, in either direction.
    Silence,
    /// The hub's end is closed; the console is told nothing.
    HalfOpen,
    /// So many bytes are passed on to the console, then it is reset: in the
    /// middle of a frame, mostly.
    MidFrame,
}

/// A proxy in front of a hub.
pub(crate) struct Chaos {
    pub(crate) address: SocketAddr,
    /// Connections that were broken.
    pub(crate) broken: Arc<AtomicUsize>,
    calm: watch::Sender<bool>,
    begun: watch::Sender<bool>,
    closing: CancellationToken,
}

impl Chaos {
    /// Once begun, breaks `times` connections, each in a way and at a time of
    /// its own; later ones are left in peace.
    pub(crate) async fn before(hub: SocketAddr, times: usize, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let chaos = Self {
            address: listener.local_addr().unwrap(),
            broken: Arc::default(),
            calm: watch::Sender::new(false),
            begun: watch::Sender::new(false),
            closing: CancellationToken::new(),
        };
        let (calm, broken) = (chaos.calm.clone(), Arc::clone(&chaos.broken));
        let (begun, closing) = (chaos.begun.clone(), chaos.closing.clone());
        tokio::spawn(async move {
            let mut random = StdRng::seed_from_u64(seed);
            while let Some(Ok((console, _))) = closing.run_until_cancelled(listener.accept()).await
            {
                let harm = match *begun.borrow() {
                    false => Some((Harm::Reset, usize::MAX)),
                    true if broken.load(Ordering::SeqCst) < times => Some(plan(&mut random)),
                    true => None,
                };
                let begins = begun.subscribe();
                let (broken, calm) = (Arc::clone(&broken), calm.clone());
                let closing = closing.clone();
                tokio::spawn(async move {
                    let Ok(hub) = TcpStream::connect(hub).await else {
                        return;
                    };
                    let run = carry((console, hub), harm, begins, (&broken, times, &calm));
                    closing.run_until_cancelled(Box::pin(run)).await;
                });
            }
        });
        chaos
    }

    /// Begins: what is connected is reset.
    pub(crate) fn begin(&self) {
        self.begun.send_replace(true);
    }

    /// Waits until all that had to be broken was.
    pub(crate) fn is_over(&self) -> impl Future<Output = ()> + use<> {
        let mut calm = self.calm.subscribe();
        async move {
            calm.wait_for(|calm| *calm).await.unwrap();
        }
    }
}

impl Drop for Chaos {
    fn drop(&mut self) {
        self.closing.cancel();
    }
}

/// What happens to a connection, and after how many bytes from the hub.
fn plan(random: &mut StdRng) -> (Harm, usize) {
    let harm = match random.random_range(0..20) {
        0 => Harm::Silence,
        1 => Harm::HalfOpen,
        2..=9 => Harm::Reset,
        _ => Harm::MidFrame,
    };
    // From the handshake's answer to well inside what a burst brings.
    let after = match random.random_range(0..4) {
        0 => random.random_range(1..400),
        1 => random.random_range(400..4_000),
        _ => random.random_range(4_000..60_000),
    };
    (harm, after)
}

async fn carry(
    (mut console, mut hub): (TcpStream, TcpStream),
    harm: Option<(Harm, usize)>,
    mut begins: watch::Receiver<bool>,
    (broken, times, calm): (&AtomicUsize, usize, &watch::Sender<bool>),
) {
    let Some((harm, after)) = harm else {
        // It ends when either end does.
        drop(tokio::io::copy_bidirectional(&mut console, &mut hub).await);
        return;
    };
    // Where little is said a connection is broken by the clock, and where much
    // is said some pass a page of the log, or the console would never go on.
    let after = if after % 3 == 0 { usize::MAX } else { after };
    let begun = async {
        let begun = begins.wait_for(|begun| *begun).await.is_ok();
        tokio::time::sleep(LONGEST).await;
        begun
    };
    let passed = tokio::select! {
        passed = pass(&mut console, &mut hub, after) => passed,
        begun = begun => begun,
    };
    if passed {
        if broken.fetch_add(1, Ordering::SeqCst) + 1 >= times {
            calm.send_replace(true);
        }
        harmed(console, hub, harm).await;
    }
}

/// Passes bytes on until the hub has sent so many. False when an end went away
/// by itself.
async fn pass(console: &mut TcpStream, hub: &mut TcpStream, mut left: usize) -> bool {
    let (mut up, mut down) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    while left > 0 {
        let most = left.min(down.len());
        tokio::select! {
            read = console.read(&mut up) => match read {
                Ok(n) if n > 0 => if hub.write_all(&up[..n]).await.is_err() { return false },
                _ => return false,
            },
            read = hub.read(&mut down[..most]) => match read {
                Ok(n) if n > 0 => {
                    left -= n;
                    if console.write_all(&down[..n]).await.is_err() { return false }
                }
                _ => return false,
            },
        }
    }
    true
}

async fn harmed(mut console: TcpStream, hub: TcpStream, harm: Harm) {
    match harm {
        Harm::Reset => {
            hub.set_zero_linger().unwrap();
            console.set_zero_linger().unwrap();
        }
        Harm::MidFrame => console.set_zero_linger().unwrap(),
        Harm::Silence => {
            // Until the console gives up; the hub is told nothing for as long.
            let mut drain = [0; 4096];
            while console.read(&mut drain).await.is_ok_and(|n| n > 0) {}
            tokio::time::sleep(Duration::from_secs(2)).await;
            drop(hub);
        }
        Harm::HalfOpen => {
            drop(hub);
            let mut drain = [0; 4096];
            while console.read(&mut drain).await.is_ok_and(|n| n > 0) {}
        }
    }
}
