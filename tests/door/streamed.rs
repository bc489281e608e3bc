//! A stream that says things twice, in the wrong order and by halves, and a hub
//! that is started anew in between: on the board everything is once.

use futures_util::SinkExt;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use watchfloor::channels::settings::{ChannelConfig, Secret};
use watchfloor::model::board::Board;

use crate::stage::{Stage, channel};

fn said(event: &str, id: u32, words: &str) -> Message {
    let status = json!({
        "id": id.to_string(), "content": format!("<p>{words}</p>"), "language": "en",
        "account": {"id": "7", "acct": "dana@social.example", "display_name": "Dana Reyes"},
        "created_at": "2026-11-23T18:50:00.000Z",
    });
    let frame = json!({"stream": ["public"], "event": event, "payload": status.to_string()});
    Message::text(frame.to_string())
}

fn deleted(id: u32) -> Message {
    Message::text(json!({"event": "delete", "payload": id.to_string()}).to_string())
}

async fn accept(listener: &TcpListener) -> WebSocketStream<TcpStream> {
    let (stream, _) = listener.accept().await.unwrap();
    tokio_tungstenite::accept_async(stream).await.unwrap()
}

/// The words of each item by its id, and whether they were taken back.
fn told(board: &Board) -> Vec<(String, String, bool)> {
    let one = |item: &watchfloor::model::item::Item| {
        let content = &item.content;
        (
            content.external_id.as_evidence().to_owned(),
            content.text.as_evidence().to_owned(),
            item.retracted.is_some(),
        )
    };
    let mut all: Vec<_> = board.items().map(one).collect();
    all.sort();
    all
}

fn square(listener: &TcpListener) -> ChannelConfig {
    let mut square = channel("square", "mastodon");
    let address = listener.local_addr().unwrap().to_string();
    square.vars.insert("instance".to_owned(), address);
    square.vars.insert("scheme".to_owned(), "ws".to_owned());
    let token = Secret::new("t0ken");
    square.secrets.insert("access_token".to_owned(), token);
    square
}

#[tokio::test]
async fn what_is_said_twice_too_early_or_by_halves_is_on_the_board_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stage = Stage::with(vec![square(&listener)]).await;
    let mut first = accept(&listener).await;
    for message in [
        said("update", 1, "No water"),
        said("update", 2, "Brown water"),
        said("status.update", 1, "No water at all"),
    ] {
        first.send(message).await.unwrap();
    }
    let edited = |board: &Board| {
        told(board)
            .iter()
            .any(|(_, text, _)| text == "No water at all")
    };
    stage.until("the edit", edited).await;
    // Half a frame, and the hub goes away in its middle.
    let mut wire = first.into_inner();
    wire.write_all(&[0x81, 126, 3, 232, b'{']).await.unwrap();
    let stage = stage.again_with(vec![square(&listener)], |_| {}).await;
    drop(wire);

    let mut second = accept(&listener).await;
    for message in [
        said("update", 2, "Brown water"),
        said("status.update", 1, "No water at all"),
        // Taken back before it comes.
        deleted(3),
        said("update", 3, "Taken back at once"),
        said("update", 4, "Water again"),
    ] {
        second.send(message).await.unwrap();
    }
    stage
        .until("the last post", |board| told(board).len() == 4)
        .await;
    // Reset under it, and everything is said once more.
    second.into_inner().set_zero_linger().unwrap();
    let mut third = accept(&listener).await;
    for message in [
        said("status.update", 1, "No water at all"),
        said("update", 2, "Brown water"),
        said("update", 3, "Taken back at once"),
        said("update", 4, "Water again"),
        said("update", 5, "Thank you"),
    ] {
        third.send(message).await.unwrap();
    }
    stage
        .until("the thanks", |board| told(board).len() == 5)
        .await;
    let gone = |board: &Board| told(board)[2].2;
    stage.until("what was taken back", gone).await;
    let right = [
        ("1", "No water at all", false),
        ("2", "Brown water", false),
        ("3", "Taken back at once", true),
        ("4", "Water again", false),
        ("5", "Thank you", false),
    ];
    let right = right.map(|(id, text, gone)| (id.to_owned(), text.to_owned(), gone));
    assert_eq!(stage.board(told), right);
    stage.stop().await;
}
