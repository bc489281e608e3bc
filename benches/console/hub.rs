//! A hub for one console: a snapshot of so many items, then arrivals at a rate.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures_util::{SinkExt, StreamExt};
use thin_vec::ThinVec;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use watchfloor::model::cluster::{ClusterId, Copied};
use watchfloor::model::event::{Actor, Arrival, Body, Cause, Event};
use watchfloor::model::ids::{ChannelName, DeskName, Epoch, ItemId, OfficerId, Seq};
use watchfloor::model::item::{Clocks, Content, Item, Kind};
use watchfloor::model::officer::{Desks, Role};
use watchfloor::model::reading::{Feeling, Language, Reading, Sentiment, Topic, Urgency};
use watchfloor::model::seldom::Seldom;
use watchfloor::model::severity::Severity;
use watchfloor::model::time::{Clock, SystemClock, Timestamp};
use watchfloor::wire::codec::{self, Form, Packet};
use watchfloor::wire::frames::{Events, Hello, Items, Part, Roster, ServerFrame};
use watchfloor::wire::limits::{Limits, PING_AFTER};

/// Items of one frame of a snapshot.
const CHUNK: usize = 200;
/// How often events are sent.
const TICK: Duration = Duration::from_millis(20);

/// What the hub sends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Floor {
    /// Items in the snapshot.
    pub(crate) items: u64,
    /// Arrivals a second after it.
    pub(crate) rate: u64,
    /// Text of several scripts, emoji among it.
    pub(crate) mixed: bool,
    /// How old the items of the snapshot are, from one to the next.
    pub(crate) apart: Duration,
    /// Each item has been read, as the hub's models do, and every third is a copy
    /// of an earlier one.
    pub(crate) read: bool,
}

/// A hub that runs until it is dropped.
pub(crate) struct Hub {
    pub(crate) port: u16,
    shared: Arc<Shared>,
    _runtime: tokio::runtime::Runtime,
}

#[derive(Default)]
struct Shared {
    /// When each arrival was sent, by its number; the first is [`Floor::items`]
    /// and one.
    sent: Mutex<Vec<Instant>>,
    sessions: AtomicU64,
}

impl Hub {
    pub(crate) fn start(floor: Floor) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                theirs.sessions.fetch_add(1, Ordering::SeqCst);
                let theirs = Arc::clone(&theirs);
                tokio::spawn(async move {
                    if let Err(error) = serve(stream, floor, &theirs).await {
                        eprintln!("  the console left: {error:#}");
                    }
                });
            }
        });
        Ok(Self {
            port,
            shared,
            _runtime: runtime,
        })
    }

    /// When the arrival with this number was sent.
    pub(crate) fn sent(&self, floor: Floor, id: u64) -> Option<Instant> {
        let at = usize::try_from(id.checked_sub(floor.items + 1)?).ok()?;
        self.shared.sent.lock().ok()?.get(at).copied()
    }

    /// Sessions so far: more than one when the link broke.
    pub(crate) fn sessions(&self) -> u64 {
        self.shared.sessions.load(Ordering::SeqCst)
    }
}

type Socket = WebSocketStream<TcpStream>;

#[allow(
    clippy::result_large_err,
    reason = "the library's own type of a refused handshake"
)]
async fn shake_hands(stream: TcpStream) -> Result<(Socket, Form)> {
    stream.set_nodelay(true)?;
    let mut form = Form::Json;
    let shake = |request: &Request, mut response: Response| {
        let offered = request.headers().get("sec-websocket-protocol");
        let offered = offered.and_then(|text| text.to_str().ok());
        form = Form::choose(offered.unwrap_or_default().split(',')).unwrap_or(Form::Json);
        if let Ok(chosen) = form.protocol().parse() {
            let headers = response.headers_mut();
            headers.insert("sec-websocket-protocol", chosen);
        }
        Ok::<_, ErrorResponse>(response)
    };
    let socket = tokio_tungstenite::accept_hdr_async(stream, shake).await?;
    Ok((socket, form))
}

async fn serve(stream: TcpStream, floor: Floor, shared: &Shared) -> Result<()> {
    let (mut socket, form) = shake_hands(stream).await?;
    socket.next().await.context("no resume")??;
    say(&mut socket, &hello(floor.items), form).await?;
    let now = SystemClock.now();
    let mut from = 1;
    loop {
        let to = (from + CHUNK as u64 - 1).min(floor.items);
        let part = match (from == 1, to >= floor.items) {
            (true, true) => Part::Only,
            (true, false) => Part::First,
            (false, true) => Part::Last,
            (false, false) => Part::More,
        };
        let items = (from..=to).map(|n| item(n, floor, now)).collect();
        let items = Items {
            at: Seq(floor.items),
            items,
            suppressions: Vec::new(),
            part,
        };
        say(&mut socket, &ServerFrame::Items(items), form).await?;
        if to >= floor.items {
            break;
        }
        from = to + 1;
    }
    let (mut sink, mut source) = socket.split();
    tokio::spawn(async move { while let Some(Ok(_)) = source.next().await {} });
    let (mut next, mut due, mut tick) = (floor.items + 1, 0.0, tokio::time::interval(TICK));
    let mut spoke = Instant::now();
    loop {
        tick.tick().await;
        if spoke.elapsed() >= PING_AFTER {
            spoke = Instant::now();
            let (head, now) = (Seq(next - 1), SystemClock.now());
            let ping = message(&ServerFrame::Ping { head, now }, form)?;
            sink.send(ping).await?;
        }
        due += floor.rate as f64 * TICK.as_secs_f64();
        let count = due as u64;
        if count == 0 {
            continue;
        }
        due -= count as f64;
        let events: Vec<Event> = (next..next + count).map(|n| arrival(n, floor)).collect();
        let frame = ServerFrame::Events(Events {
            from: Seq(next),
            to: Seq(next + count - 1),
            events,
        });
        let message = message(&frame, form)?;
        if let Ok(mut sent) = shared.sent.lock() {
            sent.extend(std::iter::repeat_n(Instant::now(), count as usize));
        }
        sink.send(message).await?;
        spoke = Instant::now();
        next += count;
    }
}

async fn say(socket: &mut Socket, frame: &ServerFrame, form: Form) -> Result<()> {
    Ok(socket.send(message(frame, form)?).await?)
}

fn message(frame: &ServerFrame, form: Form) -> Result<Message> {
    Ok(match codec::pack(frame, form)? {
        Packet::Text(json) => Message::Text(json.try_into()?),
        Packet::Binary(bytes) => Message::Binary(bytes),
    })
}

fn hello(head: u64) -> ServerFrame {
    ServerFrame::Hello(Box::new(Hello {
        epoch: Epoch(uuid::Uuid::from_u128(1)),
        head: Seq(head),
        officer: OfficerId::new("officer1").expect("a name"),
        role: Role::Officer,
        desks: Desks::All,
        teams: Vec::new(),
        roster: Roster::default(),
        zone: "UTC".into(),
        now: SystemClock.now(),
        limits: Limits::default(),
        version: "0".into(),
        demo: false,
    }))
}

const LATIN: [&str; 6] = [
    "Brown water in Mill Road since six, and the pressure is gone on the upper floors.",
    "Tram 7 stands at the harbour again. Nobody tells us anything, it is the third time.",
    "Is the swimming pool open on Sunday? The site says yes, the door says no.",
    "Street lamp 118 flickers. Reported on Monday, reported on Tuesday, still flickers.",
    "Thank you to the crew that cleared the fallen tree before school this morning!",
    "Smoke over the old tannery. Two engines went by. Does anybody know more?",
];
const MIXED: [&str; 6] = [
    "Água castanha na Rua da Azenha desde as seis; ninguém atende no piquete ⚠️",
    "ضغط الماء ضعيف في الطابق الرابع منذ ساعة، هل من خبر؟",
    "水道管が破裂して道路が冠水しています。通れません。",
    "Brown water in Mill Road since six, and the pressure is gone on the upper floors.",
    "Аварія на водогоні, вулиця перекрита, чекаємо бригаду вже дві години",
    "L'ascenseur est encore en panne 😡 troisième fois cette semaine, merci…",
];

fn content(n: u64, mixed: bool) -> Arc<Content> {
    let texts = if mixed { MIXED } else { LATIN };
    let channel = ["mastodon", "cityapp", "news"][(n % 3) as usize];
    let mut content = Content::new(
        Kind::Mention,
        ChannelName::new(channel).expect("a name"),
        format!("post-{n}").into(),
        format!("{n} {}", texts[(n % 6) as usize]).into(),
    );
    content.author.handle = format!("reader_{}", n % 977).into();
    content.author.name = format!("Reader {}", n % 977).into();
    content.severity = match n % 40 {
        1..=4 => Severity::High,
        5..=12 => Severity::Low,
        _ => Severity::Medium,
    };
    Arc::new(content)
}

fn item(n: u64, floor: Floor, now: Timestamp) -> Item {
    let age = floor
        .apart
        .saturating_mul(u32::try_from(floor.items - n).unwrap_or(u32::MAX));
    let at = Timestamp::from_millis(now.as_millis() - age.as_millis() as i64);
    let mut item = Item::new(content(n, floor.mixed), desk(), at);
    (item.id, item.last_seq) = (ItemId(n), Seq(n));
    item.reading = floor.read.then(|| Arc::new(reading(n)));
    item
}

/// Copies of one text: the first is what they are copies of.
const COPIES: u64 = 12;

/// What the models read of a post, and whose copy it is: of each thirty-six posts
/// the first and every third after it are one text.
fn reading(n: u64) -> Reading {
    let first = n - n % (3 * COPIES);
    let key_of = |n| content(n, false).key();
    let copied = (n.is_multiple_of(3) && n != first && first > 0).then(|| Copied {
        cluster: ClusterId::of(&key_of(first)),
        like: key_of(first),
        percent: 96,
        joined: Seldom::default(),
    });
    Reading {
        model: "5f0a61d2-91c7be40-3da8f05c-77e1b920".to_owned().into(),
        language: Some(
            Language {
                code: "pt".into(),
                percent: 97,
            }
            .into(),
        ),
        sentiment: Some(Sentiment {
            feeling: Feeling::Negative,
            percents: [71, 24, 5],
            words: vec!["nobody".into(), "gone".into()].into(),
            corrected_by: None,
        }),
        topics: vec![
            Topic {
                name: "water".into(),
                words: "water".into(),
            }
            .into(),
        ]
        .into(),
        urgency: Urgency {
            score: 40,
            percent: 31,
            reasons: ThinVec::new(),
        },
        copied: copied.map(Box::new),
        claims: ThinVec::new(),
        partly: false,
    }
}

fn arrival(n: u64, floor: Floor) -> Event {
    let content = content(n, floor.mixed);
    Event {
        seq: Seq(n),
        at: SystemClock.now(),
        actor: Actor::Source(content.channel.clone()),
        cause: Cause::Delivery,
        key: Some(content.key()),
        id: Some(ItemId(n)),
        desk: Some(desk()),
        body: Body::ItemArrived(Box::new(Arrival {
            severity: content.severity,
            content,
            tags: Vec::new(),
            clocks: Clocks::default(),
            reasons: Vec::new(),
            suppressed_by: None,
            reading: None,
        })),
    }
}

fn desk() -> DeskName {
    DeskName::new("floor").expect("a name")
}
