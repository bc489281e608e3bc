//! One console over a link that is broken again and again, under load: it is
//! told every event once and in order, and in the end its board is the hub's.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use watchfloor::link::{Link, LinkSettings, News, Timings, Token};
use watchfloor::model::board::Board;
use watchfloor::model::ids::Seq;
use watchfloor::model::time::SystemClock;
use watchfloor::wire::frames::{ClientFrame, Part, ServerFrame, Window};

use crate::chaos::Chaos;
use crate::load;
use crate::stage::watcher::{Session, Watcher};
use crate::stage::{PATIENCE, Stage};

/// A console's board, as its link's news make it.
#[derive(Default)]
struct Console {
    board: Board,
    last: Seq,
    snapshots: usize,
    events: usize,
    downs: usize,
}

impl Console {
    fn take(&mut self, news: News) {
        match news {
            News::Items(items) => {
                if matches!(items.part, Part::First | Part::Only) {
                    self.board = Board::default();
                    self.snapshots += 1;
                }
                for suppression in items.suppressions {
                    self.board.insert_suppression(suppression);
                }
                for item in items.items {
                    self.board.insert(item);
                }
                if matches!(items.part, Part::Last | Part::Only) {
                    self.last = items.at;
                }
            }
            News::Events(events) => {
                assert_eq!(events.from, self.last.next(), "a gap or a double");
                for event in &events.events {
                    assert!(event.seq > self.last, "{} came twice", event.seq);
                    self.last = event.seq;
                    self.events += 1;
                    self.board
                        .apply(event)
                        .unwrap_or_else(|error| panic!("{error}"));
                }
                self.last = events.to;
            }
            News::Down { .. } => self.downs += 1,
            _ => {}
        }
    }

    /// Takes news until the board is the hub's and everything has come.
    async fn until_equal(&mut self, stage: &Stage, news: &mut mpsc::Receiver<News>) {
        let head = stage.board(Board::head);
        while self.last < head || !stage.board(|board| *board == self.board) {
            let next = tokio::time::timeout(PATIENCE, news.recv()).await;
            let Ok(next) = next else {
                panic!("at {} of {head}: {}", self.last, self.difference(stage));
            };
            self.take(next.expect("the link lives"));
        }
    }

    fn difference(&self, stage: &Stage) -> String {
        stage.board(|hub| {
            let other = hub.by_number().find(|item| self.board.item(&item.key) != Some(*item));
            let theirs = other.and_then(|item| self.board.item(&item.key));
            let (ours, yours) = (hub.suppressions().count(), self.board.suppressions().count());
            format!(
                "{} items here, {} there; {yours} suppressions here, {ours} there; {other:#?} is {theirs:#?}",
                self.board.len(),
                hub.len()
            )
        })
    }
}

fn settings(chaos: &Chaos, token: &str) -> LinkSettings {
    let mut settings =
        LinkSettings::new(format!("http://{}", chaos.address), Some(Token::new(token)));
    settings.window = Window {
        closed_items: 1_000_000,
    };
    settings.timings = Timings {
        connect: Duration::from_secs(1),
        stale: Duration::from_millis(100),
        dead: Duration::from_millis(200),
        longest_wait: Duration::from_millis(5),
    };
    settings
}

/// Consoles that join in the middle of it all: a snapshot is taken while the
/// floor changes, and the board is right in the end.
pub(crate) async fn join_under_load(consoles: usize) {
    let stage = Arc::new(Stage::town().await);
    let (stop, settled) = (CancellationToken::new(), CancellationToken::new());
    let load = tokio::spawn({
        let (stage, stop) = (Arc::clone(&stage), stop.clone());
        async move { load::run(&stage, stop).await }
    });
    let mut joined = Vec::new();
    for nth in 0..consoles {
        // More of a board to send each time.
        stage
            .until("more items", |board| board.len() > 20 * nth)
            .await;
        joined.push(tokio::spawn(join(Arc::clone(&stage), settled.clone())));
    }
    stop.cancel();
    load.await.unwrap();
    settled.cancel();
    for one in joined {
        let equal = tokio::time::timeout(PATIENCE, one).await;
        equal.expect("the boards are equal in time").unwrap();
    }
    let stage = Arc::into_inner(stage).expect("the load is over");
    stage.stop().await;
}

/// One that joins, and stays until its board is the hub's after all is settled.
async fn join(stage: Arc<Stage>, settled: CancellationToken) {
    let mut watcher = Watcher::default();
    let (address, token) = (stage.running.address, stage.token("carla"));
    let opened = Session::open(&watcher, address, token).await;
    let mut session = opened.expect("a session");
    while !(settled.is_cancelled() && stage.board(|board| *board == watcher.board)) {
        let frame = session.frame().await.expect("the session lives");
        watcher.take(&frame);
        if matches!(frame, ServerFrame::Ping { .. }) {
            session.send(&ClientFrame::Pong).await;
        }
    }
    assert_eq!(watcher.snapshots, 1);
}

/// Breaks one console's link so many times under load.
pub(crate) async fn survive(times: usize) {
    let stage = Arc::new(Stage::town().await);
    let chaos = Chaos::before(stage.running.address, times, 20_261_123).await;
    let (link, mut news) = Link::start(
        settings(&chaos, stage.token("carla")),
        Arc::new(SystemClock),
    );
    let stop = CancellationToken::new();
    let load = tokio::spawn({
        let (stage, stop) = (Arc::clone(&stage), stop.clone());
        async move { load::run(&stage, stop).await }
    });
    let mut console = Console::default();
    // It has a board to lose before anything breaks.
    while console.snapshots == 0 || stage.board(Board::len) < 20 {
        console.take(news.recv().await.expect("the link lives"));
    }
    chaos.begin();
    let over = chaos.is_over();
    tokio::pin!(over);
    loop {
        tokio::select! {
            () = &mut over => break,
            next = news.recv() => console.take(next.expect("the link lives")),
        }
    }
    stop.cancel();
    let items = loop {
        if load.is_finished() {
            break load.await.unwrap();
        }
        // News are taken meanwhile: a link that nobody listens to stops.
        if let Ok(next) = tokio::time::timeout(Duration::from_millis(10), news.recv()).await {
            console.take(next.expect("the link lives"));
        }
    };
    console.until_equal(&stage, &mut news).await;
    assert_eq!(chaos.broken.load(Ordering::SeqCst), times);
    assert!(
        console.downs >= times,
        "{} of {times} were felt",
        console.downs
    );
    // It went on from where it was, each time: no board was sent again.
    assert_eq!(console.snapshots, 1, "{} events", console.events);
    assert!(items > times, "{items} items only");
    eprintln!(
        "{times} breaks, {items} items, {} events, {} snapshots: the boards are equal",
        console.events, console.snapshots
    );
    link.close().await;
    drop(chaos);
    let stage = Arc::into_inner(stage).expect("the load is over");
    stage.stop().await;
}
