//! `kill -9` of the hub in the middle of a flood, many times: what was answered
//! is there, once; the chain holds; a console goes on without a gap.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use watchfloor::model::event::{Body, Cause};
use watchfloor::model::ids::{ItemKey, Seq};
use watchfloor::store::{EventLog, SqliteLog};
use watchfloor::wire::frames::ServerFrame;

use crate::binary::Home;
use crate::stage::caller::Caller;
use crate::stage::watcher::{Session, Watcher};
use crate::stage::{BEARER, accounts};

const PRODUCERS: usize = 8;
const BATCH: usize = 100;

/// What was acknowledged, to be asked for afterwards.
#[derive(Default)]
struct Ledger {
    items: BTreeSet<String>,
    commands: BTreeSet<String>,
    /// Deliveries that had to be sent again: acknowledged or not, nobody knew.
    again: usize,
}

struct Flood {
    home: Home,
    http: Caller,
    tokens: BTreeMap<String, String>,
    /// Items acknowledged so far.
    count: AtomicUsize,
    done: CancellationToken,
}

/// One producer: each batch until it is acknowledged, then the next.
async fn produce(flood: Arc<Flood>, nth: usize, batches: usize) -> Ledger {
    let mut ledger = Ledger::default();
    for batch in 0..batches {
        let ids: Vec<String> = (0..BATCH).map(|n| format!("{nth}-{batch}-{n}")).collect();
        let entries: Vec<Value> = ids
            .iter()
            .map(|id| json!({ "id": id, "text": format!("water in the street, {id}") }))
            .collect();
        let body = serde_json::to_vec(&entries).unwrap();
        loop {
            let request = flood.http.request("POST", "/in/town").bearer_auth(BEARER);
            match flood.http.try_send(request.body(body.clone())).await {
                Ok(answer) if answer.status == 200 => break,
                Ok(answer) => assert_eq!(answer.status, 503, "{}", answer.text()),
                Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
            }
            ledger.again += 1;
        }
        ledger.items.extend(ids);
        flood.count.fetch_add(BATCH, Ordering::SeqCst);
    }
    ledger
}

/// An officer who notes and tags what comes, each command until it is answered.
async fn command(flood: Arc<Flood>) -> Ledger {
    let mut ledger = Ledger::default();
    let mut nth = 0_u64;
    while !flood.done.is_cancelled() {
        nth += 1;
        let key = ItemKey::of(
            &watchfloor::model::ids::ChannelName::new("town").unwrap(),
            &format!("{}-0-{}", nth % PRODUCERS as u64, nth % BATCH as u64),
        );
        let id = uuid::Uuid::now_v7().to_string();
        let command = json!({
            "id": id, "verb": "note", "targets": [{ "key": key }], "note": format!("note {nth}"),
        });
        let outcome = loop {
            let request = flood.http.request("POST", "/v1/commands");
            let request = request.bearer_auth(&flood.tokens["ana"]);
            match flood.http.try_send(request.body(command.to_string())).await {
                Ok(answer) if answer.status == 200 => {
                    let outcome = answer.json();
                    let code = outcome["refused"]["code"].as_str().unwrap_or_default();
                    if !matches!(code, "unavailable" | "busy") {
                        break outcome;
                    }
                }
                Ok(answer) => assert_eq!(answer.status, 503, "{}", answer.text()),
                Err(_) => {}
            }
            ledger.again += 1;
            tokio::time::sleep(Duration::from_millis(5)).await;
            if flood.done.is_cancelled() {
                return ledger;
            }
        };
        if accepted(&outcome) {
            ledger.commands.insert(id);
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    ledger
}

/// Whether an outcome went through for its one item.
fn accepted(outcome: &Value) -> bool {
    let outcome: watchfloor::model::command::Outcome =
        serde_json::from_value(outcome.clone()).unwrap();
    outcome.accepted() == 1
}

/// A console that comes back after each kill and goes on where it stopped.
async fn watch(flood: Arc<Flood>) -> (Watcher, usize) {
    let (mut watcher, mut sessions) = (Watcher::default(), 0);
    loop {
        let (address, token) = (flood.home.address, &flood.tokens["ben"]);
        let Ok(mut session) = Session::open(&watcher, address, token).await else {
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        };
        sessions += 1;
        while let Some(frame) = session.frame().await {
            watcher.take(&frame);
            if let ServerFrame::Ping { head, .. } = frame {
                session
                    .send(&watchfloor::wire::frames::ClientFrame::Pong)
                    .await;
                if flood.done.is_cancelled() && watcher.last >= head {
                    return (watcher, sessions);
                }
            }
        }
    }
}

/// Floods a hub with so many items while it is killed so often.
pub(crate) async fn survive(items: usize, kills: usize) {
    let home = Home::new();
    let flood = Arc::new(Flood {
        http: Caller::to(&format!("http://{}", home.address)),
        tokens: accounts(&home.data()),
        home,
        count: AtomicUsize::new(0),
        done: CancellationToken::new(),
    });
    let mut hub = flood.home.start();
    flood.home.is_up(&flood.http).await;
    let tracker = TaskTracker::new();
    let batches = items.div_ceil(PRODUCERS * BATCH);
    let producers: Vec<_> = (0..PRODUCERS)
        .map(|nth| tracker.spawn(produce(Arc::clone(&flood), nth, batches)))
        .collect();
    let officer = tracker.spawn(command(Arc::clone(&flood)));
    let console = tracker.spawn(watch(Arc::clone(&flood)));
    let mut random = StdRng::seed_from_u64(20_261_123);
    for nth in 1..=kills {
        // Each in its own stretch of the flood, at a random moment of it.
        let stretch = batches * PRODUCERS * BATCH / (kills + 1);
        while flood.count.load(Ordering::SeqCst) < nth * stretch {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(random.random_range(0..60))).await;
        hub.kill();
        hub = flood.home.start();
        flood.home.is_up(&flood.http).await;
    }
    let mut ledger = Ledger::default();
    for producer in producers {
        let one = producer.await.unwrap();
        ledger.items.extend(one.items);
        ledger.again += one.again;
    }
    flood.done.cancel();
    ledger.commands = officer.await.unwrap().commands;
    let (watcher, sessions) = console.await.unwrap();
    assert!(sessions > kills, "{sessions} sessions only");
    compare_with_a_fresh_console(&flood, &watcher).await;
    hub.kill();
    let verified = flood.home.verify();
    assert!(verified.status.success(), "{verified:?}");
    look_into_the_log(&flood, &ledger, &watcher).await;
    eprintln!(
        "{kills} kills, {} items, {} commands, {} deliveries sent again, {sessions} sessions, {} snapshots: all there, once",
        ledger.items.len(),
        ledger.commands.len(),
        ledger.again,
        watcher.snapshots
    );
}

/// The board that lived through all of it is that of a console that joins now.
async fn compare_with_a_fresh_console(flood: &Flood, lived: &Watcher) {
    let mut fresh = Watcher::default();
    let opened = Session::open(&fresh, flood.home.address, &flood.tokens["carla"]).await;
    let mut session = opened.expect("a session");
    while fresh.snapshots == 0 || fresh.last < lived.last {
        fresh.take(&session.frame().await.expect("the session lives"));
    }
    assert_eq!(fresh.board.len(), lived.board.len());
    let other = fresh
        .board
        .items()
        .find(|item| lived.board.item(&item.key) != Some(*item));
    assert_eq!(other, None, "the boards differ");
    assert!(fresh.board == lived.board);
}

async fn look_into_the_log(flood: &Flood, ledger: &Ledger, watcher: &Watcher) {
    let path = flood.home.log();
    let log = tokio::task::spawn_blocking(move || SqliteLog::open(&path)).await;
    let log = log.unwrap().unwrap();
    let (mut arrived, mut noted) = (BTreeMap::new(), BTreeMap::new());
    let mut last = Seq(0);
    loop {
        let events = log.read(last, 1000).await.unwrap();
        let Some(newest) = events.last() else { break };
        last = newest.seq;
        for event in events {
            match (&event.body, event.cause) {
                (Body::ItemArrived(arrival), _) => {
                    let id = arrival.content.external_id.as_evidence().to_owned();
                    *arrived.entry(id).or_insert(0) += 1;
                }
                (_, Cause::Command(id)) => *noted.entry(id.to_string()).or_insert(0) += 1,
                _ => {}
            }
        }
    }
    let missing: Vec<_> = ledger
        .items
        .iter()
        .filter(|id| !arrived.contains_key(*id))
        .collect();
    assert!(
        missing.is_empty(),
        "{} items lost: {:?}",
        missing.len(),
        missing.first()
    );
    let missing: Vec<_> = ledger
        .commands
        .iter()
        .filter(|id| !noted.contains_key(*id))
        .collect();
    assert!(
        missing.is_empty(),
        "{} commands lost: {:?}",
        missing.len(),
        missing.first()
    );
    assert!(
        arrived
            .values()
            .chain(noted.values())
            .all(|times| *times == 1),
        "twice"
    );
    assert_eq!(arrived.len(), watcher.board.len());
    assert!(
        ledger.commands.len() > 10,
        "{} commands",
        ledger.commands.len()
    );
    tokio::task::spawn_blocking(move || log.close())
        .await
        .unwrap();
}
