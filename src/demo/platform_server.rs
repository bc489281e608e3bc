//! The demo's chatbot platform: on loopback, with as much of Chatwoot's REST
//! interface as the hub's channel calls, and citizens who go on talking when an
//! officer has answered them.
//!
//! Knows nothing of the story: what it is told of a conversation is its language.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::scenario::act::{About, Act, Door};
use crate::model::time::Clock;

/// How long a citizen takes to answer, at speed 1.
const ANSWERS_AFTER: Duration = Duration::from_secs(14);
/// Numbers of the platform's own messages: above those of the script.
const FIRST: u64 = 90_000_000;

/// What citizens say to an officer who answered, by language, in turn.
const ANSWERS: [(&str, &[&str]); 5] = [
    (
        "en",
        &[
            "thank you. good to hear a person",
            "ok, I will do that",
            "And if it does not work?",
        ],
    ),
    (
        "es",
        &[
            "Gracias, por fin una persona",
            "Vale, así lo haré",
            "¿Y si no funciona?",
        ],
    ),
    (
        "pt",
        &[
            "Obrigada, finalmente uma pessoa",
            "Está bem, vou fazer isso",
            "E se não resultar?",
        ],
    ),
    (
        "fr",
        &[
            "Merci, enfin quelqu'un",
            "D'accord, je fais ça",
            "Et si ça ne marche pas ?",
        ],
    ),
    (
        "ar",
        &["شكرا، أخيرا إنسان", "حسنا، سأفعل ذلك", "وإذا لم ينفع؟"],
    ),
];

/// The platform.
#[derive(Clone)]
pub(super) struct Platform {
    /// What the hub has to show.
    token: String,
    /// Where what citizens say is posted to the hub.
    lane: mpsc::Sender<Act>,
    clock: Arc<dyn Clock>,
    speed: f64,
    /// The languages of the conversations that were handed over.
    languages: Arc<Mutex<BTreeMap<String, String>>>,
    number: Arc<AtomicU64>,
}

impl Platform {
    /// A platform that asks for `token` and lets citizens talk into `lane`.
    pub(super) fn new(
        token: String,
        lane: mpsc::Sender<Act>,
        clock: Arc<dyn Clock>,
        speed: f64,
    ) -> Self {
        Self {
            token,
            lane,
            clock,
            speed,
            languages: Arc::default(),
            number: Arc::new(AtomicU64::new(FIRST)),
        }
    }

    /// Remembers a conversation that is handed over.
    pub(super) fn heard(&self, about: &About) {
        if let About::HandedOver { id, lang } = about {
            let mut known = self
                .languages
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            known.insert(id.clone(), lang.clone());
        }
    }

    /// Serves until the task is dropped.
    ///
    /// # Errors
    /// What the system says when the listener breaks.
    pub(super) async fn serve(self, listener: TcpListener) -> std::io::Result<()> {
        let app = Router::new()
            .route(
                "/api/v1/accounts/{account}/conversations/{id}/messages",
                post(message),
            )
            .route(
                "/api/v1/accounts/{account}/conversations/{id}/{act}",
                post(done),
            )
            .with_state(self);
        axum::serve(listener, app).await
    }

    fn lets_in(&self, headers: &HeaderMap) -> bool {
        let shown = headers.get("api_access_token");
        shown.is_some_and(|shown| shown.as_bytes() == self.token.as_bytes())
    }

    /// Tells the hub of a message, as the platform's webhook does.
    async fn tell(&self, id: &str, (number, words): (u64, &str), citizen: bool) {
        let (kind, speaker) = if citizen {
            ("incoming", "contact")
        } else {
            ("outgoing", "user")
        };
        let body = json!({
            "event": "message_created", "id": number, "content": words,
            "content_type": "text", "message_type": kind, "private": false,
            "created_at": self.clock.now().to_string(),
            "sender": { "type": speaker },
            "conversation": { "id": id.parse::<u64>().unwrap_or(0), "status": "open" },
            "account": { "id": 1, "name": "City of Port Almeida" },
        });
        let act = Act {
            door: Door::In("chatbot"),
            body: body.to_string(),
            scene: "answers".into(),
            about: About::Continued { id: id.to_owned() },
        };
        // The evening may have ended meanwhile.
        self.lane.send(act).await.ok();
    }

    async fn citizen_answers(self, id: String) {
        tokio::time::sleep(ANSWERS_AFTER.div_f64(self.speed)).await;
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let words = {
            let known = self
                .languages
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let lang = known.get(&id).map_or("en", String::as_str);
            let (_, all) = ANSWERS
                .iter()
                .find(|(known, _)| *known == lang)
                .unwrap_or(&ANSWERS[0]);
            let nth = usize::try_from(number).unwrap_or(0) / 2 % all.len();
            all.get(nth).copied().unwrap_or_default()
        };
        self.tell(&id, (number, words), true).await;
    }
}

/// An officer's words: told to the hub again, as the platform does, and answered
/// by the citizen after a while.
async fn message(
    State(platform): State<Platform>,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
    Json(said): Json<Value>,
) -> (StatusCode, Json<Value>) {
    if !platform.lets_in(&headers) {
        return (
            StatusCode::UNAUTHORIZED,
            Json(json!({ "errors": ["You need to sign in"] })),
        );
    }
    let words = said["content"].as_str().unwrap_or_default().to_owned();
    let number = platform.number.fetch_add(1, Ordering::Relaxed);
    let (echo, conversation) = (platform.clone(), id.clone());
    let told = words.clone();
    tokio::spawn(async move {
        echo.tell(&conversation, (number, &told), false).await;
        echo.clone().citizen_answers(conversation).await;
    });
    (
        StatusCode::OK,
        Json(json!({ "id": number, "content": words, "conversation_id": id })),
    )
}

/// What is asked beside words (who speaks from now on, signs of typing) is done.
async fn done(State(platform): State<Platform>, headers: HeaderMap) -> (StatusCode, Json<Value>) {
    if platform.lets_in(&headers) {
        (
            StatusCode::OK,
            Json(json!({ "payload": { "success": true } })),
        )
    } else {
        (
            StatusCode::UNAUTHORIZED,
            Json(json!({ "errors": ["You need to sign in"] })),
        )
    }
}
