//! The seam between replay and live, with a log that waits until it is told to
//! answer: no event twice, none missed, none beyond what was fanned out; and a
//! link that is always cut within what a replay has to say gets on all the same.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use watchfloor::link::{Link, LinkSettings, News, Timings, Token};
use watchfloor::model::board::Board;
use watchfloor::model::ids::Seq;
use watchfloor::model::time::SystemClock;
use watchfloor::wire::frames::{Events, ServerFrame};

use crate::rig::{Console, Rig};
use crate::slow::Floor;

/// The next frame of events.
async fn events(console: &mut Console) -> Events {
    loop {
        if let ServerFrame::Events(events) = console.frame().await {
            return events;
        }
    }
}

fn seqs(events: &Events) -> Vec<u64> {
    events.events.iter().map(|event| event.seq.0).collect()
}

#[tokio::test]
async fn what_happens_during_a_replay_comes_once_and_after_it() {
    let floor = Floor::open().await;
    for text in ["one", "two", "three"] {
        floor.post(text).await.unwrap();
    }
    let mut console = floor.resume(Seq(1)).await;
    // It has subscribed and reads: what happens now is in the log and in its
    // queue, and a further writer's fact is in the log only.
    floor.read_waits().await;
    floor.post("four").await.unwrap();
    let ahead = floor.written_elsewhere().await;
    assert_eq!(ahead, Seq(5));
    floor.hub.log.leave.add_permits(1);
    let replayed = events(&mut console).await;
    assert_eq!((replayed.from, replayed.to), (Seq(2), Seq(3)));
    assert_eq!(seqs(&replayed), [2, 3], "as far as it was fanned out then");
    let live = events(&mut console).await;
    assert_eq!((live.from, live.to), (Seq(4), Seq(4)));
    assert_eq!(seqs(&live), [4]);
    // The ping does not tell of what nobody was told.
    let (head, last) = loop {
        match console.frame().await {
            ServerFrame::Ping { head, .. } => break (head, console.last),
            ServerFrame::Events(events) => panic!("{events:?} before anything happened"),
            _ => {}
        }
    };
    assert_eq!((head, last), (Seq(4), Seq(4)));
    floor.hub.log.leave.add_permits(10);
    floor.hub.desk.catch_up().await;
    let told = events(&mut console).await;
    assert_eq!((told.from, told.to), (Seq(5), Seq(5)));
    assert_eq!(seqs(&told), [5]);
    floor.stop.cancel();
}

#[tokio::test]
async fn a_console_that_knows_more_than_was_told_gets_a_snapshot() {
    let floor = Floor::open().await;
    floor.post("one").await.unwrap();
    floor.written_elsewhere().await;
    let mut console = floor.resume(Seq(2)).await;
    let items = loop {
        if let ServerFrame::Items(items) = console.frame().await {
            break items;
        }
    };
    assert_eq!((items.at, items.items.len()), (Seq(1), 1));
    floor.stop.cancel();
}

/// Passes on so many bytes of the hub's on each connection, then cuts it.
async fn cutter(to: std::net::SocketAddr, budget: Arc<AtomicUsize>) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut console, _)) = listener.accept().await {
            let budget = Arc::clone(&budget);
            tokio::spawn(async move {
                let mut hub = TcpStream::connect(to).await.unwrap();
                let (mut from_hub, mut to_hub) = hub.split();
                let (mut from_console, mut to_console) = console.split();
                let down = async {
                    let (mut passed, mut buffer) = (0, vec![0; 4096]);
                    while let Ok(n @ 1..) = from_hub.read(&mut buffer).await {
                        passed += n;
                        let cut = passed > budget.load(Ordering::SeqCst);
                        if cut || to_console.write_all(&buffer[..n]).await.is_err() {
                            return;
                        }
                    }
                };
                tokio::select! {
                    () = down => {}
                    _ = tokio::io::copy(&mut from_console, &mut to_hub) => {}
                }
            });
        }
    });
    address
}

/// Each connection carries 48 KiB, and the console is 300 KiB behind.
#[tokio::test]
async fn a_link_that_is_always_cut_gets_on() {
    let rig = Rig::start().await;
    rig.post(&["before"]).await;
    let budget = Arc::new(AtomicUsize::new(usize::MAX));
    let address = cutter(rig.running.address, Arc::clone(&budget)).await;
    let mut settings = LinkSettings::new(
        format!("http://{address}"),
        Some(Token::new(&rig.token("ana"))),
    );
    settings.timings = Timings {
        longest_wait: Duration::from_millis(5),
        ..Timings::default()
    };
    // The text form: what the budget is of is not packed.
    settings.forms = vec![watchfloor::wire::codec::Form::Json];
    let (link, mut news) = Link::start(settings, Arc::new(SystemClock));
    let mut last = Seq(0);
    while last == Seq(0) {
        if let Some(News::Items(items)) = news.recv().await {
            last = items.at;
        }
    }
    // From now on every connection is cut, this one with the next words.
    budget.store(48 * 1024, Ordering::SeqCst);
    for round in 0..10 {
        let texts: Vec<String> = (0..10)
            .map(|n| format!("{round} {n} {}", "x".repeat(3000)))
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        rig.post(&texts).await;
    }
    let head = rig.running.hub.desk.board(Board::head);
    let (mut seen, mut downs) = (Vec::new(), 0);
    let gets_on = async {
        while last < head {
            match news.recv().await.expect("the link lives") {
                News::Events(events) => {
                    assert_eq!(events.from, last.next(), "a gap or a double");
                    seen.extend(events.events.iter().map(|event| event.seq.0));
                    last = events.to;
                }
                News::Items(_) => panic!("it had to be loaded anew"),
                News::Down { .. } => downs += 1,
                _ => {}
            }
        }
    };
    let done = tokio::time::timeout(Duration::from_mins(2), gets_on).await;
    assert!(
        done.is_ok(),
        "it stands at {last} of {head} after {downs} cuts"
    );
    assert_eq!(seen, (2..=head.0).collect::<Vec<_>>());
    assert!(downs >= 3, "{downs} cuts");
    link.close().await;
    rig.stop().await;
}
