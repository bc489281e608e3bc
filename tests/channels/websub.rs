//! WebSub: a feed that names a hub is told of instead of polled, and polled
//! again when the hub does not.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::routing::{get, post};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use watchfloor::channels::registry::Channel;
use watchfloor::channels::transport::cursors::InMemory;

use crate::server::{ids, serve};
use crate::support::{Recorder, Task, channel, config, now};

fn rss(ids: &[u32], hub: &str) -> String {
    let entry = |n: &u32| format!("<item><guid>n-{n}</guid><title>News {n}</title></item>");
    let entries: String = ids.iter().map(entry).collect();
    format!(
        "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel><title>City</title>\
         <atom:link rel=\"hub\" href=\"{hub}\"/><atom:link rel=\"self\" href=\"http://city.example/feed\"/>{entries}</channel></rss>"
    )
}

/// A hub that remembers what it was asked, and the feed that names it.
async fn city() -> (Arc<Channel>, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&asked);
    let hub = move |form: String| {
        notes.lock().unwrap().push(form);
        async { StatusCode::ACCEPTED }
    };
    let router = Router::new()
        .route("/hub", post(hub))
        .route("/feed", get(|| async { rss(&[1], "/hub") }));
    let url = serve(router).await;
    let mut config = config("feed");
    config.vars.insert("url".to_owned(), format!("{url}/feed"));
    config.allow_private = true;
    config.poll_every = Some(Duration::from_millis(50));
    config.callback = Some("https://floor.example/in/water".to_owned());
    (channel(config, &[]), asked)
}

fn value(form: &str, name: &str) -> String {
    let pairs = url::form_urlencoded::parse(form.as_bytes());
    let mut found = pairs
        .filter(|(n, _)| n == name)
        .map(|(_, v)| v.into_owned());
    found.next().unwrap_or_default()
}

fn signed(secret: &str, body: &str) -> HeaderMap {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let hex: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let mut headers = HeaderMap::new();
    let value = HeaderValue::try_from(format!("sha256={hex}")).unwrap();
    headers.insert("x-hub-signature", value);
    headers
}

#[tokio::test]
async fn a_hub_is_asked_confirmed_and_heard_and_only_with_its_signature() {
    let (channel, asked) = city().await;
    let subscriber = channel.subscriber().unwrap().clone();
    let task = Task::start(&channel, Recorder::default(), InMemory::default());
    assert_eq!(ids(&task.intake.first(1).await), ["n-1"]);
    while asked.lock().unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let form = asked.lock().unwrap()[0].clone();
    assert_eq!(value(&form, "hub.mode"), "subscribe");
    assert_eq!(value(&form, "hub.topic"), "http://city.example/feed");
    assert_eq!(
        value(&form, "hub.callback"),
        "https://floor.example/in/water"
    );
    let secret = value(&form, "hub.secret");
    assert!(secret.len() >= 32);

    // Before the hub has confirmed it nothing is taken.
    let body = rss(&[2, 1], "/hub");
    let early = subscriber
        .pushed(&signed(&secret, &body), Bytes::from(body.clone()), |_| {})
        .await;
    assert_eq!(early.status, 410);
    let query = "hub.mode=subscribe&hub.topic=http%3A%2F%2Fcity.example%2Ffeed&hub.challenge=c-1&hub.lease_seconds=864000";
    assert_eq!(subscriber.verify(query, now()).body, "c-1");

    let mut told = false;
    let forged = subscriber
        .pushed(&signed("other", &body), Bytes::from(body.clone()), |_| {
            told = true;
        })
        .await;
    assert_eq!((forged.status, told), (202, true));
    let pushed = subscriber
        .pushed(&signed(&secret, &body), Bytes::from(body.clone()), |_| {})
        .await;
    assert_eq!(pushed.status, 200, "answered after it is kept");
    assert_eq!(ids(&task.intake.kept.lock().unwrap()), ["n-1", "n-2"]);
    let html = "<html>no</html>";
    let odd = subscriber
        .pushed(&signed(&secret, html), Bytes::from(html), |_| {})
        .await;
    assert_eq!(odd.status, 503);
    task.stop().await;
    let late = subscriber
        .pushed(&signed(&secret, &body), Bytes::from(body.clone()), |_| {})
        .await;
    assert_eq!(late.status, 503, "nobody is there to keep it");
}

#[tokio::test]
async fn a_hub_that_refuses_is_told_left_alone_and_the_feed_polled() {
    let (channel, asked) = city().await;
    let subscriber = channel.subscriber().unwrap().clone();
    let task = Task::start(&channel, Recorder::default(), InMemory::default());
    while asked.lock().unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let query = "hub.mode=denied&hub.topic=http%3A%2F%2Fcity.example%2Ffeed&hub.reason=no+more";
    assert_eq!(subscriber.verify(query, now()).status, 200);
    // The next poll tells it.
    let told = |warnings: Vec<String>| warnings.iter().any(|w| w.contains("(no more)"));
    while !told(task.health.at(now()).warnings) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert_eq!(asked.lock().unwrap().len(), 1);
    task.stop().await;
}

#[tokio::test]
async fn a_hub_that_resets_is_left_alone_and_the_feed_polled() {
    let hub = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = format!("http://{}/hub", hub.local_addr().unwrap());
    let called = Arc::new(Mutex::new(0));
    let calls = Arc::clone(&called);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = hub.accept().await {
            *calls.lock().unwrap() += 1;
            // Half a status line, and gone.
            drop(tokio::io::AsyncWriteExt::write_all(&mut socket, b"HTTP/1.1 20").await);
        }
    });
    let published = Arc::new(Mutex::new(vec![1]));
    let feed = Arc::clone(&published);
    let router = Router::new().route(
        "/feed",
        get(move || {
            let ids = feed.lock().unwrap().clone();
            async move { rss(&ids, &at) }
        }),
    );
    let mut config = config("feed");
    let url = format!("{}/feed", serve(router).await);
    config.vars.insert("url".to_owned(), url);
    config.allow_private = true;
    config.poll_every = Some(Duration::from_millis(50));
    config.callback = Some("https://floor.example/in/water".to_owned());
    let task = Task::start(
        &channel(config, &[]),
        Recorder::default(),
        InMemory::default(),
    );
    task.intake.first(1).await;
    published.lock().unwrap().push(2);
    let kept = task.intake.first(2).await;
    assert_eq!(ids(&kept), ["n-1", "n-2"]);
    assert_eq!(*called.lock().unwrap(), 1, "it is not asked at every poll");
    task.stop().await;
}
