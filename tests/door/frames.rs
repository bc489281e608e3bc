//! Bad frames on the stream: each gets a sentence, is counted, and leaves the
//! floor and the other consoles as they were.

use futures_util::SinkExt;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use watchfloor::wire::frames::ServerFrame;

use crate::stage::watcher::{Session, Watcher, dial};
use crate::stage::{PATIENCE, Stage, entry};

const BAD_FRAMES: &str = "watchfloor_bad_frames_total";
const TOO_OFTEN: &str = r#"watchfloor_refusals_total{door="stream",why="too often"}"#;

async fn joined(stage: &Stage) -> Session {
    let address = stage.running.address;
    let opened = Session::open(&Watcher::default(), address, stage.token("ana")).await;
    let mut session = opened.expect("a session");
    let opened = session.until(|frame| matches!(frame, ServerFrame::Health { .. }).then_some(()));
    opened.await.expect("the session opens");
    session
}

/// The next refusal; what the hub says by itself is passed over.
async fn refusal(session: &mut Session) -> String {
    let refusal = session.until(|frame| match frame {
        ServerFrame::Error { says, .. } => Some(says.clone()),
        ServerFrame::Bye { reason, .. } => Some(reason.clone()),
        _ => None,
    });
    let says = refusal.await.expect("a sentence before the end");
    assert!(says.ends_with('.') && !says.contains('\n'), "{says:?}");
    says
}

async fn counted(stage: &Stage, name: &str) -> f64 {
    stage
        .counters()
        .await
        .get(name)
        .copied()
        .unwrap_or_default()
}

fn note(words: &str, key: &str) -> Value {
    json!({ "type": "command", "command": {
        "id": uuid::Uuid::now_v7(), "verb": "note", "targets": [{ "key": key }], "note": words,
    }})
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut message = vec![1];
    message.extend(zstd::bulk::compress(bytes, 3).unwrap());
    message
}

#[tokio::test]
async fn what_is_no_frame_is_refused_and_the_session_goes_on() {
    let stage = Stage::town().await;
    stage.post(entry("a", "a bin is full").to_string()).await;
    let before = stage.items();
    let mut other = joined(&stage).await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let table: Vec<(&str, Message)> = vec![
        ("garbage", Message::text("¿qué?")),
        ("empty", Message::text("")),
        ("a list", Message::text("[1, 2]")),
        ("no type", Message::text("{}")),
        ("deep", Message::text(deep)),
        (
            "wrong types",
            Message::text(r#"{"type":"presence","idle_s":"long"}"#),
        ),
        (
            "a verb",
            Message::text(r#"{"type":"command","command":{"id":"1","verb":"fire"}}"#),
        ),
        (
            "surrogate",
            Message::text(r#"{"type":"view","key":"\ud800"}"#),
        ),
        ("bytes", Message::binary(vec![0_u8, 159, 146, 150])),
        ("nothing in bytes", Message::binary(Vec::new())),
        ("damaged", Message::binary(vec![1_u8, 40, 181, 47, 253, 9])),
        (
            "a bomb",
            Message::binary(compressed(&vec![b' '; 64 * 1024 * 1024])),
        ),
    ];
    for (name, message) in table {
        let mut session = joined(&stage).await;
        let before = counted(&stage, BAD_FRAMES).await;
        session.socket.send(message).await.unwrap();
        let says = refusal(&mut session).await;
        assert!(says.contains("message"), "{name}: {says}");
        assert!(counted(&stage, BAD_FRAMES).await > before, "{name}");
        // It is a session still.
        session
            .socket
            .send(Message::text(
                note("still here", &"0".repeat(32)).to_string(),
            ))
            .await
            .unwrap();
        let reply = session.until(|frame| matches!(frame, ServerFrame::Reply { .. }).then_some(()));
        assert!(reply.await.is_some(), "{name}: the session ended");
    }
    assert_eq!(stage.items(), before);
    let text = note("and I", &"0".repeat(32)).to_string();
    other.socket.send(Message::text(text)).await.unwrap();
    let reply = other.until(|frame| matches!(frame, ServerFrame::Reply { .. }).then_some(()));
    assert!(reply.await.is_some(), "another console's session ended");
    stage.stop().await;
}

#[tokio::test]
async fn frames_of_a_later_version_are_passed_over() {
    let stage = Stage::town().await;
    let mut session = joined(&stage).await;
    for text in [
        r#"{"type":"hologram","colour":"red"}"#,
        r#"{"type":"pong","with":"more"}"#,
    ] {
        session.socket.send(Message::text(text)).await.unwrap();
    }
    let text = note("x", &"0".repeat(32)).to_string();
    session.socket.send(Message::text(text)).await.unwrap();
    let next = session.until(|frame| match frame {
        ServerFrame::Error { says, .. } => Some(Err(says.clone())),
        ServerFrame::Reply { .. } => Some(Ok(())),
        _ => None,
    });
    assert_eq!(next.await, Some(Ok(())));
    assert!(counted(&stage, BAD_FRAMES).await < 0.5);
    stage.stop().await;
}

#[tokio::test]
async fn a_console_that_sends_nonsense_only_is_shown_the_door() {
    let stage = Stage::town().await;
    let mut session = joined(&stage).await;
    for _ in 0..100 {
        // The hub may hang up in the middle.
        drop(session.socket.send(Message::text("nonsense")).await);
    }
    let bye = session.until(|frame| match frame {
        ServerFrame::Bye { reason, .. } => Some(reason.clone()),
        _ => None,
    });
    let reason = bye.await.expect("a goodbye");
    assert!(reason.contains("does not speak"), "{reason}");
    stage.stop().await;
}

#[tokio::test]
async fn a_first_frame_that_is_no_resume_is_refused() {
    let stage = Stage::town().await;
    let before = counted(&stage, BAD_FRAMES).await;
    let token = stage.token("ana");
    let dialled = dial(stage.running.address, Some(token), Some("watchfloor.v1")).await;
    let mut session = Session {
        socket: dialled.expect("a socket"),
    };
    session.socket.send(Message::text("hello?")).await.unwrap();
    let says = refusal(&mut session).await;
    assert!(says.contains("resume"), "{says}");
    assert!(counted(&stage, BAD_FRAMES).await > before);
    stage.stop().await;
}

#[tokio::test]
async fn a_message_that_is_too_large_is_explained_before_the_end() {
    let stage = Stage::town().await;
    let mut session = joined(&stage).await;
    let before = counted(&stage, BAD_FRAMES).await;
    let huge = Message::text("x".repeat(8 * 1024 * 1024));
    let (sent, says) = {
        let mut second = joined(&stage).await;
        // It may be cut off before all of it is written.
        let sent = second.socket.send(huge).await;
        (sent, refusal(&mut second).await)
    };
    drop(sent);
    assert!(says.contains("longer"), "{says}");
    assert!(counted(&stage, BAD_FRAMES).await > before);
    let text = note("x", &"0".repeat(32)).to_string();
    session.socket.send(Message::text(text)).await.unwrap();
    let reply = session.until(|frame| matches!(frame, ServerFrame::Reply { .. }).then_some(()));
    assert!(reply.await.is_some(), "another console's session ended");
    stage.stop().await;
}

#[tokio::test]
async fn too_many_commands_are_refused_and_counted() {
    let stage = Stage::town().await;
    stage.post(entry("a", "a bin is full").to_string()).await;
    let key = stage.items()[0].key.to_string();
    let mut session = joined(&stage).await;
    for n in 0..120 {
        let text = note(&format!("note {n}"), &key).to_string();
        session.socket.send(Message::text(text)).await.unwrap();
    }
    let (mut kept, mut refused) = (0_usize, 0_usize);
    while kept + refused < 120 {
        match session.frame().await.expect("the session lives") {
            ServerFrame::Reply { outcome } => kept += outcome.accepted(),
            ServerFrame::Error { says, command } => {
                assert!(says.contains("commands a second"), "{says}");
                assert!(command.is_some(), "which one?");
                refused += 1;
            }
            _ => {}
        }
    }
    assert!(refused > 0, "none was refused");
    assert_eq!(stage.items()[0].notes.len(), kept);
    assert!(counted(&stage, TOO_OFTEN).await >= 1.0);
    stage.stop().await;
}

#[tokio::test]
async fn other_versions_and_strangers_are_told_why() {
    let stage = Stage::town().await;
    let (address, token) = (stage.running.address, stage.token("ana"));
    let table = [
        (
            Some(token),
            Some("watchfloor.v9"),
            400,
            "speaks watchfloor.v1",
        ),
        (Some("wf_wrong"), Some("watchfloor.v1"), 401, "token"),
        (None, Some("watchfloor.v1"), 401, "token"),
    ];
    for (token, protocol, status, says) in table {
        let (got, body) = dial(address, token, protocol).await.expect_err("refused");
        assert_eq!(got, status, "{body}");
        assert!(body.contains(says), "{body}");
    }
    stage.stop().await;
}

/// Bytes that are no WebSocket frame at all, after a real handshake.
#[tokio::test]
async fn bytes_that_are_no_frame_end_that_connection_only() {
    let stage = Stage::town().await;
    let mut other = joined(&stage).await;
    let mut socket = TcpStream::connect(stage.running.address).await.unwrap();
    let head = format!(
        "GET /v1/stream HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer {}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-protocol: watchfloor.v1\r\n\r\n",
        stage.token("ben")
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(&[0xff; 4096]).await.unwrap();
    let mut all = Vec::new();
    let end = tokio::time::timeout(PATIENCE, socket.read_to_end(&mut all)).await;
    assert!(end.is_ok(), "the connection stays open");
    assert!(all.starts_with(b"HTTP/1.1 101 "));
    let text = note("x", &"0".repeat(32)).to_string();
    other.socket.send(Message::text(text)).await.unwrap();
    let reply = other.until(|frame| matches!(frame, ServerFrame::Reply { .. }).then_some(()));
    assert!(reply.await.is_some(), "another console's session ended");
    stage.stop().await;
}
