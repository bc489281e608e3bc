//! A feed from a real web server with `ETag`: what is new comes once, what was
//! edited changes, what did not change is not fetched again.

use std::path::Path;
use std::time::Duration;

use watchfloor::model::board::Board;

use crate::process::{Peer, free_port};
use crate::stage::{PATIENCE, Stage, channel};
use crate::wanted;

/// Entries newest first, as feeds have them.
fn rss(entries: &[(&str, &str)]) -> String {
    let mut listed = String::new();
    for (id, words) in entries {
        let guid = format!("<guid isPermaLink=\"false\">{id}</guid>");
        let title = format!("<title>Notice {id}</title>");
        let item = format!("<item>{guid}{title}<description>{words}</description></item>");
        listed.push_str(&item);
    }
    format!(
        "<rss version=\"2.0\"><channel><title>City news</title><link>https://city.example/</link><description>d</description>{listed}</channel></rss>"
    )
}

/// Replaced as a whole, as publishers should.
fn publish(folder: &Path, entries: &[(&str, &str)]) {
    std::fs::write(folder.join("next.xml"), rss(entries)).unwrap();
    std::fs::rename(folder.join("next.xml"), folder.join("www/news.xml")).unwrap();
}

fn nginx(folder: &Path, port: u16) -> Peer {
    let here = folder.display();
    let config = format!(
        "user root; daemon off; worker_processes 1; pid {here}/pid; error_log {here}/error.log;
events {{ worker_connections 64; }}
http {{
  log_format short '$status $http_if_none_match';
  access_log {here}/access.log short;
  client_body_temp_path {here}/b; proxy_temp_path {here}/p; fastcgi_temp_path {here}/f;
  uwsgi_temp_path {here}/u; scgi_temp_path {here}/s;
  types {{ application/rss+xml xml; }}
  server {{ listen 127.0.0.1:{port}; root {here}/www; etag on; }}
}}"
    );
    std::fs::write(folder.join("nginx.conf"), config).unwrap();
    let args = [
        "-p".to_owned(),
        here.to_string(),
        "-c".to_owned(),
        format!("{here}/nginx.conf"),
    ];
    Peer::start("nginx", folder, &args)
}

/// How often the server has answered so.
fn answers(folder: &Path, status: &str) -> usize {
    let log = std::fs::read_to_string(folder.join("access.log")).unwrap_or_default();
    log.lines().filter(|line| line.starts_with(status)).count()
}

async fn more_answers(folder: &Path, status: &str, more: usize) {
    let wanted = answers(folder, status) + more;
    let waits = async {
        while answers(folder, status) < wanted {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let came = tokio::time::timeout(PATIENCE, waits).await;
    assert!(
        came.is_ok(),
        "{} answers of {status}",
        answers(folder, status)
    );
}

fn words(board: &Board) -> Vec<(String, String)> {
    board
        .by_number()
        .map(|item| {
            let content = &item.content;
            let (id, text) = (&content.external_id, &content.text);
            (id.as_evidence().to_owned(), text.as_evidence().to_owned())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_behind_nginx_comes_in_once_and_is_polled_politely() {
    if !wanted("a feed behind nginx") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::create_dir(path.join("www")).unwrap();
    publish(path, &[("b", "Two"), ("a", "One")]);
    let port = free_port();
    let mut peer = nginx(path, port);
    peer.listens(port, path).await;

    let mut config = channel("news", "feed");
    let url = format!("http://127.0.0.1:{port}/news.xml");
    config.vars.insert("url".to_owned(), url);
    config.poll_every = Some(Duration::from_millis(200));
    let stage = Stage::with(vec![config]).await;
    stage.until("both entries", |board| board.len() == 2).await;
    more_answers(path, "304 ", 5).await;
    let head = stage.board(Board::head);
    assert_eq!(answers(path, "200 "), 1, "it was sent again");

    publish(
        path,
        &[
            ("c", "Three"),
            ("b", "Two, with a correction"),
            ("a", "One"),
        ],
    );
    stage.until("the new entry", |board| board.len() == 3).await;
    let pair = |id: &str, text: &str| (id.to_owned(), text.to_owned());
    let expected = [
        pair("a", "One"),
        pair("b", "Two, with a correction"),
        pair("c", "Three"),
    ];
    stage
        .until("the edited entry", |board| words(board) == expected)
        .await;
    assert!(stage.board(Board::head) > head);
    assert!(
        stage.items()[1].edited_at.is_some(),
        "the edit is not marked"
    );

    let head = stage.board(Board::head);
    more_answers(path, "304 ", 3).await;
    assert_eq!(stage.board(Board::head), head);
    assert_eq!(answers(path, "200 "), 2);

    come_back(&stage, peer, (path, port)).await;
    stage.stop().await;
}

/// A server that is gone is told, and the feed goes on when it is back.
async fn come_back(stage: &Stage, peer: Peer, (path, port): (&Path, u16)) {
    drop(peer);
    let down = async {
        loop {
            let channels = stage.get("/v1/channels").await.json();
            if channels[0]["state"] == "down" {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, down)
        .await
        .expect("it is told");
    publish(path, &[("d", "Four"), ("c", "Three")]);
    let mut peer = nginx(path, port);
    peer.listens(port, path).await;
    stage
        .until("what came after", |board| board.len() == 4)
        .await;
}
