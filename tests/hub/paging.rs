//! A critical that nobody has leaves the building, once, and the log says so.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use watchfloor::channels::Intake;
use watchfloor::config;
use watchfloor::hub::floor;
use watchfloor::hub::serve::{Plan, start};
use watchfloor::model::event::Body;
use watchfloor::model::ids::{ChannelName, OfficerId, Seq};
use watchfloor::model::inbound::Inbound;
use watchfloor::model::item::{Content, Kind};
use watchfloor::model::severity::Severity;
use watchfloor::model::time::{Clock, ManualClock, SystemClock};
use watchfloor::store::EventLog;

/// Longer than anything here takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A pager that takes every page; its address, and what came.
async fn pager() -> (String, mpsc::Receiver<String>) {
    let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/page", socket.local_addr().expect("an address"));
    let (came, pages) = mpsc::channel(16);
    tokio::spawn(async move {
        while let Ok((mut peer, _)) = socket.accept().await {
            let mut request = vec![0; 16 * 1024];
            let read = peer.read(&mut request).await.unwrap_or(0);
            request.truncate(read);
            peer.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                .await
                .expect("it waits for the answer");
            came.send(String::from_utf8_lossy(&request).into_owned())
                .await
                .expect("the test listens");
        }
    });
    (url, pages)
}

#[tokio::test]
async fn a_critical_with_nobody_there_leaves_once_and_without_a_strangers_word() {
    let (url, mut pages) = pager().await;
    let text = format!("[page.webhook]\nurl = \"{url}\"\n");
    let config = config::resolve(Some((std::path::Path::new("c.toml"), &text)), &[]);
    let config = config.expect("a configuration");
    let folder = tempfile::tempdir().expect("a folder");
    let owner = OfficerId::new("owner").expect("a name");
    let floor = floor::read(&config).expect("a floor");
    let mut plan = Plan::embedded(folder.path().to_owned(), floor, config.page, owner);
    let clock = Arc::new(ManualClock::at(SystemClock.now()));
    plan.clock = clock.clone();
    plan.watch_jumps = false;
    let running = start(plan).await.expect("a hub");

    // Consoles have their time to come back after a start.
    clock.advance(Duration::from_secs(91));
    let channel = ChannelName::new("monitoring").expect("a channel");
    let words = "Chlorine alarm at the works".into();
    let mut content = Content::new(Kind::Alert, channel.clone(), "1".into(), words);
    content.severity = Severity::Critical;
    let inbound = Inbound::item(Arc::new(content), bytes::Bytes::from_static(b"{}"));
    let stored = running.hub.desk.submit(&channel, vec![inbound]).await;
    stored.expect("stored");

    let page = tokio::time::timeout(PATIENCE, pages.recv()).await;
    let page = page.expect("a page in time").expect("a page");
    assert!(page.contains("no console is connected"), "{page}");
    assert!(
        !page.contains("Chlorine"),
        "a stranger's words left: {page}"
    );
    let logged = tokio::time::timeout(PATIENCE, async {
        loop {
            let events = running.hub.log.read(Seq(0), 100).await.expect("read");
            let sent = |body: &Body| matches!(body, Body::PageSent { failed: None, .. });
            if events.iter().any(|event| sent(&event.body)) {
                return events.len();
            }
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(logged.await.expect("logged"), 2, "the arrival and the page");
    assert!(pages.try_recv().is_err(), "it left twice");
    running.stop().await;
}
