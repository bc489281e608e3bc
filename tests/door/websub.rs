//! A feed's hub at the hub's own door: asked, confirmed, heard by HTTP, and
//! nothing taken that it did not sign.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::net::TcpListener;

use crate::stage::{PATIENCE, Stage, channel};

fn rss(id: u32) -> String {
    format!(
        "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel><title>City</title>\
         <atom:link rel=\"hub\" href=\"/hub\"/><atom:link rel=\"self\" href=\"http://city.example/feed\"/>\
         <item><guid>n-{id}</guid><title>News {id}</title></item></channel></rss>"
    )
}

/// A feed, and the hub that it names with what that was asked.
async fn city() -> (String, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&asked);
    let hub = move |form: String| {
        notes.lock().unwrap().push(form);
        async { StatusCode::ACCEPTED }
    };
    let router = Router::new()
        .route("/hub", post(hub))
        .route("/feed", get(|| async { rss(1) }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/feed", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, asked)
}

fn signature(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let mut bytes = [0; 32];
    bytes.copy_from_slice(&mac.finalize().into_bytes());
    format!("sha256={}", watchfloor::store::hex(&bytes))
}

#[tokio::test]
async fn a_feeds_hub_is_confirmed_and_heard_by_its_signature_alone() {
    let (url, asked) = city().await;
    let mut config = channel("water", "feed");
    config.vars.insert("url".to_owned(), url);
    config.callback = Some("https://floor.example/in/water".to_owned());
    let stage = Stage::with(vec![config]).await;
    stage
        .until("the polled item", |board| board.len() == 1)
        .await;
    let waits = async {
        while asked.lock().unwrap().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waits).await.unwrap();
    let form = asked.lock().unwrap()[0].clone();
    let secret = url::form_urlencoded::parse(form.as_bytes())
        .find(|(name, _)| name == "hub.secret")
        .map(|(_, value)| value.into_owned())
        .unwrap();
    let push = async |body: String, signature: Option<String>| {
        let mut request = stage.http.request("POST", "/in/water").body(body);
        if let Some(signature) = signature {
            request = request.header("X-Hub-Signature", signature);
        }
        stage.http.send(request).await.status
    };

    // What nobody confirmed yet is not taken, however well it is signed.
    assert_eq!(push(rss(2), Some(signature(&secret, &rss(2)))).await, 410);
    let query = |topic: &str| {
        format!(
            "/in/water?hub.mode=subscribe&hub.topic={topic}&hub.challenge=c%3C1&hub.lease_seconds=864000"
        )
    };
    let wrong = stage.http.get(&query("http%3A%2F%2Fx.example"), None).await;
    assert_eq!(wrong.status, 404, "a topic that we did not ask for");
    let topic = "http%3A%2F%2Fcity.example%2Ffeed";
    let confirmed = stage.http.get(&query(topic), None).await;
    assert_eq!(
        (confirmed.status, confirmed.text()),
        (200, "c<1".to_owned())
    );
    assert!(confirmed.kind.starts_with("text/plain"), "never a page");

    // Forged, unsigned: answered as the standard wants, and nothing is kept.
    assert_eq!(push(rss(3), Some(signature("other", &rss(3)))).await, 202);
    assert_eq!(push(rss(3), None).await, 202);
    assert_eq!(push(rss(2), Some(signature(&secret, &rss(2)))).await, 200);
    assert_eq!(stage.board(watchfloor::model::board::Board::len), 2);
    // Told twice it is here once.
    assert_eq!(push(rss(2), Some(signature(&secret, &rss(2)))).await, 200);
    assert_eq!(stage.board(watchfloor::model::board::Board::len), 2);
    let big = "x".repeat(8 * 1024 * 1024 + 1);
    assert_eq!(push(big, None).await, 413);
    let put = stage.http.request("PUT", "/in/water").body("x");
    assert_eq!(stage.http.send(put).await.status, 405);
    stage.stop().await;
}
