//! The archive: found in whatever spelling, gone when erased, made anew when it
//! is not right.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use watchfloor::model::ids::{DeskName, Epoch, ItemId, Seq};
use watchfloor::model::item::Item;
use watchfloor::model::seldom::Seldom;
use watchfloor::model::severity::Severity;
use watchfloor::model::time::Timestamp;
use watchfloor::model::triage::Triage;
use watchfloor::store::archive::{Archive, Change, IndexEntry, Query};
use watchfloor::store::{EventLog, Selector};

use crate::erase::wish;
use crate::support::{AT, OnDisk, arrives, content, key, place, stored, takes};

const EPOCH: Epoch = Epoch(uuid::Uuid::from_u128(1));

fn entry(number: u64, desk: &str, text: &str) -> IndexEntry {
    IndexEntry {
        seq: Seq(number * 10),
        item: Item {
            key: key(number),
            id: ItemId(number),
            last_seq: Seq(number * 10),
            content: Arc::new(content(number, text)),
            desk: DeskName::new(desk).unwrap(),
            severity: Severity::High,
            received_at: Timestamp::from_millis(AT),
            edited_at: None,
            retracted: None,
            source_resolved_at: None,
            triage: Triage::default().into(),
            clocks: Seldom::default(),
            members: Seldom::default(),
            earlier_turns: 0,
            notes: Seldom::default(),
            outgoing: Seldom::default(),
            bot_silent: None,
            reading: None,
            reasons: Seldom::default(),
            trail: Seldom::default(),
        },
    }
}

fn query(words: &str) -> Query {
    Query {
        words: words.into(),
        limit: 10,
        ..Query::default()
    }
}

async fn found(archive: &Archive, query: Query) -> Vec<u64> {
    let hits = archive.search(query).await.unwrap();
    hits.iter().map(|hit| hit.id.0).collect()
}

async fn filled(path: &Path) -> Archive {
    let archive = Archive::open(path, EPOCH, Seq(1000)).unwrap();
    let entries = vec![
        entry(1, "river", "The river is over the road at Mühlstraße"),
        entry(2, "river", "حريق في مدرسة أحمد"),
        entry(3, "harbour", "road closed, river fine"),
        entry(4, "harbour", "बाढ़ का पानी"),
    ];
    archive.index(entries).await.unwrap();
    archive
}

#[tokio::test]
async fn words_are_found_in_any_spelling() {
    let (_dir, path) = place();
    let archive = filled(&path).await;
    assert_eq!(archive.indexed_upto(), Seq(40));
    for (words, numbers) in [
        ("RIVER road", vec![3, 1]),
        ("\"over the road\"", vec![1]),
        ("\"the road over\"", vec![]),
        ("muhlstrasse", vec![1]),
        ("muhlst", vec![1]),
        ("muhlst ", vec![]),
        ("مدرسه احمد", vec![2]),
        ("पानी", vec![4]),
        ("पान ", vec![]),
        ("road OR harbour", vec![]),
        ("\"'; DROP TABLE items; --", vec![]),
        ("***", vec![]),
        ("", vec![4, 3, 2, 1]),
    ] {
        assert_eq!(found(&archive, query(words)).await, numbers, "{words}");
    }
    let river = Query {
        desks: Some(vec![DeskName::new("river").unwrap()]),
        ..query("road")
    };
    assert_eq!(found(&archive, river).await, [1]);
    let nobody = Query {
        desks: Some(Vec::new()),
        ..query("road")
    };
    assert_eq!(found(&archive, nobody).await, [0; 0]);
    for words in ["road", ""] {
        let page = Query {
            before: Some(ItemId(3)),
            limit: 1,
            ..query(words)
        };
        let expected = if words.is_empty() { 2 } else { 1 };
        assert_eq!(found(&archive, page).await, [expected]);
    }
    let hit = archive.search(query("muhl")).await.unwrap().remove(0);
    assert_eq!(hit.key, key(1));
    assert_eq!((hit.state.as_str(), hit.severity), ("new", Severity::High));
    assert_eq!(
        hit.content,
        content(1, "The river is over the road at Mühlstraße")
    );
}

#[tokio::test]
async fn an_edit_replaces_and_an_erasure_leaves_nothing() {
    let (dir, path) = place();
    let archive = filled(&path).await;
    let words = |text: &str| {
        let files = std::fs::read_dir(dir.path()).unwrap();
        files.map(|file| file.unwrap().path()).any(|file| {
            let bytes = std::fs::read(file).unwrap();
            bytes.windows(text.len()).any(|w| w == text.as_bytes())
        })
    };
    archive
        .index(vec![entry(1, "river", "fivefivetwelve now")])
        .await
        .unwrap();
    assert_eq!(found(&archive, query("muhlstrasse")).await, [0; 0]);
    assert_eq!(found(&archive, query("fivefivetwelve")).await, [1]);
    archive
        .forget(vec![(ItemId(1), key(1)), (ItemId(3), key(99))])
        .await
        .unwrap();
    assert_eq!(found(&archive, query("fivefivetwelve")).await, [0; 0]);
    // A number with another item's key takes nothing out.
    assert_eq!(found(&archive, query("road")).await, [3]);
    archive.close();
    assert!(!words("fivefive") && !words("muhlst") && !words("Mühlst"));
    assert!(words("closed"));
}

#[tokio::test]
async fn it_opens_again_or_is_made_anew() {
    let (_dir, path) = place();
    let archive = filled(&path).await;
    archive.change(Change::Advance(Seq(77))).await.unwrap();
    drop(archive);
    let open = |epoch, head| Archive::open(&path, epoch, Seq(head)).unwrap();
    let archive = open(EPOCH, 77);
    assert_eq!(archive.indexed_upto(), Seq(77));
    assert_eq!(found(&archive, query("road")).await, [3, 1]);
    drop(archive);
    let anew = |archive: &Archive| archive.indexed_upto() == Seq(0);
    assert!(anew(&open(EPOCH, 76)));
    drop(filled(&path).await);
    assert!(anew(&open(Epoch(uuid::Uuid::from_u128(2)), 1000)));
    drop(filled(&path).await);
    std::fs::write(&path, "not a database ".repeat(1000)).unwrap();
    let archive = open(EPOCH, 1000);
    assert!(anew(&archive));
    assert_eq!(found(&archive, query("")).await, [0; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_follows_the_log_and_forgets_what_was_erased() {
    let disk = OnDisk::new();
    let log = &disk.log;
    for number in 1..=600 {
        stored(log, arrives(number, &format!("flood no {number}"))).await;
    }
    let path = log.path().with_file_name("archive.db");
    let archive = Archive::open(&path, log.epoch(), Seq(600)).unwrap();
    while archive.catch_up(log).await.unwrap() > 0 {}
    assert_eq!(archive.indexed_upto(), Seq(600));
    assert_eq!(found(&archive, query("flood 577")).await, [577]);
    // An event about an item of long ago, and one that is followed live.
    stored(log, takes(1, 5, 5)).await;
    stored(log, arrives(601, "smoke")).await;
    let following = tokio::time::timeout(Duration::from_mins(1), async {
        tokio::select! {
            ended = archive.follow(log) => panic!("it ended: {ended:?}"),
            () = async {
                while archive.indexed_upto() < Seq(602) {
                    tokio::task::yield_now().await;
                }
            } => {}
        }
    });
    following.await.unwrap();
    assert_eq!(found(&archive, query("smoke")).await, [601]);
    let taken = archive.search(query("flood \"no 5\"")).await.unwrap();
    assert_eq!(taken[0].state, "taken");
    log.erase(wish(Selector::Items(vec![key(5)])))
        .await
        .unwrap();
    while archive.catch_up(log).await.unwrap() > 0 {}
    assert_eq!(found(&archive, query("\"no 5\"")).await, [0; 0]);
    // Made anew from the log, it knows the same and no more.
    archive.close();
    std::fs::remove_file(&path).unwrap();
    let archive = Archive::open(&path, log.epoch(), Seq(603)).unwrap();
    while archive.catch_up(log).await.unwrap() > 0 {}
    assert_eq!(found(&archive, query("\"no 5\"")).await, [0; 0]);
    assert_eq!(found(&archive, query("smoke")).await, [601]);
}
