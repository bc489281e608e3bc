//! A WebSocket server that speaks the Mastodon streaming frames: posts, edits,
//! deletions, errors, and connections that are lost.

use std::time::Duration;

use futures_util::SinkExt;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};
use watchfloor::channels::settings::Secret;
use watchfloor::model::board::Board;

use crate::stage::{PATIENCE, Stage, channel};
use crate::wanted;

type Server = WebSocketStream<TcpStream>;

#[allow(clippy::result_large_err, reason = "the library's own signature")]
async fn accept(listener: &TcpListener) -> Server {
    let accepted = tokio::time::timeout(PATIENCE, listener.accept()).await;
    let (stream, _) = accepted.expect("the hub calls").unwrap();
    let check = |request: &Request, response: Response| {
        assert_eq!(request.uri().path(), "/api/v1/streaming");
        assert_eq!(request.uri().query(), Some("stream=public"));
        assert_eq!(request.headers()["authorization"], "Bearer t0ken");
        Ok(response)
    };
    accept_hdr_async(stream, check).await.unwrap()
}

async fn say(server: &mut Server, frame: Value) {
    server.send(Message::text(frame.to_string())).await.unwrap();
}

async fn post(server: &mut Server, event: &str, id: u64, words: &str) {
    let status = json!({
        "id": id.to_string(), "created_at": "2026-11-23T18:50:00.000Z", "language": "pt",
        "in_reply_to_id": null, "spoiler_text": "", "visibility": "public",
        "url": format!("https://social.example/@dana/{id}"),
        "content": format!("<p>{words}</p>"), "media_attachments": [],
        "replies_count": 0, "reblogs_count": 1, "favourites_count": 2,
        "account": { "id": "7", "acct": "dana", "username": "dana", "display_name": "Dana Reyes",
                     "bot": false, "followers_count": 12 },
    });
    let frame = json!({ "stream": ["public"], "event": event, "payload": status.to_string() });
    say(server, frame).await;
}

fn text(board: &Board, id: &str) -> Option<String> {
    let has = |item: &&watchfloor::model::item::Item| item.content.external_id.as_evidence() == id;
    let item = board.by_number().find(has)?;
    Some(item.content.text.as_evidence().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_of_posts_edits_and_deletions_across_lost_connections() {
    if !wanted("a Mastodon stream") {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = channel("mastodon", "mastodon");
    let address = listener.local_addr().unwrap().to_string();
    config.vars.insert("instance".to_owned(), address);
    config.vars.insert("scheme".to_owned(), "ws".to_owned());
    config
        .secrets
        .insert("access_token".to_owned(), Secret::new("t0ken"));
    let stage = Stage::with(vec![config]).await;

    let mut server = accept(&listener).await;
    for id in 1..=3 {
        post(
            &mut server,
            "update",
            id,
            "Sem &aacute;gua na Rua das Flores",
        )
        .await;
    }
    post(&mut server, "status.update", 2, "Sem água em todo o bairro").await;
    say(
        &mut server,
        json!({ "stream": ["public"], "event": "delete", "payload": "3" }),
    )
    .await;
    say(
        &mut server,
        json!({ "stream": ["user"], "event": "filters_changed" }),
    )
    .await;
    stage
        .until("three posts, one edited, one deleted", |board| {
            let gone = board
                .by_number()
                .filter(|item| item.retracted.is_some())
                .count();
            board.len() == 3 && gone == 1 && text(board, "2").is_some_and(|t| t.contains("bairro"))
        })
        .await;
    let first = stage.board(|board| text(board, "1"));
    assert_eq!(first.as_deref(), Some("Sem água na Rua das Flores"));

    drop(server);
    let server = told_again(&stage, &listener).await;
    told_an_error(&stage, &listener, server).await;
    stage.stop().await;
}

/// Lost without a word: the hub comes back, and what is told twice is here once.
async fn told_again(stage: &Stage, listener: &TcpListener) -> Server {
    let mut server = accept(listener).await;
    for id in 1..=4 {
        let words = [
            "",
            "Sem água na Rua das Flores",
            "Sem água em todo o bairro",
            "x",
            "Voltou",
        ];
        if id != 3 {
            post(
                &mut server,
                "update",
                id,
                words[usize::try_from(id).unwrap()],
            )
            .await;
        }
    }
    stage
        .until("the new post", |board| text(board, "4").is_some())
        .await;
    assert_eq!(stage.board(Board::len), 4);
    assert!(
        stage.items()[0].edited_at.is_none(),
        "a post told twice is no edit"
    );
    server
}

/// The server says that something is wrong, and hangs up.
async fn told_an_error(stage: &Stage, listener: &TcpListener, mut server: Server) {
    say(
        &mut server,
        json!({ "error": "Too many connections", "status": 429 }),
    )
    .await;
    let told = async {
        loop {
            let channels = stage.get("/v1/channels").await.json();
            let error = channels[0]["error"].as_str().unwrap_or_default();
            if error.contains("Too many connections") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, told)
        .await
        .expect("the error is told");
    drop(server);
    let mut server = accept(listener).await;
    post(&mut server, "update", 5, "Obrigada").await;
    stage
        .until("a post after the error", |board| text(board, "5").is_some())
        .await;
}
