//! Plays the plan: each act by its door when it is due, colleagues at their
//! seats, the demo's two servers beside them.
//!
//! Owns the tasks and the pace. Ends when it is cancelled or when a door does
//! not open. Called by the command line with a hub that already listens.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Url};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::colleague::Colleague;
use super::feed_server::{self, Entry, Feed};
use super::lane::Lane;
use super::mastodon_server::Instance;
use super::platform_server::Platform;
use super::posts_server;
use super::scenario::Scenario;
use super::scenario::act::{Act, Door};
use super::scenario::script::ScriptError;
use super::seat::{Seat, SeatError};
use crate::model::ids::OfficerId;
use crate::model::time::Clock;

/// Acts that wait for one channel. Three surges fit; when it is full the
/// evening itself waits, so that order stays and nothing is dropped.
const WAITING: usize = 256;
/// How long a request may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Between two tries of a colleague to sit down.
const SIT_AGAIN: Duration = Duration::from_secs(2);
/// The speeds that make sense.
pub const SPEEDS: std::ops::RangeInclusive<f64> = 0.05..=10_000.0;

/// The doors, and the two listeners that the hub reads from.
#[derive(Debug)]
pub struct DemoDoors {
    /// The hub: `http://127.0.0.1:PORT`. Another host is refused.
    pub base_url: String,
    /// Channel to the value of its secret ([`super::DemoChannel::secrets`]).
    pub channels: BTreeMap<String, String>,
    /// The simulated officers and their tokens.
    pub officers: Vec<(OfficerId, String)>,
    /// Where the Mastodon-like stream is served.
    pub mastodon: TcpListener,
    /// Where the feed is served.
    pub feed: TcpListener,
    /// Where the chatbot's platform listens.
    pub platform: TcpListener,
}

/// Which evening, and how fast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tempo {
    /// The same seed, the same evening.
    pub seed: u64,
    /// 1 is as written; 0.05 to 10,000.
    pub speed: f64,
}

/// Why the demo ends.
#[derive(Debug, Error)]
pub enum DemoError {
    /// The speed makes no sense.
    #[error("The speed {0} can't be played; give a number from 0.05 to 10000.")]
    Speed(f64),
    /// Another machine.
    #[error("The demo only plays to a hub on this machine, and {0} is not; nothing was sent.")]
    Elsewhere(String),
    /// A channel's token is missing.
    #[error("The demo's hub has no channel \"{0}\"; start it with the demo's own settings.")]
    NoChannel(&'static str),
    /// A table of the script.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// The hub does not know the channel or its token.
    #[error(
        "The hub answered {status} on the channel \"{channel}\"; start it with the demo's own settings."
    )]
    Refused {
        /// The channel.
        channel: String,
        /// HTTP status.
        status: u16,
    },
    /// The hub does not let a colleague in.
    #[error("The simulated officer {officer} can't work: {why}")]
    Officer {
        /// Who.
        officer: OfficerId,
        /// Why.
        why: String,
    },
    /// A listener or the HTTP client.
    #[error("The demo can't use the network of this machine: {0}.")]
    Network(String),
    /// A part of the demo is gone.
    #[error("A part of the demo stopped by itself; start it again.")]
    Stopped,
}

/// Plays the evening until `cancel`.
///
/// # Errors
/// [`DemoError`] when it can't begin or go on.
pub async fn play(
    doors: DemoDoors,
    tempo: Tempo,
    clock: Arc<dyn Clock>,
    cancel: CancellationToken,
) -> Result<(), DemoError> {
    if !SPEEDS.contains(&tempo.speed) {
        return Err(DemoError::Speed(tempo.speed));
    }
    let hub = loopback(&doors.base_url)?;
    let scenario = Scenario::new(tempo.seed, clock.now(), tempo.speed)?;
    let mut tasks = JoinSet::new();
    for (officer, token) in &doors.officers {
        let seat = Seat {
            url: hub_url(&hub, "ws", "/v1/stream"),
            token: token.clone(),
            speed: tempo.speed,
        };
        let colleague = Colleague::new(officer.clone(), tempo.seed);
        tasks.spawn(sit(seat, colleague, officer.clone()));
    }
    let stage = open(doors, (&hub, clock, tempo.speed), &mut tasks)?;
    tasks.spawn(walk(scenario, stage, tempo.speed));
    tokio::select! {
        () = cancel.cancelled() => Ok(()),
        ended = tasks.join_next() => match ended {
            Some(Ok(Err(error))) => Err(error),
            _ => Err(DemoError::Stopped),
        },
    }
    // Dropping the set ends every task; the hub's side sees closed sockets.
}

/// The near ends of all doors.
struct Open {
    lanes: BTreeMap<&'static str, mpsc::Sender<Act>>,
    stream: mpsc::Sender<String>,
    feed: Feed,
    platform: Platform,
}

/// Starts a task behind each door.
fn open(
    doors: DemoDoors,
    (hub, clock, speed): (&Url, Arc<dyn Clock>, f64),
    tasks: &mut JoinSet<Result<(), DemoError>>,
) -> Result<Open, DemoError> {
    let token = |channel: &'static str| {
        let token = doors.channels.get(channel).cloned();
        token.ok_or(DemoError::NoChannel(channel))
    };
    let client = client()?;
    let mut lanes = BTreeMap::new();
    for channel in ["cityapp", "webcast", "monitoring", "chatbot"] {
        let (sender, acts) = mpsc::channel(WAITING);
        let mut url = hub_url(hub, "http", &format!("/in/{channel}"));
        let mut bearer = Some(token(channel)?);
        if channel == "chatbot" {
            // Its platform knows no headers: the token is in the address.
            url = format!("{url}?token={}", bearer.take().unwrap_or_default());
        }
        let (channel_name, client) = (channel.to_owned(), client.clone());
        let lane = Lane {
            channel: channel_name,
            url,
            bearer,
            client,
        };
        tasks.spawn(lane.run(acts));
        lanes.insert(channel, sender);
    }
    let chatbot = lanes.get("chatbot").cloned();
    let chatbot = chatbot.ok_or(DemoError::NoChannel("chatbot"))?;
    let platform = Platform::new(token("chatbot")?, chatbot, clock, speed);
    let (served, listener) = (platform.clone(), doors.platform);
    tasks.spawn(async move { served.serve(listener).await.map_err(|e| network(&e)) });
    let (stream, frames) = mpsc::channel(WAITING);
    let token = token("mastodon")?;
    instance(doors.mastodon, token, frames, tasks);
    let feed = Feed::default();
    let served = feed.clone();
    let listener = doors.feed;
    tasks.spawn(async move {
        feed_server::serve(listener, served)
            .await
            .map_err(|e| network(&e))
    });
    Ok(Open {
        lanes,
        stream,
        feed,
        platform,
    })
}

/// The instance that streams, and takes posts by the same address.
fn instance(
    listener: TcpListener,
    token: String,
    frames: mpsc::Receiver<String>,
    tasks: &mut JoinSet<Result<(), DemoError>>,
) {
    let (readers_in, readers) = mpsc::channel(1);
    let door = posts_server::Door {
        listener,
        readers: readers_in,
    };
    let shown = token.clone();
    tasks.spawn(async move {
        posts_server::serve(door, &shown)
            .await
            .map_err(|e| network(&e))
    });
    let instance = Instance {
        readers,
        token,
        frames,
    };
    tasks.spawn(async move {
        instance.run().await;
        Ok(())
    });
}

/// Walks through the plan by the clock.
async fn walk(scenario: Scenario, doors: Open, speed: f64) -> Result<(), DemoError> {
    let start = Instant::now();
    for planned in scenario {
        tokio::time::sleep_until(start + planned.at.div_f64(speed)).await;
        let act = planned.act;
        doors.platform.heard(&act.about);
        match act.door {
            Door::In(channel) => {
                let lane = doors
                    .lanes
                    .get(channel)
                    .ok_or(DemoError::NoChannel(channel))?;
                lane.send(act).await.map_err(|_| DemoError::Stopped)?;
            }
            Door::Stream => {
                let sent = doors.stream.send(act.body).await;
                sent.map_err(|_| DemoError::Stopped)?;
            }
            Door::Feed => {
                let entry: Entry = serde_json::from_str(&act.body)
                    .expect("the scenario writes entries as the feed reads them");
                doors.feed.publish(entry);
            }
        }
    }
    Ok(())
}

async fn sit(seat: Seat, mut colleague: Colleague, officer: OfficerId) -> Result<(), DemoError> {
    loop {
        match seat.sit(&mut colleague).await {
            Err(why @ (SeatError::Refused(_) | SeatError::Address)) => {
                let why = why.to_string();
                return Err(DemoError::Officer { officer, why });
            }
            Ok(()) | Err(SeatError::Lost) => tokio::time::sleep(SIT_AGAIN).await,
        }
    }
}

/// The hub's address, if it is on this machine.
fn loopback(base: &str) -> Result<Url, DemoError> {
    let elsewhere = || DemoError::Elsewhere(base.to_owned());
    let url: Url = base.parse().map_err(|_| elsewhere())?;
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let ip: IpAddr = host.parse().map_err(|_| elsewhere())?;
    if url.scheme() == "http" && ip.is_loopback() {
        Ok(url)
    } else {
        Err(elsewhere())
    }
}

fn hub_url(hub: &Url, scheme: &str, path: &str) -> String {
    let host = hub.host_str().unwrap_or("127.0.0.1");
    let port = hub.port_or_known_default().unwrap_or(80);
    format!("{scheme}://{host}:{port}{path}")
}

fn client() -> Result<Client, DemoError> {
    // The client wants to know its TLS even where it only speaks to loopback.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| DemoError::Network(e.to_string()))?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(PATIENCE)
        .build()
        .map_err(|e| DemoError::Network(e.to_string()))
}

fn network(error: &std::io::Error) -> DemoError {
    DemoError::Network(error.to_string())
}
