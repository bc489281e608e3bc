//! A server that speaks as much of Misskey's API as a person's client and the
//! channel need: notes made, a thread, the global timeline. Every token is the name
//! of its account.

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::server::Server;

type Refused = (StatusCode, Json<Value>);

type Shared = super::server::Shared<Vec<Value>>;

pub(super) async fn runs() -> Server {
    Server::of(|shared: Shared| {
        Router::new()
            .route("/api/notes/create", post(create))
            .route("/api/notes/children", post(children))
            .route("/streaming", get(streaming))
            .with_state(shared)
    })
    .await
}

async fn create(
    State(shared): State<Shared>,
    Json(asked): Json<Value>,
) -> Result<Json<Value>, Refused> {
    let refused = |code: &str, message: &str| {
        let error = json!({ "error": { "code": code, "message": message, "id": "0" } });
        (StatusCode::BAD_REQUEST, Json(error))
    };
    let Some(name) = asked["i"].as_str() else {
        return Err(refused("CREDENTIAL_REQUIRED", "Credential required."));
    };
    let mut said = shared.said.lock().unwrap();
    let answers = &asked["replyId"];
    if !answers.is_null() && said.iter().all(|one| one["id"] != *answers) {
        return Err(refused("NO_SUCH_REPLY_TARGET", "No such reply target."));
    }
    let note = json!({
        "id": format!("9note{}", said.len()), "createdAt": "2026-11-23T18:50:00.000Z",
        "text": asked["text"], "cw": null, "userId": name, "replyId": answers,
        "renoteId": null, "visibility": "public", "files": [], "fileIds": [],
        "reactions": {}, "renoteCount": 0, "repliesCount": 0,
        "user": { "id": name, "username": name, "host": null, "name": null },
    });
    said.push(note.clone());
    // The timeline has no answers in it.
    if answers.is_null() {
        shared.stream.send(note.to_string()).ok();
    }
    Ok(Json(json!({ "createdNote": note })))
}

async fn children(State(shared): State<Shared>, Json(asked): Json<Value>) -> Json<Value> {
    let said = shared.said.lock().unwrap();
    let answers = said.iter().filter(|one| one["replyId"] == asked["noteId"]);
    Json(answers.cloned().collect())
}

async fn streaming(State(shared): State<Shared>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(|socket| told(socket, shared))
}

/// Waits for the connection to the timeline, then tells it what is said under the
/// name that the reader gave it.
async fn told(mut socket: WebSocket, shared: Shared) {
    let name = loop {
        let Some(Ok(asked)) = socket.recv().await else {
            return;
        };
        let asked: Value = match asked.to_text().map(serde_json::from_str) {
            Ok(Ok(asked)) => asked,
            _ => continue,
        };
        if asked["type"] == "connect" && asked["body"]["channel"] == "globalTimeline" {
            break asked["body"]["id"].clone();
        }
    };
    let mut stream = shared.stream.subscribe();
    loop {
        tokio::select! {
            note = stream.recv() => {
                let Ok(note) = note else { return };
                let note: Value = serde_json::from_str(&note).unwrap();
                let frame = json!({ "type": "channel", "body": { "id": name, "type": "note", "body": note } });
                if socket.send(Message::text(frame.to_string())).await.is_err() {
                    return;
                }
            }
            asked = socket.recv() => {
                if !matches!(asked, Some(Ok(_))) {
                    return;
                }
            }
        }
    }
}
