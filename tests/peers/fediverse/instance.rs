//! A server that speaks as much of Mastodon's API as a person's client and the
//! channel need: statuses made, edited and removed, a thread, the public stream.
//! Every token is the name of its account.

use std::collections::BTreeMap;

use axum::Json;
use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post, put};
use serde_json::{Value, json};
use tokio::sync::broadcast;

use super::server::Server;

/// What is refused, as Mastodon says it.
type Refused = (StatusCode, Json<Value>);

#[derive(Clone, Default)]
pub(super) struct Said {
    statuses: Vec<Value>,
    /// By the key of the request that made it.
    made: BTreeMap<String, Value>,
}

type Shared = super::server::Shared<Said>;

pub(super) async fn runs() -> Server {
    Server::of(|shared: Shared| {
        Router::new()
            .route("/api/v1/statuses", post(create))
            .route("/api/v1/statuses/{id}", put(edit).delete(remove))
            .route("/api/v1/statuses/{id}/context", get(context))
            .route("/api/v1/streaming", get(streaming))
            .with_state(shared)
    })
    .await
}

fn account(headers: &HeaderMap) -> Result<String, Refused> {
    let shown = headers.get("authorization").and_then(|v| v.to_str().ok());
    let name = shown.and_then(|shown| shown.strip_prefix("Bearer "));
    name.map(str::to_owned).ok_or_else(|| {
        let says = json!({ "error": "The access token is invalid" });
        (StatusCode::UNAUTHORIZED, Json(says))
    })
}

fn missing() -> Refused {
    let says = json!({ "error": "Record not found" });
    (StatusCode::NOT_FOUND, Json(says))
}

fn html(words: &str) -> String {
    let words = words.replace('&', "&amp;").replace('<', "&lt;");
    format!("<p>{}</p>", words.replace('>', "&gt;"))
}

impl Shared {
    /// What is public comes in the public stream, and nothing else does.
    fn tell(&self, event: &str, status: &Value) {
        if status["visibility"] != "public" {
            return;
        }
        let payload = match event {
            "delete" => status["id"].as_str().unwrap().to_owned(),
            _ => status.to_string(),
        };
        let frame = json!({ "stream": ["public"], "event": event, "payload": payload });
        // Without readers nobody is told.
        self.stream.send(frame.to_string()).ok();
    }
}

async fn create(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Json(asked): Json<Value>,
) -> Result<Json<Value>, Refused> {
    let acct = account(&headers)?;
    let key = headers.get("idempotency-key").and_then(|v| v.to_str().ok());
    let mut said = shared.said.lock().unwrap();
    if let Some(known) = key.and_then(|key| said.made.get(key)) {
        return Ok(Json(known.clone()));
    }
    let answers = &asked["in_reply_to_id"];
    if !answers.is_null() && said.statuses.iter().all(|one| one["id"] != *answers) {
        return Err(missing());
    }
    let id = (113_000_000_000_000_001_u64 + said.statuses.len() as u64).to_string();
    let status = json!({
        "id": id, "created_at": "2026-11-23T18:50:00.000Z", "in_reply_to_id": answers,
        "sensitive": false, "spoiler_text": "", "language": "en",
        "visibility": asked["visibility"].as_str().unwrap_or("public"),
        "uri": format!("https://social.example/users/{acct}/statuses/{id}"),
        "url": format!("https://social.example/@{acct}/{id}"),
        "content": html(asked["status"].as_str().unwrap()),
        "replies_count": 0, "reblogs_count": 0, "favourites_count": 0,
        "media_attachments": [], "mentions": [], "tags": [], "emojis": [], "reblog": null,
        "account": { "id": acct, "username": acct, "acct": acct, "display_name": "", "bot": false },
    });
    said.statuses.push(status.clone());
    if let Some(key) = key {
        said.made.insert(key.to_owned(), status.clone());
    }
    shared.tell("update", &status);
    Ok(Json(status))
}

async fn edit(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Json(asked): Json<Value>,
) -> Result<Json<Value>, Refused> {
    let mut said = shared.said.lock().unwrap();
    let mut all = said.statuses.iter_mut();
    let status = all.find(|one| one["id"] == *id).ok_or_else(missing)?;
    status["content"] = json!(html(asked["status"].as_str().unwrap()));
    status["edited_at"] = json!("2026-11-23T18:55:00.000Z");
    shared.tell("status.update", status);
    Ok(Json(status.clone()))
}

async fn remove(
    State(shared): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refused> {
    let mut said = shared.said.lock().unwrap();
    let at = said.statuses.iter().position(|one| one["id"] == *id);
    let status = said.statuses.remove(at.ok_or_else(missing)?);
    shared.tell("delete", &status);
    Ok(Json(status))
}

async fn context(State(shared): State<Shared>, Path(id): Path<String>) -> Json<Value> {
    let said = shared.said.lock().unwrap();
    let answers = said
        .statuses
        .iter()
        .filter(|one| one["in_reply_to_id"] == *id);
    let descendants: Vec<&Value> = answers.collect();
    Json(json!({ "ancestors": [], "descendants": descendants }))
}

async fn streaming(
    State(shared): State<Shared>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    // A browser's client can show its token as a protocol only, which is then spoken.
    let shown = headers.get("sec-websocket-protocol");
    let upgrade = match shown.and_then(|shown| shown.to_str().ok()) {
        Some(token) => upgrade.protocols([token.to_owned()]),
        None => upgrade,
    };
    let stream = shared.stream.subscribe();
    upgrade.on_upgrade(|socket| told(socket, stream))
}

/// Tells one reader what is said; what it asks for is the public stream.
async fn told(mut socket: WebSocket, mut stream: broadcast::Receiver<String>) {
    loop {
        tokio::select! {
            frame = stream.recv() => {
                let Ok(frame) = frame else { return };
                if socket.send(Message::text(frame)).await.is_err() {
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
