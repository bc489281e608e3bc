//! The WebSocket transport against a server that speaks Mastodon's frames.

use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};
use watchfloor::channels::IntakeError;
use watchfloor::channels::registry::Channel;
use watchfloor::channels::transport::cursors::InMemory;
use watchfloor::model::inbound::Inbound;

use crate::support::{Recorder, Task, channel, config, content, with_secret};

/// A server on loopback, and the channel that listens to it.
async fn server() -> (TcpListener, Arc<Channel>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = with_secret(config("mastodon"), "access_token", "t0ken");
    let address = listener.local_addr().unwrap().to_string();
    config.vars.insert("instance".to_owned(), address);
    config.vars.insert("scheme".to_owned(), "ws".to_owned());
    config.allow_private = true;
    (listener, channel(config, &[]))
}

#[allow(clippy::result_large_err, reason = "the library's own signature")]
async fn accept(listener: &TcpListener) -> WebSocketStream<TcpStream> {
    let (stream, _) = listener.accept().await.unwrap();
    let check = |request: &Request, response: Response| {
        assert_eq!(request.uri().path(), "/api/v1/streaming");
        assert_eq!(request.headers()["authorization"], "Bearer t0ken");
        Ok(response)
    };
    accept_hdr_async(stream, check).await.unwrap()
}

fn post(event: &str, id: u64, words: &str) -> Message {
    let status = serde_json::json!({
        "id": id.to_string(), "content": format!("<p>{words}</p>"), "language": "en",
        "account": {"id": "7", "acct": "dana@social.example", "display_name": "Dana Reyes"},
        "created_at": "2026-11-23T18:50:00.000Z",
    });
    let frame = serde_json::json!({
        "stream": ["public"], "event": event, "payload": status.to_string(),
    });
    Message::text(frame.to_string())
}

#[tokio::test]
async fn posts_edits_and_deletions_come_in_across_a_lost_connection() {
    let (listener, channel) = server().await;
    let task = Task::start(&channel, Recorder::default(), InMemory::default());

    let mut first = accept(&listener).await;
    first.send(post("update", 1, "No water")).await.unwrap();
    first
        .send(post("status.update", 1, "No water at all"))
        .await
        .unwrap();
    first
        .send(Message::text(
            r#"{"event":"update","payload":"{\"id\": \"\\ud800\"}"}"#,
        ))
        .await
        .unwrap();
    first.send(Message::text("not json")).await.unwrap();
    task.intake.first(4).await;
    drop(first);

    let mut second = accept(&listener).await;
    second
        .send(Message::text(r#"{"event":"delete","payload":"1"}"#))
        .await
        .unwrap();
    let kept = task.intake.first(5).await;
    let texts: Vec<_> = kept[..2]
        .iter()
        .map(|i| content(i).text.as_evidence().to_owned())
        .collect();
    assert_eq!(texts, ["No water", "No water at all"]);
    assert!(
        kept[2..4]
            .iter()
            .all(|i| matches!(i, Inbound::Unmapped { .. }))
    );
    assert!(
        matches!(&kept[4], Inbound::Retraction { external_id, .. } if external_id.as_evidence() == "1")
    );
    task.stop().await;
}

#[tokio::test]
async fn a_busy_hub_holds_the_stream_back_and_loses_nothing() {
    let (listener, channel) = server().await;
    let intake = Recorder::default();
    intake.refusals.lock().unwrap().extend([
        IntakeError::Busy,
        IntakeError::Log("The disk is full.".to_owned()),
        IntakeError::Busy,
    ]);
    let task = Task::start(&channel, intake, InMemory::default());
    let mut socket = accept(&listener).await;
    for id in 0..500 {
        socket.send(post("update", id, "word")).await.unwrap();
    }
    let kept = task.intake.first(500).await;
    let ids: Vec<_> = kept
        .iter()
        .map(|i| content(i).external_id.as_evidence().to_owned())
        .collect();
    assert_eq!(
        ids,
        (0..500).map(|n: u64| n.to_string()).collect::<Vec<_>>()
    );
    task.stop().await;
}

#[tokio::test]
async fn the_peers_error_is_told_cleaned_and_the_connection_tried_again() {
    let (listener, channel) = server().await;
    let task = Task::start(&channel, Recorder::default(), InMemory::default());
    let mut socket = accept(&listener).await;
    let error = serde_json::json!({"error": "Unknown\u{1b}[31m stream\u{202e}", "status": 400});
    socket.send(Message::text(error.to_string())).await.unwrap();
    task.error("Unknown").await;
    let error = task
        .health
        .at(crate::support::now())
        .error
        .unwrap_or_default();
    assert!(
        error.contains("stream") && !error.contains(['\u{1b}', '\u{202e}']),
        "{error:?}"
    );
    drop(accept(&listener).await);
    task.stop().await;
}

#[tokio::test]
async fn a_message_that_is_too_large_costs_the_connection_and_no_memory() {
    let (listener, channel) = server().await;
    let task = Task::start(&channel, Recorder::default(), InMemory::default());
    let mut socket = accept(&listener).await;
    let huge = Message::text("x".repeat(8 * 1024 * 1024));
    // The channel may be gone before all of it is written.
    drop(socket.send(huge).await);
    task.error("larger").await;
    task.stop().await;
}

#[tokio::test]
async fn private_addresses_need_the_operators_word() {
    let (listener, _) = server().await;
    let mut config = with_secret(config("mastodon"), "access_token", "t0ken");
    config.vars.insert(
        "instance".to_owned(),
        listener.local_addr().unwrap().to_string(),
    );
    config.vars.insert("scheme".to_owned(), "ws".to_owned());
    let task = Task::start(
        &channel(config, &[]),
        Recorder::default(),
        InMemory::default(),
    );
    task.error("private").await;
    task.stop().await;
}

#[tokio::test]
async fn what_the_file_says_first_is_sent_and_a_dead_connection_is_noticed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let file = format!(
        r#"schema = 1
        [channel]
        id = "relay"
        name = "Relay"
        kind = "social"
        secrets = ["who"]
        [source]
        transport = "websocket"
        url = "ws://{}/"
        on_open = ['["REQ","{{{{ secret.who }}}}"]']
        ping_every = "10s"
        read_idle_timeout = "200ms"
        [[map]]
        kind = "mention"
        id = "/2/id"
        text = "/2/content"
        [[test]]
        name = "t"
        input = '["EVENT","s",{{"id":"a","content":"x"}}]'
        expect = {{ id = "a" }}"#,
        listener.local_addr().unwrap()
    );
    let mut config = with_secret(config("relay"), "who", "me");
    config.allow_private = true;
    let task = Task::start(
        &channel(config, &[&file]),
        Recorder::default(),
        InMemory::default(),
    );
    let (stream, _) = listener.accept().await.unwrap();
    let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
    let first = socket.next().await.unwrap().unwrap();
    // The first ping may come before or after.
    let frame = if first.is_text() {
        first
    } else {
        socket.next().await.unwrap().unwrap()
    };
    assert_eq!(frame.into_text().unwrap().as_str(), r#"["REQ","me"]"#);
    // Half open: the server is there and says nothing, not even pong.
    task.error("Nothing came").await;
    task.stop().await;
}
