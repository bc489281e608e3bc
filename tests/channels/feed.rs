//! The feed transport against a real HTTP server: conditional GET, redirects,
//! floods and drips.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use futures_util::stream;
use tokio::net::TcpListener;
use watchfloor::channels::registry::Channel;
use watchfloor::channels::transport::cursors::{Cursors, InMemory};
use watchfloor::model::ids::ChannelName;

use crate::support::{Recorder, Task, channel, config, content, now};

/// A feed with entries `1..=n`, newest first, all said just now.
fn rss(n: usize) -> String {
    let entry = |n: usize| {
        format!(
            "<item><guid>n-{n}</guid><title>News {n}</title><description>Words {n}</description></item>"
        )
    };
    let entries: String = (1..=n).rev().map(entry).collect();
    format!("<rss version=\"2.0\"><channel><title>City</title>{entries}</channel></rss>")
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

fn feed(url: &str, private: bool) -> Arc<Channel> {
    let mut config = config("feed");
    config.vars.insert("url".to_owned(), url.to_owned());
    config.allow_private = private;
    config.poll_every = Some(Duration::from_millis(20));
    channel(config, &[])
}

#[tokio::test]
async fn only_what_is_new_comes_in_and_an_unchanged_feed_is_not_sent_again() {
    let polls = Arc::new(AtomicUsize::new(0));
    let unchanged = Arc::new(AtomicUsize::new(0));
    let (count, same) = (Arc::clone(&polls), Arc::clone(&unchanged));
    let handler = move |headers: HeaderMap| {
        let poll = count.fetch_add(1, Ordering::SeqCst);
        // The feed grows at the fourth poll.
        let n = if poll < 3 { 2 } else { 3 };
        let tag = format!("\"v{n}\"");
        let matches = headers
            .get(header::IF_NONE_MATCH)
            .is_some_and(|h| h.as_bytes() == tag.as_bytes());
        let answer = if matches {
            same.fetch_add(1, Ordering::SeqCst);
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            ([(header::ETAG, tag)], rss(n)).into_response()
        };
        async move { answer }
    };
    let url = serve(Router::new().route("/feed", get(handler))).await;
    let feed = feed(&format!("{url}/feed"), true);
    let task = Task::start(&feed, Recorder::default(), InMemory::default());
    let kept = task.intake.first(3).await;
    let ids: Vec<_> = kept
        .iter()
        .map(|i| content(i).external_id.as_evidence().to_owned())
        .collect();
    assert_eq!(ids, ["n-1", "n-2", "n-3"]);
    assert!(unchanged.load(Ordering::SeqCst) >= 2);

    // After a restart the cursor goes on where it was.
    let cursors = task.cursors.clone();
    let name = ChannelName::new("water").unwrap();
    while !cursors
        .load(&name)
        .await
        .unwrap()
        .is_some_and(|c| c.contains("v3"))
    {
        tokio::task::yield_now().await;
    }
    task.stop().await;
    let before = polls.load(Ordering::SeqCst);
    let again = Task::start(&feed, Recorder::default(), cursors);
    while polls.load(Ordering::SeqCst) < before + 3 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(again.intake.kept.lock().unwrap().is_empty());
    again.stop().await;
}

#[tokio::test]
async fn old_entries_of_a_new_feed_stay_out_and_edited_ones_come_again() {
    let polls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&polls);
    let handler = move || {
        let words = if count.fetch_add(1, Ordering::SeqCst) < 2 {
            "closed"
        } else {
            "open again"
        };
        let entry = |id: &str, words: &str, at: String| {
            format!("<entry><id>{id}</id><title>{words}</title><updated>{at}</updated></entry>")
        };
        let old = entry("old", "long ago", "2003-12-13T18:30:02Z".to_owned());
        let new = entry("new", words, now().to_string());
        let atom = format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>City</title>{new}{old}</feed>"
        );
        async move { atom }
    };
    let url = serve(Router::new().route("/", get(handler))).await;
    let task = Task::start(&feed(&url, true), Recorder::default(), InMemory::default());
    let kept = task
        .intake
        .until(|kept| {
            kept.iter()
                .any(|i| content(i).text.as_evidence() == "open again")
        })
        .await;
    assert!(
        kept.iter()
            .all(|i| content(i).external_id.as_evidence() == "new")
    );
    task.stop().await;
}

#[tokio::test]
async fn redirects_are_followed_a_little_and_checked() {
    let router = Router::new()
        .route("/moved", get(|| async { Redirect::permanent("/feed") }))
        .route("/feed", get(|| async { rss(1) }))
        .route("/loop", get(|| async { Redirect::temporary("/loop") }))
        .route(
            "/file",
            get(|| async { Redirect::temporary("file:///etc/passwd") }),
        );
    let url = serve(router).await;
    let moved = Task::start(
        &feed(&format!("{url}/moved"), true),
        Recorder::default(),
        InMemory::default(),
    );
    moved.intake.first(1).await;
    moved.stop().await;
    for (path, words) in [("loop", "redirects"), ("file", "scheme file")] {
        let task = Task::start(
            &feed(&format!("{url}/{path}"), true),
            Recorder::default(),
            InMemory::default(),
        );
        task.error(words).await;
        task.stop().await;
    }
}

#[tokio::test]
async fn private_addresses_need_the_operators_word_by_number_and_by_name() {
    let url = serve(Router::new().route("/", get(|| async { rss(1) }))).await;
    let port = url.rsplit_once(':').unwrap().1;
    for host in [
        "127.0.0.1",
        "localhost",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0x7f.1",
    ] {
        let feed = feed(&format!("http://{host}:{port}/"), false);
        let task = Task::start(&feed, Recorder::default(), InMemory::default());
        task.error("private").await;
        assert!(task.intake.kept.lock().unwrap().is_empty());
        task.stop().await;
    }
}

/// A gigabyte, in chunks, without saying how much it will be.
async fn gigabyte() -> Response {
    let chunks =
        stream::iter((0..16_384).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 65_536]))));
    Body::from_stream(chunks).into_response()
}

#[tokio::test]
async fn floods_bombs_and_errors_stop_at_the_cap() {
    let bomb = || async {
        use std::io::Write;
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(&vec![b' '; 100_000_000]).unwrap();
        (
            [(header::CONTENT_ENCODING, "gzip")],
            packer.finish().unwrap(),
        )
    };
    let router = Router::new()
        .route("/flood", get(gigabyte))
        .route("/bomb", get(bomb))
        .route("/html", get(|| async { "<html><body>Sorry</body></html>" }))
        .route(
            "/deep",
            get(|| async { "<rss><channel>".to_owned() + &"<item><a>".repeat(200_000) }),
        )
        .route("/down", get(|| async { StatusCode::BAD_GATEWAY }));
    let url = serve(router).await;
    for (path, words) in [
        ("flood", "larger than 5242880"),
        ("bomb", "larger than 5242880"),
        ("html", "no RSS"),
        ("deep", "no RSS"),
        ("down", "502"),
    ] {
        let task = Task::start(
            &feed(&format!("{url}/{path}"), true),
            Recorder::default(),
            InMemory::default(),
        );
        task.error(words).await;
        task.stop().await;
    }
}

#[tokio::test]
async fn a_server_that_drips_is_left_when_the_time_is_up() {
    let drip = || async {
        let drops = stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Some((Ok::<_, std::io::Error>(Bytes::from_static(b" ")), ()))
        });
        Body::from_stream(drops)
    };
    let url = serve(Router::new().route("/", get(drip))).await;
    let built_in = include_str!("../../src/channels/catalogue/feed.toml");
    let quick = built_in.replace("id = \"feed\"", "id = \"quick\"").replace(
        "interval = \"5m\"",
        "interval = \"5m\"\ntimeout = \"500ms\"",
    );
    let mut config = config("quick");
    config.vars.insert("url".to_owned(), url);
    config.allow_private = true;
    let task = Task::start(
        &channel(config, &[&quick]),
        Recorder::default(),
        InMemory::default(),
    );
    task.error("longer than 0.5 s").await;
    task.stop().await;
}
