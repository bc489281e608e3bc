//! Deliveries and notes that are as large as they may be: no frame is larger
//! than the wire allows, whatever they make of an item, and a board that was
//! told by frames is the hub's.

use serde_json::{Value, json};
use watchfloor::model::item::Content;
use watchfloor::wire::limits::FRAME_BYTES;

use crate::stage::watcher::{Session, Watcher};
use crate::stage::{Stage, channel};

/// Turns of a conversation, as large as the channel lets them be.
fn turns(first: usize, count: usize) -> Value {
    let turn = |n: usize| {
        json!({ "id": format!("t{n}"), "speaker": "citizen", "name": "n".repeat(5000),
                "text": format!("{n} {}", "ü\u{1}".repeat(5_000)) })
    };
    (first..first + count).map(turn).collect()
}

async fn told(stage: &Stage) -> Watcher {
    let mut watcher = Watcher::default();
    follow(stage, &mut watcher).await;
    watcher
}

/// Joins, and follows until the board is the hub's.
async fn follow(stage: &Stage, watcher: &mut Watcher) {
    let (address, token) = (stage.running.address, stage.token("ben"));
    let mut session = Session::open(watcher, address, token).await.unwrap();
    loop {
        let text = session.raw().await.expect("the session lives");
        assert!(text.len() <= FRAME_BYTES, "a frame of {} bytes", text.len());
        watcher.take(&serde_json::from_str(&text).unwrap());
        let heads = stage.board(|board| *board == watcher.board && board.head() == watcher.last);
        if heads {
            return;
        }
    }
}

#[tokio::test]
async fn no_item_is_too_large_for_a_frame() {
    let stage = Stage::with(vec![channel("town", "generic")]).await;
    let labels: serde_json::Map<String, Value> = (0..3)
        .map(|n| (format!("l{n}"), json!("\u{2}".repeat(20_000))))
        .collect();
    let large = json!({
        "id": "large", "kind": "escalation", "title": "\u{1}".repeat(20_000),
        "text": format!("water comes out of the wall {}", "\"".repeat(65_000)),
        "author": { "id": "7", "name": "\u{1}".repeat(20_000) },
        "labels": labels, "media": vec!["m".repeat(60_000); 3],
    });
    let answer = stage.post(large.to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let talk =
        json!({ "id": "talk", "kind": "escalation", "text": "help", "conversation": turns(0, 20) });
    assert_eq!(stage.post(talk.to_string()).await.status, 200);
    // Redelivered it is what is there already, however much of it was kept.
    for body in [&large, &talk] {
        let receipt = stage.post(body.to_string()).await.json();
        assert!(receipt.to_string().contains("duplicate"), "{receipt}");
    }
    let mut watcher = told(&stage).await;

    // It goes on and on, and officers write a lot.
    for n in 0..6 {
        let more = json!({ "id": "talk", "continue": { "turns": turns(100 + 10 * n, 10) } });
        let answer = stage.post(more.to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let key = stage.items()[0].key.to_string();
    for n in 0..30 {
        let note = format!("{n} {}", "\n".repeat(65_000));
        let command = json!({ "id": uuid::Uuid::now_v7(), "verb": "note",
                              "targets": [{ "key": key }], "note": note });
        let answer = stage.http.command(stage.token("ana"), &command).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    // Told by events, and whole: the same board.
    follow(&stage, &mut watcher).await;
    assert_eq!(watcher.snapshots, 1);
    told(&stage).await;

    let items = stage.items();
    let content: &Content = &items[0].content;
    assert!(content.text.as_evidence().starts_with("water comes"));
    let talk = &items[1];
    let last = talk.content.conversation.last().unwrap();
    assert!(
        last.text.as_evidence().starts_with("159 "),
        "the newest stay"
    );
    assert!(talk.earlier_turns > 0);
    let newest = items[0].notes.last().unwrap();
    assert!(newest.text.as_evidence().starts_with("29 "));
    // The evidence and the log have all of it.
    let raw = stage.get("/v1/items/1/raw").await.body;
    assert_eq!(serde_json::from_slice::<Value>(&raw).unwrap(), large);
    let history = stage.get("/v1/items/1/history").await.json();
    let notes = history.as_array().unwrap().iter();
    let notes = notes.filter(|event| event["body"]["type"] == "note_added");
    assert_eq!(notes.count(), 30);
    stage.stop().await;
}
