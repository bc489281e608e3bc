//! Channels at work: how long a webhook's post takes to a console, and what
//! streams cost that say nothing.

use std::cell::Cell;
use std::fmt::Write as _;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use futures_util::{SinkExt, StreamExt};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::tungstenite::Message;
use watchfloor::channels::settings::{Authorities, ChannelConfig, Secret};
use watchfloor::model::ids::ChannelName;

use crate::Scale;
use crate::child::Other;
use crate::producers::Producer;
use crate::{consoles, figures};

/// Streams that are open and silent.
const STREAMS: usize = 200;
/// How often a server asks whether we live, as vendors do.
const ASKED: Duration = Duration::from_secs(15);
/// Posts a second, and bytes of one.
const POSTS: u32 = 1000;
const POST: usize = 400;
/// Senders by turns: one that waits for the disk does not slow the rate.
const SENDERS: usize = 32;
/// Where a child finds its streams: host and port, and who signed for it.
const WHERE: &str = "streams";
const SIGNED: &str = "streams.pem";

/// 1,000 posts a second, each an item of its own: how long from the moment that
/// one is sent until a console has it, past signature, map, desk and disk.
pub(crate) async fn visible(scale: Scale) -> Result<()> {
    let seconds = scale.seconds * 2.0;
    let folder = tempfile::tempdir()?;
    let hub = Other::start("hub", folder.path())?;
    let counts = consoles::connect(&hub.address, &hub.token, 1).await?;
    counts.timed.set(true);
    let next = Rc::new(Cell::new(1));
    let mut p99 = Vec::new();
    let mut all = Vec::new();
    for _ in 0..scale.runs {
        counts.delays.borrow_mut().clear();
        let before = next.get();
        posts(&hub, &next, seconds).await?;
        tokio::time::sleep(Duration::from_millis(300)).await;
        counts.whole()?;
        let mut delays = counts.delays.take();
        let posted = usize::try_from(next.get() - before)?;
        anyhow::ensure!(delays.len() == posted, "{} of {posted} came", delays.len());
        p99.push(figures::percentile(&mut delays, 0.99).as_secs_f64() * 1e3);
        all.extend(delays);
    }
    let what = format!("posted to a console, {POSTS} posts/s");
    figures::delays(&what, &mut all);
    println!("  median p99 of the runs: {:.2} ms", figures::median(p99));
    hub.kill()
}

async fn posts(hub: &Other, next: &Rc<Cell<u64>>, seconds: f64) -> Result<()> {
    let mut lanes = Vec::new();
    let mut senders = Vec::new();
    for _ in 0..SENDERS {
        let mut producer = Producer::connect(&hub.address, 1, POST).await?;
        let (order, mut orders) = tokio::sync::mpsc::channel::<()>(64);
        let next = Rc::clone(next);
        lanes.push(order);
        senders.push(tokio::task::spawn_local(async move {
            while orders.recv().await.is_some() {
                producer.post(&next).await?;
            }
            anyhow::Ok(())
        }));
    }
    let mut tick = tokio::time::interval(Duration::from_secs(1) / POSTS);
    for turn in 0..(seconds * f64::from(POSTS)) as usize {
        tick.tick().await;
        lanes[turn % SENDERS].send(()).await?;
    }
    drop(lanes);
    for sender in senders {
        sender.await??;
    }
    Ok(())
}

/// The streams of the Mastodon file, over TLS, to a server that says nothing
/// but "are you there": the hub's memory and processor time beside one without.
pub(crate) async fn idle(scale: Scale) -> Result<()> {
    let seconds = (scale.seconds * 7.0).max(10.0);
    let (pem, acceptor) = certified()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let open = Rc::new(Cell::new(0));
    let counted = Rc::clone(&open);
    tokio::task::spawn_local(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let (acceptor, counted) = (acceptor.clone(), Rc::clone(&counted));
            tokio::task::spawn_local(async move {
                // A stream that breaks is missed in the count.
                silent(socket, acceptor, &counted).await.ok();
                counted.set(counted.get() - 1);
            });
        }
    });
    let mut of = Vec::new();
    for streams in [0, STREAMS] {
        let folder = tempfile::tempdir()?;
        if streams > 0 {
            let lines = (0..streams).fold(String::new(), |mut lines, _| {
                writeln!(lines, "localhost:{port}").ok();
                lines
            });
            std::fs::write(folder.path().join(WHERE), lines)?;
            std::fs::write(folder.path().join(SIGNED), &pem)?;
        }
        let hub = Other::start("hub", folder.path())?;
        while open.get() < streams {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        let before = hub.worked()?;
        tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
        let share = (hub.worked()? - before) / seconds * 100.0;
        anyhow::ensure!(
            open.get() == streams,
            "{} of {streams} are open",
            open.get()
        );
        of.push((share, hub.resident()? as f64 / 1024.0));
        hub.kill()?;
    }
    let (none, many) = (of[0], of[1]);
    println!(
        "  {STREAMS} idle streams over TLS: {:.2} % of a core, {:.1} MiB; the hub without them: {:.2} %, {:.1} MiB",
        many.0, many.1, none.0, none.1
    );
    Ok(())
}

async fn silent(socket: TcpStream, acceptor: TlsAcceptor, open: &Cell<usize>) -> Result<()> {
    open.set(open.get() + 1);
    let tls = acceptor.accept(socket).await?;
    let mut stream = tokio_tungstenite::accept_async(tls).await?;
    let mut ask = tokio::time::interval(ASKED);
    loop {
        tokio::select! {
            _ = ask.tick() => stream.send(Message::Ping(Vec::new().into())).await?,
            frame = stream.next() => drop(frame.context("it is closed")??),
        }
    }
}

fn certified() -> Result<(String, TlsAcceptor)> {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()])?;
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der());
    let key = key.map_err(|says| anyhow::anyhow!("{says}"))?;
    let chain = vec![CertificateDer::from(made.cert.der().to_vec())];
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    Ok((made.cert.pem(), TlsAcceptor::from(Arc::new(config))))
}

/// The streams that a child's folder names, for the child.
pub(crate) fn streams(folder: &Path) -> Result<Vec<ChannelConfig>> {
    let Ok(lines) = std::fs::read_to_string(folder.join(WHERE)) else {
        return Ok(Vec::new());
    };
    let signed = std::fs::read(folder.join(SIGNED))?;
    let mut channels = Vec::new();
    for (n, host) in lines.lines().enumerate() {
        let mut channel = ChannelConfig::new(ChannelName::new(&format!("s{n}"))?, "mastodon");
        channel.vars.insert("instance".to_owned(), host.to_owned());
        let token = Secret::new("bench-token");
        channel.secrets.insert("access_token".to_owned(), token);
        channel.allow_private = true;
        channel.authorities = Authorities::from_pem(&signed)?;
        channels.push(channel);
    }
    Ok(channels)
}
