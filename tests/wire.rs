//! The wire: what each frame looks like for ever, that frames of earlier and
//! later versions are read, and that nothing a stranger sends breaks a reader.

#![allow(
    clippy::too_many_lines,
    clippy::useless_vec,
    reason = "a test may stop where it stands, and its tables are long"
)]

#[path = "wire/golden.rs"]
mod golden;

use std::sync::Arc;

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};
use watchfloor::model::event::{Body, Event};
use watchfloor::model::ids::Seq;
use watchfloor::model::item::{Content, Speaker, Turn};
use watchfloor::model::severity::Severity;
use watchfloor::text::Untrusted;
use watchfloor::wire::codec::{self, CodecError, Form, Packet};
use watchfloor::wire::frames::{ClientFrame, Events, ServerFrame, Window};
use watchfloor::wire::limits::MESSAGE_BYTES;

use golden::*;

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
                reading: None,
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
        media: Vec::new().into(),
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
fn what_a_frame_is_may_stand_anywhere_in_it() {
    for (frame, golden) in server_frames() {
        let mut last = golden.as_object().expect("object").clone();
        let kind = last.remove("type").expect("a type");
        let mut inside: Vec<String> = last
            .iter()
            .map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())))
            .collect();
        inside.push(format!("\"type\":{kind}"));
        let text = Bytes::from(format!("{{{}}}", inside.join(",")));
        assert_eq!(codec::read_server(&Packet::Text(text)), Ok(frame));
    }
}

#[test]
fn a_message_that_does_not_say_how_long_it_is_is_read() {
    let json = codec::encode(&server_frames()[0].0);
    let mut piece = zstd::stream::write::Encoder::new(Vec::new(), 1).expect("an encoder");
    std::io::Write::write_all(&mut piece, &json).expect("in memory");
    let piece = piece.finish().expect("in memory");
    let mut message = vec![1];
    message.extend_from_slice(&piece);
    assert_eq!(codec::decompress(&message), Ok(json.to_vec()));
    message.extend_from_slice(&zstd::bulk::compress(b" ", 1).expect("fits"));
    let mut both = json.to_vec();
    both.push(b' ');
    assert_eq!(codec::decompress(&message), Ok(both));
    let long = zstd::bulk::compress(&json, 1).expect("fits");
    let two = [&[1][..], &long, &long].concat();
    assert_eq!(codec::decompress(&two), Ok(json.repeat(2)));
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
