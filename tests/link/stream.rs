//! Every event once and in order, over whatever breaks.

use watchfloor::link::News;
use watchfloor::model::ids::Seq;
use watchfloor::wire::codec::Form;
use watchfloor::wire::frames::ServerFrame;

use super::fake_hub::{Console, FakeHub, epoch, events, hello, snapshot};

#[tokio::test]
async fn goes_on_where_it_stopped() {
    let hub = FakeHub::bind().await;
    let mut console = Console::start(hub.settings());
    let mut peer = hub.accept().await;
    assert_eq!(peer.authorization.as_deref(), Some("Bearer sesame"));
    assert_eq!(peer.hear_resume().await, (None, 0));
    peer.say(&hello(epoch(1), 10)).await;
    peer.say(&snapshot(10)).await;
    console.wait_caught_up().await;
    peer.say(&events(11, 20)).await;
    assert_eq!(console.events_until(20).await, Vec::from_iter(11..=20));
    peer.cut();
    let mut peer = hub.accept().await;
    assert_eq!(peer.hear_resume().await, (Some(epoch(1)), 20));
    peer.say(&hello(epoch(1), 30)).await;
    let behind = console
        .wait("how far behind", |news| match news {
            News::Behind(n) => Some(*n),
            News::CaughtUp => panic!("caught up too early"),
            _ => None,
        })
        .await;
    assert_eq!(behind, 10);
    peer.say(&events(21, 30)).await;
    assert_eq!(console.events_until(30).await, Vec::from_iter(21..=30));
    console.wait_caught_up().await;
}

#[tokio::test]
async fn doubles_at_the_seam_of_replay_and_live_are_dropped() {
    let hub = FakeHub::bind().await;
    let mut console = Console::start(hub.settings());
    let mut peer = hub.accept().await;
    peer.begin(epoch(1), 10).await;
    for (from, to) in [(11, 15), (11, 15), (13, 18), (5, 12), (18, 20)] {
        peer.say(&events(from, to)).await;
    }
    assert_eq!(console.events_until(20).await, Vec::from_iter(11..=20));
}

#[tokio::test]
async fn a_gap_is_fetched_again() {
    let hub = FakeHub::bind().await;
    let mut console = Console::start(hub.settings());
    let mut peer = hub.accept().await;
    peer.begin(epoch(1), 10).await;
    peer.say(&events(11, 12)).await;
    peer.say(&events(15, 16)).await;
    let mut again = hub.accept().await;
    assert_eq!(again.hear_resume().await, (Some(epoch(1)), 12));
    again.say(&hello(epoch(1), 16)).await;
    again.say(&events(13, 16)).await;
    assert_eq!(console.events_until(16).await, Vec::from_iter(11..=16));
}

#[tokio::test]
async fn a_resync_after_overflow_loses_nothing() {
    let hub = FakeHub::bind().await;
    let mut console = Console::start(hub.settings());
    let mut peer = hub.accept().await;
    peer.begin(epoch(1), 10).await;
    console.wait_caught_up().await;
    peer.say(&ServerFrame::Resync {
        from: Seq(10),
        head: Seq(14),
    })
    .await;
    peer.say(&events(11, 14)).await;
    assert_eq!(console.events_until(14).await, Vec::from_iter(11..=14));
    console.wait_caught_up().await;
    peer.say(&ServerFrame::Resync {
        from: Seq(99),
        head: Seq(120),
    })
    .await;
    let mut again = hub.accept().await;
    assert_eq!(again.hear_resume().await, (Some(epoch(1)), 14));
}

#[tokio::test]
async fn a_snapshot_that_broke_off_begins_anew() {
    use watchfloor::wire::frames::{Items, Part};
    let hub = FakeHub::bind().await;
    let mut console = Console::start(hub.settings());
    let mut peer = hub.accept().await;
    peer.hear_resume().await;
    peer.say(&hello(epoch(1), 10)).await;
    let first = Items {
        at: Seq(10),
        items: Vec::new(),
        suppressions: Vec::new(),
        part: Part::First,
    };
    peer.say(&ServerFrame::Items(first)).await;
    console
        .wait("the first chunk", |news| {
            assert!(!matches!(news, News::CaughtUp));
            matches!(news, News::Items(_)).then_some(())
        })
        .await;
    peer.cut();
    let mut peer = hub.accept().await;
    assert_eq!(peer.hear_resume().await, (None, 0));
}

#[tokio::test]
async fn the_officer_may_ask_for_a_snapshot() {
    let hub = FakeHub::bind().await;
    let mut console = Console::start(hub.settings());
    let mut peer = hub.accept().await;
    peer.begin(epoch(1), 10).await;
    console.wait_caught_up().await;
    console.link.resync().expect("the link listens");
    let mut peer = hub.accept().await;
    assert_eq!(peer.hear_resume().await, (None, 0));
}

#[tokio::test]
async fn the_text_form_alone_works_too() {
    let hub = FakeHub::bind().await;
    let mut settings = hub.settings();
    settings.forms = vec![Form::Json];
    let mut console = Console::start(settings);
    let mut peer = hub.accept().await;
    peer.begin(epoch(1), 0).await;
    peer.say(&events(1, 500)).await;
    assert_eq!(console.events_until(500).await, Vec::from_iter(1..=500));
}

/// The console does not read: the link stops reading the socket, holds little,
/// and has dropped nothing when the console reads again.
#[tokio::test]
async fn a_slow_console_loses_nothing() {
    let hub = FakeHub::bind().await;
    let mut console = Console::start(hub.settings());
    let mut peer = hub.accept().await;
    peer.begin(epoch(1), 0).await;
    let flood = tokio::spawn(async move {
        for n in 0..3000 {
            peer.say(&events(n * 20 + 1, n * 20 + 20)).await;
        }
        peer
    });
    let seen = console.events_until(60_000).await;
    assert_eq!(seen, Vec::from_iter(1..=60_000));
    flood.await.expect("the flood ends");
}

/// Cut at arbitrary places, over and over: the console's events are the log's.
#[tokio::test]
async fn a_hundred_cuts_leave_no_gap_and_no_double() {
    let hub = FakeHub::bind().await;
    let mut console = Console::start(hub.settings());
    let log_end = 2000;
    let serving = tokio::spawn(async move {
        let mut cuts = 0_u64;
        loop {
            let mut peer = hub.accept().await;
            let (resumed, seq) = peer.hear_resume().await;
            peer.say(&hello(epoch(1), log_end)).await;
            let mut next = seq + 1;
            if resumed.is_none() {
                peer.say(&snapshot(0)).await;
                next = 1;
            }
            cuts += 1;
            // Each session brings a little, the last one the rest.
            let until = if cuts <= 100 {
                next + 2 * (cuts % 9)
            } else {
                log_end
            };
            while next <= until.min(log_end) {
                peer.say(&events(next.saturating_sub(cuts % 3).max(1), next + 1))
                    .await;
                next += 2;
            }
            if cuts > 100 {
                return peer;
            }
            peer.cut();
        }
    });
    let seen = console.events_until(log_end).await;
    assert_eq!(seen, Vec::from_iter(1..=log_end));
    serving.await.expect("the hub lives");
}
