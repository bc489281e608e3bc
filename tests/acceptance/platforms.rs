//! A conversation from an officer's key to the bot platform's own interface: taken
//! over, answered, handed back, by the built-in files of Chatwoot and Rasa, against a
//! server that takes what those platforms take and keeps what it was asked.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use watchfloor::channels::settings::{ChannelConfig, Secret};
use watchfloor::model::ids::ChannelName;
use watchfloor::model::outgoing::{Act, Stage};

use crate::floor::{BEARER, Floor};

const PATIENCE: Duration = Duration::from_secs(40);

/// One request as the platform got it.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
    line: String,
    key: String,
    body: Value,
}

#[derive(Clone)]
struct Platform {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Platform {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let platform = Self {
            address: listener.local_addr().expect("an address"),
            asked: Arc::default(),
        };
        let own = platform.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let platform = own.clone();
                tokio::spawn(async move { platform.serve(socket).await });
            }
        });
        platform
    }

    async fn serve(&self, mut socket: TcpStream) -> Option<()> {
        let mut bytes = Vec::new();
        let mut part = [0; 4096];
        let (head, body) = loop {
            let read = socket.read(&mut part).await.ok().filter(|read| *read > 0)?;
            bytes.extend_from_slice(&part[..read]);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let Some((head, body)) = text.split_once("\r\n\r\n") else {
                continue;
            };
            let length = header(head, "content-length").and_then(|l| l.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                break (head.to_owned(), body.to_owned());
            }
        };
        let key = header(&head, "api_access_token").or_else(|| header(&head, "authorization"));
        self.asked.lock().expect("no panic").push(Asked {
            line: head.lines().next()?.to_owned(),
            key: key.unwrap_or_default(),
            body: serde_json::from_str(&body).ok()?,
        });
        let answer = r#"{"id":901,"payload":{"success":true}}"#;
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{answer}",
            answer.len()
        );
        socket.write_all(answer.as_bytes()).await.ok()
    }

    /// What officers did: typing and reading are signs of the moment and may come
    /// between.
    fn deeds(&self) -> Vec<Asked> {
        let asked = self.asked.lock().expect("no panic").clone();
        let sign = |one: &Asked| one.line.contains("typing") || one.line.contains("last_seen");
        asked.into_iter().filter(|one| !sign(one)).collect()
    }

    async fn until(&self, count: usize) -> Vec<Asked> {
        let waiting = tokio::time::timeout(PATIENCE, async {
            while self.deeds().len() < count {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        assert!(waiting.await.is_ok(), "{count} wanted: {:#?}", self.deeds());
        self.deeds()
    }
}

fn header(head: &str, name: &str) -> Option<String> {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let mut found = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
    found.next().map(|(_, value)| value.trim().to_owned())
}

fn channel(file: &str, secrets: &[(&str, &str)], at: SocketAddr) -> ChannelConfig {
    let mut channel = ChannelConfig::new(ChannelName::new(file).expect("a name"), file);
    for (name, value) in secrets {
        channel
            .secrets
            .insert((*name).to_owned(), Secret::new(*value));
    }
    channel
        .vars
        .insert("url".to_owned(), format!("http://{at}"));
    channel.allow_private = true;
    channel
}

/// Ana takes the conversation over, answers, and hands it back; a bot that speaks on in
/// between is told to her, and nothing of it goes out.
async fn taken_answered_and_handed_back(
    floor: &Floor,
    door: &str,
    bot: &Value,
    platform: &Platform,
) -> Vec<Asked> {
    let ana = floor.console("ana").await;
    ana.sees("I want a human").await;
    ana.keys("g c");
    ana.sees("waiting").await;
    ana.keys("Esc");
    ana.keys("k b t");
    platform.until(1).await;
    floor
        .until("a bot that is silent", |board| {
            board.items().any(|item| item.bot_silent.is_some())
        })
        .await;
    floor.deliver(door, &bot.to_string()).await;
    ana.keys("r");
    ana.sees("Answer to #").await;
    ana.types("A crew is on its way.");
    ana.keys("Ctrl-X y");
    ana.sees("undo takes it back").await;
    assert_eq!(
        platform.deeds().len(),
        1,
        "it is held: {:#?}",
        platform.deeds()
    );
    floor.advance(Duration::from_secs(11));
    platform.until(2).await;
    floor
        .until("an answer that is sent", |board| {
            let mut sent = board.items().flat_map(|item| &item.outgoing);
            sent.any(|one| one.act == Act::Reply && matches!(one.stage, Stage::Sent { .. }))
        })
        .await;
    ana.keys("b r y");
    let asked = platform.until(3).await;
    floor
        .until("a bot that speaks", |board| {
            board.items().all(|item| item.bot_silent.is_none())
        })
        .await;
    asked
}

#[tokio::test]
async fn an_officer_takes_a_conversation_of_chatwoots_over() {
    let platform = Platform::open().await;
    let secrets = [("token", "t0ken"), ("api_access_token", "k3y")];
    let floor = Floor::hearing(vec![channel("chatwoot", &secrets, platform.address)]).await;
    let opened = json!({
        "event": "conversation_opened", "id": 200, "inbox_id": 2, "status": "open",
        "account": { "id": 1 }, "meta": { "sender": { "id": 7, "name": "Dana Reyes" } },
        "messages": [{ "id": 300, "content": "I want a human", "message_type": 0, "private": false,
            "created_at": 1_795_459_800, "sender": { "id": 7, "name": "Dana Reyes", "type": "contact" } }],
    });
    let door = "chatwoot?token=t0ken";
    floor.deliver(door, &opened.to_string()).await;
    let bot = json!({
        "event": "message_created", "id": 301, "content": "Have you tried the tap?",
        "message_type": "outgoing", "private": false, "created_at": "2026-11-23T18:50:10Z",
        "conversation": { "id": 200 }, "sender": { "id": 9, "name": "Bot", "type": "agent_bot" },
        "account": { "id": 1 },
    });
    let asked = taken_answered_and_handed_back(&floor, door, &bot, &platform).await;
    let status = "POST /api/v1/accounts/1/conversations/200/toggle_status HTTP/1.1";
    let wanted = [
        (status, json!({ "status": "open" })),
        (
            "POST /api/v1/accounts/1/conversations/200/messages HTTP/1.1",
            json!({ "content": "A crew is on its way.", "message_type": "outgoing", "private": false }),
        ),
        (status, json!({ "status": "pending" })),
    ];
    assert_eq!(asked.len(), wanted.len(), "{asked:#?}");
    for (asked, (line, body)) in asked.iter().zip(wanted) {
        assert_eq!((asked.line.as_str(), &asked.body), (line, &body));
        assert_eq!(asked.key, "k3y");
    }
    floor.stop().await;
}

#[tokio::test]
async fn an_officer_takes_a_conversation_of_rasas_over() {
    let platform = Platform::open().await;
    let secrets = [("bearer", BEARER), ("rasa_token", "k3y")];
    let floor = Floor::hearing(vec![channel("rasa", &secrets, platform.address)]).await;
    let handed =
        json!({ "sender": "dana", "message": "I want a human", "reason": "asked for one" });
    floor.deliver("rasa", &handed.to_string()).await;
    let bot = json!({ "recipient_id": "dana", "text": "Have you tried the tap?" });
    let asked = taken_answered_and_handed_back(&floor, "rasa", &bot, &platform).await;
    let events = "POST /conversations/dana/tracker/events HTTP/1.1";
    let said = "POST /conversations/dana/tracker/events?output_channel=latest&execute_side_effects=true HTTP/1.1";
    let wanted = [
        (events, json!({ "event": "pause" })),
        (
            said,
            json!({ "event": "bot", "text": "A crew is on its way." }),
        ),
        (events, json!({ "event": "resume" })),
    ];
    assert_eq!(asked.len(), wanted.len(), "{asked:#?}");
    for (asked, (line, body)) in asked.iter().zip(wanted) {
        assert_eq!((asked.line.as_str(), &asked.body), (line, &body));
        assert_eq!(asked.key, "Bearer k3y");
    }
    floor.stop().await;
}
