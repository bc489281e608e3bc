//! Every frame, with what it looks like on the wire for ever.

use serde_json::{Value, json};
use watchfloor::model::allowance::Allowance;
use watchfloor::model::command::{Command, ItemOutcome, Outcome, Refusal, RefusalCode, Verb};
use watchfloor::model::command::{Target, VerbName};
use watchfloor::model::event::{Actor, Body, Cause, Event};
use watchfloor::model::ids::{
    ChannelName, CommandId, DeskName, Epoch, ItemId, ItemKey, OfficerId, Seq,
};
use watchfloor::model::item::{Content, Kind};
use watchfloor::model::officer::{Desks, Role};
use watchfloor::model::time::Timestamp;
use watchfloor::text::Untrusted;
use watchfloor::wire::frames::{
    ChannelHealth, ChannelState, ClientFrame, Events, Hello, Items, Part, Present, Roster,
    ServerFrame, Window,
};
use watchfloor::wire::limits::Limits;

pub(crate) fn at() -> Timestamp {
    Timestamp::parse("2026-11-23T18:50:00.000Z").expect("a time")
}

pub(crate) fn officer() -> OfficerId {
    OfficerId::new("officer1").expect("a name")
}

pub(crate) fn key() -> ItemKey {
    ItemKey::from_bytes([0xab; 16])
}

pub(crate) fn id() -> CommandId {
    CommandId(uuid::Uuid::from_u128(7))
}

pub(crate) const UUID_7: &str = "00000000-0000-0000-0000-000000000007";
pub(crate) const KEY: &str = "abababababababababababababababab";
pub(crate) const AT: &str = "2026-11-23T18:50:00.000Z";

pub(crate) fn event(seq: u64, body: Body) -> Event {
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

pub(crate) fn post(text: &str) -> Content {
    let channel = ChannelName::new("mastodon").expect("a name");
    Content::new(Kind::Mention, channel, "1".into(), text.into())
}

pub(crate) fn taken_json(seq: u64) -> Value {
    json!({
        "seq": seq, "at": AT, "actor": {"officer": "officer1"},
        "cause": {"command": UUID_7}, "key": KEY, "id": 1042, "desk": "water",
        "body": {"type": "item_taken"}
    })
}

/// Every frame of the hub, with what it looks like on the wire.
pub(crate) fn server_frames() -> Vec<(ServerFrame, Value)> {
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

pub(crate) fn small_server_frames() -> Vec<(ServerFrame, Value)> {
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
                    calls: None,
                    answers: Some(Allowance {
                        left: 60,
                        of: Some(300),
                        until: at(),
                    }),
                    error: None,
                }],
                lag_ms: 4,
            },
            json!({"type": "health", "lag_ms": 4, "channels": [{"channel": "alerts",
                "file": "alertmanager", "transport": "webhook", "state": "up",
                "since": AT, "per_minute": 0, "items": 3, "unmapped": 0, "refused": 0,
                "answers": {"left": 60, "of": 300, "until": AT}}]}),
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
pub(crate) fn client_frames() -> Vec<(ClientFrame, Value)> {
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
                answering: false,
            },
            json!({"type": "presence", "idle_s": 5}),
        ),
        (
            ClientFrame::Presence {
                idle_s: 0,
                typing: Some(key()),
                answering: true,
            },
            json!({"type": "presence", "idle_s": 0, "typing": KEY, "answering": true}),
        ),
        (ClientFrame::Pong, json!({"type": "pong"})),
    ]
}
