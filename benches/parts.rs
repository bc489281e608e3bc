//! The parts that a hub's and a console's speed is made of: cleaning text,
//! filtering, the codec, the fold, deciding, mapping.
//!
//! `cargo bench --bench parts`; what an encoder costs is measured where
//! `WATCHFLOOR_ENCODER` names its file.

#![allow(
    missing_docs,
    reason = "criterion's macro makes a function without one"
)]

use std::hint::black_box;
use std::sync::Arc;

use axum::http::{HeaderMap, Method};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use watchfloor::channels::catalogue::Catalogue;
use watchfloor::channels::registry::Channels;
use watchfloor::channels::settings::ChannelConfig;
use watchfloor::channels::transport::webhook::{Received, Request, Webhook};
use watchfloor::hub::fanout::wire_event;
use watchfloor::hub::routing::Routing;
use watchfloor::insight::encoder::Encoder;
use watchfloor::model::board::Board;
use watchfloor::model::decide;
use watchfloor::model::event::{Actor, Body, Cause, Event, Fact};
use watchfloor::model::filter::{Asker, Filter};
use watchfloor::model::ids::{ChannelName, DeskName, ItemId, Seq};
use watchfloor::model::inbound::Inbound;
use watchfloor::model::item::{Content, Kind};
use watchfloor::model::reading::Reading;
use watchfloor::model::time::Timestamp;
use watchfloor::store::encode_body;
use watchfloor::text::{SafeText, Untrusted};
use watchfloor::wire::codec;

const WORDS: &str = "A water main has burst on Mill Road; the road is closed. ";

fn now() -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000)
}

fn channel() -> ChannelName {
    ChannelName::new("town").expect("a channel")
}

fn inbound(n: usize) -> Inbound {
    let text = format!("{n} {}", WORDS.repeat(1 + n % 16));
    let content = Content::new(
        Kind::Mention,
        channel(),
        format!("post-{n}").into(),
        text.into(),
    );
    Inbound::item(Arc::new(content), bytes::Bytes::new())
}

fn decided(board: &Board, inbound: &Inbound, routing: &Routing) -> Vec<Fact> {
    let channel = channel();
    let routed = |content: &Arc<Content>, reading: Option<&Arc<Reading>>| {
        routing.route((content, reading), &channel, now())
    };
    decide::inbound(board, inbound, routed, now()).1
}

fn routing() -> Routing {
    Routing::plain(DeskName::new("floor").expect("a desk"))
}

fn events(count: usize) -> Vec<Event> {
    let (board, routing) = (Board::default(), routing());
    let facts = (0..count).flat_map(|n| decided(&board, &inbound(n), &routing));
    facts
        .zip(1..)
        .map(|(fact, seq)| Event {
            seq: Seq(seq),
            at: now(),
            actor: Actor::Source(channel()),
            cause: Cause::Delivery,
            key: fact.key,
            id: Some(ItemId(seq)),
            desk: fact.desk,
            body: fact.body,
        })
        .collect()
}

fn board(count: usize) -> Board {
    let mut board = Board::default();
    for event in events(count) {
        board.apply(&event).expect("it folds");
    }
    board
}

fn text(c: &mut Criterion) {
    let mut group = c.benchmark_group("text");
    let hostile = "\u{202e}a\u{300}\u{301}\u{302}\u{1b}[31m\u{200b}👩‍👩‍👧 \u{0627}\u{0644}";
    for (name, unit) in [("plain", WORDS), ("hostile", hostile)] {
        let text: String = unit.chars().cycle().take(4000).collect();
        let text = Untrusted::from(text.as_str());
        group.throughput(Throughput::Bytes(text.as_evidence().len() as u64));
        group.bench_function(name, |b| {
            b.iter(|| SafeText::block(black_box(&text)));
        });
    }
}

fn filter(c: &mut Criterion) {
    let board = board(100_000);
    let teams = std::collections::BTreeSet::new();
    let asker = Asker {
        now: now(),
        officer: None,
        teams: &teams,
        utc_offset_minutes: 0,
        known: None,
    };
    let mut group = c.benchmark_group("filter of 100,000 items");
    group.sample_size(10);
    for source in [
        "sev>=high",
        "mill closed",
        "kind:mention -\"no such words\"",
    ] {
        let filter = Filter::parse(source).expect("a filter");
        group.bench_function(source, |b| {
            b.iter(|| {
                let found = board.items().filter(|item| filter.matches(item, &asker));
                black_box(found.count())
            });
        });
    }
}

fn wire(c: &mut Criterion) {
    let events = events(64);
    let bodies: Vec<_> = events
        .iter()
        .map(|event| encode_body(&event.body))
        .collect();
    let around = |(event, body)| wire_event(event, body);
    let encoded: Vec<_> = events.iter().zip(&bodies).map(around).collect();
    let frame = codec::encode_events(Seq(1), Seq(64), &encoded);
    let mut group = c.benchmark_group("wire, a frame of 64 events");
    group.throughput(Throughput::Bytes(frame.len() as u64));
    group.bench_function("bodies", |b| {
        b.iter(|| {
            let bodies = events.iter().map(|event| encode_body(&event.body));
            bodies.map(|body| body.len()).sum::<usize>()
        });
    });
    group.bench_function("events around bodies", |b| {
        b.iter(|| {
            let all = events.iter().zip(&bodies).map(around);
            all.map(|json| json.len()).sum::<usize>()
        });
    });
    group.bench_function("frame", |b| {
        b.iter(|| codec::encode_events(Seq(1), Seq(64), &encoded));
    });
    group.bench_function("zstd", |b| b.iter(|| codec::compress(&frame)));
    let packet = codec::Packet::Text(frame.clone());
    group.bench_function("read", |b| b.iter(|| codec::read_server(&packet)));
}

fn fold(c: &mut Criterion) {
    let events = events(10_000);
    let mut group = c.benchmark_group("board");
    group.sample_size(20);
    group.throughput(Throughput::Elements(10_000));
    group.bench_function("fold", |b| {
        b.iter(|| {
            let mut board = Board::default();
            for event in &events {
                board.apply(event).expect("it folds");
            }
            board
        });
    });
    let board = board(10_000);
    let routing = routing();
    let new: Vec<Inbound> = (10_000..20_000).map(inbound).collect();
    let known: Vec<Inbound> = (0..10_000).map(inbound).collect();
    for (name, all) in [("decide, new", new), ("decide, again", known)] {
        group.bench_function(name, |b| {
            b.iter(|| {
                let facts = all.iter().map(|one| decided(&board, one, &routing).len());
                facts.sum::<usize>()
            });
        });
    }
    let arrived = matches!(events[0].body, Body::ItemArrived(_));
    assert!(arrived, "what is folded here are arrivals");
}

/// A webhook of the file `text`, open to its peer's address.
fn door(text: &str, id: &str) -> Webhook {
    let mut catalogue = Catalogue::default();
    catalogue
        .add("bench.toml", text)
        .expect("the file is right");
    let name = ChannelName::new("bench").expect("a name");
    let mut config = ChannelConfig::new(name.clone(), id);
    config.allow_ips = vec!["127.0.0.0/8".parse().expect("a network")];
    if text.contains("vars.instance") {
        let instance = "social.example".to_owned();
        config.vars.insert("instance".to_owned(), instance);
    }
    let channels = Channels::load(vec![config], &catalogue).expect("it loads");
    Webhook::of(channels.get(&name).expect("it is there")).expect("it is a webhook")
}

/// From a delivery's bytes to what is handed to the desk: a small document by
/// pointers, and a Mastodon status with JSON inside JSON and HTML inside that.
/// What a post means, with the encoder that `WATCHFLOOR_ENCODER` names.
fn encoder(c: &mut Criterion) {
    let Some(file) = std::env::var_os("WATCHFLOOR_ENCODER") else {
        return;
    };
    let bytes = std::fs::read(file).expect("the encoder's file");
    let encoder = Encoder::read(&bytes).expect("an encoder");
    let post = "Brown water in Mill Road since six, and the pressure is gone on the upper floors. Is it safe to drink?";
    let mut group = c.benchmark_group("encoder");
    group.throughput(Throughput::Elements(1));
    group.bench_function("a post of 100 letters", |b| {
        b.iter(|| encoder.meaning(black_box(post)));
    });
    group.finish();
}

fn map(c: &mut Criterion) {
    let small = include_str!("../src/channels/catalogue/riemann.toml");
    let source = include_str!("../src/channels/catalogue/mastodon.toml");
    let (head, rest) = source.split_once("[source]").expect("it has a source");
    let (_, maps) = rest.split_once("decode = ").expect("it decodes");
    let (maps, _) = maps.split_once("[reply]").expect("it replies");
    let status = format!(
        "{head}[source]\ntransport = \"webhook\"\ndecode = {maps}\n[[test]]\nname = \"t\"\ninput = \"\"\nexpect = {{ id = \"\" }}\n"
    );
    let one = r#"{"host":"pump3","service":"flow","state":"critical","description":"No flow","time":1795459800}"#;
    let inner = serde_json::json!({
        "id": "108913983692647032", "created_at": "2026-11-23T18:50:00.000Z", "language": "en",
        "url": "https://social.example/@dana/1", "replies_count": 2, "reblogs_count": 1,
        "favourites_count": 5, "visibility": "public", "media_attachments": [],
        "content": format!("<p>{} <a href=\"https://social.example/tags/mill\">#mill</a></p>", WORDS.repeat(3)),
        "account": {"id": "7", "acct": "dana", "username": "dana", "display_name": "Dana", "bot": false, "followers_count": 12},
    });
    let update =
        serde_json::json!({"stream": ["public"], "event": "update", "payload": inner.to_string()});
    let headers = HeaderMap::new();
    let mut group = c.benchmark_group("map");
    group.throughput(Throughput::Elements(1));
    for (name, hook, body) in [
        ("small", door(small, "riemann"), one.to_owned()),
        (
            "Mastodon status",
            door(&status, "mastodon"),
            update.to_string(),
        ),
    ] {
        let request = Request {
            method: &Method::POST,
            path: "",
            query: "",
            headers: &headers,
            body: body.into(),
            peer: "127.0.0.1".parse().expect("an address"),
            names: &[],
            now: now(),
        };
        let kept = matches!(hook.receive(&request), Received::Deliver(d) if d.counts() == (1, 0));
        assert!(kept, "{name} is mapped");
        group.bench_function(name, |b| b.iter(|| hook.receive(black_box(&request))));
    }
}

criterion_group!(parts, map, encoder, text, filter, wire, fold);
criterion_main!(parts);
