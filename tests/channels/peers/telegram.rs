//! An emulator of Telegram's Bot API that others test their bots with
//! (telegram-test-api): its messages reach us by long poll and by webhook, our
//! answers reach the person in the chat, once each.

use std::time::Duration;

use serde_json::{Value, json};
use watchfloor::channels::reply::{Act, Outcome};
use watchfloor::channels::transport::cursors::InMemory;

use super::{Peer, act, free_port, run, start, tool, up, wanted};
use crate::server::ids;
use crate::signatures::sent;
use crate::support::{HUNG, Recorder, Task, channel, config, content, with_secret};

const SERVER: &str = "const T = require('telegram-test-api').default || require('telegram-test-api'); \
     new (T.TelegramServer || T)({ port: Number(process.argv[1]), host: '127.0.0.1' }).start();";
const TOKEN: &str = "123:abc";

struct Telegram {
    port: u16,
    _peer: Peer,
}

impl Telegram {
    async fn runs() -> Self {
        let port = free_port();
        let peer = start(
            &tool("node-itself"),
            &["-e", SERVER, &port.to_string()],
            port,
        )
        .await;
        Self { port, _peer: peer }
    }

    fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn asks(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}/{path}", self.base());
        let json = "Content-Type: application/json";
        let args = ["-sS", "-X", "POST", &url, "-H", json, "-d"];
        let body = body.to_string();
        let args: Vec<&str> = args.into_iter().chain([body.as_str()]).collect();
        serde_json::from_str(&run("curl", &args)).unwrap()
    }

    /// The person says something to the bot.
    fn says(&self, text: &str) {
        let chat = json!({ "id": 7, "first_name": "Dana", "username": "dana", "type": "private" });
        let message = json!({
            "botToken": TOKEN, "text": text, "date": 1_795_459_800, "chat": chat,
            "from": { "id": 7, "first_name": "Dana", "username": "dana", "is_bot": false },
        });
        let said = self.asks("sendMessage", &message);
        assert_eq!(said["ok"], true, "{said}");
    }

    /// What the person has read in the chat since last asked.
    fn reads(&self) -> Vec<Value> {
        let said = self.asks("getUpdates", &json!({ "token": TOKEN, "chatId": 7 }));
        let all = said["result"]
            .as_array()
            .unwrap_or_else(|| panic!("{said}"));
        all.iter().map(|one| one["message"].clone()).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_api_of_others_is_heard_and_answered() {
    if !wanted("telegram-test-api") {
        return;
    }
    let telegram = Telegram::runs().await;
    let mut config = with_secret(config("telegram"), "token", TOKEN);
    config.vars.insert("base".to_owned(), telegram.base());
    config.allow_private = true;
    let channel = channel(config, &[]);
    let (intake, cursors) = (Recorder::default(), InMemory::default());
    let task = Task::start(&channel, intake.clone(), cursors.clone());
    up(&task).await;
    telegram.says("No water on Mill Road");
    let kept = intake.first(1).await;
    let item = content(&kept[0]).clone();
    assert_eq!(item.text.as_evidence(), "No water on Mill Road");
    assert_eq!(item.author.handle.as_evidence(), "dana");

    let outcome = act(
        &channel,
        Act::Reply,
        ("k1", "Crew: 20 min \u{1f6b0}"),
        &item,
    )
    .await;
    let Outcome::Sent { id: Some(id), .. } = outcome else {
        panic!("{outcome:?}");
    };
    assert!(id.as_evidence().starts_with("7:"), "{id:?}");
    let read = telegram.reads();
    assert_eq!(read.len(), 1, "{read:?}");
    assert_eq!(read[0]["text"], "Crew: 20 min \u{1f6b0}");
    let answered = read[0]["reply_parameters"]["message_id"].to_string();
    assert_eq!(answered, item.extra["message"].as_evidence());

    // Started anew it goes on where it was.
    task.stop().await;
    let task = Task::start(&channel, intake.clone(), cursors);
    up(&task).await;
    telegram.says("Still none");
    let kept = intake.first(2).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(ids(&kept).len(), intake.kept.lock().unwrap().len());
    assert_eq!(content(&kept[1]).text.as_evidence(), "Still none");
    task.stop().await;

    by_webhook(&telegram).await;
}

/// What it posts to a bot's webhook is a message at our door.
async fn by_webhook(telegram: &Telegram) {
    let heard = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hook = format!("http://{}/", heard.local_addr().unwrap());
    let (posted, mut posts) = tokio::sync::mpsc::channel::<bytes::Bytes>(4);
    let router = axum::Router::new().route(
        "/",
        axum::routing::post(move |body: bytes::Bytes| async move {
            drop(posted.send(body).await);
        }),
    );
    tokio::spawn(async move { axum::serve(heard, router).await });
    let path = format!("bot{TOKEN}/setWebhook");
    let set = telegram.asks(&path, &json!({ "url": hook }));
    assert_eq!(set["ok"], true, "{set}");
    telegram.says("And by webhook");
    let body = tokio::time::timeout(HUNG, posts.recv())
        .await
        .unwrap()
        .unwrap();
    let mut config = with_secret(config("telegram-webhook"), "webhook_secret", "s3cret");
    config = with_secret(config, "bot_token", TOKEN);
    let door = channel(config, &[]);
    let intake = Recorder::default();
    // The emulator signs nothing: Telegram's own header is added.
    let answer = sent(body)
        .with("content-type", "application/json")
        .with("x-telegram-bot-api-secret-token", "s3cret")
        .to(&door, &intake)
        .await;
    assert_eq!(answer.status, 200, "{}", answer.says);
    let kept = intake.kept.lock().unwrap().clone();
    assert_eq!(content(&kept[0]).text.as_evidence(), "And by webhook");
}
