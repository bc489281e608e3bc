//! The demo against a hub of cardboard on port 0: what comes by which door, in
//! which order, with which credentials; and colleagues over the WebSocket.
//!
//! The cardboard hub reads the demo's stream and feed as a hub does.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{any, post};
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_util::sync::CancellationToken;
use watchfloor::demo::scenario::Scenario;
use watchfloor::demo::scenario::act::{Door, Planned};
use watchfloor::demo::{DemoDoors, DemoError, Servers, Tempo, play, settings};
use watchfloor::model::ids::OfficerId;
use watchfloor::model::time::{ManualClock, Timestamp};

const SPEED: f64 = 2000.0;
const SEED: u64 = 4;

/// What arrived, by channel; "commands" and "frames" are those of the sockets.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<BTreeMap<String, Vec<String>>>>, Arc<Notify>);

impl Seen {
    fn put(&self, what: &str, body: String) {
        let mut seen = self.0.lock().unwrap();
        seen.entry(what.to_owned()).or_default().push(body);
        self.1.notify_waiters();
    }

    fn of(&self, what: &str) -> Vec<String> {
        self.0
            .lock()
            .unwrap()
            .get(what)
            .cloned()
            .unwrap_or_default()
    }

    /// Waits until there are so many; a minute is for ever.
    async fn until(&self, what: &str, many: usize) -> Vec<String> {
        let waiting = async {
            loop {
                let changed = self.1.notified();
                let seen = self.of(what);
                if seen.len() >= many {
                    return seen;
                }
                let _either_way = tokio::time::timeout(Duration::from_millis(200), changed).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), waiting)
            .await
            .unwrap_or_else(|_| panic!("{what}: {} of {many}", self.of(what).len()))
    }
}

#[derive(Clone)]
struct Hub {
    seen: Seen,
    secrets: BTreeMap<String, String>,
}

async fn take(
    State(hub): State<Hub>,
    Path(channel): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: String,
) -> StatusCode {
    let secret = &hub.secrets[&channel];
    let bearer = headers
        .get("authorization")
        .map(|v| v.to_str().unwrap().to_owned());
    let shown = if channel == "chatbot" {
        query == Some(format!("token={secret}"))
    } else {
        bearer == Some(format!("Bearer {secret}"))
    };
    if !shown {
        return StatusCode::UNAUTHORIZED;
    }
    // Every channel is busy once: the demo must come again with the same.
    if hub.seen.of(&format!("busy-{channel}")).is_empty() {
        hub.seen.put(&format!("busy-{channel}"), body);
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    if body.contains("\"txet\"") {
        hub.seen.put(&channel, body);
        return StatusCode::UNPROCESSABLE_ENTITY;
    }
    hub.seen.put(&channel, body);
    StatusCode::OK
}

async fn stream(State(hub): State<Hub>, headers: HeaderMap, up: WebSocketUpgrade) -> Response {
    let shown = headers
        .get("authorization")
        .map(|v| v.to_str().unwrap().to_owned());
    let officer = hub
        .secrets
        .iter()
        .find(|(_, token)| shown == Some(format!("Bearer {token}")));
    let officer = officer.expect("a known officer").0.clone();
    up.protocols(["watchfloor.v1"])
        .on_upgrade(move |socket| serve(hub, officer, socket))
}

/// Greets, shows three escalations that wait since an hour, notes what is sent.
async fn serve(hub: Hub, officer: String, mut socket: WebSocket) {
    let hello = json!({ "type": "hello", "epoch": uuid::Uuid::nil(), "head": 3,
        "officer": officer, "role": "officer", "desks": "all", "teams": [],
        "roster": { "officers": [], "teams": [] }, "zone": "UTC",
        "now": "2026-11-23T19:00:00.000Z", "limits": limits(), "version": "0.0.0" });
    let items: Vec<_> = (1..=3).map(item).collect();
    let items = json!({ "type": "items", "at": 3, "items": items, "part": "only" });
    for frame in [hello, items] {
        socket.send(Message::text(frame.to_string())).await.unwrap();
    }
    while let Some(Ok(message)) = socket.recv().await {
        if let Message::Text(text) = message {
            let frame: Value = serde_json::from_str(&text).unwrap();
            if frame["type"] == "command" {
                hub.seen.put("commands", format!("{officer} {frame}"));
            }
        }
    }
}

fn limits() -> Value {
    serde_json::to_value(watchfloor::wire::limits::Limits::default()).unwrap()
}

fn item(n: u64) -> Value {
    json!({ "key": format!("{n:032x}"), "id": n, "last_seq": n, "desk": "care",
        "severity": "high", "received_at": "2026-11-23T18:00:00.000Z",
        "triage": { "version": 0, "state": { "is": "new" } },
        "content": { "kind": "escalation", "channel": "chatbot", "external_id": n.to_string(),
            "text": "is anyone real here" } })
}

/// Reads the demo's stream as the hub's channel does.
async fn listen(address: SocketAddr, token: String, seen: Seen) {
    let url = format!("ws://{address}/api/v1/streaming?stream=public");
    let anybody = tokio_tungstenite::connect_async(&url).await;
    assert!(anybody.is_err(), "the stream wants its token");
    let mut request = url.into_client_request().unwrap();
    request
        .headers_mut()
        .insert("authorization", format!("Bearer {token}").parse().unwrap());
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    while let Some(Ok(message)) = socket.next().await {
        if message.is_text() {
            seen.put("frames", message.into_text().unwrap().to_string());
        }
    }
}

struct Stand {
    seen: Seen,
    doors: DemoDoors,
    mastodon: SocketAddr,
    feed: SocketAddr,
    platform: SocketAddr,
}

#[allow(clippy::too_many_lines, reason = "a stage is set up in one go")]
async fn stand() -> Stand {
    let mut listeners = Vec::new();
    for _ in 0..4 {
        listeners.push(TcpListener::bind("127.0.0.1:0").await.unwrap());
    }
    let [
        hub_listener,
        mastodon_listener,
        feed_listener,
        platform_listener,
    ] = listeners.try_into().unwrap();
    let (mastodon, feed) = (
        mastodon_listener.local_addr().unwrap(),
        feed_listener.local_addr().unwrap(),
    );
    let mut tokens = 0;
    let platform = platform_listener.local_addr().unwrap();
    let servers = Servers {
        mastodon,
        feed,
        platform,
    };
    let floor = settings(servers, || {
        tokens += 1;
        format!("token-{tokens}")
    });
    let channels: BTreeMap<_, _> = floor
        .channels
        .iter()
        .filter_map(|c| Some((c.name.to_owned(), c.secrets.values().next()?.clone())))
        .collect();
    let simulated = floor.officers.iter().filter(|officer| officer.simulated);
    let officers: Vec<_> = simulated
        .map(|o| (OfficerId::new(o.id).unwrap(), o.token.clone()))
        .collect();
    let mut secrets = channels.clone();
    secrets.extend(
        officers
            .iter()
            .map(|(id, token)| (id.to_string(), token.clone())),
    );
    let seen = Seen::default();
    let hub = Hub {
        seen: seen.clone(),
        secrets,
    };
    let app = Router::new()
        .route("/in/{channel}", post(take))
        .route("/v1/stream", any(stream))
        .with_state(hub);
    let base_url = format!("http://{}", hub_listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(hub_listener, app).await.unwrap() });
    let doors = DemoDoors {
        base_url,
        channels,
        officers,
        mastodon: mastodon_listener,
        feed: feed_listener,
        platform: platform_listener,
    };
    Stand {
        seen,
        doors,
        mastodon,
        feed,
        platform,
    }
}

fn start() -> Timestamp {
    Timestamp::parse("2026-11-23T18:50:00Z").unwrap()
}

fn bodies(plan: &[Planned], door: Door) -> Vec<String> {
    let through = plan.iter().filter(|planned| planned.act.door == door);
    through.map(|planned| planned.act.body.clone()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_door_gets_its_own_in_order_and_whole() {
    let stand = stand().await;
    let (seen, feed) = (stand.seen.clone(), stand.feed);
    let token = stand.doors.channels["mastodon"].clone();
    tokio::spawn(listen(stand.mastodon, token, seen.clone()));
    let cancel = CancellationToken::new();
    let clock = Arc::new(ManualClock::at(start()));
    let tempo = Tempo {
        seed: SEED,
        speed: SPEED,
    };
    let playing = tokio::spawn(play(stand.doors, tempo, clock, cancel.clone()));

    let plan: Vec<_> = Scenario::new(SEED, start(), SPEED)
        .unwrap()
        .take(900)
        .collect();
    for channel in ["cityapp", "webcast", "monitoring", "chatbot"] {
        let expected = bodies(&plan, Door::In(channel));
        let got = seen.until(channel, expected.len()).await;
        assert!(
            !expected.is_empty() && got[..expected.len()] == expected,
            "{channel}"
        );
    }
    let expected = bodies(&plan, Door::Stream);
    let got = seen.until("frames", expected.len()).await;
    assert!(got[..expected.len()] == expected, "the stream");

    poll(feed).await;
    let commands = seen.until("commands", 6).await;
    assert!(
        commands
            .iter()
            .any(|command| command.contains("\"verb\":\"take\"")),
        "{commands:?}"
    );
    cancel.cancel();
    playing.await.unwrap().unwrap();
}

fn client() -> reqwest::Client {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let builder = reqwest::Client::builder().tls_backend_preconfigured(tls);
    builder.no_proxy().build().unwrap()
}

/// A conditional GET as the hub's feed channel does it.
async fn poll(feed: SocketAddr) {
    let client = client();
    let url = format!("http://{feed}/news.rss");
    let answer = client.get(&url).send().await.unwrap();
    let etag = answer.headers()["etag"].clone();
    let text = answer.text().await.unwrap();
    let read = feed_rs::parser::parse(text.as_bytes()).unwrap();
    assert!(read.entries.len() >= 2);
    // The city may publish between two polls, so the second has to be unchanged
    // only when what it would tell is the same.
    let again = client
        .get(&url)
        .header("if-none-match", &etag)
        .send()
        .await
        .unwrap();
    let unchanged = again.status() == StatusCode::NOT_MODIFIED;
    assert!(unchanged || again.headers()["etag"] != etag);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_officers_answers_are_taken_and_a_citizen_answers_back() {
    let stand = stand().await;
    let (seen, platform, mastodon) = (stand.seen.clone(), stand.platform, stand.mastodon);
    let tokens = stand.doors.channels.clone();
    let cancel = CancellationToken::new();
    let clock = Arc::new(ManualClock::at(start()));
    let tempo = Tempo {
        seed: SEED,
        speed: SPEED,
    };
    let playing = tokio::spawn(play(stand.doors, tempo, clock, cancel.clone()));
    let client = client();
    let base = format!("http://{platform}/api/v1/accounts/1/conversations/3007");
    let said = serde_json::json!({ "content": "Good evening, a person here." });
    let said = |token: &str| {
        let request = client.post(format!("{base}/messages"));
        request
            .header("api_access_token", token)
            .body(said.to_string())
    };
    let json = ("content-type", "application/json");
    let stranger = said("wrong").header(json.0, json.1).send().await.unwrap();
    assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
    let taken = said(&tokens["chatbot"]).header(json.0, json.1).send().await;
    assert_eq!(taken.unwrap().status(), StatusCode::OK);
    let mut told = Vec::new();
    while !told
        .iter()
        .any(|body: &String| body.contains("\"type\":\"contact\"") && body.contains("3007"))
    {
        told = seen.until("chatbot", told.len() + 1).await;
    }
    let echo = told
        .iter()
        .any(|body| body.contains("Good evening, a person here."));
    assert!(echo, "{told:?}");
    let post = client.post(format!("http://{mastodon}/api/v1/statuses"));
    let post = post.bearer_auth(&tokens["mastodon"]).header(json.0, json.1);
    let post = post
        .header("idempotency-key", "k1")
        .body(r#"{"status":"@dana We are on it."}"#);
    let again = post.try_clone().unwrap();
    let mut made = Vec::new();
    for request in [post, again] {
        made.push(request.send().await.unwrap().text().await.unwrap());
    }
    assert!(
        made[0].contains("/@city/") && made[0] == made[1],
        "{made:?}"
    );
    cancel.cancel();
    playing.await.unwrap().unwrap();
}

#[tokio::test]
async fn another_machine_and_a_senseless_speed_are_refused() {
    let clock = Arc::new(ManualClock::at(start()));
    for base in [
        "http://192.0.2.7:80",
        "http://hub.example",
        "https://127.0.0.1:1",
        "x",
    ] {
        let mut stand = stand().await;
        base.clone_into(&mut stand.doors.base_url);
        let tempo = Tempo {
            seed: 1,
            speed: 1.0,
        };
        let end = play(stand.doors, tempo, clock.clone(), CancellationToken::new()).await;
        assert!(matches!(end, Err(DemoError::Elsewhere(_))), "{base}");
    }
    for speed in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let tempo = Tempo { seed: 1, speed };
        let doors = stand().await.doors;
        let end = play(doors, tempo, clock.clone(), CancellationToken::new()).await;
        assert!(matches!(end, Err(DemoError::Speed(_))), "{speed}");
    }
}

#[tokio::test]
async fn a_wrong_token_ends_the_demo_with_a_sentence() {
    let mut stand = stand().await;
    stand.doors.officers.clear();
    stand
        .doors
        .channels
        .insert("monitoring".to_owned(), "other".to_owned());
    let clock = Arc::new(ManualClock::at(start()));
    let tempo = Tempo {
        seed: 1,
        speed: 1.0,
    };
    let end = play(stand.doors, tempo, clock, CancellationToken::new()).await;
    let Err(error) = end else {
        panic!("it plays on")
    };
    assert!(error.to_string().contains("\"monitoring\""), "{error}");
}
