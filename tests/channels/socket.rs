//! What is spoken on `WebSocket`s: cursors in addresses, answers waited for,
//! Discord's gateway, Nostr relays, refusals.

use futures_util::{SinkExt, StreamExt};
use k256::schnorr::SigningKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};
use watchfloor::channels::transport::cursors::InMemory;
use watchfloor::model::inbound::Inbound;

use crate::server::{ids, own, placed};
use crate::support::{Recorder, Task, channel, config, content, now, with_secret};

type Socket = WebSocketStream<TcpStream>;

/// The next connection, and what it asked for.
#[allow(clippy::result_large_err, reason = "the library's own signature")]
async fn accept(listener: &TcpListener) -> (String, Socket) {
    let (stream, _) = listener.accept().await.unwrap();
    let mut asked = String::new();
    let note = |request: &Request, response: Response| {
        asked = request.uri().to_string();
        Ok(response)
    };
    let socket = accept_hdr_async(stream, note).await.unwrap();
    (asked, socket)
}

async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("ws://{}", listener.local_addr().unwrap());
    (listener, address)
}

/// The next text that the channel sends.
async fn text(socket: &mut Socket) -> Value {
    loop {
        let message = socket.next().await.unwrap().unwrap();
        if let Message::Text(text) = message {
            return serde_json::from_str(&text).unwrap();
        }
    }
}

async fn send(socket: &mut Socket, frame: &Value) {
    socket.send(Message::text(frame.to_string())).await.unwrap();
}

#[tokio::test]
async fn the_cursor_is_in_the_address_across_connections_and_restarts() {
    let (listener, url) = listener().await;
    let source = format!(
        "transport = \"websocket\"\nurl = \"{url}/s?a=1{{% if cursor %}}&cursor={{{{ cursor }}}}{{% endif %}}\"\ncursor = {{ at = \"/seq\", rewind = 5 }}\ncursor_lost = [\"CursorTooOld\"]"
    );
    let task = Task::start(&own(&source), Recorder::default(), InMemory::default());
    let (asked, mut socket) = accept(&listener).await;
    assert_eq!(asked, "/s?a=1");
    let seq = 9_007_199_254_740_998_u64;
    send(&mut socket, &json!({"id": 1, "text": "a", "seq": seq - 1})).await;
    send(&mut socket, &json!({"id": 2, "text": "b", "seq": seq})).await;
    task.intake.first(2).await;
    drop(socket);
    let (asked, socket) = accept(&listener).await;
    assert_eq!(asked, "/s?a=1&cursor=9007199254740993");
    placed(&task.cursors, "9007199254740993").await;
    let cursors = task.cursors.clone();
    task.stop().await;
    drop(socket);

    let again = Task::start(&own(&source), Recorder::default(), cursors);
    let (stream, _) = listener.accept().await.unwrap();
    #[allow(clippy::result_large_err, reason = "the library's own signature")]
    let refuse = |request: &Request, _: Response| -> Result<Response, ErrorResponse> {
        assert_eq!(request.uri().query(), Some("a=1&cursor=9007199254740993"));
        let body = Some("{\"error\":\"CursorTooOld\"}".to_owned());
        Err(axum::http::Response::builder()
            .status(400)
            .body(body)
            .unwrap())
    };
    drop(accept_hdr_async(stream, refuse).await);
    let (asked, _socket) = accept(&listener).await;
    assert_eq!(
        asked, "/s?a=1",
        "a cursor that is too old is let go, and that is told"
    );
    let warnings = again.health.at(now()).warnings;
    assert!(
        warnings.iter().any(|w| w.contains("missing")),
        "{warnings:?}"
    );
    again.stop().await;
}

#[tokio::test]
async fn frames_wait_for_answers_one_keeps_alive_and_a_refusal_is_told_as_such() {
    let (listener, url) = listener().await;
    let source = format!(
        "transport = \"websocket\"\nurl = \"{url}\"\non_open = [{{ send = '{{\"auth\":\"{{{{ secret.key }}}}\"}}', then = {{ at = \"/none\", eq = \"ok\" }} }}, '{{\"subscribe\":1}}']\nkeep_alive = {{ send = '{{\"ping\":1}}', every = \"50ms\" }}\n[source.refusals]\n4001 = \"The server does not know this key; look at the channel's secrets.\""
    );
    let task = Task::start(&own(&source), Recorder::default(), InMemory::default());
    let (_, mut socket) = accept(&listener).await;
    assert_eq!(text(&mut socket).await, json!({"auth": "s3cret-key"}));
    assert_eq!(
        text(&mut socket).await,
        json!({"ping": 1}),
        "not before the answer"
    );
    send(&mut socket, &json!({"none": "ok"})).await;
    let mut said = text(&mut socket).await;
    while said == json!({"ping": 1}) {
        said = text(&mut socket).await;
    }
    assert_eq!(said, json!({"subscribe": 1}));
    let close = CloseFrame {
        code: 4001.into(),
        reason: "s3cret-key is unknown".into(),
    };
    socket.close(Some(close)).await.unwrap();
    task.error("does not know this key").await;
    task.stop().await;
}

#[tokio::test]
async fn a_close_that_nobody_knows_is_told_in_the_servers_words_without_the_secret() {
    let (listener, url) = listener().await;
    let source = format!("transport = \"websocket\"\nurl = \"{url}\"");
    let task = Task::start(&own(&source), Recorder::default(), InMemory::default());
    let (_, mut socket) = accept(&listener).await;
    let close = CloseFrame {
        code: 4999.into(),
        reason: "key s3cret-key is old".into(),
    };
    socket.close(Some(close)).await.unwrap();
    task.error("closed the connection (4999): key … is old.")
        .await;
    task.stop().await;
}

#[tokio::test]
async fn discord_sends_again_what_was_missed_after_a_lost_connection_and_a_restart() {
    let (listener, url) = listener().await;
    let mut config = with_secret(config("discord"), "token", "b0t-token");
    config.vars.insert("gateway".to_owned(), url.clone());
    config.allow_private = true;
    let channel = channel(config, &[]);
    let hello = json!({"op": 10, "d": {"heartbeat_interval": 45_000}});
    let says = |s: u64, id: &str| {
        json!({"op": 0, "s": s, "t": "MESSAGE_CREATE", "d": {"id": id, "channel_id": "3",
            "author": {"id": "7", "username": "dana"}, "content": "No water", "timestamp": "2026-11-23T18:50:00Z"}})
    };
    let task = Task::start(&channel, Recorder::default(), InMemory::default());
    let (asked, mut socket) = accept(&listener).await;
    assert_eq!(asked, "/?v=10&encoding=json");
    send(&mut socket, &hello).await;
    let identify = text(&mut socket).await;
    assert_eq!(
        (&identify["op"], &identify["d"]["intents"]),
        (&json!(2), &json!(37376))
    );
    let ready = json!({"session_id": "S1", "resume_gateway_url": format!("{url}/resume")});
    send(
        &mut socket,
        &json!({"op": 0, "s": 1, "t": "READY", "d": ready}),
    )
    .await;
    send(&mut socket, &says(2, "100")).await;
    task.intake.first(1).await;
    placed(&task.cursors, "\"cursor\":\"2\"").await;
    drop(socket);

    let (asked, mut socket) = accept(&listener).await;
    assert_eq!(asked, "/resume?v=10&encoding=json");
    send(&mut socket, &hello).await;
    let resume = text(&mut socket).await;
    assert_eq!(
        resume,
        json!({"op": 6, "d": {"token": "b0t-token", "session_id": "S1", "seq": 2}})
    );
    send(&mut socket, &says(3, "101")).await;
    send(&mut socket, &json!({"op": 1})).await;
    assert_eq!(text(&mut socket).await, json!({"op": 1, "d": 3}));
    assert_eq!(ids(&task.intake.first(2).await), ["100", "101"]);
    placed(&task.cursors, "\"cursor\":\"3\"").await;
    let cursors = task.cursors.clone();
    task.stop().await;

    let again = Task::start(&channel, Recorder::default(), cursors);
    let (_, mut socket) = accept(&listener).await;
    send(&mut socket, &hello).await;
    assert_eq!(text(&mut socket).await["d"]["seq"], json!(3));
    let refused = CloseFrame {
        code: 4004.into(),
        reason: "".into(),
    };
    socket.close(Some(refused)).await.unwrap();
    again.error("refuses the bot's token").await;
    again.stop().await;
}

/// An event of the author whose secret key is thirty-two times `key`.
pub(crate) fn signed(key: u8, kind: u64, tags: &Value, content: &str) -> Value {
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let key = SigningKey::from_bytes(&[key; 32].into()).unwrap();
    let author = hex(&key.verifying_key().to_bytes());
    let whole = json!([0, author, 1_795_459_800, kind, tags, content]).to_string();
    let hash = Sha256::digest(whole.as_bytes());
    let signature = hex(&key.sign_raw(&hash, &[0; 32]).unwrap().to_bytes());
    json!({"id": hex(&hash), "pubkey": author, "created_at": 1_795_459_800, "kind": kind,
        "tags": tags, "content": content, "sig": signature})
}

#[tokio::test]
async fn a_relay_can_forge_neither_a_note_nor_a_deletion() {
    let (listener, url) = listener().await;
    let mut config = config("nostr");
    config.vars.insert("relay".to_owned(), url);
    config.allow_private = true;
    let task = Task::start(
        &channel(config, &[]),
        Recorder::default(),
        InMemory::default(),
    );
    let (_, mut socket) = accept(&listener).await;
    let request = text(&mut socket).await;
    assert_eq!(
        (&request[0], &request[2]["kinds"]),
        (&json!("REQ"), &json!([1, 5]))
    );
    let note = signed(7, 1, &json!([]), "No water");
    let mut forged = note.clone();
    forged["content"] = json!("All is well");
    let foreign = signed(8, 5, &json!([["e", note["id"]]]), "");
    let own = signed(7, 5, &json!([["e", note["id"]]]), "");
    for event in [&note, &forged, &foreign, &own] {
        send(&mut socket, &json!(["EVENT", "watchfloor", event])).await;
    }
    send(&mut socket, &json!(["EOSE", "watchfloor"])).await;
    let kept = task.intake.first(2).await;
    assert_eq!(content(&kept[0]).text.as_evidence(), "No water");
    assert!(
        matches!(&kept[1], Inbound::Retraction { external_id, .. } if *external_id.as_evidence() == note["id"])
    );
    assert_eq!(
        task.health.at(now()).refused,
        1,
        "the forged one is counted"
    );
    send(
        &mut socket,
        &json!([
            "CLOSED",
            "watchfloor",
            "error: shutting down idle subscription"
        ]),
    )
    .await;
    task.error("closed the subscription: error: shutting down")
        .await;
    drop(socket);
    let (_, mut socket) = accept(&listener).await;
    let request = text(&mut socket).await;
    assert_eq!(
        request[2]["since"],
        json!(1_795_459_740),
        "a minute before the last"
    );
    task.stop().await;
}
