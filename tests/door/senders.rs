//! Senders at a channel's door: one that drips, and those that show a
//! certificate instead of a secret.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use watchfloor::channels::catalogue::Catalogue;
use watchfloor::channels::registry::Channels;
use watchfloor::config::words::Tls;
use watchfloor::model::item::Item;

use crate::access::{Keys, authority, connector, crl, post, signed};
use crate::stage::{BEARER, PATIENCE, Stage, channel, entry};

#[tokio::test]
async fn a_sender_that_drips_is_told_to_hurry_and_holds_up_nobody() {
    let quick = include_str!("../../src/channels/catalogue/generic.toml")
        .replacen("id = \"generic\"", "id = \"quick\"", 1)
        .replacen(
            "transport = \"webhook\"",
            "transport = \"webhook\"\ntimeout = \"300ms\"",
            1,
        );
    let mut catalogue = Catalogue::built_in().unwrap();
    catalogue.add("quick.toml", &quick).unwrap();
    let stage = Stage::planned(Vec::new(), |plan| {
        let town = vec![channel("town", "quick")];
        plan.channels = Channels::load(town, &catalogue).unwrap();
    })
    .await;
    let mut slow = TcpStream::connect(stage.running.address).await.unwrap();
    let head = format!(
        "POST /in/town HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer {BEARER}\r\ncontent-type: application/json\r\ncontent-length: 9000\r\n\r\n{{"
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    let (mut from, mut to) = slow.split();
    let drips = async {
        while to.write_all(b" ").await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let mut answer = [0; 4096];
    let answered = async {
        tokio::select! {
            read = from.read(&mut answer) => read.unwrap(),
            () = drips => 0,
        }
    };
    let read = tokio::time::timeout(PATIENCE, answered).await.unwrap();
    let text = String::from_utf8_lossy(&answer[..read]).into_owned();
    assert!(text.starts_with("HTTP/1.1 408 "), "{text}");
    assert!(text.contains("took longer than 0.3 s"), "{text}");
    assert!(stage.items().is_empty());
    let told = async {
        let is = |error: &Option<String>| error.as_ref().is_some_and(|e| e.contains("0.3 s"));
        while !stage.running.hub.channels().iter().any(|c| is(&c.error)) {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    let told = tokio::time::timeout(PATIENCE, told).await;
    assert!(told.is_ok(), "its health does not say so");
    assert_eq!(stage.post(entry("a", "b").to_string()).await.status, 200);
    assert_eq!(stage.items().len(), 1);
    stage.stop().await;
}

#[tokio::test]
async fn a_sender_may_show_a_certificate_instead_of_a_secret_until_it_is_revoked() {
    let keys = Keys::new();
    let mut town = channel("town", "alertmanager");
    town.secrets.clear();
    town.allow_certificates = vec!["dns:alerts.city.example".to_owned()];
    let stage = Stage::planned(vec![town], |plan| {
        plan.listen.tls = Tls::Files;
        plan.listen.files = Some(keys.files());
    })
    .await;
    let address = stage.running.address;
    let alerts = signed(&keys.ca, 7, "alerts.city.example");
    let stranger = signed(&keys.ca, 8, "stranger.example");
    let forger = signed(&authority(), 7, "alerts.city.example");
    let body = r#"{"version":"4","alerts":[{"status":"firing","labels":{"alertname":"A"},"fingerprint":"f","startsAt":"2026-11-23T18:00:00Z","endsAt":"0001-01-01T00:00:00Z"}]}"#;
    let send = async |own| post(connector(&keys.ca, own), address, ("/in/town", body)).await;
    for own in [None, Some(&stranger)] {
        let answer = send(own).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
        assert!(answer.contains("certificate"), "{answer}");
    }
    let forged = send(Some(&forger)).await;
    assert!(forged.is_err() || !forged.unwrap().contains(" 200 "));
    assert!(stage.items().is_empty());
    let answer = send(Some(&alerts)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(stage.items().len(), 1);
    keys.write("crl.pem", &crl(&keys.ca, &[7]));
    let revoked = async {
        while send(Some(&alerts)).await.is_ok_and(|a| a.contains(" 200 ")) {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    let ended = tokio::time::timeout(PATIENCE, revoked).await;
    assert!(ended.is_ok(), "a revoked certificate opens still");
    stage.stop().await;
}

/// Botpress opens a conversation and is told how we call it, says more in it by that
/// name, and shows no credential but its address: two that say the same are two.
#[tokio::test]
async fn a_bot_that_opens_a_conversation_is_told_its_name_and_goes_on_by_it() {
    let mut bot = channel("bot", "botpress-hitl");
    let secret = watchfloor::channels::settings::Secret::new("s3cret");
    bot.secrets = [("path_secret".to_owned(), secret)].into();
    let stage = Stage::with(vec![bot]).await;
    let says = async |path: &str, body: serde_json::Value| {
        let request = stage.http.request("POST", &format!("/in/bot/{path}"));
        let request = request.header("content-type", "application/json");
        stage.http.send(request.body(body.to_string())).await
    };
    let opens = json!({ "type": "createRemoteConversation",
                        "payload": { "title": "Water", "description": "A human, please" } });
    let mut names = Vec::new();
    for _ in 0..2 {
        let answer = says("s3cret/createRemoteConversation", opens.clone()).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        names.push(answer.json()["id"].as_str().unwrap().to_owned());
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    assert_ne!(names[0], names[1]);
    let user = json!({ "type": "createRemoteUser", "payload": { "name": "Dana" } });
    let answer = says("s3cret/createRemoteUser", user).await;
    assert_eq!(answer.json()["id"].as_str().map(str::len), Some(32));
    let more = json!({ "type": "botSendsMessage", "remoteConversationId": names[1],
                       "remoteUserId": "u", "payload": { "type": "text", "text": "Hello?" } });
    let answer = says("s3cret/botSendsMessage", more).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let turns = |name: &String| {
        let items = stage.items();
        let is_it = |item: &&Item| item.content.external_id.as_evidence() == name;
        let item = items.iter().find(is_it).unwrap();
        item.content.conversation.len()
    };
    assert_eq!(names.iter().map(turns).collect::<Vec<_>>(), [0, 1]);
    let ping = || json!({ "type": "ping" });
    assert_eq!(says("s3cret/ping", ping()).await.status, 200);
    for path in ["ping", "wrong/ping", "s3cretx/ping"] {
        assert_eq!(says(path, ping()).await.status, 401, "{path}");
    }
}
