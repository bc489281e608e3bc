//! The wire: what each frame looks like for ever, that frames of earlier and
//! later versions are read, and that nothing a stranger sends breaks a reader.

use std::sync::Arc;

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};
use watchfloor::model::command::{Command, ItemOutcome, Outcome, Refusal, RefusalCode, Verb};
use watchfloor::model::command::{Target, VerbName};
use watchfloor::model::event::{Actor, Body, Cause, Event};
use watchfloor::model::ids::{
    ChannelName, CommandId, DeskName, Epoch, ItemId, ItemKey, OfficerId, Seq,
};
use watchfloor::model::item::{Content, Kind, Speaker, Turn};
use watchfloor::model::officer::{Desks, Role};
use watchfloor::model::severity::Severity;
use watchfloor::model::time::Timestamp;
use watchfloor::text::Untrusted;
use watchfloor::wire::codec::{self, CodecError, Form, Packet};
use watchfloor::wire::frames::{
    ChannelHealth, ChannelState, ClientFrame, Events, Hello, Items, Part, Present, Roster,
    ServerFrame, Window,
};
use watchfloor::wire::limits::{Limits, MESSAGE_BYTES};

fn at() -> Timestamp {
    Timestamp::parse("2026-11-23T18:50:00.000Z").expect("a time")
}

fn officer() -> OfficerId {
    OfficerId::new("officer1").expect("a name")
}

fn key() -> ItemKey {
    ItemKey::from_bytes([0xab; 16])
}

fn id() -> CommandId {
    CommandId(uuid::Uuid::from_u128(7))
}

const UUID_7: &str = "00000000-0000-0000-0000-000000000007";
const KEY: &str = "abababababababababababababababab";
const AT: &str = "2026-11-23T18:50:00.000Z";

fn event(seq: u64, body: Body) -> Event {
    Event {
        seq: Seq(seq),
        at: at(),
        actor: Actor::Officer(officer()),
        cause: Cause::Command(id()),
        key: Some(key()),
        id: Some(ItemId(1042)),
        desk: Some(DeskName::new("water").expect("a name")),
        body,
    }
}

fn post(text: &str) -> Content {
    let channel = ChannelName::new("mastodon").expect("a name");
    Content::new(Kind::Mention, channel, "1".into(), text.into())
}

fn taken_json(seq: u64) -> Value {
    json!({
        "seq": seq, "at": AT, "actor": {"officer": "officer1"},
        "cause": {"command": UUID_7}, "key": KEY, "id": 1042, "desk": "water",
        "body": {"type": "item_taken"}
    })
}

/// Every frame of the hub, with what it looks like on the wire.
fn server_frames() -> Vec<(ServerFrame, Value)> {
    let mut frames = vec![
        (
            ServerFrame::Hello(Box::new(Hello {
                epoch: Epoch(id().0),
                head: Seq(9),
                officer: officer(),
                role: Role::Officer,
                desks: Desks::All,
                teams: Vec::new(),
                roster: Roster::default(),
                zone: "Europe/Lisbon".into(),
                now: at(),
                limits: Limits::default(),
                version: "0.1.0".into(),
                demo: false,
            })),
            json!({
                "type": "hello", "epoch": UUID_7, "head": 9, "officer": "officer1",
                "role": "officer", "desks": "all", "teams": [],
                "roster": {"officers": [], "teams": []}, "zone": "Europe/Lisbon",
                "now": AT, "version": "0.1.0", "demo": false,
                "limits": {"message_bytes": 1_048_576, "text_bytes": 65536,
                    "commands_per_second": 50, "idle_s": 1200, "link_lost_s": 90}
            }),
        ),
        (
            ServerFrame::Items(Items {
                at: Seq(9),
                items: Vec::new(),
                suppressions: Vec::new(),
                part: Part::Only,
            }),
            json!({"type": "items", "at": 9, "items": [], "part": "only"}),
        ),
        (
            ServerFrame::Events(Events {
                from: Seq(3),
                to: Seq(9),
                events: vec![event(5, Body::ItemTaken)],
            }),
            json!({"type": "events", "from": 3, "to": 9, "events": [taken_json(5)]}),
        ),
    ];
    frames.extend(small_server_frames());
    frames
}

fn small_server_frames() -> Vec<(ServerFrame, Value)> {
    let mut refusal = Refusal::new(RefusalCode::Held, "officer2 has it.");
    refusal.holder = Some(OfficerId::new("officer2").expect("a name"));
    vec![
        (
            ServerFrame::Reply {
                outcome: Outcome {
                    command: id(),
                    verb: VerbName::Take,
                    seq: Some(Seq(4)),
                    items: vec![ItemOutcome {
                        key: key(),
                        id: Some(ItemId(1042)),
                        refused: Some(refusal),
                    }],
                    refused: None,
                },
            },
            json!({"type": "reply", "outcome": {
                "command": UUID_7, "verb": "take", "seq": 4,
                "items": [{"key": KEY, "id": 1042, "refused":
                    {"code": "held", "says": "officer2 has it.", "holder": "officer2"}}]
            }}),
        ),
        (
            ServerFrame::Presence {
                officers: vec![Present {
                    officer: officer(),
                    sessions: 1,
                    idle_s: 3,
                    viewing: vec![key()],
                    typing: Vec::new(),
                    connected: true,
                }],
            },
            json!({"type": "presence", "officers": [{"officer": "officer1",
                "sessions": 1, "idle_s": 3, "viewing": [KEY], "connected": true}]}),
        ),
        (
            ServerFrame::Counts {
                closed_outside: 2,
                suppressed: 1,
            },
            json!({"type": "counts", "closed_outside": 2, "suppressed": 1}),
        ),
        (
            ServerFrame::Health {
                channels: vec![ChannelHealth {
                    channel: ChannelName::new("alerts").expect("a name"),
                    file: "alertmanager".into(),
                    transport: "webhook".into(),
                    state: ChannelState::Up,
                    since: at(),
                    last_item: None,
                    per_minute: 0,
                    items: 3,
                    unmapped: 0,
                    refused: 0,
                    error: None,
                }],
                lag_ms: 4,
            },
            json!({"type": "health", "lag_ms": 4, "channels": [{"channel": "alerts",
                "file": "alertmanager", "transport": "webhook", "state": "up",
                "since": AT, "per_minute": 0, "items": 3, "unmapped": 0, "refused": 0}]}),
        ),
        (
            ServerFrame::Ping {
                head: Seq(9),
                now: at(),
            },
            json!({"type": "ping", "head": 9, "now": AT}),
        ),
        (
            ServerFrame::Resync {
                from: Seq(4),
                head: Seq(9),
            },
            json!({"type": "resync", "from": 4, "head": 9}),
        ),
        (
            ServerFrame::Bye {
                reason: "The hub stops.".into(),
                retry_after: Some(3),
            },
            json!({"type": "bye", "reason": "The hub stops.", "retry_after": 3}),
        ),
        (
            ServerFrame::Error {
                says: "No such item.".into(),
                command: Some(id()),
            },
            json!({"type": "error", "says": "No such item.", "command": UUID_7}),
        ),
    ]
}

/// Every frame of a console, with what it looks like on the wire.
fn client_frames() -> Vec<(ClientFrame, Value)> {
    vec![
        (
            ClientFrame::Resume {
                epoch: Some(Epoch(id().0)),
                seq: Seq(9),
                window: Window { closed_items: 50 },
            },
            json!({"type": "resume", "epoch": UUID_7, "seq": 9, "window": {"closed_items": 50}}),
        ),
        (
            ClientFrame::Command {
                command: Command {
                    id: id(),
                    verb: Verb::Take,
                    targets: vec![Target {
                        key: key(),
                        version: Some(2),
                    }],
                    note: Untrusted::from("on it"),
                },
            },
            json!({"type": "command", "command": {"id": UUID_7, "verb": "take",
                "targets": [{"key": KEY, "version": 2}], "note": "on it"}}),
        ),
        (
            ClientFrame::View { key: Some(key()) },
            json!({"type": "view", "key": KEY}),
        ),
        (
            ClientFrame::Presence {
                idle_s: 5,
                typing: None,
            },
            json!({"type": "presence", "idle_s": 5}),
        ),
        (ClientFrame::Pong, json!({"type": "pong"})),
    ]
}

#[test]
fn frames_look_as_they_always_did_and_are_read_back() {
    for (frame, golden) in server_frames() {
        let json = codec::encode(&frame);
        let written: Value = serde_json::from_slice(&json).expect("JSON");
        assert_eq!(written, golden);
        assert_eq!(codec::read_server(&Packet::Text(json)), Ok(frame));
    }
    for (frame, golden) in client_frames() {
        let json = codec::encode(&frame);
        let written: Value = serde_json::from_slice(&json).expect("JSON");
        assert_eq!(written, golden);
        assert_eq!(codec::read_client(&Packet::Text(json)), Ok(frame));
    }
}

fn server(json: &Value) -> ServerFrame {
    let text = Bytes::from(json.to_string());
    codec::read_server(&Packet::Text(text)).expect("a frame")
}

fn client(json: &Value) -> ClientFrame {
    let text = Bytes::from(json.to_string());
    codec::read_client(&Packet::Text(text)).expect("a frame")
}

#[test]
fn frames_of_other_versions_are_read() {
    assert_eq!(
        server(&json!({"type": "weather", "sun": true})),
        ServerFrame::Unknown
    );
    assert_eq!(client(&json!({"type": "dance"})), ClientFrame::Unknown);
    assert_eq!(
        client(&json!({"type": "resume"})),
        ClientFrame::Resume {
            epoch: None,
            seq: Seq(0),
            window: Window::default()
        }
    );
    assert_eq!(
        server(&json!({"type": "resync", "from": 4})),
        ServerFrame::Resync {
            from: Seq(4),
            head: Seq(0)
        }
    );
    let mut later = taken_json(5);
    later["body"] = json!({"type": "item_teleported", "to": "the moon"});
    later["mood"] = json!("fine");
    let frame = server(&json!({"type": "events", "from": 5, "to": 5, "events": [later]}));
    let ServerFrame::Events(events) = frame else {
        panic!("not events: {frame:?}");
    };
    assert_eq!(events.events[0].body, Body::Unknown);
}

#[test]
fn spliced_events_are_the_same_frame() {
    let events = vec![
        event(5, Body::ItemTaken),
        event(
            6,
            Body::NoteAdded {
                text: "\"quoted\" \u{202e}".into(),
            },
        ),
    ];
    for count in 0..=events.len() {
        let some = events[..count].to_vec();
        let encoded: Vec<Bytes> = some.iter().map(codec::encode).collect();
        let spliced = codec::encode_events(Seq(3), Seq(9), &encoded);
        let frame = ServerFrame::Events(Events {
            from: Seq(3),
            to: Seq(9),
            events: some,
        });
        assert_eq!(spliced, codec::encode(&frame));
    }
}

#[test]
fn strangers_posts_are_compressed_and_officers_words_never() {
    let arrived = |content: Content| {
        event(
            5,
            Body::ItemArrived(Box::new(watchfloor::model::event::Arrival {
                content: Arc::new(content),
                severity: Severity::Medium,
                tags: Vec::new(),
                clocks: watchfloor::model::item::Clocks::default(),
                reasons: Vec::new(),
                suppressed_by: None,
            })),
        )
    };
    let frame = |events: Vec<Event>| {
        ServerFrame::Events(Events {
            from: Seq(5),
            to: Seq(9),
            events,
        })
    };
    let posts = frame(vec![arrived(post(&"water on the street ".repeat(100)))]);
    let Packet::Binary(packed) = codec::pack(&posts, Form::Zstd).expect("fits") else {
        panic!("posts are not compressed");
    };
    assert!(packed.len() < codec::encode(&posts).len() / 4);
    assert_eq!(
        codec::read_server(&Packet::Binary(packed)),
        Ok(posts.clone())
    );
    assert!(matches!(
        codec::pack(&posts, Form::Json),
        Ok(Packet::Text(_))
    ));

    let mut conversation = post("hello");
    conversation.conversation.push(Turn {
        external_id: Untrusted::default(),
        speaker: Speaker::Officer,
        name: Untrusted::default(),
        text: "we will call you".into(),
        at: None,
    });
    let note = event(
        6,
        Body::NoteAdded {
            text: "the caller is known to us".into(),
        },
    );
    let reason = event(
        6,
        Body::ItemEscalated {
            level: 1,
            reason: "no answer".into(),
        },
    );
    for words in [note, reason, arrived(conversation)] {
        let mixed = frame(vec![arrived(post("a post")), words]);
        assert!(!codec::compressible(&mixed), "{mixed:?}");
    }
    for (small, _) in small_server_frames() {
        assert!(!codec::compressible(&small), "{small:?}");
    }
}

#[test]
fn bombs_and_giants_are_refused() {
    let bomb = zstd::bulk::compress(&vec![b' '; 50 * MESSAGE_BYTES], 19).expect("compresses");
    assert!(bomb.len() < MESSAGE_BYTES / 8);
    let mut message = vec![1];
    message.extend_from_slice(&bomb);
    let refused = codec::read_server(&Packet::Binary(message.into()));
    assert!(
        matches!(refused, Err(CodecError::TooLarge | CodecError::Damaged)),
        "{refused:?}"
    );
    let giant = Bytes::from(vec![b' '; MESSAGE_BYTES + 1]);
    assert_eq!(codec::compress(&giant), Err(CodecError::TooLarge));
    assert_eq!(
        codec::read_server(&Packet::Text(giant)),
        Err(CodecError::TooLarge)
    );
    let nested = Bytes::from("[".repeat(100_000));
    assert!(codec::read_server(&Packet::Text(nested)).is_err());
    let unknown_form = Packet::Binary(Bytes::from_static(&[9, 9, 9]));
    assert_eq!(
        codec::read_server(&unknown_form),
        Err(CodecError::UnknownForm)
    );
}

#[test]
fn an_exact_message_still_fits() {
    let json = vec![b'7'; MESSAGE_BYTES];
    let packed = codec::compress(&json).expect("fits");
    assert_eq!(codec::decompress(&packed), Ok(json));
}

#[test]
fn errors_never_repeat_what_was_sent() {
    let bytes = Bytes::from_static(b"{\"type\":\"ping\",\"head\":\"SECRET\",\"now\":1}");
    let error = codec::read_server(&Packet::Text(bytes)).expect_err("no frame");
    assert!(!error.to_string().contains("SECRET"), "{error}");
}

#[test]
fn the_first_form_that_is_known_is_chosen() {
    assert_eq!(
        Form::choose(["x", "watchfloor.v1.zstd", "watchfloor.v1"]),
        Some(Form::Zstd)
    );
    assert_eq!(Form::choose([" watchfloor.v1"]), Some(Form::Json));
    assert_eq!(Form::choose(["watchfloor.v2"]), None);
}

proptest! {
    #[test]
    fn no_bytes_break_a_reader(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let bytes = Bytes::from(bytes);
        for packet in [Packet::Text(bytes.clone()), Packet::Binary(bytes)] {
            let _server = codec::read_server(&packet);
            let _client = codec::read_client(&packet);
        }
    }

    #[test]
    fn no_damage_breaks_a_reader(place in 0_usize..2000, byte in any::<u8>(), pick in 0_usize..11) {
        let frames = server_frames();
        let (frame, _) = &frames[pick % frames.len()];
        let json = codec::encode(frame);
        for whole in [json.to_vec(), codec::compress(&json).expect("fits").to_vec()] {
            let mut bytes = whole;
            let place = place % bytes.len();
            bytes[place] = byte;
            let bytes = Bytes::from(bytes);
            let _text = codec::read_server(&Packet::Text(bytes.clone()));
            let _binary = codec::read_server(&Packet::Binary(bytes));
        }
    }

    #[test]
    fn what_is_compressed_comes_back(bytes in proptest::collection::vec(any::<u8>(), 0..5000)) {
        let packed = codec::compress(&bytes).expect("fits");
        prop_assert_eq!(codec::decompress(&packed), Ok(bytes));
    }
}
