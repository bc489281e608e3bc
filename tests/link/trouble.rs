//! What can be wrong between console and hub, each with its own words.

use std::time::Duration;

use tokio::net::TcpListener;
use watchfloor::link::{Link, LinkSettings, News, Once, OnceError, Token};
use watchfloor::model::ids::Seq;
use watchfloor::model::time::{SystemClock, Timestamp};
use watchfloor::wire::frames::{ClientFrame, ServerFrame};

use super::fake_hub::{Console, FakeHub, epoch, events, hello};

#[tokio::test]
async fn a_refused_credential_stops_until_the_officer_tries_again() {
    let hub = FakeHub::bind().await;
    let mut console = Console::start(hub.settings());
    hub.answer_http("401 Unauthorized").await;
    let (why, retry_in) = console.wait_down().await;
    assert_eq!(retry_in, None);
    assert!(why.contains("credential"), "{why}");
    let link = &console.link;
    link.resync().expect("the link listens");
    let mut peer = hub.accept().await;
    peer.begin(epoch(1), 0).await;
    console.wait_caught_up().await;
}

#[tokio::test]
async fn a_busy_hub_is_given_the_time_it_asks_for() {
    let hub = FakeHub::bind().await;
    let mut settings = hub.settings();
    settings.timings.longest_wait = Duration::MAX;
    let mut console = Console::start(settings);
    hub.answer_http("503 Service Unavailable\r\nretry-after: 120")
        .await;
    let (why, retry_in) = console.wait_down().await;
    assert!(why.contains("503"), "{why}");
    assert!(retry_in.expect("tries again") >= Duration::from_secs(120));
}

#[tokio::test]
async fn each_step_has_its_own_words() {
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = closed.local_addr().expect("is bound").port();
    drop(closed);
    let why = |hub: String| async move {
        let mut console = Console::start(LinkSettings::new(hub, None));
        console.wait_down().await.0
    };
    let tcp = why(format!("http://127.0.0.1:{port}")).await;
    assert!(tcp.contains("refuses connections"), "{tcp}");
    let name = why("http://floor.invalid".into()).await;
    assert!(name.contains("was not found"), "{name}");
    let address = why("gopher://floor.example".into()).await;
    assert!(address.contains("not a hub's address"), "{address}");
    let hub = FakeHub::bind().await;
    let serving = tokio::spawn(async move {
        hub.answer_http("404 Not Found").await;
        hub
    });
    drop(serving);
}

#[tokio::test]
async fn a_server_that_is_no_hub_is_told_apart() {
    let hub = FakeHub::bind().await;
    let mut console = Console::start(hub.settings());
    hub.answer_http("404 Not Found").await;
    let (why, _) = console.wait_down().await;
    assert!(why.contains("404"), "{why}");

    let https = hub.settings().hub.replace("http", "https");
    let mut settings = LinkSettings::new(https, Some(Token::new("t")));
    settings.tls = watchfloor::link::TlsSettings::default();
    let mut console = Console::start(settings);
    let shouting = async {
        // The first console goes on trying: answer whoever comes.
        loop {
            hub.answer_http("400 Bad Request").await;
        }
    };
    let (why, _) = tokio::select! {
        down = console.wait_down() => down,
        () = shouting => unreachable!("the loop has no end"),
    };
    assert!(why.contains("TLS") || why.contains("authority"), "{why}");
}

#[tokio::test]
async fn another_first_frame_than_hello_is_an_error() {
    let hub = FakeHub::bind().await;
    let mut console = Console::start(hub.settings());
    let mut peer = hub.accept().await;
    peer.hear_resume().await;
    peer.say(&events(1, 2)).await;
    let (why, _) = console.wait_down().await;
    assert!(why.contains("hello"), "{why}");
}

#[tokio::test]
async fn a_closing_hub_says_when_to_come_back() {
    let hub = FakeHub::bind().await;
    let mut console = Console::start(hub.settings());
    let mut peer = hub.accept().await;
    peer.begin(epoch(1), 0).await;
    let bye = |retry_after| ServerFrame::Bye {
        reason: "The hub stops for an update.".into(),
        retry_after,
    };
    peer.say(&bye(Some(1))).await;
    let (why, retry_in) = console.wait_down().await;
    assert_eq!(why, "The hub stops for an update.");
    assert!(retry_in.is_some());
    let mut peer = hub.accept().await;
    peer.hear_resume().await;
    peer.say(&bye(None)).await;
    assert_eq!(console.wait_down().await.1, None);
}

/// A half-open connection: the peer is there and says nothing.
#[tokio::test]
async fn silence_is_shown_and_then_ends_the_link() {
    let hub = FakeHub::bind().await;
    let mut settings = hub.settings();
    settings.timings.stale = Duration::from_millis(100);
    settings.timings.dead = Duration::from_millis(400);
    let mut console = Console::start(settings);
    let mut peer = hub.accept().await;
    peer.begin(epoch(1), 5).await;
    console.wait_caught_up().await;
    let stale = |news: &News| matches!(news, News::Stale { .. }).then_some(());
    console.wait("stale", stale).await;
    peer.say(&ServerFrame::Ping {
        head: Seq(5),
        now: Timestamp::default(),
    })
    .await;
    console.wait_caught_up().await;
    assert_eq!(peer.hear().await, ClientFrame::Pong);
    console.wait("stale again", stale).await;
    let (why, _) = console.wait_down().await;
    assert!(why.contains("said nothing"), "{why}");
    let mut again = hub.accept().await;
    assert_eq!(again.hear_resume().await, (Some(epoch(1)), 5));
    drop(peer);
}

#[tokio::test]
async fn a_damaged_frame_ends_the_session_and_not_the_link() {
    use futures_util::SinkExt;
    use tokio_tungstenite::tungstenite::Message;
    let hub = FakeHub::bind().await;
    let mut console = Console::start(hub.settings());
    for bad in [
        Message::text("{\"type\":\"ping\",\"head\":\"SECRET\"}"),
        Message::binary(vec![1, 2, 3]),
        Message::text("x".repeat(2 * 1024 * 1024)),
    ] {
        let mut peer = hub.accept().await;
        peer.hear_resume().await;
        peer.say(&hello(epoch(1), 0)).await;
        peer.socket.send(bad).await.expect("the console reads");
        let (why, retry_in) = console.wait_down().await;
        assert!(retry_in.is_some() && !why.contains("SECRET"), "{why}");
    }
}

#[tokio::test]
async fn closing_says_goodbye_and_ends() {
    use futures_util::StreamExt;
    let hub = FakeHub::bind().await;
    let mut console = Console::start(hub.settings());
    let mut peer = hub.accept().await;
    peer.begin(epoch(1), 0).await;
    console.wait_caught_up().await;
    console.link.close().await;
    let last = peer
        .socket
        .next()
        .await
        .expect("a goodbye")
        .expect("a message");
    assert!(last.is_close(), "{last:?}");
}

#[tokio::test]
async fn questions_over_rest_have_plain_errors() {
    let hub = FakeHub::bind().await;
    let once = Once::new(&hub.settings()).expect("settings are right");
    let ask = tokio::spawn(async move {
        once.get::<serde_json::Value>("/v1/items", &[("q", "sev>=high is:mine")])
            .await
    });
    hub.answer_http("403 Forbidden").await;
    let error = ask.await.expect("answers").expect_err("is refused");
    assert!(
        matches!(error, OnceError::Refused { status: 403, .. }),
        "{error}"
    );
    let plain = LinkSettings::new("http://floor.example", Some(Token::new("t")));
    let error = Once::new(&plain).expect_err("is refused");
    assert!(error.to_string().contains("unencrypted"), "{error}");
}

#[tokio::test]
async fn nobody_who_listens_ends_the_task() {
    let hub = FakeHub::bind().await;
    let (link, news) = Link::start(hub.settings(), std::sync::Arc::new(SystemClock));
    drop(news);
    super::fake_hub::soon("the link to end", async {
        while link.resync().is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
